//! The value of a second opinion on a query's difficulty: the expected value of sample information (Raiffa and Schlaifer,
//! *Applied Statistical Decision Theory*, 1961).
//!
//! The opinion moves the location by a normal deviation. For each of 25 moves within three deviations the governor picks a
//! rung; the saving over the rung picked without the opinion is averaged with the moves' normal weights.

use super::Governor;
use super::open::open;
use super::pick::Expected;
use crate::estimate::sigmoid;
use crate::features::Scan;
use crate::ladder::MAX_RUNGS;
use crate::plan::{PlanOptions, PlanReasons};
use crate::query::Query;
use crate::{Error, Result};

/// Largest spread of a second opinion, in logits of difficulty.
pub const MOST_SPREAD: f64 = 8.0;
/// Standard deviations on either side of the estimate, and steps for each side.
const REACH: f64 = 3.0;
const STEPS: i32 = 12;

/// The expected effect of a second opinion on a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Information {
    /// Expected saving in US dollars: cost of compute and errors on the rung planned without the opinion, less that on the rung
    /// planned with it. None where the policy puts no price on an error.
    pub usd: Option<f64>,
    /// Chance that the opinion changes the rung. None where the policy promises, because a promise holds for one estimator.
    pub change: Option<f64>,
}

impl Information {
    /// Decides if a second opinion is worth asking for. Where an error has a price: if it is expected to save more than its own
    /// `price` in US dollars. Elsewhere: if it changes the plan with a chance of at least `change`. None if neither is known.
    pub fn worth(&self, price: f64, change: Option<f64>) -> Option<bool> {
        match (self.usd, self.change, change) {
            (Some(usd), ..) => Some(usd > price),
            (None, Some(likely), Some(least)) => Some(likely >= least),
            _ => None,
        }
    }
}

impl Governor {
    /// Values a second opinion on the query's difficulty that deviates from the estimate by `spread` logits (one standard
    /// deviation). Plans and remembers nothing.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan); [`Error::Invalid`] unless the spread is between 0 and [`MOST_SPREAD`].
    pub fn information(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        spread: f64,
        scan: &mut Scan,
    ) -> Result<Information> {
        if !(0.0..=MOST_SPREAD).contains(&spread) {
            return Err(Error::invalid("spread", spread, format!("between 0 and {MOST_SPREAD} logits")));
        }
        let current = self.current.load_full();
        let snapshot = &current.snapshot;
        let circumstances = self.circumstances(snapshot, query, options)?;
        let decision = current.decide(query, options, &circumstances, scan, |decision| decision)?;
        if snapshot.policy.promises() {
            return Ok(Information { usd: None, change: None });
        }
        let price = circumstances.price.unwrap_or(1.0);
        let open =
            open(snapshot, query, options, &decision.estimate, &decision.limit, &mut PlanReasons::default())?;
        let (mut saved, mut change, mut total) = (0.0, 0.0, 0.0);
        for step in -STEPS..=STEPS {
            let deviations = REACH * f64::from(step) / f64::from(STEPS);
            let weight = crate::estimate::exp(-0.5 * deviations * deviations);
            let difficulty = sigmoid(decision.estimate.location + spread * deviations);
            let moved = decision.estimate.with_difficulty(difficulty);
            let options = PlanOptions { difficulty: Some(difficulty), ..*options };
            let (why, clamped) = (&mut PlanReasons::default(), &mut Vec::new());
            let chances = snapshot.chances(&moved);
            let expected = Expected { estimate: &moved, chances: chances.as_slice() };
            let rung = current.pick(query, &options, &circumstances, expected, open, why, clamped)?.rung;
            let prospects = current.prospects::<MAX_RUNGS>(expected, &circumstances, open);
            let prospects = &prospects[..snapshot.ladder.rungs().len().min(MAX_RUNGS)];
            let cost = |rung| snapshot.policy.cost(prospects, &snapshot.doubts, price, rung);
            if let (Some(without), Some(with)) = (cost(decision.rung), cost(rung)) {
                saved += weight * (without - with);
            }
            change += if rung == decision.rung { 0.0 } else { weight };
            total += weight;
        }
        let usd = snapshot.policy.usd_per_error().map(|_| (saved / total).max(0.0));
        Ok(Information { usd, change: Some(change / total) })
    }
}
