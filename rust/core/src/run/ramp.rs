//! From evidence to a step: the first move of its rule that the ladder permits, the ceiling affords and whose gain is
//! worth its price.

use super::action::{Action, Dial, Reason, Scope};
use super::grant::Intent;
use super::state::State;
use super::stream::Status;
use super::{CallKind, Phase};
use crate::ladder::ThinkingMove;
use crate::ledger::Amount;
use crate::rules::Evidence;
use crate::rules::Move;
use std::sync::Arc;

/// A move with its particulars worked out.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Replace,
    Samples(u32),
    Think { budget: u64, way: ThinkingMove },
    Revise { draft: Arc<str> },
    Verify { answer: Arc<str> },
    Escalate(usize),
}

impl State {
    /// The step that evidence leads to; or why there is none. `weak` is the stream that it is about, while it runs.
    pub(super) fn step(&self, evidence: Evidence, weak: Option<u32>) -> Result<Step, Reason> {
        let Some(rule) = self.brief.rules.on(evidence) else { return Err(Reason::NoRule) };
        let (mut blocked, odds) = (Reason::NoRule, self.odds(evidence, rule.odds));
        for step in &rule.moves {
            match self.particulars(*step, weak, odds) {
                Ok(step) if self.is_worth(&step, odds) => return Ok(step),
                Ok(_) => blocked = Reason::NotWorth,
                // What a ceiling forbids says more than that a move does not apply.
                Err(reason) if reason != Reason::NoRule => blocked = reason,
                Err(_) => {}
            }
        }
        Err(blocked)
    }

    /// By what factor evidence changes the odds of the answer in hand: what the rung's doubts have been worth, where that
    /// is known, or else what the rule says.
    pub(super) fn odds(&self, evidence: Evidence, rule: f64) -> f64 {
        let known = (evidence == Evidence::LowConfidence).then(|| self.brief.doubt(self.round.rung)?.odds());
        known.flatten().unwrap_or(rule)
    }

    /// A move with its particulars, if it can be made now. [`Reason::NoRule`]: it does not apply.
    fn particulars(&self, step: Move, weak: Option<u32>, odds: f64) -> Result<Step, Reason> {
        let (moves, round) = (self.brief.moves, &self.round);
        let freed = weak.map_or(Amount::default(), |id| self.freed(id));
        let generates = weak.is_none_or(|id| self.kind(id) == Some(CallKind::Generate));
        match step {
            Move::Replace { most } => {
                let applies = weak.is_some() && round.votes() && generates && moves.samples;
                if !applies || round.replaced >= most {
                    return Err(Reason::NoRule);
                }
                self.affords(round.rung, freed).map(|()| Step::Replace)
            }
            Move::Samples { most } => {
                if weak.is_some() || !round.votes() || !moves.samples || round.sample_ramps >= most {
                    return Err(Reason::NoRule);
                }
                self.affords(round.rung, freed).map(|()| Step::Samples(round.dials.samples))
            }
            Move::Think { most, by } => self.think(most, by, weak, freed),
            Move::Revise { most } => {
                let depth = self.depth();
                let planned = depth < round.dials.depth;
                let beyond = round.further < most && depth < self.brief.limit.depth;
                if weak.is_some() || !moves.depth || !(planned || beyond) {
                    return Err(Reason::NoRule);
                }
                let draft = self.draft().ok_or(Reason::NoRule)?;
                self.affords(round.rung, freed).map(|()| Step::Revise { draft })
            }
            Move::Verify { most } => {
                if weak.is_some() || !moves.depth || round.verified >= most {
                    return Err(Reason::NoRule);
                }
                let answer = round.best().map(Arc::from).ok_or(Reason::NoRule)?;
                self.affords(round.rung, freed).map(|()| Step::Verify { answer })
            }
            Move::Escalate => {
                // One weak sample of several is no reason to leave the rung.
                if weak.is_some() && round.votes() {
                    return Err(Reason::NoRule);
                }
                self.way_up(freed, odds).map(Step::Escalate)
            }
        }
    }

    fn think(&self, most: u32, by: f64, weak: Option<u32>, freed: Amount) -> Result<Step, Reason> {
        let (round, way) = (&self.round, self.brief.moves.thinking);
        let now = round.dials.thinking_tokens;
        if way == ThinkingMove::Never || round.votes() || now == 0 || round.thinking_ramps >= most {
            return Err(Reason::NoRule);
        }
        // What has ended cannot be raised while it runs.
        let way = if way == ThinkingMove::Raise && weak.is_none() { ThinkingMove::Restart } else { way };
        let room = self.account.room().tokens.saturating_add(freed.tokens);
        let most = room.saturating_sub(round.dials.answer_tokens);
        let budget = ((now as f64 * by) as u64).min(most);
        if budget <= now {
            return Err(Reason::Tokens);
        }
        self.affords(round.rung, freed).map(|()| Step::Think { budget, way })
    }

    /// Rounds granted on this rung, and those that are decided on and wait.
    pub(super) fn depth(&self) -> u32 {
        self.round.depth + self.intents.iter().filter(|intent| intent.kind == CallKind::Revise).count() as u32
    }

    /// What a revision would be of.
    pub(super) fn draft(&self) -> Option<Arc<str>> {
        if self.round.votes() { self.round.best().map(Into::into) } else { self.round.draft.clone() }
    }

