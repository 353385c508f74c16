//! How values are written in a `repr`: as Python writes them.

use pyo3::prelude::*;

/// A truth value.
pub(crate) fn truth(yes: bool) -> &'static str {
    if yes { "True" } else { "False" }
}

/// Writes the value, or `None`.
pub(crate) fn or_none<T>(value: Option<T>, write: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "None".to_owned(), write)
}

/// Writes an object as its class with the named attributes: `Class(name=value, …)`.
pub(crate) fn fields_of<T>(object: &Bound<'_, T>, class: &str, names: &str) -> PyResult<String> {
    let shown = names.split(' ').map(|name| Ok(format!("{name}={}", object.as_any().getattr(name)?.repr()?)));
    Ok(format!("{class}({})", shown.collect::<PyResult<Vec<_>>>()?.join(", ")))
}
