//! The query, and a plain reader of a text.

use super::cut::Cut;
use super::request::Request;
use super::structure::Structure;
use super::turn::Turn;
use std::borrow::Cow;

/// One query: the scored words and their surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<'a> {
    /// The newest human ask in UTF-8: its head and its tail, joined by a line feed, if it is longer than the window.
    pub ask: Cow<'a, [u8]>,
    /// The kind of its newest turn.
    pub turn: Turn,
    /// The surroundings of the ask, as sizes and counts.
    pub structure: Structure,
    /// Limits and needs of the request.
    pub request: Request<'a>,
}

/// Reads an item of a batch or a log, with a window of that many bytes: a host's reader, or [`Query::bytes`].
pub type Reader<T> = for<'q> fn(&'q T, usize) -> Query<'q>;

impl<'a> Query<'a> {
    /// A text as it stands: all of it is the ask. A text of more than `cap` bytes keeps its head and its tail.
    ///
    /// ```
    /// use rheostat::query::{Query, Turn};
    /// let query = Query::text("Prove it.", 16_384);
    /// assert_eq!((&*query.ask, query.turn), (&b"Prove it."[..], Turn::Ask));
    /// ```
    pub fn text(text: &'a str, cap: usize) -> Self {
        let bytes = text.as_bytes();
        // Cut between characters, so it is UTF-8 still.
        let cut = || Cow::Owned(Cut::of(bytes, cap).text);
        Self::of(if bytes.len() <= cap { Cow::Borrowed(bytes) } else { cut() }, bytes.len())
    }

    /// A text as it stands, from bytes. Bytes that are not UTF-8 become U+FFFD, and the structure says so.
    ///
    /// ```
    /// use rheostat::query::Query;
    /// let query = Query::bytes(b"a\xFFb", 16_384);
    /// assert_eq!(&*query.ask, "a\u{FFFD}b".as_bytes());
    /// assert!(query.structure.repaired);
    /// ```
    pub fn bytes(text: &'a [u8], cap: usize) -> Self {
        let cut = (text.len() > cap).then(|| Cut::of(text, cap));
        let window = cut.as_ref().map_or(text, |cut| &cut.text);
        if std::str::from_utf8(window).is_err() {
            let cut = cut.unwrap_or_else(|| Cut { text: text.to_vec(), seam: None, gap: 0 }).repaired();
            // Three bytes stand for one, so the window may be full again.
            let words = if cut.text.len() > cap + usize::from(cut.seam.is_some()) {
                Cut::of(&cut.text, cap).text
            } else {
                cut.text
            };
            let mut query = Self::of(Cow::Owned(words), text.len());
            query.structure.repaired = true;
            return query;
        }
        Self::of(cut.map_or(Cow::Borrowed(text), |cut| Cow::Owned(cut.text)), text.len())
    }

    /// The query of an ask of `bytes` bytes before it was cut.
    #[inline]
    fn of(ask: Cow<'a, [u8]>, bytes: usize) -> Self {
        let turn = if ask.iter().all(u8::is_ascii_whitespace) { Turn::Empty } else { Turn::Ask };
        let bytes = bytes as u64;
        let structure =
            Structure { messages: 1, ask_bytes: bytes, total_bytes: bytes, ..Structure::default() };
        Self { ask, turn, structure, request: Request::default() }
    }
}
