//! Weighs a ramp: its expected gain against its price.
//!
//! ```text
//! gain   (P(correct) after the ramp − P(correct) now) · usd_per_error
//! now    σ(logit(p of the rung) + ln(odds of the evidence))
//! after  σ(logit(p of the rung or of the next one) + ½ · ln(odds) + what the dial adds)
//! take   if gain ≥ expected price · price_of_compute
//! ```
//!
//! Half of the doubt is attributed to the question, and stays with every further attempt.

use super::{Judge, Ramp};
use crate::ladder::{Load, RungCost, depth_logits, sample_logits, thinking_logits};
use crate::math::{ln, logit, sigmoid};
use crate::plan::Plan;
use std::sync::Arc;

/// The numbers that a run weighs ramps with.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// Cost of a wrong answer, in US dollars.
    pub usd_per_error: f64,
    /// Dollars that a dollar of compute counts as: 1, or more where a budget is short.
    pub price_of_compute: f64,
    /// P(correct) of each rung of the ladder for this query.
    pub p_correct: Arc<[f64]>,
    /// Expected size of the query and its answer.
    pub load: Load,
}

impl Worth {
    /// The numbers of a plan; none if its policy does not weigh.
    pub fn of(plan: &Plan) -> Option<Self> {
        let usd_per_error = plan.snapshot.policy.usd_per_error()?;
        let rungs = plan.snapshot.ladder.rungs().len();
        Some(Self {
            usd_per_error,
            price_of_compute: plan.price,
            p_correct: (0..rungs).map(|i| plan.p_correct_of(i)).collect(),
            load: plan.estimate.load(),
        })
    }
}

/// Share of a doubt that is about the question rather than one answer to it.
const CARRIED: f64 = 0.5;
/// Share of wrong answers that a verification is assumed to find.
const FOUND: f64 = 0.5;
impl Judge {
    /// True if a ramp is worth its price; `odds` is the factor of the evidence. Without numbers every permitted ramp is.
    pub(super) fn is_worth(&self, ramp: &Ramp, odds: f64) -> bool {
        let Some(worth) = &self.brief.worth else { return true };
        let gain = self.gain(worth, ramp, odds);
        gain * worth.usd_per_error >= self.price(worth, ramp) * worth.price_of_compute
    }

    /// Expected rise of P(correct).
    fn gain(&self, worth: &Worth, ramp: &Ramp, odds: f64) -> f64 {
        let p = |rung: usize| worth.p_correct.get(rung).copied().unwrap_or(0.5);
        let (base, doubt) = (logit(p(self.round.rung)), ln(odds.max(f64::MIN_POSITIVE)));
        let now = sigmoid(base + doubt);
        let later = base + CARRIED * doubt;
        let dials = self.round.dials;
        let escalated = |to: usize| sigmoid(logit(p(to)) + CARRIED * doubt);
        let then = match *ramp {
            Ramp::Replace => sigmoid(later),
            Ramp::Samples(more) => {
                let (before, after) = (dials.samples, dials.samples.saturating_add(more));
                sigmoid(later + sample_logits(after) - sample_logits(before))
            }
            Ramp::Think { budget, .. } => {
                sigmoid(later + thinking_logits(budget) - thinking_logits(dials.thinking_tokens))
            }
            Ramp::Revise { .. } => {
                let depth = self.round.depth.max(1);
                sigmoid(later + depth_logits(depth + 1) - depth_logits(depth))
            }
            Ramp::Verify { .. } => {
                let above = self.brief.above(self.round.rung).map_or(sigmoid(later), escalated);
                now + FOUND * (1.0 - now) * above
            }
            Ramp::Escalate(to) => escalated(to),
        };
        then - now
    }

    /// The expected cost of a ramp, in US dollars.
    fn price(&self, worth: &Worth, ramp: &Ramp) -> f64 {
        let rung = if let Ramp::Escalate(to) = *ramp { to } else { self.round.rung };
        let Some(own) = self.brief.rungs.get(rung) else { return 0.0 };
        let dials = if rung == self.round.rung { self.round.dials } else { self.brief.dials(rung) };
        let all = RungCost::of(own).with_dials(&dials);
        let cost = match *ramp {
            Ramp::Replace | Ramp::Revise { .. } | Ramp::Verify { .. } => all.with_requests(1),
            Ramp::Samples(more) => all.with_requests(more),
            Ramp::Think { budget, .. } => all.with_thinking(budget).with_requests(1),
            Ramp::Escalate(_) => all,
        };
        cost.usd(&worth.load)
    }
}
