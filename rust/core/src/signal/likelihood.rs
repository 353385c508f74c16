//! The mean log-probability of a stream's own tokens over a sliding window.

use super::confidence::{LARGEST, MAX_WINDOW};
use super::margin::margin;
use crate::{Error, Result};

/// At or below this, −∞ included, a token's own log-probability is unknown.
const UNKNOWN: f64 = -9999.0;

/// True if a token's own log-probability is not known.
pub(crate) fn is_unknown(logprob: f64) -> bool {
    logprob.is_nan() || logprob <= UNKNOWN
}

/// Surprisals are whole multiples of 2⁻²⁴ nats, so the running sum is exact.
const FINE: f64 = (1_u32 << 24) as f64;

/// Nats by which the sum of a short stream's log-probabilities may fall below its bar before the stream is weak.
const MARGIN: f64 = 1.5;

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
    /// The lowest mean with its margin, over windows that are not full.
    early: f64,
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
        Ok(Self {
            window,
            ring: Vec::new(),
            at: 0,
            tokens: 0,
            sum: 0,
            most: 0,
            early: f64::INFINITY,
            invalid: 0,
        })
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
        } else {
            self.early = self.early.min(self.short_upper());
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

    /// The mean over the newest window, or over all tokens while they are fewer; those by a margin higher, which is 1.5 nats over
    /// the number of tokens for the first and none for a full window. None before the first token.
    ///
    /// ```
    /// let mut likelihood = rheostat::signal::Likelihood::new(256)?;
    /// (0..10).for_each(|_| likelihood.update(-2.0));
    /// assert!((likelihood.upper().unwrap() - (-2.0 + 1.5 / 10.0 - 1.5 / 256.0)).abs() < 1e-12);
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn upper(&self) -> Option<f64> {
        if self.tokens == 0 { None } else { self.group().or_else(|| Some(self.short_upper())) }
    }

    /// The lowest of [`upper`](Self::upper) so far: the value that a bar is held against. A bar that it is below is missed for more
    /// than the few tokens of a short stream explain.
    pub fn lowest_upper(&self) -> Option<f64> {
        let full = self.lowest().unwrap_or(f64::INFINITY);
        (self.tokens > 0).then(|| full.min(self.early))
    }

    /// [`upper`](Self::upper) of a window that is not full.
    fn short_upper(&self) -> f64 {
        margin(MARGIN, self.tokens, self.window) - self.sum as f64 / (self.tokens.max(1) as f64 * FINE)
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
