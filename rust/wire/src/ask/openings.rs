//! A filter before the tables of chores: how the sentences of a text begin, and the few words that each chore has.
//!
//! Most texts are no chore. One pass over the places where a sentence or a clause may begin compares three bytes, then eight, with the
//! beginnings that the tables know. Where one may match, the text must have a word that its chores have, too.

use super::errand;
use super::harness::{CHORES, COMPACTIONS, TITLES};
use super::literals::Literals;
use super::pattern::{Head, Row, by_first, rows, small_head};
use memchr::memmem::Finder;
use memchr::{memchr2_iter, memchr3_iter};
use rheostat::query::Chore;
use std::sync::LazyLock;

/// A pattern of the tables may match.
pub(super) const PATTERN: u8 = 1;
/// A verb of making begins a sentence.
pub(super) const MAKES: u8 = 2;
/// A sentence begins as those about a conversation do.
pub(super) const TALKS: u8 = 4;

/// The patterns of [`COMPACTIONS`], then of [`CHORES`], by the first byte of the sentences that they match.
static ROWS: LazyLock<Vec<Vec<(Row, Chore)>>> =
    LazyLock::new(|| by_first(rows(COMPACTIONS, Chore::Compaction).chain(rows(CHORES, Chore::Aside))));

/// The other beginnings by their first byte, and their kinds.
static VERBS: LazyLock<Vec<Vec<(Head, u8)>>> = LazyLock::new(|| {
    let mut table: Vec<Vec<(Head, u8)>> = (0..=u8::MAX).map(|_| Vec::new()).collect();
    for (start, kind) in starts() {
        let Some(place) = start.bytes().next().and_then(|first| table.get_mut(usize::from(first))) else {
            continue;
        };
        let start = Head::of(start.as_bytes());
        match place.iter_mut().find(|(known, _)| *known == start) {
            Some((_, kinds)) => *kinds |= kind,
            None => place.push((start, kind)),
        }
    }
    table
});

/// The beginnings of errands, and their kinds.
fn starts() -> impl Iterator<Item = (String, u8)> {
    let makes = errand::making().map(|start| (start, MAKES));
    makes.chain(errand::talking().map(|start| (start, TALKS)))
}

/// The beginnings of sentences with one first byte.
#[derive(Default)]
struct Starts {
    /// The second and third bytes, a bit for each [`place`]; those of the words that introduce a sentence, too.
    seconds: u64,
    /// Beginnings of eight bytes, as numbers, sorted.
    long: Vec<u64>,
    short: Vec<Head>,
}

static STARTS: LazyLock<Vec<Starts>> = LazyLock::new(|| {
    let mut table: Vec<Starts> = (0..=u8::MAX).map(|_| Starts::default()).collect();
    let mut add = |start: &[u8], begins: bool| {
        let fixed = start.split(|b| *b == b'*').next().unwrap_or_default();
        let Some(starts) = fixed.first().and_then(|first| table.get_mut(usize::from(*first))) else { return };
        starts.seconds |= fixed.get(1..3).map_or(u64::MAX, |bytes| 1 << place(bytes));
        match (begins, fixed.first_chunk::<8>()) {
            (false, _) => {}
            (true, Some(long)) => starts.long.push(u64::from_le_bytes(*long)),
            (true, None) => starts.short.push(Head::of(fixed)),
        }
    };
    for (row, _) in ROWS.iter().flatten() {
        add(row.pattern, true);
    }
    for (start, _) in starts() {
        add(start.as_bytes(), true);
    }
    for word in INTRODUCERS {
        add(word, false);
    }
    for starts in &mut table {
        starts.long.sort_unstable();
        starts.long.dedup();
    }
    table
});

/// The bit of two bytes in small letters.
#[inline]
fn place(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |place, byte| place * 5 + u32::from(*byte)) % u64::BITS
}

/// False for most sentences that nothing in the tables begins, introduced or not, by their first three bytes.
#[inline]
fn may_begin(sentence: &[u8]) -> bool {
    let Some(start) = sentence.first_chunk::<3>() else { return true };
    let start = start.map(|byte| byte.to_ascii_lowercase());
    let seconds = STARTS.get(usize::from(start[0])).map_or(0, |starts| starts.seconds);
    seconds >> place(start.get(1..).unwrap_or_default()) & 1 == 1
}

/// False for most sentences that nothing in the tables begins, by their first eight bytes in small letters.
#[inline]
fn begins(head: u64) -> bool {
    let starts = STARTS.get(usize::from(head.to_le_bytes()[0]));
    starts.is_some_and(|starts| {
        starts.long.binary_search(&head).is_ok() || starts.short.iter().any(|start| start.may_begin(head))
    })
}

/// The rows that a sentence may match by its first letter, and its head in small letters.
pub(super) fn rows_of(sentence: &[u8]) -> (&'static [(Row, Chore)], u64) {
    let small = small_head(sentence);
    let first = small.to_le_bytes()[0];
    (ROWS.get(usize::from(first)).map(Vec::as_slice).unwrap_or_default(), small)
}

