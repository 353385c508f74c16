//! A naive reader of the feature vector, which the scan is held equal to.
//!
//! It decodes the whole text, then takes one character at a time and looks at its neighbours by index. Of `src/features` it
//! shares the word lists alone, which it reads from their source file. The unit tests, `tests/features.rs` and the fuzz target
//! include this file by its path.

mod asks;
mod lexicon;
mod manner;
mod meaning;
mod scripts;

use lexicon::LEXICON;
pub(crate) use rheostat::features::{FeatureKind, SPECS, Scan, index};
use rheostat::query::Window;
use scripts::script;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Scans a text, and fails where the scan and the naive reader differ.
pub(crate) fn check(scan: &mut Scan, text: &[u8], window: Window) {
    scan.run(text, window);
    let read = cut(text, window.bytes);
    assert_eq!((scan.truncated, scan.bytes_total), (text.len() > window.bytes, text.len() as u64));
    let wanted = Reading::of(read);
    let shown = String::from_utf8_lossy(&wanted.text);
    assert_eq!(scan.scanned(), wanted.text);
    for (name, value) in &wanted.values {
        assert!(index(name).is_some(), "no feature is called {name}, which is {value} in {shown:?}");
    }
    for ((spec, value), linear) in SPECS.iter().zip(scan.values()).zip(scan.inputs()) {
        let naive = wanted.values.get(spec.name).copied().unwrap_or_default();
        assert_eq!(value.to_bits(), naive.to_bits(), "{}: {value} is not {naive} in {shown:?}", spec.name);
        let naive = input(naive, spec.kind);
        assert_eq!(linear.to_bits(), naive.to_bits(), "input of {}: {linear} is not {naive}", spec.name);
    }
    assert_eq!(scan.words, wanted.words, "words of {shown:?}");
    assert_eq!(scan.pairs, wanted.pairs, "pairs of {shown:?}");
    assert_eq!(scan.spans(), wanted.spans, "spans of {shown:?}");
}

/// Output of the naive reader.
#[derive(Default)]
struct Reading {
    /// The text that was read: all but words on how to answer.
    text: Vec<u8>,
    /// The vector by name. A name that is missing is 0.
    values: BTreeMap<&'static str, f32>,
    /// The hash of each word.
    words: Vec<u32>,
    /// The hash of each word with the one before it.
    pairs: Vec<u32>,
    /// Where each word begins and ends, in bytes.
    spans: Vec<[u32; 2]>,
}

impl Reading {
    fn of(text: Vec<u8>) -> Self {
        let (reading, rest) = Self::read(&text);
        let (reading, text) = rest.map_or((reading, text), |rest| (Self::read(&rest).0, rest));
        Self { text, ..reading }
    }

    /// Reads all of a text. Returns the rest without words on how to answer, too, if there are any.
    fn read(text: &[u8]) -> (Self, Option<Vec<u8>>) {
        let chars = decode(text);
        let words = words(&chars);
        let mut counts = Counts::default();
        let mut reading = Self::default();
        counts.add("bytes", text.len());
        counts.add("characters", chars.len());
        let terms = meaning::terms(&chars, &words);
        counts.add("words", terms.len());
        lengths(&words, &mut counts);
        vocabulary(&terms, &mut counts);
        numbers(&words, &mut counts);
        marks(&chars, &mut counts);
        lines(text, &mut counts);
        let ends = sentences(&chars, &words, &mut counts);
        let ends: Vec<usize> = ends.iter().map(|&end| chars.get(end).map_or(text.len(), |c| c.at)).collect();
        let free = meaning::is_free(&chars, &words);
        let asked = asks::Text { bytes: text, terms: &terms, ends: &ends, free };
        (reading.words, reading.pairs) = asked.read(&mut counts);
        counts.add("tokens", tokens(&chars, &words).div_ceil(64));
        reading.spans = terms
            .iter()
            .map(|term| chars[term.from].at)
            .zip(&terms)
            .map(|(at, term)| [at as u32, (at + term.bytes) as u32])
            .collect();
        reading.values = counts.values();
        let hashes: Vec<u32> = terms.iter().map(|term| term.hash).collect();
        let (words, spans) = (&reading.words, &reading.spans);
        let options = reading.values.get("options").is_some_and(|&options| options >= 2.0);
        let manner = manner::Text { bytes: text, terms: &hashes, words, spans, ends: &ends };
        let rest = manner.rest().filter(|_| !options);
        (reading, rest)
    }
}

