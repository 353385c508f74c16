//! Recognises requests that a program makes for itself, in a conversation's name: titles, tags, summaries, heartbeats.

use super::errand;
use super::harness::{CHORES, COMPACTIONS, CONVERSATION_FOLLOWERS, SHORTENING, TITLE_VERBS, TITLES, WORK};
use super::literals::{Literals, lower_case};
use super::pattern::{Row, by_first, head as head_of, rows};
use memchr::memmem::Finder;
use memchr::{memchr_iter, memchr2_iter, memchr3_iter};
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

/// The end of the name of a file with notes.
static NOTES: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(".md"));

/// The hints in ASCII, in one search.
static HINTED: LazyLock<Literals> = LazyLock::new(|| Literals::new(hints(true)));

/// Those of other scripts.
static HINTED_ABROAD: LazyLock<Literals> = LazyLock::new(|| Literals::new(hints(false)));

/// The hints in ASCII, or the others.
fn hints(ascii: bool) -> impl Iterator<Item = &'static str> + Clone {
    HINTS.iter().copied().filter(move |hint| hint.is_ascii() == ascii)
}

/// The words for a title of [`TITLES`].
static TITLE_WORDS: LazyLock<Literals> =
    LazyLock::new(|| Literals::new(TITLES.iter().flat_map(|(_, titles, ..)| titles.iter().copied())));

/// The patterns of [`COMPACTIONS`], then of [`CHORES`], by the first byte of the sentences that they match.
static ROWS: LazyLock<Vec<Vec<(Row, Chore)>>> =
    LazyLock::new(|| by_first(rows(COMPACTIONS, Chore::Compaction).chain(rows(CHORES, Chore::Aside))));

/// For each first byte of a sentence, the second and third bytes of the patterns that begin with it, a bit for each [`place`]; and
/// those of the words that introduce it.
static SECONDS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let bit = |pattern: &[u8]| {
        pattern
            .get(1..3)
            .map_or(u64::MAX, |bytes| if bytes.contains(&b'*') { u64::MAX } else { 1 << place(bytes) })
    };
    let mut seconds = vec![0; 256];
    for pattern in ROWS.iter().flatten().map(|(row, _)| row.pattern).chain(INTRODUCERS.iter().copied()) {
        if let Some(bits) = pattern.first().and_then(|first| seconds.get_mut(usize::from(*first))) {
            *bits |= bit(pattern);
        }
    }
    seconds
});

/// The bit of two bytes in small letters.
#[inline]
fn place(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |place, byte| place * 5 + u32::from(*byte)) % u64::BITS
}

/// False for most sentences that no pattern matches, introduced or not, by their first three bytes.
#[inline]
fn may_match(sentence: &[u8]) -> bool {
    let Some(start) = sentence.first_chunk::<3>() else { return true };
    let start = start.map(|byte| byte.to_ascii_lowercase());
    let bits = SECONDS.get(usize::from(start[0])).copied().unwrap_or_default();
    bits >> place(start.get(1..).unwrap_or_default()) & 1 == 1
}

/// Words that only introduce a sentence, in lower case.
const INTRODUCERS: &[&[u8]] = &[
    b"please ",
    b"could you ",
    b"can you ",
    b"now ",
    b"task: ",
    b"first ",
    b"also ",
    b"critical: ",
    b"important: ",
    b"now, ",
    b"then, ",
    b"then ",
    b"finally, ",
];

/// The chore that a text asks for. A request that offers tools asks for no title.
pub(super) fn of(text: &[u8], offers_tools: bool) -> Option<Chore> {
    by_sentence(text, offers_tools, true).map(|(_, chore)| chore)
}

/// The chore that an operator's prompt asks for: a whole sentence says so, not a clause.
pub(super) fn of_prompt(text: &[u8], offers_tools: bool) -> Option<Chore> {
    by_sentence(text, offers_tools, false).map(|(_, chore)| chore)
}

/// The row of a table by which a text asks for a chore: the operator's prompt, or another.
pub(crate) fn row(text: &[u8], offers_tools: bool, prompt: bool) -> Option<String> {
    by_sentence(text, offers_tools, !prompt).map(|(row, _)| String::from_utf8_lossy(row).into_owned())
}

