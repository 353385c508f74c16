//! Chances that are what they say: calibration on a log, the policy that promises, and which answers to grade.

use crate::args;
use crate::error::Result;
use crate::estimator::Estimator;
use crate::fit::{log, prior};
use crate::getters::getters;
use crate::ladder::Ladder;
use crate::show::truth;
use crate::typed::{named, typed};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rheostat::learn as core;
use std::sync::Arc;

named!(Calibration((Estimator, Vec<CalibrationReport>)));
typed!(Method(&'static str): "Literal['none', 'platt', 'isotonic']");

/// Calibrates each rung's P(correct) on a log. Takes the map with the least Brier score on held-out outcomes: none, Platt scaling
/// with a shrunk slope and bias, or, from 200 outcomes on, isotonic regression.
///
/// Args:
///     texts: The queries, as `str` or bytes.
///     outcomes: For each rung's name the scores of its answers, one for each text: in [0, 1], NaN where there is none.
///     ladder: The rungs.
///     groups: The independent unit of each text. Texts of one ask are one group if not given.
///     estimator: What is calibrated; the shipped model if not given. The log must not be the one that it was fitted to.
///
/// Returns:
///     A `Calibration`: the calibrated estimator, and a report for each rung of the log.
///
/// Raises:
///     InvalidValueError: Fewer than ten outcomes of a rung, or a score outside [0, 1] (the message names rung and row).
///     UnknownNameError: No such rung on the ladder, or the estimator has learned other rungs.
///
/// Example:
///     >>> import rheostat as rh
///     >>> ladder = rh.Ladder([rh.Rung("only")])
///     >>> scores = {"only": [float(i % 4 == 0) for i in range(40)]}
///     >>> report, = rh.learn.calibrate([f"question {i}" for i in range(40)], scores, ladder).reports
///     >>> report.brier <= report.brier_before
///     True
#[pyfunction]
#[pyo3(signature = (
    texts: "Iterable[_Text]", outcomes, ladder, groups: "Iterable[_Name | None] | None" = None, *, estimator = None
))]
pub(crate) fn calibrate(
    py: Python<'_>,
    texts: &Bound<'_, PyAny>,
    outcomes: &Bound<'_, PyDict>,
    ladder: &Bound<'_, Ladder>,
    groups: Option<&Bound<'_, PyAny>>,
    estimator: Option<&Bound<'_, Estimator>>,
) -> Result<Calibration> {
    let log = log(texts, outcomes, ladder, groups)?;
    let (model, window) = prior(estimator);
    let (calibrated, reports) = py.detach(|| log.calibrate(&model, window))?;
    let reports = reports.into_iter().map(|(rung, inner)| CalibrationReport { rung, inner }).collect();
    Ok(Calibration((Estimator { inner: Arc::new(calibrated), window }, reports)))
}

/// How one rung's chances were calibrated, by outcomes that were held out. A constant chance has no calibration error, so read
/// it beside the Brier score.
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct CalibrationReport {
    rung: String,
    inner: core::CalibrationReport,
}

getters! {
    CalibrationReport, |this| {
        /// The rung's name.
        rung: &str = &this.rung;
        /// Outcomes that it rests on.
        outcomes: usize = this.inner.outcomes;
        /// `"none"`, `"platt"` or `"isotonic"`.
        method: Method = Method(this.inner.method);
        /// Brier score of the mean score as everyone's chance.
        brier_constant: f64 = this.inner.brier_constant;
        /// Brier score before.
        brier_before: f64 = this.inner.brier_before;
        /// Brier score after; never above the one before.
        brier: f64 = this.inner.brier;
        /// Expected calibration error before, in ten bins of equally many.
        error_before: f64 = this.inner.error_before;
        /// Expected calibration error after.
        error: f64 = this.inner.error;
    }
}

#[pymethods]
impl CalibrationReport {
    fn __repr__(&self) -> String {
        let core::CalibrationReport { outcomes, method, brier, brier_before, error, error_before, .. } =
            self.inner;
        format!(
            "CalibrationReport(rung={:?}, outcomes={outcomes}, method={method:?}, brier={brier:.4}, \
             brier_before={brier_before:.4}, error={error:.3}, error_before={error_before:.3})",
            self.rung
        )
    }
}

/// The rung that is expected to lose little for each dollar that it saves against the top one, with a promise: the mean score lost
/// against always using the top rung is at most `max_loss`, with the given confidence. Until a log has certified it, and where none
/// can, it takes the top rung; `reason` says why, and `offers` holds weaker promises that the log allows. What is certified holds
/// for one estimator and ladder; a governor with others takes the top rung.
///
/// Args:
///     max_loss: The mean loss, in points of score, above 0 and below 1.
///     confidence: How sure that must be, above 0 and below 1.
///
/// Raises:
///     InvalidValueError: A value out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> policy = rh.policy.Guaranteed(max_loss=0.02)
///     >>> policy.certified, policy.reason
///     (False, 'no log has certified anything yet')
#[pyclass(frozen, module = "rheostat.policy")]
pub(crate) struct Guaranteed {
    pub(crate) inner: rheostat::policy::Guaranteed,
}

named!(Promise((f64, f64, f64, f64, usize, f64)));

