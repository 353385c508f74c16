//! Reads requests as providers define them: the raw JSON bytes, or a host's objects.

mod cursor;
mod explain;
mod fields;
mod head;
mod json;
mod part;
mod path;
mod shape;
mod texts;

pub use cursor::{Cursor, MAX_DEPTH, ValueKind};
pub use explain::{Explained, Reading, explain};
pub(crate) use head::is_assistants;
pub use head::{Head, head};
use rheostat::Result;
use rheostat::json::Json;
use rheostat::query::Query;
pub(crate) use shape::List;

/// Reads the raw JSON of a request: chat completions or responses of OpenAI, or messages of Anthropic. One walk, no tree.
///
/// ```
/// use rheostat::query::Turn;
/// let body = br#"{"model": "auto", "max_tokens": 512, "messages": [
///     {"role": "system", "content": "You are kind."},
///     {"role": "user", "content": "Prove it."}]}"#;
/// let query = rheostat_wire::body::read(body, 16_384)?;
/// assert_eq!((&*query.ask, query.turn), (&b"Prove it."[..], Turn::Ask));
/// assert_eq!((query.structure.system_bytes, query.request.max_tokens), (13, Some(512)));
/// # Ok::<(), rheostat::Error>(())
/// ```
///
/// # Errors
/// The body is not JSON, or no such request. The error names the byte and what was expected there.
pub fn read(body: &[u8], cap: usize) -> Result<Query<'_>> {
    read_at(body, cap).map(|(query, _)| query)
}

/// As [`read`], with the place of the conversation, if that is a list.
pub(crate) fn read_at(body: &[u8], cap: usize) -> Result<(Query<'_>, Option<List>)> {
    shape::request(&mut Json::new(body), cap, None)
}

/// Reads a whole request through a host's cursor: an object that has been parsed before.
///
/// # Errors
/// The value is no such request. The error names the field.
pub fn walk_request<'a, C: Cursor<'a>>(cursor: &mut C, cap: usize) -> Result<Query<'a>> {
    shape::request(cursor, cap, None).map(|(query, _)| query)
}

/// Reads a conversation through a host's cursor: a list of messages in the shapes of OpenAI or Anthropic.
///
/// # Errors
/// The value is no such list. The error names the message and the field.
pub fn walk<'a, C: Cursor<'a>>(cursor: &mut C, cap: usize) -> Result<Query<'a>> {
    shape::messages(cursor, cap)
}
