//! Recognises messages that lean on what was said before: "option 2", "Implement the plan", "are you sure?", "same error".
//!
//! Such a message has no content of its own: all its words are function words, or words for steps, plans and options, in the
//! languages of the table. Scored by itself it would look easy, whatever it asks to go on with.

use super::glance::Glance;
use super::harness::{
    ASKING_ON, DENYING, DOUBTED, LACKING, LEANING, OBJECTING, POINTING_AT, QUESTION_WORDS, REJECTING,
    RETRYING, TOPICS,
};
use super::literals::{WordHasher, WordMap, WordSet};
use super::pattern::{self, Head};
use super::phrases::{is_unspaced, words_that_go_on};
use super::protocol::{pointing_words, refers};
use super::result::may_be_program;
use memchr::memmem;
use std::collections::{BTreeSet, HashMap};
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

/// The most bytes and words of a message that leans.
const MOST: (usize, usize) = (200, 24);
/// The most characters of a phrase in a script without spaces.
const PHRASE: usize = 16;
/// The most words of a message that may answer the assistant; without a question of it.
const BRIEF: (usize, usize) = (6, 3);
/// Words of requests, beside which "correct" is a verb: "Can you correct this?"
const REQUESTING: &str = "can could would will please pls lets puedes podrías peux pouvez kannst könntest pode podes puoi kun można możesz";
/// The most words of a doubt: "is that really right?", and of a rejection.
const BRIEF_DOUBT: usize = 8;
/// The most bytes of a word of the tables in ASCII.
const LONGEST: usize = 24;
/// Characters outside ASCII that count as a word where a script has no spaces.
const CHARS_PER_WORD: usize = 2;

/// The effect of a leaning message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lean {
    /// Goes on, or chooses.
    GoesOn,
    /// Asks further of what was said.
    AsksOn,
    /// Objects to it.
    Objects,
}

/// All words of the tables.
static WORDS: LazyLock<WordMap<Lean>> = LazyLock::new(|| {
    let of = |table: &'static [(&'static str, &'static str)], lean| {
        table.iter().flat_map(move |(_, words)| words.split_ascii_whitespace().map(move |word| (word, lean)))
    };
    let phrases = words_that_go_on().map(|word| (word, Lean::GoesOn));
    let pointing = pointing_words().map(|word| (word, Lean::GoesOn));
    let more = of(DOUBTED, Lean::GoesOn).chain(of(RETRYING, Lean::GoesOn));
    let all = more
        .chain(phrases)
        .chain(pointing)
        .chain(of(LEANING, Lean::GoesOn))
        .chain(of(ASKING_ON, Lean::AsksOn));
    all.chain(of(OBJECTING, Lean::Objects)).collect()
});

/// The words of [`DENYING`]: true for those that deny, false for those for what is right.
static DENIALS: LazyLock<WordMap<bool>> = LazyLock::new(|| {
    let words = |row: &'static str, denies| row.split_ascii_whitespace().map(move |word| (word, denies));
    DENYING.iter().flat_map(|(_, denying, right)| words(right, false).chain(words(denying, true))).collect()
});

/// The words of [`DOUBTED`], and those of [`RETRYING`].
static DOUBTS: LazyLock<WordSet> = LazyLock::new(|| words_of(DOUBTED));
static RETRIES: LazyLock<WordSet> = LazyLock::new(|| words_of(RETRYING));

fn words_of(table: &'static [(&'static str, &'static str)]) -> WordSet {
    table.iter().flat_map(|(_, words)| words.split_ascii_whitespace()).collect()
}

/// A message that leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Leaning {
    lean: Lean,
    /// Letters and numbers of lists.
    choices: u32,
    /// True if it asks what one of its words is: "What is Python?".
    defines: bool,
}

/// The effect of a message, if it leans on what was said before; None if it has content of its own.
pub(crate) fn leans(words: &[u8]) -> Option<Lean> {
    read(words).map(|read| read.lean)
}

