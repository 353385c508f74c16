//! How queries turned out.

use crate::args;
use crate::calibration::Grading;
use crate::clock::{At, wall};
use crate::error::Result;
use crate::features::with_scratch;
use crate::getters::getters;
use crate::governor::Governor;
use crate::plan::Plan;
use crate::typed::typed;
use pyo3::prelude::*;
use rheostat::outcome as core;
use rheostat::query::Query;

typed!(OutcomeKindName(&'static str): "_OutcomeKind");

/// How one query turned out on a rung, as it is kept for calibration and learning.
#[pyclass(frozen, module = "rheostat.types")]
pub(crate) struct Outcome {
    pub(crate) inner: core::Outcome,
}

impl Outcome {
    pub(crate) fn read(
        plan: String,
        rung: &str,
        score: f64,
        kind: &str,
        at: Option<At>,
    ) -> Result<core::Outcome> {
        let kind = core::OutcomeKind::from_name(kind)?;
        Ok(core::Outcome { plan_id: plan, rung: rung.to_owned(), score, kind, at: wall(at) })
    }
}

getters! {
    Outcome, |this| {
        /// The plan's id.
        plan_id: &str = &this.inner.plan_id;
        /// The rung's name.
        rung: &str = &this.inner.rung;
        /// How good it was, in [0, 1].
        score: f64 = this.inner.score;
        /// How that is known, such as `"graded"`.
        kind: OutcomeKindName = OutcomeKindName(this.inner.kind.as_str());
        /// When it was reported, in seconds of Unix time.
        at: f64 = this.inner.at;
    }
}

#[pymethods]
impl Outcome {
    fn __repr__(&self) -> String {
        let o = &self.inner;
        format!("Outcome({:?}, rung={:?}, score={}, kind={:?})", o.plan_id, o.rung, o.score, o.kind.as_str())
    }
}

#[pymethods]
impl Governor {
    /// Reports how a query turned out, now or hours later, from any process. Outcomes are kept, within bounds, until
    /// the host drains them.
    ///
    /// Args:
    ///     plan: The plan's id.
    ///     rung: The name of the rung that gave the answer.
    ///     score: How good it was, in [0, 1].
    ///     kind: How that is known: `"graded"`, or another name that the error for a wrong one lists.
    ///     at: When, in seconds of Unix time; now if not given.
    ///
    /// Raises:
    ///     InvalidValueError: The score is outside [0, 1], or the id is no plan's.
    ///     UnknownNameError: No such rung or kind.
    #[pyo3(signature = (plan, *, rung, score, kind: "_OutcomeKind" = "graded", at = None))]
    fn outcome(
        &self,
        #[pyo3(from_py_with = args::text::plan)] plan: String,
        #[pyo3(from_py_with = args::text::rung)] rung: String,
        #[pyo3(from_py_with = args::real::score)] score: f64,
        #[pyo3(from_py_with = args::choice::kind)] kind: &str,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<()> {
        Ok(self.inner.outcome(Outcome::read(plan, &rung, score, kind, at)?)?)
    }

    /// The outcomes that are kept, oldest first.
    fn outcomes(&self) -> Vec<Outcome> {
        self.inner.outcomes().into_iter().map(|inner| Outcome { inner }).collect()
    }

    /// The outcomes that are kept, oldest first; they are kept no longer.
    fn drain_outcomes(&self) -> Vec<Outcome> {
        self.inner.drain_outcomes().into_iter().map(|inner| Outcome { inner }).collect()
    }

    /// Decides if a plan's answer should be graded. The share drawn is about `rate` for an average query, up to four times that
    /// for the most informative and a quarter for the least. Weigh graded answers by 1 / propensity, and means are unbiased. One
    /// plan gives one decision.
    ///
    /// Args:
    ///     plan: The plan.
    ///     rate: The share of mean queries to grade, above 0 and at most 1.
    ///
    /// Raises:
    ///     InvalidValueError: The rate is out of bounds.
    #[pyo3(signature = (plan, rate = 0.05))]
    fn should_grade(
        &self,
        py: Python<'_>,
        plan: &Bound<'_, Plan>,
        #[pyo3(from_py_with = args::real::rate)] rate: f64,
    ) -> Result<Grading> {
        let plan = plan.get();
        let decide = |query: &Query<'_>| {
            with_scratch(|scratch| self.inner.should_grade(&plan.inner, &query.ask, rate, scratch))
        };
        Ok(Grading::new(plan.source.with_query(py, self.window.bytes, decide)??))
    }
}
