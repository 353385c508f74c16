//! Confidence from top-k log-probabilities, by `DeepConf`'s definitions (Fu et al. 2025), in O(k) per token.

use super::histogram::Histogram;
use super::top::Row;
use crate::{Error, Result};

/// The largest window, in tokens: past it, a ring would weigh more than the stream it watches.
pub const MAX_WINDOW: usize = 1 << 20;

/// Confidences are kept as whole multiples of 2⁻²⁴, so that the running sum is exact and never drifts, however
/// long the stream: 100 · 2²⁴ fits 32 bits, and 2²⁰ of those fit 64.
const FINE: u32 = 1 << 24;
/// The reference keeps three decimals.
const THOUSANDTHS: u32 = 1000;
/// No confidence is larger, in nats: a log-probability counts as at least −100.
pub(super) const LARGEST: u32 = 100;

/// The confidence of one stream.
///
/// *Token confidence* is `−(1/k) Σ log p` over the top k: high when the distribution is peaked. *Group confidence* is
/// its mean over a sliding window. In nats. Memory: 4 bytes a token up to the window, and 1.7 KiB once it has filled.
///
/// Values that cannot be log-probabilities are counted in [`invalid`](Self::invalid) and survived: a NaN is left
/// out, a positive one is taken as 0, a row in which nothing is left does not count as a token.
///
/// ```
/// let mut confidence = rheostat::signal::Confidence::new(2)?;
/// confidence.update(&[-0.5, -1.5]);
/// confidence.update(&[-2.0, -4.0]);
/// confidence.update(&[-6.0, -8.0]);
/// assert_eq!(confidence.group(), 5.0);
/// assert_eq!(confidence.lowest(), 2.0);
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Confidence {
    window: usize,
    /// Steps in one nat: [`FINE`], or [`THOUSANDTHS`] where the reference's rounding is wanted.
    scale: u32,
    ring: Vec<u32>,
    /// Where the next token goes once the ring has filled.
    at: usize,
    sum: u64,
    /// The smallest sum over a full window.
    lowest: u64,
    groups: Histogram,
    tokens: u64,
    invalid: u64,
}

impl Confidence {
    /// A new stream with groups of `window` tokens (`DeepConf`: 2048).
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `1 ≤ window ≤` [`MAX_WINDOW`].
    pub fn new(window: usize) -> Result<Self> {
        if window == 0 || window > MAX_WINDOW {
            return Err(Error::invalid("window", window, format!("between 1 and {MAX_WINDOW} tokens")));
        }
        Ok(Self {
            window,
            scale: FINE,
            ring: Vec::new(),
            at: 0,
            sum: 0,
            lowest: u64::MAX,
            groups: Histogram::default(),
            tokens: 0,
            invalid: 0,
        })
    }

