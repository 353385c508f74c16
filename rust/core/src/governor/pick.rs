//! Picks the rung that a query starts on.
//!
//! The first rule that applies decides:
//!
//! 1. the caller's choice;
//! 2. the lowest open rung for a chore;
//! 3. the lowest open rung for thanks and words of agreement, outside sessions;
//! 4. the session's rung for a continuation, a tool result or an ask with too little coverage;
//! 5. the default rung for an ask with too little coverage or an empty one;
//! 6. the policy, limited by `start_max` and by the session's hysteresis.

use super::circumstances::Circumstances;
use super::current::Current;
use super::open::OpenRungs;
use crate::Result;
use crate::estimate::Estimate;
use crate::ladder::MAX_RUNGS;
use crate::plan::{Clamp, Field, PlanOptions, PlanReason, PlanReasons};
use crate::policy::{Policy, Prospect, Share};
use crate::query::{Query, Turn};
use crate::session::{Purpose, Standing};

/// Below this coverage the estimate is ignored and the default rung is used. 0.2: fewer than one word in five was seen in
/// training, which may happen by chance in any alphabet.
pub const MIN_COVERAGE: f64 = 0.2;

/// Ladders of up to 8 rungs use a stack array of 8: zeroing the array for the longest ladder would cost more than picking.
const FEW: usize = 8;

/// The estimate of a query, and the chances of the rungs.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) estimate: &'a Estimate,
    /// P(correct) of each rung: the second stage's where given, else the estimate's.
    pub(super) chances: &'a [f64],
}

impl Expected<'_> {
    /// P(correct) of a rung.
    pub(super) fn chance(&self, rung: usize) -> f64 {
        self.chances.get(rung).copied().unwrap_or(0.5)
    }
}

/// The picked rung.
pub(super) struct Picked {
    pub(super) rung: usize,
    /// True if a lower one than the session's would have done.
    pub(super) easier: bool,
    /// The choice of shares, if they decided.
    pub(super) share: Option<Share>,
}

