//! The mean log-probability of a stream's own tokens over a sliding window.

use super::confidence::{LARGEST, MAX_WINDOW};
use crate::{Error, Result};

/// At or below this, −∞ included, a token's own log-probability is unknown.
const UNKNOWN: f64 = -9999.0;

/// True if a token's own log-probability is not known.
pub(crate) fn is_unknown(logprob: f64) -> bool {
    logprob.is_nan() || logprob <= UNKNOWN
}

/// Surprisals are whole multiples of 2⁻²⁴ nats, so the running sum is exact.
const FINE: f64 = (1_u32 << 24) as f64;

/// The mean log-probability of the newest tokens of one stream, and the lowest mean so far.
///
/// It needs each token's own log-probability and no candidates. A window of 1 gives the least likely token (FLARE, Jiang et
/// al. 2023), a long one the mean that cascades compare with a threshold. With two candidates or fewer it says more than
/// [`Confidence`](super::Confidence): among two, a flat distribution looks like a peaked one.
///
/// A log-probability counts as at least −100; a positive one counts as 0, a NaN or one at or below −9999 is left out, and all are counted in
/// [`invalid`](Self::invalid). Memory: 4 bytes a token up to the window, none for a window of 1.
///
/// ```
/// let mut likelihood = rheostat::signal::Likelihood::new(2)?;
/// for logprob in [-0.5, -1.5, -0.5] {
///     likelihood.update(logprob);
/// }
/// assert_eq!((likelihood.group(), likelihood.lowest()), (Some(-1.0), Some(-1.0)));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Likelihood {
    window: usize,
    ring: Vec<u32>,
    at: usize,
    tokens: u64,
    /// Sum of the newest window's surprisals.
    sum: u64,
    /// The largest sum over a full window.
    most: u64,
    invalid: u64,
}

impl Likelihood {
    /// A stream whose groups are `window` tokens.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `1 ≤ window ≤` [`MAX_WINDOW`].
    pub fn new(window: usize) -> Result<Self> {
        if window == 0 || window > MAX_WINDOW {
            return Err(Error::invalid("window", window, format!("between 1 and {MAX_WINDOW} tokens")));
        }
        Ok(Self { window, ring: Vec::new(), at: 0, tokens: 0, sum: 0, most: 0, invalid: 0 })
    }

    /// Adds one token by its own log-probability.
    pub fn update(&mut self, logprob: f64) {
        let unknown = is_unknown(logprob);
        self.invalid += u64::from(unknown || logprob > 0.0);
        if unknown {
            return;
        }
        let surprisal = ((-logprob).clamp(0.0, f64::from(LARGEST)) * FINE + 0.5) as u32;
        self.tokens += 1;
        if self.window == 1 {
            self.sum = u64::from(surprisal);
        } else if self.ring.len() < self.window {
            self.ring.push(surprisal);
            self.sum += u64::from(surprisal);
        } else if let Some(slot) = self.ring.get_mut(self.at) {
            self.sum = self.sum - u64::from(std::mem::replace(slot, surprisal)) + u64::from(surprisal);
            self.at = if self.at + 1 == self.window { 0 } else { self.at + 1 };
        }
        if self.full() {
            self.most = self.most.max(self.sum);
        }
    }

    /// The mean over the newest window; none before it has filled.
    pub fn group(&self) -> Option<f64> {
        self.full().then(|| self.mean(self.sum))
    }

    /// The lowest mean over all full windows; none before the first.
    pub fn lowest(&self) -> Option<f64> {
        self.full().then(|| self.mean(self.most))
    }

    /// Values left out or corrected.
    pub fn invalid(&self) -> u64 {
        self.invalid
    }

    fn full(&self) -> bool {
        self.tokens >= self.window as u64
    }

    fn mean(&self, sum: u64) -> f64 {
        -(sum as f64) / (self.window as f64 * FINE)
    }
}
