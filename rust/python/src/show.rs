//! How values are written in a `repr`: as Python writes them.

/// A truth value.
pub(crate) fn truth(yes: bool) -> &'static str {
    if yes { "True" } else { "False" }
}

/// What there is, or None.
pub(crate) fn or_none<T>(value: Option<T>, write: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "None".to_owned(), write)
}
