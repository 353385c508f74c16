//! Recognises calls of tools in an assistant's text.

use super::asking::reads_as_ask;
use super::harness::{CALL_MARKS, HTML, MAY_CALL};
use super::literals::Literals;
use memchr::memmem;
use std::sync::LazyLock;

/// The calls of tools in an assistant's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Calls {
    Not,
    /// By a typed call, whose result is typed, too; or in a form that may be an answer: code, an edit, a tag.
    Perhaps,
    /// In a text protocol.
    Surely,
}

/// [`CALL_MARKS`] in a text.
static CALLS: LazyLock<Literals> = LazyLock::new(|| Literals::new(CALL_MARKS.iter().map(|(mark, _)| *mark)));

/// [`MAY_CALL`] in a text.
static MAY_CALLS: LazyLock<Literals> =
    LazyLock::new(|| Literals::new(MAY_CALL.iter().map(|(mark, _)| *mark)));

/// Fences whose code a shell runs.
const SHELL_FENCES: [&str; 5] = ["```bash\n", "```sh\n", "```shell\n", "```console\n", "```zsh\n"];

impl Calls {
    /// The calls in an assistant's text.
    pub(super) fn of_text(text: &[u8]) -> Self {
        let text = text.trim_ascii().to_ascii_lowercase();
        if is_json(&text) || CALLS.is_in(&text) || ends_in_shell(&text) {
            Self::Surely
        } else if may_call(&text) {
            Self::Perhaps
        } else {
            Self::Not
        }
    }
}

/// True if an assistant's text calls a tool in a text protocol, so that the next message may be a program's. What may be a call
/// and may be none (code, an edit, an object of JSON, a tag) is one unless the next message reads as a human's ask.
pub(super) fn calls_in_text(text: &[u8], next: &[u8]) -> bool {
    let text = text.trim_ascii().to_ascii_lowercase();
    CALLS.is_in(&text) || (is_json(&text) || may_call(&text)) && !reads_as_ask(next)
}

/// True if a text looks like an object or a list of JSON.
fn is_json(text: &[u8]) -> bool {
    matches!(text, [b'{', .., b'}'] | [b'[', .., b']'])
}

/// True if a text has a mark or a tag of what may be a call, or an answer.
fn may_call(text: &[u8]) -> bool {
    MAY_CALLS.is_in(text) || has_foreign_tag(text)
}

/// True if a text ends in a fence that a shell runs.
fn ends_in_shell(text: &[u8]) -> bool {
    let Some(inside) = text.strip_suffix(b"```") else { return false };
    memmem::rfind(inside, b"```").is_some_and(|at| {
        let fence = text.get(at..).unwrap_or_default();
        SHELL_FENCES.iter().any(|known| fence.starts_with(known.as_bytes()))
    })
}

/// True if a text has the closing tag of an element that is no HTML of a page.
fn has_foreign_tag(text: &[u8]) -> bool {
    memmem::find_iter(text, b"</").any(|at| {
        let rest = text.get(at + 2..).unwrap_or_default();
        let length =
            rest.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))).unwrap_or(0);
        let (name, after) = rest.split_at(length);
        !name.is_empty()
            && after.starts_with(b">")
            && !HTML.split_ascii_whitespace().any(|known| known.as_bytes() == name)
    })
}

#[cfg(test)]
#[path = "../../tests/unit/ask/calls.rs"]
mod tests;
