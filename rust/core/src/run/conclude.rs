//! The end of streams: one finishes, its usage is reported, and the round is judged.

use super::action::{Action, ActionKind, Reason, Scope};
use super::call::CallKind;
use super::ending::{Ending, Finish};
use super::judge::{Ramp, Verdict};
use super::purse::Usage;
use super::state::State;
use super::streams::{FinalText, Hold, Status, Stream};
use super::trail::Phase;
use crate::rules::Evidence;
use crate::{Error, Result};
use std::sync::Arc;

impl State {
    pub(super) fn finish(&mut self, id: u32, finish: &Finish<'_>, now: f64) -> Result<Action> {
        self.advance(now);
        let finish = &Finish { ending: self.ending_for(id, finish.ending), ..*finish };
        let Some(s) = self.streams.get_mut(id).filter(|s| s.is_open()) else {
            return Err(Error::state(format!("sample {id} has already ended")));
        };
        let (call, index, round) = (s.call(), s.index(), s.round());
        let served = finish.ending != Ending::Cancelled || s.has_begun();
        // An answer that came is an answer, whatever the stream looped over before.
        let answer = finish.whole(s.spent_its_grant());
        let given_up = match s.status() {
            Status::GivenUp(Reason::Loop) => answer.is_none(),
            Status::GivenUp(_) => true,
            _ => false,
        };
        let status = if given_up { s.status() } else { Status::Finished };
        let mut text = s.last_words(answer);
        let cancelled = given_up || finish.ending == Ending::Cancelled;
        if served {
            self.upstream_worked(call);
        }
        let grant = self.streams.grant(call);
        let kind = grant.map_or(CallKind::Generate, |grant| grant.kind);
        let target = grant.and_then(|grant| grant.parent);
        if let Some(part) = finish.said().filter(|_| answer.is_none()) {
            self.keep(kind, part);
        }
        let hold = match text.known || self.purse.is_reported(call) {
            true => Hold::Nothing,
            false if cancelled => Hold::Thinking,
            false => Hold::All,
        };
        self.end_stream(id, status, hold);
        if kind == CallKind::Probe {
            return Ok(self.probe_finished(id, target, text.answer.as_deref()));
        }
        let current = round == self.judge.round().number();
        if kind == CallKind::Score {
            let score = text.score.or_else(|| self.judge.read_score(target, text.answer.as_deref()?));
            return Ok(self.score_finished(current, target, score));
        }
        if kind == CallKind::Distil {
            // One that was cut at its bound is as long as it may be.
            return Ok(self.distilled(current, text.answer.or(text.draft)));
        }
        let over = self.over();
        let lowest = self.streams.get(id).and_then(|s| s.signals().lowest_confidence());
        if finish.ending == Ending::Cancelled && !given_up && current && over.is_none() {
            // A host that closes a wanted stream is no evidence about the query.
            if kind == CallKind::Generate {
                self.judge.abstain(index);
            }
            return Ok(Action::going(Scope::Sample, Reason::Going));
        }
        let counts = !given_up && current;
        if !counts || (kind == CallKind::Generate && self.judge.gate_keeps_out(lowest)) {
            return Ok(self.discarded(kind, index, current, text.answer, over));
        }
        if kind == CallKind::Generate && text.answer.is_some() && self.steps_fail(id) {
            self.note(Reason::StepsFail, Some(call));
            if self.judge.round().votes() {
                return Ok(self.discarded(kind, index, current, text.answer, over));
            }
            self.judge.steps_fail();
        }
        if kind == CallKind::Generate && text.answer.is_none() {
            match finish.ending {
                // Calls cannot be compared, so among several samples they agree with nothing.
                Ending::ToolCalls if !self.judge.round().votes() => text.answer = Some(Arc::from("")),
                Ending::Refused => self.judge.lost_for_good(1),
                _ => {}
            }
        }
        if kind != CallKind::Verify {
            self.judge.record(kind, (id, index), &text, over.is_some());
        }
        Ok(over.unwrap_or_else(|| self.answered(kind, text)))
    }

