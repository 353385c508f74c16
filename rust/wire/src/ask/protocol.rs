//! Recognises what programs write in the human's role: results of tools, queued messages, plan mode, pointers.
//!
//! The tables are in `harness/`. First lines are compared with patterns in which `*` stands for any characters of the line.

use super::harness::{
    CALL_MARKS, CONDITIONS, MESSAGE_WORDS, NOT_QUEUED, NUDGES, PLAN_BEGINS, PLAN_ENDS, QUEUED_HEADS,
    QUEUED_TAILS, RESULT_HEADS, RESULT_KEYS, SAID_IN_RESULT,
};
use memchr::memchr;
use memchr::memmem::{self, Finder};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The most bytes of a line that introduces a message.
const MESSAGE_HEAD: usize = 90;
/// The most bytes of a first line that are compared.
const LINE: usize = 240;

/// True if a line matches a pattern: `*` stands for any characters; the rest is compared without regard to case.
fn matches(pattern: &[u8], line: &[u8]) -> bool {
    let (mut p, mut l, mut star) = (0, 0, None);
    while l < line.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, l));
                p += 1;
            }
            Some(c) if line.get(l).is_some_and(|b| b.eq_ignore_ascii_case(c)) => (p, l) = (p + 1, l + 1),
            // Let the last star take one byte more.
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, l) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|b| *b == b'*')
}

/// True if a line matches a pattern of a table.
pub(crate) fn any_matches(table: &[(&str, &str)], line: &[u8]) -> bool {
    let first = line.first().map(u8::to_ascii_lowercase);
    let may = |pattern: &[u8]| pattern.first().copied() == first || pattern.first() == Some(&b'*');
    table.iter().any(|(pattern, _)| may(pattern.as_bytes()) && matches(pattern.as_bytes(), line))
}

/// The first line of a text and the position behind it.
fn first_line(text: &[u8]) -> (&[u8], usize) {
    let start = text.len() - text.trim_ascii_start().len();
    let rest = text.get(start..).unwrap_or_default();
    let end = memchr(b'\n', rest).unwrap_or(rest.len());
    let line = rest.get(..end.min(LINE)).unwrap_or_default().trim_ascii();
    (line, (start + end + 1).min(text.len()))
}

/// True if a message that follows the assistant's is the result of a tool, or a program's complaint, and not the human's.
pub(crate) fn is_result(words: &[u8]) -> bool {
    let (line, _) = first_line(words);
    match line.first() {
        None => false,
        Some(b'{') => is_json_result(words),
        Some(_) => any_matches(RESULT_HEADS, line) || any_matches(NUDGES, line) || is_json_result(words),
    }
}

/// True if a text is a JSON object, or a list of such, that begins with the key of a result. One with feedback is the human's.
fn is_json_result(words: &[u8]) -> bool {
    let text = words.trim_ascii();
    let (inside, closes) = match text {
        [b'{', rest @ ..] => (rest, b'}'),
        [b'[', rest @ ..] => match rest.trim_ascii_start() {
            [b'{', rest @ ..] => (rest, b']'),
            _ => return false,
        },
        _ => return false,
    };
    if text.last() != Some(&closes) || memmem::find(text, b"\"feedback\"").is_some() {
        return false;
    }
    let Some(key) = inside.trim_ascii_start().strip_prefix(b"\"") else { return false };
    let key = key.get(..memchr(b'"', key).unwrap_or(0)).unwrap_or_default();
    let typed = key == b"type"
        && memmem::find(inside.get(..inside.len().min(80)).unwrap_or(inside), b"tool_result").is_some();
    typed || RESULT_KEYS.iter().any(|known| known.as_bytes() == key)
}

