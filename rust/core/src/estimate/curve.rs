//! How the prior's chance, and its gain, follow from an ability.

use crate::math::sigmoid;

/// How steeply P(correct) rises with ability, in logits per logit, and where a query lies of which nothing is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Curve {
    pub(crate) slope: f64,
    pub(crate) base: f64,
}

impl Curve {
    /// The chance, for an ability in logits, of a query at a location.
    pub(crate) fn chance(self, ability: f64, location: f64) -> f64 {
        sigmoid(self.slope * (ability - location))
    }

    /// What gains are differences of: the chance of a query of which nothing is known, tilted by so many logits.
    pub(crate) fn tilted(self, ability: f64, tilt: f64) -> f64 {
        self.chance(ability, self.base) * 2.0 * sigmoid(tilt)
    }
}
