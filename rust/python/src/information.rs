//! What a second opinion may do to a plan.

use crate::show::or_none;
use pyo3::prelude::*;
use rheostat::governor as core;

/// What a second opinion may do to a plan.
#[pyclass(frozen, get_all, module = "rheostat")]
pub(crate) struct Information {
    /// What it is expected to save, in US dollars: the price of compute and of errors on the rung that is planned without it,
    /// less that on the rung that is planned with it (the expected value of sample information). None where the policy puts no
    /// price on an error.
    pub(crate) usd: Option<f64>,
    /// How likely it is that another rung is planned with it. None under `Guaranteed`, which goes by no other opinion.
    change: Option<f64>,
    /// What it would be asked about: the newest human ask, as far as it is read.
    ask: String,
}

impl Information {
    pub(crate) fn new(known: core::Information, ask: String) -> Self {
        Self { usd: known.usd, change: known.change, ask }
    }
}

#[pymethods]
impl Information {
    fn __repr__(&self) -> String {
        let shown = |x: Option<f64>| or_none(x, |x| format!("{x:?}"));
        format!("Information(usd={}, change={})", shown(self.usd), shown(self.change))
    }
}