/// The range of the human's own message that a program's block quotes.
pub(crate) fn queued(inside: &[u8]) -> Option<(usize, usize)> {
    let (line, mut from) = first_line(inside);
    if !any_matches(QUEUED_HEADS, line) && !introduces_message(line) {
        return None;
    }
    let mut head = line;
    if let Some(colon) = memchr(b':', line).filter(|at| *at + 1 < line.len()) {
        // The message begins on the same line.
        head = line.get(..colon).unwrap_or_default();
        from = line.as_ptr().addr() - inside.as_ptr().addr() + colon + 1;
    } else if !matches!(line.last(), Some(b':' | b'.' | b']')) {
        return None;
    }
    let lower = head.to_ascii_lowercase();
    if NOT_QUEUED.iter().any(|word| memmem::find(&lower, word.as_bytes()).is_some()) {
        return None;
    }
    let to = end_of_message(inside, from);
    (!inside.get(from..to)?.trim_ascii().is_empty()).then_some((from, to))
}

/// True if a line of a program names the human and a message, as none of the table's rows does: "A user message arrived:".
fn introduces_message(line: &[u8]) -> bool {
    let head = line.get(..memchr(b':', line).unwrap_or(line.len())).unwrap_or_default().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| memmem::find(&head, word.as_bytes()).is_some());
    let ends = memchr(b':', line).is_some() || line.starts_with(b"[") && line.ends_with(b"]");
    ends && head.len() <= MESSAGE_HEAD && has(&["user", "human"]) && has(MESSAGE_WORDS)
}

/// The end of a quoted message that begins at `from`: before the first paragraph that only a program writes.
fn end_of_message(text: &[u8], from: usize) -> usize {
    let mut at = from;
    for line in text.get(from..).unwrap_or_default().split_inclusive(|b| *b == b'\n') {
        let start = line.trim_ascii_start();
        let head = start.get(..start.len().min(64)).unwrap_or_default().to_ascii_lowercase();
        if at > from && QUEUED_TAILS.iter().any(|(tail, _)| head.starts_with(tail.as_bytes())) {
            return at;
        }
        at += line.len();
    }
    text.len()
}

/// True if the text before a wrapper of a common name introduces the human's words.
pub(crate) fn precedes_words(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line = before.get(start..).unwrap_or_default().to_ascii_lowercase();
    let says = |words: &str| memmem::find(&line, words.as_bytes()).is_some();
    line.ends_with(b":")
        && line.len() <= LINE
        && (says("feedback")
            || says("the user")
            || says("[ask_followup_question")
            || says("[attempt_completion"))
}

/// The human's words in the result of a tool that the human has rejected or commented on. None in any other result.
pub(crate) fn said_in_result(text: &[u8]) -> Option<&[u8]> {
    let head = text.get(..text.len().min(480))?.to_ascii_lowercase();
    if !head.trim_ascii_start().starts_with(b"the user ") {
        return None;
    }
    let ends = SAID_IN_RESULT
        .iter()
        .filter_map(|(said, _)| Some(memmem::find(&head, said.as_bytes())? + said.len()));
    let from = ends.min()?;
    let words = text.get(from..end_of_message(text, from))?.trim_ascii();
    (!words.is_empty()).then_some(words)
}

/// True if the blocks of a program say that work is being planned, false if they say that it no longer is. The last statement
/// counts; none without one.
pub(crate) fn says_planning<'t>(blocks: impl Iterator<Item = &'t [u8]>) -> Option<bool> {
    let mut planning = None;
    for block in blocks {
        // "lan" finds "plan", "Plan" and "PLANNING" alike once the case is folded; most blocks have none of them.
        if memmem::find(block, b"lan").is_none() && memmem::find(block, b"LAN").is_none() {
            continue;
        }
        let block = block.to_ascii_lowercase();
        for sentence in block.split(|b| matches!(b, b'.' | b'\n' | b'!' | b';')) {
            let sentence = sentence.trim_ascii();
            let says = |words: &str| memmem::find(sentence, words.as_bytes()).is_some();
            let names = says("plan mode") || says("planning mode") || says("plan-mode");
            if !names || CONDITIONS.iter().any(|word| sentence.starts_with(word.as_bytes())) {
                continue;
            }
            if PLAN_ENDS.iter().any(|word| says(word)) {
                planning = Some(false);
            } else if matches!(sentence, b"plan mode" | b"planning mode")
                || PLAN_BEGINS.iter().any(|word| says(word))
            {
                planning = Some(true);
            }
        }
    }
    planning
}

