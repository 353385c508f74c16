//! The input of the tests: each candidate's loss on each unit, and the target to certify.

use crate::{Error, Result};
use std::collections::BTreeMap;

/// The range of a loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
}

impl Range {
    /// 0 to 1: losses as shares or probabilities.
    pub const UNIT: Self = Self { low: 0.0, high: 1.0 };
    /// −1 to 1: differences of two scores.
    pub const SIGNED: Self = Self { low: -1.0, high: 1.0 };

    /// Makes a range, such as −1 to 1 for a difference of two scores.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless both are finite and the first is below the second.
    pub fn new(low: f64, high: f64) -> Result<Self> {
        if low.is_finite() && high.is_finite() && low < high && (high - low).is_finite() {
            return Ok(Self { low, high });
        }
        Err(Error::invalid("range", format!("({low}, {high})"), "two finite numbers, the lower one first"))
    }

    /// The least loss.
    pub fn low(self) -> f64 {
        self.low
    }

    /// The greatest loss.
    pub fn high(self) -> f64 {
        self.high
    }

    /// A loss rescaled to [0, 1].
    pub fn to_unit(self, loss: f64) -> f64 {
        ((loss - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// The target: a mean loss of at most `max_loss`, certified wrongly with a probability of at most 1 − `confidence`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    pub(super) max_loss: f64,
    pub(super) confidence: f64,
    pub(super) range: Range,
}

impl Target {
    /// The range of the losses.
    pub fn range(&self) -> Range {
        self.range
    }

    /// Makes a target.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the loss lies strictly within the range, and the confidence strictly within (0, 1).
    pub fn new(max_loss: f64, confidence: f64, range: Range) -> Result<Self> {
        if !(max_loss > range.low && max_loss < range.high) {
            let bound = format!("above {} and below {}, the range of the loss", range.low, range.high);
            return Err(Error::invalid("max_loss", max_loss, bound));
        }
        if !(confidence > 0.0 && confidence < 1.0) {
            return Err(Error::invalid("confidence", confidence, "above 0 and below 1"));
        }
        Ok(Self { max_loss, confidence, range })
    }

    /// The bound on the mean loss.
    pub fn max_loss(&self) -> f64 {
        self.max_loss
    }

    /// The error probability δ = 1 − confidence.
    pub fn error(&self) -> f64 {
        1.0 - self.confidence
    }
}

/// Losses of candidates, ordered from the safest to the boldest, on independent units.
#[derive(Debug, Clone, PartialEq)]
pub struct Units {
    candidates: usize,
    count: usize,
    rows: usize,
    /// One candidate after another.
    losses: Vec<f64>,
}

impl Units {
    /// Reads rows of losses, one number per candidate. Rows of one group are one unit, whose loss is their mean; without
    /// groups each row is a unit.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a loss that is not a number within the range, named by row and candidate, or if the sizes
    /// do not fit.
    pub fn new(losses: &[f64], candidates: usize, groups: Option<&[u64]>, range: Range) -> Result<Self> {
        if candidates == 0 || !losses.len().is_multiple_of(candidates) {
            let what = format!("losses: {} numbers for {candidates} candidates", losses.len());
            return Err(Error::invalid(
                what,
                losses.len(),
                "a whole row for each unit, and at least one candidate",
            ));
        }
        let rows = losses.len() / candidates;
        for (i, &loss) in losses.iter().enumerate() {
            if !(loss >= range.low && loss <= range.high) {
                let what = format!("losses: row {}, candidate {}", i / candidates, i % candidates);
                return Err(Error::invalid(what, loss, format!("in [{}, {}]", range.low, range.high)));
            }
        }
        if let Some(groups) = groups
            && groups.len() != rows
        {
            return Err(Error::invalid("groups", groups.len(), format!("as many as rows of losses, {rows}")));
        }
        let (unit_of_row, count) = number_groups(groups, rows);
        let mut sizes = vec![0.0; count];
        for &unit in &unit_of_row {
            sizes[unit] += 1.0;
        }
        let mut means = vec![0.0; count * candidates];
        for (row, &unit) in losses.chunks_exact(candidates).zip(&unit_of_row) {
            for (candidate, loss) in row.iter().enumerate() {
                means[candidate * count + unit] += loss / sizes[unit];
            }
        }
        // Undoes rounding errors, so that the mean of equal whole losses is exact.
        for mean in &mut means {
            *mean = snapped(*mean).clamp(range.low, range.high);
        }
        Ok(Self { candidates, count, rows, losses: means })
    }

    /// Number of candidates.
    pub fn candidates(&self) -> usize {
        self.candidates
    }

    /// Number of units.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The losses of one candidate, by unit; empty for an unknown one.
    pub fn of(&self, candidate: usize) -> &[f64] {
        self.losses.get(candidate * self.count..(candidate + 1) * self.count).unwrap_or_default()
    }

    /// A candidate's mean loss; 0 without units.
    pub fn mean(&self, candidate: usize) -> f64 {
        let losses = self.of(candidate);
        losses.iter().sum::<f64>() / losses.len().max(1) as f64
    }
}

/// The unit of each row, numbered in the order of first appearance, and the number of units.
fn number_groups(groups: Option<&[u64]>, rows: usize) -> (Vec<usize>, usize) {
    let Some(groups) = groups else {
        return ((0..rows).collect(), rows);
    };
    let mut numbers = BTreeMap::new();
    let of_row = groups.iter().map(|&group| {
        let next = numbers.len();
        *numbers.entry(group).or_insert(next)
    });
    let of_row = of_row.collect();
    (of_row, numbers.len())
}

/// Rounds to a whole number that is within 1e-12.
fn snapped(x: f64) -> f64 {
    let whole = x.round_ties_even();
    if (x - whole).abs() < 1e-12 { whole } else { x }
}
