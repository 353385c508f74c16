//! Scores of reasoning steps.

use super::Held;
use crate::error::Result;
use crate::show::or_none;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::signal as core;

/// A running summary of step scores, as a process reward model gives them. O(1) per step.
///
/// A score outside [0, 1] is counted in `invalid` and left out. Every number is None before the first step.
///
/// Example:
///     >>> from rheostat.signals import Steps
///     >>> steps = Steps()
///     >>> for score in (0.9, 0.8, 0.4):
///     ...     steps.add(score)
///     >>> steps.lowest, steps.last, round(steps.product, 3), round(steps.drawdown, 3), round(steps.slope, 3)
///     (0.4, 0.4, 0.288, 0.5, -0.25)
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct Steps {
    inner: Held<core::Steps>,
}

#[pymethods]
impl Steps {
    #[new]
    fn new() -> Self {
        Self { inner: Held::new(core::Steps::default()) }
    }

    /// One step's score.
    fn add(&self, score: f64) {
        self.inner.lock().add(score);
    }

    /// The mean of the newest three steps; None until there are as many.
    #[getter]
    fn recent(&self) -> Option<f64> {
        self.inner.lock().recent()
    }

    /// The lowest score: a chain is as strong as its weakest step.
    #[getter]
    fn lowest(&self) -> Option<f64> {
        self.inner.lock().lowest()
    }

    /// The product of all scores: the probability that every step is right, were they independent.
    #[getter]
    fn product(&self) -> Option<f64> {
        self.inner.lock().product()
    }

    /// The mean of all scores.
    #[getter]
    fn mean(&self) -> Option<f64> {
        self.inner.lock().mean()
    }

    /// The newest score.
    #[getter]
    fn last(&self) -> Option<f64> {
        self.inner.lock().last()
    }

    /// The slope of the least-squares line through all scores, per step; None before the second.
    #[getter]
    fn slope(&self) -> Option<f64> {
        self.inner.lock().slope()
    }

    /// The largest fall from the highest score before it.
    #[getter]
    fn drawdown(&self) -> Option<f64> {
        self.inner.lock().drawdown()
    }

    /// How many steps were scored.
    #[getter]
    fn count(&self) -> u32 {
        self.inner.lock().count()
    }

    /// How many scores were no numbers in [0, 1].
    #[getter]
    fn invalid(&self) -> u32 {
        self.inner.lock().invalid()
    }

    fn __repr__(&self) -> String {
        let s = self.inner.lock();
        let show = |x: Option<f64>| or_none(x, |x| format!("{x:.3}"));
        format!("Steps(count={}, mean={}, lowest={})", s.count(), show(s.mean()), show(s.lowest()))
    }
}

/// What to do after a step.
#[pyclass(frozen, get_all, module = "rheostat.signals")]
pub(crate) struct StepAdvice {
    /// `"continue"`, `"back_up"`, `"branch"` or `"stop"`.
    kind: &'static str,
    /// For `"back_up"`: how many steps to keep, up to and with the newest good one; None otherwise.
    keep: Option<u32>,
}

#[pymethods]
impl StepAdvice {
    fn __repr__(&self) -> String {
        match self.keep {
            Some(keep) => format!("StepAdvice({:?}, keep={keep})", self.kind),
            None => format!("StepAdvice({:?})", self.kind),
        }
    }
}

/// Reads the step scores of one line of reasoning and advises after each: go on, go back to the newest good step, branch (the
/// step is neither good nor bad, and worse than the one before), or stop (bad steps in a row and no way back).
///
/// The defaults are starting points, not measured ones: a process reward model's scale is its own, so calibrate them.
///
/// Args:
///     good: A step that scores this is one to come back to.
///     bad: A step below this is bad.
///     patience: This many bad steps in a row end the line, at least 1.
///     back_ups: How often the host may be sent back.
///
/// Raises:
///     InvalidValueError: Not 0 ≤ bad ≤ good ≤ 1, or patience is 0.
///
/// Example:
///     >>> from rheostat.signals import StepGuide
///     >>> guide = StepGuide()
///     >>> [guide.add(score) for score in (0.9, 0.5, 0.1)]
///     [StepAdvice("continue"), StepAdvice("branch"), StepAdvice("back_up", keep=1)]
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct StepGuide {
    inner: Held<core::StepGuide>,
}

#[pymethods]
impl StepGuide {
    #[new]
    #[pyo3(signature = (good = 0.7, bad = 0.3, patience = 3, back_ups = 1))]
    fn new(
        good: f64,
        bad: f64,
        #[pyo3(from_py_with = int)] patience: i128,
        #[pyo3(from_py_with = int)] back_ups: i128,
    ) -> Result<Self> {
        let (patience, back_ups) =
            (whole("patience", patience, 0..=u32::MAX)?, whole("back_ups", back_ups, 0..=u32::MAX)?);
        let rules = core::StepRules { good, bad, patience, back_ups };
        Ok(Self { inner: Held::new(core::StepGuide::new(rules)?) })
    }

    /// One step's score, and what to do now. A score that is no number in [0, 1] is counted, and advises nothing.
    fn add(&self, score: f64) -> StepAdvice {
        let (kind, keep) = match self.inner.lock().add(score) {
            core::StepAdvice::Continue => ("continue", None),
            core::StepAdvice::BackUp { keep } => ("back_up", Some(keep)),
            core::StepAdvice::Branch => ("branch", None),
            core::StepAdvice::Stop => ("stop", None),
        };
        StepAdvice { kind, keep }
    }

    /// A copy of all scores so far.
    #[getter]
    fn steps(&self) -> Steps {
        Steps { inner: Held::new(self.inner.lock().steps().clone()) }
    }

    fn __repr__(&self) -> String {
        let guide = self.inner.lock();
        let r = guide.rules();
        format!(
            "StepGuide(good={}, bad={}, patience={}, steps={})",
            r.good,
            r.bad,
            r.patience,
            guide.steps().count()
        )
    }
}
