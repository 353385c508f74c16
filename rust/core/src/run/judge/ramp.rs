//! From evidence to a ramp.
//!
//! Each kind of evidence has a rule: a list of moves. The first one is taken that the ladder permits, the ceiling affords,
//! and whose gain exceeds its price.

use super::{Intent, Judge, Queue, Round};
use crate::ladder::ThinkingMove;
use crate::ledger::Amount;
use crate::math::{ln, logit, sigmoid};
use crate::rules::{Evidence, Move};
use crate::run::action::Reason;
use crate::run::call::CallKind;
use crate::run::purse::{Purse, Request};
use std::sync::Arc;

/// A move with its details.
#[derive(Debug, Clone)]
pub(in crate::run) enum Ramp {
    Replace,
    Samples(u32),
    Think { budget: u64, way: ThinkingMove },
    Revise { draft: Arc<str> },
    Verify { answer: Arc<str> },
    Escalate(usize),
}

impl Ramp {
    /// True if the stream that it is about goes on.
    fn goes_on(&self) -> bool {
        matches!(self, Self::Think { way: ThinkingMove::Raise, .. })
    }
}

/// The running stream that evidence is about.
#[derive(Debug, Clone, Copy)]
pub(in crate::run) struct WeakStream {
    pub(in crate::run) generates: bool,
    /// The amount that giving it up frees.
    pub(in crate::run) frees: Amount,
}

/// The means to pay for a ramp.
#[derive(Clone, Copy)]
pub(in crate::run) struct Means<'a> {
    pub(in crate::run) purse: &'a Purse,
    /// Held by ended streams until their usage is known. The grant shows if that comes in time.
    pub(in crate::run) held: Amount,
    pub(in crate::run) weak: Option<WeakStream>,
    /// Seconds.
    pub(in crate::run) now: f64,
}

impl Means<'_> {
    fn frees(&self) -> Amount {
        self.weak.map_or(Amount::default(), |weak| weak.frees)
    }
}

impl Judge {
    /// The ramp that evidence leads to, or the reason why there is none.
    pub(in crate::run) fn ramp(&self, evidence: Evidence, means: Means<'_>) -> Result<Ramp, Reason> {
        let Some(rule) = self.brief.rules.on(evidence) else { return Err(Reason::NoRule) };
        let (mut blocked, odds) = (Reason::NoRule, self.odds(evidence, rule.odds));
        for step in &rule.moves {
            match self.particulars(*step, means, odds) {
                Ok(ramp) => match self.bound().filter(|_| !ramp.goes_on()) {
                    Some(reason) => blocked = reason,
                    None if self.is_worth(&ramp, odds) => return Ok(ramp),
                    None => blocked = Reason::NotWorth,
                },
                // A ceiling is a better reason than a move that does not apply.
                Err(reason) if reason != Reason::NoRule => blocked = reason,
                Err(_) => {}
            }
        }
        Err(blocked)
    }

    /// The factor that evidence multiplies the odds of a right answer by: the likelihood ratio of the rung's doubts if
    /// known, else the rule's.
    fn odds(&self, evidence: Evidence, rule: f64) -> f64 {
        let known = (evidence == Evidence::LowConfidence).then(|| self.brief.doubt(self.round.rung)?.odds());
        known.flatten().unwrap_or(rule)
    }

    /// The chance that the lone answer is right: the rung's, lowered by a doubt or raised by its absence.
    fn chance(&self, signalled: bool) -> f64 {
        let rung = self.round.rung;
        let p = self.brief.worth.as_ref().and_then(|w| w.p_correct.get(rung)).copied().unwrap_or(0.5);
        let rule = self.brief.rules.on(Evidence::LowConfidence).map_or(1.0, |rule| rule.odds);
        let odds = if self.round.doubted {
            Some(self.odds(Evidence::LowConfidence, rule))
        } else {
            // The absence of a doubt counts only for a stream that gave a signal.
            self.brief.doubt(rung).filter(|_| signalled).and_then(|doubt| doubt.trust())
        };
        odds.map_or(p, |odds| sigmoid(logit(p) + ln(odds.max(f64::MIN_POSITIVE))))
    }

