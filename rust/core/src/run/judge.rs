//! The rules: what weak streams, finished samples and failed calls lead to.

use super::action::{Action, Dial, Reason, Scope};
use super::grant::Intent;
use super::sample::Words;
use super::state::State;
use super::stream::{Life, SampleState, Status};
use super::{CallKind, Phase};
use crate::ledger::Amount;
use crate::vote::same;
use crate::{Error, Result};

impl State {
    /// A stream looks weak. Alone on its rung it is given up for the next rung; one of several is given up for
    /// another sample. Where neither can be had it goes on, doubted.
    pub(super) fn weak(&mut self, id: u32, reason: Reason) -> Action {
        let freed = self.freed(id);
        if self.samples.get(id as usize).is_none_or(|s| s.round != self.round.number) {
            return Action::going(Scope::Sample, Reason::Going);
        }
        if self.round.votes() && self.kind(id) == Some(CallKind::Generate) {
            let rung = self.round.rung;
            if self.round.replaced < self.brief.rules.replacements && self.affords(rung, freed).is_ok() {
                self.round.replaced += 1;
                self.give_up(id, reason);
                self.intents.push_back(Intent::generate(&self.round, 1));
                self.note(reason, self.samples.get(id as usize).map(|s| s.call));
                return Action::ramp(Scope::Sample, Dial::Samples, None, reason, true);
            }
        } else if let Ok(to) = self.way_up(freed) {
            let dial = self.brief.dial(self.round.rung, to);
            self.give_up(id, reason);
            self.escalate(to, reason);
            return Action::ramp(Scope::Call, dial, Some(to), reason, true);
        }
        self.doubt(id);
        Action::going(Scope::Sample, Reason::Going)
    }

    fn give_up(&mut self, id: u32, reason: Reason) {
        if let Some(s) = self.samples.get_mut(id as usize) {
            s.status = Status::GivenUp(reason);
        }
    }

    /// What giving up a stream gives back, once the host has ended it.
    fn freed(&self, id: u32) -> Amount {
        self.samples.get(id as usize).map(|s| Amount { samples: 1, ..self.left(s) }).unwrap_or_default()
    }

    /// What a stream has left of its grant.
    pub(super) fn left(&self, sample: &SampleState) -> Amount {
        let rung = self.calls.get(sample.call as usize).map_or(0, |c| c.grant.rung as usize);
        let usd = self.brief.prices(rung).output.times(sample.left);
        Amount { tokens: sample.left, usd, samples: 0 }
    }

    /// The rung to ramp to, or why there is none.
    fn way_up(&self, freed: Amount) -> Result<usize, Reason> {
        let to = self.brief.above(self.round.rung).ok_or(Reason::TopRung)?;
        if self.escalations >= self.brief.limit.escalations {
            return Err(Reason::Escalations);
        }
        self.affords(to, freed)?;
        Ok(to)
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
        let words = self.last_words(id, answer);
        self.end_stream(id, status, !words.known);
        let current = round == self.round.number;
        let over = self.over();
        if given_up || !current {
            // Its answer, if it has one after all, is better than none.
            if self.answer().is_none()
                && let Some(answer) = words.answer
            {
                self.probed = Some(answer);
            }
            if current && kind == CallKind::Generate {
                self.abstain(index);
            }
            let going = Action::going(Scope::Sample, Reason::Going);
            return Ok(over.unwrap_or_else(|| if current { self.judge_round() } else { going }));
        }
        self.record(kind, index, &words, over.is_some());
        Ok(match over {
            Some(end) => end,
            None if kind == CallKind::Generate => self.judge_round(),
            None => self.judge_revision(words),
        })
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
            return self.go_up(Reason::NoAnswer);
        }
        if self.revise() {
            self.note(Reason::Revising, None);
            return Action::going(Scope::Run, Reason::Revising);
        }
        if self.round.doubted {
            return self.exhaust(Reason::Doubted);
        }
        self.settle(if self.round.depth > 1 { Reason::RoundsDone } else { Reason::Finished })
    }

    fn judge_votes(&mut self) -> Action {
        let Some(vote) = &self.round.vote else { return self.go_up(Reason::NoAnswer) };
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
        self.disagree(if votes == 0 { Reason::NoAnswer } else { Reason::Disagreement })
    }

    /// All samples have ended and do not agree: more samples, then another round, then the next rung.
    fn disagree(&mut self, reason: Reason) -> Action {
        let rung = self.round.rung;
        let affords = self.affords(rung, Amount::default());
        if self.round.sample_ramps < self.brief.rules.sample_ramps && affords.is_ok() {
            self.round.sample_ramps += 1;
            let more = self.round.dials.samples;
            self.intents.push_back(Intent::generate(&self.round, more));
            self.note(reason, None);
            return Action::ramp(Scope::Run, Dial::Samples, None, reason, false);
        }
        if self.revise() {
            self.note(reason, None);
            return Action::ramp(Scope::Run, Dial::Depth, None, reason, false);
        }
        self.go_up(reason)
    }

    /// Asks for a revision of the best draft, when the depth allows one more round.
    fn revise(&mut self) -> bool {
        let draft =
            if self.round.votes() { self.round.best().map(Into::into) } else { self.round.draft.clone() };
        if self.round.depth >= self.round.dials.depth || draft.is_none() {
            return false;
        }
        self.intents.push_back(Intent { kind: CallKind::Revise, samples: 1, resume: draft });
        true
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
                self.go_up(Reason::Disagreement)
            };
        }
        self.judge_single()
    }

    /// To the next rung, or to the end.
    fn go_up(&mut self, reason: Reason) -> Action {
        let from = self.round.rung;
        match self.way_up(Amount::default()) {
            Ok(to) => {
                let dial = self.brief.dial(from, to);
                self.escalate(to, reason);
                debug_assert_eq!(self.phase, Phase::Escalating);
                Action::ramp(Scope::Run, dial, Some(to), reason, false)
            }
            Err(blocked) => {
                self.note(reason, None);
                self.exhaust(blocked)
            }
        }
    }
}
