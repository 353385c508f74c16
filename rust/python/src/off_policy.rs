//! Sums of graded decisions, and the change of the mean score that they support.

use crate::args;
use crate::convert::reals;
use crate::error::Result;
use crate::getters::getters;
use crate::guarantee::digest;
use crate::show::or_none;
use pyo3::prelude::*;
use rheostat::guarantee as core;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Sums of graded decisions, from which the change of the mean score under a new policy is estimated. Thread-safe.
///
/// The estimate is doubly robust, with a 95 % interval; scores are in [0, 1]. There is no interval while fewer than 30 equal
/// rows are behind it. The sums of two parts of a log `merge` to the sums of both.
///
/// Example:
///     >>> import rheostat as rh
///     >>> sums = rh.guarantee.OffPolicySums()
///     >>> for i in range(200):
///     ...     sums.add(same=i % 2 == 0, propensity=0.5, score=float(i % 2 == 0), predicted_logged=0.5, predicted_new=0.5)
///     >>> sums.graded, sums.tried, sums.change, sums.low > 0.3
///     (200, 100, 0.5, True)
#[pyclass(frozen, module = "rheostat.guarantee")]
#[derive(Default)]
pub(crate) struct OffPolicySums {
    inner: Mutex<core::OffPolicy>,
}

impl OffPolicySums {
    fn lock(&self) -> MutexGuard<'_, core::OffPolicy> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn interval(&self) -> Option<core::Interval> {
        self.lock().change().interval
    }
}

getters! {
    OffPolicySums, |this| {
        /// Graded decisions.
        graded: u64 = this.lock().change().graded;
        /// Graded decisions that the new policy puts on another rung.
        differing: u64 = this.lock().change().differing;
        /// Graded decisions on the new policy's rung, which the log takes at most every other time.
        tried: u64 = this.lock().change().tried;
        /// Number of equal rows that the estimate rests on.
        rows: f64 = this.lock().change().rows;
        /// Mean logged score; 0 without a row.
        score_logged: f64 = this.lock().change().score_logged;
        /// Mean weight. Near 1 if the propensities are right and the log tried every rung of the new policy.
        mean_weight: f64 = this.lock().change().mean_weight;
        /// The change by importance weights alone (self-normalised), as a check; None if the log never took the new rung.
        weighted: Option<f64> = this.lock().change().weighted;
        /// Estimated change of the mean score, new minus logged; None if the log cannot tell.
        change: Option<f64> = this.interval().map(|interval| interval.mean);
        /// Lower end of the 95 % interval of `change`.
        low: Option<f64> = this.interval().map(|interval| interval.low);
        /// Upper end of the 95 % interval of `change`.
        high: Option<f64> = this.interval().map(|interval| interval.high);
        /// The new policy's mean score with its 95 % interval, as (mean, low, high); None if the log cannot tell.
        score_new: Option<(f64, f64, f64)> = this.lock().change().score_new.map(|i| (i.mean, i.low, i.high));
        /// Graded decisions like these that are missing for an interval; None if none is missing, or if the log never tried
        /// the new rung.
        missing: Option<u64> = this.lock().change().missing;
    }
}

#[pymethods]
impl OffPolicySums {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Adds a graded decision.
    ///
    /// Args:
    ///     same: True if the new policy takes the logged rung.
    ///     propensity: Probability with which the logged rung was drawn, above 0 and at most 1.
    ///     score: Score of the answer, in [0, 1].
    ///     predicted_logged: Predicted score of the logged rung, in [0, 1].
    ///     predicted_new: Predicted score of the new rung, in [0, 1].
    ///     group: The session or user. Rows of one group depend on each other; the interval allows for it if each row has one.
    ///
    /// Raises:
    ///     InvalidValueError: A value out of bounds.
    #[pyo3(signature = (*, same, propensity, score, predicted_logged, predicted_new, group: "_Name | None" = None))]
    fn add(
        &self,
        #[pyo3(from_py_with = args::flag::same)] same: bool,
        #[pyo3(from_py_with = args::real::propensity)] propensity: f64,
        #[pyo3(from_py_with = args::real::score)] score: f64,
        #[pyo3(from_py_with = args::real::predicted_logged)] predicted_logged: f64,
        #[pyo3(from_py_with = args::real::predicted_new)] predicted_new: f64,
        group: Option<&Bound<'_, PyAny>>,
    ) -> Result<()> {
        let group = group.map(|group| digest(group, "group")).transpose()?;
        let row = core::Graded { same, propensity, score, predicted_logged, predicted_new, group };
        Ok(self.lock().add(&row)?)
    }

    /// Adds the sums of another part of the log.
    fn merge(&self, other: &Self) {
        // A copy, because a part may be merged with itself.
        let other = other.lock().clone();
        self.lock().merge(&other);
    }

    /// The sums as a list of numbers, for a file.
    fn to_sums(&self) -> Vec<f64> {
        self.lock().to_sums()
    }

    /// Reads the numbers of `to_sums`.
    ///
    /// Raises:
    ///     InvalidValueError: They are no sums: their count is wrong, or one is not finite.
    #[staticmethod]
    #[pyo3(signature = (sums: "_Numbers"))]
    fn from_sums(sums: &Bound<'_, PyAny>) -> Result<Self> {
        Ok(Self { inner: Mutex::new(core::OffPolicy::from_sums(&reals(sums, "sums")?)?) })
    }

    fn __repr__(&self) -> String {
        let change = self.lock().change();
        let shown = |number: Option<f64>| or_none(number, |number| format!("{number:.4}"));
        let interval = change.interval;
        format!(
            "OffPolicySums(graded={}, change={}, low={}, high={})",
            change.graded,
            shown(interval.map(|i| i.mean)),
            shown(interval.map(|i| i.low)),
            shown(interval.map(|i| i.high))
        )
    }
}
