//! The probability that a query's next answer is a new one, learned from the batch itself.

use super::super::special::{exp, ln};
use crate::{Error, Result};

/// Bound on a prior's certainty, from 0 and from 1.
const LEAST: f64 = 0.005;
/// Growth of the number of pairs after which the scale is learned again.
const GROWTH: f64 = 1.25;
/// Bounds of the scale, and the bisections between them on a logarithmic scale: to 10⁻¹².
const SCALES: (f64, f64) = (1e-6, 1e6);
const HALVINGS: u32 = 45;

/// The concentration `c = scale · odds` of each query's urn. The odds against a query come from the host's prior, and
/// are 1 without one. Two samples of a query differ with probability `c / (1 + c)`, so the queries' first two answers
/// show the scale: the prior ranks the queries, the batch sets the level.
#[derive(Debug, Clone)]
pub(super) struct Novelty {
    /// By query; empty without a prior.
    odds: Vec<f64>,
    scale: f64,
    pairs: u64,
    differ: u64,
    next: u64,
}

impl Novelty {
    pub(super) fn uniform() -> Self {
        Self { odds: Vec::new(), scale: 1.0, pairs: 0, differ: 0, next: 1 }
    }

    /// Takes the odds from each query's probability of a right answer.
    pub(super) fn of(p_correct: &[f64], queries: usize) -> Result<Self> {
        if p_correct.len() != queries {
            return Err(Error::invalid(
                "p_correct",
                p_correct.len(),
                format!("one for each of the {queries} queries"),
            ));
        }
        if let Some(p) = p_correct.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(Error::invalid("p_correct", *p, "between 0 and 1"));
        }
        let odds = |p: &f64| {
            let p = p.clamp(LEAST, 1.0 - LEAST);
            (1.0 - p) / p
        };
        Ok(Self { odds: p_correct.iter().map(odds).collect(), ..Self::uniform() })
    }

    /// The concentration of a query's urn.
    pub(super) fn at(&self, query: usize) -> f64 {
        self.scale * self.odds(query)
    }

    fn odds(&self, query: usize) -> f64 {
        self.odds.get(query).copied().unwrap_or(1.0)
    }

    /// Counts the first two answers of one query; true if it is time to [`learn`](Self::learn).
    pub(super) fn pair(&mut self, differ: bool) -> bool {
        self.pairs += 1;
        self.differ += u64::from(differ);
        self.pairs >= self.next
    }

    /// Finds the scale at which the expected number of differing pairs is the observed one. One more pair of even
    /// odds that differed by half keeps every batch from certainty. `paired` are the queries with two answers.
    pub(super) fn learn(&mut self, paired: impl Iterator<Item = usize>) {
        self.next = ((self.pairs as f64 * GROWTH) as u64).max(self.pairs + 1);
        let differ = self.differ as f64 + 0.5;
        if self.odds.is_empty() {
            self.scale = differ / (self.pairs as f64 + 1.0 - differ);
            return;
        }
        let odds: Vec<f64> = paired.map(|query| self.odds(query)).collect();
        let expected = |scale: f64| {
            let share = |odds: f64| scale * odds / (1.0 + scale * odds);
            odds.iter().map(|&odds| share(odds)).sum::<f64>() + share(1.0)
        };
        let (mut low, mut high) = (ln(SCALES.0), ln(SCALES.1));
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if expected(exp(middle)) > differ {
                high = middle;
            } else {
                low = middle;
            }
        }
        self.scale = exp(f64::midpoint(low, high));
    }
}

#[cfg(test)]
#[path = "../../../tests/unit/vote/allocate/novelty.rs"]
mod tests;
