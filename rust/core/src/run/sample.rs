//! One stream of a call's output.

use super::action::{Action, Reason, Scope};
use super::state::State;
use super::stream::{Life, SampleState, Status, Tally};
use super::{CallKind, lock};
use crate::Result;
use crate::rules::Rules;
use crate::signal::{Confidence, LogitStats, logit_stats, top_logprobs};
use std::sync::{Arc, Mutex};

/// Candidates read from a full row of logits, as many as `DeepConf` looks at.
const TOP: usize = 20;
/// Where a provider gives text alone, four bytes are taken for one token until its usage says better.
const BYTES_PER_TOKEN: u64 = 4;

/// A handle on one stream. Each event tells what came, and returns what to do. Events after the stream's end are
/// counted as spending.
#[derive(Debug, Clone)]
pub struct Sample {
    id: u32,
    state: Arc<Mutex<State>>,
}

/// What the signals of a stream say so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Readings {
    /// Tokens counted, or estimated from text.
    pub tokens: u64,
    /// The newest group confidence; none while there is no evidence of it, as in a stream of text alone.
    pub group: Option<f64>,
    /// The lowest group confidence.
    pub lowest: Option<f64>,
    /// The lowest mean log-probability of its own tokens over a full window; none while no bar asks for it.
    pub lowest_logprob: Option<f64>,
    /// The largest rise of its entropy; none while no bar asks for it.
    pub entropy_rise: Option<f64>,
    /// Turns of the reasoning per 1,000 words, the newest words weighing most; none while no bar asks for markers.
    pub turns: Option<f64>,
    /// Hedges per 1,000 words; none while no bar asks for markers.
    pub hedges: Option<f64>,
    /// Statistics of the newest row of logits.
    pub logits: Option<LogitStats>,
    /// The mean score of the newest three reasoning steps.
    pub steps: Option<f64>,
    /// Equal probes in a row.
    pub equal_probes: u32,
    /// Values that were no log-probabilities, logits or scores.
    pub invalid: u64,
}

impl Sample {
    pub(super) fn new(id: u32, state: Arc<Mutex<State>>) -> Self {
        Self { id, state }
    }

    /// Its number in the run, from 0.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// One token: its own log-probability, those of the top candidates (natural logarithms; as many as the
    /// provider gives, none if it gives none), and its text.
    pub fn token(&self, logprob: Option<f64>, top: &[f32], text: Option<&str>, now: f64) -> Action {
        lock(&self.state).event(self.id, now, 1, |s, rules| {
            s.see_own(logprob.into_iter(), rules);
            s.see_top(top, None, rules);
            s.keep(text.unwrap_or(""));
        })
    }

    /// Many tokens: one log-probability each, and `k` top ones each in `tops` (`k = 0`: none). When the lengths do
    /// not fit together, the tokens are counted, the rows that are whole are read, and the rest counts as invalid.
    pub fn tokens(&self, logprobs: &[f32], tops: &[f32], k: usize, now: f64) -> Action {
        let rows = tops.len().checked_div(k).unwrap_or(0);
        let tokens = logprobs.len().max(rows) as u64;
        lock(&self.state).event(self.id, now, tokens, |s, rules| {
            s.see_own(logprobs.iter().map(|&p| f64::from(p)), rules);
            let fits = tops.len() == rows * k && (logprobs.is_empty() || rows == 0 || rows == logprobs.len());
            s.invalid += u64::from(!fits);
            for row in tops.chunks_exact(k.max(1)).take(rows) {
                s.see_top(row, None, rules);
            }
        })
    }

    /// Text, with its tokens where they are known. Without them four bytes count as one token, never more than the
    /// grant, and only if no token of this stream was counted otherwise; text alone never makes a stream confident.
    pub fn text(&self, text: &str, tokens: Option<u64>, now: f64) -> Action {
        lock(&self.state).text(self.id, text, tokens, now)
    }

