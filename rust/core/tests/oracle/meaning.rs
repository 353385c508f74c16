//! Words of other languages by their English meaning, read from the sources of the table.

use super::lexicon::{LEXICON, pair_hash, word_hash};
use super::scripts::{CHARACTERS, LETTERS, script};
use super::{Char, Word};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A word as the vocabulary counts it.
pub(crate) struct Term {
    pub(crate) hash: u32,
    /// Its first character.
    pub(crate) from: usize,
    /// Its first byte.
    pub(crate) at: usize,
    pub(crate) bytes: usize,
}

/// The words of a text, those of other languages by their meaning.
pub(crate) fn terms(chars: &[Char], words: &[Word]) -> Vec<Term> {
    let latin = is_foreign(words);
    let foreign = foreign(words);
    let (mut terms, mut at) = (Vec::new(), 0);
    while at < words.len() {
        let (hash, taken) = meaning(chars, words, at, latin || foreign[at]).unwrap_or((hash(&words[at]), 1));
        let last = &words[at + taken - 1];
        let end = chars[last.to - 1];
        let (from, first) = (words[at].from, chars[words[at].from].at);
        let bytes = end.at + end.c.map_or(1, char::len_utf8) - first;
        terms.push(Term { hash, from, at: first, bytes });
        at += taken;
    }
    terms
}

fn hash(word: &Word) -> u32 {
    if word.text.bytes().all(|b| b.is_ascii_digit()) {
        return word_hash("0".repeat(word.text.len().min(16)).as_bytes());
    }
    word_hash(lower(word).as_bytes())
}

/// Character by character: a whole string's lower case folds a final sigma by its neighbours.
fn lower(word: &Word) -> String {
    word.text.chars().flat_map(char::to_lowercase).collect()
}

/// True if words in Latin letters are those of another language: by function words, or, without any, by their letters.
fn is_foreign(words: &[Word]) -> bool {
    let count = |group: &str| {
        words
            .iter()
            .filter(|word| LEXICON.get(&hash(word)).is_some_and(|groups| groups.contains(&group)))
            .count()
    };
    let (english, foreign) = (count("english"), count("foreign"));
    foreign > english || (foreign + english == 0 && words.iter().any(latin_letter))
}

/// For each word, true where it stands between two English function words with two signs of another language. The words of a text
/// without any English function word are one such stretch, but then it is foreign anyway.
fn foreign(words: &[Word]) -> Vec<bool> {
    let of =
        |word: &Word, group: &str| LEXICON.get(&hash(word)).is_some_and(|groups| groups.contains(&group));
    let sign = |word: &Word| of(word, "foreign") || !word.text.is_ascii();
    if !words.iter().any(|word| of(word, "foreign") || latin_letter(word)) {
        return vec![false; words.len()];
    }
    let mut marks = Vec::new();
    for stretch in words.split_inclusive(|word| of(word, "english")) {
        let ends = stretch.last().is_some_and(|word| of(word, "english"));
        let inside = &stretch[..stretch.len() - usize::from(ends)];
        let foreign = inside.iter().filter(|word| sign(word)).count() >= 2;
        marks.extend(inside.iter().map(|_| foreign).chain(ends.then_some(false)));
    }
    marks
}

/// True for a word with a Latin letter that English lacks.
fn latin_letter(word: &Word) -> bool {
    word.text.chars().any(|c| !c.is_ascii() && script(c) == LETTERS[0])
}

fn meaning(chars: &[Char], words: &[Word], at: usize, latin: bool) -> Option<(u32, usize)> {
    let word = &words[at];
    let script = word.text.chars().find(|c| !c.is_ascii()).map_or(LETTERS[0], script);
    if script == LETTERS[0] && !latin {
        return None;
    }
    let near = |i: &usize| {
        let from = if *i == at { words[at].from } else { words[i - 1].to };
        let between: Vec<_> = chars[from..words[*i].from].iter().map(|c| c.c).collect();
        matches!(between[..], [] | [Some(' ' | '\'' | '-' | '\u{2019}' | '\u{2BC}')])
    };
    let marked = script == ARABIC && word.text.contains(is_mark);
    let hashes: [fn(&Word) -> u32; 2] = [hash, unmarked_hash];
    for hash in &hashes[..=usize::from(marked)] {
        let key = |taken: &usize| key_of_phrase(words[at..at + taken].iter().map(hash));
        let known = (1..=words.len() - at)
            .take_while(|taken| near(&(at + taken - 1)) && MEANINGS.contains_key(&key(taken)));
        if let Some(found) = known.filter_map(|taken| Some((get(key(&taken))?, taken))).last() {
            return Some(found);
        }
    }
    if CHARACTERS.contains(&script) {
        return None;
    }
    let text = lower(word);
    let rests = PARTICLES.iter().filter_map(|particle| text.strip_prefix(particle));
    let stem =
        |word: &str| stem(word).or_else(|| stem(&word.replace(is_mark, "")).filter(|_| script == ARABIC));
    let of_rest = |rest: &str| get(word_hash(rest.as_bytes())).or_else(|| stem(rest));
    stem(&text).or_else(|| rests.map(of_rest).find_map(|english| english)).map(|english| (english, 1))
}

