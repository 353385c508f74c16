//! The deserializer's error: a core error, and the path of the refused value. serde's own errors are sentences; these keep their
//! kind, so that each host raises the exception that fits.

use rheostat::Error;
use serde::de::{self, Expected, Unexpected};
use std::fmt;

/// Characters of a key that a path shows.
const MOST_SHOWN: usize = 64;
/// The offset of an error whose value has not been placed yet.
const UNPLACED: usize = usize::MAX;

/// An error, and the path from its table to the value.
#[derive(Debug)]
pub(crate) struct Fault {
    error: Error,
    path: String,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self { error, path: String::new() }
    }
}

impl Fault {
    /// Notes the value's byte in the text, unless an inner value has noted its own.
    pub(crate) fn at(mut self, byte: usize) -> Self {
        if let Error::Malformed { offset, .. } = &mut self.error
            && *offset == UNPLACED
        {
            *offset = byte;
        }
        self
    }

    /// Puts a key, an index such as `[0]`, or a table's name before the path.
    pub(crate) fn under(mut self, key: &str) -> Self {
        let sign =
            if key.is_empty() || self.path.is_empty() || self.path.starts_with('[') { "" } else { ": " };
        self.path = format!("{}{sign}{}", shown(key), self.path);
        self
    }

    /// True if a table has a field that it does not know.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self.error, Error::Unknown { .. })
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        fault.error.within(&fault.path)
    }
}

/// A key as messages show it.
pub(crate) fn shown(key: &str) -> String {
    match key.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", &key[..end]),
        None => key.to_owned(),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.clone().within(&self.path).fmt(f)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    /// A sentence of the value's own type, such as of an address that does not parse.
    fn custom<T: fmt::Display>(message: T) -> Self {
        Error::malformed("", UNPLACED, message.to_string()).into()
    }

    fn invalid_type(got: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        let got = match got {
            Unexpected::Bool(_) => "boolean",
            Unexpected::Unsigned(_) | Unexpected::Signed(_) => "integer",
            Unexpected::Float(_) => "float",
            Unexpected::Char(_) | Unexpected::Str(_) => "string",
            Unexpected::Seq => "array",
            Unexpected::Map | Unexpected::Enum | Unexpected::StructVariant => "table",
            other => return Error::wrong_type("", other.to_string(), wanted.to_string()).into(),
        };
        Error::wrong_type("", got, wanted.to_string()).into()
    }

    fn invalid_value(got: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Error::invalid("", got, wanted.to_string()).into()
    }

    fn invalid_length(length: usize, wanted: &dyn Expected) -> Self {
        Error::invalid("", format!("{length} items"), wanted.to_string()).into()
    }

    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Self {
        Error::unknown("name", name, known.iter().copied()).into()
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        Error::unknown("field", name, known.iter().copied()).into()
    }

    fn missing_field(name: &'static str) -> Self {
        Error::invalid(name, "none", "given").into()
    }
}