    /// One token, by its full row of logits.
    pub fn logits(&self, row: &[f32], now: f64) -> Action {
        // The row is read before the run is locked: it is the one signal that takes longer than a moment.
        let read = logit_stats(row).map(|stats| (stats, top_logprobs::<TOP>(row, stats.log_sum_exp)));
        lock(&self.state).event(self.id, now, 1, |s, rules| match read {
            Ok((stats, (top, len))) => {
                s.invalid += stats.invalid;
                s.logits = Some(stats);
                s.see_top(&top[..len.min(TOP)], Some(stats.entropy), rules);
            }
            Err(_) => s.invalid += 1,
        })
    }

    /// The score of one reasoning step, in `[0, 1]`.
    pub fn step(&self, score: f64, now: f64) -> Action {
        lock(&self.state).event(self.id, now, 0, |s, _| s.steps.add(score))
    }

    /// The answer that a probe gave, with the model's own probability for it where that is known.
    pub fn probe(&self, answer: &str, probability: Option<f64>, now: f64) -> Action {
        lock(&self.state).probe(self.id, answer, probability, now)
    }

    /// The stream has ended, with its answer if it has one (for open questions, the whole text).
    ///
    /// # Errors
    /// [`Error::State`](crate::Error::State) when it had ended before.
    pub fn finish(&self, answer: Option<&str>, now: f64) -> Result<Action> {
        lock(&self.state).finish(self.id, answer, now)
    }

    /// What its signals say so far.
    pub fn readings(&self) -> Readings {
        lock(&self.state).samples.get(self.id as usize).map(SampleState::readings).unwrap_or_default()
    }
}

impl State {
    /// The way of every signal: time, then tokens (never lost), then what it says, then what follows from it.
    fn event(
        &mut self,
        id: u32,
        now: f64,
        tokens: u64,
        read: impl FnOnce(&mut SampleState, &Rules),
    ) -> Action {
        self.see(now);
        if let Some(s) = self.samples.get_mut(id as usize) {
            read(s, &self.brief.rules);
            s.tally.counted(tokens);
        }
        self.count(id, tokens);
        self.verdict(id)
    }

    fn count(&mut self, id: u32, tokens: u64) {
        let Some(s) = self.samples.get_mut(id as usize) else { return };
        let Some(call) = self.calls.get_mut(s.call as usize) else { return };
        let within = tokens.min(s.left);
        let released = s.life == Life::Over;
        if !released {
            s.left -= within;
            s.past = s.past.saturating_add(tokens - within);
        }
        if !std::mem::replace(&mut s.began, true) {
            call.bill.start(released);
        }
        s.tokens = s.tokens.saturating_add(tokens);
        call.bill.count(tokens, if released { 0 } else { within });
        let call = s.call;
        self.redraw(call);
    }

    fn text(&mut self, id: u32, text: &str, tokens: Option<u64>, now: f64) -> Action {
        let mut estimate = 0;
        if let Some(s) = self.samples.get(id as usize)
            && tokens.is_none()
            && s.tally != Tally::Counted
        {
            let total = s.bytes.saturating_add(text.len() as u64).div_ceil(BYTES_PER_TOKEN);
            estimate = total.saturating_sub(s.tokens).min(s.left);
        }
        self.see(now);
        if let Some(s) = self.samples.get_mut(id as usize) {
            s.keep(text);
            match tokens {
                Some(n) => s.tally.counted(n),
                None if s.tally == Tally::Nothing && !text.is_empty() => s.tally = Tally::Estimated,
                None => {}
            }
        }
        self.count(id, tokens.unwrap_or(estimate));
        self.verdict(id)
    }

    fn probe(&mut self, id: u32, answer: &str, probability: Option<f64>, now: f64) -> Action {
        let at_least = self.brief.rules.probe_probability;
        let action = self.event(id, now, 0, |s, _| {
            s.invalid += u64::from(probability.is_some_and(|p| !(0.0..=1.0).contains(&p)));
            s.probes.add(answer, probability, at_least);
        });
        if action.stops() { action } else { self.probed_enough(id, probability).unwrap_or(action) }
    }

