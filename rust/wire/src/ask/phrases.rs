//! Recognises short turns made of phrases alone: go-aheads ("yes, do it"), thanks ("ok, thanks a lot!"), greetings.
//!
//! ```text
//! pieces    words, and single characters of scripts without spaces; no punctuation
//! covering  phrases of the table cover all pieces: those that a kind of turn allows, and at least one that it needs
//! ```

use super::harness::{PHRASES, PRAISE, SLANG};
use super::literals::{WordHasher, WordMap, WordSet};
use Phrase::{Beside, Denies, Fills, Fine, Goes, Greets, Said, Thanks, Yes};
use std::collections::{BTreeSet, HashSet};
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

/// The effect of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phrase {
    /// Lets the assistant go on: "continue".
    Goes,
    /// Agrees, and lets it go on: "yes".
    Yes,
    /// Takes note, and lets it go on: "ok", "great".
    Fine,
    /// Praises or understands: "wow", "got it".
    Said,
    /// Declines: "no". Beside another word it may deny that ("not good").
    Denies,
    /// Thanks, or ends the conversation: "thanks", "bye", "that's all".
    Thanks,
    /// Greets: "hello".
    Greets,
    /// May stand beside others and adds nothing: "please".
    Fills,
    /// May stand beside thanks and praise alone: "that was really", "Claude".
    Beside,
}

/// The most bytes of a turn that is made of phrases.
pub(crate) const LONGEST: usize = 96;
/// The most pieces of such a turn, and of a phrase.
const PIECES: (usize, usize) = (60, 32);
/// The most words of a turn.
const WORDS: usize = 10;

/// The most bytes of a word of the phrases in ASCII.
const WORD: usize = 24;

/// The phrases of the table.
static KNOWN: LazyLock<WordMap<Phrase>> = LazyLock::new(|| {
    let mut known: WordMap<Phrase> =
        all().flat_map(|(_, kind, row)| row.split('|').map(move |phrase| (phrase, *kind))).collect();
    // Many write without accents: "tesekkurler", "ευχαριστω".
    let accented: Vec<_> = known.iter().map(|(phrase, kind)| (*phrase, *kind)).collect();
    let accented = accented.into_iter().filter(|(phrase, _)| !phrase.is_ascii());
    for (phrase, kind) in accented.filter(|(_, kind)| matches!(kind, Thanks | Said | Beside)) {
        let plain: String = phrase.chars().map(without_accent).collect();
        if plain != phrase && plain.len() >= SHORTEST && !known.contains_key(plain.as_str()) {
            known.insert(Box::leak(plain.into_boxed_str()), kind);
        }
    }
    known
});

/// The fewest bytes of a phrase that is known without its accents: shorter ones are other words, too.
const SHORTEST: usize = 4;

/// Letters with accents, and the letter that is written in their place.
const ACCENTED: &[(&str, char)] = &[
    ("áàâãäåăąāảạấầẩẫậắằẳẵặ", 'a'),
    ("çćč", 'c'),
    ("ďđ", 'd'),
    ("éèêëęěėēẻẽẹếềểễệ", 'e'),
    ("ğ", 'g'),
    ("íìîïıīỉĩị", 'i'),
    ("ľł", 'l'),
    ("ñńň", 'n'),
    ("óòôõöøőōỏọốồổỗộơớờởỡợ", 'o'),
    ("ř", 'r'),
    ("śšşș", 's'),
    ("ťţț", 't'),
    ("úùûüůűūủũụưứừửữự", 'u'),
    ("ýỳỷỹỵ", 'y'),
    ("źżž", 'z'),
    ("ά", 'α'),
    ("έ", 'ε'),
    ("ή", 'η'),
    ("ίϊΐ", 'ι'),
    ("ό", 'ο'),
    ("ύϋΰ", 'υ'),
    ("ώ", 'ω'),
    ("ё", 'е'),
];

fn without_accent(c: char) -> char {
    // No letter without a space beside it has an accent.
    if is_unspaced(c) || c.is_ascii() {
        return c;
    }
    ACCENTED.iter().find(|(accented, _)| accented.contains(c)).map_or(c, |(_, plain)| *plain)
}

/// All rows of the tables.
fn all() -> impl Iterator<Item = &'static (&'static str, Phrase, &'static str)> {
    PHRASES.iter().chain(PRAISE).chain(SLANG)
}

/// The words of the phrases.
static WORDS_OF: LazyLock<WordSet> =
    LazyLock::new(|| KNOWN.keys().flat_map(|phrase| phrase.split(' ')).collect());

