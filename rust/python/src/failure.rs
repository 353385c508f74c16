//! The reader of failed requests.

use crate::convert::text;
use crate::error::Result;
use crate::typed::typed;
use crate::whole::{Int, some_whole};
use pyo3::prelude::*;
use rheostat::Error;
use rheostat::run::{Failure, FailureKind};
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

/// A failure as the core takes it. Without a kind it is transient, and was sent unless the caller says that it was not.
pub(crate) fn failure<'a>(
    error: &'a str,
    kind: Option<&str>,
    sent: Option<bool>,
    retry_after: Option<f64>,
) -> Result<Failure<'a>> {
    if let Some(seconds) = retry_after.filter(|seconds| seconds.is_nan() || *seconds < 0.0) {
        return Err(Error::invalid("retry_after", seconds, "at least 0 seconds").into());
    }
    let (kind, sent) = match (kind, sent) {
        (Some(kind), sent) => (FailureKind::from_name(kind)?, sent),
        (None, Some(false)) => (FailureKind::Unreached, sent),
        (None, _) => (FailureKind::Transient, Some(true)),
    };
    Ok(Failure { sent, retry_after, ..Failure::new(kind, error) })
}
