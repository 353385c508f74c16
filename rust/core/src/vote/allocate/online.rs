//! Holds a stream of queries to an average number of samples.

use super::super::Vote;
use super::super::boundary::beta_doubt;
use super::super::special::{exp, ln};
use crate::{Error, Result};

/// The step of `ln λ` per sample over or under the target (Balseiro et al. 2020).
const RATE: f64 = 0.01;
/// Bounds of λ. One sample is enough from ¼ on; higher values remember overspending until it is saved again.
const BOUNDS: (f64, f64) = (1e-4, 1.0);

/// Holds a stream of queries to an average number of samples by a shadow price λ. A query has enough samples once
/// `P(p₁ ≤ ½ | a, b) ≤ λ` for its two leading answers under a uniform prior; after each query,
/// `ln λ += 0.01 · (spent − target)`, within `[10⁻⁴, 1]`. Easy stretches save for hard ones, and over a long stream the
/// average is the target.
///
/// ```
/// use rheostat::vote::{OnlineAllocator, Vote, VoteRule};
/// let mut allocator = OnlineAllocator::new(3.0, 24)?;
/// let mut vote = Vote::new(VoteRule::Curtail, 0.95, 24)?;
/// while !allocator.enough(&vote) {
///     vote.add("7", None)?;
/// }
/// allocator.finish(&vote);
/// assert_eq!((vote.answer(), allocator.finished()), (Some("7"), 1));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OnlineAllocator {
    target: f64,
    cap: u32,
    ln_price: f64,
    spent: u64,
    finished: u64,
}

impl OnlineAllocator {
    /// Makes an allocator of `target` samples per query on average, at most `cap` for one.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless `1 ≤ target ≤ cap` and the cap is within a vote's bounds.
    pub fn new(target: f64, cap: u32) -> Result<Self> {
        if cap == 0 || cap > super::super::MAX_CAP {
            return Err(Error::invalid(
                "cap",
                cap,
                format!("between 1 and {} samples", super::super::MAX_CAP),
            ));
        }
        if !(target >= 1.0 && target <= f64::from(cap)) {
            return Err(Error::invalid("target", target, format!("between 1 and the cap of {cap}")));
        }
        Ok(Self { target, cap, ln_price: ln(0.1), spent: 0, finished: 0 })
    }

    /// True if a vote has enough samples at the current price.
    pub fn enough(&self, vote: &Vote) -> bool {
        let (first, second) = vote.lead();
        let used = vote.consumed();
        vote.stopped() || used >= self.cap || first > 0 && beta_doubt(first, second) <= self.price()
    }

    /// Ends a query: its samples move the price. Votes may run side by side and finish in any order.
    pub fn finish(&mut self, vote: &Vote) {
        let used = vote.consumed();
        self.spent += u64::from(used);
        self.finished += 1;
        let (low, high) = BOUNDS;
        self.ln_price = (self.ln_price + RATE * (f64::from(used) - self.target)).clamp(ln(low), ln(high));
    }

    /// The price λ: the accepted probability that the leader is not the likelier answer.
    pub fn price(&self) -> f64 {
        exp(self.ln_price)
    }

    /// Samples spent by finished queries.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// Number of finished queries.
    pub fn finished(&self) -> u64 {
        self.finished
    }

    /// Samples per finished query; 0 before the first.
    pub fn average(&self) -> f64 {
        self.spent as f64 / self.finished.max(1) as f64
    }
}