/// True if a message does not read as a human's sentence: it begins with a mark, or has lines and asks nothing.
fn looks_like_output(words: &[u8]) -> bool {
    let (line, _) = first_line(words);
    let begins = line.first().is_some_and(|b| b.is_ascii() && !b.is_ascii_alphabetic());
    let lines = memchr(b'\n', words).is_some();
    let asks = memchr(b'?', words).is_some();
    begins || line.ends_with(b":") || !asks && (lines || memchr(b':', line).is_some())
}

/// A searcher for each of [`CALL_MARKS`]. Making one costs more than a search does.
static CALL_FINDERS: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| CALL_MARKS.iter().map(|(mark, _)| Finder::new(*mark)).collect());

/// True if an assistant's text calls a tool in a text protocol, so that the next message may be a program's. Code at its end
/// is a call only if that message looks like an output.
pub(crate) fn calls_in_text(text: &[u8], next: &[u8]) -> bool {
    let text = text.trim_ascii_end().to_ascii_lowercase();
    let marked = CALL_FINDERS.iter().any(|mark| mark.find(&text).is_some());
    marked || text.ends_with(b"```") && looks_like_output(next) || {
        // A closing tag with an underscore is no HTML.
        let tag = memchr::memrchr(b'<', &text).and_then(|at| text.get(at..)).unwrap_or_default();
        let name = tag.strip_prefix(b"</").and_then(|rest| rest.strip_suffix(b">"));
        name.is_some_and(|name| {
            name.contains(&b'_') && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        })
    }
}

/// The most bytes and words of a pointer.
const POINTER: (usize, usize) = (120, 16);

/// Verbs that ask for the work that a document or an earlier message describes. Verbs that ask something about a text, such
/// as "summarise" and "translate", are asks by themselves.
const VERBS: &str = "|solve|answer|prove|do|complete|compute|calculate|work|figure|respond|reply|fix|implement|finish|solution|\
    handle|tackle|attempt|address|execute|perform|resolve|evaluate|derive|löse|beantworte|beweise|résous|réponds|resuelve|responde|";
/// Words that may stand beside such a verb.
const FILLERS: &str = "|it|this|that|them|these|those|the|a|an|to|for|me|us|of|in|on|at|from|with|and|then|so|now|please|pls|kindly|\
    just|go|ahead|yes|yeah|ok|okay|sure|can|could|would|will|you|i|we|want|need|like|help|out|up|all|every|each|above|below|\
    following|attached|quoted|given|provided|problem|problems|question|questions|task|tasks|exercise|exercises|proof|document|\
    documents|file|files|text|transcript|context|quote|message|attachment|here|is|are|what|how|correctly|carefully|properly|\
    completely|fully|step|steps|by|your|my|show|working|reasoning|think|let|lets|das|die|den|der|bitte|ça|cela|esto|por|favor|\
    inside|contained|stated|asked|asks|described|posted|again|first|next|one|ones|";

/// [`VERBS`], true, and [`FILLERS`], false, by word.
static POINTING: LazyLock<HashMap<&'static str, bool>> = LazyLock::new(|| {
    let words = |list: &'static str, verb| list.split('|').map(move |word| (word, verb));
    words(FILLERS, false).chain(words(VERBS, true)).collect()
});

/// True if words only point at the work that stands elsewhere: "Solve this:", "Please answer the question in the document".
pub(crate) fn refers(words: &[u8]) -> bool {
    let Some(text) = std::str::from_utf8(words).ok().filter(|text| text.len() <= POINTER.0) else {
        return false;
    };
    let text = text.to_lowercase().replace(['\'', '’'], "");
    let (mut count, mut verb) = (0, false);
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let Some(works) = POINTING.get(word) else { return false };
        count += 1;
        verb |= works;
    }
    verb && count <= POINTER.1
}
