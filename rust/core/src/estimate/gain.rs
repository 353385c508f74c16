//! Gains: the expected advantage of a stronger rung over a weaker one, by which queries are ranked.

use super::curve::Curve;
use super::estimated::Estimate;
use super::heads::View;
use super::model::Scalars;
use crate::features::{Feature, Scan};
use crate::math::{logit, sigmoid};

impl Estimate {
    /// Gain of one rung over another: the difference of their P(correct). Send queries to the stronger rung in falling order
    /// of gain.
    ///
    /// Where both rungs have heads, it is the difference of their unshrunk predictions, not clamped to [0, 1]; elsewhere it is
    /// the [prior gain](Self::prior_gain).
    pub fn gain(&self, low: &View, high: &View) -> f64 {
        if !low.ranks || !high.ranks {
            return self.prior_gain_at(low.ability, high.ability);
        }
        let prior = |view: &View| sigmoid(self.prior_logit(view.ability, view.learned()));
        let learned = |view: &View| view.unbounded(prior(view), &self.heads);
        learned(high) - learned(low)
    }

    /// Prior gain, in [−1, 1], of an ability over a lower one, without outcomes.
    ///
    /// No model trained on other tasks ranked the gains of a new task better than the length of the prompt did
    /// (`docs/quality.md`). So this is the gain on a query without coverage, tilted by length. Use it for ranking; differences of
    /// [`Estimate::p_correct`] are calibrated.
    pub fn prior_gain(&self, low: f64, high: f64) -> f64 {
        self.prior_gain_at(logit(low), logit(high))
    }

    /// Like [`prior_gain`](Self::prior_gain), for abilities in logits.
    pub fn prior_gain_at(&self, low: f64, high: f64) -> f64 {
        let of = |ability: f64| Curve { slope: self.slope, base: self.base }.tilted(ability, self.tilt);
        (of(high) - of(low)).clamp(-1.0, 1.0)
    }
}

/// Tilt of a query's prior gains, in logits.
pub(super) fn tilt(scalars: &Scalars, scan: &Scan) -> f64 {
    let size = f64::from(scan.inputs()[Feature::Characters as usize] - scalars.tilt_mean_size);
    f64::from(scalars.tilt_by_size) * size
}
