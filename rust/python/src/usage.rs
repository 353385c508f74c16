//! The reader of providers' usage.

use crate::args;
use crate::convert::text;
use crate::error::Result;
use pyo3::prelude::*;
use rheostat_wire::usage;

/// Counts of input, cached, written, output and reasoning tokens.
type Counts = (Option<u64>, Option<u64>, Option<u64>, Option<u64>, Option<u64>);

/// Reads the usage in a provider's response, in an event of its stream, or in a usage object by itself, as JSON.
///
/// Args:
///     json: The JSON.
///     provider: Read the fields of this provider alone; by default the fields show the provider.
///
/// Returns:
///     The counts of input, cached, written, output and reasoning tokens, and the number of counts that cannot be true; None if
///     there is no usage.
///
/// Raises:
///     UnknownNameError: The table has no such provider.
#[pyfunction]
#[pyo3(signature = (json: "str", provider: "str | None" = None))]
pub(crate) fn read_usage(
    json: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::some_choice::provider)] provider: Option<&str>,
) -> Result<Option<(Counts, u32)>> {
    let json = text(json, "json")?;
    let report = match provider {
        Some(provider) => usage::read_of(json.as_bytes(), provider)?,
        None => usage::read(json.as_bytes()),
    };
    Ok(report.map(|report| {
        let usage = report.usage;
        ((usage.input, usage.cached, usage.written, usage.output, usage.reasoning), report.invalid)
    }))
}