/// True if a message objects to the answer, with more words: "That is wrong: f(3) is 4.", "You forgot the case n = 0."
pub(crate) fn objects_first(words: &[u8]) -> bool {
    let head = words.get(..words.len().min(MOST.0)).unwrap_or_default();
    if finds_lacking(head) {
        return true;
    }
    let is_end = |b: &u8| ENDS_CLAUSE[usize::from(*b)];
    // Each clause begins with the first word, unless it ends before.
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'\'' || *b >= 0x80;
    let place = head.iter().position(|b| is_word(b) || is_end(b)).unwrap_or(head.len());
    let begins = head.get(place..).unwrap_or_default();
    let first = begins.split(|b| !is_word(b)).next().unwrap_or_default();
    if first.is_ascii() && has_content(first) {
        return false;
    }
    let first = head.iter().position(is_end);
    let second = first.and_then(|at| Some(at + 1 + head.get(at + 1..)?.iter().position(is_end)?));
    let mut ends: Vec<usize> = first.into_iter().chain(second).collect();
    if !head.is_ascii() {
        ends.extend(WIDE_ENDS.iter().filter_map(|end| memmem::find(head, end.as_bytes())));
    }
    ends.into_iter().any(|end| {
        let (clause, rest) = head.split_at(end);
        // "Error: no such file" is a label.
        let labels = rest.starts_with(b":") && !clause.contains(&b' ');
        !labels && leans(clause) == Some(Lean::Objects)
    })
}

/// True if a message says what the answer lacks, or rejects it.
fn finds_lacking(head: &[u8]) -> bool {
    let valid = std::str::from_utf8(head).map_or_else(|error| error.valid_up_to(), str::len);
    let head = head.get(..valid).and_then(|head| std::str::from_utf8(head).ok()).unwrap_or_default();
    let head = head.trim_start();
    // "Nope, that's nonsense."
    let behind = || {
        let mut start = head.char_indices().take_while(|(at, _)| *at <= INTERJECTION);
        let (at, mark) =
            start.find(|(_, c)| matches!(c, ',' | '.' | '!' | '…' | '，' | '、' | '。' | '،'))?;
        head.get(at + mark.len_utf8()..).map(str::trim_start)
    };
    begins_lacking(head) || behind().is_some_and(begins_lacking)
}

/// The most bytes of a word before a rejection.
const INTERJECTION: usize = 16;

/// True if a text begins as [`LACKING`] or [`REJECTING`] say.
fn begins_lacking(head: &str) -> bool {
    if !may_lack(head.as_bytes()) {
        return false;
    }
    let small = head.chars().filter(|c| !matches!(c, '\'' | '\u{2019}')).flat_map(char::to_lowercase);
    let mut small = small.map(|c| if c == '-' { ' ' } else { c }).peekable();
    let Some(leads) = small.peek().and_then(|first| LEADS.get(first)) else { return false };
    // Of no lead is more compared than this, and the character behind it.
    let text: String = small.take(LEAD + 1).collect();
    leads.iter().any(|(_, lead)| {
        if let Some(whole) = lead.strip_suffix('$') {
            let rest = text.strip_prefix(whole);
            return rest.is_some_and(|rest| !rest.contains(char::is_alphanumeric));
        }
        let rest = text.strip_prefix(lead);
        // A lead of a script without spaces ends anywhere.
        let wide = lead.chars().next_back().is_some_and(is_unspaced);
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || is_mark(c));
        rest.is_some_and(|rest| wide || ends(rest))
    })
}

/// False for most texts that do not begin so: their first eight bytes are plain, and no lead's.
fn may_lack(head: &[u8]) -> bool {
    let Some(start) = head.first_chunk::<8>() else { return true };
    if !start.iter().all(|b| b.is_ascii() && !matches!(b, b'\'' | b'-')) {
        return true;
    }
    let small = pattern::head(&start.map(|b| b.to_ascii_lowercase()));
    let leads = LEADS.get(&char::from(start[0].to_ascii_lowercase())).map(Vec::as_slice).unwrap_or_default();
    leads.iter().any(|(start, _)| start.may_begin(small))
}

/// The most characters of a lead of [`LACKING`] and [`REJECTING`].
const LEAD: usize = 40;

