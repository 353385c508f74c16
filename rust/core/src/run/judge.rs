//! What finished samples, revisions and verifications lead to.

use super::CallKind;
use super::action::{Action, Reason, Scope};
use super::grant::Intent;
use super::ramp::Step;
use super::sample::Words;
use super::state::State;
use super::stream::{Life, SampleState, Status};
use crate::ledger::Amount;
use crate::math::{ln, logit, sigmoid};
use crate::rules::Evidence;
use crate::signal::{Confidence, Stall, Stuck};
use crate::vote::same;
use crate::{Error, Result};
use std::sync::Arc;

impl State {
    /// A stream looks weak: the first move that applies is made, or else it goes on, doubted.
    pub(super) fn weak(&mut self, id: u32, evidence: Evidence) -> Action {
        if self.samples.get(id as usize).is_none_or(|s| s.round != self.round.number) {
            return Action::going(Scope::Sample, Reason::Going);
        }
        if let Ok(step) = self.step(evidence, Some(id)) {
            return self.take(step, evidence, Some(id));
        }
        if evidence == Evidence::Loop {
            // What goes round in circles would do so to the end of its grant.
            self.give_up(Some(id), Reason::Loop);
            return Action::end(Scope::Sample, Reason::Loop);
        }
        self.doubt(id);
        Action::going(Scope::Sample, Reason::Going)
    }

    /// The host says what no stream can: that the agent stalls, or its tools fail.
    pub(super) fn observe(&mut self, evidence: Evidence, now: f64) -> Action {
        self.see(now);
        if let Some(end) = self.over() {
            return end;
        }
        self.observed(evidence)
    }

    /// An agent's turn. The host tells each; the run notices when they lead nowhere.
    pub(super) fn turn(&mut self, call: &str, result: Result<&str, &str>, now: f64) -> Action {
        self.see(now);
        if let Some(end) = self.over() {
            return end;
        }
        if self.stall.is_none() {
            // Rules are checked before a run starts, so this cannot fail.
            self.stall = Stall::new(self.brief.rules.stall).ok();
        }
        match self.stall.as_mut().and_then(|stall| stall.turn(call, result)) {
            None => Action::going(Scope::Run, Reason::Going),
            Some(Stuck::RepeatedError) => self.observed(Evidence::ToolErrors),
            Some(Stuck::RepeatedCall | Stuck::NoProgress) => self.observed(Evidence::Stall),
        }
    }

    fn observed(&mut self, evidence: Evidence) -> Action {
        match self.step(evidence, None) {
            Ok(step) => {
                let leaves = matches!(step, Step::Escalate(_));
                let action = self.take(step, evidence, None);
                // What is in flight on the rung that is left is given up.
                Action { discards: leaves, ..action }
            }
            Err(reason) => {
                self.note(evidence.into(), None);
                Action::going(Scope::Run, reason)
            }
        }
    }

    /// What giving up a stream gives back, once the host has ended it.
    pub(super) fn freed(&self, id: u32) -> Amount {
        self.samples.get(id as usize).map(|s| Amount { samples: 1, ..self.left(s) }).unwrap_or_default()
    }

    /// What a stream has left of its grant.
    pub(super) fn left(&self, sample: &SampleState) -> Amount {
        let rung = self.calls.get(sample.call as usize).map_or(0, |c| c.grant.rung as usize);
        let usd = self.brief.prices(rung).output.times(sample.left);
        Amount { tokens: sample.left, usd, samples: 0 }
    }

    pub(super) fn abstain(&mut self, index: u32) {
        if let Some(vote) = &mut self.round.vote {
            // The round gives out each index once and sizes the vote for them all.
            let _: Option<bool> = vote.abstain(Some(index)).ok();
        }
    }

    pub(super) fn finish(&mut self, id: u32, answer: Option<&str>, now: f64) -> Result<Action> {
        self.see(now);
        let Some(s) = self.samples.get(id as usize).filter(|s| s.life == Life::Open) else {
            return Err(Error::state(format!("sample {id} has already ended")));
        };
        let (index, round, given_up) = (s.index, s.round, matches!(s.status, Status::GivenUp(_)));
        let status = if given_up { s.status } else { Status::Finished };
        let kind = self.kind(id).unwrap_or(CallKind::Generate);
        let target = self.calls.get(s.call as usize).and_then(|c| c.grant.target);
        let words = self.last_words(id, answer);
        self.end_stream(id, status, !words.known);
        if kind == CallKind::Probe {
            return Ok(self.judge_probe(id, target, words.answer.as_deref()));
        }
        let current = round == self.round.number;
        let over = self.over();
        let gated = !given_up && current && kind == CallKind::Generate && self.kept_out(id);
        if given_up || gated || !current {
            return Ok(self.stray(kind, index, current, words, over));
        }
        if kind != CallKind::Verify {
            self.record(kind, index, &words, over.is_some());
        }
        Ok(match (over, kind) {
            (Some(end), _) => end,
            (None, CallKind::Generate) => self.judge_round(),
            (None, CallKind::Verify) => self.judge_verification(words.answer),
            (None, _) => self.judge_revision(words),
        })
    }

