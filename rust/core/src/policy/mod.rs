//! Policies: from an estimate, a ladder and its prices to the rung that a query starts on. One file per policy.
//!
//! A policy only weighs. The governor applies `start_max`, capabilities, context windows and the ceiling, so that no
//! policy can forget them.

mod allocate;
mod guaranteed;
mod paced;
mod prospect;
mod shares;
mod threshold;
mod utility;

pub use allocate::{Allocation, allocate};
pub use paced::{Pace, PacedOptions, Pacer};
pub(crate) use shares::Share;
pub use shares::{HYSTERESIS, Shares, Wanted};

use crate::digest::{Digest, Digestible};
use crate::estimate::{Estimator, logit};
use crate::ladder::{Doubt, Ladder, MAX_RUNGS};
use crate::{Error, Result};
use std::sync::Arc;

pub use guaranteed::{Graded, Guaranteed, Promise};
pub use prospect::Prospect;

/// A rule that chooses the first rung of a query.
#[derive(Debug, Clone, PartialEq)]
pub enum Policy {
    /// The lowest rung whose threshold the difficulty does not reach.
    Threshold {
        /// Difficulties in [0, 1], rising: one fewer than the ladder has rungs.
        thresholds: Vec<f64>,
    },
    /// The rung with the least expected cost: its price, plus the cost of an error times its probability.
    Utility {
        /// Cost of a wrong answer, in US dollars.
        usd_per_error: f64,
    },
    /// The rung that loses little for each dollar that it saves against the top one, with a tested bound on the mean loss.
    Guaranteed(Guaranteed),
    /// Utility with a shadow price that makes a period's budget last.
    Paced(Arc<Pacer>),
    /// A share of the queries for each rung, by the rank of their difficulty.
    Shares(Shares),
}

impl Digestible for Policy {
    fn write_to(&self, digest: &mut Digest) {
        match self {
            Self::Threshold { thresholds } => digest.record("threshold").put(thresholds),
            Self::Utility { usd_per_error } => digest.record("utility").put(usd_per_error),
            Self::Guaranteed(guaranteed) => digest.put(guaranteed),
            Self::Paced(pacer) => digest.put(pacer.options()),
            Self::Shares(shares) => digest.put(shares),
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
            // Checked when they were made.
            Self::Paced(_) | Self::Shares(_) => Ok(()),
        }
    }

    /// Checks that the policy fits a ladder.
    ///
    /// # Errors
    /// [`Error::Invalid`] when thresholds are not one fewer than rungs, or shares are not as many, or there is a budget and no
    /// price.
    pub fn fits(&self, ladder: &Ladder) -> Result<()> {
        self.validate()?;
        let rungs = ladder.rungs().len();
        match self {
            Self::Threshold { thresholds } if thresholds.len() + 1 != rungs => Err(Error::invalid(
                "thresholds",
                format!("{} of them", thresholds.len()),
                format!("one fewer than the ladder's {rungs} rungs"),
            )),
            Self::Shares(shares) => shares.fits(ladder),
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
            Self::Shares(_) => "shares",
        }
    }

    /// Cost of a wrong answer under this policy, in US dollars; None for a policy without one.
    pub fn usd_per_error(&self) -> Option<f64> {
        match self {
            Self::Utility { usd_per_error } => Some(*usd_per_error),
            Self::Paced(pacer) => Some(pacer.options().usd_per_error),
            Self::Threshold { .. } | Self::Guaranteed(_) | Self::Shares(_) => None,
        }
    }

    /// True if the policy weighs prices and P(correct); [`Threshold`](Self::Threshold) and [`Shares`](Self::Shares) do not.
    pub fn weighs(&self) -> bool {
        !matches!(self, Self::Threshold { .. } | Self::Shares(_))
    }

    /// True if the policy guarantees a quality. Such a policy decides at any coverage and may pass `start_max`, because
    /// its guarantee holds only for the decisions that were tested.
    pub fn promises(&self) -> bool {
        matches!(self, Self::Guaranteed(_))
    }

    /// Binds the policy to an estimator and a ladder: a guarantee certified for others is withdrawn, and shares get the
    /// difficulties that this estimator has given.
    pub(crate) fn held_to(self, estimator: &Estimator, ladder: &Ladder) -> Self {
        match self {
            Self::Guaranteed(guaranteed) => Self::Guaranteed(guaranteed.held_to(estimator.version(), ladder)),
            Self::Shares(shares) => Self::Shares(shares.held_to(ladder, estimator)),
            other => other,
        }
    }

    /// True if the operator gave each rung its part. Then prompts may start on the top rung, unless the ladder names a lower
    /// `start_max`.
    pub(crate) fn names_rungs(&self) -> bool {
        matches!(self, Self::Shares(shares) if shares.names_rungs())
    }

    /// True unless the operator gave a rung no share of the queries.
    pub(crate) fn has_share(&self, rung: usize) -> bool {
        !matches!(self, Self::Shares(shares) if !shares.has_share(rung))
    }

    /// Shadow price of a dollar of compute for a tenant: 1, or more if a budget is short.
    pub fn price(&self, tenant: Option<&str>) -> f64 {
        match self {
            Self::Paced(pacer) => pacer.price(tenant),
            Self::Threshold { .. } | Self::Utility { .. } | Self::Guaranteed(_) | Self::Shares(_) => 1.0,
        }
    }

    /// Expected cost of starting on a rung, errors included, in US dollars; None for a policy without a cost of errors.
    pub fn cost(&self, prospects: &[Prospect], doubts: &[Doubt], price: f64, rung: usize) -> Option<f64> {
        let usd_per_error = self.usd_per_error()?;
        Some(utility::cost(usd_per_error / price, prospects, doubts, rung))
    }

    /// Chooses an open rung for a query of the given difficulty, when a dollar of compute counts as `price` dollars;
    /// None if no rung is open. `doubts` has one entry per rung, or none at all.
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
            Self::Shares(shares) => shares.choose_among(logit(difficulty), prospects),
        }
    }
}