type Leads = HashMap<char, Vec<(Head, &'static str)>, BuildHasherDefault<WordHasher>>;

/// These leads by their first character.
static LEADS: LazyLock<Leads> = LazyLock::new(|| {
    let mut leads = Leads::default();
    for lead in LACKING.iter().chain(REJECTING).flat_map(|(_, row)| row.split('|')) {
        let start = Head::of(lead.trim_end_matches('$').as_bytes());
        leads.entry(lead.chars().next().unwrap_or_default()).or_default().push((start, lead));
    }
    leads
});

/// True for the ends of sentences and clauses.
const ENDS_CLAUSE: [bool; 256] = {
    let (mut ends, marks, mut i) = ([false; 256], b".!?,;:\n", 0);
    while i < marks.len() {
        ends[marks[i] as usize] = true;
        i += 1;
    }
    ends
};
/// Ends of sentences and clauses in scripts without spaces.
const WIDE_ENDS: [&str; 4] = ["。", "，", "、", "！"];

/// True if a message that asks on points at a text beside it: "Translate this:".
pub(crate) fn points_at_text(words: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(words) else { return false };
    let text = text.to_lowercase();
    POINTING_AT.iter().flat_map(|(_, row)| row.split_ascii_whitespace()).any(|word| {
        text.match_indices(word).any(|(at, _)| {
            let beside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
            let (before, after) =
                (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
            !beside(before.chars().next_back()) && !beside(after.chars().next())
        })
    })
}

fn read(words: &[u8]) -> Option<Leaning> {
    if words.len() > MOST.0 || has_content(words) {
        return None;
    }
    let text = std::str::from_utf8(words).ok().filter(|text| !text.trim().is_empty())?;
    let (mut count, mut choices, mut asks, mut objects) = (0, 0, false, false);
    let (mut denies, mut right, mut topics) = (false, false, 0);
    let (mut doubts, mut tags, mut retries, mut wonders) = (0, 0, false, false);
    let mut word = String::new();
    let ends = |c: char| !(c.is_alphanumeric() || is_mark(c) || matches!(c, '\'' | '\u{2019}'));
    // From the end: most asks end with a word of their own.
    for piece in text.split(ends).rev().filter(|piece| !piece.is_empty()) {
        word.clear();
        word.extend(piece.chars().filter(|c| !matches!(c, '\'' | '\u{2019}')).flat_map(char::to_lowercase));
        count += 1;
        let lean = match WORDS.get(word.as_str()) {
            Some(lean) => *lean,
            None if is_choice(&word) => {
                choices += 1;
                Lean::GoesOn
            }
            None => covered(&word)?,
        };
        let doubted = DOUBTS.contains(word.as_str());
        doubts += usize::from(doubted);
        tags += usize::from(doubted && word == "right" && count == 1);
        retries |= RETRIES.contains(word.as_str());
        wonders |= REQUESTING.split(' ').any(|known| known == word);
        wonders |= lean == Lean::AsksOn && !doubted && !QUESTION_WORDS.split(' ').any(|known| known == word);
        asks |= lean == Lean::AsksOn;
        objects |= lean == Lean::Objects;
        topics += usize::from(TOPICS.split_ascii_whitespace().any(|topic| topic == word));
        if let Some(denial) = DENIALS.get(word.as_str()) {
            denies |= *denial;
            right |= !*denial;
        }
    }
    if calculates(text) {
        return None;
    }
    // "What is x?" has a content, and so has a list; "x" chooses.
    let says = asks || text.contains(['?', '？']) || text.trim().contains('\n');
    if count > MOST.1 || choices > 0 && says || choices > 3 {
        return None;
    }
    // "It is even, right?" asks for a nod.
    let nods = tags == doubts && text.contains(',');
    let questions = text.contains(['?', '？', '؟'])
        || QUESTION_WORDS.split(' ').any(|known| text.split(ends).next() == Some(known));
    let doubts = doubts > 0 && !nods && questions && !wonders && choices == 0 && count <= BRIEF_DOUBT;
    let rejects = denies && (right || retries && count <= BRIEF_DOUBT);
    let lean = match (objects || rejects || doubts, asks) {
        (true, _) => Lean::Objects,
        (_, true) => Lean::AsksOn,
        // "?", "!!" and pictures of faces.
        _ if count == 0 => Lean::Objects,
        _ => Lean::GoesOn,
    };
    let defines = topics > 0 && text.contains(['?', '？']) && count > topics;
    Some(Leaning { lean, choices, defines })
}

/// True if a text has, for certain, a word of its own. Most asks do: their words are looked up from the end, up to the first
/// one that is not plain.
pub(super) fn has_content(text: &[u8]) -> bool {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'\'' || *b >= 0x80;
    let mut rest = text;
    while let Some(end) = rest.iter().rposition(is_word) {
        let head = rest.get(..=end).unwrap_or_default();
        let start = head.iter().rposition(|b| !is_word(b)).map_or(0, |at| at + 1);
        let (before, piece) = head.split_at(start);
        if !piece.is_ascii() {
            return has_foreign_end(piece);
        }
        let (mut word, mut length) = ([0; LONGEST], 0);
        for byte in piece.iter().filter(|b| **b != b'\'') {
            let Some(place) = word.get_mut(length) else { return true };
            *place = byte.to_ascii_lowercase();
            length += 1;
        }
        let word = std::str::from_utf8(word.get(..length).unwrap_or_default()).unwrap_or_default();
        if !(word.is_empty() || is_choice(word) || WORDS.contains_key(word)) {
            return true;
        }
        rest = before;
    }
    false
}

/// True if a piece of a text begins or ends with a Chinese character, a syllable of Kana or of Hangul that begins, or ends, no word of
/// the tables.
fn has_foreign_end(piece: &[u8]) -> bool {
    let Ok(piece) = std::str::from_utf8(piece) else { return false };
    let is_part = |c: &char| c.is_alphanumeric() || is_mark(*c);
    let is_foreign =
        |c: char, known: &[char]| is_wide(c) && c.is_alphanumeric() && known.binary_search(&c).is_err();
    piece.chars().rev().find(is_part).is_some_and(|last| is_foreign(last, &ENDS.1))
        || piece.chars().find(is_part).is_some_and(|first| is_foreign(first, &ENDS.0))
}

/// The wide characters that begin the words of the tables, and those that end them, sorted.
static ENDS: LazyLock<(Vec<char>, Vec<char>)> = LazyLock::new(|| {
    let sorted = |end: fn(&&'static str) -> Option<char>| {
        let ends: BTreeSet<char> = WORDS.keys().filter_map(end).filter(|c| is_wide(*c)).collect();
        ends.into_iter().collect()
    };
    (sorted(|word| word.chars().next()), sorted(|word| word.chars().next_back()))
});

/// True if words say nothing by themselves, so that they are no easy ask where nothing else is seen; or if only programs write so.
/// Beside a document, "Summarise it" says enough.
pub(crate) fn says_nothing(words: &[u8], beside: bool, glance: Option<Glance>) -> bool {
    let nothing = match read(words) {
        Some(Leaning { lean: Lean::AsksOn, defines, .. }) => !defines && !beside || refers(words),
        read => read.is_some(),
    };
    nothing || may_be_program(words, glance)
}

/// The words of the tables in ASCII.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.keys().copied().filter(|word| word.is_ascii())
}

/// True if words only point at material beside them: "Solve this:", "Homework question:", "请解答下面的问题".
pub(crate) fn points(words: &[u8]) -> bool {
    refers(words) || read(words).is_some_and(|read| read.lean == Lean::GoesOn && read.choices == 0)
}

/// True if a message may answer the assistant in a word or two, and asks nothing itself.
pub(crate) fn is_brief(words: &[u8], questioned: bool) -> bool {
    let Some(text) = std::str::from_utf8(words).ok().filter(|text| text.len() <= MOST.0) else {
        return false;
    };
    let asks = text.contains(['?', '？', '؟']);
    let pieces = text.split_whitespace().map(|piece| {
        let wide = piece.chars().filter(|c| is_wide(*c)).count();
        1.max(wide.div_ceil(CHARS_PER_WORD))
    });
    !asks && pieces.sum::<usize>() <= if questioned { BRIEF.0 } else { BRIEF.1 }
}

/// A letter or a number of a list.
fn is_choice(word: &str) -> bool {
    word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit())
        || word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic())
}