impl Current {
    /// Picks the rung to start on, and adds reasons and clamps.
    #[allow(clippy::too_many_arguments)] // inputs, then the two lists that it adds to
    pub(super) fn pick(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        circumstances: &Circumstances,
        expected: Expected<'_>,
        open: OpenRungs,
        why: &mut PlanReasons,
        clamped: &mut Vec<Clamp>,
    ) -> Result<Picked> {
        let (ladder, count) = (&self.snapshot.ladder, self.snapshot.ladder.rungs().len());
        let simply = |rung| Ok(Picked { rung, easier: false, share: None });
        if let Some(name) = options.rung {
            why.add(PlanReason::Chosen);
            return simply(ladder.index(name)?);
        }
        if circumstances.purpose == Purpose::Housekeeping {
            why.add(PlanReason::Housekeeping);
            return simply(open.nearest(0));
        }
        let second_stage = options.difficulty.is_some() || options.p_correct.is_some();
        let decided_anyway = self.snapshot.policy.promises() || second_stage;
        let courtesy = query.request.courtesy && circumstances.purpose != Purpose::Planning;
        let asks = matches!(query.turn, Turn::Ask | Turn::Continuation);
        if courtesy && asks && circumstances.standing.is_none() && !decided_anyway {
            why.add(PlanReason::Courtesy);
            let rung = self.evidenceless(0, open);
            return Ok(Picked { rung, easier: false, share: self.settled(rung, true, open) });
        }
        let silent = if query.turn == Turn::Empty {
            Some(PlanReason::Empty)
        } else {
            (expected.estimate.coverage < MIN_COVERAGE && !decided_anyway).then_some(PlanReason::LowCoverage)
        };
        if circumstances.purpose == Purpose::Compaction {
            why.add(PlanReason::Compaction);
            let rung =
                circumstances.standing.map_or(ladder.default(), |standing| standing.rung.min(count - 1));
            return simply(open.nearest(rung));
        }
        let retry = |standing: &Standing| standing.request != 0 && standing.request == circumstances.request;
        let goes_on = matches!(query.turn, Turn::Continuation | Turn::ToolResult)
            || silent.is_some()
            || circumstances.standing.as_ref().is_some_and(retry);
        // The human has judged the last answer: that is evidence, as a failed check is, so it is not bound by `start_max`.
        let raises = |standing: &Standing| usize::from(query.request.objects && !retry(standing));
        if let Some(standing) = circumstances.standing.filter(|_| goes_on) {
            let raised = raises(&standing);
            why.add(if raised > 0 { PlanReason::Complaint } else { PlanReason::Session });
            let mut rung = (standing.rung + raised).min(count - 1);
            if circumstances.purpose == Purpose::Planning && rung < ladder.default() {
                why.add(PlanReason::Planning);
                rung = ladder.default();
            }
            return simply(open.nearest(rung));
        }
        if let Some(reason) = silent {
            why.add(reason);
            let rung = self.evidenceless(ladder.default(), open);
            return Ok(Picked { rung, easier: false, share: self.settled(rung, false, open) });
        }
        let (wanted, share) = self.wanted(expected, circumstances, open, why);
        let fresh = self.below_start_max(wanted, open, why, clamped);
        if query.request.doubtful {
            // A program may have written it: it moves no session down, and buys nothing below the default rung.
            let raised = circumstances.standing.as_ref().map_or(0, raises);
            let standing =
                circumstances.standing.map(|standing| open.nearest((standing.rung + raised).min(count - 1)));
            let floor = standing.unwrap_or_else(|| self.evidenceless(ladder.default(), open));
            if fresh < floor {
                why.add(match standing {
                    Some(_) if raised > 0 => PlanReason::Complaint,
                    Some(_) => PlanReason::Session,
                    None => PlanReason::Bare,
                });
                let share = if standing.is_some() { None } else { self.settled(floor, false, open) };
                return Ok(Picked { rung: floor, easier: false, share });
            }
        }
        why.add(PlanReason::Policy);
        why.add_if(share.is_some_and(|share| share.moved), PlanReason::Moved);
        let Some(standing) = circumstances.standing else {
            return Ok(Picked { rung: fresh, easier: false, share });
        };
        let kept = standing.keep(fresh).min(count - 1);
        let kept = if kept == fresh { fresh } else { open.nearest(kept) };
        why.add_if(kept != fresh, PlanReason::Session);
        Ok(Picked { rung: kept, easier: fresh < standing.rung, share })
    }

    /// The open rung at or near `place`, for asks that the policy does not weigh: one with a share, if the operator gave shares.
    fn evidenceless(&self, place: usize, open: OpenRungs) -> usize {
        open.nearest(match &self.snapshot.policy {
            Policy::Shares(shares) => shares.nearest(place, |rung| open.has(rung)),
            _ => place,
        })
    }

    /// How a rung counts that another rule than shares decided, if shares are kept.
    fn settled(&self, rung: usize, lowest: bool, open: OpenRungs) -> Option<Share> {
        match &self.snapshot.policy {
            Policy::Shares(shares) => shares.settled(rung, lowest, |rung| open.has(rung)),
            _ => None,
        }
    }

    /// Limits the policy's rung to `start_max`: a prompt alone buys no more.
    fn below_start_max(
        &self,
        wanted: usize,
        open: OpenRungs,
        why: &mut PlanReasons,
        clamped: &mut Vec<Clamp>,
    ) -> usize {
        let start_max = self.snapshot.ladder.start_max();
        if wanted <= start_max || self.snapshot.policy.promises() {
            return wanted;
        }
        let got = open.at_most(start_max).unwrap_or_else(|| open.nearest(start_max));
        if got != wanted {
            why.add(PlanReason::StartMax);
            clamped.push(Clamp { field: Field::Rung, wanted: wanted as f64, got: got as f64 });
        }
        got
    }

