//! The decisions about many queries, as arrays.

use crate::error::Result;
use crate::rung::{Rung, Rungs, rung};
use crate::typed::Array;
use numpy::PyArrayMethods;
use pyo3::prelude::*;
use rheostat::governor::BatchRow;

/// The decisions about many queries: the fields of `Plan` as arrays, one value for each text.
#[pyclass(frozen, module = "rheostat.types")]
pub(crate) struct PlanBatch {
    rungs: Rungs,
    /// Each query's rung, by its index on the ladder.
    #[pyo3(get)]
    rung: Array<u32>,
    /// Budget for thinking, in tokens per sample.
    #[pyo3(get)]
    thinking_tokens: Array<u64>,
    /// Number of samples to draw.
    #[pyo3(get)]
    samples: Array<u32>,
    /// Rounds.
    #[pyo3(get)]
    depth: Array<u32>,
    /// Probability, in [0, 1], that the rung answers correctly.
    #[pyo3(get)]
    p_correct: Array<f64>,
    /// How difficult the query is, in [0, 1].
    #[pyo3(get)]
    difficulty: Array<f64>,
    /// Share, in [0, 1], of this deployment's queries that were easier than each; NaN unless the policy is `Shares` and decided.
    #[pyo3(get)]
    quantile: Array<f64>,
    /// Share of each query, in [0, 1], that is like anything in training.
    #[pyo3(get)]
    coverage: Array<f64>,
    /// Expected input tokens.
    #[pyo3(get)]
    input_tokens: Array<u32>,
}

impl PlanBatch {
    pub(crate) fn new(py: Python<'_>, rows: &[BatchRow], rungs: Rungs) -> Self {
        let small = |f: fn(&BatchRow) -> u32| Array::of(py, rows.iter().map(f));
        let real = |f: fn(&BatchRow) -> f64| Array::of(py, rows.iter().map(f));
        Self {
            rungs,
            rung: small(|r| r.rung as u32),
            thinking_tokens: Array::of(py, rows.iter().map(|r| r.thinking_tokens)),
            samples: small(|r| r.samples),
            depth: small(|r| r.depth),
            p_correct: real(|r| r.p_correct),
            difficulty: real(|r| r.estimate.difficulty),
            quantile: real(|r| r.quantile.unwrap_or(f64::NAN)),
            coverage: real(|r| r.estimate.coverage),
            input_tokens: small(|r| r.estimate.input_tokens),
        }
    }
}

#[pymethods]
impl PlanBatch {
    /// Each query's rung, as objects.
    fn rungs(&self, py: Python<'_>) -> Result<Vec<Py<Rung>>> {
        let indices = self.rung.0.bind(py).readonly().as_array().to_vec();
        indices.into_iter().map(|i| rung(py, &self.rungs, i as usize)).collect()
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.rung.0.bind(py).len().unwrap_or(0)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("PlanBatch({} queries)", self.__len__(py))
    }
}