    /// As [`new`](Self::new), but as the `deepconf` package reckons: each token's confidence is rounded to three decimals
    /// (half to even), and so is the [`lowest`](Self::lowest) full group.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn rounded(window: usize) -> Result<Self> {
        Ok(Self { scale: THOUSANDTHS, ..Self::new(window)? })
    }

    /// One token, by the log-probabilities of its top candidates. Returns the token's confidence, in nats; NaN when
    /// the row held no usable value (it is then counted as invalid and changes nothing else).
    pub fn update(&mut self, top: &[f32]) -> f64 {
        let row = Row::read(top);
        self.invalid += row.invalid;
        let Some(mean) = row.mean() else {
            // A row of NaNs has been counted value by value; an empty row counts as one.
            self.invalid += u64::from(top.is_empty());
            return f64::NAN;
        };
        let steps = steps(mean, self.scale);
        self.push(steps);
        if self.scale == FINE { mean } else { f64::from(steps) / f64::from(self.scale) }
    }

    /// Many tokens: `rows` holds `k` log-probabilities for each, one token after another. Returns how many tokens
    /// counted; the result is that of [`update`](Self::update) row by row.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `k` is 0 or `rows` is not whole rows; nothing has then been counted.
    pub fn update_batch(&mut self, rows: &[f32], k: usize) -> Result<u64> {
        if k == 0 || !rows.len().is_multiple_of(k) {
            return Err(Error::invalid("k", k, format!("a divisor of the {} values given", rows.len())));
        }
        let before = self.tokens;
        for row in rows.chunks_exact(k) {
            self.update(row);
        }
        Ok(self.tokens - before)
    }

    fn push(&mut self, value: u32) {
        self.tokens += 1;
        self.sum += u64::from(value);
        if self.ring.len() < self.window {
            self.grow();
            self.ring.push(value);
            if self.ring.len() < self.window {
                return;
            }
        } else if let Some(slot) = self.ring.get_mut(self.at) {
            self.sum -= u64::from(std::mem::replace(slot, value));
            self.at = if self.at + 1 == self.window { 0 } else { self.at + 1 };
        }
        self.lowest = self.lowest.min(self.sum);
        self.groups.add(self.mean(self.sum));
    }

    /// Doubles the ring, but never past the window: `Vec` alone would round up to the next power of two.
    fn grow(&mut self) {
        if self.ring.len() == self.ring.capacity() {
            let wanted = (self.ring.len() * 2).clamp(16, self.window.max(16)).min(self.window);
            self.ring.reserve_exact(wanted.saturating_sub(self.ring.len()).max(1));
        }
    }

    fn mean(&self, sum: u64) -> f64 {
        sum as f64 / (self.ring.len().max(1) as f64 * f64::from(self.scale))
    }

    /// The mean over the newest window, or over all tokens while they are fewer; NaN before the first.
    pub fn group(&self) -> f64 {
        if self.tokens == 0 { f64::NAN } else { self.mean(self.sum) }
    }

    /// The lowest group confidence over all **full** windows; a stream shorter than the window is one group, the
    /// mean of all. NaN before the first token.
    pub fn lowest(&self) -> f64 {
        self.lowest_full().unwrap_or_else(|| self.group())
    }

    /// As [`lowest`](Self::lowest), but none until a window has filled: what rules that cut a stream must wait for.
    pub fn lowest_full(&self) -> Option<f64> {
        let lowest = (self.lowest != u64::MAX).then(|| self.mean(self.lowest))?;
        Some(if self.scale == FINE { lowest } else { thousandths(lowest) })
    }

    /// As [`group`](Self::group), but none until the window has filled.
    pub fn group_full(&self) -> Option<f64> {
        (self.lowest != u64::MAX).then(|| self.mean(self.sum))
    }

    /// Confidence at the end of the stream: the mean of its last window of tokens. Read after the last token it is
    /// `DeepConf`'s tail confidence (its tail and its window are both 2048 tokens).
    pub fn tail(&self) -> f64 {
        self.group()
    }

    /// The mean of the lowest `share` of all groups, at least one group. Sketched: off by at most 1/16 of the
    /// groups at the edge of the share, or by 1/4 where they are below 1/4; [`ConfidenceSummary`](super::ConfidenceSummary)
    /// is exact. NaN before the first token.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 < share ≤ 1`.
    pub fn bottom(&self, share: f64) -> Result<f64> {
        if !(share > 0.0 && share <= 1.0) {
            return Err(Error::invalid("share", share, "above 0 and at most 1"));
        }
        Ok(self.groups.lowest(share).unwrap_or_else(|| self.group()))
    }

    /// How many tokens have counted.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// How many values were left out or mended: NaN, positive, empty rows.
    pub fn invalid(&self) -> u64 {
        self.invalid
    }

    /// Tokens in a group.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Whether it reckons with the reference's rounding.
    pub fn is_rounded(&self) -> bool {
        self.scale == THOUSANDTHS
    }

    /// Bytes that the stream takes, on the heap and off it.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.ring.capacity() * size_of::<u32>() + self.groups.heap()
    }
}

/// A confidence as a whole number of steps.
pub(super) fn steps(confidence: f64, scale: u32) -> u32 {
    let steps = confidence * f64::from(scale);
    if scale == FINE { (steps + 0.5) as u32 } else { steps.round_ties_even() as u32 }
}

/// A number with three decimals, half to even.
pub(super) fn thousandths(value: f64) -> f64 {
    (value * f64::from(THOUSANDTHS)).round_ties_even() / f64::from(THOUSANDTHS)
}
