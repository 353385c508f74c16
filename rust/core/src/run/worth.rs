//! Whether a ramp's expected gain is worth its price.
//!
//! The gain is the rise in the chance of a right answer, by the ladder's abilities and its dial curves, times what an
//! error costs. Evidence lowers the odds of the answer in hand by its rule's factor; of that doubt a half is taken to
//! be about the question, and stays with whatever is tried next.

use super::ramp::Step;
use super::state::State;
use crate::ladder::{depth_logits, sample_logits, thinking_logits};
use crate::math::{ln, logit, sigmoid};
use crate::plan::Plan;
use std::sync::Arc;

/// What a run weighs ramps with.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// What a wrong answer costs, in US dollars.
    pub usd_per_error: f64,
    /// What a dollar of compute counts as, in dollars: 1, or more where a budget is short.
    pub price_of_compute: f64,
    /// The chance that each rung of the ladder answers this query correctly.
    pub p_correct: Arc<[f64]>,
    /// Expected tokens of the answer, without thinking.
    pub output_tokens: u64,
}

impl Worth {
    /// What the run of a plan weighs with; none where its policy does not weigh.
    pub fn of(plan: &Plan) -> Option<Self> {
        let usd_per_error = plan.snapshot.policy.usd_per_error()?;
        let rungs = plan.snapshot.ladder.rungs().len();
        Some(Self {
            usd_per_error,
            price_of_compute: plan.price,
            p_correct: (0..rungs).map(|i| plan.p_correct_of(i)).collect(),
            output_tokens: u64::from(plan.estimate.output_tokens),
        })
    }
}

/// The share of doubt that is about the question and not about one answer to it.
const CARRIED: f64 = 0.5;
/// The share of wrong answers that a verification is taken to find.
const FOUND: f64 = 0.5;
/// The share of a thinking budget that is taken to be used.
const USED: f64 = 0.5;

impl State {
    /// Whether a step is worth its price, given by what factor the evidence changes the odds. Without a way to
    /// weigh, every permitted step is.
    pub(super) fn is_worth(&self, step: &Step, odds: f64) -> bool {
        let Some(worth) = &self.brief.worth else { return true };
        let gain = self.gain(worth, step, odds);
        gain * worth.usd_per_error >= self.price(worth, step) * worth.price_of_compute
    }

    /// By how much the chance of a right answer is expected to rise.
    fn gain(&self, worth: &Worth, step: &Step, odds: f64) -> f64 {
        let p = |rung: usize| worth.p_correct.get(rung).copied().unwrap_or(0.5);
        let (base, doubt) = (logit(p(self.round.rung)), ln(odds.max(f64::MIN_POSITIVE)));
        let now = sigmoid(base + doubt);
        let later = base + CARRIED * doubt;
        let dials = self.round.dials;
        let escalated = |to: usize| sigmoid(logit(p(to)) + CARRIED * doubt);
        let then = match *step {
            Step::Replace => sigmoid(later),
            Step::Samples(more) => {
                let (before, after) = (dials.samples, dials.samples.saturating_add(more));
                sigmoid(later + sample_logits(after) - sample_logits(before))
            }
            Step::Think { budget, .. } => {
                sigmoid(later + thinking_logits(budget) - thinking_logits(dials.thinking_tokens))
            }
            Step::Revise { .. } => {
                let depth = self.round.depth.max(1);
                sigmoid(later + depth_logits(depth + 1) - depth_logits(depth))
            }
            Step::Verify { .. } => {
                let above = self.brief.above(self.round.rung).map_or(sigmoid(later), escalated);
                now + FOUND * (1.0 - now) * above
            }
            Step::Escalate(to) => escalated(to),
        };
        then - now
    }

    /// What the step is expected to cost, in US dollars.
    fn price(&self, worth: &Worth, step: &Step) -> f64 {
        let rung = if let Step::Escalate(to) = *step { to } else { self.round.rung };
        let dials = if rung == self.round.rung { self.round.dials } else { self.brief.dials(rung) };
        let (thinking, requests) = match *step {
            Step::Replace | Step::Revise { .. } | Step::Verify { .. } => (dials.thinking_tokens, 1),
            Step::Samples(more) => (dials.thinking_tokens, u64::from(more)),
            Step::Think { budget, .. } => (budget, 1),
            Step::Escalate(_) => {
                (dials.thinking_tokens, u64::from(dials.samples) + u64::from(dials.depth) - 1)
            }
        };
        let output = worth.output_tokens.min(dials.answer_tokens) + (thinking as f64 * USED) as u64;
        self.brief.prices(rung).cost(self.brief.input_tokens, 0, output).times(requests).dollars()
    }
}