/// One character, or one byte that is not UTF-8.
#[derive(Clone, Copy)]
struct Char {
    c: Option<char>,
    at: usize,
    /// Nothing where it is ASCII or not UTF-8.
    script: &'static str,
    class: Class,
    /// In a run of word bytes that holds others than ASCII.
    foreign: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// Part of a word together with its neighbours.
    Letter,
    /// A word of its own.
    Word,
    /// Outside any word, and not ASCII.
    Symbol,
    /// Outside any word, and ASCII.
    Mark,
    Invalid,
}

struct Word {
    text: String,
    /// Its first character, and the one after its last.
    from: usize,
    to: usize,
    /// True for a script that is written without spaces.
    single: bool,
    foreign: bool,
}

/// The part of a text that a window of `bytes` lets through: all of it; or three quarters from the head, a line feed, and one
/// quarter from the tail, cut between characters.
fn cut(text: &[u8], bytes: usize) -> Vec<u8> {
    if text.len() <= bytes {
        return text.to_vec();
    }
    // Among more than three bytes that continue a character there is none, and the cut falls anywhere.
    let begins = |at: usize| at == text.len() || text[at] & 0xC0 != 0x80;
    let (head, tail) = (bytes - bytes / 4, text.len() - bytes / 4);
    let head = (0..4).filter_map(|back| head.checked_sub(back)).find(|&at| begins(at)).unwrap_or(head);
    let tail = (tail..(tail + 4).min(text.len() + 1)).find(|&at| begins(at)).unwrap_or(tail);
    [&text[..head], b"\n", &text[tail..]].concat()
}

/// Input of a linear model for a value: log₂(1 + x) of a count, interpolated between powers of two; a share as it is.
fn input(value: f32, kind: FeatureKind) -> f32 {
    if kind == FeatureKind::Share {
        return value;
    }
    let (mut power, mut x) = (0.0, 1.0 + f64::from(value));
    while x >= 2.0 {
        (power, x) = (power + 1.0, x / 2.0);
    }
    (power + (x - 1.0)) as f32
}

fn decode(text: &[u8]) -> Vec<Char> {
    let (mut chars, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let valid = (1..=4).filter_map(|size| text.get(at..at + size)).find_map(|b| str::from_utf8(b).ok());
        let c = valid.and_then(|one| one.chars().next());
        let script = c.filter(|c| !c.is_ascii()).map_or("", script);
        chars.push(Char { c, at, script, class: class(c, script), foreign: false });
        at += c.map_or(1, char::len_utf8);
    }
    for run in chars.chunk_by_mut(|a, b| a.class != Class::Mark && b.class != Class::Mark) {
        let foreign = run.iter().any(|one| !one.c.is_some_and(|c| c.is_ascii()));
        for one in run {
            one.foreign = foreign;
        }
    }
    chars
}

fn class(c: Option<char>, script: &str) -> Class {
    match c {
        None => Class::Invalid,
        Some(c) if c.is_ascii_alphanumeric() || c == '_' => Class::Letter,
        Some(c) if c.is_ascii() => Class::Mark,
        Some(_) if scripts::LETTERS.contains(&script) => Class::Letter,
        Some(_) if scripts::CHARACTERS.contains(&script) => Class::Word,
        Some(_) => Class::Symbol,
    }
}

fn words(chars: &[Char]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut from = 0;
    while from < chars.len() {
        let class = chars[from].class;
        let mut to = from + 1;
        while class == Class::Letter && chars.get(to).is_some_and(|c| c.class == Class::Letter) {
            to += 1;
        }
        if class == Class::Letter || class == Class::Word {
            let text = chars[from..to].iter().filter_map(|c| c.c).collect();
            words.push(Word { text, from, to, single: class == Class::Word, foreign: chars[from].foreign });
        }
        from = to;
    }
    words
}

