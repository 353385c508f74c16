//! The prior's chance, and its gain, as functions of an ability.

use crate::math::sigmoid;

/// The item characteristic curve of item response theory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Curve {
    /// Slope of P(correct) over ability, in logits per logit (the discrimination a).
    pub(crate) slope: f64,
    /// Location of a query without coverage, in logits.
    pub(crate) base: f64,
}

impl Curve {
    /// P(correct) of a model of an ability, in logits, on a query at a location.
    pub(crate) fn chance(self, ability: f64, location: f64) -> f64 {
        sigmoid(self.slope * (ability - location))
    }

    /// P(correct) on a query without coverage, tilted by `tilt` logits. Prior gains are differences of it.
    pub(crate) fn tilted(self, ability: f64, tilt: f64) -> f64 {
        self.chance(ability, self.base) * 2.0 * sigmoid(tilt)
    }
}
