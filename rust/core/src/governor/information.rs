//! What it would be worth to know a query's difficulty better before its rung is chosen.
//!
//! The expected value of sample information (Raiffa and Schlaifer, *Applied Statistical Decision Theory*, 1961): a second
//! opinion moves the location by a normal deviation; for each move the governor picks as it would, and what that saves over
//! the rung that it picks without is averaged.

use super::Governor;
use super::open::open;
use super::pick::Expected;
use crate::estimate::sigmoid;
use crate::features::Scan;
use crate::ladder::MAX_RUNGS;
use crate::plan::{PlanOptions, PlanReasons};
use crate::query::Query;
use crate::{Error, Result};

/// The most logits of difficulty that a second opinion may be said to move by.
pub const MOST_SPREAD: f64 = 8.0;
/// How many standard deviations either way are looked at, and in how many steps each.
const REACH: f64 = 3.0;
const STEPS: i32 = 12;

/// What a second opinion may do to a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Information {
    /// What it is expected to save, in US dollars: the price of compute and of errors on the rung that is planned without it, less
    /// that on the rung that is planned with it (the expected value of sample information). None where the policy puts no
    /// price on an error.
    pub usd: Option<f64>,
    /// How likely it is that another rung is planned with it. None where the policy promises: it goes by no other opinion.
    pub change: Option<f64>,
}

impl Information {
    /// Decides if a second opinion is worth asking for: where an error has a price, if it is expected to save more than its own
    /// `price` in US dollars; elsewhere, if it changes the plan with a chance of at least `change`. None where neither says.
    pub fn worth(&self, price: f64, change: Option<f64>) -> Option<bool> {
        match (self.usd, self.change, change) {
            (Some(usd), ..) => Some(usd > price),
            (None, Some(likely), Some(least)) => Some(likely >= least),
            _ => None,
        }
    }
}

impl Governor {
    /// What a second opinion on the query's difficulty may do, when it moves the difficulty by `spread` logits (one standard
    /// deviation) from the estimate's. Nothing is planned or remembered.
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
        let around = self.circumstances(snapshot, query, options)?;
        let decision = current.decide(query, options, &around, scan, |decision| decision)?;
        if snapshot.policy.promises() {
            return Ok(Information { usd: None, change: None });
        }
        let price = around.price.unwrap_or(1.0);
        let open = open(snapshot, query, options, &decision.estimate, &mut PlanReasons::default())?;
        let (mut saved, mut change, mut total) = (0.0, 0.0, 0.0);
        for step in -STEPS..=STEPS {
            let deviations = REACH * f64::from(step) / f64::from(STEPS);
            let weight = crate::estimate::exp(-0.5 * deviations * deviations);
            let difficulty = sigmoid(decision.estimate.location + spread * deviations);
            let moved = decision.estimate.with_difficulty(difficulty);
            let told = PlanOptions { difficulty: Some(difficulty), ..*options };
            let (why, clamped) = (&mut PlanReasons::default(), &mut Vec::new());
            let chances = snapshot.chances(&moved);
            let expected = Expected { estimate: &moved, chances: chances.as_slice() };
            let rung = current.pick(query, &told, &around, expected, open, why, clamped)?.rung;
            let prospects = current.prospects::<MAX_RUNGS>(expected, &around, open);
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
