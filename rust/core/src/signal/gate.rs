//! The online gate of `DeepConf` (Fu et al. 2025): a bar for confidence that the first streams of a query set for those that
//! follow.
//!
//! The lowest group confidences of the first `warmup` streams are kept; their percentile that a share `keep` of them reaches is
//! the bar. A later stream whose newest full group falls below it is stopped, and does not vote.

use crate::{Error, Result};

/// The most streams that a warm-up may take.
const MAX_WARMUP: u32 = 4096;

/// Learns the bar of one query from its first streams. Until the warm-up is over there is no bar, and nothing is cut.
///
/// ```
/// use rheostat::signal::ConfidenceGate;
/// let mut gate = ConfidenceGate::new(4, 0.5)?;
/// for lowest in [10.0, 12.0, 8.0, 14.0] {
///     gate.observe(lowest);
/// }
/// assert_eq!(gate.bar(), Some(11.0));
/// assert!(gate.cuts(Some(10.9)) && !gate.cuts(Some(11.0)) && !gate.cuts(None));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConfidenceGate {
    warmup: u32,
    keep: f64,
    seen: Vec<f64>,
    bar: Option<f64>,
}

impl ConfidenceGate {
    /// A gate for one query. `DeepConf` warms up with 16 streams and keeps 0.9 of them ("high") or 0.1 ("low").
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `1 ≤ warmup ≤ 4096` and `0 < keep ≤ 1`.
    pub fn new(warmup: u32, keep: f64) -> Result<Self> {
        if !(1..=MAX_WARMUP).contains(&warmup) {
            return Err(Error::invalid("gate_warmup", warmup, format!("between 1 and {MAX_WARMUP} streams")));
        }
        if !(keep > 0.0 && keep <= 1.0) {
            return Err(Error::invalid("gate", keep, "above 0 and at most 1"));
        }
        Ok(Self { warmup, keep, seen: Vec::new(), bar: None })
    }

    /// A finished stream's lowest group confidence. It counts while the warm-up lasts, and only if it is a finite number.
    pub fn observe(&mut self, lowest: f64) {
        if self.bar.is_none() && lowest.is_finite() {
            self.seen.push(lowest);
            if self.seen.len() == self.warmup as usize {
                self.bar = percentile(&self.seen, (1.0 - self.keep) * 100.0);
            }
        }
    }

    /// The bar; none while the warm-up lasts.
    pub fn bar(&self) -> Option<f64> {
        self.bar
    }

    /// Whether a group confidence is below the bar. Without a bar, or without a group, it is not.
    pub fn cuts(&self, group: Option<f64>) -> bool {
        group.zip(self.bar).is_some_and(|(group, bar)| group < bar)
    }
}

/// The `percent`-th percentile, between neighbours by straight line, as numpy's default; none of nothing.
fn percentile(values: &[f64], percent: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = percent / 100.0 * (sorted.len().checked_sub(1)? as f64);
    let (low, high) = (*sorted.get(place.floor() as usize)?, *sorted.get(place.ceil() as usize)?);
    Some(low + (high - low) * place.fract())
}