    /// The end of a stream, as it counts. What the client's own limit cuts is as long as the client wants it: every rung would be cut
    /// there, too. What ends far below that limit was cut by something else.
    fn ending_for(&self, stream: u32, told: Ending) -> Ending {
        let most = self.judge.brief().max_tokens;
        let own = self.streams.get(stream).zip(most).is_some_and(|(s, most)| {
            self.streams.grant_of(s).is_some_and(|grant| {
                matches!(grant.kind, CallKind::Generate | CallKind::Revise | CallKind::Refine)
                    && grant.max_tokens >= most
            }) && s.may_have_written(most)
        });
        if own && told == Ending::Cut { Ending::Complete } else { told }
    }

    /// Keeps the text of a stream that breaks off.
    pub(super) fn keep(&mut self, kind: CallKind, text: &str) {
        if matches!(kind, CallKind::Generate | CallKind::Revise | CallKind::Refine) {
            self.judge.keep_partial(text);
        }
    }

    fn answered(&mut self, kind: CallKind, text: FinalText) -> Action {
        let signalled = self.signalled();
        let verdict = match kind {
            CallKind::Generate => self.judge.round_over(signalled),
            CallKind::Verify => self.judge.verified(text.answer, signalled),
            CallKind::Refine => self.judge.refined(text.answer),
            CallKind::Revise | CallKind::Probe | CallKind::Score | CallKind::Distil => {
                self.judge.revised(text, signalled)
            }
        };
        self.carry_out(verdict)
    }

    /// Ends a stream that was given up, kept out of the vote, or belongs to an earlier round. Its answer only counts if there
    /// is no other.
    fn discarded(
        &mut self,
        kind: CallKind,
        index: u32,
        current: bool,
        answer: Option<Arc<str>>,
        over: Option<Action>,
    ) -> Action {
        if kind != CallKind::Verify {
            self.judge.keep_spare(answer);
        }
        if current && kind == CallKind::Generate {
            self.judge.abstain(index);
        }
        match over {
            Some(end) => end,
            None if current => self.round_over(),
            None => Action::going(Scope::Sample, Reason::Going),
        }
    }

    /// True if a rule asks for an answer's steps, and they do not pass.
    fn steps_fail(&self, id: u32) -> bool {
        !self.streams.get(id).is_some_and(|s| s.signals().passes(&self.judge.brief().rules))
    }

    /// A scorer has come back, with a score or without one.
    fn score_finished(&mut self, current: bool, target: Option<u32>, score: Option<f64>) -> Action {
        if current {
            self.judge.scored(target, score);
        }
        match self.over() {
            Some(end) => end,
            None if current => self.round_over(),
            None => Action::going(Scope::Sample, Reason::Going),
        }
    }

    /// A distillation has come back, or nothing of it.
    fn distilled(&mut self, current: bool, text: Option<Arc<str>>) -> Action {
        match self.over() {
            Some(end) => end,
            None if current => {
                let verdict = self.judge.distilled(text);
                self.carry_out(verdict)
            }
            None => Action::going(Scope::Sample, Reason::Going),
        }
    }

    /// Counts an answer that gets no score, and judges its round.
    pub(super) fn unscored(&mut self, target: Option<u32>) {
        if self.judge.scored(target, None) {
            self.note(Reason::Unscored, None);
            self.round_over();
        }
    }