    /// The details of a move that can be made now. [`Reason::NoRule`]: it does not apply.
    fn particulars(&self, step: Move, means: Means<'_>, odds: f64) -> Result<Ramp, Reason> {
        let (moves, round) = (self.brief.moves, &self.round);
        let running = means.weak.is_some();
        let affords = || self.affords(round.rung, means);
        match step {
            Move::Replace { most } => {
                let applies = means.weak.is_some_and(|weak| weak.generates) && round.votes() && moves.samples;
                if !applies || round.replaced >= most {
                    return Err(Reason::NoRule);
                }
                affords().map(|()| Ramp::Replace)
            }
            Move::Samples { most } => {
                // A strategy says how many samples it draws.
                let planned = round.strategy.plans();
                if running || planned || !round.votes() || !moves.samples || round.sample_ramps >= most {
                    return Err(Reason::NoRule);
                }
                affords().map(|()| Ramp::Samples(round.dials.samples))
            }
            Move::Think { most, by } => self.think(most, by, means),
            Move::Revise { most } => {
                let depth = self.depth();
                let planned = depth < round.dials.depth;
                let beyond = round.further < most && depth < self.brief.limit.depth;
                if running || !moves.depth || !(planned || beyond) {
                    return Err(Reason::NoRule);
                }
                let draft = self.draft().ok_or(Reason::NoRule)?;
                affords().map(|()| Ramp::Revise { draft })
            }
            Move::Verify { most } => {
                if running || !moves.depth || round.verified >= most {
                    return Err(Reason::NoRule);
                }
                let answer = round.best().map(Arc::from).ok_or(Reason::NoRule)?;
                affords().map(|()| Ramp::Verify { answer })
            }
            // One weak sample of several is no reason to leave the rung.
            Move::Escalate if running && round.votes() => Err(Reason::NoRule),
            Move::Escalate => self.rung_above(means, odds).map(Ramp::Escalate),
        }
    }

    fn think(&self, most: u32, by: f64, means: Means<'_>) -> Result<Ramp, Reason> {
        let (round, way) = (&self.round, self.brief.moves.thinking);
        let now = round.dials.thinking_tokens;
        if way == ThinkingMove::Never || round.votes() || now == 0 || round.thinking_ramps >= most {
            return Err(Reason::NoRule);
        }
        // A stream that has ended cannot be raised.
        let way =
            if way == ThinkingMove::Raise && means.weak.is_none() { ThinkingMove::Restart } else { way };
        let room = means.purse.room().tokens.saturating_add(means.frees().tokens);
        let most = room.saturating_sub(round.dials.answer_tokens);
        let budget = ((now as f64 * by) as u64).min(most);
        if budget <= now {
            return Err(Reason::Tokens);
        }
        self.affords(round.rung, means).map(|()| Ramp::Think { budget, way })
    }

    /// The lowest rung above that is worth its price, or the reason why there is none.
    fn rung_above(&self, means: Means<'_>, odds: f64) -> Result<usize, Reason> {
        if !self.brief.moves.model {
            return Err(Reason::NoRule);
        }
        let mut to = self.brief.above(self.round.rung).ok_or_else(|| self.brief.top(self.round.rung))?;
        if self.escalations >= self.brief.limit.escalations {
            return Err(Reason::Escalations);
        }
        loop {
            self.affords(to, means)?;
            if self.is_worth(&Ramp::Escalate(to), odds) {
                return Ok(to);
            }
            // The next rung may be another model of the same strength; one beyond it may be stronger.
            to = self.brief.above(to).ok_or(Reason::NotWorth)?;
        }
    }

    /// Checks if a sample on a rung would have room for its answer.
    fn affords(&self, rung: usize, means: Means<'_>) -> Result<(), Reason> {
        let answer = self.brief.dials(rung).answer_tokens.max(1);
        let freed = means.held.plus(means.frees());
        let request = Request {
            prices: self.brief.prices(rung),
            samples: 1,
            max_tokens: answer,
            least_tokens: answer,
            input: self.brief.input_tokens,
            shrinks: false,
            above: self.brief.escalates(rung),
        };
        means.purse.affords(&request, freed, means.now)
    }