#[derive(Default)]
struct Counts(HashMap<&'static str, usize>);

impl Counts {
    fn add(&mut self, name: &'static str, by: impl TryInto<usize>) {
        *self.0.entry(name).or_default() += by.try_into().unwrap_or_default();
    }

    fn at_least(&mut self, name: &'static str, value: usize) {
        let count = self.0.entry(name).or_default();
        *count = value.max(*count);
    }

    fn take(&mut self, name: &'static str) {
        *self.0.entry(name).or_default() -= 1;
    }

    fn get(&self, name: &str) -> usize {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Counts as they are and shares as quotients; what only serves a quotient is left out.
    fn values(&self) -> BTreeMap<&'static str, f32> {
        let words = self.get("words");
        let shares = [
            ("word_length", words),
            ("long_words", words),
            ("common_words", words),
            ("unknown_words", words),
            ("upper_case", self.get("bytes")),
        ];
        let scripts =
            scripts::LETTERS.iter().chain(scripts::CHARACTERS).map(|name| (*name, self.get("characters")));
        let mut values: BTreeMap<_, _> = self.0.iter().map(|(name, count)| (*name, *count as f32)).collect();
        for (name, whole) in shares.into_iter().chain(scripts) {
            values.insert(name, self.get(name) as f32 / whole.max(1) as f32);
        }
        values.retain(|name, _| !["sentence_end", "punctuation", "english", "foreign"].contains(name));
        values
    }
}

fn vocabulary(terms: &[meaning::Term], counts: &mut Counts) {
    for term in terms {
        let groups = LEXICON.get(&term.hash);
        groups.into_iter().flatten().for_each(|group| counts.add(group, 1));
        let listed = groups.is_some() || asks::PARTS.contains_key(&term.hash);
        // A head that is in no other list is measured in English.
        let long = manner::length(term.hash).unwrap_or(term.bytes) >= 5;
        counts.add("unknown_words", u8::from(!listed && long));
    }
}

/// Lengths of words as they are written.
fn lengths(words: &[Word], counts: &mut Counts) {
    for word in words {
        counts.add("word_length", word.text.len());
        counts.add("long_words", u8::from(word.text.len() > 8));
    }
}

fn numbers(words: &[Word], counts: &mut Counts) {
    for word in words.iter().filter(|word| !word.single) {
        counts.add("numbers", u8::from(word.text.starts_with(|c: char| c.is_ascii_digit())));
        counts.add("capital_words", u8::from(word.text.starts_with(|c: char| c.is_ascii_uppercase())));
        if word.text.bytes().all(|b| b.is_ascii_digit()) {
            counts.at_least("longest_number", word.text.len());
        }
    }
}

/// Characters by themselves and by their neighbours. Beyond both ends there are line feeds.
fn marks(chars: &[Char], counts: &mut Counts) {
    let get = |i: usize| chars.get(i).map_or('\n', |c| c.c.unwrap_or(char::REPLACEMENT_CHARACTER));
    for (i, one) in chars.iter().enumerate() {
        let (before, next) = (i.checked_sub(1).map_or('\n', get), get(i + 1));
        let Some(c) = one.c else {
            counts.add("invalid_bytes", 1);
            continue;
        };
        if !c.is_ascii() {
            counts.add(one.script, 1);
        }
        counts.add("digits", u8::from(c.is_ascii_digit()));
        counts.add("upper_case", u8::from(c.is_ascii_uppercase()));
        let names: &[(&str, bool)] = &[
            ("identifiers", c == '_' || (c.is_ascii_uppercase() && before.is_ascii_lowercase())),
            ("full_stops", c == '.'),
            ("exclamations", c == '!'),
            ("question_marks", c == '?'),
            ("commas", c == ','),
            ("quotation_marks", c == '"'),
            ("parentheses", c == '('),
            ("call_like", c == '(' && in_word(before)),
            ("equals", c == '='),
            ("dollars", c == '$'),
            ("money", c == '%' || (c == '$' && next.is_ascii_digit())),
            ("operators", "+*/<>^".contains(c) || (c == '-' && (before == ' ' || before.is_ascii_digit()))),
            ("code_marks", "`{}[];".contains(c)),
            ("code_fences", c == '`' && get(i + 1) == '`' && get(i + 2) == '`' && before != '`'),
            ("latex", c == '\\' && next.is_ascii_alphabetic()),
            ("decimals", c == '.' && before.is_ascii_digit() && next.is_ascii_digit()),
            ("links", c == ':' && next == '/' && get(i + 2) == '/' && in_word(before)),
            ("options", c == '(' && ('A'..='J').contains(&next) && ends_label(get(i + 2), get(i + 3))),
        ];
        names.iter().filter(|(_, found)| *found).for_each(|(name, _)| counts.add(name, 1));
    }
}

/// True if a mark ends a label such as `A)` or `12.`: no word may follow it, nor a slash.
fn ends_label(mark: char, next: char) -> bool {
    ").:".contains(mark) && !in_word(next) && next != '/'
}

fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

fn lines(text: &[u8], counts: &mut Counts) {
    for line in text.split(|&b| b == b'\n') {
        let content = line.iter().position(|b| !b" \t\r".contains(b)).map(|at| line.split_at(at));
        let Some((indent, content)) = content else {
            counts.add("blank_lines", 1);
            continue;
        };
        // Every byte of a character outside ASCII is as good as another: none is in a label.
        let get = |i: usize| content.get(i).map_or('\n', |&b| char::from(b));
        let indent: usize =
            indent.iter().map(|b| [0, 1, 4][usize::from(*b == b' ') + 2 * usize::from(*b == b'\t')]).sum();
        let digits = content.iter().take_while(|b| b.is_ascii_digit()).count();
        let numbered = (1..=3).contains(&digits) && ends_label(get(digits), get(digits + 1));
        let bullet = "-*+".contains(get(0)) && get(1) == ' ';
        counts.add("lines", 1);
        counts.add("indented_lines", u8::from(indent >= 4));
        counts.add("quoted_lines", u8::from(get(0) == '>'));
        counts.add("list_items", u8::from(numbered || bullet));
        counts.add("options", u8::from(('A'..='J').contains(&get(0)) && ends_label(get(1), get(2))));
    }
}

/// A sentence ends at a mark that no word follows directly, at a blank line, and with the text; if words came before.
/// Returns the characters that end sentences.
fn sentences(chars: &[Char], words: &[Word], counts: &mut Counts) -> Vec<usize> {
    let mut over_at = Vec::new();
    let ends: HashSet<usize> = words.iter().map(|word| word.to).collect();
    let (mut length, mut blank) = (0, true);
    for i in 0..=chars.len() {
        length += usize::from(ends.contains(&i));
        let c = chars.get(i).map_or(Some('\n'), |c| c.c);
        let next = chars.get(i + 1).map_or(Some('\n'), |c| c.c);
        let mut over = i == chars.len();
        match c {
            Some('.' | '!' | '?') => over |= !next.is_none_or(in_word),
            Some('\n') => over |= blank,
            _ => over |= chars.get(i).is_some_and(|c| ["sentence_end", "question_marks"].contains(&c.script)),
        }
        blank = c == Some('\n') || (blank && matches!(c, Some(' ' | '\t' | '\r')));
        if over && length > 0 {
            counts.add("sentences", 1);
            counts.at_least("longest_sentence", length);
            length = 0;
            over_at.push(i);
        }
    }
    over_at
}

/// Estimated tokens, in 64ths.
fn tokens(chars: &[Char], words: &[Word]) -> usize {
    let of_word = |word: &&Word| match word.text.len() {
        _ if word.single => 0,
        _ if word.foreign => 32,
        length if word.text.bytes().all(|b| b.is_ascii_digit()) => 64 * length.div_ceil(3),
        length => 64 + 10 * length.saturating_sub(6),
    };
    let of_char = |one: &Char| match (one.class, one.c) {
        (Class::Mark, Some('\0' | ' ' | '\t' | '\r' | '\n')) => 0,
        (Class::Mark, _) => 40,
        (Class::Letter, _) if !one.script.is_empty() => 28,
        (Class::Symbol, _) if ["sentence_end", "punctuation"].contains(&one.script) => 48,
        (Class::Symbol | Class::Word, _) => 52,
        _ => 0,
    };
    words.iter().map(|word| of_word(&word)).sum::<usize>() + chars.iter().map(of_char).sum::<usize>()
}
