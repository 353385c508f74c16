//! Confidence from top-k log-probabilities, by `DeepConf`'s definitions (Fu et al., arXiv 2508.15260), in O(k) per token.

use super::histogram::Histogram;
use super::margin::margin;
use super::top::Row;
use crate::{Error, Result};

/// The largest window, in tokens.
pub const MAX_WINDOW: usize = 1 << 20;

/// Confidences are whole multiples of 2⁻²⁴, so the running sum is exact in a stream of any length: 100 · 2²⁴ fits 32
/// bits, and 2²⁰ of those fit 64.
const FINE: u32 = 1 << 24;
/// The reference rounds to three decimals.
const THOUSANDTHS: u32 = 1000;
/// The largest confidence, in nats: a log-probability counts as at least −100.
pub(super) const LARGEST: u32 = 100;

/// Nats of a short stream's margin. A token's confidence over 20 candidates varies four times as much as its log-probability.
const MARGIN: f64 = 6.0;

/// The confidence of one stream.
///
/// *Token confidence* is `−(1/k) Σ log p` over the top k, in nats: high when the distribution is peaked. *Group
/// confidence* is its mean over a sliding window. Memory: 4 bytes a token up to the window, and 1.7 KiB once it has filled.
///
/// Values that cannot be log-probabilities are counted in [`invalid`](Self::invalid): a NaN is left out, a positive one
/// counts as 0, and a row without a usable value is no token. A candidate at or below −500, or at −100 exactly, is masked and
/// does not count; a row that has fewer than two others says nothing, since a grammar has forced its token.
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
    /// Steps per nat: [`FINE`], or [`THOUSANDTHS`] for the reference's rounding.
    scale: u32,
    ring: Vec<u32>,
    /// Place of the next token once the ring has filled.
    at: usize,
    sum: u64,
    /// The smallest sum over a full window.
    lowest: u64,
    /// The lowest mean with its margin, over windows that are not full.
    early: f64,
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
            early: f64::INFINITY,
            groups: Histogram::default(),
            tokens: 0,
            invalid: 0,
        })
    }

    /// Like [`new`](Self::new), with the rounding of the `deepconf` package: each token's confidence, and the
    /// [`lowest`](Self::lowest) full group, to three decimals, half to even.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn rounded(window: usize) -> Result<Self> {
        Ok(Self { scale: THOUSANDTHS, ..Self::new(window)? })
    }

    /// Adds one token by the log-probabilities of its top candidates. Returns its confidence in nats, or NaN if the row has no
    /// usable value; then only `invalid` changes.
    pub fn update(&mut self, top: &[f32]) -> f64 {
        self.update_row(&Row::read(top, self.scale == FINE))
    }

    /// As [`update`](Self::update), of a row that was read for other signals, too.
    pub(crate) fn update_row(&mut self, row: &Row) -> f64 {
        if row.forced {
            return f64::NAN;
        }
        self.invalid += row.invalid;
        let Some(mean) = row.mean() else {
            // NaNs have been counted one by one; an empty row counts as one.
            self.invalid += u64::from(row.is_empty());
            return f64::NAN;
        };
        let steps = steps(mean, self.scale);
        self.push(steps);
        if self.scale == FINE { mean } else { f64::from(steps) / f64::from(self.scale) }
    }

    /// Adds the tokens of `rows`, `k` log-probabilities each, like [`update`](Self::update) row by row. Returns how many
    /// counted.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `k` is 0 or `rows` is not whole rows; then nothing has changed.
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
                self.early = self.early.min(self.short_upper());
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

    /// The lowest group confidence over all **full** windows. A stream shorter than the window is one group. NaN before
    /// the first token.
    pub fn lowest(&self) -> f64 {
        self.lowest_full().unwrap_or_else(|| self.group())
    }

    /// Like [`lowest`](Self::lowest), but none until a window has filled. Rules that cut a stream wait for that.
    pub fn lowest_full(&self) -> Option<f64> {
        let lowest = (self.lowest != u64::MAX).then(|| self.mean(self.lowest))?;
        Some(if self.scale == FINE { lowest } else { thousandths(lowest) })
    }

    /// Like [`group`](Self::group), but higher by a margin while the window is not full: 6 nats over the number of tokens for the
    /// first of them, and nothing for a full window ([`Likelihood::upper`](super::Likelihood::upper)). None before the first token.
    pub fn upper(&self) -> Option<f64> {
        if self.tokens == 0 { None } else { self.group_full().or_else(|| Some(self.short_upper())) }
    }

    /// The lowest of [`upper`](Self::upper) so far: the value that a bar is held against.
    pub fn lowest_upper(&self) -> Option<f64> {
        let full = self.lowest_full().unwrap_or(f64::INFINITY);
        (self.tokens > 0).then(|| full.min(self.early))
    }

    /// [`upper`](Self::upper) of a window that is not full.
    fn short_upper(&self) -> f64 {
        margin(MARGIN, self.tokens, self.window) + self.mean(self.sum)
    }

    /// Like [`group`](Self::group), but none until the window has filled.
    pub fn group_full(&self) -> Option<f64> {
        (self.lowest != u64::MAX).then(|| self.mean(self.sum))
    }

    /// The mean of the last window of tokens: `DeepConf`'s tail confidence, if read after the last token.
    pub fn tail(&self) -> f64 {
        self.group()
    }

    /// The mean of the lowest `share` of all groups, at least one. A sketch: off by at most 1/16 at the edge of the
    /// share, or by 1/4 below 1/4 nats. NaN before the first token.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `0 < share ≤ 1`.
    pub fn bottom(&self, share: f64) -> Result<f64> {
        if !(share > 0.0 && share <= 1.0) {
            return Err(Error::invalid("share", share, "above 0 and at most 1"));
        }
        Ok(self.groups.lowest(share).unwrap_or_else(|| self.group()))
    }

    /// Tokens counted.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// Values left out or corrected: NaN, positive, empty rows.
    pub fn invalid(&self) -> u64 {
        self.invalid
    }

    /// Tokens in a group.
    pub fn window(&self) -> usize {
        self.window
    }

    /// True if it rounds like the reference.
    pub fn is_rounded(&self) -> bool {
        self.scale == THOUSANDTHS
    }

    /// Memory, in bytes.
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
