//! Recognises results of tools, and complaints of programs, that are sent as text in the human's role.
//!
//! ```text
//! Only     a first line that only programs write: "[read_file for 'a.rs'] Result:"
//! Note     a program's complaint: "Your last response …"; no ask may stand in it
//! Pasted   a line that people paste, too: "Traceback …", "Output:"; only behind a call, and with no ask below it
//! Printed  no row knows it, but it looks like output: a table, a log, a transcript of a shell; as Pasted
//! ```

use super::asking::{asks_below, ends_in_ask, holds_ask};
use super::block::output_names;
use super::calls::Calls;
use super::glance::{Glance, has_stem};
use super::harness::{
    FORM_WORDS, MEDIA, NUDGES, PAIRED_HEADS, PASTED_HEADS, PRINTED_HEADS, PROGRAM_KEYS, RESULT_HEADS,
    RESULT_KEYS,
};
use super::pattern::{Row, by_first, matches, rows, small_head};
use super::printed::{begins_printed, begins_with_level, looks_printed};
use super::protocol::first_line;
use memchr::memmem;
use std::sync::LazyLock;

/// The most bytes of a picture's label.
const LABEL: usize = 160;
/// Bytes at the end of a program's complaint that say what form it asks for.
const ENDING: usize = 120;

/// The kind of a message that a program may have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Only,
    Note,
    Pasted,
    Printed,
}

/// The form of a message; None if no program writes so.
pub(super) fn form_of(words: &[u8]) -> Option<Form> {
    let (line, _) = first_line(words);
    let first = *line.first()?;
    let key = json_key(words);
    if key.is_some_and(|key| PROGRAM_KEYS.iter().any(|known| known.as_bytes() == key)) {
        return Some(Form::Only);
    }
    let named = if first == b'{' { None } else { head_of(line) };
    named
        .map(|form| if form == Form::Pasted && is_paired(words, line) { Form::Only } else { form })
        .or_else(|| typed_form(words))
        .or_else(|| {
            let list = is_list(words) || begins_with_level(line);
            (list || looks_printed(words.trim_ascii(), line)).then_some(Form::Printed)
        })
}

/// The form of a text that is JSON of a result, or tags of results.
fn typed_form(words: &[u8]) -> Option<Form> {
    match json_key(words) {
        Some(key) => json_result(key, words),
        None => output_names(words).map(|common| if common { Form::Pasted } else { Form::Only }),
    }
}

/// True if a program may have written a message, wherever it stands. `glance`: at a text that holds the message.
pub(super) fn may_be_program(words: &[u8], glance: Option<Glance>) -> bool {
    let (line, _) = first_line(words);
    form_of_line(line, || glance.map_or_else(|| has_stem(line), Glance::may_be_program)).is_some()
        || typed_form(words).is_some()
        || is_list(words)
        || begins_with_level(line)
        || begins_printed(words.trim_ascii(), line)
}

/// True if a text is a list of JSON objects.
fn is_list(words: &[u8]) -> bool {
    words.trim_ascii_start().starts_with(b"[") && json_key(words).is_some()
}

impl Form {
    /// True if a message of this form is a program's, behind an assistant's message with these calls.
    pub(super) fn is_result(
        self,
        words: &[u8],
        calls: impl FnOnce() -> rheostat::Result<Calls>,
    ) -> rheostat::Result<bool> {
        Ok(match self {
            Self::Only => true,
            Self::Note => !ends_in_ask(words) || asks_for_form(words),
            Self::Pasted | Self::Printed => match calls()? {
                Calls::Not => false,
                Calls::Perhaps => !(ends_in_ask(words) || holds_ask(words)),
                Calls::Surely => !asks_below(words),
            },
        })
    }
}

/// True if the end of a message asks for another form, as programs do: "Please retry with a tool use."
fn asks_for_form(words: &[u8]) -> bool {
    let end = words.get(words.len().saturating_sub(ENDING)..).unwrap_or_default().to_ascii_lowercase();
    FORM_WORDS.iter().any(|word| memmem::find(&end, word.as_bytes()).is_some())
}

/// True if the first line of a message is one that only programs write, wherever the message stands.
pub(super) fn is_program(words: &[u8]) -> bool {
    head_of(first_line(words).0).is_some()
}

/// A pattern, and the form of a message that begins with it.
type Head = (Row, Form);

