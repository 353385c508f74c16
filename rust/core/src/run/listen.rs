//! Signals of running streams: each token, text or probe, and the action that it leads to.

use super::action::{Action, Reason, Scope};
use super::call::CallKind;
use super::judge::Intent;
use super::state::State;
use super::streams::{Status, Stream, StreamSignals};
use crate::rules::Rules;

impl State {
    /// Takes one signal: time, signal, tokens (never lost), then the verdict. `bare`: the tokens come without text.
    pub(super) fn event(
        &mut self,
        id: u32,
        now: f64,
        (tokens, bare): (u64, bool),
        read: impl FnOnce(&mut StreamSignals, &Rules),
    ) -> Action {
        self.advance(now);
        if let Some(s) = self.streams.get_mut(id) {
            read(s.signals_mut(), &self.judge.brief().rules);
            let before = s.share();
            s.add_tokens(tokens, bare);
            self.purse.replace(s.call(), &before, &s.share());
        }
        self.verdict(id)
    }

    pub(super) fn text(&mut self, id: u32, text: &str, tokens: Option<u64>, now: f64) -> Action {
        self.advance(now);
        if let Some(s) = self.streams.get_mut(id) {
            let before = s.share();
            s.add_text(text, tokens);
            self.purse.replace(s.call(), &before, &s.share());
        }
        self.verdict(id)
    }

    pub(super) fn probe(&mut self, id: u32, answer: &str, probability: Option<f64>, now: f64) -> Action {
        let at_least = self.judge.brief().rules.probe_prob;
        let action = self.event(id, now, (0, false), |s, _| {
            s.add_invalid(u64::from(probability.is_some_and(|p| !(0.0..=1.0).contains(&p))));
            s.add_probe(answer, probability, at_least);
        });
        if action.stops() { action } else { self.probed_enough(id, probability).unwrap_or(action) }
    }

    /// Judges a stream's newest probe. Ends the run or the stream when enough probes agree, or when this one was sure enough.
    pub(super) fn probed_enough(&mut self, id: u32, probability: Option<f64>) -> Option<Action> {
        let s = self.streams.get_mut(id)?;
        self.judge.probed(s.signals().probed());
        let reason = self.judge.probes_settle(s.signals().equal_probes(), probability)?;
        s.settle_by_probes(reason);
        let round = self.judge.round();
        if round.votes() || !self.streams.generates(id, round.number()) {
            return Some(Action::end(Scope::Sample, reason));
        }
        self.judge.settle_by_probes();
        Some(self.settle(reason))
    }

    /// The answer to a signal.
    pub(super) fn verdict(&mut self, id: u32) -> Action {
        if let Some(end) = self.over() {
            return end;
        }
        let Some(s) = self.streams.get(id) else {
            return Action::end(Scope::Sample, Reason::Ended);
        };
        match s.status() {
            Status::GivenUp(reason) | Status::Probed(reason) => return Action::end(Scope::Sample, reason),
            Status::Finished | Status::Failed => return Action::end(Scope::Sample, Reason::Ended),
            Status::Open => {}
        }
        if s.spent_its_grant() {
            return Action::end(Scope::Sample, Reason::GrantSpent);
        }
        if self.streams.kind(id) == Some(CallKind::Score) {
            // Signals of a scorer say nothing about the answer.
            return Action::going(Scope::Sample, Reason::Going);
        }
        if s.signals().is_rejected(&self.judge.brief().rules)
            && self.judge.round().votes()
            && self.streams.generates(id, self.judge.round().number())
        {
            self.give_up(Some(id), Reason::Rejected);
            self.note(Reason::Rejected, self.streams.get(id).map(Stream::call));
            return Action::end(Scope::Sample, Reason::Rejected);
        }
        if let Some(evidence) = s.weakness(&self.judge.brief().rules, self.judge.round().ramps()) {
            return self.weak(id, evidence);
        }
        if self.streams.generates(id, self.judge.round().number())
            && self.judge.gate_cuts(s.signals().group_confidence())
        {
            self.give_up(Some(id), Reason::Gated);
            self.note(Reason::Gated, self.streams.get(id).map(Stream::call));
            return Action::end(Scope::Sample, Reason::Gated);
        }
        let reason = if self.ask_probe(id) { Reason::Probing } else { Reason::Going };
        Action::going(Scope::Sample, reason)
    }

    /// Asks for a probe of a lone stream that has written enough for the next one.
    fn ask_probe(&mut self, id: u32) -> bool {
        let Some(every) = self.judge.probe_every(self.streams.kind(id)) else { return false };
        let Some(s) = self.streams.get_mut(id) else { return false };
        if !s.takes_probe(every) {
            return false;
        }
        let resume = s.signals().text();
        let probe = Intent { kind: CallKind::Probe, resume, target: Some(id), ..Intent::generate(1) };
        self.judge.queue_mut().push(probe);
        true
    }
}
