//! Builds an ask from its pieces: cut to the window, repaired, and without blocks.

use super::block::{Words, may_hold, strip};
use super::cursor::LazyText;
use super::cut::{Cut, Cutter, Sink};
use super::protocol::queued;
use super::texts::Texts;
use super::weight::Weight;
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
    pub(super) repaired: bool,
    /// The last statement of its blocks about plan mode.
    pub(super) planning: Option<bool>,
    /// The weight of the message that it was read from.
    pub(super) message: Weight,
    /// True if a wrapper marks the words as the human's own.
    pub(super) wrapped: bool,
}

/// A text of up to this many windows is searched for blocks as a whole, before it is cut. A longer one is cut first.
const WINDOWS: usize = 512;

/// Reads the ask of a message.
pub(super) fn gather<'a, C: Texts<'a>>(c: &mut C, mark: &C::Mark, cap: usize) -> Result<Ask<'a>> {
    let (mut whole, mut total, mut marks, mut lone) = (None, 0, false, false);
    let mut pieces = 0;
    c.texts(mark, &mut |piece| {
        marks |= piece.has_marks();
        lone |= piece.is_repaired();
        total += piece.bytes() + usize::from(pieces > 0);
        pieces += 1;
        whole = piece.borrowed();
    })?;
    if let Some(text) = whole.filter(|_| pieces == 1) {
        return Ok(Ask::of(text, cap));
    }
    let room = if marks && total <= cap.saturating_mul(WINDOWS) { total } else { cap };
    let Cut { text, seam, gap } = cut_pieces(c, mark, total, room)?;
    let ask = Ask::new(Cow::Owned(text), seam, gap, total, cap);
    Ok(Ask { repaired: ask.repaired || lone, ..ask })
}

/// Reads the text of a message with its blocks, cut to the window.
pub(super) fn join<'a, C: Texts<'a>>(c: &mut C, mark: &C::Mark, cap: usize) -> Result<Vec<u8>> {
    let (mut total, mut pieces) = (0, 0);
    c.texts(mark, &mut |piece| {
        total += piece.bytes() + usize::from(pieces > 0);
        pieces += 1;
    })?;
    Ok(cut_pieces(c, mark, total, cap)?.text)
}

/// Joins the texts of a message, of `total` bytes, by line feeds, and cuts them.
fn cut_pieces<'a, C: Texts<'a>>(c: &mut C, mark: &C::Mark, total: usize, room: usize) -> Result<Cut> {
    let mut cutter = Cutter::new(total, room);
    let mut first = true;
    c.texts(mark, &mut |piece| {
        if !first {
            cutter.push(b"\n");
        }
        first = false;
        piece.write(&mut cutter);
    })?;
    Ok(cutter.finish())
}

impl<'a> Ask<'a> {
    /// Reads a text.
    pub(super) fn of(text: &'a [u8], cap: usize) -> Self {
        let whole = text.len() <= cap || text.len() <= cap.saturating_mul(WINDOWS) && may_hold(text);
        if whole {
            return Self::new(Cow::Borrowed(text), None, 0, text.len(), cap);
        }
        let Cut { text: head_and_tail, seam, gap } = cut(text, cap);
        Self::new(Cow::Owned(head_and_tail), seam, gap, text.len(), cap)
    }

    /// Reads a text that is known to be UTF-8.
    pub(super) fn of_str(text: &'a str, cap: usize) -> Self {
        Self::of(text.as_bytes(), cap)
    }

    fn new(text: Cow<'a, [u8]>, seam: Option<usize>, gap: u64, total: usize, cap: usize) -> Self {
        let repaired = std::str::from_utf8(&text).is_err();
        let (text, seam, gap) = if repaired { repair(&text, seam, gap) } else { (text, seam, gap) };
        let Words { text, removed, gap: within, planning, wrapped } = strip(text, seam);
        let blocks = (removed + if within { gap } else { 0 }).min(total as u64);
        // A text that was cut has one byte more, the line feed between head and tail.
        let words = if text.len() > cap + usize::from(seam.is_some()) {
            Cow::Owned(cut(&text, cap).text)
        } else {
            text
        };
        Self {
            words,
            bytes: total as u64 - blocks,
            blocks,
            repaired,
            planning,
            message: Weight::default(),
            wrapped,
        }
    }

    /// Words that a program quotes as the human's own.
    pub(super) fn wrapped(words: &[u8]) -> Self {
        Self {
            words: Cow::Owned(words.to_vec()),
            bytes: words.len() as u64,
            wrapped: true,
            ..Self::default()
        }
    }

    /// The human's words that an operator's message quotes; nothing of any other.
    pub(super) fn quoted(self) -> Self {
        let words = queued(&self.words).and_then(|(from, to)| self.words.get(from..to));
        words.map_or_else(Self::default, |words| Self::wrapped(words.trim_ascii()))
    }

    /// The tokens of its words, in 64ths: their share of the message that they were read from.
    pub(super) fn tokens_64(&self) -> u64 {
        let whole = u128::from(self.bytes + self.blocks).max(1);
        (u128::from(self.message.tokens_64) * u128::from(self.bytes) / whole) as u64
    }

    /// Makes the query of this ask.
    pub(super) fn into_query(self, mut structure: Structure, request: Request<'a>, turn: Turn) -> Query<'a> {
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

/// Replaces bytes that are not UTF-8 by U+FFFD.
#[cold]
fn repair<'a>(text: &[u8], seam: Option<usize>, gap: u64) -> (Cow<'a, [u8]>, Option<usize>, u64) {
    let (head, tail) = text.split_at(seam.unwrap_or(text.len()));
    let mut repaired = String::from_utf8_lossy(head).into_owned();
    let seam = seam.map(|_| repaired.len());
    repaired.push_str(&String::from_utf8_lossy(tail));
    (Cow::Owned(repaired.into_bytes()), seam, gap)
}
