//! From an estimate, a ladder and its prices to the rung that a query starts on. One file for each policy.
//!
//! A policy weighs; it does not bound. What a prompt may buy (`start_max`), what it needs (capabilities, context) and
//! what it may cost (the ceiling) is the governor's, so that no policy can forget it.

mod allocate;
mod guaranteed;
mod paced;
mod prospect;
mod threshold;
mod utility;

pub use allocate::{Allocation, allocate};
pub use paced::{Pace, PacedOptions, Pacer};

use crate::digest::{Digest, Digestible};
use crate::ladder::{Doubt, MAX_RUNGS};
use crate::{Error, Result};
use std::sync::Arc;

pub use guaranteed::{Graded, Guaranteed};
pub use prospect::Prospect;

/// How a rung is chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Policy {
    /// The lowest rung whose threshold the difficulty does not reach.
    Threshold {
        /// Difficulties in [0, 1], rising: one fewer than the ladder has rungs.
        thresholds: Vec<f64>,
    },
    /// The rung with the least expected cost: its price, plus what an error costs times the chance of one.
    Utility {
        /// What a wrong answer costs, in US dollars.
        usd_per_error: f64,
    },
    /// The lowest rung that is expected to lose little against the top one, with a promise of what is lost on average.
    Guaranteed(Guaranteed),
    /// As utility, at a price of compute that makes a period's budget last.
    Paced(Arc<Pacer>),
}

impl Digestible for Policy {
    fn write_to(&self, digest: &mut Digest) {
        match self {
            Self::Threshold { thresholds } => digest.record("threshold").put(thresholds),
            Self::Utility { usd_per_error } => digest.record("utility").put(usd_per_error),
            Self::Guaranteed(guaranteed) => digest.put(guaranteed),
            Self::Paced(pacer) => digest.put(pacer.options()),
        };
    }
}

impl Policy {
    /// Checks the policy's numbers.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the number.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::Threshold { thresholds } => threshold::validate(thresholds),
            Self::Utility { usd_per_error } => utility::validate(*usd_per_error),
            Self::Guaranteed(guaranteed) => guaranteed.validate(),
            // Checked when the pacer was made.
            Self::Paced(_) => Ok(()),
        }
    }

    /// Checks that the policy fits a ladder of so many rungs.
    ///
    /// # Errors
    /// [`Error::Invalid`] when thresholds are not one fewer than rungs.
    pub fn fits(&self, rungs: usize) -> Result<()> {
        self.validate()?;
        match self {
            Self::Threshold { thresholds } if thresholds.len() + 1 != rungs => Err(Error::invalid(
                "thresholds",
                format!("{} of them", thresholds.len()),
                format!("one fewer than the ladder's {rungs} rungs"),
            )),
            _ => Ok(()),
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Threshold { .. } => "threshold",
            Self::Utility { .. } => "utility",
            Self::Guaranteed(_) => "guaranteed",
            Self::Paced(_) => "paced",
        }
    }

    /// What a wrong answer costs by this policy, in US dollars; none where it does not say.
    pub fn usd_per_error(&self) -> Option<f64> {
        match self {
            Self::Utility { usd_per_error } => Some(*usd_per_error),
            Self::Paced(pacer) => Some(pacer.options().usd_per_error),
            Self::Threshold { .. } | Self::Guaranteed(_) => None,
        }
    }

    /// Whether it looks at prices and chances at all; [`Threshold`](Self::Threshold) does not.
    pub fn weighs(&self) -> bool {
        !matches!(self, Self::Threshold { .. })
    }

    /// Whether it promises a quality. Such a policy is asked whatever the evidence, and may want more than a prompt alone
    /// buys: its promise holds for what it was tested with.
    pub fn promises(&self) -> bool {
        matches!(self, Self::Guaranteed(_))
    }

    /// The policy for an estimator and the rungs of a ladder: a promise that was certified for others is withdrawn.
    pub(crate) fn held_to(self, estimator: &str, rungs: &[&str]) -> Self {
        match self {
            Self::Guaranteed(guaranteed) => Self::Guaranteed(guaranteed.held_to(estimator, rungs)),
            other => other,
        }
    }

    /// What a dollar of compute counts as for a tenant, in dollars: 1, or more where a budget is short.
    pub fn price(&self, tenant: Option<&str>) -> f64 {
        match self {
            Self::Paced(pacer) => pacer.price(tenant),
            Self::Threshold { .. } | Self::Utility { .. } | Self::Guaranteed(_) => 1.0,
        }
    }

    /// What beginning on a rung is expected to cost, errors counted, in US dollars; none where the policy does not say what an
    /// error costs.
    pub fn cost(&self, prospects: &[Prospect], doubts: &[Doubt], price: f64, rung: usize) -> Option<f64> {
        let usd_per_error = self.usd_per_error()?;
        Some(utility::cost(usd_per_error / price, prospects, doubts, rung))
    }

    /// The rung for a query of the given difficulty, among those that are open, when a dollar of compute counts as
    /// `price` dollars; none when none is open. `doubts`: what is known of each rung's, or nothing at all.
    pub fn choose(
        &self,
        difficulty: f64,
        prospects: &[Prospect],
        doubts: &[Doubt],
        price: f64,
    ) -> Option<usize> {
        debug_assert!(prospects.len() <= MAX_RUNGS);
        match self {
            Self::Threshold { thresholds } => threshold::choose(thresholds, difficulty, prospects),
            Self::Utility { usd_per_error } => utility::choose(*usd_per_error, prospects, doubts),
            Self::Guaranteed(guaranteed) => guaranteed.choose(prospects),
            Self::Paced(pacer) => utility::choose(pacer.options().usd_per_error / price, prospects, doubts),
        }
    }
}