    /// Whether the gate keeps a finished stream out of the vote. While there is no bar, the stream helps to set it.
    fn kept_out(&mut self, id: u32) -> bool {
        let lowest =
            self.samples.get(id as usize).and_then(|s| s.confidence.as_ref()).map(Confidence::lowest);
        let Some(gate) = &mut self.round.gate else { return false };
        let out = gate.cuts(lowest);
        gate.observe(lowest.unwrap_or(f64::NAN));
        if out {
            // What remains is no longer drawn as the model draws.
            self.round.suspend_certificate();
        }
        out
    }

    /// A stream has ended that was given up or kept out, or whose round was given up: its answer, if it has one after all, is better than
    /// none.
    fn stray(
        &mut self,
        kind: CallKind,
        index: u32,
        current: bool,
        words: Words,
        over: Option<Action>,
    ) -> Action {
        if kind != CallKind::Verify
            && self.answer().is_none()
            && let Some(answer) = words.answer
        {
            self.probed = Some(answer);
        }
        if current && kind == CallKind::Generate {
            self.abstain(index);
        }
        let going = Action::going(Scope::Sample, Reason::Going);
        over.unwrap_or_else(|| if current { self.judge_round() } else { going })
    }

    /// Counts an answer that came, on its rung.
    fn record(&mut self, kind: CallKind, index: u32, words: &Words, over: bool) {
        if kind == CallKind::Generate
            && let Some(vote) = &mut self.round.vote
        {
            // As in `abstain`, the index is always free and below the cap.
            let _: Option<bool> = match &words.answer {
                Some(answer) => vote.add(answer, Some(index)).ok(),
                None => vote.abstain(Some(index)).ok(),
            };
        }
        if words.draft.is_some() && !over {
            self.round.draft.clone_from(&words.draft);
        }
        if !self.round.votes() && words.answer.is_some() && (!over || self.answer().is_none()) {
            if kind == CallKind::Generate {
                self.round.answer.clone_from(&words.answer);
            } else if self.round.answer.is_none() {
                self.probed.clone_from(&words.answer);
            }
        }
    }

    /// A generated sample of this round has ended, or a call has failed for good.
    pub(super) fn judge_round(&mut self) -> Action {
        if self.round.votes() { self.judge_votes() } else { self.judge_single() }
    }

    fn judge_single(&mut self) -> Action {
        if self.round.open > 0 || !self.intents.is_empty() {
            return Action::going(Scope::Run, Reason::Going);
        }
        if self.round.answer.is_none() {
            return self.fall_short(Evidence::NoAnswer);
        }
        if self.revise() {
            self.note(Reason::Revising, None);
            return Action::going(Scope::Run, Reason::Revising);
        }
        if self.verifies() {
            self.note(Reason::Verifying, None);
            return Action::going(Scope::Run, Reason::Verifying);
        }
        if self.round.doubted {
            return self.exhaust(Reason::Doubted);
        }
        self.settle(if self.round.depth > 1 { Reason::RoundsDone } else { Reason::Finished })
    }

    fn judge_votes(&mut self) -> Action {
        let Some(vote) = &self.round.vote else { return self.fall_short(Evidence::NoAnswer) };
        if vote.agreed() && vote.votes() > 1 {
            return self.settle(Reason::Agreement);
        }
        if self.round.open > 0 || !self.intents.is_empty() {
            return Action::going(Scope::Run, Reason::Going);
        }
        let votes = vote.votes();
        if votes > 1 && vote.agreement() >= 1.0 {
            return self.settle(Reason::Unanimous);
        }
        // With one answer or none among several samples there is nothing to agree, which is disagreement enough.
        self.fall_short(if votes == 0 { Evidence::NoAnswer } else { Evidence::Disagreement })
    }

    /// The round has ended without a settled answer: the first move that applies, or the end.
    pub(super) fn fall_short(&mut self, evidence: Evidence) -> Action {
        // Several samples that gave nothing disagree about nothing, but more of them may still help.
        let evidence = if evidence == Evidence::NoAnswer && self.round.votes() {
            Evidence::Disagreement
        } else {
            evidence
        };
        match self.step(evidence, None) {
            Ok(step) => self.take(step, evidence, None),
            Err(blocked) => {
                self.note(evidence.into(), None);
                self.exhaust(blocked)
            }
        }
    }

