//! Picks the rung that a query starts on.
//!
//! The first rule that applies decides: the caller's choice, a chore, the session's rung for a turn that goes on, the default
//! rung where nothing is known, or else the policy, held to `start_max` and to what the session keeps.

use super::circumstances::Circumstances;
use super::current::Current;
use super::open::Open;
use crate::Result;
use crate::estimate::Estimate;
use crate::ladder::MAX_RUNGS;
use crate::plan::{Clamp, Field, PlanOptions, PlanReason, PlanReasons};
use crate::policy::Prospect;
use crate::query::{Query, Turn};
use crate::session::Purpose;

/// Below this coverage the estimate is ignored and the default rung is used. 0.2: fewer than one word in five was seen in
/// training, which may happen by chance in any alphabet.
pub const NO_EVIDENCE: f64 = 0.2;

/// Ladders of up to so many rungs use the smaller array: what is not filled need not be zeroed.
const FEW: usize = 8;

/// The difficulty of a query, and the chances of the rungs.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) estimate: &'a Estimate,
    /// The chances of all rungs, those that a second stage has expected in the place of the estimate's.
    pub(super) chances: &'a [f64],
}

impl Expected<'_> {
    /// The chance that a rung answers the query correctly.
    pub(super) fn chance(&self, rung: usize) -> f64 {
        self.chances.get(rung).copied().unwrap_or(0.5)
    }
}

/// A rung, and whether a lower one than the session's would have done.
pub(super) struct Picked {
    pub(super) rung: usize,
    pub(super) easier: bool,
}

impl Current {
    /// The rung to start on.
    #[allow(clippy::too_many_arguments)] // what is weighed, and where to say what came of it
    pub(super) fn pick(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        around: &Circumstances,
        expected: Expected<'_>,
        open: Open,
        why: &mut PlanReasons,
        clamped: &mut Vec<Clamp>,
    ) -> Result<Picked> {
        let (ladder, count) = (&self.snapshot.ladder, self.snapshot.ladder.rungs().len());
        let simply = |rung| Ok(Picked { rung, easier: false });
        if let Some(name) = options.rung {
            why.add(PlanReason::Chosen);
            return simply(ladder.index(name)?);
        }
        if around.purpose == Purpose::Housekeeping {
            why.add(PlanReason::Housekeeping);
            return simply(open.nearest(0));
        }
        let silent = if query.turn == Turn::Empty {
            Some(PlanReason::Empty)
        } else {
            let told = options.difficulty.is_some() || options.chances.is_some();
            let asked_anyway = self.snapshot.policy.promises() || told;
            (expected.estimate.evidence < NO_EVIDENCE && !asked_anyway).then_some(PlanReason::NoEvidence)
        };
        let goes_on = matches!(query.turn, Turn::Continuation | Turn::ToolResult) || silent.is_some();
        if let Some(standing) = around.standing.filter(|_| goes_on) {
            why.add(PlanReason::Session);
            return simply(open.nearest(standing.rung.min(count - 1)));
        }
        if let Some(reason) = silent {
            why.add(reason);
            return simply(open.nearest(ladder.default()));
        }
        why.add(PlanReason::Policy);
        let wanted = self.wanted(expected, around, open, why);
        let fresh = self.below_start_max(wanted, open, why, clamped);
        let Some(standing) = around.standing else { return simply(fresh) };
        let kept = standing.keep(fresh).min(count - 1);
        let kept = if kept == fresh { fresh } else { open.nearest(kept) };
        why.add_if(kept != fresh, PlanReason::Session);
        Ok(Picked { rung: kept, easier: fresh < standing.rung })
    }

    /// What a prompt alone buys of what the policy wants.
    fn below_start_max(
        &self,
        wanted: usize,
        open: Open,
        why: &mut PlanReasons,
        clamped: &mut Vec<Clamp>,
    ) -> usize {
        let start_max = self.snapshot.ladder.start_max();
        if wanted <= start_max || self.snapshot.policy.promises() {
            return wanted;
        }
        why.add(PlanReason::StartMax);
        let got = open.at_most(start_max).unwrap_or_else(|| open.nearest(start_max));
        if got != wanted {
            clamped.push(Clamp { field: Field::Rung, wanted: wanted as f64, got: got as f64 });
        }
        got
    }

