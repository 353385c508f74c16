//! Builds an ask from its pieces: cut to the window, repaired, and without blocks.

use super::block::strip;
use super::cursor::LazyText;
use super::cut::{Cut, Cutter};
use super::{Query, Request, Structure, Turn};
use crate::error::Result;
use std::borrow::Cow;

/// An ask, with the sizes of the text that it was read from.
#[derive(Debug, Default)]
pub(super) struct Ask<'a> {
    pub(super) words: Cow<'a, [u8]>,
    /// Bytes of the ask before it was cut.
    pub(super) bytes: u64,
    /// Bytes of the blocks in it.
    pub(super) blocks: u64,
    repaired: bool,
    planning: bool,
}

/// Reads an ask of `total` bytes. `pieces` calls its argument with each piece in turn; line feeds join them.
pub(super) fn gather<'a, T: LazyText<'a>>(
    total: usize,
    cap: usize,
    pieces: impl FnOnce(&mut dyn FnMut(&T)) -> Result<()>,
) -> Result<Ask<'a>> {
    let mut whole = None;
    let mut cutter = Cutter::new(total, cap);
    let mut first = true;
    pieces(&mut |piece| {
        if total <= cap && piece.bytes() == total {
            whole = piece.borrowed();
        }
        if whole.is_none() {
            if !first {
                cutter.push(b"\n");
            }
            piece.write(&mut cutter);
        }
        first = false;
    })?;
    let cut = match whole {
        Some(text) => return Ok(Ask::whole(text, total, cap)),
        None => cutter.finish(),
    };
    Ok(Ask::new(Cow::Owned(cut.text), cut.seam, cut.gap, total, cap))
}

impl<'a> Ask<'a> {
    /// Reads a text.
    pub(super) fn of(text: &'a [u8], cap: usize) -> Self {
        if text.len() <= cap {
            return Self::whole(text, text.len(), cap);
        }
        let Cut { text: cut, seam, gap } = cut(text, cap);
        Self::new(Cow::Owned(cut), seam, gap, text.len(), cap)
    }

    /// Reads a text that is known to be UTF-8.
    pub(super) fn of_str(text: &'a str, cap: usize) -> Self {
        if text.len() <= cap {
            return Self::put(Cow::Borrowed(text.as_bytes()), None, 0, text.len(), false);
        }
        Self::of(text.as_bytes(), cap)
    }

    fn whole(text: &'a [u8], total: usize, cap: usize) -> Self {
        Self::new(Cow::Borrowed(text), None, 0, total, cap)
    }

    fn new(text: Cow<'a, [u8]>, seam: Option<usize>, gap: u64, total: usize, cap: usize) -> Self {
        let repaired = std::str::from_utf8(&text).is_err();
        let (text, seam, gap) = if repaired { repair(&text, seam, gap, cap) } else { (text, seam, gap) };
        Self::put(text, seam, gap, total, repaired)
    }

    fn put(text: Cow<'a, [u8]>, seam: Option<usize>, gap: u64, total: usize, repaired: bool) -> Self {
        let words = strip(text, seam);
        let blocks = (words.removed + if words.gap { gap } else { 0 }).min(total as u64);
        Self { words: words.text, bytes: total as u64 - blocks, blocks, repaired, planning: words.planning }
    }

    /// Makes the query of this ask.
    pub(super) fn into_query(
        self,
        mut structure: Structure,
        mut request: Request<'a>,
        turn: Turn,
    ) -> Query<'a> {
        request.planning |= self.planning;
        let s = &mut structure;
        s.ask_bytes = self.bytes;
        s.document_bytes += self.blocks;
        s.repaired |= self.repaired;
        s.total_bytes = s.system_bytes + s.history_bytes + s.tool_result_bytes + s.tool_bytes;
        s.total_bytes += s.document_bytes + s.ask_bytes;
        Query { ask: self.words, turn, structure, request }
    }
}

fn cut(text: &[u8], cap: usize) -> Cut {
    let mut cutter = Cutter::new(text.len(), cap);
    cutter.push(text);
    cutter.finish()
}

/// Replaces bytes that are not UTF-8 by U+FFFD. Each grows to three bytes, so the text may need another cut.
#[cold]
fn repair<'a>(text: &[u8], seam: Option<usize>, gap: u64, cap: usize) -> (Cow<'a, [u8]>, Option<usize>, u64) {
    let (head, tail) = text.split_at(seam.unwrap_or(text.len()));
    let mut repaired = String::from_utf8_lossy(head).into_owned();
    let seam = seam.map(|_| repaired.len());
    repaired.push_str(&String::from_utf8_lossy(tail));
    if repaired.len() <= cap + 1 {
        return (Cow::Owned(repaired.into_bytes()), seam, gap);
    }
    let again = cut(repaired.as_bytes(), cap);
    (Cow::Owned(again.text), again.seam, gap + again.gap)
}
