//! The value of a second opinion on a query.

use crate::args;
use crate::getters::getters;
use crate::show::or_none;
use pyo3::prelude::*;
use rheostat::governor as core;

/// The value of a second opinion on a query.
#[pyclass(frozen, module = "rheostat.types")]
pub(crate) struct Information {
    inner: core::Information,
    /// The newest human ask, as far as it is read: the subject of the opinion.
    #[pyo3(get)]
    ask: String,
}

getters! {
    Information, |this| {
        /// Expected saving, in US dollars: the cost of compute and errors on the rung that is planned without it, less that on the
        /// rung that is planned with it (expected value of sample information). None if the policy puts no price on an error.
        usd: Option<f64> = this.inner.usd;
        /// Probability that another rung is planned with it. None under `Guaranteed`, which uses no other opinion.
        change: Option<f64> = this.inner.change;
    }
}

#[pymethods]
impl Information {
    /// Decides if a second opinion is worth asking for: if it is expected to save more than its price or, where an error has no
    /// price, if it is likely enough to change the plan.
    ///
    /// Args:
    ///     price: The opinion's price, in US dollars.
    ///     change: Least probability of another rung, where an error has no price; never enough if not given.
    ///
    /// Returns:
    ///     None if neither applies: the policy prices no error, and `change` is None here or not given.
    #[pyo3(signature = (price, change = None))]
    fn worth(
        &self,
        #[pyo3(from_py_with = args::real::price)] price: f64,
        #[pyo3(from_py_with = args::some_real::change)] change: Option<f64>,
    ) -> Option<bool> {
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
