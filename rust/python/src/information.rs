//! What a second opinion may do to a plan.

use crate::show::or_none;
use pyo3::prelude::*;
use rheostat::governor as core;

/// What a second opinion may do to a plan.
#[pyclass(frozen, module = "rheostat.types")]
pub(crate) struct Information {
    inner: core::Information,
    /// The newest human ask, as far as it is read: what a second opinion is about.
    #[pyo3(get)]
    ask: String,
}

#[pymethods]
impl Information {
    /// What it is expected to save, in US dollars: the price of compute and of errors on the rung that is planned without it,
    /// less that on the rung that is planned with it (the expected value of sample information). None where the policy puts no
    /// price on an error.
    #[getter]
    fn usd(&self) -> Option<f64> {
        self.inner.usd
    }

    /// How likely it is that another rung is planned with it. None under `Guaranteed`, which goes by no other opinion.
    #[getter]
    fn change(&self) -> Option<f64> {
        self.inner.change
    }

    /// Decides if a second opinion is worth asking for: where an error has a price, if it is expected to save more than its own;
    /// elsewhere, if it is likely enough to change the plan.
    ///
    /// Args:
    ///     price: The opinion's price, in US dollars.
    ///     change: The least chance that it changes the plan, where an error has no price; no chance is enough if not given.
    ///
    /// Returns:
    ///     None where neither says: the policy prices no error, and `change` is None here or not given.
    #[pyo3(signature = (price, change = None))]
    fn worth(&self, price: f64, change: Option<f64>) -> Option<bool> {
        self.inner.worth(price, change)
    }

    fn __repr__(&self) -> String {
        let shown = |x: Option<f64>| or_none(x, |x| format!("{x:?}"));
        format!("Information(usd={}, change={})", shown(self.inner.usd), shown(self.inner.change))
    }
}

impl Information {
    pub(crate) fn new(inner: core::Information, ask: String) -> Self {
        Self { inner, ask }
    }
}
