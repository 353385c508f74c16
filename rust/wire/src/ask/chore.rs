//! Recognises requests that a program makes for itself, in a conversation's name: titles, tags, summaries, heartbeats.

use super::harness::{CHORES, COMPACTIONS, TITLE_VERBS, TITLES, WORK};
use super::protocol::any_matches;
use memchr::memmem::Finder;
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

/// A searcher for each hint. Making one costs more than a search of a head does.
static FINDERS: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| HINTS.iter().map(|hint| Finder::new(*hint)).collect());

/// The chore that a text asks for. A request that offers tools asks for no title.
pub(super) fn of(text: &[u8], offers_tools: bool) -> Option<Chore> {
    let head = text.get(..text.len().min(HEAD)).unwrap_or_default();
    if !FINDERS.iter().any(|hint| hint.find(head).is_some()) {
        return None;
    }
    let lower = String::from_utf8_lossy(head).to_lowercase();
    for sentence in sentences(&lower) {
        let works = WORK.iter().any(|word| sentence.contains(word));
        if any_matches(COMPACTIONS, sentence.as_bytes()) && !works {
            return Some(Chore::Compaction);
        }
        let titles = !offers_tools && !works && asks_for_title(sentence);
        if titles || any_matches(CHORES, sentence.as_bytes()) {
            return Some(Chore::Aside);
        }
    }
    None
}

/// The sentences of a text, without words that only introduce them.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| matches!(c, '\n' | '.' | '!' | '?' | '。' | '！' | '？');
    let parts = text.split(ends).flat_map(|sentence| {
        // "Based on the chat history, give this conversation a name."
        let behind = sentence.split_once(", ").map(|(_, clause)| clause);
        [Some(sentence), behind].into_iter().flatten()
    });
    let parts = parts.chain(text.split('\n').filter(|line| line.contains(".md")));
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
