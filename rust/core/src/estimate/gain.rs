//! What a stronger rung is expected to gain over a weaker one: what queries are ranked by.

use super::curve::Curve;
use super::estimated::Estimate;
use super::heads::View;
use super::model::Scalars;
use crate::features::{Feature, Scan};
use crate::math::logit;

impl Estimate {
    /// What one rung is expected to gain over another: how much likelier it is right. Queries are best sent to the stronger
    /// rung in the falling order of it.
    ///
    /// Where outcomes have taught something of both, it is the difference of all that was learned, of which chances keep a
    /// share, and it is not cut where a chance would leave [0, 1]; where they have not, it is the [prior gain](Self::prior_gain), in whose order learning begins.
    pub fn gain(&self, low: &View, high: &View) -> f64 {
        if !low.ranks || !high.ranks {
            return self.prior_gain_at(low.ability, high.ability);
        }
        let learned = |view: &View| view.unbounded(self.p_correct_at(view.ability), &self.heads);
        learned(high) - learned(low)
    }

    /// The expected net gain, in [−1, 1], of a rung of one ability over a rung of another: how much likelier it is right.
    ///
    /// Nothing that was learned from other tasks ranks gains on a new one better than the length of the prompt
    /// (`docs/quality.md`). So the gain is that of a query about which nothing is known, more for long asks, and more or
    /// less where content is plainly hard or plainly small talk. Differences of [`Estimate::p_correct`] are calibrated;
    /// this is for ranking.
    pub fn prior_gain(&self, low: f64, high: f64) -> f64 {
        self.prior_gain_at(logit(low), logit(high))
    }

    /// As [`prior_gain`](Self::prior_gain), for abilities in logits.
    pub fn prior_gain_at(&self, low: f64, high: f64) -> f64 {
        let of = |ability: f64| Curve { slope: self.slope, base: self.base }.tilted(ability, self.tilt);
        (of(high) - of(low)).clamp(-1.0, 1.0)
    }
}

/// By how much the gain of this query is tilted, in logits.
pub(super) fn tilt(scalars: &Scalars, scan: &Scan, content: f64) -> f64 {
    let threshold = f64::from(scalars.tilt_threshold);
    let plain = (content - threshold).max(0.0) + (content + threshold).min(0.0);
    let size = f64::from(scan.inputs()[Feature::Characters as usize] - scalars.tilt_mean_size);
    f64::from(scalars.tilt_by_size) * size + f64::from(scalars.tilt_by_content) * plain
}
