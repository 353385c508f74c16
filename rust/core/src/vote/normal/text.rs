//! Answers in words, and set phrases.

use std::borrow::Cow;

/// Phrases that mean the same.
#[rustfmt::skip]
const PHRASES: [(&str, &str); 15] = [
    ("dne", "does not exist"), ("d.n.e.", "does not exist"), ("d.n.e", "does not exist"),
    ("doesn't exist", "does not exist"), ("no solutions", "no solution"), ("there is no solution", "no solution"),
    ("there are no solutions", "no solution"), ("has no solution", "no solution"), ("i don't know", "i do not know"),
    ("idk", "i do not know"), ("not applicable", "n/a"), ("na", "n/a"), ("n/a", "n/a"), ("n.a.", "n/a"), ("n.a", "n/a"),
];
const ARTICLES: [&str; 3] = ["the ", "a ", "an "];

/// Words that another reading may know, or that announce an answer.
#[rustfmt::skip]
const READ: [&str; 51] = [
    "oui", "non", "nein", "nee", "nej", "tak", "nie", "evet", "first", "second", "third", "fourth", "fifth", "yes", "not",
    "nor", "and", "are", "inf", "dne", "idk", "nan", "only", "true", "null", "must", "none", "false", "would", "infty",
    "answer", "should", "equals", "antwort", "infinity", "risposta", "resposta", "undefined", "respuesta", "applicable",
    "solutions", "option", "choice", "ano", "igen", "nem", "tidak", "bukan",
    "joo", "jah", "taip",
];
/// The first letters of [`READ`] by length, as bits: most words differ in one or the other.
const READ_FIRST: [u32; 11] = {
    let (mut table, mut i) = ([0; 11], 0);
    while i < READ.len() {
        table[READ[i].len()] |= letter(READ[i].as_bytes()[0]);
        i += 1;
    }
    table
};
/// Short words that no other reading knows.
const SHORT: [&str; 16] =
    ["of", "in", "on", "at", "to", "it", "he", "we", "my", "de", "la", "le", "el", "du", "as", "by"];

/// Words that give a number behind them another reading: heads of months, and what announces an answer.
const COUNTED: [&str; 40] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "get", "hav", "giv",
    "thu", "hen", "the", "fin", "ove", "con", "acc", "bel", "tha", "mea", "sum", "res", "thi", "val", "tot",
    "pro", "sol", "ver", "sqr", "abo", "app", "rou", "aro", "cir", "etw",
];

/// The form of a text of plain words that no reading but [`folded`] knows: letters of ASCII, a capital at the start of a word
/// only, and whole numbers behind words that announce none. Most answers that are no numbers are such. What it gives out is
/// its own form.
pub(super) fn words(text: &str) -> Option<Cow<'_, str>> {
    let articles = ["the ", "The ", "an ", "An "];
    let start =
        articles.iter().find(|article| text.starts_with(**article)).map_or(0, |article| article.len());
    let rest = text.get(start..)?;
    let (mut capital, mut numbers) = (false, false);
    for (i, word) in rest.as_bytes().split(|b| *b == b' ').enumerate() {
        let (first, tail) = word.split_first()?;
        if first.is_ascii_digit() {
            if i == 0 || !tail.iter().all(u8::is_ascii_digit) {
                return None;
            }
            numbers = true;
            continue;
        }
        if !first.is_ascii_alphabetic() || !tail.iter().all(u8::is_ascii_lowercase) {
            return None;
        }
        capital |= first.is_ascii_uppercase();
        let is = |known: &&str| known.as_bytes().eq_ignore_ascii_case(word);
        let known = match word.len() {
            1 => true,
            2 => !(text.len() > 2 && SHORT.iter().any(is)),
            length => {
                READ_FIRST.get(length).is_some_and(|letters| letters & letter(*first) != 0)
                    && READ.iter().any(is)
            }
        };
        if known || i == 0 && (start > 0 && is(&"the") || super::numeral::opens(rest)) {
            return None;
        }
    }
    if numbers
        && (super::expression::FUNCTIONS.iter().any(|name| rest.starts_with(name))
            || rest.split(' ').any(is_counted))
    {
        return None;
    }
    Some(if capital { Cow::Owned(rest.to_ascii_lowercase()) } else { Cow::Borrowed(rest) })
}

const fn letter(b: u8) -> u32 {
    1 << (b & 31)
}

fn is_counted(word: &str) -> bool {
    let head = word.get(..3).unwrap_or_default();
    let is = |known: &str| known.eq_ignore_ascii_case(head);
    !word.eq_ignore_ascii_case("the") && COUNTED.iter().any(|known| is(known))
}

/// Lower case, without an article in front. A single letter ("vitamin C", "E. coli"), short words in capitals ("US" is not
/// "us"), and the names of programs keep their case.
pub(super) fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    if let Some((_, same)) = PHRASES.iter().find(|(phrase, _)| *phrase == lower) {
        return (*same).to_owned();
    }
    if is_code(text) || is_symbol(text) {
        return text.to_owned();
    }
    let shouted = text.contains(' ') && !text.contains(char::is_lowercase);
    let mut out = String::with_capacity(text.len());
    for (i, word) in text.split(' ').enumerate() {
        if i > 0 {
            out.push(' ');
        }
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let acronym = letters <= 3 && !shouted && !word.contains(char::is_lowercase);
        if letters == 1 || acronym {
            out.push_str(word);
        } else if word.is_ascii() {
            out.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            out.push_str(&word.to_lowercase());
        }
    }
    let kept = without_article(&out, text).len();
    out.drain(..out.len() - kept);
    out
}