    /// Takes note of a stream's newest probe. Ends the run, or the stream, when enough of them agree or when this one was
    /// sure enough.
    pub(super) fn probed_enough(&mut self, id: u32, probability: Option<f64>) -> Option<Action> {
        let (needed, exit) = (self.brief.rules.equal_probes, self.brief.rules.exit);
        let s = self.samples.get_mut(id as usize)?;
        self.probed = s.probes.answer().map(Arc::from).or(self.probed.take());
        // A probe that broke the row gave no answer to exit with.
        let sure = probability.zip(exit).is_some_and(|(p, exit)| p >= exit) && s.probes.equal() > 0;
        let reason = match needed > 0 && s.probes.equal() >= needed {
            true => Reason::ProbesAgree,
            false if sure => Reason::ProbeSure,
            false => return None,
        };
        s.status = Status::Probed(reason);
        if self.round.votes() || s.round != self.round.number || self.kind(id) != Some(CallKind::Generate) {
            return Some(Action::end(Scope::Sample, reason));
        }
        self.round.answer.clone_from(&self.probed);
        Some(self.settle(reason))
    }

    /// What follows from a signal.
    fn verdict(&mut self, id: u32) -> Action {
        if let Some(end) = self.over() {
            return end;
        }
        let Some(s) = self.samples.get(id as usize) else {
            return Action::end(Scope::Sample, Reason::Ended);
        };
        match s.status {
            Status::GivenUp(reason) => return Action::end(Scope::Sample, reason),
            Status::Probed(reason) => return Action::end(Scope::Sample, reason),
            Status::Finished | Status::Failed => return Action::end(Scope::Sample, Reason::Ended),
            Status::Open => {}
        }
        if s.left == 0 && s.known() {
            return Action::end(Scope::Sample, Reason::GrantSpent);
        }
        if let Some(evidence) = s.weakness(&self.brief.rules, self.round.ramps) {
            return self.weak(id, evidence);
        }
        if self.gated(id) {
            self.give_up(Some(id), Reason::Gated);
            self.note(Reason::Gated, self.samples.get(id as usize).map(|s| s.call));
            return Action::end(Scope::Sample, Reason::Gated);
        }
        let reason = if self.probe_due(id) { Reason::Probing } else { Reason::Going };
        Action::going(Scope::Sample, reason)
    }

    /// Whether the gate stops a running stream: it is one of those whose answers are compared, and its newest full group is
    /// below the bar.
    fn gated(&self, id: u32) -> bool {
        let Some((gate, s)) = self.round.gate.as_ref().zip(self.samples.get(id as usize)) else {
            return false;
        };
        let compared = s.round == self.round.number && self.kind(id) == Some(CallKind::Generate);
        compared && gate.cuts(s.confidence.as_ref().and_then(Confidence::group_full))
    }

    /// Marks a weak stream for which nothing better can be bought.
    pub(super) fn doubt(&mut self, id: u32) {
        if let Some(s) = self.samples.get_mut(id as usize) {
            s.doubted = true;
        }
        if !self.round.votes() {
            self.round.doubted = true;
        }
        let call = self.samples.get(id as usize).map(|s| s.call);
        self.note(Reason::Doubted, call);
    }

    pub(super) fn kind(&self, sample: u32) -> Option<CallKind> {
        let call = self.samples.get(sample as usize)?.call;
        self.calls.get(call as usize).map(|c| c.grant.kind)
    }

    /// The answer that counts at a stream's end, the draft it leaves, and whether its cost is known.
    pub(super) fn last_words(&mut self, id: u32, answer: Option<&str>) -> Words {
        let Some(s) = self.samples.get_mut(id as usize) else { return Words::default() };
        let given = answer.map(str::trim).filter(|a| !a.is_empty());
        let probed = if matches!(s.status, Status::Probed(_)) { s.probes.answer() } else { None };
        let answer: Option<Arc<str>> = given.or(probed).map(Arc::from);
        let text = s.text.take().filter(|t| !t.trim().is_empty()).map(Arc::from);
        Words { draft: text.or_else(|| answer.clone()), answer, known: s.known() }
    }
}

/// See [`State::last_words`].
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) answer: Option<Arc<str>>,
    pub(super) draft: Option<Arc<str>>,
    pub(super) known: bool,
}
