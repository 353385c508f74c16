//! Answers in words, and set phrases.

use std::borrow::Cow;

/// Phrases that mean the same.
const PHRASES: [(&str, &str); 15] = [
    ("dne", "does not exist"),
    ("d.n.e.", "does not exist"),
    ("d.n.e", "does not exist"),
    ("doesn't exist", "does not exist"),
    ("no solutions", "no solution"),
    ("there is no solution", "no solution"),
    ("there are no solutions", "no solution"),
    ("has no solution", "no solution"),
    ("i don't know", "i do not know"),
    ("idk", "i do not know"),
    ("not applicable", "n/a"),
    ("na", "n/a"),
    ("n/a", "n/a"),
    ("n.a.", "n/a"),
    ("n.a", "n/a"),
];
const ARTICLES: [&str; 3] = ["the ", "a ", "an "];

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
        } else {
            out.push_str(&word.to_lowercase());
        }
    }
    without_article(&out, text).to_owned()
}

/// Lower case, without punctuation at the ends and without an article in front.
pub(super) fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    if let Some((_, same)) = PHRASES.iter().find(|(phrase, _)| *phrase == lower) {
        return (*same).to_owned();
    }
    let trimmed = lower.trim_matches(|c: char| !c.is_alphanumeric());
    without_article(trimmed, trimmed).to_owned()
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
