//! The online gate of `DeepConf` (Fu et al., arXiv 2508.15260): the first streams of a query set a bar of confidence for
//! the later ones.
//!
//! The bar is the percentile of the lowest group confidences of the first `warmup` streams which a share `keep` of them
//! reaches. A later stream whose newest full group is below it is stopped and does not vote.

use crate::{Error, Result};

/// Longest warm-up, in streams.
const MAX_WARMUP: u32 = 4096;

/// The bar of one query. During the warm-up there is none, and no stream is cut.
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

    /// Adds a finished stream's lowest group confidence; it counts during the warm-up, if it is finite.
    pub fn observe(&mut self, lowest: f64) {
        if self.bar.is_none() && lowest.is_finite() {
            self.seen.push(lowest);
            if self.seen.len() == self.warmup as usize {
                self.bar = percentile(&self.seen, (1.0 - self.keep) * 100.0);
            }
        }
    }

    /// The bar; none during the warm-up.
    pub fn bar(&self) -> Option<f64> {
        self.bar
    }

    /// True if a group confidence is below the bar.
    pub fn cuts(&self, group: Option<f64>) -> bool {
        group.zip(self.bar).is_some_and(|(group, bar)| group < bar)
    }
}

/// The `percent`-th percentile with linear interpolation, as in numpy.
fn percentile(values: &[f64], percent: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = percent / 100.0 * (sorted.len().checked_sub(1)? as f64);
    let (low, high) = (*sorted.get(place.floor() as usize)?, *sorted.get(place.ceil() as usize)?);
    Some(low + (high - low) * place.fract())
}