/// These words, where they are ASCII, with each run of a letter as one: a word that is drawn out is then the word itself.
static SINGLES: LazyLock<HashSet<String, BuildHasherDefault<WordHasher>>> = LazyLock::new(|| {
    let words = WORDS_OF.iter().filter(|word| word.is_ascii());
    words
        .map(|word| word.chars().collect::<Vec<_>>())
        .map(|mut letters| {
            letters.dedup();
            letters.into_iter().collect()
        })
        .collect()
});

/// The characters that end phrases, sorted.
static ENDS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let ends: BTreeSet<char> = KNOWN.keys().filter_map(|phrase| phrase.chars().next_back()).collect();
    ends.into_iter().collect()
});

/// The characters that begin phrases, sorted.
static STARTS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let starts: BTreeSet<char> = KNOWN.keys().filter_map(|phrase| phrase.chars().next()).collect();
    starts.into_iter().collect()
});

/// Pictures that thank or are glad, and those that let the assistant go on.
const GLAD: (&str, &str) =
    ("🙏❤🧡💛💚💙💜🖤💕💖💯🎉🥳👏🙌🤝🔥✨🤩😀😃😄😁😆😅🤣😂🙂😉😊😇🥰😍😘😎🤗☺✌🫶🫡", "👍👌✅🆗💪🚀");
/// False for most characters that are no picture.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27BF}' | '\u{1F000}'..)
}

/// Smileys that are glad.
const SMILEYS: [&str; 17] = [
    ":3", "(:", ":]", ":-)", ":)", ";-)", ";)", ":-D", ":D", "=)", "=D", "^_^", "^^", "<3", ":-P", ":P", ":p",
];

/// True if words only let the assistant go on: "yes, do it", "ok, please continue".
pub(crate) fn is_acknowledgement(words: &[u8]) -> bool {
    of_phrases(words, |text| {
        text.covers(
            |phrase| matches!(phrase, Goes | Yes | Fine | Thanks | Fills | Beside),
            |phrase| matches!(phrase, Goes | Yes | Fine),
        )
    })
}

/// True if words are thanks or agreement and nothing else: nothing is asked, so nothing can be got wrong. Phrases that let the
/// assistant go on ("continue", "do it") are none: what they continue may be hard.
pub(crate) fn is_courtesy(words: &[u8]) -> bool {
    let courteous = |phrase| matches!(phrase, Yes | Fine | Said | Thanks);
    let is_polite = speaks(words, false, |text| {
        text.covers(|phrase| courteous(phrase) || matches!(phrase, Greets | Beside), courteous)
            || text.covers(
                |phrase| !matches!(phrase, Goes | Denies),
                |phrase| matches!(phrase, Fine | Said | Thanks),
            )
            || text.covers(|phrase| matches!(phrase, Thanks | Fills | Beside), |phrase| phrase == Denies)
    });
    // "你好" is made of such words, too.
    is_polite && !is_greeting(words)
}

/// True if words thank or end the conversation, and let nothing go on: "thanks!", "great, thank you", "that's all", "🙏".
pub(crate) fn is_thanks(words: &[u8]) -> bool {
    speaks(words, true, |text| text.covers(|phrase| !matches!(phrase, Goes | Yes), |phrase| phrase == Thanks))
}

/// True if words praise, or say that they are understood, and let nothing go on: "great explanation!", "wow", "got it".
pub(crate) fn is_praise(words: &[u8]) -> bool {
    speaks(words, false, |text| {
        text.covers(|phrase| !matches!(phrase, Goes | Yes | Denies), |phrase| phrase == Said)
    })
}

/// True if words deny and nothing else: "nope", "no no", "nah bro".
pub(crate) fn is_denial(words: &[u8]) -> bool {
    speaks(words, false, |text| {
        text.covers(|phrase| matches!(phrase, Denies | Fills | Beside), |phrase| phrase == Denies)
    })
}

/// True if words greet and nothing else: "hi", "good morning, how are you?".
pub(crate) fn is_greeting(words: &[u8]) -> bool {
    of_phrases(words, |text| {
        text.covers(|phrase| matches!(phrase, Greets | Fills | Beside), |phrase| phrase == Greets)
    })
}

/// All words of phrases that let the assistant go on, or stand beside such.
pub(crate) fn words_that_go_on() -> impl Iterator<Item = &'static str> {
    let goes_on = |kind: Phrase| matches!(kind, Goes | Yes | Fine | Fills);
    let phrases = PHRASES.iter().filter(move |(_, kind, _)| goes_on(*kind));
    phrases.flat_map(|(_, _, row)| row.split(['|', ' ']))
}

/// The words of the phrases in ASCII, with each run of a letter as one.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    SINGLES.iter().map(String::as_str)
}

