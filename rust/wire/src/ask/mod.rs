//! Finds the newest human ask: of a text, or of chat messages.
//!
//! Only the newest human ask is scored, cut to a window. All else becomes structure: sizes and counts, never words. The
//! [`Query`] borrows from the input where it can, and copies at most the window.

mod address;
mod asking;
pub(crate) mod block;
mod calls;
pub(crate) mod chore;
pub(crate) mod conversation;
mod errand;
pub(crate) mod facts;
mod frame;
pub(crate) mod gather;
mod glance;
pub(crate) mod harness;
mod lean;
mod literals;
mod message;
mod openings;
mod own_words;
mod pattern;
mod phrases;
mod printed;
pub(crate) mod protocol;
mod result;
mod rows;
pub(crate) mod said;
mod section;

use crate::weight::Weight;
pub use facts::Role;
use gather::{Ask, WEIGHED};
use glance::Glance;
pub use message::Message;
use phrases::{is_courtesy, is_greeting};
use result::may_be_program;
use rheostat::Result;
use rheostat::query::{Query, Request, Structure, Turn};

/// Reads a single ask. A text of more than `cap` bytes keeps its head and its tail.
///
/// ```
/// use rheostat::query::Turn;
/// let query = rheostat_wire::ask::text("<system-reminder>Be kind.</system-reminder> Prove it.", 16_384);
/// assert_eq!((&*query.ask, query.turn), (&b"Prove it."[..], Turn::Ask));
/// assert_eq!(query.structure.document_bytes, 44);
/// ```
pub fn text(text: &str, cap: usize) -> Query<'_> {
    if holds_others(text.as_bytes()) {
        alone(text.as_bytes(), cap)
    } else {
        plain(Query::text(text, cap), text.as_bytes())
    }
}

/// Reads a single ask from bytes. Bytes that are not UTF-8 become U+FFFD, and the structure says so.
///
/// ```
/// let query = rheostat_wire::ask::bytes(b"a\xFFb", 16_384);
/// assert_eq!(&*query.ask, "a\u{FFFD}b".as_bytes());
/// assert!(query.structure.repaired);
/// ```
pub fn bytes(text: &[u8], cap: usize) -> Query<'_> {
    if holds_others(text) { alone(text, cap) } else { plain(Query::bytes(text, cap), text) }
}

/// True if a text may hold more than the human's words.
fn holds_others(text: &[u8]) -> bool {
    block::may_hold(text) || rows::may_hold(text)
}

/// A text without blocks is the ask as it stands.
#[inline]
fn plain<'a>(mut query: Query<'a>, text: &[u8]) -> Query<'a> {
    let glance = Glance::of(&query.ask);
    query.request.chore = chore::of_seen(&query.ask, glance, false);
    (query.request.doubtful, query.request.courtesy) = bare_seen(&query.ask, false, Some(glance));
    if text.len() >= WEIGHED {
        query.structure.ask_tokens = Weight::of(text).tokens();
    }
    query
}

/// A pair: the first is true if words say nothing by themselves, the second if they are thanks or agreement. A greeting is an ask
/// like others. `beside`: True if there is something beside the words that they may ask about.
pub(crate) fn bare(words: &[u8], beside: bool) -> (bool, bool) {
    bare_seen(words, beside, None)
}

/// As [`bare`]. `glance`: at a text that holds the words.
#[inline]
fn bare_seen(words: &[u8], beside: bool, glance: Option<Glance>) -> (bool, bool) {
    let words = words.trim_ascii();
    if own_words::ends_in_one(words) {
        return (may_be_program(words, glance), false);
    }
    let courtesy = is_courtesy(words);
    (courtesy || lean::says_nothing(words, beside, glance) && !is_greeting(words), courtesy)
}

fn alone(text: &[u8], cap: usize) -> Query<'_> {
    let ask = Ask::of(text, cap);
    let turn = if ask.words.trim_ascii().is_empty() { Turn::Empty } else { Turn::Ask };
    let (doubtful, courtesy) = bare(&ask.words, ask.material);
    let courtesy = courtesy && ask.blocks == 0;
    let request = Request { planning: ask.planning == Some(true), doubtful, courtesy, ..Request::default() };
    let weighs = ask.blocks > 0 || text.len() >= WEIGHED;
    let message = if weighs { Weight::of(text) } else { Weight::default() };
    let ask = Ask { message, ..ask };
    let rest = Weight { tokens_64: message.tokens_64 - ask.tokens_64(), ..message };
    let (context_tokens, ask_tokens) = (rest.tokens(), ask.weighed());
    let structure = Structure { messages: 1, context_tokens, ask_tokens, ..Structure::default() };
    ask.into_query(structure, request, turn)
}

/// Reads a conversation.
///
/// ```
/// use rheostat::query::Turn;
/// use rheostat_wire::ask::{Message, messages};
/// let conversation = [
///     Message::user("Prove that 2 is prime."),
///     Message::assistant("Shall I go by cases?"),
///     Message::user("Yes, do it."),
/// ];
/// let query = messages(&conversation, 16_384)?;
/// assert_eq!((&*query.ask, query.turn), (&b"Prove that 2 is prime."[..], Turn::Continuation));
/// # Ok::<(), rheostat::Error>(())
/// ```
///
/// # Errors
/// There is no message.
pub fn messages<'a>(messages: &'a [Message<'a>], cap: usize) -> Result<Query<'a>> {
    message::read(messages, cap)
}
