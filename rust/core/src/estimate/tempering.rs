//! The tempered prior: the mean that heads correct.
//!
//! ```text
//! mean[model] = common share · mean chance of all models
//!             + chances share · (model's chance − mean chance)
//!             + length share · step[model] · length of the ask in deviations
//! ```
//!
//! `learn/mean.rs` fits the shares to outcomes. Ranking without outcomes uses length alone, so learning starts from length
//! alone: the chances share is 0 after a fit, and heads find the differences between models. Steps follow the ladder's order
//! of abilities, not fitted abilities. With few outcomes the distance of fitted abilities is mostly noise, and a wrong sign
//! would reverse the ranking.

use super::curve::Curve;
use super::inputs::{MOST_DEVIATIONS, MOST_HEADS};

/// Bound on the absolute length share.
pub(crate) const MAX_LENGTH_SHARE: f64 = 4.0;

/// Shares of the prior's terms that the mean keeps: `common` and `chances` in [0, 1], `length` of either sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PriorShares {
    pub(crate) common: f64,
    pub(crate) chances: f64,
    pub(crate) length: f64,
}

impl PriorShares {
    /// The plain prior.
    pub(crate) const PRIOR: Self = Self { common: 1.0, chances: 1.0, length: 0.0 };
}

/// The mean of each model, as a function of a query's location and tilt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PriorMean {
    pub(crate) curve: Curve,
    /// By model: the ability, in logits, at which the prior is evaluated.
    pub(crate) asked: Vec<f64>,
    /// By model: gain per deviation of tilt, by its place in the ladder's order of abilities.
    pub(crate) steps: Vec<f64>,
    /// Mean tilt, and the inverse of its deviation.
    pub(crate) tilt: (f64, f64),
    pub(crate) shares: PriorShares,
}

/// The prior's terms for one query.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PriorTerms {
    /// Mean chance of all models.
    pub(crate) common: f64,
    /// By model: its chance less the mean.
    pub(crate) chances: [f64; MOST_HEADS],
    /// Tilt in deviations from its mean.
    pub(crate) length: f64,
}

impl PriorMean {
    /// The plain prior for a number of models.
    pub(crate) fn blank(curve: Curve, models: usize) -> Self {
        Self {
            curve,
            asked: vec![0.0; models],
            steps: vec![0.0; models],
            tilt: (0.0, 0.0),
            shares: PriorShares::PRIOR,
        }
    }

    /// The prior's terms for a query with a location and a tilt.
    pub(crate) fn terms(&self, location: f64, tilt: f64) -> PriorTerms {
        let mut chances = [0.0; MOST_HEADS];
        let mut common = 0.0;
        for (chance, &ability) in chances.iter_mut().zip(&self.asked) {
            *chance = self.curve.chance(ability, location);
            common += *chance;
        }
        common /= self.asked.len().max(1) as f64;
        for chance in &mut chances {
            *chance -= common;
        }
        let most = f64::from(MOST_DEVIATIONS);
        PriorTerms { common, chances, length: ((tilt - self.tilt.0) * self.tilt.1).clamp(-most, most) }
    }

    /// By model: the tempered mean less the plain prior. Allocates nothing.
    pub(crate) fn change(&self, location: f64, tilt: f64) -> [f64; MOST_HEADS] {
        let terms = self.terms(location, tilt);
        let mut change = [0.0; MOST_HEADS];
        for ((change, chance), step) in change.iter_mut().zip(&terms.chances).zip(&self.steps) {
            *change = (self.shares.common - 1.0) * terms.common
                + (self.shares.chances - 1.0) * chance
                + self.shares.length * step * terms.length;
        }
        change
    }
}