    /// Rounds granted on this rung and queued.
    fn depth(&self) -> u32 {
        self.round.depth + self.queue.revisions()
    }

    /// The text that a revision starts from.
    fn draft(&self) -> Option<Arc<str>> {
        if self.round.votes() { self.round.best().map(Into::into) } else { self.round.draft.clone() }
    }

    /// Queues the next planned revision, if there is one and a draft for it.
    pub(super) fn ask_revision(&mut self) -> bool {
        if self.depth() >= self.round.dials.depth
            || !self.brief.moves.depth
            || self.bound().is_some()
            || self.lacks_finding()
        {
            return false;
        }
        let Some(draft) = self.draft() else { return false };
        self.push_revision(draft);
        true
    }

    /// Queues a verification of the lone answer if its chance to be right is below the bar.
    pub(super) fn ask_verification(&mut self, signalled: bool) -> bool {
        let Some(bar) = self.brief.rules.verify_below else { return false };
        let Some(answer) = self.round.best().filter(|best| !best.is_empty()).map(Arc::from) else {
            return false;
        };
        let may = self.round.verified == 0 && self.brief.moves.depth && self.bound().is_none();
        if !may || self.chance(signalled) >= bar {
            return false;
        }
        self.ask_verdict(answer);
        true
    }

    fn ask_verdict(&mut self, answer: Arc<str>) {
        self.round.verified += 1;
        self.queue.push(Intent::resume(CallKind::Verify, answer));
    }

    /// Starts over on the entry rung, because the cap on escalated spend refuses the first call above it. False where the query may
    /// not use the entry rung.
    pub(in crate::run) fn descend(&mut self) -> bool {
        let to = self.brief.limit.entry;
        let may = to < self.round.rung && self.brief.open(to);
        if may {
            self.round = Round::new(self.round.number + 1, to, &self.brief);
            self.queue = Queue::of(self.round.first());
        }
        may
    }

    /// Queues the call of a ramp; thinking longer and escalation have methods of their own.
    pub(in crate::run) fn take(&mut self, ramp: Ramp) {
        match ramp {
            Ramp::Replace => {
                self.round.replaced += 1;
                self.queue.push(Intent::generate(1));
            }
            Ramp::Samples(more) => {
                self.round.sample_ramps += 1;
                self.queue.push(Intent::generate(more));
            }
            Ramp::Revise { draft } => {
                let depth = self.depth();
                if depth >= self.round.dials.depth {
                    self.round.further += 1;
                    self.round.dials.depth = depth + 1;
                }
                self.push_revision(draft);
            }
            Ramp::Verify { answer } => self.ask_verdict(answer),
            Ramp::Think { .. } | Ramp::Escalate(_) => {}
        }
    }

    /// Counts a ramp on this rung.
    pub(in crate::run) fn count_ramp(&mut self) {
        self.round.ramps += 1;
    }

    /// Raises the thinking budget and returns the difference.
    pub(in crate::run) fn think_longer(&mut self, budget: u64) -> u64 {
        self.round.thinking_ramps += 1;
        budget - std::mem::replace(&mut self.round.dials.thinking_tokens, budget)
    }

    /// Queues the answer again with the larger budget; engines that continue text start from what was written.
    pub(in crate::run) fn ask_again(&mut self, way: ThinkingMove, written: Option<Arc<str>>) {
        let resume =
            (way == ThinkingMove::Continue).then(|| written.or_else(|| self.round.draft.clone())).flatten();
        self.queue.push(Intent { resume, ..Intent::generate(1) });
    }

    /// Goes up to another rung. The old rung's answers stay as the best so far.
    pub(in crate::run) fn escalate(&mut self, to: usize, evidence: Evidence) {
        self.count_unscored();
        self.earlier.extend(self.round.answers());
        self.escalations += 1;
        if evidence == Evidence::Failure {
            self.fallbacks += 1;
        } else if !self.round.strategy.probes() {
            // A rung that probes decides anew for each query of a session.
            self.risen_to = Some(to);
        }
        (self.stall, self.finding) = (None, None);
        self.round = Round::new(self.round.number + 1, to, &self.brief);
        self.queue = Queue::of(self.round.first());
    }
}
