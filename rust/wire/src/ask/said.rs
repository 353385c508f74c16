//! Finds the human's words in results of tools: a call refused with a comment, a message that a harness has queued.
//!
//! ```text
//! sentence   "The user rejected the call … the user said: …"          at the beginning
//! answers    "User has answered your questions: "Why?"="…"."          at the beginning
//! block      "<system-reminder>The user sent … </system-reminder>"     at the end, among other blocks
//! bracket    "[OUT-OF-BAND USER MESSAGE …] … [/OUT-OF-BAND …]"         at the end
//! feedback   {"status": "denied", "feedback": "…"}
//! ```

use super::block::{kind_of, queued_last};
use super::harness::{QUEUED_MARKS, RESULT_HEADS, SAID_HEADS, SAID_IN_RESULT, TagKind};
use super::pattern::any_matches;
use super::protocol::{end_of_message, first_line, introduces_message, is_about_files};
use memchr::{memchr, memchr_iter, memmem, memrchr};
use rheostat::json::Json;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Bytes of a result in which the sentence stands that introduces the human's words.
const SAID: usize = 480;
/// Bytes at the end of a result in which a queued message begins.
const TAIL: usize = 4096;
/// The most bytes of a tag at the end.
const TAG: usize = 48;
/// The most bytes of a bracket's first words.
const BRACKET: usize = 60;

/// Beginnings of brackets that may stand round a queued message beside those of the table: they name the human.
const NAMING: [&str; 3] = ["[USER ", "[User ", "[HUMAN "];

/// True if a text has the beginning of a bracket that may stand round a queued message.
fn has_queue(text: &[u8]) -> bool {
    memchr_iter(b'[', text).any(|at| {
        let bracket = text.get(at..).unwrap_or_default();
        let begins =
            |mark: &str| bracket.get(1) == mark.as_bytes().get(1) && bracket.starts_with(mark.as_bytes());
        QUEUED_MARKS.iter().map(|(mark, _)| *mark).chain(NAMING).any(begins)
    })
}

/// True if a tool's result may tell what the human said, by its beginning and its end. `raw` may have the escapes of JSON.
pub(crate) fn may_tell(raw: &[u8]) -> bool {
    let blank = |rest: &[u8]| match rest {
        [b' ' | b'\n' | b'\r' | b'\t', ..] => 1,
        [b'\\', b'n' | b'r' | b't', ..] => 2,
        _ => 0,
    };
    let mut head = raw;
    while blank(head) > 0 {
        head = head.get(blank(head)..).unwrap_or_default();
    }
    let begins =
        |known: &str| head.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known.as_bytes()));
    match head {
        [] => return false,
        [b'[', b'a'..=b'z' | b'A'..=b'Z', ..] => return true,
        [b'{', ..] => {
            return memmem::find(head.get(..head.len().min(2 * SAID)).unwrap_or(head), b"feedback").is_some();
        }
        _ => {}
    }
    let may_begin = head.first().is_some_and(|first| SAID_STARTS[usize::from(first.to_ascii_lowercase())]);
    may_begin && SAID_HEADS.iter().any(|(known, _)| begins(known)) || may_end_told(raw)
}

/// The bytes that begin the rows of [`SAID_HEADS`], in small letters.
static SAID_STARTS: LazyLock<[bool; 256]> = LazyLock::new(|| {
    let mut starts = [false; 256];
    for first in SAID_HEADS.iter().filter_map(|(known, _)| known.bytes().next()) {
        starts[usize::from(first.to_ascii_lowercase())] = true;
    }
    starts
});

/// True if a result may end in a block of a program, or in a queued message.
fn may_end_told(raw: &[u8]) -> bool {
    let mut text = raw;
    loop {
        let shorter = [&b"\\n"[..], b"\\r", b"\\t"].iter().find_map(|end| text.strip_suffix(*end));
        match shorter.or_else(|| {
            text.split_last().filter(|(last, _)| last.is_ascii_whitespace()).map(|(_, rest)| rest)
        }) {
            Some(rest) => text = rest,
            None => break,
        }
    }
    let last = text.get(text.len().saturating_sub(TAG)..).unwrap_or_default();
    if let Some(tag) = last.strip_suffix(b">") {
        let name = memmem::rfind(tag, b"</").and_then(|at| tag.get(at + 2..)).unwrap_or_default();
        if kind_of(name).is_some_and(|kind| {
            matches!(kind, TagKind::Injected | TagKind::Generic | TagKind::Human | TagKind::Task)
        }) {
            return true;
        }
    }
    let tail = text.get(text.len().saturating_sub(TAIL)..).unwrap_or_default();
    last.ends_with(b"u003e") || has_queue(tail)
}

/// The human's words in the result of a tool. None in any other result.
pub(crate) fn said(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    let borrowed =
        said_in_result(text).map(answers).or_else(|| queued_last(text)).or_else(|| bracketed_last(text));
    borrowed.map(Cow::Borrowed).or_else(|| feedback(text).map(Cow::Owned))
}

