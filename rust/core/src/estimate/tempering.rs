//! What is expected of a rung before its head is heard: the prior, tempered by outcomes.
//!
//! The prior says three things of a query: what its chance is with all models alike, how models' chances differ, and that
//! the stronger model gains more on long asks (`estimate/gain.rs`). Of the first as much is kept as outcomes bear out. The
//! other two are rival accounts of the same differences. Serving without outcomes ranks by length alone, and so learning
//! begins with length alone: as much is kept of it as outcomes bear out, and differences of chances are for heads to find.
//! How much more a long ask gains does not follow from how far apart the models were found: with few outcomes that is mostly
//! noise, and an order that hangs on its sign is turned around by it.

use super::curve::Curve;
use super::inputs::{MOST_DEVIATIONS, MOST_HEADS};

/// A share is within so much of nothing, whatever few outcomes say.
pub(crate) const MOST_KEPT: f64 = 4.0;

/// How much is kept of what the prior says of all models alike, of the differences of their chances (all or nothing), and of
/// what length says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Kept {
    pub(crate) common: f64,
    pub(crate) chances: f64,
    pub(crate) length: f64,
}

impl Kept {
    /// The prior's chances as they are.
    pub(crate) const PRIOR: Self = Self { common: 1.0, chances: 1.0, length: 0.0 };
}

/// The expectation of each model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mean {
    pub(crate) curve: Curve,
    /// By model, the ability at which the prior is asked.
    pub(crate) asked: Vec<f64>,
    /// By model, what it gains for one deviation of tilt: by its place among the abilities that the ladder says.
    pub(crate) steps: Vec<f64>,
    /// The mean tilt, and one over its deviation.
    pub(crate) tilt: (f64, f64),
    pub(crate) kept: Kept,
}

/// What the prior says of one query.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    /// Its chance with all models alike.
    pub(crate) common: f64,
    /// By model, by how much its chance differs.
    pub(crate) chances: [f64; MOST_HEADS],
    /// The deviations of its tilt.
    pub(crate) length: f64,
}

impl Mean {
    /// What says nothing of so many models.
    pub(crate) fn blank(curve: Curve, models: usize) -> Self {
        Self {
            curve,
            asked: vec![0.0; models],
            steps: vec![0.0; models],
            tilt: (0.0, 0.0),
            kept: Kept::PRIOR,
        }
    }

    /// The prior on a query at a location, with a tilt.
    pub(crate) fn said(&self, location: f64, tilt: f64) -> Said {
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
        Said { common, chances, length: ((tilt - self.tilt.0) * self.tilt.1).clamp(-most, most) }
    }

    /// By model, what is added to the prior's chance of a query with a location and a tilt. Allocates nothing.
    pub(crate) fn change(&self, location: f64, tilt: f64) -> [f64; MOST_HEADS] {
        let said = self.said(location, tilt);
        let mut change = [0.0; MOST_HEADS];
        for ((change, chance), step) in change.iter_mut().zip(&said.chances).zip(&self.steps) {
            *change = (self.kept.common - 1.0) * said.common
                + (self.kept.chances - 1.0) * chance
                + self.kept.length * step * said.length;
        }
        change
    }
}
