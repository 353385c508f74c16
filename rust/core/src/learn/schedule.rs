//! The schedule of solving, and the rule by which a solution replaces the one that serves.

use crate::estimate::Report;
use crate::{Error, Result};

/// Decides when a learner solves again: after enough new outcomes, or after enough time with any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    outcomes: usize,
    growth: f64,
    seconds: Option<f64>,
}

impl Default for Schedule {
    /// 20 new outcomes and a fifth more than before, or an hour. Geometric growth keeps the total time of solving in proportion
    /// to the outcomes; the learning curves in `docs/quality.md` were measured with it.
    fn default() -> Self {
        Self { outcomes: 20, growth: 0.2, seconds: Some(3_600.0) }
    }
}

impl Schedule {
    /// A schedule that waits for `outcomes` new outcomes, and for `growth` times as many as the last solution knew. No outcome
    /// waits longer than `seconds`.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless outcomes are at least 1, the growth is between 0 and 10, and seconds are above 0.
    pub fn new(outcomes: usize, growth: f64, seconds: Option<f64>) -> Result<Self> {
        if outcomes == 0 {
            return Err(Error::invalid("outcomes", outcomes, "at least 1"));
        }
        if !(0.0..=10.0).contains(&growth) {
            return Err(Error::invalid("growth", growth, "between 0 and 10"));
        }
        if let Some(seconds) = seconds
            && !(seconds > 0.0 && seconds.is_finite())
        {
            return Err(Error::invalid("seconds", seconds, "a finite number above 0"));
        }
        Ok(Self { outcomes, growth, seconds })
    }

    /// True if it is time to solve: `fresh` of `rows` outcomes are new, `passed` seconds after the last solution.
    pub fn due(&self, fresh: usize, rows: usize, passed: f64) -> bool {
        let enough = self.growth * rows.saturating_sub(fresh) as f64;
        let late = self.seconds.is_some_and(|seconds| passed >= seconds);
        fresh > 0 && (late || (fresh >= self.outcomes && fresh as f64 >= enough))
    }
}

/// True if newly solved heads replace those that serve: unless those rest on more outcomes. After drift the number of older
/// outcomes does not count.
pub fn supersedes(solved: &Report, serving: Option<&Report>, drifted: bool) -> bool {
    drifted || serving.is_none_or(|serving| solved.outcomes >= serving.outcomes)
}
