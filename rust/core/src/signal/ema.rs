//! A running mean and variance that forget.

use crate::{Error, Result};

/// Nothing that is measured in nats comes near; squares of it stay finite.
pub(super) const LARGEST: f64 = 1e12;

/// A mean that forgets, and the variance around it. Each value weighs `alpha`; the first is the mean, with no variance.
///
/// `m ← αx + (1−α)m`, then `v ← α(x−m)² + (1−α)v` with the new mean. A value that is not finite is counted and left out.
///
/// ```
/// let mut level = rheostat::signal::Ema::new(0.5)?;
/// level.update(2.0);
/// level.update(4.0);
/// assert_eq!((level.mean(), level.variance()), (3.0, 0.5));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ema {
    alpha: f64,
    mean: f64,
    variance: f64,
    count: u64,
    invalid: u64,
}

impl Ema {
    /// A mean in which each value weighs `alpha`.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 < alpha ≤ 1`.
    pub fn new(alpha: f64) -> Result<Self> {
        if !(alpha > 0.0 && alpha <= 1.0) {
            return Err(Error::invalid("alpha", alpha, "above 0 and at most 1"));
        }
        Ok(Self { alpha, mean: 0.0, variance: 0.0, count: 0, invalid: 0 })
    }

    /// One value. Says whether it counted.
    pub fn update(&mut self, value: f64) -> bool {
        if !value.is_finite() || value.abs() > LARGEST {
            self.invalid += 1;
            return false;
        }
        if self.count == 0 {
            self.mean = value;
        } else {
            self.mean = self.alpha * value + (1.0 - self.alpha) * self.mean;
            let off = value - self.mean;
            self.variance = self.alpha * off * off + (1.0 - self.alpha) * self.variance;
        }
        self.count += 1;
        true
    }

    /// The mean; NaN before the first value.
    pub fn mean(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.mean }
    }

    /// The variance; NaN before the first value.
    pub fn variance(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.variance }
    }

    /// Values that counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Values that did not: NaN, infinite, or beyond ±10¹².
    pub fn invalid(&self) -> u64 {
        self.invalid
    }

    /// What one value weighs.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }
}