fn promise(offer: &rheostat::policy::Promise) -> Promise {
    let &rheostat::policy::Promise { max_loss, confidence, threshold, saved, mean_loss, units } = offer;
    Promise((max_loss, confidence, saved, mean_loss, units, threshold))
}

getters! {
    Guaranteed, |this| {
        /// The mean loss that must not be passed.
        max_loss: f64 = this.inner.max_loss();
        /// Confidence level of the promise.
        confidence: f64 = this.inner.confidence();
        /// True if a threshold is certified.
        certified: bool = this.inner.threshold().is_some();
        /// Points of score that a saved US dollar may cost, by expectation: a rung is chosen by `threshold` times the dollars that it
        /// saves against the top rung, less the points that it loses. On a ladder without prices, going down all the way saves 1. None
        /// if nothing is certified.
        threshold: Option<f64> = this.inner.threshold();
        /// Share of the top rung's expected cost that the log's queries save, in [0, 1]; None if nothing is certified.
        saved: Option<f64> = this.inner.saved();
        /// Weaker promises that the log allows, the strongest first, each of which saves at least a hundredth more than the one
        /// before: losses of 1.5, 2, 3, 5 and 10 times `max_loss`. All of them hold together with the policy's confidence.
        offers: Vec<Promise> = this.inner.offers().iter().map(promise).collect();
        /// Number of independent units that would certify, with a chance of 80 %, the boldest choice that lost at most half of
        /// `max_loss` on the log; None if that saves no more than what is certified.
        labels_needed: Option<u64> = this.inner.labels_needed();
        /// The certified promise, or the reason that there is none, in words.
        reason: &str = this.inner.reason();
    }
}

#[pymethods]
impl Guaranteed {
    #[new]
    #[pyo3(signature = (max_loss = 0.01, confidence = 0.95))]
    fn new(
        #[pyo3(from_py_with = args::real::max_loss)] max_loss: f64,
        #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
    ) -> Result<Self> {
        Ok(Self { inner: rheostat::policy::Guaranteed::new(max_loss, confidence)? })
    }

    /// The policy as a log allows it: Learn then Test over thresholds, from the safest on. Scores of 0 and 1 are tested by the exact
    /// test of paired outcomes, others, and means over groups, by betting.
    ///
    /// Args:
    ///     texts: The queries, as `str` or bytes: a sample of the traffic, and none that the estimator was fitted to.
    ///     outcomes: For every rung of the ladder the scores of its answers, one for each text, in [0, 1]. Texts without all
    ///         of them (NaN) are left out.
    ///     ladder: The rungs.
    ///     groups: The independent unit of each text, such as a user. Texts of one ask are one group if not given.
    ///     estimator: The one that the governor will have; the shipped model if not given.
    ///
    /// Raises:
    ///     InvalidValueError: A rung without scores, or a score outside [0, 1].
    ///     UnknownNameError: No rung of that name.
    #[pyo3(signature = (
        texts: "Iterable[_Text]", outcomes, ladder, groups: "Iterable[_Name | None] | None" = None, *, estimator = None
    ))]
    fn calibrate(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        outcomes: &Bound<'_, PyDict>,
        ladder: &Bound<'_, Ladder>,
        groups: Option<&Bound<'_, PyAny>>,
        estimator: Option<&Bound<'_, Estimator>>,
    ) -> Result<Self> {
        let log = log(texts, outcomes, ladder, groups)?;
        let (model, window) = prior(estimator);
        let inner = py.detach(|| log.certify(&self.inner, &model, window))?;
        Ok(Self { inner })
    }

    /// A copy that keeps one of its `offers` in place of what was asked.
    ///
    /// Args:
    ///     max_loss: The offer's `max_loss`.
    ///
    /// Raises:
    ///     InvalidValueError: No offer has that loss.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> ladder = rh.Ladder([rh.Rung("fast", model="small"), rh.Rung("deep", model="large")])
    ///     >>> log = [f"sum the invoice of order {i}" for i in range(150)], {"fast": [1.0] * 150, "deep": [1.0] * 150}
    ///     >>> policy = rh.policy.Guaranteed(max_loss=0.01).calibrate(*log, ladder)
    ///     >>> policy.certified, policy.labels_needed
    ///     (False, 299)
    ///     >>> policy.accept(policy.offers[0].max_loss).saved
    ///     1.0
    fn accept(&self, #[pyo3(from_py_with = args::real::max_loss)] max_loss: f64) -> Result<Self> {
        Ok(Self { inner: self.inner.accepting(max_loss)? })
    }

    fn __repr__(&self) -> String {
        format!("Guaranteed(max_loss={}, confidence={})", self.inner.max_loss(), self.inner.confidence())
    }
}

/// The decision to grade an answer; true if it should be graded.
#[pyclass(frozen, get_all, module = "rheostat.types")]
pub(crate) struct Grading {
    /// True if the answer should be graded.
    grade: bool,
    /// The chance with which that was drawn. Weigh graded answers by one over it: means are unbiased then.
    propensity: f64,
}

impl Grading {
    pub(crate) fn new(grading: core::Grading) -> Self {
        Self { grade: grading.grade, propensity: grading.propensity }
    }
}

#[pymethods]
impl Grading {
    fn __bool__(&self) -> bool {
        self.grade
    }

    fn __repr__(&self) -> String {
        format!("Grading(grade={}, propensity={:.4})", truth(self.grade), self.propensity)
    }
}