const ARABIC: &str = "arabic";

/// Marks of vowels, of doubled letters and of stretched ones, which may be left out.
fn is_mark(c: char) -> bool {
    ('\u{64B}'..='\u{652}').contains(&c) || c == '\u{640}' || c == '\u{670}'
}

/// The hash of a word without its marks, if it has at most 64 bytes.
fn unmarked_hash(word: &Word) -> u32 {
    if word.text.len() > 64 || !word.text.contains(is_mark) {
        return hash(word);
    }
    word_hash(word.text.replace(is_mark, "").as_bytes())
}

const PARTICLES: [&str; 11] = ["وال", "بال", "فال", "كال", "ال", "لل", "و", "ب", "ف", "ل", "ك"];

/// The hash of the English word of a key.
fn get(key: u32) -> Option<u32> {
    MEANINGS.get(&key)?.as_ref().map(|english| word_hash(english.as_bytes()))
}

/// The longest stem of 3 to 12 characters. One must begin with the word's first three, as far as 16 bits of their key can tell.
fn stem(word: &str) -> Option<u32> {
    if !BEGINNINGS.contains(&beginning(word)) {
        return None;
    }
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).take(12).skip(2);
    ends.filter_map(|end| get(key_of_stem(&word[..end]))).last()
}

fn key_of_phrase(words: impl Iterator<Item = u32>) -> u32 {
    words.reduce(pair_hash).unwrap_or_default()
}

fn key_of_stem(stem: &str) -> u32 {
    stem.chars().fold(0x5354_454D, |hash, c| pair_hash(hash, c as u32))
}

const LANGUAGES: [&str; 21] = [
    "zh", "hi", "es", "fr", "ar", "bn", "pt", "ru", "ur", "id", "de", "ja", "tr", "ko", "vi", "it", "pl",
    "nl", "fa", "uk", "th",
];

/// English words by the hash of a form; nothing where a longer phrase begins so. Forms whose hashes are equal are one.
/// The upper bits of the key of a word's first three characters.
fn beginning(word: &str) -> u32 {
    let letters: String = word.chars().take(3).collect();
    key_of_stem(&letters) >> 16
}

/// Those of all stems.
static BEGINNINGS: LazyLock<HashSet<u32>> = LazyLock::new(|| {
    let path = |language| format!("{}/../../training/meanings/{language}.txt", env!("CARGO_MANIFEST_DIR"));
    let sources =
        LANGUAGES.iter().map(|language| std::fs::read_to_string(path(language)).unwrap_or_default());
    let stems = |source: String| {
        let forms: Vec<&str> = source.split_whitespace().filter_map(|form| form.strip_suffix('*')).collect();
        forms.into_iter().map(beginning).collect::<Vec<_>>()
    };
    sources.flat_map(stems).collect()
});

static MEANINGS: LazyLock<HashMap<u32, Option<String>>> = LazyLock::new(|| {
    let mut meanings: HashMap<u32, Option<String>> = HashMap::new();
    for language in LANGUAGES {
        let path = format!("{}/../../training/meanings/{language}.txt", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(!source.is_empty(), "{path} cannot be read");
        for (english, forms) in source.lines().filter_map(|line| line.split_once(": ")) {
            for form in forms.split_whitespace() {
                let keys = if let Some(stem) = form.strip_suffix('*') {
                    vec![key_of_stem(stem)]
                } else {
                    let words: Vec<u32> = split(form).iter().map(|word| word_hash(word.as_bytes())).collect();
                    (1..=words.len()).map(|taken| key_of_phrase(words[..taken].iter().copied())).collect()
                };
                for (i, key) in keys.iter().enumerate() {
                    let ends = i + 1 == keys.len();
                    let known = meanings.entry(*key).or_default();
                    *known = known.take().or_else(|| ends.then(|| english.to_owned()));
                }
            }
        }
    }
    meanings
});

/// The words of a form: `_` separates them, and so does each character of a script without spaces.
fn split(form: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in form.split('_') {
        let mut word = String::new();
        for c in part.chars() {
            if !c.is_ascii() && CHARACTERS.contains(&script(c)) {
                words.extend([std::mem::take(&mut word), c.to_string()]);
            } else {
                word.push(c);
            }
        }
        words.push(word);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// True if the text is of another language: its verbs ask wherever they stand.
pub(crate) fn is_free(chars: &[Char], words: &[Word]) -> bool {
    let other = |c: &Char| LETTERS[1..].contains(&c.script) || CHARACTERS.contains(&c.script);
    let english = |word: &Word| LEXICON.get(&hash(word)).is_some_and(|groups| groups.contains(&"english"));
    let inside = foreign(words);
    let mixed = || {
        let others = words.iter().zip(&inside).filter(|(word, inside)| !**inside && !english(word)).count();
        inside.iter().filter(|inside| **inside).count() > others
    };
    is_foreign(words) || (chars.iter().any(other) && !words.iter().any(english)) || mixed()
}