/// The human's words in the result of a tool that the human has rejected or commented on: the result begins with a sentence of
/// the table, perhaps below its own head.
fn said_in_result(text: &[u8]) -> Option<&[u8]> {
    let start = text.len() - text.trim_ascii_start().len();
    let (line, next) = first_line(text);
    let headed = line.starts_with(b"[") && line.ends_with(b":") && any_matches(RESULT_HEADS, line);
    let start = if headed { next } else { start };
    let head = text.get(start..text.len().min(start + SAID))?.to_ascii_lowercase();
    let begins = head.trim_ascii_start();
    if !SAID_HEADS.iter().any(|(known, _)| begins.starts_with(known.as_bytes())) {
        return None;
    }
    let ends = SAID_IN_RESULT
        .iter()
        // A tag stays: its inside is read like any wrapper's.
        .filter_map(|(said, _)| {
            let length = if said.starts_with('<') { 0 } else { said.len() };
            Some(memmem::find(&head, said.as_bytes())? + length)
        });
    let from = start + ends.min()?;
    let words = text.get(from..end_of_message(text, from))?.trim_ascii();
    (!words.is_empty()).then_some(words)
}

/// The newest answer in a list of questions with answers, `"Why?"="Because."`; the words themselves if they are none.
fn answers(words: &[u8]) -> &[u8] {
    let inside = words.starts_with(b"\"").then(|| memmem::rfind(words, b"\"=\"")).flatten();
    let answer = inside.and_then(|at| {
        let rest = words.get(at + 3..)?;
        rest.get(..memrchr(b'"', rest)?)
    });
    answer.filter(|answer| !answer.trim_ascii().is_empty()).unwrap_or(words)
}

/// The human's words behind the last bracket of a harness at the end of a result.
fn bracketed_last(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_end();
    let from = text.len().saturating_sub(TAIL);
    let tail = text.get(from..)?;
    let starts = memchr::memrchr_iter(b'[', tail).filter(|at| *at == 0 || tail.get(at - 1) == Some(&b'\n'));
    for at in starts {
        let rest = tail.get(at + 1..)?;
        let line = rest.get(..memchr(b'\n', rest).unwrap_or(rest.len()))?.trim_ascii_end();
        let known = is_queue(line);
        if line.starts_with(b"/") || !(known || opens_message(line)) {
            continue;
        }
        let words = match (memchr(b':', line), line.ends_with(b"]")) {
            // "[USER STEER (not tool output): …]"
            (Some(colon), _)
                if text.ends_with(b"]") && !text.ends_with(b"\n]") && closing(rest).is_none() =>
            {
                rest.get(colon + 1..rest.len() - 1)?
            }
            // The head of a section of settings looks like one, too.
            (_, true) if known || closing(rest).is_some() => {
                let inside = rest.get(line.len()..)?;
                let inside = inside.get(..closing(inside).unwrap_or(inside.len()))?;
                without_numbers(inside)
            }
            _ => continue,
        };
        let words = words.trim_ascii();
        return (!words.is_empty()).then_some(words);
    }
    None
}

/// True if a bracket's line opens a message of the human.
fn opens_message(line: &[u8]) -> bool {
    let head = line.get(..line.len().min(BRACKET)).unwrap_or_default();
    !is_about_files(head) && introduces_message(&[head, b":"].concat())
}

/// True if a bracket's line is one that a harness writes above queued messages.
fn is_queue(line: &[u8]) -> bool {
    QUEUED_MARKS.iter().any(|(mark, _)| {
        let mark = mark.get(1..).unwrap_or_default();
        line.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark.as_bytes()))
    })
}

/// The position of the line that closes a bracket: "[/OUT-OF-BAND USER MESSAGE]".
fn closing(text: &[u8]) -> Option<usize> {
    memmem::rfind(text, b"\n[/")
}

/// The text below lines that only number the messages of a queue.
fn without_numbers(text: &[u8]) -> &[u8] {
    let mut rest = text.trim_ascii_start();
    loop {
        let line = rest.get(..memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
        let number = line.trim_ascii().to_ascii_lowercase();
        let counts = number.iter().all(|b| *b == b'-')
            || number.starts_with(b"queued #")
            || number.starts_with(b"message #");
        if line.is_empty() || !counts {
            return rest;
        }
        rest = rest.get(line.len()..).unwrap_or_default().trim_ascii_start();
    }
}

/// The feedback in a result that is an object of JSON.
fn feedback(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.trim_ascii();
    if !(text.starts_with(b"{") && memmem::find(text, b"\"feedback\"").is_some()) {
        return None;
    }
    let mut words = Vec::new();
    let mut json = Json::new(text);
    let read = json.members(|json, name| {
        if *name.decoded() == *b"feedback" && json.peek() == Some(b'"') {
            words = json.read_string()?.decoded().into_owned();
            return Ok(());
        }
        Ok(json.pass(&mut ())?)
    });
    (read.is_ok() && !words.trim_ascii().is_empty()).then_some(words)
}
