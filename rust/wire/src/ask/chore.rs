//! Recognises requests that a program makes for itself, in a conversation's name: titles, tags, summaries, heartbeats.

use super::glance::Glance;
use super::harness::{CHORES, COMPACTIONS, CONVERSATION_FOLLOWERS, SHORTENING, TITLE_VERBS, TITLES, WORK};
use super::literals::{Literals, lower_case, small_letters};
use super::openings::{NOTES, introduced, rows_of};
use super::{errand, openings};
use memchr::{memchr_iter, memmem};
use rheostat::query::Chore;
use std::sync::LazyLock;

/// Bytes at the beginning of a text that are looked at.
pub(crate) const HEAD: usize = 480;
/// The most characters of a sentence that asks for a title.
const SENTENCE: usize = 200;

/// Parts of words, one of which each request for a title has. In small letters, where they are ASCII.
const HINTS: &[&str] = &[
    "title",
    "conversation",
    "chat",
    "headline",
    "commit m",
    "commit t",
    "commit s",
    "branch name",
    "follow-up",
    "followup",
    "follow up q",
    "search quer",
    "summar",
    "condens",
    "compact",
    "compress",
    "recap",
    "handoff",
    "hand-off",
    "context is",
    "context win",
    "session",
    "pr title",
    "titel",
    "titre",
    "titol",
    "benenn",
    "namen",
    "heißen",
    "nomme",
    "nombra",
    "命名",
    "名前",
    "이름",
    "азови",
    "标题",
    "標題",
    "名字",
    "名称",
    "タイトル",
    "題名",
    "제목",
    "аголов",
    "азвание",
    "ítulo",
];

/// The hints in ASCII, in one search.
static HINTED: LazyLock<Literals> = LazyLock::new(|| Literals::new(hints(true)));

/// Those of other scripts.
static HINTED_ABROAD: LazyLock<Literals> = LazyLock::new(|| Literals::new(hints(false)));

/// Parts of texts in small letters, one of which each text has that asks for a chore: the hints, and of each pattern without a hint
/// the longest word with what follows it up to a star.
pub(super) fn parts() -> Vec<String> {
    let mut parts: Vec<String> = HINTS.iter().map(|hint| (*hint).to_owned()).collect();
    let mut patterns: Vec<_> =
        COMPACTIONS.iter().chain(CHORES).map(|(row, _)| row.to_ascii_lowercase()).collect();
    // What a short one adds may be in a longer one.
    patterns.sort_unstable_by_key(String::len);
    for pattern in patterns {
        if !parts.iter().any(|part| pattern.contains(part.as_str())) {
            let words = pattern.split(|c: char| !c.is_alphanumeric());
            let longest = words.max_by_key(|word| word.len()).unwrap_or_default();
            let rest = pattern.find(longest).and_then(|at| pattern.get(at..)).unwrap_or_default();
            parts.push(rest.split('*').next().unwrap_or_default().to_owned());
        }
    }
    parts
}

/// The hints in ASCII, or the others.
fn hints(ascii: bool) -> impl Iterator<Item = &'static str> + Clone {
    HINTS.iter().copied().filter(move |hint| hint.is_ascii() == ascii)
}

/// The words for a title of [`TITLES`].
static TITLE_WORDS: LazyLock<Literals> =
    LazyLock::new(|| Literals::new(TITLES.iter().flat_map(|(_, titles, ..)| titles.iter().copied())));

/// The words for a conversation of [`TITLES`].
static CHAT_WORDS: LazyLock<Literals> =
    LazyLock::new(|| Literals::new(TITLES.iter().flat_map(|(_, _, chats, _)| chats.iter().copied())));

/// The chore that a text asks for. A request that offers tools asks for no title.
pub(super) fn of(text: &[u8], offers_tools: bool) -> Option<Chore> {
    of_seen(text, Glance::of(text), offers_tools)
}

/// As [`of`], of a text that has been glanced at.
pub(super) fn of_seen(text: &[u8], glance: Glance, offers_tools: bool) -> Option<Chore> {
    by_sentence(text, glance, offers_tools, true).map(|(_, chore)| chore)
}

/// The chore that an operator's prompt asks for: a whole sentence says so, not a clause.
pub(super) fn of_prompt(text: &[u8], offers_tools: bool) -> Option<Chore> {
    by_sentence(text, Glance::of(text), offers_tools, false).map(|(_, chore)| chore)
}

