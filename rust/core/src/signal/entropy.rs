//! Entropy dynamics: finds when a model becomes less sure than it should be, and for how long.
//!
//! Each token's entropy `h` (nats) is smoothed by an exponential moving average, `m ← m + α(h − m)` with α = 0.3, and a
//! one-sided cumulative sum (CUSUM, Page 1954) collects by how much that average exceeds a reference level `k`:
//!
//! ```text
//! S ← max(0, S + m − k)
//! ```
//!
//! `S` stays near 0 while the entropy is at its level, and climbs after it has risen; its unit is nats times tokens. The
//! level is given rather than learned from the stream's first tokens, because those are often formulaic: with a level
//! learned from eight of them the sum ranks wrong answers at an AUC of 0.54 to 0.67, with a given one at 0.86 to 0.92
//! (`benches/quality/_lab.py`). O(1) per token, 48 bytes.

use super::top::{is_forced, known_entropy};
use crate::{Error, Result};

/// The weight of the newest token in the moving average.
const ALPHA: f64 = 0.3;
/// The largest entropy, in nats: a flat distribution over e¹⁰⁰ tokens.
const LARGEST: f64 = 100.0;

/// The change point of one stream's entropy.
///
/// ```
/// let mut shift = rheostat::signal::EntropyShift::new(0.2)?;
/// for _ in 0..50 {
///     shift.update(0.1);
/// }
/// assert_eq!(shift.highest(), 0.0);
/// for _ in 0..50 {
///     shift.update(0.8);
/// }
/// assert!(shift.highest() > 20.0 && shift.mean().is_some_and(|mean| mean > 0.7));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntropyShift {
    level: f64,
    mean: Option<f64>,
    rise: f64,
    highest: f64,
    invalid: u64,
}

impl EntropyShift {
    /// A stream whose entropy should be near `level`, in nats.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 ≤ level ≤ 100`.
    pub fn new(level: f64) -> Result<Self> {
        if !(0.0..=LARGEST).contains(&level) {
            return Err(Error::invalid("entropy_level", level, format!("between 0 and {LARGEST} nats")));
        }
        Ok(Self { level, mean: None, rise: 0.0, highest: 0.0, invalid: 0 })
    }

    /// Adds one token by the entropy of its distribution, in nats. An invalid value is counted and changes nothing else.
    pub fn update(&mut self, entropy: f64) {
        if !(0.0..=LARGEST).contains(&entropy) {
            self.invalid += 1;
            return;
        }
        let mean = self.mean.map_or(entropy, |mean| mean + ALPHA * (entropy - mean));
        self.mean = Some(mean);
        self.rise = (self.rise + mean - self.level).max(0.0);
        self.highest = self.highest.max(self.rise);
    }

    /// Adds one token by its top log-probabilities: the entropy of the candidates alone. Five candidates find as much as the
    /// whole distribution. A row without a usable value is counted as invalid; one whose token was forced changes nothing.
    pub fn update_top(&mut self, top: &[f32]) {
        if !is_forced(top) {
            self.update(known_entropy(top).unwrap_or(f64::NAN));
        }
    }

    /// The moving average, in nats; none before the first token.
    pub fn mean(&self) -> Option<f64> {
        self.mean
    }

    /// The cumulative sum now, in nats times tokens.
    pub fn rise(&self) -> f64 {
        self.rise
    }

    /// The largest sum so far.
    pub fn highest(&self) -> f64 {
        self.highest
    }

    /// Values that were no entropies.
    pub fn invalid(&self) -> u64 {
        self.invalid
    }
}