/// Calls `f` with the pieces of words, unless they are too many, or for certain no phrases.
fn of_phrases(words: &[u8], f: impl FnOnce(&Pieces) -> bool) -> bool {
    words.len() <= LONGEST
        && may_be_phrases(words)
        && std::str::from_utf8(words)
            .is_ok_and(|text| Pieces::of(normalise(text)).is_some_and(|text| f(&text)))
}

/// False for most texts that phrases do not cover: no phrase has one of their words, or ends in their last character. Words are
/// looked up from the end, up to the first that is not plain.
pub(super) fn may_be_phrases(text: &[u8]) -> bool {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'\'' || *b >= 0x80;
    let mut rest = text;
    while let Some(end) = rest.iter().rposition(is_word) {
        let head = rest.get(..=end).unwrap_or_default();
        let start = head.iter().rposition(|b| !is_word(b)).map_or(0, |at| at + 1);
        let (before, last) = head.split_at(start);
        if matches!(before.last(), Some(b':' | b';' | b'=' | b'<' | b'-')) {
            // The letter of a smiley, perhaps.
            return true;
        }
        if !last.is_ascii() {
            let ends = || std::str::from_utf8(last).map_or(true, ends_as_phrase);
            let begins = || std::str::from_utf8(text).map_or(true, begins_as_phrase);
            return rest.len() < text.len() || ends() && begins();
        }
        if last.len() > WORD && last.iter().filter(|b| **b != b'\'').count() > WORD {
            return false;
        }
        let (mut word, mut length, mut previous) = ([0; WORD], 0, 0);
        for byte in last.iter().filter(|b| **b != b'\'').map(u8::to_ascii_lowercase) {
            if byte == previous {
                continue;
            }
            let Some(place) = word.get_mut(length) else { return false };
            (*place, previous) = (byte, byte);
            length += 1;
        }
        let word = std::str::from_utf8(word.get(..length).unwrap_or_default()).unwrap_or_default();
        if !(word.is_empty() || SINGLES.contains(word)) {
            return false;
        }
        rest = before;
    }
    true
}

/// False if the last character that normal form keeps ends no phrase.
fn ends_as_phrase(text: &str) -> bool {
    let kept = |c: &char| !(is_dropped(*c) || is_separator(*c));
    let Some(last) = text.chars().rev().find(|c| kept(c) || is_ok(*c)) else { return true };
    is_ok(last) || last.to_lowercase().last().is_some_and(|c| ENDS.binary_search(&c).is_ok())
}

/// False if the first character that normal form keeps is outside ASCII, and begins no phrase. Of a smiley it may be a letter.
fn begins_as_phrase(text: &str) -> bool {
    let kept = |c: &char| !(is_dropped(*c) || is_separator(*c));
    let Some(first) = text.chars().find(|c| kept(c) || is_ok(*c)) else { return true };
    let starts = |c: char| STARTS.binary_search(&c).is_ok();
    first.is_ascii() || is_ok(first) || first.to_lowercase().next().is_some_and(starts)
}

/// As [`of_phrases`], for words on one line that ask nothing. Of pictures alone, those of `GLAD` count.
fn speaks(words: &[u8], thanks: bool, f: impl FnOnce(&Pieces) -> bool) -> bool {
    let asks = || words.iter().any(|b| matches!(b, b'?' | b'\n'));
    if words.is_empty() || words.len() > LONGEST || !may_be_phrases(words) || asks() {
        return false;
    }
    let Ok(text) = std::str::from_utf8(words) else { return false };
    if text.contains(['？', '؟', '👎']) {
        return false;
    }
    let plain = |c: char| {
        c.is_whitespace() || matches!(c, '!' | '.' | '\u{FE0F}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}')
    };
    let glad = |c: char| is_picture(c) && (GLAD.0.contains(c) || !thanks && GLAD.1.contains(c));
    let mut without = text.to_owned();
    if text.contains([':', ';', '=', '^', '<']) {
        without = SMILEYS.iter().fold(without, |text, smiley| text.replace(smiley, "🙂"));
    }
    let rest = without.trim_matches(|c| plain(c) || glad(c));
    if rest.is_empty() {
        return without.contains(glad);
    }
    // A smiley may stand beside words; one that the table does not have may mean anything.
    Pieces::of(normalise(&without)).is_some_and(|text| f(&text))
}

/// A text in normal form, and the places of its pieces.
struct Pieces {
    text: String,
    places: Vec<(usize, usize)>,
}

