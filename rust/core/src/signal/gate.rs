//! A bar for confidence that the first few streams of a query set for those that follow (`DeepConf`, online).

use super::Confidence;
use super::summary::percentile;
use crate::{Error, Result};

/// The most streams that a warm-up may take.
const MAX_WARMUP: usize = 4096;

/// Watches the lowest group confidences of the first `warmup` streams of a query, then knows the bar that the highest
/// `keep` of them reach: a later stream may be cut as soon as a full window falls below it, and a stream whose lowest group
/// is below it does not vote.
///
/// Until the warm-up is over there is no bar, and nothing is cut. A stream without a single usable token says nothing:
/// it is counted, not used, and never kept.
///
/// ```
/// use rheostat::signal::{Confidence, ConfidenceGate};
/// let mut gate = ConfidenceGate::new(4, 0.5)?;
/// for lowest in [10.0, 12.0, 8.0, 14.0] {
///     gate.observe(lowest);
/// }
/// assert_eq!(gate.bar(), Some(11.0));
/// let mut stream = Confidence::new(2)?;
/// stream.update(&[-9.0]);
/// assert!(!gate.cuts(&stream), "the window has not filled");
/// stream.update(&[-9.0]);
/// assert!(gate.cuts(&stream));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConfidenceGate {
    warmup: usize,
    keep: f64,
    seen: Vec<f64>,
    bar: Option<f64>,
    invalid: u64,
}

impl ConfidenceGate {
    /// A gate for one query. `DeepConf` warms up with 16 streams and keeps 0.9 of them ("high") or 0.1 ("low").
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `1 ≤ warmup ≤ 4096` and `0 < keep ≤ 1`.
    pub fn new(warmup: usize, keep: f64) -> Result<Self> {
        if warmup == 0 || warmup > MAX_WARMUP {
            return Err(Error::invalid("warmup", warmup, format!("between 1 and {MAX_WARMUP} streams")));
        }
        if !(keep > 0.0 && keep <= 1.0) {
            return Err(Error::invalid("keep", keep, "above 0 and at most 1"));
        }
        Ok(Self { warmup, keep, seen: Vec::new(), bar: None, invalid: 0 })
    }

    /// A finished stream's lowest group confidence. Counts while the warm-up lasts; returns the bar, once there is one.
    pub fn observe(&mut self, lowest: f64) -> Option<f64> {
        if !lowest.is_finite() {
            self.invalid += 1;
        } else if self.bar.is_none() {
            self.seen.push(lowest);
            if self.seen.len() == self.warmup {
                self.bar = percentile(&self.seen, (1.0 - self.keep) * 100.0);
            }
        }
        self.bar
    }

    /// The bar; none while the warm-up lasts.
    pub fn bar(&self) -> Option<f64> {
        self.bar
    }

    /// Whether to cut a stream now: there is a bar, its window has filled, and its newest group is below the bar.
    pub fn cuts(&self, stream: &Confidence) -> bool {
        self.cuts_at(stream.group_full())
    }

    /// As [`cuts`](Self::cuts), given the stream's newest full group, if it has one.
    pub fn cuts_at(&self, group: Option<f64>) -> bool {
        group.zip(self.bar).is_some_and(|(group, bar)| group < bar)
    }

    /// Whether a finished stream may vote: there is no bar yet, or its lowest group reaches it.
    pub fn keeps(&self, lowest: f64) -> bool {
        lowest.is_finite() && self.bar.is_none_or(|bar| lowest >= bar)
    }

    /// Streams seen in the warm-up.
    pub fn seen(&self) -> usize {
        self.seen.len()
    }

    /// Streams of the warm-up.
    pub fn warmup(&self) -> usize {
        self.warmup
    }

    /// The share of streams that the bar keeps.
    pub fn keep(&self) -> f64 {
        self.keep
    }

    /// Streams whose confidence was no finite number.
    pub fn invalid(&self) -> u64 {
        self.invalid
    }
}
