//! The reader of failed requests.

use crate::callback::within;
use crate::convert::text;
use crate::error::Result;
use crate::typed::typed;
use crate::whole::{Int, some_whole};
use pyo3::prelude::*;
use rheostat::run::{Action, Failure, FailureKind};
use rheostat_wire::failure as wire;

typed!(Kind(&'static str): "_FailureKind");

/// Reads the kind of a failed request.
///
/// Args:
///     status: The HTTP status.
///     codes: Codes of the error, as its provider wrote them; they tell more than the status.
///
/// Returns:
///     The kind, or None if neither is known as a failure.
#[pyfunction]
#[pyo3(signature = (status = None, codes: "Iterable[str]" = Vec::new()))]
pub(crate) fn read_failure(
    status: Option<Int>,
    #[pyo3(from_py_with = crate::args::names::codes)] codes: Vec<String>,
) -> Result<Option<Kind>> {
    let status = some_whole("status", status, 0..=u16::MAX)?;
    Ok(wire::read(status, codes.iter().map(String::as_str)).map(|kind| Kind(kind.as_str())))
}

/// Reads the seconds of a `Retry-After` header, which may be a date.
///
/// Args:
///     header: The header.
///     now: The Unix time, in seconds.
///
/// Returns:
///     Seconds to wait, or None for a header that is neither a number of seconds nor a date.
#[pyfunction]
#[pyo3(signature = (header: "str", now))]
pub(crate) fn read_retry_after(
    header: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = crate::args::real::now)] now: f64,
) -> Result<Option<f64>> {
    Ok(wire::retry_after(&text(header, "header")?, now))
}

/// Reports a failure by `fail`, which takes it as the core has it.
pub(crate) fn report(
    error: &Bound<'_, PyAny>,
    kind: Option<&str>,
    sent: Option<bool>,
    retry_after: Option<f64>,
    fail: impl FnOnce(&Failure<'_>) -> rheostat::Result<Action>,
) -> Result<Action> {
    let error = within(error.py(), || error.str())?;
    let kind = kind.map(FailureKind::from_name).transpose()?;
    Ok(fail(&Failure::reported(&error.to_string_lossy(), kind, sent, retry_after)?)?)
}