    /// A probe has come back. The action is about the run: an action on the probed stream would look like one on the probe.
    fn probe_finished(&mut self, probe: u32, target: Option<u32>, answer: Option<&str>) -> Action {
        if let Some(end) = self.over() {
            return end;
        }
        let probability = self.streams.get(probe).and_then(|s| s.signals().certainty());
        let at_least = self.judge.brief().rules.probe_prob;
        let open = |s: &&mut Stream| s.is_open() && s.status() == Status::Open;
        if let (Some(id), Some(answer)) = (target, answer)
            && let Some(s) = self.streams.get_mut(id).filter(open)
        {
            s.signals_mut().add_probe(answer, probability, at_least);
            let settled = self.probed_enough(id, probability).filter(|action| action.scope == Scope::Run);
            if let Some(settled) = settled {
                return settled;
            }
        }
        Action::going(Scope::Sample, Reason::Going)
    }

    pub(super) fn usage(&mut self, id: u32, usage: Usage, now: f64) -> Action {
        self.advance(now);
        if self.purse.report(id, usage) {
            // The output is known, so the unused part of held grants is, too.
            for s in self.streams.of_call(id) {
                let before = s.share();
                s.release();
                self.purse.replace(id, &before, &s.share());
            }
            self.end_left(id);
        }
        self.purse.resettle(self.now());
        self.over().unwrap_or(Action::going(Scope::Call, Reason::Going))
    }

    pub(super) fn sample_usage(&mut self, id: u32, usage: Usage, now: f64) -> Action {
        self.advance(now);
        if let Some(s) = self.streams.get_mut(id) {
            let (call, before) = (s.call(), s.share());
            let invalid = s.report(usage, &self.purse.prices(call));
            self.purse.count_invalid(invalid);
            let ends = s.is_open() && s.known();
            self.purse.replace(call, &before, &s.share());
            if ends && self.phase() == Phase::Closed {
                self.end_stream(id, Status::Finished, Hold::Nothing);
            }
        }
        self.purse.resettle(self.now());
        self.verdict(id)
    }

    /// A generated sample of this round has ended, or a call has failed for good.
    pub(super) fn round_over(&mut self) -> Action {
        let signalled = self.signalled();
        let verdict = self.judge.round_over(signalled);
        self.carry_out(verdict)
    }

    /// True if a stream of this round gave the signals that its rung's doubts look at. Only a verification asks.
    fn signalled(&self) -> bool {
        let round = self.judge.round().number();
        let asked = self.judge.brief().rules.verify_below.is_some();
        asked && self.streams.iter().any(|s| s.round() == round && s.signals().meets_a_bar())
    }

    fn carry_out(&mut self, verdict: Verdict) -> Action {
        match verdict {
            Verdict::Wait => Action::going(Scope::Run, Reason::Going),
            Verdict::Ask(reason) => {
                self.note(reason, None);
                Action::going(Scope::Run, reason)
            }
            Verdict::Settle(reason) => self.settle(reason),
            Verdict::Exhaust(reason) => self.exhaust(reason),
            Verdict::FallShort(evidence) => self.fall_short(evidence),
        }
    }

    /// Handles a round without a settled answer: takes the first ramp that applies, or ends the run.
    pub(super) fn fall_short(&mut self, evidence: Evidence) -> Action {
        let evidence = self.judge.shortfall(evidence);
        match self.find_ramp(evidence, None) {
            Ok(ramp) => {
                // Probes that cannot agree any more: the rung is left before its last streams have ended.
                let leaves = matches!(ramp, Ramp::Escalate(_)) && self.judge.round().open();
                let action = self.take(ramp, evidence, None);
                if leaves { Action { scope: Scope::Call, discards: true, ..action } } else { action }
            }
            // Probes that were not sent may give the step up their place.
            Err(_) if self.judge.hopeless() && self.unsent_would_pay(evidence) => {
                Action { kind: ActionKind::Stop, ..Action::going(Scope::Unsent, Reason::CannotAgree) }
            }
            // The streams in flight may still be the best answer.
            Err(_) if self.judge.waits() => Action::going(Scope::Run, Reason::Going),
            Err(blocked) => {
                self.note(self.judge.shortcoming(evidence), None);
                self.exhaust(blocked)
            }
        }
    }
}
