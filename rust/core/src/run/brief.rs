//! What a run needs to know of its plan.

use super::action::Dial;
use super::judge::Worth;
use crate::ladder::{Dials, Doubt, Limit, Moves, Rung};
use crate::money::Prices;
use crate::rules::Rules;
use std::sync::Arc;

/// A plan, as the controller sees it.
#[derive(Debug, Clone)]
pub struct Brief {
    /// The ladder's rungs, lowest first.
    pub rungs: Arc<[Rung]>,
    /// Which rungs this query may use (allowed models, capabilities, context window), by index. None: all.
    pub allowed: Option<Arc<[bool]>>,
    /// Where the run starts.
    pub rung: usize,
    /// The starting rung's dials, as the plan set (and perhaps clamped) them.
    pub dials: Dials,
    /// Tokens of one request's input, as estimated.
    pub input_tokens: u64,
    /// The ceiling.
    pub limit: Limit,
    /// Which moves the ladder permits.
    pub moves: Moves,
    /// What ramps are weighed with. None: every permitted ramp that the ceiling affords is taken.
    pub worth: Option<Worth>,
    /// The controller's rules, shared by all runs of a governor.
    pub rules: Arc<Rules>,
}

impl Brief {
    /// The dials of a rung: the plan's where it starts, the ladder's above, both within the ceiling.
    pub(super) fn dials(&self, rung: usize) -> Dials {
        let mut dials = match self.rungs.get(rung) {
            Some(r) if rung != self.rung => Dials::of(r),
            _ => self.dials,
        };
        dials.samples = dials.samples.min(self.limit.samples).max(1);
        dials.depth = dials.depth.min(self.limit.depth).max(1);
        dials
    }

    pub(super) fn prices(&self, rung: usize) -> Prices {
        self.rungs.get(rung).map(Rung::prices).unwrap_or_default()
    }

    /// When streams of a rung are weak, and what that is worth, where the ladder says so.
    pub(super) fn doubt(&self, rung: usize) -> Option<Doubt> {
        self.rungs.get(rung).and_then(|r| r.doubt)
    }

    /// How many rungs a run may see, the first included.
    pub(super) fn most_rounds(&self) -> u32 {
        let above = std::iter::successors(self.above(self.rung), |rung| self.above(*rung)).count() as u32;
        1 + if self.moves.model { above.min(self.limit.escalations) } else { 0 }
    }

    /// The next rung up that this query may use.
    pub(super) fn above(&self, rung: usize) -> Option<usize> {
        let open = |i: &usize| self.allowed.as_ref().is_none_or(|a| a.get(*i).copied().unwrap_or(false));
        (rung + 1..self.rungs.len()).find(open)
    }

    /// The dial that a step between two rungs turns most: the model, then thinking, samples, depth.
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