/// The patterns of [`RESULT_HEADS`], [`NUDGES`], [`PASTED_HEADS`] and [`PRINTED_HEADS`], by the byte that they begin with.
static PROGRAM_LINES: LazyLock<Vec<Vec<Head>>> = LazyLock::new(|| {
    let notes = rows(NUDGES, Form::Note);
    let pasted = rows(PASTED_HEADS, Form::Pasted).chain(rows(PRINTED_HEADS, Form::Printed));
    by_first(rows(RESULT_HEADS, Form::Only).chain(notes).chain(pasted))
});

/// Those that begin with a star.
#[cfg(test)]
pub(super) fn starred() -> impl Iterator<Item = &'static [u8]> {
    PROGRAM_LINES.get(usize::from(b'*')).into_iter().flatten().map(|(row, _)| row.pattern)
}

/// The form that a first line tells.
fn head_of(line: &[u8]) -> Option<Form> {
    form_of_line(line, || has_stem(line))
}

/// As [`head_of`]. `may_be_starred`: false only for lines that no pattern matches that begins with a star.
fn form_of_line(line: &[u8], may_be_starred: impl FnOnce() -> bool) -> Option<Form> {
    line.first()?;
    let head = small_head(line);
    let find = |first: u8| {
        let row = PROGRAM_LINES.get(usize::from(first))?.iter().find(|(row, _)| row.matches(head, line));
        row.map(|(_, form)| *form)
    };
    find(head.to_le_bytes()[0]).or_else(|| may_be_starred().then(|| find(b'*'))?)
}

/// True if a message has a first line and a later one that only programs write together, and nothing asks below the output.
fn is_paired(words: &[u8], line: &[u8]) -> bool {
    PAIRED_HEADS.iter().any(|(head, below, _)| {
        matches(head.as_bytes(), line) && {
            let lower = words.to_ascii_lowercase();
            let rest = memmem::find(&lower, below.as_bytes()).and_then(|at| words.get(at + below.len()..));
            rest.is_some_and(|rest| !asks_below(rest))
        }
    })
}

/// The first key of a text that is a JSON object, or a list of such.
fn json_key(words: &[u8]) -> Option<&[u8]> {
    let text = words.trim_ascii();
    let (inside, closes) = match text {
        [b'{', rest @ ..] => (rest, b'}'),
        [b'[', rest @ ..] => (rest.trim_ascii_start().strip_prefix(b"{")?, b']'),
        _ => return None,
    };
    if text.last() != Some(&closes) {
        return None;
    }
    let key = inside.trim_ascii_start().strip_prefix(b"\"")?;
    key.get(..memchr::memchr(b'"', key)?)
}

/// The form of a JSON object, or of a list of such, by its first key. One with feedback is the human's.
fn json_result(key: &[u8], words: &[u8]) -> Option<Form> {
    let head = words.get(..words.len().min(80)).unwrap_or(words);
    let kind = |kind: &[u8]| key == b"type" && memmem::find(head, kind).is_some();
    let typed = kind(b"tool_result") || kind(b"\"heartbeat\"");
    let known = typed || RESULT_KEYS.iter().any(|known| known.as_bytes() == key);
    let form = if typed { Form::Only } else { Form::Pasted };
    (known && memmem::find(words, b"\"feedback\"").is_none()).then_some(form)
}

/// True for words that only label a picture or a file: "Screenshot of the page:", "[image from tool]", "Image returned by the tool."
pub(super) fn labels_media(words: &[u8]) -> bool {
    let Some(text) = std::str::from_utf8(words).ok().filter(|text| text.len() <= LABEL) else { return false };
    let text = text.to_lowercase();
    let names = |table: &[&str]| {
        text.split(|c: char| !c.is_alphanumeric()).any(|word| table.contains(&word.trim_end_matches('s')))
    };
    let framed = text.starts_with('[') && text.ends_with(']') || text.ends_with([':', '：']);
    let wide = MEDIA.iter().any(|word| !word.is_ascii() && text.contains(word));
    let one = !text.contains(['?', '？', '\n']) && !text.trim_end_matches('.').contains(". ");
    one && (names(MEDIA) || wide) && (framed || names(&["tool"]))
}

#[cfg(test)]
#[path = "../../tests/unit/ask/result.rs"]
mod tests;