    /// The policy's rung among the open ones, with the choice of shares; for planning, at least the default rung.
    fn wanted(
        &self,
        expected: Expected<'_>,
        circumstances: &Circumstances,
        open: OpenRungs,
        why: &mut PlanReasons,
    ) -> (usize, Option<Share>) {
        let count = self.snapshot.ladder.rungs().len().min(MAX_RUNGS);
        let share = match &self.snapshot.policy {
            Policy::Shares(shares) => {
                let on = circumstances.standing.map(|standing| standing.rung);
                shares.choose(expected.estimate.location, |rung| open.has(rung), on)
            }
            _ => None,
        };
        let chosen = if let Some(share) = &share {
            Some(share.rung)
        } else if count <= FEW {
            self.chosen::<FEW>(expected, circumstances, open, why)
        } else {
            self.chosen::<MAX_RUNGS>(expected, circumstances, open, why)
        };
        let wanted = chosen.unwrap_or_else(|| open.nearest(self.snapshot.ladder.default()));
        let floor = open.nearest(self.snapshot.ladder.default());
        if circumstances.purpose == Purpose::Planning && wanted < floor {
            // A bad plan costs more in the work that follows than a cheap rung saves.
            why.add(PlanReason::Planning);
            return (floor, self.settled(floor, false, open));
        }
        (wanted, share)
    }

    /// The policy's choice among at most `N` rungs; None if no rung is open.
    fn chosen<const N: usize>(
        &self,
        expected: Expected<'_>,
        circumstances: &Circumstances,
        open: OpenRungs,
        why: &mut PlanReasons,
    ) -> Option<usize> {
        let count = self.snapshot.ladder.rungs().len().min(N);
        let prospects = self.prospects::<N>(expected, circumstances, open);
        let price = circumstances.price.unwrap_or_else(|| self.snapshot.policy.price(None));
        let choose = |doubts| {
            self.snapshot.policy.choose(expected.estimate.difficulty, &prospects[..count], doubts, price)
        };
        let chosen = choose(&self.snapshot.doubts);
        why.add_if(!self.snapshot.doubts.is_empty() && chosen < choose(&[]), PlanReason::LooksAhead);
        chosen
    }

    /// Chance and expected cost of each of at most `N` rungs, if the policy weighs them.
    pub(super) fn prospects<const N: usize>(
        &self,
        expected: Expected<'_>,
        circumstances: &Circumstances,
        open: OpenRungs,
    ) -> [Prospect; N] {
        let count = self.snapshot.ladder.rungs().len().min(N);
        let mut prospects = [Prospect { p_correct: 0.0, usd: 0.0, open: false }; N];
        let weighs = self.snapshot.policy.weighs();
        // A guarantee holds for the costs that it was tested with: those without a session.
        let cached = !self.snapshot.policy.promises();
        for (i, prospect) in prospects.iter_mut().enumerate().take(count) {
            prospect.open = open.has(i);
            if weighs {
                prospect.p_correct = expected.chance(i);
                let usd = self.snapshot.expected_usd(expected.estimate, i);
                let saved = if cached { self.cache_usd(circumstances, expected.estimate, i) } else { 0.0 };
                prospect.usd = (usd - saved).max(0.0);
            }
        }
        prospects
    }

    /// Saving on a rung's expected cost from the session's cached prefix: 0 on any model but the one that has it.
    fn cache_usd(&self, circumstances: &Circumstances, estimate: &Estimate, rung: usize) -> f64 {
        let Some(standing) = circumstances.standing.filter(|standing| standing.cached_tokens > 0) else {
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

    /// Expected cost, in US dollars, of leaving the model that has the session's prefix cached.
    pub(super) fn switch_usd(&self, circumstances: &Circumstances, estimate: &Estimate, rung: usize) -> f64 {
        let Some(standing) = circumstances.standing else { return 0.0 };
        let lost = self.cache_usd(circumstances, estimate, standing.rung);
        if lost > 0.0 && self.cache_usd(circumstances, estimate, rung) == 0.0 { lost } else { 0.0 }
    }
}
