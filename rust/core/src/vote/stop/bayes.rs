//! A prior over the spread of answers, learned from earlier votes, and the posterior that the leader is the mode.

use super::super::special::{exp, ln};
use crate::{Error, Result};

/// The most cells of a prior.
const MAX_CELLS: usize = 4_096;
/// Steps of the grid on which shares are learned.
const STEPS: u32 = 20;

/// A distribution over `(p₁, p₂)`: the probabilities of a question's likeliest and second answers. The rest is split
/// among the fewest equal answers of which none exceeds the second.
#[derive(Debug, Clone, PartialEq)]
pub struct Prior {
    rows: Vec<[f64; 3]>,
    cells: Vec<Cell>,
}

/// One row, in logarithms: −∞ for a probability of 0.
#[derive(Debug, Clone, PartialEq)]
struct Cell {
    first: f64,
    second: f64,
    /// One of the other answers.
    other: f64,
    /// Number of other answers; no logarithm.
    others: f64,
    /// Probability left by first and second, first and an other, second and an other, two others.
    left: [f64; 4],
    weight: f64,
}

impl Prior {
    /// Makes a prior of rows `[p₁, p₂, weight]`, with `1 ≥ p₁ ≥ p₂ ≥ 0` and `p₁ + p₂ ≤ 1`.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a row is out of bounds, none has weight, or there are more than 4,096.
    pub fn new(rows: &[[f64; 3]]) -> Result<Self> {
        if rows.is_empty() || rows.len() > MAX_CELLS {
            return Err(Error::invalid("prior", rows.len(), format!("between 1 and {MAX_CELLS} rows")));
        }
        for row in rows {
            let [first, second, weight] = *row;
            let shares = first <= 1.0 && second <= first && second >= 0.0 && first + second <= 1.0 + 1e-12;
            let left = 1.0 - first - second;
            if !(shares && first > 0.0 && (second > 0.0 || left <= 1e-12)) {
                let bound = "two shares, the larger first, that leave nothing unless both are above 0";
                return Err(Error::invalid("prior", format!("({first}, {second})"), bound));
            }
            if !(weight >= 0.0 && weight.is_finite()) {
                return Err(Error::invalid("prior weight", weight, "finite and at least 0"));
            }
        }
        let total: f64 = rows.iter().map(|row| row[2]).sum();
        if !(total > 0.0 && total.is_finite()) {
            return Err(Error::invalid("prior weights", total, "of a finite sum above 0"));
        }
        let rows: Vec<_> = rows.iter().filter(|row| row[2] > 0.0).copied().collect();
        let cells = rows.iter().map(|row| Cell::new(row[0], row[1], row[2] / total)).collect();
        Ok(Self { rows, cells })
    }

    /// Learns from the counts of earlier votes: samples with the most frequent answer, with the second, and in all.
    /// The shares go on a grid of 20 steps; two votes' weight is spread over all cells, so that nothing is impossible.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a vote has no samples, or its counts do not fit.
    pub fn learn(votes: impl IntoIterator<Item = (u32, u32, u32)>) -> Result<Self> {
        let side = STEPS as usize + 1;
        let mut grid = vec![0.0; side * side];
        for (first, second, total) in votes {
            if first == 0 || second > first || first.saturating_add(second) > total {
                let given = format!("{first} and {second} of {total}");
                return Err(Error::invalid("counts", given, "the two largest, and their total"));
            }
            let (first, second, total) = (u64::from(first), u64::from(second), u64::from(total));
            let step = |n: u64| ((2 * n * u64::from(STEPS) + total) / (2 * total)) as usize;
            let (i, mut j) = (step(first).max(1), step(second));
            // Rounded up both, two shares may pass their whole.
            j = j.min(i).min(STEPS as usize - i);
            if let Some(cell) = grid.get_mut(i * side + j) {
                *cell += 1.0;
            }
        }
        let mut rows = Vec::new();
        for i in 1..side {
            for j in 0..=i.min(STEPS as usize - i) {
                let counted = grid.get(i * side + j).copied().unwrap_or(0.0);
                let (first, mut second) = (i as f64 / f64::from(STEPS), j as f64 / f64::from(STEPS));
                if j == 0 {
                    // Less than half a step: what is not the first answer is spread thin.
                    second = ((1.0 - first) / 2.0).min(0.5 / f64::from(STEPS));
                }
                rows.push([first, second, counted]);
            }
        }
        let floor = 2.0 / rows.len() as f64;
        for row in &mut rows {
            row[2] += floor;
        }
        Self::new(&rows)
    }

