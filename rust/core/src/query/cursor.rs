//! How a request is walked, whatever it is made of: bytes of JSON, or a host language's own objects.

use super::cut::Cutter;
use crate::error::{Error, Result};

/// Nesting deeper than this is refused: no provider's request comes near it, and a cyclic object never ends.
pub const MAX_DEPTH: u32 = crate::json::MAX_DEPTH;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
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
    /// Something that JSON has no word for.
    Other,
}

/// A string, of which only what fits the window is ever converted.
pub trait Text<'a> {
    /// Its length in bytes of UTF-8.
    fn bytes(&self) -> usize;
    /// Its bytes without a copy, where it has them at hand for long enough.
    fn borrowed(&self) -> Option<&'a [u8]>;
    /// Its first byte that is no ASCII white space; any byte from 0x80 on stands for a character that is not ASCII.
    fn first(&self) -> Option<u8>;
    /// Whether a `<` or a `>` may be in it. To say yes where there is none costs time, and nothing else.
    fn has_marks(&self) -> bool;
    /// Calls `f` with the bytes of a short string, such as a name. Of a long one it may get a part.
    fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R;
    /// Hands it over, piece by piece.
    fn write(&self, cutter: &mut Cutter);
}

/// Stands on one value at a time. Each method but [`kind`](Self::kind) and [`mark`](Self::mark) reads the value that
/// it stands on, whole, and goes past it.
///
/// # Errors
/// The input is broken there, or the method does not fit the value's kind.
#[allow(clippy::missing_errors_doc)] // said once, above
pub trait Cursor<'a>: Sized {
    /// What its strings are.
    type Text: Text<'a>;
    /// What brings it back to a value.
    type Mark: Clone;

    /// What it stands on.
    fn kind(&mut self) -> Result<Kind>;
    /// A string.
    fn text(&mut self) -> Result<Self::Text>;
    /// `true` or `false`.
    fn flag(&mut self) -> Result<bool>;
    /// A number, if it is whole and from 0 to 2⁶⁴ − 1.
    fn number(&mut self) -> Result<Option<u64>>;
    /// An object: `each` is called with the cursor on each value, and the value's name; it must read the value.
    fn object(&mut self, each: impl FnMut(&mut Self, &[u8]) -> Result<()>) -> Result<()>;
    /// An array: `each` is called with the cursor on each value, and its index; it must read the value.
    fn array(&mut self, each: impl FnMut(&mut Self, usize) -> Result<()>) -> Result<()>;
    /// Any value: how many bytes the strings in it have, names included.
    fn measure(&mut self) -> Result<u64>;
    /// Any value that nobody asks for.
    fn skip(&mut self) -> Result<()> {
        self.measure().map(|_| ())
    }
    /// A mark at the value that it stands on.
    fn mark(&mut self) -> Self::Mark;
    /// Goes back to a mark.
    fn go_to(&mut self, mark: &Self::Mark);
    /// The type of the value that it stands on, as the host calls it.
    fn type_name(&mut self) -> String;
    /// An error about a request, with whatever the cursor knows about where it stands.
    fn explain(&self, error: Error) -> Error {
        error
    }

    /// The error for the value that it stands on: `what` it is in the request, and what would have been accepted.
    fn refuse(&mut self, what: &str, wanted: &str) -> Error {
        let got = self.type_name();
        self.explain(Error::wrong_type(what, got, wanted))
    }
}
