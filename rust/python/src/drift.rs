//! Whether traffic still looks like what was calibrated on.

use crate::error::{Result, wrong_type};
use crate::estimate::{Estimate, EstimateBatch};
use crate::estimator::Estimator;
use crate::typed::{named, typed};
use crate::whole::{int, whole};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rheostat::{Error, estimate, learn as core};

typed!(Verdict(&'static str): "Literal['steady', 'drifted', 'filling', 'no reference']");
typed!(Stability<'py>(Bound<'py, PyDict>): "dict[str, float]");
named!(Bias((f64, f64)));

/// How things stand: whether traffic still looks like what was calibrated on, and outcomes like the chances.
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct DriftReport {
    inner: core::DriftReport,
}

impl DriftReport {
    pub(crate) fn new(inner: core::DriftReport) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl DriftReport {
    /// `"steady"`, `"drifted"`, `"filling"` (the window is not full yet) or `"no reference"` (only outcomes are watched).
    #[getter]
    fn verdict(&self) -> Verdict {
        Verdict(self.inner.verdict())
    }

    /// Whether anything is wrong: `shifted`, `overconfident` or `underconfident`.
    #[getter]
    fn drifted(&self) -> bool {
        self.inner.drifted()
    }

    /// The population stability index of each sight; those that the reference does not have are left out, and all of them
    /// until the window is full.
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

    /// The index above which a sight has shifted: 0.25, and more where window or reference are so small that chance alone
    /// could reach that.
    #[getter]
    fn limit(&self) -> f64 {
        self.inner.limit
    }

    /// Whether the traffic has shifted.
    #[getter]
    fn shifted(&self) -> bool {
        self.inner.shifted
    }

    /// Scores less chances over the newest window of outcomes: None before the second outcome.
    #[getter]
    fn bias(&self) -> Option<Bias> {
        self.inner.bias.map(Bias)
    }

    /// Whether chances are known to be too high on average.
    #[getter]
    fn overconfident(&self) -> bool {
        self.inner.overconfident
    }

    /// Whether chances are known to be too low on average.
    #[getter]
    fn underconfident(&self) -> bool {
        self.inner.underconfident
    }

    /// How many of the newest queries, and of the newest outcomes, are looked at.
    #[getter]
    fn window(&self) -> usize {
        self.inner.window
    }

    /// How many queries have been seen.
    #[getter]
    fn seen(&self) -> u64 {
        self.inner.seen
    }

    /// How many outcomes have been seen.
    #[getter]
    fn outcomes(&self) -> u64 {
        self.inner.outcomes
    }

    /// How many queries a governor had seen when it noticed what it says now; None where it says nothing.
    #[getter]
    fn since(&self) -> Option<u64> {
        self.inner.since
    }

    fn __repr__(&self) -> String {
        let r = &self.inner;
        format!("DriftReport({}, seen={}, outcomes={})", r.verdict(), r.seen, r.outcomes)
    }
}

/// Tells when traffic no longer looks like what was calibrated on, and when chances are no longer what they say. Constant time
/// for each query, without a lock. Thread-safe. A governor has one of its own (`Governor.drift`); this is for those who plan
/// without one.
///
/// Args:
///     reference: Estimates of the traffic that was calibrated on, at least 100: `estimator.estimate_batch(texts)`. Or an
///         estimator that was fitted or calibrated on it.
///     window: How many of the newest queries, and of the newest outcomes, are looked at: from 100 to 1,000,000.
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

    /// One more query: its estimate.
    fn update(&self, estimate: &Bound<'_, Estimate>) {
        self.inner.update(&estimate.get().inner);
    }

    /// How an answer turned out, and the chance of it that was planned with.
    ///
    /// Raises:
    ///     InvalidValueError: Not both in [0, 1].
    fn outcome(&self, p_correct: f64, score: f64) -> Result<()> {
        Ok(self.inner.outcome(p_correct, score)?)
    }

    /// How things stand.
    fn report(&self) -> DriftReport {
        DriftReport::new(self.inner.report())
    }

    fn __repr__(&self) -> String {
        let r = self.inner.report();
        format!("Drift({}, seen={}, outcomes={})", r.verdict(), r.seen, r.outcomes)
    }
}
