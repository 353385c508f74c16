//! Reads tags: their names, their kinds, their ends.

use crate::ask::harness::{HUMAN_NAMES, PROGRAM_ENDINGS, TAGS, TagKind};
use memchr::{memchr, memmem};

use TagKind::Lone;

/// A tag in a text.
pub(super) struct Found<'t> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) name: &'t [u8],
    pub(super) kind: TagKind,
    pub(super) closes: bool,
}

/// The most bytes of a tag with its attributes.
const LONGEST: usize = 256;

/// The kind of a tag, by its name. Names that no table has are [`Lone`] if a program may have made them up.
pub(crate) fn kind_of(name: &[u8]) -> Option<TagKind> {
    if let Ok(tag) = TAGS.binary_search_by(|(known, ..)| known.as_bytes().cmp(name)) {
        return TAGS.get(tag).map(|(_, kind, _)| *kind);
    }
    let capitals = name.len() > 2 && name.iter().all(|b| !b.is_ascii_lowercase());
    let joined = |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase());
    if !(capitals || name.iter().any(|b| matches!(b, b'-' | b'_' | b'.')) || name.windows(2).any(joined)) {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    let human = HUMAN_NAMES.iter().any(|part| memmem::find(&lower, part.as_bytes()).is_some());
    let adds = PROGRAM_ENDINGS.iter().any(|end| lower.ends_with(end.as_bytes()));
    (adds || !human).then_some(Lone)
}

/// The known tag that begins with the `<` at `start`.
pub(super) fn read(text: &[u8], start: usize) -> Option<Found<'_>> {
    let rest = text.get(start + 1..text.len().min(start + LONGEST))?;
    let (closes, rest) = rest.strip_prefix(b"/").map_or((false, rest), |rest| (true, rest));
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
    let length = rest.iter().position(|b| !is_name(b))?;
    let (name, after) = rest.split_at_checked(length)?;
    let kind = name.first().is_some_and(u8::is_ascii_alphabetic).then(|| kind_of(name))??;
    let end = match after {
        [b'>', ..] => 0,
        [b' ' | b'\t' | b'\n' | b'\r', ..] => memchr(b'>', after)?,
        _ => return None,
    };
    if end > 0 && after.get(end - 1) == Some(&b'/') {
        return None;
    }
    let end = start + 1 + usize::from(closes) + length + end + 1;
    Some(Found { start, end, name, kind, closes })
}

/// True if nothing but blanks and tags stands before a tag in its line.
pub(super) fn begins_line(text: &[u8], start: usize) -> bool {
    matches!(before(text, start).last(), None | Some(b'\n' | b'>'))
}

/// True if nothing but blanks and tags stands behind a tag in its line.
pub(super) fn ends_line(text: &[u8], end: usize) -> bool {
    let after = text.get(end..).unwrap_or_default().iter().find(|b| !matches!(b, b' ' | b'\t' | b'\r'));
    matches!(after, None | Some(b'\n' | b'<'))
}

/// The text before a position, without the spaces of its last line.
pub(super) fn before(text: &[u8], at: usize) -> &[u8] {
    let mut before = text.get(..at).unwrap_or_default();
    while let Some((b' ' | b'\t', rest)) = before.split_last() {
        before = rest;
    }
    before
}
