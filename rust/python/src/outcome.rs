//! How queries turned out.

use crate::clock::wall;
use crate::error::Result;
use crate::typed::typed;
use pyo3::prelude::*;
use rheostat::outcome as core;

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
        at: Option<f64>,
    ) -> Result<core::Outcome> {
        let kind = core::OutcomeKind::from_name(kind)?;
        Ok(core::Outcome { plan_id: plan, rung: rung.to_owned(), score, kind, at: wall(at) })
    }
}

#[pymethods]
impl Outcome {
    /// The plan's id.
    #[getter]
    fn plan_id(&self) -> &str {
        &self.inner.plan_id
    }

    /// The rung's name.
    #[getter]
    fn rung(&self) -> &str {
        &self.inner.rung
    }

    /// How good it was, in [0, 1].
    #[getter]
    fn score(&self) -> f64 {
        self.inner.score
    }

    /// How that is known, such as `"graded"`.
    #[getter]
    fn kind(&self) -> OutcomeKindName {
        OutcomeKindName(self.inner.kind.as_str())
    }

    /// When it was reported, in seconds of Unix time.
    #[getter]
    fn at(&self) -> f64 {
        self.inner.at
    }

    fn __repr__(&self) -> String {
        let o = &self.inner;
        format!("Outcome({:?}, rung={:?}, score={}, kind={:?})", o.plan_id, o.rung, o.score, o.kind.as_str())
    }
}