fn by_sentence(text: &[u8], offers_tools: bool, clauses: bool) -> Option<Found> {
    let head = text.get(..text.len().min(HEAD)).unwrap_or_default();
    if may_begin(head)
        && let Some(found) = by_pattern(head, clauses)
    {
        return Some(found);
    }
    let hinted = |lower: &[u8]| HINTED.is_in(lower) || !lower.is_ascii() && HINTED_ABROAD.is_in(lower);
    if !lower_case::<HEAD, _>(head, hinted) {
        return None;
    }
    let lower = String::from_utf8_lossy(head).to_lowercase();
    let parts =
        sentences(lower.as_bytes(), clauses).filter_map(|sentence| std::str::from_utf8(sentence).ok());
    if let Some(chore) =
        errand::of(&lower, parts, (!clauses, offers_tools), |sentence| works(sentence.as_bytes()))
    {
        return Some((b"an errand of a program, by its parts", chore));
    }
    if offers_tools {
        return None;
    }
    let titles = sentences(lower.as_bytes(), clauses).any(|sentence| {
        TITLE_WORDS.is_in(sentence)
            && asks_for_title(std::str::from_utf8(sentence).unwrap_or_default())
            && !works(sentence)
    });
    titles.then_some((b"a title of the conversation", Chore::Aside))
}

/// A pattern that a text matches, or its like, and the chore.
type Found = (&'static [u8], Chore);

/// The rows that a sentence may match by its first letter, and its head in small letters.
fn rows_of(sentence: &[u8]) -> (&'static [(Row, Chore)], u64) {
    let mut start = [0; 8];
    start.iter_mut().zip(sentence).for_each(|(to, from)| *to = from.to_ascii_lowercase());
    let rows = ROWS.get(usize::from(start[0])).map(Vec::as_slice).unwrap_or_default();
    (rows, head_of(&start))
}

/// False for most texts without a sentence or a clause that a pattern matches: where one may begin, it does not begin so.
fn may_begin(text: &[u8]) -> bool {
    let begins = |at: usize| {
        let sentence = unmarked(text.get(at..).unwrap_or_default());
        if !may_match(sentence) {
            return false;
        }
        let rest = introduced(sentence);
        let (rows, head) = rows_of(rest);
        // A pattern that ends in a star matches the rest of the text if it matches a sentence there.
        rows.iter().any(|(row, _)| {
            if row.pattern.ends_with(b"*") { row.matches(head, rest) } else { row.may_match(head) }
        })
    };
    begins(0)
        || memchr3_iter(b'\n', b'.', b',', text).any(|at| begins(at + 1))
        || memchr2_iter(b'!', b'?', text).any(|at| begins(at + 1))
}

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
    let lower = String::from_utf8_lossy(sentence).to_lowercase();
    let between = [" between ", " zwischen ", " entre ", " tra "].iter().any(|word| lower.contains(word));
    between || TITLE_WORDS.is_in(lower.as_bytes())
}

/// True if a sentence shortens a thing that is named after conversations, or by means of a program: "Compress the conversation
/// history with zstd."
fn is_of_a_thing(sentence: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(sentence).to_lowercase();
    let shortens =
        SHORTENING.iter().filter_map(|verb| lower.strip_prefix(verb)).any(|rest| rest.starts_with(' '));
    shortens && lower.split_once("conversation").is_some_and(|(_, after)| errand::shortens_a_thing(after))
}

/// True if a sentence speaks of a user's work.
fn works(sentence: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(sentence).to_lowercase();
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

/// A sentence from its first word on.
#[inline]
fn unmarked(sentence: &[u8]) -> &[u8] {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80 || *b == b'[';
    // Most sentences begin so, or behind a space.
    let start = match sentence {
        [b' ', first, ..] if is_word(first) => 1,
        _ => sentence.iter().position(is_word).unwrap_or(sentence.len()),
    };
    sentence.get(start..).unwrap_or_default()
}

/// A sentence without the words that only introduce it.
fn introduced(sentence: &[u8]) -> &[u8] {
    let mut rest = unmarked(sentence);
    // Most sentences differ in the first letter.
    let may_introduce = matches!(
        rest.first().map(u8::to_ascii_lowercase),
        Some(b'a' | b'c' | b'f' | b'i' | b'n' | b'p' | b't')
    );
    for word in if may_introduce { INTRODUCERS } else { &[] } {
        let first = rest.first().map(u8::to_ascii_lowercase) == word.first().copied();
        if first && rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)) {
            rest = rest.get(word.len()..).unwrap_or_default();
        }
    }
    rest.trim_ascii()
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

    #[test]
    fn every_pattern_may_match_its_own_sentence() {
        for (row, _) in ROWS.iter().flatten() {
            let sentence = row.pattern.split(|b| *b == b'*').collect::<Vec<_>>().concat();
            assert!(may_match(&sentence) && may_match(&sentence.to_ascii_uppercase()), "{sentence:?}");
        }
    }
}
