//! The form in which answers are compared: a kind by its name, or a function of the user's.

use crate::args;
use crate::callback::call;
use crate::convert::{text, utf8};
use crate::error::{Result, wrong_type};
use pyo3::prelude::*;
use pyo3::types::PyString;
use rheostat::vote as core;

/// A kind by its name, or a function.
pub(crate) fn form(normalise: Option<&Bound<'_, PyAny>>) -> Result<(core::Normal, Option<Py<PyAny>>)> {
    let Some(normalise) = normalise else { return Ok((core::Normal::Auto, None)) };
    if let Ok(name) = normalise.cast::<PyString>() {
        return Ok((core::Normal::from_name(&utf8(name)?.0)?, None));
    }
    if normalise.is_callable() {
        return Ok((core::Normal::Exact, Some(normalise.clone().unbind())));
    }
    Err(wrong_type("normalise", normalise, "a name or a function"))
}

/// The user's form of an answer; None when it says nothing.
pub(crate) fn own_form(form: &Py<PyAny>, answer: &Bound<'_, PyString>) -> Result<Option<String>> {
    let key = call(form.bind(answer.py()), (answer,))?;
    if key.is_none() {
        return Ok(None);
    }
    match key.cast::<PyString>() {
        Ok(key) => Ok(Some(utf8(key)?.0.into_owned())),
        Err(_) => Err(wrong_type("what normalise returned", &key, "str or None")),
    }
}

/// An answer's normal form: the form in which votes compare answers. Every text has one, and a normal form is its own.
///
/// Args:
///     answer: The answer.
///     kind: `"auto"`, `"exact"`, `"number"`, `"option"`, `"yes_no"`, `"math"`, `"json"`, `"code"` or `"text"`.
///
/// Raises:
///     UnknownNameError: No such kind.
///
/// Example:
///     >>> import rheostat as rh
///     >>> [rh.votes.normalise(answer) for answer in ["1,000.0", "\\frac{1}{2}", "(B)", "Yes."]]
///     ['1000', '0.5', 'B', 'yes']
///     >>> rh.votes.normalise("b. Paris", kind="option")
///     'B'
#[pyfunction]
#[pyo3(signature = (answer: "str", kind: "_AnswerForm" = "auto"))]
pub(crate) fn normalise(
    answer: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::choice::kind)] kind: &str,
) -> Result<String> {
    Ok(core::Normal::from_name(kind)?.of(&text(answer, "answer")?).into_owned())
}

/// True for a text without a visible character, which is no answer.
#[pyfunction]
#[pyo3(signature = (text: "str"))]
pub(crate) fn is_blank(text: &Bound<'_, PyAny>) -> Result<bool> {
    Ok(core::is_blank(&crate::convert::text(text, "text")?))
}
