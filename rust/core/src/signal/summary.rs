//! The confidence of a finished stream, exactly, and which of several streams to keep (`DeepConf`, offline).

use super::confidence::{MAX_WINDOW, scale, steps, thousandths};
use super::top::Row;
use crate::{Error, Result};

/// All confidences of one finished stream, each exact. In nats; NaN where nothing counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceSummary {
    /// The mean over all tokens.
    pub mean: f64,
    /// The lowest group: a stream shorter than the window is one group.
    pub lowest: f64,
    /// The mean of the lowest share of all groups, at least one.
    pub bottom: f64,
    /// The mean over the last window of tokens.
    pub tail: f64,
    /// Tokens that counted.
    pub tokens: u64,
    /// Values that were left out or mended.
    pub invalid: u64,
}

impl ConfidenceSummary {
    /// Reads a stream's top log-probabilities, `k` for each token, one token after another. What
    /// [`Confidence`](super::Confidence) reads online, but for `bottom`, which is exact here. `rounded` asks for the
    /// reference's rounding.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `k` is 0 or `rows` is not whole rows, when the window is out of bounds, or unless
    /// `0 < share ≤ 1`.
    ///
    /// ```
    /// use rheostat::signal::ConfidenceSummary;
    /// let rows = [-1.0, -3.0, -5.0, -5.0, -1.0, -1.0];
    /// let summary = ConfidenceSummary::read(&rows, 2, 2, 0.5, false)?;
    /// assert_eq!((summary.lowest, summary.bottom, summary.tail), (3.0, 3.0, 3.0));
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn read(rows: &[f32], k: usize, window: usize, share: f64, rounded: bool) -> Result<Self> {
        if k == 0 || !rows.len().is_multiple_of(k) {
            return Err(Error::invalid("k", k, format!("a divisor of the {} values given", rows.len())));
        }
        if window == 0 || window > MAX_WINDOW {
            return Err(Error::invalid("window", window, format!("between 1 and {MAX_WINDOW} tokens")));
        }
        if !(share > 0.0 && share <= 1.0) {
            return Err(Error::invalid("share", share, "above 0 and at most 1"));
        }
        let scale = scale(rounded);
        let (mut tokens, mut invalid) = (Vec::with_capacity(rows.len() / k), 0);
        for row in rows.chunks_exact(k) {
            let row = Row::read(row);
            invalid += row.invalid;
            tokens.extend(row.mean().map(|mean| u64::from(steps(mean, scale))));
        }
        let mean = |sum: u64, count: usize| sum as f64 / (count as f64 * f64::from(scale));
        let total: u64 = tokens.iter().sum();
        let size = window.min(tokens.len());
        let tail = tokens.iter().rev().take(size).sum();
        let mut groups = groups(&tokens, size);
        let count = ((share * groups.len() as f64) as usize).clamp(1, groups.len().max(1));
        if count < groups.len() {
            groups.select_nth_unstable(count - 1);
            groups.truncate(count);
        }
        let lowest = mean(groups.iter().copied().min().unwrap_or(0), size);
        let sum: u128 = groups.iter().map(|&sum| u128::from(sum)).sum();
        Ok(Self {
            mean: mean(total, tokens.len()),
            lowest: if rounded && tokens.len() >= window { thousandths(lowest) } else { lowest },
            bottom: sum as f64 / (groups.len() as f64 * size as f64 * f64::from(scale)),
            tail: mean(tail, size),
            tokens: tokens.len() as u64,
            invalid,
        })
    }
}

/// The sum of each window of `size` tokens.
fn groups(tokens: &[u64], size: usize) -> Vec<u64> {
    let Some(first) = tokens.get(..size).filter(|_| size > 0) else { return Vec::new() };
    let mut sum: u64 = first.iter().sum();
    let mut groups = vec![sum];
    for (new, old) in tokens[size..].iter().zip(tokens) {
        sum = sum + new - old;
        groups.push(sum);
    }
    groups
}

/// The `percent`-th percentile, between neighbours by straight line, as numpy's default; none of nothing.
pub(super) fn percentile(values: &[f64], percent: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = percent / 100.0 * (sorted.len().checked_sub(1)? as f64);
    let (low, high) = (*sorted.get(place.floor() as usize)?, *sorted.get(place.ceil() as usize)?);
    Some(low + (high - low) * place.fract())
}

/// Which streams to keep by their confidence: the bar that the highest `keep` of them reach, and for each whether
/// it does. A NaN is no evidence: it is kept out, and out of the bar.
///
/// # Errors
/// [`Error::Invalid`] unless `0 < keep ≤ 1`.
///
/// ```
/// let (bar, kept) = rheostat::signal::keep_confident(&[3.0, 9.0, f64::NAN, 5.0], 0.5)?;
/// assert_eq!((bar, kept), (Some(5.0), vec![false, true, false, true]));
/// # Ok::<(), rheostat::Error>(())
/// ```
pub fn keep_confident(confidences: &[f64], keep: f64) -> Result<(Option<f64>, Vec<bool>)> {
    if !(keep > 0.0 && keep <= 1.0) {
        return Err(Error::invalid("keep", keep, "above 0 and at most 1"));
    }
    let known: Vec<f64> = confidences.iter().copied().filter(|c| c.is_finite()).collect();
    let bar = percentile(&known, (1.0 - keep) * 100.0);
    let kept = confidences.iter().map(|c| c.is_finite() && bar.is_some_and(|bar| *c >= bar)).collect();
    Ok((bar, kept))
}
