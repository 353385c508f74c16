//! One token's top log-probabilities: their mean and their entropy.

use crate::math::exp;

/// Smaller log-probabilities, −∞ included, count as this, so that a mean stays finite.
const FLOOR: f32 = -100.0;

/// `−Σ p ln p` over a token's top candidates, in nats; none without a usable value.
pub(super) fn known_entropy(top: &[f32]) -> Option<f64> {
    let usable = top.iter().filter(|log| !log.is_nan()).map(|&log| f64::from(usable(log)));
    usable.map(|log| -log * exp(log)).reduce(|sum, part| sum + part)
}

/// The sum of one row in a fixed order: four lanes, then the rest.
pub(super) struct Row {
    sum: f64,
    used: u64,
    pub(super) invalid: u64,
}

impl Row {
    pub(super) fn read(top: &[f32]) -> Self {
        let (whole, rest) = top.as_chunks::<4>();
        let (mut sums, mut bad, mut nan) = ([0.0_f64; 4], [0_u32; 4], [0_u32; 4]);
        for lanes in whole {
            for i in 0..4 {
                let x = lanes[i];
                nan[i] += u32::from(x.is_nan());
                bad[i] += u32::from(x > 0.0);
                sums[i] += f64::from(usable(x));
            }
        }
        let mut sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
        let mut nans = u64::from(nan[0]) + u64::from(nan[1]) + u64::from(nan[2]) + u64::from(nan[3]);
        let mut bads = u64::from(bad[0]) + u64::from(bad[1]) + u64::from(bad[2]) + u64::from(bad[3]);
        for &x in rest {
            nans += u64::from(x.is_nan());
            bads += u64::from(x > 0.0);
            sum += f64::from(usable(x));
        }
        Self { sum, used: top.len() as u64 - nans, invalid: nans + bads }
    }

    /// The confidence of the row, in `[0, 100]`.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.used > 0).then(|| 0.0 - self.sum / self.used as f64)
    }
}

/// A log-probability in `[FLOOR, 0]`; a NaN adds nothing.
#[inline]
fn usable(x: f32) -> f32 {
    let x = if x < 0.0 { x } else { 0.0 };
    if x > FLOOR { x } else { FLOOR }
}