    /// Asks for the next planned revision, if there is one and a draft for it.
    fn revise(&mut self) -> bool {
        let draft = self.draft();
        if self.depth() >= self.round.dials.depth || draft.is_none() || !self.brief.moves.depth {
            return false;
        }
        self.intents.push_back(Intent { kind: CallKind::Revise, resume: draft, ..Intent::generate(1) });
        true
    }

    /// Asks for a verification of the lone answer, where its chance to be right is low enough for one.
    fn verifies(&mut self) -> bool {
        let Some(bar) = self.brief.rules.verify_below else { return false };
        let Some(answer) = self.round.best().map(Arc::from) else { return false };
        if self.round.verified > 0 || !self.brief.moves.depth || self.chance() >= bar {
            return false;
        }
        self.verify(answer);
        true
    }

    /// The chance that the lone answer is right: the rung's, less what a doubt takes from it, or more by what it says that
    /// there was none.
    fn chance(&self) -> f64 {
        let p =
            self.brief.worth.as_ref().and_then(|w| w.p_correct.get(self.round.rung)).copied().unwrap_or(0.5);
        let rule = self.brief.rules.on(Evidence::LowConfidence).map_or(1.0, |rule| rule.odds);
        let odds = if self.round.doubted {
            Some(self.odds(Evidence::LowConfidence, rule))
        } else {
            // Of a stream that gave no signal, that it was not doubted says nothing.
            self.brief.doubt(self.round.rung).filter(|_| self.heard()).and_then(|doubt| doubt.trust())
        };
        odds.map_or(p, |odds| sigmoid(logit(p) + ln(odds.max(f64::MIN_POSITIVE))))
    }

    /// Whether a stream of this round gave what its rung's doubts look at.
    fn heard(&self) -> bool {
        self.samples.iter().any(|s| s.round == self.round.number && s.heard())
    }

    /// A revision has come back.
    fn judge_revision(&mut self, words: Words) -> Action {
        let Some(answer) = words.answer else { return self.judge_round() };
        let before = self.round.best().map(str::to_owned);
        let agrees = before.is_some_and(|before| same(&before, &answer));
        self.round.answer = Some(answer);
        if agrees {
            return self.settle(Reason::RevisionAgrees);
        }
        if self.round.votes() {
            return if self.revise() {
                Action::going(Scope::Run, Reason::Revising)
            } else {
                self.fall_short(Evidence::Disagreement)
            };
        }
        self.judge_single()
    }

    /// A verification has come back: it confirms by "yes" or by the answer itself, and refutes by anything else.
    fn judge_verification(&mut self, verdict: Option<Arc<str>>) -> Action {
        let best = self.round.best().unwrap_or_default();
        let confirms = |verdict: &str| {
            let yes = ["yes", "true", "correct", "confirmed"];
            same(verdict, best) || yes.iter().any(|word| verdict.eq_ignore_ascii_case(word))
        };
        match verdict {
            Some(verdict) if confirms(&verdict) => self.settle(Reason::Verified),
            Some(_) => {
                self.round.doubted = true;
                self.fall_short(Evidence::Refuted)
            }
            // A verifier that says nothing has verified nothing, and refuted nothing.
            None => self.judge_round(),
        }
    }

    /// A probe that the run asked for has come back. What it leads to is about the run: an action on the stream that
    /// was probed would be taken for one on the probe.
    fn judge_probe(&mut self, probe: u32, target: Option<u32>, answer: Option<&str>) -> Action {
        if let Some(end) = self.over() {
            return end;
        }
        let probability = self.samples.get(probe as usize).and_then(|s| s.certainty?.mean());
        let at_least = self.brief.rules.probe_probability;
        let open = |s: &&mut SampleState| s.life == Life::Open && s.status == Status::Open;
        if let (Some(id), Some(answer)) = (target, answer)
            && let Some(s) = self.samples.get_mut(id as usize).filter(open)
        {
            s.probes.add(answer, probability, at_least);
            if let Some(settled) =
                self.probed_enough(id, probability).filter(|action| action.scope == Scope::Run)
            {
                return settled;
            }
        }
        Action::going(Scope::Sample, Reason::Going)
    }

    /// Whether a lone stream has written enough for its next probe.
    pub(super) fn probe_due(&mut self, id: u32) -> bool {
        let every = self.brief.rules.probe_every;
        if every == 0 || self.round.votes() || self.kind(id) != Some(CallKind::Generate) {
            return false;
        }
        let Some(s) = self.samples.get_mut(id as usize).filter(|s| s.life == Life::Open) else {
            return false;
        };
        let due = s.tokens / every;
        if due <= s.probes_asked {
            return false;
        }
        s.probes_asked = due;
        let resume = s.text.as_deref().map(Arc::from);
        self.intents.push_back(Intent {
            kind: CallKind::Probe,
            resume,
            target: Some(id),
            ..Intent::generate(1)
        });
        true
    }
}