/// True if a text has a sum or a formula.
fn calculates(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let sums = text.trim_start().get(1..).is_some_and(|rest| rest.contains('+'));
    text.contains(['=', '^', '×', '÷', '√', '{', '\\', '<', '>'])
        || digits > 0 && (text.contains(['*', '/']) || digits > 1 && sums)
}

/// A mark that belongs to a word in scripts that write vowels so.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{900}'..='\u{DFF}' | '\u{E31}'..='\u{E4E}' | '\u{64B}'..='\u{65F}')
}

/// True for scripts without spaces between words.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3130}'..='\u{318F}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

/// The effect of a run of characters without spaces, if phrases of the tables cover it.
fn covered(word: &str) -> Option<Lean> {
    let chars: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    if chars.len() > 64 || !word.chars().all(is_unspaced) {
        return None;
    }
    let mut best: [Option<Lean>; 65] = [None; 65];
    *best.first_mut()? = Some(Lean::GoesOn);
    for from in 0..chars.len() - 1 {
        let Some(before) = best.get(from).copied().flatten() else { continue };
        for to in from + 1..chars.len().min(from + PHRASE + 1) {
            let phrase = word.get(*chars.get(from)?..*chars.get(to)?).unwrap_or_default();
            if let Some(lean) = WORDS.get(phrase)
                && let Some(slot) = best.get_mut(to)
            {
                let both = if before == Lean::GoesOn { *lean } else { before };
                *slot = slot.or(Some(both));
            }
        }
    }
    best.get(chars.len() - 1).copied().flatten()
}

#[cfg(test)]
#[path = "../../tests/unit/ask/lean.rs"]
mod tests;
