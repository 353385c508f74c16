//! Reads a query: a text, chat messages, or the raw body of a provider's request.
//!
//! Only the newest human ask is scored, cut to a window. All else becomes structure: sizes and counts, never words. A [`Query`]
//! borrows from the input where it can, and copies at most the window.

mod acknowledgement;
mod ask;
mod block;
mod chore;
mod conversation;
mod cursor;
mod cut;
mod facts;
mod fields;
mod harness;
mod json;
mod message;
mod part;
mod path;
mod protocol;
mod read;
mod request;
mod shape;
mod structure;
mod texts;
mod turn;
mod weight;
mod window;

use crate::error::Result;
use crate::json::Json;
use ask::Ask;
pub use chore::Chore;
pub use cursor::{Cursor, LazyText, MAX_DEPTH, ValueKind};
pub use cut::{Cutter, Sink};
pub use facts::Role;
pub use message::Message;
pub use read::Query;
pub use request::{CAPABILITIES, Request, Wish};
use std::borrow::Cow;
pub use structure::Structure;
pub use turn::Turn;
pub use weight::Weight;
pub use window::Window;

impl<'a> Query<'a> {
    /// Reads a single ask. A text of more than `cap` bytes keeps its head and its tail.
    ///
    /// ```
    /// use rheostat::query::{Query, Turn};
    /// let query = Query::text("<system-reminder>Be kind.</system-reminder> Prove it.", 16_384);
    /// assert_eq!((&*query.ask, query.turn), (&b"Prove it."[..], Turn::Ask));
    /// assert_eq!(query.structure.document_bytes, 44);
    /// ```
    pub fn text(text: &'a str, cap: usize) -> Self {
        match Self::plain(text.as_bytes(), cap) {
            Some(query) => query,
            None => Self::alone(text.as_bytes(), Ask::of_str(text, cap)),
        }
    }

    /// Fast path for UTF-8 text without blocks that fits the window. None for any other text.
    #[inline]
    fn plain(text: &'a [u8], cap: usize) -> Option<Self> {
        if text.len() > cap || block::may_hold(text) {
            return None;
        }
        let turn = if text.iter().all(u8::is_ascii_whitespace) { Turn::Empty } else { Turn::Ask };
        let bytes = text.len() as u64;
        let structure =
            Structure { messages: 1, ask_bytes: bytes, total_bytes: bytes, ..Structure::default() };
        Some(Self { ask: Cow::Borrowed(text), turn, structure, request: Request::default() })
    }

    /// Reads a single ask from bytes. Bytes that are not UTF-8 become U+FFFD, and the structure says so.
    ///
    /// ```
    /// use rheostat::query::Query;
    /// let query = Query::bytes(b"a\xFFb", 16_384);
    /// assert_eq!(&*query.ask, "a\u{FFFD}b".as_bytes());
    /// assert!(query.structure.repaired);
    /// ```
    pub fn bytes(text: &'a [u8], cap: usize) -> Self {
        Self::alone(text, Ask::of(text, cap))
    }

    fn alone(text: &[u8], ask: Ask<'a>) -> Self {
        let turn = if ask.words.trim_ascii().is_empty() { Turn::Empty } else { Turn::Ask };
        let request = Request { planning: ask.planning == Some(true), ..Request::default() };
        let message = if ask.blocks > 0 { Weight::of(text) } else { Weight::default() };
        let ask = Ask { message, ..ask };
        let rest = Weight { tokens_64: message.tokens_64 - ask.tokens_64(), ..message };
        let structure = Structure { messages: 1, context_tokens: rest.tokens(), ..Structure::default() };
        ask.into_query(structure, request, turn)
    }

    /// Reads a conversation.
    ///
    /// ```
    /// use rheostat::query::{Message, Query, Turn};
    /// let messages = [
    ///     Message::user("Prove that 2 is prime."),
    ///     Message::assistant("Shall I go by cases?"),
    ///     Message::user("Yes, do it."),
    /// ];
    /// let query = Query::messages(&messages, 16_384)?;
    /// assert_eq!((&*query.ask, query.turn), (&b"Prove that 2 is prime."[..], Turn::Continuation));
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    ///
    /// # Errors
    /// There is no message.
    pub fn messages(messages: &'a [Message<'a>], cap: usize) -> Result<Self> {
        message::read(messages, cap)
    }

    /// Reads a conversation through a host's cursor: a list of messages in the shapes of OpenAI or Anthropic.
    ///
    /// # Errors
    /// The value is no such list. The error names the message and the field.
    pub fn walk<C: Cursor<'a>>(cursor: &mut C, cap: usize) -> Result<Self> {
        shape::messages(cursor, cap)
    }

    /// Reads the raw JSON of a request: chat completions or responses of OpenAI, or messages of Anthropic. One walk, no tree.
    ///
    /// ```
    /// use rheostat::query::{Query, Turn};
    /// let body = br#"{"model": "auto", "max_tokens": 512, "messages": [
    ///     {"role": "system", "content": "You are kind."},
    ///     {"role": "user", "content": "Prove it."}]}"#;
    /// let query = Query::body(body, 16_384)?;
    /// assert_eq!((&*query.ask, query.turn), (&b"Prove it."[..], Turn::Ask));
    /// assert_eq!((query.structure.system_bytes, query.request.max_tokens), (13, Some(512)));
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    ///
    /// # Errors
    /// The body is not JSON, or no such request. The error names the byte and what was expected there.
    pub fn body(body: &'a [u8], cap: usize) -> Result<Self> {
        let mut json = Json::new(body);
        shape::request(&mut json, cap)
    }
}
