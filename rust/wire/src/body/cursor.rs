//! The interface through which a request is walked: bytes of JSON, or objects of a host language.

use crate::text::LazyText;
use crate::weight::Weight;
use rheostat::{Error, Result};

/// The deepest nesting that is read. Requests stay far below it; a cyclic object would never end.
pub const MAX_DEPTH: u32 = rheostat::json::MAX_DEPTH;

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// `null`, or absent.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// A sequence of values.
    Array,
    /// Names with values.
    Object,
    /// Bytes that are no text, as clients have media before they write it as base64.
    Bytes,
    /// Another value that JSON does not have.
    Other,
}

/// A position in a request, on one value at a time. Each method but [`kind`](Self::kind) and [`mark`](Self::mark) consumes the
/// whole value.
///
/// # Errors
/// The input is broken there, or the method does not fit the value's kind.
#[allow(clippy::missing_errors_doc)] // documented once, above
pub trait Cursor<'a>: Sized {
    /// The type of its strings.
    type Text: LazyText<'a>;
    /// A saved position.
    type Mark: Clone;

    /// The kind of the current value.
    fn kind(&mut self) -> Result<ValueKind>;
    /// Reads a string.
    fn text(&mut self) -> Result<Self::Text>;
    /// The number of bytes in a value of bytes.
    fn bytes(&mut self) -> Result<u64> {
        self.skip()?;
        Ok(0)
    }
    /// Reads `true` or `false`.
    fn flag(&mut self) -> Result<bool>;
    /// Reads a number. None unless it is whole, in any spelling; saturates at the bounds of `i64`.
    fn number(&mut self) -> Result<Option<i64>>;
    /// Reads an object: calls `each` with the cursor on each value, and the value's name; `each` must read the value.
    fn object(&mut self, each: impl FnMut(&mut Self, &[u8]) -> Result<()>) -> Result<()>;
    /// Reads an array: calls `each` with the cursor on each value, and its index; `each` must read the value.
    fn array(&mut self, each: impl FnMut(&mut Self, usize) -> Result<()>) -> Result<()>;
    /// Reads any value. Returns the weight of its strings, names and numbers.
    fn measure(&mut self) -> Result<Weight>;
    /// Reads a value that no table names. Values that are no plain data may weigh nothing.
    fn measure_unknown(&mut self) -> Result<Weight> {
        self.measure()
    }
    /// Skips any value.
    fn skip(&mut self) -> Result<()> {
        self.measure().map(|_| ())
    }
    /// Saves the position of the current value.
    fn mark(&mut self) -> Self::Mark;
    /// Goes back to a saved position.
    fn go_to(&mut self, mark: &Self::Mark);
    /// The byte of a saved position, where the cursor reads bytes.
    fn offset(mark: &Self::Mark) -> usize {
        let _ = mark;
        0
    }
    /// Reads to the end of the request, and refuses what follows it.
    fn close(&mut self) -> Result<()> {
        Ok(())
    }
    /// The host's name for the current value's type.
    fn type_name(&mut self) -> String;
    /// Adds the position to an error, if the cursor knows it.
    fn explain(&self, error: Error) -> Error {
        error
    }

    /// The error for the current value: `what` is its place in the request, `wanted` the accepted types.
    fn refuse(&mut self, what: &str, wanted: &str) -> Error {
        let got = self.type_name();
        self.explain(Error::wrong_type(what, got, wanted))
    }
}
