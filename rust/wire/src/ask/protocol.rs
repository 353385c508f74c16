//! Recognises what programs write in the human's role: queued messages, plan mode, pointers.
//!
//! The tables are in `harness/`. First lines are compared with patterns (`pattern.rs`).

use super::harness::{
    CONDITIONS, MENTIONS, MESSAGE_LINES, NOT_QUEUED, PLAN_BEGINS, PLAN_ENDS, PLAN_NAMES, PLAN_RETURNS,
    PLAN_SLUGS, QUEUED_HEADS, QUEUED_TAILS,
};
use super::literals::{Literals, WordMap, lower_case};
use super::pattern::any_matches;
use memchr::memchr;
use memchr::memmem;
use std::sync::LazyLock;

/// The most bytes of a line that introduces a message.
const MESSAGE_HEAD: usize = 90;
/// The most bytes of a first line that are compared.
pub(super) const LINE: usize = 240;

/// The first line of a text and the position behind it.
pub(super) fn first_line(text: &[u8]) -> (&[u8], usize) {
    let start = text.len() - text.trim_ascii_start().len();
    let rest = text.get(start..).unwrap_or_default();
    let end = memchr(b'\n', rest).unwrap_or(rest.len());
    let line = rest.get(..end.min(LINE)).unwrap_or_default().trim_ascii();
    (line, (start + end + 1).min(text.len()))
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
    } else if !(matches!(line.last(), Some(b':' | b'.' | b']')) || line.ends_with("：".as_bytes())) {
        return None;
    }
    if is_about_files(head) {
        return None;
    }
    let to = end_of_message(inside, from);
    (!inside.get(from..to)?.trim_ascii().is_empty()).then_some((from, to))
}

/// True if a line of a program is about files or settings, not about a message.
pub(super) fn is_about_files(head: &[u8]) -> bool {
    let lower = head.to_ascii_lowercase();
    NOT_QUEUED.iter().any(|word| memmem::find(&lower, word.as_bytes()).is_some())
}

/// True if a line of a program names the human and a message, as none of the table's rows does: "A user message arrived:".
pub(super) fn introduces_message(line: &[u8]) -> bool {
    let wide = || memmem::find(line, "：".as_bytes());
    let colon = memchr(b':', line).or_else(wide);
    let head = line.get(..colon.unwrap_or(line.len())).unwrap_or_default();
    if head.len() > MESSAGE_HEAD || !(colon.is_some() || line.starts_with(b"[") && line.ends_with(b"]")) {
        return false;
    }
    let head = String::from_utf8_lossy(head).to_lowercase();
    MESSAGE_LINES.iter().any(|(_, humans, messages)| {
        let has = |words: &[&str]| words.iter().any(|word| head.contains(word));
        has(humans) && has(messages)
    })
}

/// The end of a quoted message that begins at `from`: before the first paragraph that only a program writes.
pub(super) fn end_of_message(text: &[u8], from: usize) -> usize {
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
    matches!(line.last(), Some(b':' | b'.'))
        && line.len() <= LINE
        && (says("feedback")
            || says("the user")
            || says("[ask_followup_question")
            || says("[attempt_completion"))
}

/// True if the blocks of a program say that work is being planned, false if they say that it no longer is. The last statement
/// counts; none without one.
pub(crate) fn says_planning<'t>(blocks: impl Iterator<Item = &'t [u8]>) -> Option<bool> {
    let mut planning = None;
    planning_said(blocks, |_, says| planning = Some(says));
    planning
}

/// Calls `each` with each sentence of some blocks that states whether work is being planned.
pub(crate) fn planning_said<'t>(blocks: impl Iterator<Item = &'t [u8]>, mut each: impl FnMut(&str, bool)) {
    for block in blocks {
        let mut from = 0;
        while let Some(at) = PLANS.find_in(block.get(from..).unwrap_or_default()) {
            let ends = |b: &u8| matches!(b, b'.' | b'\n' | b'!' | b';');
            let (before, after) = block.split_at_checked(from + at).unwrap_or_default();
            let end = after.iter().position(ends).unwrap_or(after.len());
            let start = before.iter().skip(from).rposition(ends).map_or(from, |place| from + place + 1);
            let sentence = plain_sentence(block.get(start..from + at + end).unwrap_or_default());
            if let Some(sentence) = sentence.as_deref().map(str::trim)
                && let Some(says) = states_planning(sentence)
            {
                each(sentence, says);
            }
            from += at + end;
        }
    }
}

