//! Blocks with the rows of the table that know them, to be shown.

use super::sweep::sweep;
use super::tag::read;
use crate::ask::harness::{TAGS, TagKind};

use TagKind::{Args, Document, Generic, Human, Injected, Lone, Output, Task};

/// A block, with the row of the table that knows its tag.
pub(crate) struct TagRow {
    pub(crate) name: String,
    /// The content of the block, in words.
    pub(crate) kind: &'static str,
    pub(crate) source: &'static str,
    pub(crate) range: std::ops::Range<usize>,
}

/// The outermost blocks of a text, to be shown.
pub(crate) fn tags(text: &[u8]) -> impl Iterator<Item = TagRow> {
    sweep(text, None, |_| true).into_iter().filter_map(|block| {
        let name = read(text, block.start)?.name;
        let known = TAGS.iter().find(|(known, ..)| known.as_bytes() == name);
        let kind = match block.kind {
            Injected => "block of a program",
            Generic => "block of a common name",
            Document => "document",
            Human | Task => "the human's words",
            Args => "arguments of a command",
            Output => "tool result",
            Lone => "block of an unknown name",
        };
        let name = String::from_utf8_lossy(name).into_owned();
        Some(TagRow {
            name,
            kind,
            source: known.map_or("in no row", |row| row.2),
            range: block.start..block.end,
        })
    })
}
