//! Detects biased chances over the newest outcomes.
//!
//! The surprise of an outcome is its score less its chance. Two e-processes ([`Betting`]) test "the mean surprise is 0", one
//! against each side; a wealth of 2,000 raises the alarm. Wealth restarts every window of outcomes, so that old outcomes
//! neither alarm nor reassure. A second pair restarts half a window later, so that one pair always has seen at least half a
//! window. An outcome costs constant time, memory is one window.

use crate::estimate::ln;
use crate::guarantee::{Betting, Side};

/// Wealth at which an e-process rejects "chances are right on average": a false alarm has a chance of at most 1 / 1,000 over
/// the two sides together.
const REJECTS: f64 = 2.0 * 1_000.0;
/// Surprises are stored as whole multiples of 1 / `UNIT`, so that running sums are exact.
const UNIT: f64 = (1_u32 << 30) as f64;

/// Surprises of the newest window of outcomes, and the e-processes over them.
#[derive(Debug, Clone)]
pub(super) struct Bias {
    window: usize,
    ring: Vec<i32>,
    sum: i64,
    squares: i128,
    seen: u64,
    /// Two pairs; each tests for chances too high, then for chances too low.
    tests: [[Betting; 2]; 2],
}

fn tests() -> [Betting; 2] {
    // Surprises are mapped from [-1, 1] to [0, 1]: unbiased ones have mean 0.5.
    [Betting::new(0.5, Side::Below), Betting::new(0.5, Side::Above)]
}

impl Bias {
    pub(super) fn new(window: usize) -> Self {
        let tests = [tests(), tests()];
        Self { window, ring: Vec::new(), sum: 0, squares: 0, seen: 0, tests }
    }

    /// Adds an outcome; both numbers are in [0, 1].
    pub(super) fn update(&mut self, chance: f64, score: f64) {
        let surprise = score - chance;
        let new = (surprise * UNIT) as i32;
        let place = (self.seen % self.window as u64) as usize;
        for (start, pair) in [0, self.window / 2].into_iter().zip(&mut self.tests) {
            if place == start && self.seen > 0 {
                *pair = tests();
            }
            for test in pair {
                test.update(f64::midpoint(surprise, 1.0));
            }
        }
        let old = if let Some(slot) = self.ring.get_mut(place) {
            std::mem::replace(slot, new)
        } else {
            self.ring.push(new);
            0
        };
        self.sum += i64::from(new) - i64::from(old);
        self.squares += i128::from(new).pow(2) - i128::from(old).pow(2);
        self.seen += 1;
    }

    /// Mean surprise of the window and its standard error; None before the second outcome.
    pub(super) fn mean(&self) -> Option<(f64, f64)> {
        let n = self.ring.len() as f64;
        if n < 2.0 {
            return None;
        }
        let mean = self.sum as f64 / UNIT / n;
        let variance = (self.squares as f64 / (UNIT * UNIT) / n - mean * mean).max(0.0) * n / (n - 1.0);
        Some((mean, (variance / n).sqrt()))
    }

    /// Two verdicts: chances are too high on average, and too low.
    pub(super) fn known(&self) -> (bool, bool) {
        let any = |side: usize| self.tests.iter().any(|pair| pair[side].log_peak() >= ln(REJECTS));
        (any(0), any(1))
    }

    /// Number of outcomes so far.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }
}
