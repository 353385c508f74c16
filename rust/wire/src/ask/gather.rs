//! Builds an ask from its pieces: cut to the window, repaired, and without blocks.

use super::block::{Origin, Words, may_hold, strip};
use super::chore;
use super::protocol::queued;
use super::rows;
use crate::text::{LazyText, Texts};
use crate::weight::Weight;
use rheostat::Result;
use rheostat::query::{Cut, Cutter, Query, Request, Sink, Structure, Turn};
use std::borrow::Cow;

/// An ask, with the sizes of the text that it was read from.
#[derive(Debug, Default)]
pub(crate) struct Ask<'a> {
    pub(crate) words: Cow<'a, [u8]>,
    /// Bytes of the ask before it was cut.
    pub(crate) bytes: u64,
    /// Bytes of the blocks in it.
    pub(crate) blocks: u64,
    pub(crate) repaired: bool,
    /// The last statement of its blocks about plan mode.
    pub(crate) planning: Option<bool>,
    /// The weight of the message that it was read from.
    pub(crate) message: Weight,
    /// True if a wrapper marks the words as the human's own.
    pub(crate) wrapped: bool,
    pub(crate) origin: Origin,
    /// True if the message gives a document to read beside the words.
    pub(crate) material: bool,
}

/// A text of up to this many windows is searched for blocks as a whole, before it is cut. A longer one is cut first.
const WINDOWS: usize = 512;

/// A text of up to this many windows is searched for rows of data as a whole: an ask may stand between two of them.
const PASTED: usize = 4;

/// Asks of fewer bytes are counted by their words alone.
pub(crate) const WEIGHED: usize = 256;

/// Reads the ask of a message.
pub(crate) fn gather<'a, C: Texts<'a>>(c: &mut C, mark: &C::Mark, cap: usize) -> Result<Ask<'a>> {
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
    let (whole, pasted) =
        (marks && total <= cap.saturating_mul(WINDOWS), total <= cap.saturating_mul(PASTED));
    let cut = cut_pieces(c, mark, total, if whole || pasted { total } else { cap })?;
    let stays = whole || !pasted || total <= cap || rows::may_hold(&cut.text);
    let Cut { text, seam, gap } = if stays { cut } else { Cut::of(&cut.text, cap) };
    let ask = Ask::new(Cow::Owned(text), seam, gap, total, cap);
    Ok(Ask { repaired: ask.repaired || lone, ..ask })
}

/// Reads the text of a message with its blocks, cut to the window.
pub(crate) fn join<'a, C: Texts<'a>>(c: &mut C, mark: &C::Mark, cap: usize) -> Result<Cow<'a, [u8]>> {
    let (mut whole, mut total, mut pieces) = (None, 0, 0);
    c.texts(mark, &mut |piece| {
        total += piece.bytes() + usize::from(pieces > 0);
        pieces += 1;
        whole = piece.borrowed();
    })?;
    Ok(match whole.filter(|_| pieces == 1) {
        Some(text) if total <= cap => Cow::Borrowed(text),
        Some(text) => Cow::Owned(Cut::of(text, cap).text),
        None => Cow::Owned(cut_pieces(c, mark, total, cap)?.text),
    })
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
    pub(crate) fn of(text: &'a [u8], cap: usize) -> Self {
        let whole = text.len() <= cap
            || text.len() <= cap.saturating_mul(WINDOWS) && may_hold(text)
            || text.len() <= cap.saturating_mul(PASTED) && rows::may_hold(text);
        if whole {
            return Self::new(Cow::Borrowed(text), None, 0, text.len(), cap);
        }
        let Cut { text: head_and_tail, seam, gap } = Cut::of(text, cap);
        Self::new(Cow::Owned(head_and_tail), seam, gap, text.len(), cap)
    }

    fn new(text: Cow<'a, [u8]>, seam: Option<usize>, gap: u64, total: usize, cap: usize) -> Self {
        let repaired = std::str::from_utf8(&text).is_err();
        let (text, seam) = if repaired {
            let Cut { text, seam, .. } = Cut { text: text.into_owned(), seam, gap }.repaired();
            (Cow::Owned(text), seam)
        } else {
            (text, seam)
        };
        let Words { text, removed, gap: within, planning, wrapped, origin, material } = strip(text, seam);
        // The line feed between head and tail is no byte of the message.
        let blocks = (removed + if within { gap.saturating_sub(1) } else { 0 }).min(total as u64);
        // A text that was cut has one byte more, the line feed between head and tail.
        let words = if text.len() > cap + usize::from(seam.is_some()) {
            Cow::Owned(Cut::of(&text, cap).text)
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
            origin,
            material,
        }
    }

    /// The human's words in a result of a tool, cut to the window.
    pub(crate) fn told(words: &[u8], cap: usize) -> Self {
        Self::wrapped(&Ask::of(words, cap).words)
    }

    /// Words that a program quotes as the human's own.
    fn wrapped(words: &[u8]) -> Self {
        Self {
            words: Cow::Owned(words.to_vec()),
            bytes: words.len() as u64,
            wrapped: true,
            ..Self::default()
        }
    }

    /// The human's words that an operator's message quotes; nothing of any other.
    pub(crate) fn quoted(self) -> Self {
        let words = queued(&self.words).and_then(|(from, to)| self.words.get(from..to));
        words.map_or_else(Self::default, |words| Self::wrapped(words.trim_ascii()))
    }

    /// Its estimated tokens by what it is; 0 if it is short, or was not weighed.
    pub(crate) fn weighed(&self) -> u64 {
        if self.bytes < WEIGHED as u64 { 0 } else { self.tokens_64().div_ceil(64) }
    }

    /// The tokens of its words, in 64ths: their share of the message that they were read from.
    pub(crate) fn tokens_64(&self) -> u64 {
        let whole = u128::from(self.bytes + self.blocks).max(1);
        (u128::from(self.message.tokens_64) * u128::from(self.bytes) / whole) as u64
    }

    /// Makes the query of this ask.
    pub(crate) fn into_query(
        self,
        mut structure: Structure,
        mut request: Request<'a>,
        turn: Turn,
    ) -> Query<'a> {
        let s = &mut structure;
        s.ask_bytes = self.bytes;
        s.document_bytes += self.blocks;
        s.repaired |= self.repaired;
        s.total_bytes = s.system_bytes + s.history_bytes + s.tool_result_bytes + s.tool_bytes;
        s.total_bytes += s.document_bytes + s.ask_bytes;
        if turn == Turn::Ask && request.chore.is_none() {
            request.chore = chore::of(&self.words, structure.tools_offered > 0);
        }
        Query { ask: self.words, turn, structure, request }
    }
}