/// The kinds of beginnings of the sentences and clauses of a text.
pub(super) fn of(text: &[u8]) -> u8 {
    let at = |at: usize| kinds_at(text.get(at..).unwrap_or_default());
    let kinds = memchr3_iter(b'\n', b'.', b',', text).fold(at(0), |kinds, place| kinds | at(place + 1));
    memchr2_iter(b'!', b'?', text).fold(kinds, |kinds, place| kinds | at(place + 1))
}

/// The kinds of the beginning of a sentence that a text begins with.
#[inline]
fn kinds_at(text: &[u8]) -> u8 {
    let sentence = unmarked(text);
    if may_begin(sentence) { kinds_of(introduced(sentence)) } else { 0 }
}

fn kinds_of(text: &[u8]) -> u8 {
    if !begins(small_head(text)) {
        return 0;
    }
    let (rows, head) = rows_of(text);
    let mut whole = None;
    let mut matches = |row: &Row| {
        // A pattern that ends in a star matches as much of the text as a sentence there may be if it matches that.
        row.begins(head, text)
            && (!row.pattern.ends_with(b"*") || row.matches(head, whole.get_or_insert_with(|| longest(text))))
    };
    let pattern = if rows.iter().any(|(row, _)| matches(row)) { PATTERN } else { 0 };
    let verbs = VERBS.get(usize::from(head.to_le_bytes()[0])).map(Vec::as_slice).unwrap_or_default();
    verbs.iter().filter(|(start, _)| start.may_begin(head)).fold(pattern, |kinds, (_, kind)| kinds | kind)
}

/// The longest sentence that a text may begin with: the name of a file has a full stop.
fn longest(text: &[u8]) -> &[u8] {
    if NOTES.find(text).is_some() {
        return text;
    }
    let end = text.iter().position(|b| matches!(b, b'\n' | b'.' | b'!' | b'?'));
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// The end of the name of a file with notes.
pub(super) static NOTES: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(".md"));

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

static INTRODUCER_HEADS: LazyLock<Vec<(Head, &'static [u8])>> =
    LazyLock::new(|| INTRODUCERS.iter().map(|word| (Head::of(word), *word)).collect());

/// The bytes with which they begin.
const INTRODUCES: [bool; 256] = {
    let (mut begins, mut i) = ([false; 256], 0);
    while i < INTRODUCERS.len() {
        begins[INTRODUCERS[i][0] as usize] = true;
        i += 1;
    }
    begins
};

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
pub(super) fn introduced(sentence: &[u8]) -> &[u8] {
    let mut rest = unmarked(sentence);
    let mut start = small_head(rest);
    // Most sentences begin with another letter.
    if !INTRODUCES[usize::from(start.to_le_bytes()[0])] {
        return rest.trim_ascii();
    }
    for (head, word) in &*INTRODUCER_HEADS {
        if head.may_begin(start) && rest.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
        {
            rest = rest.get(word.len()..).unwrap_or_default();
            start = small_head(rest);
        }
    }
    rest.trim_ascii()
}

/// Words, one of which each chore of a kind has.
struct Words {
    made: Literals,
    talk: Literals,
    role: Literals,
    title: Literals,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let role = errand::products().chain(errand::ROLE_WORDS.iter().copied());
    // Titles in other scripts have capitals of their own.
    let titles =
        TITLES.iter().flat_map(|(_, titles, ..)| titles.iter().copied()).filter(|word| word.is_ascii());
    Words {
        made: Literals::new(errand::products()),
        talk: Literals::new(errand::TALK.iter().copied()),
        role: Literals::new(role),
        title: Literals::new(titles),
    }
});

/// False for most texts in small letters, of which the kinds of their beginnings are given, that ask for no errand. `prompt`: The text
/// is an operator's. The prompt of a request that offers tools asks for none.
pub(super) fn may_be_errand(lower: &[u8], kinds: u8, prompt: bool, offers_tools: bool) -> bool {
    let words = &*WORDS;
    let has = |kind: u8, words: &Literals| kinds & kind != 0 && words.is_in(lower);
    if prompt {
        !offers_tools && words.role.is_in(lower)
    } else {
        has(TALKS, &words.talk) || !offers_tools && has(MAKES, &words.made)
    }
}

/// False for most texts in small letters that ask for no title.
pub(super) fn may_be_title(lower: &[u8]) -> bool {
    !lower.is_ascii() || WORDS.title.is_in(lower)
}

#[cfg(test)]
mod tests {
    use super::super::glance::Glance;
    use super::*;

    #[test]
    fn every_pattern_may_match_its_own_sentence() {
        for (row, _) in ROWS.iter().flatten() {
            let sentence = row.pattern.split(|b| *b == b'*').collect::<Vec<_>>().join(&b"x"[..]);
            let mut capital = sentence.clone();
            capital[0].make_ascii_uppercase();
            for sentence in [sentence, capital] {
                assert!(Glance::of(&sentence).may_be_chore());
                assert!(of(&sentence) & PATTERN != 0, "{}", String::from_utf8_lossy(&sentence));
            }
        }
    }
}
