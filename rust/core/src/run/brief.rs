//! The part of a plan that a run needs.

use super::action::{Dial, Reason};
use super::judge::Worth;
use crate::ladder::{Dials, Doubt, Limit, Moves, Rung};
use crate::ledger::{Breakers, RetryBudget};
use crate::money::Prices;
use crate::rules::Rules;
use crate::strategy::{Scorer, Strategy};
use std::sync::Arc;

/// A plan as the controller sees it.
#[derive(Debug, Clone)]
pub struct Brief {
    /// The ladder's rungs, lowest first.
    pub rungs: Arc<[Rung]>,
    /// Rungs that this query may use (models, capabilities, context window), by index. None: all.
    pub allowed: Option<Arc<[bool]>>,
    /// The limit that left higher rungs out of `allowed`, if one did.
    pub left_out: Option<Reason>,
    /// The first rung, by index.
    pub rung: usize,
    /// True if the request changes something at its provider: it is sent once.
    pub once: bool,
    /// The first rung's dials, as planned and perhaps clamped.
    pub dials: Dials,
    /// Estimated input tokens of one request.
    pub input_tokens: u64,
    /// The client's own limit on the tokens of one answer, which no rung raises.
    pub max_tokens: Option<u64>,
    /// The ceiling.
    pub limit: Limit,
    /// True if `limit.usd` is derived from the ladder's prices: then input beyond the estimate raises it.
    pub derived_usd: bool,
    /// The moves that the ladder permits.
    pub moves: Moves,
    /// The numbers that ramps are weighed with. None: every permitted ramp within the ceiling is taken.
    pub worth: Option<Worth>,
    /// The rules, shared by all runs of a governor.
    pub rules: Arc<Rules>,
    /// The retry budget, shared by all runs of a governor.
    pub retries: Arc<RetryBudget>,
    /// The breakers of its upstreams, shared by all runs of a governor.
    pub breakers: Arc<Breakers>,
}

impl Brief {
    /// The dials of a rung: the plan's on the first rung, the ladder's above, all within the ceiling.
    pub(super) fn dials(&self, rung: usize) -> Dials {
        let mut dials = match self.rungs.get(rung) {
            Some(r) if rung != self.rung => Dials::of(r),
            _ => self.dials,
        };
        let (samples, depth) = if self.once { (1, 1) } else { (self.limit.samples, self.limit.depth) };
        dials.samples = dials.samples.min(samples).max(1);
        dials.depth = dials.depth.min(depth).max(1);
        dials
    }

    /// The strategy of a rung.
    pub(super) fn strategy(&self, rung: usize) -> Strategy {
        // A lone sample has nothing to agree with.
        self.rungs.get(rung).filter(|_| !self.once).map_or(Strategy::Vote, |r| r.strategy)
    }

    /// The scorer of a rung's answers, if it has one.
    pub(super) fn scorer(&self, rung: usize) -> Option<&Scorer> {
        self.rungs.get(rung).and_then(|r| r.scorer.as_ref())
    }

    /// True if the steps of a rung's model are calibrated.
    pub(super) fn steps(&self, rung: usize) -> bool {
        self.rungs.get(rung).is_some_and(|r| r.steps.is_some())
    }

    /// The most retries of a call on a rung: the rules', and once to each other deployment.
    pub(super) fn most_retries(&self, rung: usize) -> u32 {
        let others = self.rungs.get(rung).map_or(0, |r| r.fallbacks.len()) as u32;
        self.rules.retries.saturating_add(others)
    }

    /// True if a rung draws one sample, and no second one to compare it with.
    pub(super) fn draws_one(&self, rung: usize) -> bool {
        self.once || self.rungs.get(rung).is_some_and(|rung| rung.samples == 1)
    }

    pub(super) fn prices(&self, rung: usize) -> Prices {
        self.rungs.get(rung).map(Rung::prices).unwrap_or_default()
    }

    /// The alarm of a rung and its error rates, if the ladder has one.
    pub(super) fn doubt(&self, rung: usize) -> Option<Doubt> {
        self.rungs.get(rung).and_then(|r| r.doubt)
    }

    /// Most rungs that a run can use, the first included.
    pub(super) fn most_rounds(&self) -> u32 {
        let above = std::iter::successors(self.above(self.rung), |rung| self.above(*rung)).count() as u32;
        1 + if self.moves.model { above.min(self.limit.escalations) } else { 0 }
    }

    /// The next rung up that this query may use.
    pub(super) fn above(&self, rung: usize) -> Option<usize> {
        (rung + 1..self.rungs.len()).find(|&rung| self.open(rung))
    }

    /// True if the query may use a rung.
    pub(super) fn open(&self, rung: usize) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.get(rung).copied().unwrap_or(false))
    }

    /// True if the money of calls on a rung is escalated spend.
    pub(super) fn escalates(&self, rung: usize) -> bool {
        rung > self.limit.entry
    }

    /// The reason why no rung above may be used.
    pub(super) fn top(&self, rung: usize) -> Reason {
        self.left_out.filter(|_| rung + 1 < self.rungs.len()).unwrap_or(Reason::TopRung)
    }

    /// The dial that differs most between two rungs: the model, then thinking, samples, depth.
    pub(super) fn dial(&self, from: usize, to: usize) -> Dial {
        let model = |i: usize| self.rungs.get(i).map(|r| r.model.as_str());
        let (a, b) = (self.dials(from), self.dials(to));
        if model(from) != model(to) {
            Dial::Model
        } else if b.thinking_tokens > a.thinking_tokens {
            Dial::ThinkingTokens
        } else if b.samples > a.samples {
            Dial::Samples
        } else if b.depth > a.depth {
            Dial::Depth
        } else {
            Dial::Model
        }
    }
}