/// Lower case, without punctuation at the ends and without an article in front.
pub(super) fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    if let Some((_, same)) = PHRASES.iter().find(|(phrase, _)| *phrase == lower) {
        return (*same).to_owned();
    }
    let trimmed = trimmed(&lower);
    without_article(trimmed, trimmed).to_owned()
}

/// Signs that enclose a text.
const PAIRS: [(char, char); 7] =
    [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('*', '*'), ('~', '~'), ('`', '`')];

/// A text without punctuation at its ends. Signs that make another answer stay: `C++`, `.NET`, `x'`, `5!`, `-x`, `f(x)`; so
/// does a text of signs alone.
fn trimmed(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some(shorter) = without_end(rest).or_else(|| without_start(rest)) {
        rest = shorter.trim();
    }
    if rest.is_empty() { text.trim() } else { rest }
}

fn without_start(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    let rest = &text[first.len_utf8()..];
    let glued = rest.starts_with(char::is_alphanumeric);
    let drops = match first {
        ',' | ';' | ':' | '?' | '¿' | '¡' | '"' | '\'' | '«' | '»' | '„' | '|' | '—' => true,
        // A path keeps its first step.
        '.' | '~' if rest.trim_start_matches('.').starts_with('/') => false,
        '.' | '!' | '-' | '+' | '#' | '*' | '~' | '=' | '/' | '\\' => {
            !glued && rest.contains(char::is_alphanumeric)
        }
        '(' | '[' | '{' => !rest.contains([')', ']', '}']),
        _ => false,
    };
    drops.then_some(rest)
}

fn without_end(text: &str) -> Option<&str> {
    let last = text.chars().next_back()?;
    let rest = &text[..text.len() - last.len_utf8()];
    let enclosed = PAIRS.iter().find_map(|(open, close)| {
        let inner = rest.strip_prefix(*open).filter(|_| *close == last)?;
        (!inner.contains([*open, *close])).then_some(inner)
    });
    if enclosed.is_some() {
        return enclosed;
    }
    let letters = rest.chars().rev().take_while(|c| c.is_alphabetic()).count();
    let drops = match last {
        '.' | ',' | ';' | ':' | '?' | '«' | '»' | '|' | '—' => true,
        // A factorial, a prime, inches.
        '!' => letters > 1,
        '\'' | '"' => rest.starts_with(last) || !rest.ends_with(|c: char| c.is_alphanumeric() || c == last),
        ')' | ']' | '}' => !rest.contains(['(', '[', '{']),
        _ => false,
    };
    drops.then_some(rest)
}

/// `a cat` is `cat`, but `A and B` keeps its first letter.
fn without_article<'a>(lower: &'a str, given: &str) -> &'a str {
    let head = ARTICLES.iter().find_map(|article| {
        let head = lower.get(..article.len())?;
        head.eq_ignore_ascii_case(article).then(|| lower.get(article.len()..)).flatten()
    });
    let Some(rest) = head else { return lower };
    let option = given.starts_with('A')
        && ["and ", "or ", "& ", "is ", "major", "minor", "flat", "sharp"]
            .iter()
            .any(|word| rest.starts_with(word));
    if rest.is_empty() || option || rest.trim_matches(|c: char| !c.is_alphanumeric()).chars().count() == 1 {
        lower
    } else {
        rest
    }
}

/// True for signs of one or two letters, as `kT`, `Co` and `GM/r`, and for paths: in them case counts.
fn is_symbol(text: &str) -> bool {
    if text.contains(' ') {
        return false;
    }
    let letters = text.split(|c: char| !c.is_alphabetic()).all(|run| run.chars().nth(2).is_none());
    letters && text.is_ascii() && !text.eq_ignore_ascii_case("ok")
        || text.starts_with(['/', '~'])
        || text.starts_with("./")
}

/// True for identifiers and expressions of programs, in which case counts.
fn is_code(text: &str) -> bool {
    let camel = text.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let mut lower = 0;
        word.chars().any(|c| {
            let turns = c.is_uppercase() && lower > 2;
            lower = if c.is_lowercase() { lower + 1 } else { 0 };
            turns
        })
    });
    let called = text.match_indices('(').any(|(at, _)| text[..at].ends_with(|c: char| c.is_alphanumeric()));
    camel || called || text.contains(['{', '}', '=', '<', '>', ';', '_', '\\', '`'])
}

/// The text before a remark in brackets that repeats it in words: `42 (forty-two)`.
pub(super) fn without_remark(text: &str) -> Option<Cow<'_, str>> {
    let (head, remark) = text.strip_suffix(')')?.rsplit_once(" (")?;
    let number = super::unit::canonical(head)?;
    (super::numeral::canonical(remark)? == number).then_some(Cow::Borrowed(head))
}