    /// What the policy wants, of what is open.
    fn wanted(
        &self,
        expected: Expected<'_>,
        around: &Circumstances,
        open: Open,
        why: &mut PlanReasons,
    ) -> usize {
        let count = self.snapshot.ladder.rungs().len().min(MAX_RUNGS);
        let chosen = if count <= FEW {
            self.chosen::<FEW>(expected, around, open, why)
        } else {
            self.chosen::<MAX_RUNGS>(expected, around, open, why)
        };
        let wanted = chosen.unwrap_or_else(|| open.nearest(self.snapshot.ladder.default()));
        let floor = open.nearest(self.snapshot.ladder.default());
        if around.purpose == Purpose::Planning && wanted < floor {
            // What is saved on a plan is paid for by all the work that follows it.
            why.add(PlanReason::Planning);
            return floor;
        }
        wanted
    }

    /// What the policy chooses of at most `N` rungs, if any is open.
    fn chosen<const N: usize>(
        &self,
        expected: Expected<'_>,
        around: &Circumstances,
        open: Open,
        why: &mut PlanReasons,
    ) -> Option<usize> {
        let count = self.snapshot.ladder.rungs().len().min(N);
        let prospects = self.prospects::<N>(expected, around, open);
        let price = around.price.unwrap_or_else(|| self.snapshot.policy.price(None));
        let choose = |doubts| {
            self.snapshot.policy.choose(expected.estimate.difficulty, &prospects[..count], doubts, price)
        };
        let chosen = choose(&self.snapshot.doubts);
        why.add_if(!self.snapshot.doubts.is_empty() && chosen < choose(&[]), PlanReason::LooksAhead);
        chosen
    }

    /// What each of at most `N` rungs promises, where the policy weighs that.
    pub(super) fn prospects<const N: usize>(
        &self,
        expected: Expected<'_>,
        around: &Circumstances,
        open: Open,
    ) -> [Prospect; N] {
        let count = self.snapshot.ladder.rungs().len().min(N);
        let mut prospects = [Prospect { p_correct: 0.0, usd: 0.0, open: false }; N];
        let weighs = self.snapshot.policy.weighs();
        for (i, prospect) in prospects.iter_mut().enumerate().take(count) {
            prospect.open = open.has(i);
            if weighs {
                prospect.p_correct = expected.chance(i);
                prospect.usd = (self.snapshot.expected_usd(expected.estimate, i)
                    - self.cache_usd(around, expected.estimate, i))
                .max(0.0);
            }
        }
        prospects
    }

    /// What a session's cached prefix takes off the expected cost of a rung: nothing, but on the model that has it.
    fn cache_usd(&self, around: &Circumstances, estimate: &Estimate, rung: usize) -> f64 {
        let Some(standing) = around.standing.filter(|standing| standing.cached_tokens > 0) else {
            return 0.0;
        };
        let rungs = self.snapshot.ladder.rungs();
        let (Some(on), Some(rung)) = (rungs.get(standing.rung), rungs.get(rung)) else { return 0.0 };
        if on.model != rung.model {
            return 0.0;
        }
        let saved = (rung.input_price - rung.cached_price.unwrap_or(rung.input_price)).max(0.0);
        f64::from(standing.cached_tokens.min(estimate.input_tokens)) * saved / 1e6
    }

    /// What leaving the model that has the session cached is expected to cost, in US dollars.
    pub(super) fn switch_usd(&self, around: &Circumstances, estimate: &Estimate, rung: usize) -> f64 {
        let Some(standing) = around.standing else { return 0.0 };
        let lost = self.cache_usd(around, estimate, standing.rung);
        if lost > 0.0 && self.cache_usd(around, estimate, rung) == 0.0 { lost } else { 0.0 }
    }
}