/// The row of a table by which a text asks for a chore: the operator's prompt, or another.
pub(crate) fn row(text: &[u8], offers_tools: bool, prompt: bool) -> Option<String> {
    by_sentence(text, Glance::of(text), offers_tools, !prompt)
        .map(|(row, _)| String::from_utf8_lossy(row).into_owned())
}

fn by_sentence(text: &[u8], glance: Glance, offers_tools: bool, clauses: bool) -> Option<Found> {
    let head = text.get(..text.len().min(HEAD)).unwrap_or_default();
    if !glance.may_be_chore() {
        return None;
    }
    let kinds = openings::of(head);
    let by_pattern = || (kinds & openings::PATTERN != 0).then(|| by_pattern(head, clauses)).flatten();
    let read = |lower: &[u8]| by_parts(head, lower, kinds, (offers_tools, clauses));
    by_pattern().or_else(|| lower_case::<HEAD, _>(head, read))
}

/// True if a text has the only letter outside ASCII whose small letter is in ASCII.
fn has_kelvin_sign(text: &[u8]) -> bool {
    !text.is_ascii() && memmem::find(text, "\u{212A}".as_bytes()).is_some()
}

/// True if a text in small letters, where they are ASCII, has a hint.
fn is_hinted(lower: &[u8]) -> bool {
    HINTED.is_in(lower) || !lower.is_ascii() && HINTED_ABROAD.is_in(lower)
}

/// The errand or the title that a text with a hint asks for. `lower`: the text in small letters, where they are ASCII; `kinds`: those of
/// its beginnings.
fn by_parts(head: &[u8], lower: &[u8], kinds: u8, (offers_tools, clauses): (bool, bool)) -> Option<Found> {
    if !is_hinted(lower) {
        return None;
    }
    let kelvin = has_kelvin_sign(lower);
    let errand = kelvin || openings::may_be_errand(lower, kinds, !clauses, offers_tools);
    let title = !offers_tools && (kelvin || openings::may_be_title(lower));
    if errand || title { by_parts_of(head, errand, title, (offers_tools, clauses)) } else { None }
}

/// As [`by_parts`], without its filters: errands, titles, or both.
fn by_parts_of(
    head: &[u8],
    errand: bool,
    title: bool,
    (offers_tools, clauses): (bool, bool),
) -> Option<Found> {
    let lower = small_letters(head);
    let parts = || sentences(lower.as_bytes(), clauses);
    let by_errand = || {
        let texts = parts().filter_map(|sentence| std::str::from_utf8(sentence).ok());
        errand::of(&lower, texts, (!clauses, offers_tools), |sentence| works(sentence.as_bytes()))
    };
    if let Some(chore) = errand.then(by_errand).flatten() {
        return Some((b"an errand of a program, by its parts", chore));
    }
    // A title's words and a conversation's stand in one sentence.
    let named = title && TITLE_WORDS.is_in(lower.as_bytes()) && CHAT_WORDS.is_in(lower.as_bytes());
    let asks = |sentence: &[u8]| {
        TITLE_WORDS.is_in(sentence)
            && asks_for_title(std::str::from_utf8(sentence).unwrap_or_default())
            && !works(sentence)
    };
    (named && parts().any(asks)).then_some((b"a title of the conversation", Chore::Aside))
}

