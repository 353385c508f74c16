//! Recognises an acknowledgement in an envelope that no table has: a signature, fields of JSON or YAML, a speaker's label, a
//! template of a program.
//!
//! ```text
//! frame    "[bob (17)]:"  "user: bob"  "-- "  "```"  "Please respond in English."   nothing of the human's
//! rest     what is left: "yes, do it"
//! ```

use super::asking::reads_as_ask;
use super::harness::META_STARTS;
use super::phrases::{LONGEST, is_acknowledgement};
use super::result::may_be_program;
use memchr::{memchr, memchr3};
use rheostat::json::Json;

/// The most bytes of a message that is looked at.
const MOST: usize = 1024;
/// The most bytes of a label, and of sentences that only instruct.
const LABEL: (usize, usize) = (40, 400);

/// Fields of a mail, in lower case.
const MAIL_HEADS: [&str; 10] =
    ["from", "to", "cc", "subject", "date", "sent", "reply-to", "betreff", "objet", "asunto"];
/// Closings of a letter, in lower case.
const CLOSINGS: [&str; 10] = [
    "thanks",
    "thank you",
    "best",
    "regards",
    "best regards",
    "kind regards",
    "cheers",
    "sincerely",
    "danke",
    "merci",
];

/// The acknowledgement in a message that has other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framed {
    /// All else is a frame.
    Alone,
    /// There are other words.
    Beside,
}

/// The acknowledgement that stands in a line of its own, behind a label, or in a field; None if there is none.
pub(super) fn framed(words: &[u8]) -> Option<Framed> {
    if words.len() > MOST || !has_framing(words) || may_be_program(words, None) {
        return None;
    }
    let text = std::str::from_utf8(words).ok()?.trim();
    if text.starts_with('{') && text.ends_with('}') {
        return in_fields(text);
    }
    let text = without_tags(text);
    let (mut found, mut beside, mut below_label, mut fence, mut quoting) = (false, false, false, None, false);
    for line in text.lines() {
        let line = line.trim();
        let mark = ["```", "~~~", "\"\"\""].into_iter().find(|mark| line.starts_with(mark));
        if let Some(mark) = mark {
            fence = if fence.is_none() { Some(mark) } else { None };
            continue;
        }
        if is_sign_off(line) {
            break;
        }
        if quoting || line.starts_with('[') && line.ends_with(']') && text.contains("\n[/") {
            quoting = !line.starts_with("[/");
            continue;
        }
        if line.starts_with('>') {
            continue;
        }
        let bare = unlabelled(line);
        if line.is_empty() || !bare.chars().any(char::is_alphanumeric) {
            below_label &= !line.is_empty();
            // A line of nothing but a label: what stands below it is its value.
            below_label |= line.ends_with([':', '：']);
            beside |= line.ends_with([':', '：'])
                && reads_as_ask(line.trim_end_matches([':', '：']).as_bytes())
                && !instructs(line);
        } else if acknowledges(bare) || acknowledges(line) {
            found = true;
        } else {
            let shouts = !line.chars().any(char::is_lowercase) && line.is_ascii();
            let material = fence.is_some() || below_label || bare.len() < line.len() || shouts;
            beside |= !(material && !reads_as_ask(bare.as_bytes()) || instructs(line));
        }
    }
    found.then_some(if beside { Framed::Beside } else { Framed::Alone })
}

/// True if a text has a byte that frames do.
fn has_framing(words: &[u8]) -> bool {
    memchr3(b'\n', b':', b'@', words).is_some()
        || memchr3(b'<', b'[', b'{', words).is_some()
        || memchr(b'(', words).is_some()
        || !words.is_ascii()
}

fn acknowledges(line: &str) -> bool {
    line.len() <= LONGEST && is_acknowledgement(line.as_bytes())
}

/// The acknowledgement among the strings of a JSON object.
fn in_fields(text: &str) -> Option<Framed> {
    let (mut found, mut beside) = (false, false);
    let mut json = Json::new(text.as_bytes());
    let read = json.members(|json, _| {
        if json.peek() != Some(b'"') {
            return Ok(json.pass(&mut ())?);
        }
        let value = json.read_string()?.decoded();
        found |= is_acknowledgement(value.trim_ascii());
        beside |= reads_as_ask(&value) && !is_acknowledgement(value.trim_ascii());
        Ok(())
    });
    (read.is_ok() && found).then_some(if beside { Framed::Beside } else { Framed::Alone })
}

/// The text with a line feed for each tag, and without the names in mentions.
fn without_tags(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('<') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let tag = rest.get(at..).unwrap_or_default();
        if let Some(name) = tag.strip_prefix("<at>").and_then(|rest| rest.find("</at>")) {
            rest = tag.get("<at>".len() + name + "</at>".len()..).unwrap_or_default();
            continue;
        }
        let Some(end) = tag.find('>').filter(|_| !tag.starts_with("< ")) else {
            out.push_str(tag);
            return out;
        };
        out.push('\n');
        rest = tag.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// A line without a bracket, a mention, or a short label in front of it; empty if all of it is in brackets.
fn unlabelled(line: &str) -> &str {
    let mut rest = line.trim_start_matches(['#', '*', '-', ' ']);
    for (open, close) in [('[', ']'), ('(', ')'), ('【', '】')] {
        if let Some(inside) = rest.strip_prefix(open)
            && let Some((_, behind)) = inside.split_once(close)
        {
            rest = behind.trim_start_matches([':', '：', ' ']);
        }
    }
    if let Some(mention) = rest.strip_prefix('@') {
        rest = mention.split_once(char::is_whitespace).map_or("", |(_, behind)| behind).trim_start();
    }
    let heads = |label: &&str| rest.split_once(':').is_some_and(|(head, _)| head.eq_ignore_ascii_case(label));
    if line.ends_with([':', '：']) || MAIL_HEADS.iter().any(heads) {
        return "";
    }
    match rest.split_once([':', '：']) {
        Some((label, value)) if label.len() <= LABEL.0 && !label.contains(['.', '?', '!']) => value.trim(),
        _ => rest,
    }
}

/// True if a line ends a message above a signature, or above the message that it answers.
fn is_sign_off(line: &str) -> bool {
    let lower = line.to_lowercase();
    line == "--"
        || line.len() >= 10 && line.bytes().all(|b| b == b'_')
        || lower.strip_suffix(',').is_some_and(|closing| CLOSINGS.contains(&closing))
}

/// True if a line only instructs the model how to answer.
fn instructs(line: &str) -> bool {
    let lower = line.trim_start_matches(['(', '-', '*', '#', ' ', '“', '"']).to_lowercase();
    META_STARTS.iter().any(|(start, _)| lower.starts_with(start))
}

/// True if all sentences only instruct the model how to answer: the work stands in the material beside them.
pub(super) fn is_boilerplate(words: &[u8]) -> bool {
    let Some(text) = std::str::from_utf8(words).ok().filter(|text| text.len() <= LABEL.1) else {
        return false;
    };
    let mut sentences = text
        .split(['\n', '!'])
        .flat_map(|line| line.split(". "))
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .peekable();
    sentences.peek().is_some() && sentences.all(instructs)
}

#[cfg(test)]
#[path = "../../tests/unit/ask/frame.rs"]
mod tests;
