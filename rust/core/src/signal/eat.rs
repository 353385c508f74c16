//! The exit from thinking when what would follow has settled.

use super::ema::Ema;
use crate::{Error, Result};

/// When to stop thinking, by EAT (Wang et al. 2025): at each line break the host asks what the model would say after the
/// end of its thinking, and hands over the entropy of that next token. Once its variance has died down, more thinking no
/// longer changes what comes next.
///
/// ```
/// let mut eat = rheostat::signal::Eat::new(0.1, 1e-3, 25)?;
/// let exit = (0..100).position(|i| eat.update(0.2 + 2.0 * f64::from(u8::from(i < 10))));
/// assert_eq!(exit, Some(87));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Eat {
    entropy: Ema,
    threshold: f64,
    warmup: u64,
}

impl Eat {
    /// The reference's values: alpha 0.1, threshold 10⁻³, and no exit in the first 25 probes (20 to 40 in the paper).
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 < alpha ≤ 1`, `threshold > 0` and `warmup ≥ 2`: the variance of one value is 0.
    pub fn new(alpha: f64, threshold: f64, warmup: u64) -> Result<Self> {
        if !(threshold > 0.0 && threshold.is_finite()) {
            return Err(Error::invalid("threshold", threshold, "above 0, in squared nats"));
        }
        if warmup < 2 {
            return Err(Error::invalid("warmup", warmup, "at least 2 probes"));
        }
        Ok(Self { entropy: Ema::new(alpha)?, threshold, warmup })
    }

    /// The entropy after one probe, in nats. Says whether to stop thinking. A value that is no entropy is counted and
    /// never a reason to stop.
    pub fn update(&mut self, entropy: f64) -> bool {
        let entropy = if entropy >= 0.0 { entropy } else { f64::NAN };
        self.entropy.update(entropy) && self.settled()
    }

    /// Whether the warm-up is over and the variance below the threshold.
    pub fn settled(&self) -> bool {
        self.entropy.count() >= self.warmup && self.entropy.variance() < self.threshold
    }

    /// The running mean of the entropy, its variance, and how many probes counted or did not.
    pub fn entropy(&self) -> &Ema {
        &self.entropy
    }

    /// The variance below which thinking stops.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Probes before the first exit.
    pub fn warmup(&self) -> u64 {
        self.warmup
    }
}
