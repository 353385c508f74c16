//! The scorer of a rung.

use crate::args;
use crate::error::Result;
use crate::getters::getters;
use crate::values::{Arguments, arguments};
use crate::whole::{Int, int, some_whole, whole};
use pyo3::prelude::*;
use pyo3::types::PyString;
use rheostat::strategy as core;

/// A model that scores the answers of a rung, in calls of their own (`Call.kind` is `"score"`), paid from the query's account.
///
/// Args:
///     model: Model that the host sends the answers to: a reward model, or a model that judges.
///     tokens: Room for one reply, in tokens, at least 1.
///     input_price: US dollars per million input tokens: the query and the answer that is scored.
///     output_price: US dollars per million output tokens.
///     width: The most answers among which it is asked to choose, as `learn.ScoreWorth` finds it; a plan draws no more. None: as many
///         as the rung has samples.
///
/// Raises:
///     InvalidValueError: A value is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> scorer = rh.Scorer("reward-model", input_price=0.05, width=4)
///     >>> rh.Rung("many", samples=8, best="score", scorer=scorer).scorer.width
///     4
#[pyclass(frozen, eq, from_py_object, module = "rheostat")]
#[derive(PartialEq, Clone)]
pub(crate) struct Scorer {
    pub(crate) inner: core::Scorer,
}

getters! {
    Scorer, |this| {
        /// Name of the model that the host sends the answers to.
        model: &str = &this.inner.model;
        /// Room for one reply, in tokens.
        tokens: u64 = this.inner.tokens;
        /// US dollars per million input tokens.
        input_price: f64 = this.inner.input_price;
        /// US dollars per million output tokens.
        output_price: f64 = this.inner.output_price;
        /// The most answers among which it is asked to choose, or None.
        width: Option<u32> = this.inner.width;
    }
}

#[pymethods]
impl Scorer {
    #[new]
    #[pyo3(signature = (model, *, tokens = 16, input_price = 0.0, output_price = 0.0, width = None))]
    fn new(
        #[pyo3(from_py_with = args::text::model)] model: String,
        #[pyo3(from_py_with = int)] tokens: i128,
        #[pyo3(from_py_with = args::real::input_price)] input_price: f64,
        #[pyo3(from_py_with = args::real::output_price)] output_price: f64,
        width: Option<Int>,
    ) -> Result<Self> {
        let tokens = whole("scorer: tokens", tokens, 1..=u64::MAX)?;
        let width = some_whole("scorer: width", width, 1..=u32::MAX)?;
        let inner = core::Scorer { model, tokens, input_price, output_price, width };
        inner.validate()?;
        Ok(Self { inner })
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, &self.inner.model).hash()
    }

    fn __getnewargs_ex__<'py>(slf: &Bound<'py, Self>) -> PyResult<Arguments<'py>> {
        arguments(slf, "model tokens input_price output_price width")
    }

    fn __repr__(&self) -> String {
        let core::Scorer { model, width, .. } = &self.inner;
        let width = width.map_or_else(String::new, |width| format!(", width={width}"));
        format!("Scorer({model:?}{width})")
    }
}
