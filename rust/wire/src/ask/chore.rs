//! Recognises requests that a program makes for itself, in a conversation's name: titles, tags, summaries, heartbeats.

use super::harness::{CHORES, COMPACTIONS, TITLE_VERBS, TITLES, WORK};
use super::literals::Literals;
use super::protocol::any_matches;
use rheostat::query::Chore;
use std::sync::LazyLock;

/// Bytes at the beginning of a text that are looked at.
pub(crate) const HEAD: usize = 480;
/// The most bytes of a sentence that asks for a title.
const SENTENCE: usize = 200;

/// Parts of words, one of which each chore has.
const HINTS: &[&str] = &[
    "itle",
    "ITLE",
    "opic",
    "ummar",
    "UMMAR",
    "eartbeat",
    "EARTBEAT",
    " tags ",
    "ollow-up",
    "utocompletion",
    "CONTEXT",
    "ompress",
    "ondense",
    "ompact",
    "out of context",
    "maximum number",
    "onversation a name",
    "earch quer",
    "facial",
    "UGGESTION",
    "ash commands",
    "file paths",
    "continuing our",
    "标题",
    "標題",
    "名字",
    "タイトル",
    "題名",
    "제목",
    "аголовок",
    "азвание",
    "itel",
    "itre",
    "ítulo",
    "itolo",
];

/// The hints, as they stand in a text, and in one that is in small letters.
static HINTED: LazyLock<[Literals; 2]> = LazyLock::new(|| {
    let lower: Vec<String> = HINTS.iter().map(|hint| hint.to_lowercase()).collect();
    [Literals::new(HINTS.iter().copied()), Literals::new(lower.iter().map(String::as_str))]
});

/// The chore that a text asks for. A request that offers tools asks for no title.
pub(super) fn of(text: &[u8], offers_tools: bool) -> Option<Chore> {
    let head = text.get(..text.len().min(HEAD)).unwrap_or_default();
    let [hints, small_hints] = &*HINTED;
    if !hints.is_in(head) {
        return None;
    }
    let lower = String::from_utf8_lossy(head).to_lowercase();
    for sentence in sentences(&lower, |part| small_hints.is_in(part.as_bytes())) {
        // Most sentences match no table, so the words of work are looked for last.
        let works = || WORK.iter().any(|word| sentence.contains(word));
        if any_matches(COMPACTIONS, sentence.as_bytes()) && !works() {
            return Some(Chore::Compaction);
        }
        let titles = !offers_tools && asks_for_title(sentence) && !works();
        if titles || any_matches(CHORES, sentence.as_bytes()) {
            return Some(Chore::Aside);
        }
    }
    None
}

/// The sentences of a text that are `wanted`, without words that only introduce them.
fn sentences(text: &str, wanted: impl Fn(&str) -> bool + Copy) -> impl Iterator<Item = &str> {
    let ends = |c: char| matches!(c, '\n' | '.' | '!' | '?' | '。' | '！' | '？');
    let parts = text.split(ends).filter(move |part| wanted(part)).flat_map(|sentence| {
        // "Based on the chat history, give this conversation a name."
        let behind = sentence.split_once(", ").map(|(_, clause)| clause);
        [Some(sentence), behind].into_iter().flatten()
    });
    let parts = parts.chain(text.split('\n').filter(move |line| line.contains(".md") && wanted(line)));
    parts.map(|sentence| {
        let mut rest = sentence.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '[');
        for word in ["please ", "now ", "task: ", "first ", "also ", "critical: ", "important: "] {
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        rest.trim()
    })
}

/// True if a sentence asks for a title of the conversation, in the languages of the table.
fn asks_for_title(sentence: &str) -> bool {
    if sentence.len() > SENTENCE {
        return false;
    }
    TITLES.iter().any(|(language, titles, conversations, wishes)| {
        let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
        let wishes = match *language {
            "en" => TITLE_VERBS
                .iter()
                .any(|verb| sentence.strip_prefix(verb).is_some_and(|rest| rest.starts_with(' '))),
            _ => has(wishes),
        };
        wishes && has(titles) && has(conversations)
    })
}
