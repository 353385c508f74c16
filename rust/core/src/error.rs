//! The core's error type. Each variant names the refused value and the bound that it broke, so that its reader can correct a
//! configuration or a request.

use std::fmt;

/// Errors of the core. Bindings map each variant to one exception.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value outside its bound.
    #[error("{what} must be {bound}, got {value}")]
    Invalid {
        /// The field or argument, as the caller knows it.
        what: String,
        /// The value that was given.
        value: String,
        /// The values that are accepted.
        bound: String,
    },
    /// A value of the wrong type.
    #[error("{what}: got {got}, wanted {wanted}")]
    WrongType {
        /// The field or argument, as the caller knows it.
        what: String,
        /// The type that was given.
        got: String,
        /// The type that would have been accepted.
        wanted: String,
    },
    /// A name that is not in its table.
    #[error("{}unknown {kind} {name:?}; known: {known}", if .place.is_empty() { String::new() } else { format!("{}: ", .place) })]
    Unknown {
        /// The place where it stands, such as a file and a table; empty if the caller knows it.
        place: String,
        /// The kind of name: "rung", "policy", "vote rule" …
        kind: String,
        /// The name that was given.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// A model artifact that is damaged, too large, or of another version.
    #[error("artifact refused: {reason}")]
    Artifact {
        /// The check that failed, with its numbers.
        reason: String,
    },
    /// Input that does not parse.
    #[error("{what} is malformed at byte {offset}: {reason}")]
    Malformed {
        /// The input that was read.
        what: String,
        /// The byte where reading stopped.
        offset: usize,
        /// The fault at that byte.
        reason: String,
    },
    /// A reservation that does not fit a cap.
    #[error("{cap}: {wanted} wanted, {left} left")]
    Denied {
        /// The cap that it does not fit.
        cap: Bound,
        /// The amount that was asked for, in the cap's unit.
        wanted: f64,
        /// The amount that is left, in the cap's unit.
        left: f64,
    },
    /// A call that does not fit the state of the object, such as a second `finish`.
    #[error("{what}")]
    State {
        /// The call, and why the state rules it out.
        what: String,
    },
}

/// A cap of the ledger, as a refusal names it: `tenant usd per 86400 s`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// The payer: `"query"`, `"session"`, `"tenant"` or `"fleet"`; `"ledger"` for the ledger's own size.
    pub scope: &'static str,
    /// The unit: `"tokens"`, `"usd"`, `"escalated_usd"`, `"accounts"` or `"reservations"`.
    pub part: &'static str,
    /// The window in seconds; none for a cap without a window.
    pub period: Option<f64>,
}

impl Bound {
    /// The unit of a cap on escalated spend: dollars for calls above the entry rung.
    pub const ESCALATED: &'static str = "escalated_usd";
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.scope, self.part)?;
        self.period.map_or(Ok(()), |period| write!(f, " per {period} s"))
    }
}

/// Characters of a value that a message shows: messages go to logs.
const MOST_SHOWN: usize = 160;

/// The core's result type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A value outside its bound.
    pub fn invalid(what: impl Into<String>, value: impl ToString, bound: impl Into<String>) -> Self {
        Self::Invalid { what: short(what.into()), value: short(value.to_string()), bound: bound.into() }
    }

    /// A value of the wrong type.
    pub fn wrong_type(what: impl Into<String>, got: impl Into<String>, wanted: impl Into<String>) -> Self {
        Self::WrongType { what: what.into(), got: got.into(), wanted: wanted.into() }
    }

    /// A name that is not in its table; `known` are the names that are.
    pub fn unknown<'a>(
        kind: impl Into<String>,
        name: impl Into<String>,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        Self::Unknown { place: String::new(), kind: kind.into(), name: short(name.into()), known }
    }

    /// Puts a place before the name of the refused value, such as a file or a table in it. A message that begins with the place
    /// stays as it is. A refusal by a cap has no place.
    ///
    /// ```
    /// use rheostat::Error;
    /// let error = Error::invalid("samples", 0, "at least 1").within("rung \"fast\"").within("ladder.toml");
    /// assert_eq!(error.to_string(), "ladder.toml: rung \"fast\": samples must be at least 1, got 0");
    /// ```
    #[must_use]
    pub fn within(mut self, place: &str) -> Self {
        let what = match &mut self {
            Self::Invalid { what, .. }
            | Self::WrongType { what, .. }
            | Self::Malformed { what, .. }
            | Self::State { what } => what,
            Self::Unknown { place, .. } => place,
            Self::Artifact { reason } => reason,
            Self::Denied { .. } => return self,
        };
        let rest = what.strip_prefix(place);
        if what.is_empty() {
            place.clone_into(what);
        } else if !place.is_empty() && rest.is_none_or(|rest| !rest.is_empty() && !rest.starts_with(": ")) {
            *what = format!("{place}: {what}");
        }
        self
    }

    /// A damaged, oversized or foreign artifact.
    pub fn artifact(reason: impl Into<String>) -> Self {
        Self::Artifact { reason: reason.into() }
    }

    /// Input that does not parse, with the byte where reading stopped.
    pub fn malformed(what: impl Into<String>, offset: usize, reason: impl Into<String>) -> Self {
        Self::Malformed { what: what.into(), offset, reason: reason.into() }
    }

    /// A reservation that does not fit a cap.
    pub fn denied(cap: Bound, wanted: f64, left: f64) -> Self {
        Self::Denied { cap, wanted, left }
    }

    /// A call that does not fit the state of its object.
    pub fn state(what: impl Into<String>) -> Self {
        Self::State { what: what.into() }
    }
}

/// Cuts a value to the length that a message shows.
fn short(text: String) -> String {
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text,
    }
}

/// Tests: a message names the field and the value of an [`Error::Invalid`].
#[cfg(test)]
pub(crate) fn refuses(message: &str, what: &str, value: &str) -> bool {
    message.contains(&format!("{what} must be ")) && message.ends_with(&format!(", got {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_value_and_bound() {
        let text = Error::invalid("rung \"fast\": samples", 0, "at least 1").to_string();
        assert_eq!(text, "rung \"fast\": samples must be at least 1, got 0");
        let text = Error::unknown("rung", "fats", ["fast", "deep"]).to_string();
        assert_eq!(text, "unknown rung \"fats\"; known: fast, deep");
        let text = Error::invalid("name", "é".repeat(1_000), "short").to_string();
        assert_eq!(text, format!("name must be short, got {}… (2000 bytes)", "é".repeat(160)));
        let text = Error::unknown("rung", "fats", ["fast"]).within("a").within("b").to_string();
        assert_eq!(text, "b: a: unknown rung \"fats\"; known: fast");
        let text = Error::wrong_type("", "array", "a string").within("a").within("a").to_string();
        assert_eq!(text, "a: got array, wanted a string");
        let text = Error::malformed("body", 7, "expected a string").to_string();
        assert_eq!(text, "body is malformed at byte 7: expected a string");
    }
}