/// A pattern that a text matches, or its like, and the chore.
type Found = (&'static [u8], Chore);

/// The pattern that the first such sentence matches, and its chore.
fn by_pattern(text: &[u8], clauses: bool) -> Option<Found> {
    sentences(text, clauses).find_map(|sentence| {
        let (rows, head) = rows_of(sentence);
        let (row, chore) = rows.iter().find(|(row, _)| row.matches(head, sentence))?;
        let asks = match chore {
            Chore::Aside => true,
            Chore::Compaction => {
                row.pattern.starts_with(b"you are")
                    || !works(sentence) && !is_of_others(sentence) && !is_of_a_thing(sentence)
            }
        };
        asks.then_some((row.pattern, *chore))
    })
}

/// True if a summary is a title, "Summarize the conversation so far in a title.", or one of a talk between others.
fn is_of_others(sentence: &[u8]) -> bool {
    let lower = small_letters(sentence);
    let between = [" between ", " zwischen ", " entre ", " tra "].iter().any(|word| lower.contains(word));
    between || TITLE_WORDS.is_in(lower.as_bytes())
}

/// True if a sentence shortens a thing that is named after conversations, or by means of a program: "Compress the conversation
/// history with zstd."
fn is_of_a_thing(sentence: &[u8]) -> bool {
    let lower = small_letters(sentence);
    let shortens =
        SHORTENING.iter().filter_map(|verb| lower.strip_prefix(verb)).any(|rest| rest.starts_with(' '));
    shortens && lower.split_once("conversation").is_some_and(|(_, after)| errand::shortens_a_thing(after))
}

/// True if a sentence speaks of a user's work.
fn works(sentence: &[u8]) -> bool {
    let lower = small_letters(sentence);
    WORK.iter().any(|word| lower.contains(word)) || names_a_thing(&lower)
}

/// True if a sentence names a thing after conversations: "the conversation table".
fn names_a_thing(sentence: &str) -> bool {
    let behind = sentence.split("the conversation ").skip(1);
    behind.filter_map(|rest| rest.split(|c: char| !c.is_alphabetic()).next()).any(|next| {
        !next.is_empty() && !CONVERSATION_FOLLOWERS.split_ascii_whitespace().any(|word| word == next)
    })
}

/// The sentences of a text that are not empty, without words that only introduce them; and their second clauses, if wanted:
/// "Based on the chat history, give this conversation a name."
fn sentences(text: &[u8], clauses: bool) -> impl Iterator<Item = &[u8]> {
    let ends = |b: &u8| matches!(b, b'\n' | b'.' | b'!' | b'?');
    let parts = text.split(ends);
    let parts = parts.flat_map(move |sentence| {
        let is_pause = |at: &usize| sentence.get(at + 1) == Some(&b' ');
        let behind = memchr_iter(b',', sentence).find(is_pause).filter(|_| clauses);
        [Some(sentence), behind.and_then(|at| sentence.get(at + 2..))].into_iter().flatten()
    });
    // The name of a file has a full stop.
    let named = Some(text).filter(|text| NOTES.find(text).is_some());
    let lines = named.into_iter().flat_map(|text| text.split(|b| *b == b'\n'));
    let lines = lines.filter(|line| NOTES.find(line).is_some());
    parts.chain(lines).map(introduced).filter(|sentence| !sentence.is_empty())
}

/// True if a sentence asks for a title of the conversation, in the languages of the table.
fn asks_for_title(sentence: &str) -> bool {
    if sentence.chars().count() > SENTENCE {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    /// A text with parts of what the tables have, in any order.
    fn text() -> impl Strategy<Value = String> {
        let patterns = CHORES.iter().chain(COMPACTIONS).map(|(pattern, _)| pattern.replace('*', "x "));
        let titles = TITLES.iter().flat_map(|(_, titles, chats, wishes)| [*titles, *chats, *wishes].concat());
        let starts = errand::making()
            .chain(errand::talking())
            .chain(TITLE_VERBS.iter().map(|verb| format!("{verb} ")));
        let words =
            errand::products().chain(errand::ROLE_WORDS.iter().copied()).chain(errand::TALK.iter().copied());
        let marks = [
            ". ",
            "\n",
            ", ",
            "! ",
            "? ",
            " ",
            " ",
            " the ",
            " so far",
            " of ",
            "Please ",
            "now ",
            "- ",
            "a.md ",
            "you are ",
            "you ",
            "generates ",
            "for chats",
            "conversation",
            "our conversation is getting long",
            "summary",
            "follow-up question",
            "the user",
            "what ",
            "is this chat called",
            "name this chat",
            "title",
            "\u{212A}",
            "é",
            "ma\u{212A}e ",
            "short ",
            "message",
            "Write a proof. ",
        ];
        let parts: Vec<String> = patterns
            .chain(titles.map(str::to_owned))
            .chain(starts)
            .chain(words.map(str::to_owned))
            .chain(marks.map(str::to_owned))
            .collect();
        let marks = select(marks.to_vec()).prop_map(str::to_owned);
        let part = prop_oneof![3 => select(parts), 2 => marks];
        let part =
            (part, 0..8_u8).prop_map(|(part, capital)| if capital == 0 { part.to_uppercase() } else { part });
        prop::collection::vec(part, 1..10).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn texts_are_read_as_without_the_filter(text in text(), offers_tools: bool, clauses: bool) {
            let head = text.as_bytes().get(..HEAD).unwrap_or(text.as_bytes());
            let naive = by_pattern(head, clauses).or_else(|| {
                let hinted = lower_case::<HEAD, _>(head, is_hinted);
                let parts = || by_parts_of(head, true, !offers_tools, (offers_tools, clauses));
                hinted.then(parts).flatten()
            });
            let glance = Glance::of(text.as_bytes());
            prop_assert_eq!(by_sentence(text.as_bytes(), glance, offers_tools, clauses), naive);
        }
    }
}
