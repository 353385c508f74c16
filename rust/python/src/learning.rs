//! A governor that learns from its own outcomes: the core's steps, for `rheostat.learn.Loop`.

use crate::args;
use crate::clock::{At, wall};
use crate::error::Result;
use crate::fit::{FitReport, options};
use crate::getters::getters;
use crate::governor::Governor;
use crate::learner::Learner;
use crate::typed::typed;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict};
use rheostat::governor as core;
use rheostat::learn::Schedule;
use std::sync::{Mutex, PoisonError};

typed!(Verdict(&'static str): "Literal['waiting', 'replaced', 'kept', 'refused']");
typed!(Moved<'py>(Bound<'py, PyDict>): "dict[str, float]");

/// Learns from a governor's outcomes on a schedule, a step at a time. `rheostat.learn.Loop` is this with a thread of its own.
///
/// Args:
///     governor: The governor. Its plans are remembered from now on, for their outcomes to be learned from.
///     learner: Keeps the outcomes. If not given, a new one on top of the governor's model, with its defaults.
///     outcomes: Number of new outcomes that it takes to solve again, at least 1.
///     growth: Share of the outcomes that the last solution knew, from 0 to 10; new outcomes must reach it, too.
///     seconds: Longest wait of an outcome, in seconds. None: until there are enough.
///     folds: Number of parts of cross-validation, 2 to 20. A group is held out as a whole.
///     seed: Seed of the folds, and of the report's interval.
///     at: The time, in seconds of Unix time; now if not given.
///
/// Raises:
///     InvalidValueError: A value out of bounds, or a learner on top of another model than the governor's.
///     StateError: The governor remembers its plans for another learner.
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct Learning {
    inner: Mutex<core::Learning>,
    /// The governor.
    #[pyo3(get)]
    governor: Py<Governor>,
    /// The learner, which keeps the outcomes.
    #[pyo3(get)]
    learner: Py<Learner>,
}

#[pymethods]
impl Learning {
    #[new]
    #[pyo3(signature = (
        governor, learner = None, *, outcomes = 20, growth = 0.2, seconds: "float | None" = 3_600.0, folds = 5, seed = 0, at = None
    ))]
    fn new(
        py: Python<'_>,
        governor: Py<Governor>,
        learner: Option<Py<Learner>>,
        #[pyo3(from_py_with = int)] outcomes: i128,
        #[pyo3(from_py_with = args::real::growth)] growth: f64,
        #[pyo3(from_py_with = args::some_real::seconds)] seconds: Option<f64>,
        #[pyo3(from_py_with = int)] folds: i128,
        #[pyo3(from_py_with = int)] seed: i128,
        at: Option<At>,
    ) -> Result<Self> {
        let schedule = Schedule::new(whole("outcomes", outcomes, 0..=usize::MAX)?, growth, seconds)?;
        let of = &governor.get().inner;
        let learner = match learner {
            Some(learner) => learner,
            None => Py::new(py, Learner::over(of.snapshot().estimator.clone(), governor.get().window)?)?,
        };
        let options = options(folds, seed)?;
        let inner = core::Learning::new(of, &learner.get().inner, schedule, options, wall(at))?;
        Ok(Self { inner: Mutex::new(inner), governor, learner })
    }

    /// Reads the outcomes that have come, adds them to the learner and, when it is time, solves and replaces the governor's
    /// estimator. The interpreter is let go meanwhile.
    ///
    /// Args:
    ///     at: The time, in seconds of Unix time; now if not given.
    #[pyo3(signature = (at = None))]
    fn step(&self, py: Python<'_>, at: Option<At>) -> LearningStep {
        let (governor, learner, now) = (self.governor.get(), self.learner.get(), wall(at));
        let step = py.detach(|| {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            inner.step(&governor.inner, &learner.inner, now)
        });
        LearningStep { inner: step }
    }
}

/// The result of one step of a `rheostat.learn.Loop`: the outcomes that it read, and what it changed.
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct LearningStep {
    inner: core::LearningStep,
}

getters! {
    LearningStep, |this| {
        /// Outcomes that were read.
        outcomes: usize = this.inner.outcomes;
        /// Of them, those of plans that are not remembered: older than the learning, of another governor, or too many ago.
        unknown: usize = this.inner.unknown;
        /// Outcomes that the learner keeps.
        rows: usize = this.inner.rows;
        /// Of them, those that came or changed since the solution before this step.
        fresh: usize = this.inner.fresh;
        /// `"waiting"` (it is not time to solve), `"replaced"` (what was solved serves), `"kept"` (the estimator that serves rests on
        /// more outcomes) or `"refused"` (nothing could be solved).
        verdict: Verdict = Verdict(this.inner.verdict.as_str());
        /// The reason why the estimator stays, in words. None if it was replaced, or was not due.
        reason: Option<String> = this.inner.verdict.reason();
        /// The fit of the new solution, with its Brier scores on held-out queries beside those of the prior. None if nothing was
        /// solved.
        report: Option<FitReport> = this.inner.verdict.report().map(FitReport::new);
        /// The governor's version before its estimator was replaced. None where it was not.
        version_before: Option<&str> = this.replacement().map(|replacement| &*replacement.before);
        /// The governor's version since. None where its estimator was not replaced.
        version_after: Option<&str> = this.replacement().map(|replacement| &*replacement.after);
    }
}

#[pymethods]
impl LearningStep {
    /// The change of the ability of each rung with outcomes. Empty if the estimator was not replaced.
    #[getter]
    fn moved<'py>(&self, py: Python<'py>) -> PyResult<Moved<'py>> {
        let moved = self.replacement().map_or(&[][..], |replacement| &replacement.moved);
        Ok(Moved(moved.into_py_dict(py)?))
    }

    fn __repr__(&self) -> String {
        let Self { inner: core::LearningStep { outcomes, unknown, rows, fresh, verdict } } = self;
        let verdict = verdict.as_str();
        format!(
            "LearningStep({verdict:?}, outcomes={outcomes}, unknown={unknown}, rows={rows}, fresh={fresh})"
        )
    }
}

impl LearningStep {
    fn replacement(&self) -> Option<&core::Replacement> {
        match &self.inner.verdict {
            core::Verdict::Replaced(replacement) => Some(replacement),
            _ => None,
        }
    }
}