impl Pieces {
    /// The pieces of a text in normal form; none if they are too many.
    fn of(text: String) -> Option<Self> {
        let text = if has_double(&text) { with_words_relaxed(&text) } else { text };
        let (mut places, mut words) = (Vec::with_capacity(PIECES.0), 0);
        for word in text.split_ascii_whitespace() {
            words += 1;
            let start = word.as_ptr().addr() - text.as_ptr().addr();
            let mut from = 0;
            for (at, c) in word.char_indices() {
                if is_unspaced(c) {
                    if from < at {
                        places.push((start + from, start + at));
                    }
                    from = at + c.len_utf8();
                    places.push((start + at, start + from));
                }
            }
            if from < word.len() {
                places.push((start + from, start + word.len()));
            }
        }
        (words <= WORDS && places.len() <= PIECES.0).then_some(Self { text, places })
    }

    /// True if phrases that are `allowed` cover the text, at least one of them `needed`. Bit `i` is set if the pieces before `i` can
    /// be covered.
    fn covers(&self, allowed: impl Fn(Phrase) -> bool, needed: impl Fn(Phrase) -> bool) -> bool {
        let (mut covered, mut has) = (1_u64, 0_u64);
        for (i, (start, _)) in self.places.iter().enumerate() {
            let (here, here_has) = (covered >> i & 1, has >> i & 1);
            if here | here_has == 0 {
                continue;
            }
            for (length, (_, end)) in self.places.iter().skip(i).take(PIECES.1).enumerate() {
                let Some(phrase) = KNOWN.get(self.text.get(*start..*end).unwrap_or_default()) else {
                    continue;
                };
                let after = i + length + 1;
                if needed(*phrase) {
                    has |= 1 << after;
                } else if allowed(*phrase) {
                    covered |= here << after;
                    has |= here_has << after;
                }
            }
        }
        has >> self.places.len() & 1 == 1
    }
}

/// True if a letter stands twice in a row.
fn has_double(text: &str) -> bool {
    let letters = text.chars().zip(text.chars().skip(1));
    letters.into_iter().any(|(a, b)| a == b && a.is_alphabetic())
}

/// A text in which words that are drawn out are the words of the phrases.
fn with_words_relaxed(text: &str) -> String {
    let word = |word: &str| {
        if WORDS_OF.contains(word) { None } else { relaxed(word) }.unwrap_or_else(|| word.to_owned())
    };
    text.split_ascii_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// The word of the phrases that a word is, if its letters are drawn out: "thaaanks", "merciii", "graziee", "coool".
fn relaxed(word: &str) -> Option<String> {
    if !has_double(word) {
        return None;
    }
    let mut runs: Vec<(char, usize)> = Vec::new();
    for c in word.chars() {
        match runs.last_mut() {
            Some((last, count)) if *last == c => *count += 1,
            _ => runs.push((c, 1)),
        }
    }
    // Three letters or more are one or two; two at the end may be one.
    let shortened = |most: usize, at_end: usize| -> String {
        let last = runs.len().saturating_sub(1);
        let cut = |(place, (c, count)): (usize, &(char, usize))| {
            let count = if *count > 2 { most } else { *count };
            std::iter::repeat_n(*c, if place == last { count.min(at_end) } else { count })
        };
        runs.iter().enumerate().flat_map(cut).collect()
    };
    [shortened(1, 2), shortened(2, 2), shortened(1, 1), shortened(2, 1)]
        .into_iter()
        .find(|word| WORDS_OF.contains(word.as_str()))
}

/// Lower case, one space between words, without punctuation, apostrophes, vowel signs of Arabic and emoji; a thumbs-up becomes "ok".
pub(crate) fn normalise(text: &str) -> String {
    let mut words = String::with_capacity(2 * text.len());
    for c in text.chars() {
        match c {
            _ if is_dropped(c) => {}
            _ if is_ok(c) => words.push_str(" ok "),
            _ if is_separator(c) => {
                if !words.ends_with(' ') {
                    words.push(' ');
                }
            }
            _ => words.extend(c.to_lowercase()),
        }
    }
    words
}

/// True for characters that normal form leaves out.
fn is_dropped(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{FE0F}' | '\u{200D}' | '\u{64B}'..='\u{65F}' | '\u{1F3FB}'..='\u{1F3FF}')
}

/// True for pictures that say "ok".
fn is_ok(c: char) -> bool {
    matches!(c, '\u{1F44D}' | '\u{1F44C}' | '\u{2705}' | '\u{1F197}')
}

/// True for characters of scripts without spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{E7F}' | '\u{3040}'..='\u{30FF}' | '\u{3130}'..='\u{318F}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '¡' | '¿' | '«' | '»' | '·' | '،' | '؟' | '؛' | '۔' | '।'..='॥' | '\u{200B}'..='\u{206F}')
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{2600}'..='\u{27BF}')
        || matches!(c, '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}')
        || matches!(c, '～' | '｡'..='､' | '\u{1F300}'..='\u{1FAFF}')
}

#[cfg(test)]
#[path = "../../tests/unit/ask/phrases.rs"]
mod tests;
