//! What was observed: each candidate's loss on each unit; and what is to be promised.

use crate::{Error, Result};
use std::collections::BTreeMap;

/// The least and the greatest loss that there can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
}

impl Range {
    /// From 0 to 1: losses as shares or probabilities.
    pub const UNIT: Self = Self { low: 0.0, high: 1.0 };

    /// A range, such as −1 to 1 for a difference of two scores.
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

    /// A loss on the scale where the least is 0 and the greatest 1.
    pub fn to_unit(self, loss: f64) -> f64 {
        ((loss - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// What is to be promised: a mean loss of at most `max_loss`, wrongly promised with a chance of at most 1 − `confidence`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    pub(super) max_loss: f64,
    pub(super) confidence: f64,
    pub(super) range: Range,
}

impl Target {
    /// A target.
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

    /// The loss that is promised not to be exceeded.
    pub fn max_loss(&self) -> f64 {
        self.max_loss
    }

    /// The chance of a promise that does not hold, δ.
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
    /// Reads rows of losses, one number for each candidate. Rows that have the same group are one unit, whose loss is
    /// their mean; without groups each row is a unit.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the row and the candidate of a loss that is not a number within the range, or says that
    /// the sizes do not fit.
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
        // A mean of equal losses is that loss, whatever the additions have made of it.
        for mean in &mut means {
            *mean = snapped(*mean).clamp(range.low, range.high);
        }
        Ok(Self { candidates, count, rows, losses: means })
    }

    /// How many candidates there are.
    pub fn candidates(&self) -> usize {
        self.candidates
    }

    /// How many units there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many rows they were made of.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The losses of one candidate, by unit; of an unknown one, none.
    pub fn of(&self, candidate: usize) -> &[f64] {
        self.losses.get(candidate * self.count..(candidate + 1) * self.count).unwrap_or_default()
    }

    /// A candidate's mean loss; 0 without units.
    pub fn mean(&self, candidate: usize) -> f64 {
        let losses = self.of(candidate);
        losses.iter().sum::<f64>() / losses.len().max(1) as f64
    }
}

/// The unit of each row, numbered in the order of first appearance, and how many there are.
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

/// A number that is within rounding of a whole one is that one.
fn snapped(x: f64) -> f64 {
    let whole = x.round_ties_even();
    if (x - whole).abs() < 1e-12 { whole } else { x }
}
