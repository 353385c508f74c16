//! One request that the host sends.

use super::action::{Action, Reason, Scope};
use super::bill::{Bill, Usage};
use super::grant::{Grant, Intent};
use super::lock;
use super::sample::Sample;
use super::state::State;
use super::stream::{Life, Status};
use crate::rules::Evidence;
use crate::{Error, Result};
use std::sync::{Arc, Mutex};

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallKind {
    /// Answer the query.
    Generate,
    /// Improve the draft in `resume`.
    Revise,
    /// Judge the answer in `resume`: finish with "yes" or the same answer to confirm it, with anything else to
    /// refute it.
    Verify,
    /// Ask for the answer as it stands after `resume`, in the middle of the reasoning: finish with it.
    Probe,
}

impl CallKind {
    /// The kind's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generate => "generate",
            Self::Revise => "revise",
            Self::Verify => "verify",
            Self::Probe => "probe",
        }
    }
}

/// One granted request: send it as it says, tell its samples what comes back, and say what it cost.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its number in the run, from 0.
    pub id: u32,
    /// What it is for.
    pub kind: CallKind,
    /// The rung, by index.
    pub rung: u32,
    /// The rung's model.
    pub model: Arc<str>,
    /// The most that each sample may write, thinking included.
    pub max_tokens: u64,
    /// How much of that is for thinking; the rest is room for the answer.
    pub thinking_tokens: u64,
    /// How many samples.
    pub samples: u32,
    /// What to go on from: the draft to revise, the answer to verify, the partial output to probe or to continue.
    pub resume: Option<Arc<str>>,
    /// What lower rungs answered, each with its votes, the best last; for a host that shows it to the next model.
    pub answers: Arc<[(Arc<str>, u32)]>,
    first: u32,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
pub(super) struct CallState {
    pub(super) grant: Grant,
    pub(super) bill: Bill,
    /// Streams that have not ended.
    pub(super) open: u32,
    pub(super) failed: bool,
}

impl Call {
    pub(super) fn new(grant: Grant, state: Arc<Mutex<State>>) -> Self {
        Self {
            id: grant.id,
            kind: grant.kind,
            rung: grant.rung,
            model: grant.model,
            max_tokens: grant.max_tokens,
            thinking_tokens: grant.thinking_tokens,
            samples: grant.samples,
            resume: grant.resume,
            answers: grant.answers,
            first: grant.first,
            state,
        }
    }

    /// One of its streams, from 0.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the call has no such sample.
    pub fn sample(&self, i: u32) -> Result<Sample> {
        if i >= self.samples {
            return Err(Error::invalid("sample", i, format!("below the call's {} samples", self.samples)));
        }
        Ok(Sample::new(self.first + i, self.state.clone()))
    }

    /// What the provider says that the call has cost, over all its samples and from its beginning: it replaces what
    /// was counted from the streams, and may be given more than once. `input` includes `cached`; `output` includes
    /// `reasoning` (where `reasoning` is the larger, the provider counts it apart, and both are added). What is not
    /// known is left out and stays as it was.
    ///
    /// Give it before asking [`Run::next`](super::Run::next) again. Until then a stream that finished without one
    /// token having been counted keeps its whole grant reserved.
    ///
    /// # Errors
    /// None today; reports may come at any time, even after the run is closed.
    pub fn usage(
        &self,
        input: Option<u64>,
        cached: Option<u64>,
        output: Option<u64>,
        reasoning: Option<u64>,
        now: f64,
    ) -> Result<Action> {
        let usage = Usage { input, cached, output, reasoning };
        Ok(lock(&self.state).usage(self.id, usage, now))
    }

    /// The call failed: its open streams end without an answer. It is tried once more on its rung, then the run
    /// goes up a rung, then it ends with the best answer so far.
    ///
    /// # Errors
    /// [`Error::State`] when all its streams have already ended, or it has already failed.
    pub fn fail(&self, error: &str, now: f64) -> Result<Action> {
        lock(&self.state).fail(self.id, error, now)
    }
}

impl State {
    fn usage(&mut self, id: u32, usage: Usage, now: f64) -> Action {
        self.see(now);
        let Some(call) = self.calls.get_mut(id as usize) else {
            return Action::going(Scope::Call, Reason::Going);
        };
        call.bill.report(usage);
        if usage.output.is_some() {
            let range = call.grant.first as usize..(call.grant.first + call.grant.samples) as usize;
            for sample in self.samples.get_mut(range).unwrap_or_default() {
                if sample.life == Life::Held {
                    sample.life = Life::Over;
                    call.bill.release(sample.left, sample.began);
                    sample.left = 0;
                }
            }
        }
        self.redraw(id);
        self.over().unwrap_or(Action::going(Scope::Call, Reason::Going))
    }

    fn fail(&mut self, id: u32, error: &str, now: f64) -> Result<Action> {
        self.see(now);
        let Some(call) = self.calls.get_mut(id as usize) else {
            return Err(Error::state(format!("there is no call {id}")));
        };
        if call.failed || call.open == 0 {
            return Err(Error::state(format!("call {id} has already ended")));
        }
        call.failed = true;
        let grant = call.grant.clone();
        let (lost, current) = self.lose(&grant);
        self.note_detail(Reason::Failed, Some(id), error);
        if let Some(end) = self.over() {
            return Ok(end);
        }
        // A call that was given up, or whose rung was, is nobody's loss; nor is a probe.
        if grant.kind == CallKind::Probe {
            return Ok(Action::going(Scope::Call, Reason::Going));
        }
        if !current || lost == 0 {
            return Ok(if current { self.judge_round() } else { Action::going(Scope::Call, Reason::Going) });
        }
        if self.round.retried < self.brief.rules.retries {
            self.round.retried += 1;
            self.ask_again(grant, lost);
            self.note(Reason::Retry, Some(id));
            return Ok(Action::going(Scope::Call, Reason::Retry));
        }
        // Several samples may still make do with those that came; a lone one that keeps failing is evidence.
        let alone = !self.round.votes() && self.round.open == 0 && self.intents.is_empty();
        let unanswered = alone && self.round.answer.is_none();
        Ok(if unanswered { self.fall_short(Evidence::Failure) } else { self.judge_round() })
    }

    /// Ends a call's open streams without an answer. Returns how many of them were still wanted, and if they belong to the
    /// current round.
    fn lose(&mut self, grant: &Grant) -> (u32, bool) {
        let (mut lost, mut current) = (0, false);
        for i in grant.first..grant.first + grant.samples {
            let Some(s) = self.samples.get(i as usize).filter(|s| s.life == Life::Open) else { continue };
            let (status, index, round) = (s.status, s.index, s.round);
            current = round == self.round.number;
            lost += u32::from(status == Status::Open);
            self.end_stream(i, Status::Failed, false);
            if current && grant.kind == CallKind::Generate {
                self.abstain(index);
            }
        }
        (lost, current)
    }

    fn ask_again(&mut self, grant: Grant, samples: u32) {
        if grant.kind == CallKind::Revise {
            self.round.depth -= 1;
        }
        let Grant { kind, resume, target, .. } = grant;
        self.intents.push_back(Intent { kind, samples, resume, target });
    }

    /// Takes back a call that the host never got. Nothing is spent, and the next round asks for it again.
    pub(super) fn take_back(&mut self, id: u32) {
        let Some(call) = self.calls.get_mut(id as usize) else { return };
        call.failed = true;
        let grant = call.grant.clone();
        let (lost, current) = self.lose(&grant);
        if current && lost > 0 && self.ended.is_none() {
            self.ask_again(grant, lost);
        }
    }
}
