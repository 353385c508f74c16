//! Ramps: carries out the move that evidence leads to.

use super::action::{Action, Dial, Reason, Scope};
use super::call::CallKind;
use super::judge::{Means, Ramp, WeakStream};
use super::state::State;
use super::streams::Stream;
use super::trail::Phase;
use crate::ladder::ThinkingMove;
use crate::ledger::Amount;
use crate::rules::Evidence;

impl State {
    /// Handles evidence against a running stream. Takes the first ramp that applies. Without one, stops a stream that loops,
    /// and lets any other finish with its answer marked as doubtful.
    pub(super) fn weak(&mut self, id: u32, evidence: Evidence) -> Action {
        if self.streams.get(id).is_none_or(|s| s.round() != self.judge.round().number()) {
            return Action::going(Scope::Sample, Reason::Going);
        }
        if let Ok(ramp) = self.find_ramp(evidence, Some(id)) {
            return self.take(ramp, evidence, Some(id));
        }
        if evidence == Evidence::Loop {
            // It would loop to the end of its grant.
            self.give_up(Some(id), Reason::Loop);
            return Action::end(Scope::Sample, Reason::Loop);
        }
        if let Some(s) = self.streams.get_mut(id) {
            s.doubt();
        }
        self.judge.doubt();
        self.note(Reason::Doubted, self.streams.get(id).map(Stream::call));
        Action::going(Scope::Sample, Reason::Going)
    }

    /// Takes evidence that the host has and no stream shows, with its words.
    pub(super) fn observe(&mut self, evidence: Evidence, words: Option<&str>, now: f64) -> Action {
        self.advance(now);
        if let Some(end) = self.over() {
            return end;
        }
        if let Some(words) = words {
            self.judge.find(words);
            // A stream that is still open has no draft yet: its planned revision gets the words.
            if self.judge.awaits_draft() {
                self.note(evidence.into(), None);
                return Action::going(Scope::Run, Reason::Revising);
            }
        }
        self.observed(evidence)
    }

    /// Takes one turn of the agent that the run serves.
    pub(super) fn turn(&mut self, call: &str, result: Result<&str, &str>, now: f64) -> Action {
        self.advance(now);
        if let Some(end) = self.over() {
            return end;
        }
        match self.judge.turn(call, result) {
            None => Action::going(Scope::Run, Reason::Going),
            Some(evidence) => self.observed(evidence),
        }
    }

    fn observed(&mut self, evidence: Evidence) -> Action {
        match self.find_ramp(evidence, None) {
            Ok(ramp) => {
                let leaves = matches!(ramp, Ramp::Escalate(_));
                let action = self.take(ramp, evidence, None);
                // A higher rung abandons the streams in flight.
                Action { discards: leaves, ..action }
            }
            Err(reason) => {
                self.note(evidence.into(), None);
                Action::going(Scope::Run, reason)
            }
        }
    }

    /// The ramp that evidence leads to, or the reason why there is none. `weak` is the running stream it is about.
    pub(super) fn find_ramp(&self, evidence: Evidence, weak: Option<u32>) -> Result<Ramp, Reason> {
        let held = self.streams.iter().filter(|s| s.is_held()).map(|s| self.left(s));
        let weak = weak.map(|id| WeakStream {
            generates: self.streams.kind(id) == Some(CallKind::Generate),
            frees: self.streams.get(id).map(|s| self.left(s)).unwrap_or_default(),
        });
        let held = held.fold(Amount::default(), Amount::plus);
        self.judge.ramp(evidence, Means { purse: &self.purse, held, weak, now: self.now() })
    }

    /// True if a ramp that nothing pays for could be paid with what streams hold that have brought nothing yet.
    pub(super) fn unsent_would_pay(&self, evidence: Evidence) -> bool {
        let round = self.judge.round().number();
        let silent = self.streams.iter().filter(|s| s.round() == round && s.is_open() && !s.has_begun());
        let held =
            silent.map(|s| Amount { samples: 1, ..self.left(s) }).fold(Amount::default(), Amount::plus);
        held.samples > 0
            && self
                .judge
                .ramp(evidence, Means { purse: &self.purse, held, weak: None, now: self.now() })
                .is_ok()
    }