    /// The rung to ramp to: the lowest above that is worth its price; or why there is none.
    fn way_up(&self, freed: Amount, odds: f64) -> Result<usize, Reason> {
        if !self.brief.moves.model {
            return Err(Reason::NoRule);
        }
        let mut to = self.brief.above(self.round.rung).ok_or(Reason::TopRung)?;
        if self.escalations >= self.brief.limit.escalations {
            return Err(Reason::Escalations);
        }
        loop {
            self.affords(to, freed)?;
            if self.is_worth(&Step::Escalate(to), odds) {
                return Ok(to);
            }
            // The next rung may be another model that is no better at this query: one beyond it may be.
            to = self.brief.above(to).ok_or(Reason::NotWorth)?;
        }
    }

    /// Takes a step. `weak` is the stream that is given up for it.
    pub(super) fn take(&mut self, step: Step, evidence: Evidence, weak: Option<u32>) -> Action {
        let reason = evidence.into();
        let scope = if weak.is_some() { Scope::Call } else { Scope::Run };
        let gives_up = weak.is_some();
        self.round.ramps += 1;
        match step {
            Step::Replace => {
                self.round.replaced += 1;
                self.give_up(weak, reason);
                self.intents.push_back(Intent::generate(1));
                self.note(reason, weak.and_then(|id| self.samples.get(id as usize)).map(|s| s.call));
                Action::ramp(Scope::Sample, Dial::Samples, None, reason, gives_up)
            }
            Step::Samples(more) => {
                self.round.sample_ramps += 1;
                self.intents.push_back(Intent::generate(more));
                self.note(reason, None);
                Action::ramp(scope, Dial::Samples, None, reason, gives_up)
            }
            Step::Think { budget, way } => self.think_longer(budget, way, reason, weak),
            Step::Revise { draft } => {
                if self.depth() >= self.round.dials.depth {
                    self.round.further += 1;
                    self.round.dials.depth = self.depth() + 1;
                }
                self.intents.push_back(Intent {
                    kind: CallKind::Revise,
                    resume: Some(draft),
                    ..Intent::generate(1)
                });
                self.note(reason, None);
                Action::ramp(scope, Dial::Depth, None, reason, gives_up)
            }
            Step::Verify { answer } => {
                self.verify(answer);
                self.note(reason, None);
                Action::ramp(scope, Dial::Depth, None, reason, gives_up)
            }
            Step::Escalate(to) => {
                let dial = self.brief.dial(self.round.rung, to);
                self.give_up(weak, reason);
                self.escalate(to, reason);
                Action::ramp(scope, dial, Some(to), reason, gives_up)
            }
        }
    }

    /// Lets the answer be thought about longer: while it runs, from where it is, or from the start.
    fn think_longer(&mut self, budget: u64, way: ThinkingMove, reason: Reason, weak: Option<u32>) -> Action {
        self.round.thinking_ramps += 1;
        let more = budget - self.round.dials.thinking_tokens;
        self.round.dials.thinking_tokens = budget;
        self.phase = Phase::Thinking;
        if let (ThinkingMove::Raise, Some(id)) = (way, weak)
            && self.raise(id, more)
        {
            self.note(reason, self.samples.get(id as usize).map(|s| s.call));
            return Action::ramp(Scope::Sample, Dial::ThinkingTokens, None, reason, false).granting(more);
        }
        let written = weak.and_then(|id| self.samples.get(id as usize)).and_then(|s| s.text.as_deref());
        let written = written.map(Arc::from).or_else(|| self.round.draft.clone());
        let resume = if way == ThinkingMove::Continue { written } else { None };
        self.give_up(weak, reason);
        self.intents.push_back(Intent { resume, ..Intent::generate(1) });
        self.note(reason, None);
        let scope = if weak.is_some() { Scope::Call } else { Scope::Run };
        Action::ramp(scope, Dial::ThinkingTokens, None, reason, weak.is_some()).granting(budget)
    }

    /// Draws more for a stream that runs; false when the account refuses.
    fn raise(&mut self, id: u32, more: u64) -> bool {
        let Some(s) = self.samples.get_mut(id as usize) else { return false };
        let Some(call) = self.calls.get_mut(s.call as usize) else { return false };
        let mut raised = call.bill.clone();
        // An engine that went past its grant has had some of it.
        let left = more.saturating_sub(s.past);
        raised.raise(more, left);
        let (before, after) = (call.bill.drawn, raised.now());
        if !self.account.extend(before, after) {
            return false;
        }
        if !self.backing.cover_running(&self.account, self.last) {
            self.account.revise(after, before);
            return false;
        }
        raised.drawn = after;
        call.bill = raised;
        s.left = s.left.saturating_add(left);
        s.past = s.past.saturating_sub(more);
        // Judged again only once what was granted has been looked at for a while.
        s.judged_at = s.tokens;
        true
    }

    /// Asks for a verification of an answer.
    pub(super) fn verify(&mut self, answer: Arc<str>) {
        self.round.verified += 1;
        self.intents.push_back(Intent {
            kind: CallKind::Verify,
            resume: Some(answer),
            ..Intent::generate(1)
        });
    }

    pub(super) fn give_up(&mut self, id: Option<u32>, reason: Reason) {
        if let Some(s) = id.and_then(|id| self.samples.get_mut(id as usize)) {
            s.status = Status::GivenUp(reason);
            if s.round == self.round.number {
                // Given up for what it said: what remains is no longer drawn as the model draws.
                self.round.suspend_certificate();
            }
        }
    }
}