    /// The rows with a weight above 0.
    pub fn rows(&self) -> &[[f64; 3]] {
        &self.rows
    }

    /// `P(the answer with first votes is the mode)`, when another has `second` votes and all others together `rest`.
    ///
    /// Any pair of a cell's answers may be the two leading ones. With probabilities `p` and `q` the counts have the
    /// likelihood `p^first · q^second · (1 − p − q)^rest`; the sum runs over pairs and cells.
    pub fn leads(&self, first: u32, second: u32, rest: u32) -> f64 {
        let (mut lead, mut all) = (LogSum::default(), LogSum::default());
        for cell in &self.cells {
            cell.add(f64::from(first), f64::from(second), f64::from(rest), &mut lead, &mut all);
        }
        if all.scale == f64::NEG_INFINITY { 0.0 } else { lead.over(&all) }
    }
}

impl Cell {
    fn new(first: f64, second: f64, weight: f64) -> Self {
        let left = (1.0 - first - second).max(0.0);
        let others = if left > 1e-12 { (left / second - 1e-9).ceil().max(1.0) } else { 0.0 };
        let other = if others > 0.0 { left / others } else { 0.0 };
        let log = |p: f64| if p > 1e-12 { ln(p) } else { f64::NEG_INFINITY };
        let pair = |p: f64, q: f64| log(1.0 - p - q);
        Self {
            first: log(first),
            second: log(second),
            other: log(other),
            others,
            left: [pair(first, second), pair(first, other), pair(second, other), pair(other, other)],
            weight: ln(weight),
        }
    }

    fn add(&self, a: f64, b: f64, rest: f64, lead: &mut LogSum, all: &mut LogSum) {
        let (first, second, other) = (self.first, self.second, self.other);
        if b == 0.0 {
            // Only one answer was seen: it may be any of the cell's.
            let term = self.weight + power(first, a);
            lead.add(term, 1.0);
            all.add(term, 1.0);
            all.add(self.weight + power(second, a), 1.0);
            all.add(self.weight + power(other, a), self.others);
            return;
        }
        let [left_12, left_1o, left_2o, left_oo] = self.left;
        let term = |p: f64, q: f64, left: f64| self.weight + power(p, a) + power(q, b) + power(left, rest);
        let both = term(first, second, left_12);
        lead.add(both, 1.0);
        all.add(both, 1.0);
        all.add(term(second, first, left_12), 1.0);
        if self.others > 0.0 {
            let with = term(first, other, left_1o);
            lead.add(with, self.others);
            all.add(with, self.others);
            all.add(term(other, first, left_1o), self.others);
            all.add(term(second, other, left_2o), self.others);
            all.add(term(other, second, left_2o), self.others);
            if self.others > 1.0 {
                all.add(term(other, other, left_oo), self.others * (self.others - 1.0));
            }
        }
    }
}

/// `n · ln p`, with `0 · ln 0 = 0`.
fn power(ln_p: f64, n: f64) -> f64 {
    if n == 0.0 { 0.0 } else { n * ln_p }
}

/// A sum of exponentials, relative to its largest term (log-sum-exp).
struct LogSum {
    scale: f64,
    value: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        Self { scale: f64::NEG_INFINITY, value: 0.0 }
    }
}

impl LogSum {
    fn add(&mut self, ln_term: f64, times: f64) {
        if ln_term == f64::NEG_INFINITY || times == 0.0 {
            return;
        }
        if ln_term > self.scale {
            self.value = if self.value > 0.0 { self.value * exp(self.scale - ln_term) } else { 0.0 };
            self.scale = ln_term;
            self.value += times;
        } else {
            self.value += times * exp(ln_term - self.scale);
        }
    }

    fn over(&self, other: &Self) -> f64 {
        if self.scale == f64::NEG_INFINITY {
            return 0.0;
        }
        (self.value / other.value * exp(self.scale - other.scale)).min(1.0)
    }
}
