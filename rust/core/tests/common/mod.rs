//! Helpers that several test files share.

/// A message names the field and the value of an `Error::Invalid`.
pub(crate) fn refuses(message: &str, what: &str, value: &str) -> bool {
    message.contains(&format!("{what} must be ")) && message.ends_with(&format!(", got {value}"))
}