    /// The unused part of a stream's grant.
    fn left(&self, stream: &Stream) -> Amount {
        self.purse.output(stream.call(), stream.left())
    }

    /// Takes a ramp. `weak` is the stream that it replaces.
    pub(super) fn take(&mut self, ramp: Ramp, evidence: Evidence, weak: Option<u32>) -> Action {
        let fallback = evidence == Evidence::Failure && matches!(ramp, Ramp::Escalate(_));
        let reason = if fallback { Reason::Fallback } else { evidence.into() };
        let scope = if weak.is_some() { Scope::Call } else { Scope::Run };
        let gives_up = weak.is_some();
        self.judge.count_ramp();
        match ramp {
            Ramp::Replace => {
                self.judge.take(ramp);
                self.give_up(weak, reason);
                self.note(reason, weak.and_then(|id| self.streams.get(id)).map(Stream::call));
                Action::ramp(Scope::Sample, Dial::Samples, None, reason, gives_up)
            }
            Ramp::Samples(_) => {
                self.judge.take(ramp);
                self.note(reason, None);
                Action::ramp(scope, Dial::Samples, None, reason, gives_up)
            }
            Ramp::Revise { .. } | Ramp::Verify { .. } => {
                self.judge.take(ramp);
                self.note(reason, None);
                Action::ramp(scope, Dial::Depth, None, reason, gives_up)
            }
            Ramp::Think { budget, way } => self.think_longer(budget, way, reason, weak),
            Ramp::Escalate(to) => {
                let dial = self.judge.brief().dial(self.judge.round().rung(), to);
                self.give_up(weak, reason);
                let round = self.judge.round().number();
                self.streams.give_up_round(round, reason);
                self.judge.escalate(to, evidence);
                self.set_phase(Phase::Escalating);
                self.note(reason, None);
                Action::ramp(scope, dial, Some(to), reason, gives_up)
            }
        }
    }

    /// Thinks longer about the answer: in the running stream, from its text, or from the start.
    fn think_longer(&mut self, budget: u64, way: ThinkingMove, reason: Reason, weak: Option<u32>) -> Action {
        let more = self.judge.think_longer(budget);
        self.set_phase(Phase::Thinking);
        if let (ThinkingMove::Raise, Some(id)) = (way, weak) {
            if self.raise(id, more) {
                self.note(reason, self.streams.get(id).map(Stream::call));
                return Action::ramp(Scope::Sample, Dial::ThinkingTokens, None, reason, false).granting(more);
            }
            // The ledger refuses. What must not be sent again goes on as it is.
            if let Some(bound) = self.judge.bound() {
                return Action::going(Scope::Sample, bound);
            }
        }
        let written = weak.and_then(|id| self.streams.get(id)).and_then(|s| s.signals().text());
        self.give_up(weak, reason);
        self.judge.ask_again(way, written);
        self.note(reason, None);
        let scope = if weak.is_some() { Scope::Call } else { Scope::Run };
        Action::ramp(scope, Dial::ThinkingTokens, None, reason, weak.is_some()).granting(budget)
    }

    /// Grants more to a running stream; false when the purse refuses.
    fn raise(&mut self, id: u32, more: u64) -> bool {
        let now = self.now();
        let Some(s) = self.streams.get_mut(id) else { return false };
        let raised = s.share_raised_by(more);
        if !self.purse.raise(s.call(), &s.share(), &raised, now) {
            return false;
        }
        s.raise(more);
        // An estimate that the old grant had cut short is counted now.
        self.purse.replace(s.call(), &raised, &s.share());
        true
    }

    pub(super) fn give_up(&mut self, id: Option<u32>, reason: Reason) {
        if let Some(s) = id.and_then(|id| self.streams.get_mut(id)) {
            s.give_up(reason);
            if s.round() == self.judge.round().number() {
                self.judge.gave_up();
            }
        }
    }
}
