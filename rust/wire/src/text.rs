//! Texts of a request that are converted only as far as they are read.

use crate::weight::{Sampler, Weight};
use rheostat::Result;
use rheostat::query::Sink;

/// A string that is converted only as far as it fits the window.
pub trait LazyText<'a> {
    /// Length in bytes of UTF-8.
    fn bytes(&self) -> usize;
    /// Its bytes without a copy, if it has them for the whole lifetime.
    fn borrowed(&self) -> Option<&'a [u8]>;
    /// Its first byte that is no ASCII white space. Any byte from 0x80 on stands for a character outside ASCII.
    fn first(&self) -> Option<u8>;
    /// True if it may contain `<` or `>`. A wrong yes costs time only.
    fn has_marks(&self) -> bool;
    /// Its bytes as they are written, perhaps with the escapes of JSON.
    fn raw(&self) -> &[u8];
    /// Calls `f` with the bytes of a short string, such as a name. A long one may be cut.
    fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R;
    /// Writes it to a sink, piece by piece.
    fn write<S: Sink>(&self, sink: &mut S);
    /// True if a lone surrogate in it reads as U+FFFD.
    fn is_repaired(&self) -> bool {
        false
    }
    /// Its weight.
    fn weight(&self) -> Weight {
        if let Some(text) = self.borrowed() {
            return Weight::of(text);
        }
        let mut sampler = Sampler::default();
        self.write(&mut sampler);
        sampler.finish()
    }
}

/// A reader that can go back to a message and read its texts.
pub(crate) trait Texts<'a> {
    type Mark: Clone;
    type Text: LazyText<'a>;

    /// Calls `each` with each text of the message, in order. The reader's position stays the same.
    fn texts(&mut self, mark: &Self::Mark, each: &mut dyn FnMut(&Self::Text)) -> Result<()>;
}