/// Parts of words, one of which each sentence about plan mode has.
static PLANS: LazyLock<Literals> =
    LazyLock::new(|| Literals::new(["lan", "Lan", "LAN", "rchitect", "RCHITECT"].into_iter()));

/// Words beside those, one of which each name of plan mode has.
static MODES: LazyLock<Literals> = LazyLock::new(|| Literals::new(["mode", "agent", "slug"].into_iter()));

/// The most bytes of a sentence that is searched for a name before it is read.
const SENTENCE: usize = 512;

/// A sentence in lower case and without marks; None if it cannot name plan mode.
fn plain_sentence(sentence: &[u8]) -> Option<String> {
    if sentence.len() <= SENTENCE && !lower_case::<SENTENCE, _>(sentence, |lower| MODES.is_in(lower)) {
        return None;
    }
    let is_mark = |c: &char| matches!(c, '*' | '`' | '"' | '\'' | '“' | '”' | '_');
    let lower = String::from_utf8_lossy(sentence).to_lowercase();
    Some(lower.chars().filter(|c| !is_mark(c)).collect())
}

/// The statement about plan mode of a sentence in lower case and without marks.
fn states_planning(sentence: &str) -> Option<bool> {
    let says = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    if PLAN_SLUGS.contains(&sentence) {
        return Some(true);
    }
    let bare =
        sentence.trim_start_matches(['#', ' ', '-', '[', '<']).trim_end_matches([']', '>', ' ', '#', ':']);
    let names = says(PLAN_NAMES);
    if !names || CONDITIONS.iter().any(|word| bare.starts_with(word)) || says(MENTIONS) {
        return None;
    }
    if says(PLAN_RETURNS) {
        return Some(true);
    }
    if says(PLAN_ENDS) {
        return Some(false);
    }
    let heading = sentence.starts_with('#') && bare.split(' ').count() <= HEADING_WORDS;
    (heading || PLAN_NAMES.contains(&bare) || says(PLAN_BEGINS)).then_some(true)
}

/// The most words of a heading that names plan mode.
const HEADING_WORDS: usize = 7;

/// The most bytes and words of a pointer.
const POINTER: (usize, usize) = (120, 16);

/// Verbs that ask for the work that a document or an earlier message describes. Verbs that ask something about a text, such
/// as "summarise" and "translate", are asks by themselves.
const VERBS: &str = "|solve|answer|prove|do|complete|compute|calculate|work|figure|respond|reply|fix|implement|finish|solution|\
    handle|tackle|attempt|address|execute|perform|resolve|evaluate|derive|löse|beantworte|beweise|résous|réponds|resuelve|responde|";
/// Words that may stand beside such a verb.
const FILLERS: &str = "|it|this|that|them|these|those|the|a|an|to|for|me|us|of|in|on|at|from|with|and|then|so|now|please|pls|kindly|\
    just|go|ahead|yes|yeah|ok|okay|sure|can|could|would|will|you|i|we|want|need|like|help|out|up|all|every|each|above|below|\
    following|attached|quoted|given|provided|problem|problems|question|questions|task|tasks|exercise|exercises|proof|document|whats|\
    documents|file|files|text|transcript|context|quote|message|attachment|here|is|are|what|how|correctly|carefully|properly|\
    completely|fully|step|steps|by|your|my|show|working|reasoning|think|let|lets|das|die|den|der|bitte|ça|cela|esto|por|favor|\
    inside|contained|stated|asked|asks|described|posted|again|first|next|one|ones|";

/// All words of pointers.
pub(crate) fn pointing_words() -> impl Iterator<Item = &'static str> {
    POINTING.keys().copied()
}

/// [`VERBS`], true, and [`FILLERS`], false, by word.
static POINTING: LazyLock<WordMap<bool>> = LazyLock::new(|| {
    let words = |list: &'static str, verb| list.split('|').map(move |word| (word, verb));
    words(FILLERS, false).chain(words(VERBS, true)).collect()
});

/// True if words only point at the work that stands elsewhere: "Solve this:", "Please answer the question in the document".
pub(crate) fn refers(words: &[u8]) -> bool {
    if words.len() > POINTER.0 {
        return false;
    }
    let Ok(text) = std::str::from_utf8(words) else { return false };
    let text = text.to_lowercase().replace(['\'', '’'], "");
    let (mut count, mut verb) = (0, false);
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let Some(works) = POINTING.get(word) else { return false };
        count += 1;
        verb |= works;
    }
    verb && count <= POINTER.1
}
