//! Drift: traffic or outcomes that differ from those of the calibration.

use crate::args;
use crate::error::{Result, wrong_type};
use crate::estimate::{Estimate, EstimateBatch};
use crate::estimator::Estimator;
use crate::getters::getters;
use crate::typed::{named, typed};
use crate::whole::{int, whole};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rheostat::{Error, estimate, learn as core};

typed!(Verdict(&'static str): "Literal['steady', 'drifted', 'filling', 'no reference']");
typed!(Stability<'py>(Bound<'py, PyDict>): "dict[str, float]");
named!(Bias((f64, f64)));

/// Comparison of the newest traffic with the reference, and of the newest outcomes with P(correct).
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct DriftReport {
    inner: core::DriftReport,
}

impl DriftReport {
    pub(crate) fn new(inner: core::DriftReport) -> Self {
        Self { inner }
    }
}

getters! {
    DriftReport, |this| {
        /// `"steady"`, `"drifted"`, `"filling"` (the window is not full yet) or `"no reference"` (only outcomes are watched).
        verdict: Verdict = Verdict(this.inner.verdict());
        /// True if `shifted`, `overconfident` or `underconfident`.
        drifted: bool = this.inner.drifted();
        /// Index above which a property has shifted: 0.25, or more if chance alone could reach that in so small a window or reference.
        limit: f64 = this.inner.limit;
        /// True if the traffic has shifted.
        shifted: bool = this.inner.shifted;
        /// Scores less P(correct), over the newest window of outcomes. None before the second outcome.
        bias: Option<Bias> = this.inner.bias.map(Bias);
        /// True if P(correct) is too high on average.
        overconfident: bool = this.inner.overconfident;
        /// True if P(correct) is too low on average.
        underconfident: bool = this.inner.underconfident;
        /// Number of newest queries, and of newest outcomes, that are compared.
        window: usize = this.inner.window;
        /// Number of queries seen.
        seen: u64 = this.inner.seen;
        /// Number of outcomes seen.
        outcomes: u64 = this.inner.outcomes;
        /// Number of queries that a governor had seen when it noticed the present drift; None without drift.
        since: Option<u64> = this.inner.since;
    }
}

#[pymethods]
impl DriftReport {
    /// Population stability index of each tracked property that the reference has; empty until the window is full.
    #[getter]
    fn stability<'py>(&self, py: Python<'py>) -> PyResult<Stability<'py>> {
        let dict = PyDict::new(py);
        for (name, index) in estimate::TRACKED_NAMES.into_iter().zip(self.inner.stability) {
            if let Some(index) = index {
                dict.set_item(name, index)?;
            }
        }
        Ok(Stability(dict))
    }

    fn __repr__(&self) -> String {
        let r = &self.inner;
        format!("DriftReport({}, seen={}, outcomes={})", r.verdict(), r.seen, r.outcomes)
    }
}

/// Compares traffic with that of the calibration, and outcomes with P(correct). Constant time per query, without a lock.
/// Thread-safe. A governor has its own (`Governor.drift`); this one is for estimates without a governor.
///
/// Args:
///     reference: At least 100 estimates of the calibration's traffic (`estimator.estimate_batch(texts)`), or an estimator that
///         was fitted or calibrated on it.
///     window: Number of newest queries, and of newest outcomes, that are compared: 100 to 1,000,000.
///
/// Raises:
///     InvalidValueError: Too few estimates, an estimator without a reference, or a window out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> estimator = rh.Estimator()
///     >>> drift = rh.learn.Drift(estimator.estimate_batch([f"what is the capital of country {i}?" for i in range(200)]), window=200)
///     >>> for i in range(200):
///     ...     drift.update(estimator.estimate(f"Prove that every graph of degree {i} has property P, rigorously."))
///     >>> drift.report().verdict
///     'drifted'
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct Drift {
    inner: core::Drift,
}

#[pymethods]
impl Drift {
    #[new]
    #[pyo3(signature = (reference: "EstimateBatch | Estimator", *, window = 1_000))]
    fn new(reference: &Bound<'_, PyAny>, #[pyo3(from_py_with = int)] window: i128) -> Result<Self> {
        let window = whole("window", window, 0..=usize::MAX)?;
        if let Ok(batch) = reference.cast::<EstimateBatch>() {
            return Ok(Self { inner: core::Drift::new(&batch.get().rows, window)? });
        }
        let Ok(estimator) = reference.cast::<Estimator>() else {
            return Err(wrong_type("reference", reference, "an EstimateBatch or an Estimator"));
        };
        let Some(known) = estimator.get().inner.reference() else {
            let what = "an estimator without a reference";
            return Err(Error::invalid("reference", what, "one that was fitted or calibrated").into());
        };
        Ok(Self { inner: core::Drift::against(Some(known.clone()), window)? })
    }

    /// Adds a query's estimate.
    fn update(&self, estimate: &Bound<'_, Estimate>) {
        self.inner.update(&estimate.get().inner);
    }

    /// Adds an answer's score, and the P(correct) that its plan had.
    ///
    /// Raises:
    ///     InvalidValueError: Not both in [0, 1].
    fn outcome(
        &self,
        #[pyo3(from_py_with = args::real::p_correct)] p_correct: f64,
        #[pyo3(from_py_with = args::real::score)] score: f64,
    ) -> Result<()> {
        Ok(self.inner.outcome(p_correct, score)?)
    }

    /// The comparison now.
    fn report(&self) -> DriftReport {
        DriftReport::new(self.inner.report())
    }

    fn __repr__(&self) -> String {
        let r = self.inner.report();
        format!("Drift({}, seen={}, outcomes={})", r.verdict(), r.seen, r.outcomes)
    }
}
