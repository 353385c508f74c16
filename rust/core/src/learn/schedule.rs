//! When to solve again, and whether to serve what came of it.

use crate::estimate::Report;
use crate::{Error, Result};

/// When a learner solves again: once it has seen enough new outcomes, or any and enough time has passed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    outcomes: usize,
    growth: f64,
    seconds: Option<f64>,
}

impl Default for Schedule {
    /// 20 outcomes, then a fifth more each time: the time that all solving takes stays in proportion to the outcomes, and learning
    /// curves on recorded outcomes were measured with it. At least once an hour.
    fn default() -> Self {
        Self { outcomes: 20, growth: 0.2, seconds: Some(3_600.0) }
    }
}

impl Schedule {
    /// A schedule of at least `outcomes` new outcomes, and at least `growth` times those that were known when it was solved
    /// last; where `seconds` are given, no outcome waits longer than that.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there is at least one outcome, the growth is from 0 to 10, and the seconds are above 0.
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

    /// Whether it is time: `fresh` of `rows` outcomes are new, and so many seconds have passed since it was solved last.
    pub fn due(&self, fresh: usize, rows: usize, passed: f64) -> bool {
        let enough = self.growth * rows.saturating_sub(fresh) as f64;
        let late = self.seconds.is_some_and(|seconds| passed >= seconds);
        fresh > 0 && (late || (fresh >= self.outcomes && fresh as f64 >= enough))
    }
}

/// Whether an estimator with newly solved heads is to serve in place of another: unless that one rests on more outcomes. Where
/// the traffic or its outcomes have drifted from those, their number no longer speaks for it.
pub fn supersedes(solved: &Report, serving: Option<&Report>, drifted: bool) -> bool {
    drifted || serving.is_none_or(|serving| solved.outcomes >= serving.outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_by_count_by_share_or_by_time() {
        let schedule = Schedule::new(20, 0.5, Some(60.0)).unwrap();
        assert!(!schedule.due(19, 19, 0.0) && schedule.due(20, 20, 0.0));
        assert!(!schedule.due(20, 100, 59.9), "40 are half of 80");
        assert!(schedule.due(40, 120, 0.0));
        assert!(schedule.due(1, 1_000, 60.0) && !schedule.due(0, 1_000, 1e9));
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        let named = |result: Result<Schedule>, what: &str| {
            let error = result.unwrap_err().to_string();
            assert!(error.starts_with(what), "{error}");
        };
        named(Schedule::new(0, 0.0, None), "outcomes");
        named(Schedule::new(1, f64::NAN, None), "growth");
        named(Schedule::new(1, 0.0, Some(0.0)), "seconds");
    }

    #[test]
    fn more_outcomes_are_kept_unless_they_are_of_another_time() {
        let of = |outcomes| Report { outcomes, ..Report::default() };
        assert!(supersedes(&of(10), None, false) && supersedes(&of(10), Some(&of(10)), false));
        assert!(!supersedes(&of(10), Some(&of(11)), false) && supersedes(&of(10), Some(&of(11)), true));
    }
}
