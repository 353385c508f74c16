//! The subject of a reviewer's confirmation: the answer, another answer, a part of the work, or a question.
//!
//! ```text
//! "A is correct", of B            refuted: another option, or another number
//! "A or B is right"               nothing: several options
//! "The approach is correct."      nothing: not the answer
//! "Is it correct", "Correct??"    nothing: a question
//! "nothing wrong except the sign" refuted
//! "Yes, I found an error"         refuted
//! "Correct the sign"              refuted: it asks for another answer
//! ```

use super::normal::{Normal, collapse, same};
use super::verdict_words::{holds_back, is_known, of_clause};

/// Words for a part of the work, whose praise says nothing about the answer.
#[rustfmt::skip]
const PARTS: [&str; 12] = [
    "approach", "method", "idea", "attempt", "try", "strategy", "setup", "start", "ansatz", "méthode", "método", "思路",
];
/// Verbs behind an option at the beginning of a sentence; before other words "A" is an article.
#[rustfmt::skip]
const VERBS: [&str; 17] = [
    "is", "was", "seems", "looks", "would", "should", "must", "and", "or", "only", "ist", "est", "es", "è", "é", "stimmt", "är",
];

/// Reads a reply that confirms once more.
pub(super) fn confirms(reply: &str, answer: &str) -> Option<bool> {
    let text = collapse(reply).to_lowercase().replace('\u{2019}', "'");
    let text =
        text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '"' | '.' | '!'));
    if names_another(reply, answer)? || asks_for_another(text) || finds_fault(text, answer) {
        return Some(false);
    }
    let is_answer = || same(reply, answer);
    let plain = text.trim_end_matches(['?', '？', '.', '!', ' ']);
    let is_one = !plain.contains(['.', '!', ';', '?', '\n']);
    let opens = ["is it ", "is this ", "is that "].iter().any(|lead| plain.starts_with(lead));
    let asks = text.ends_with(['?', '？']) || opens;
    let part = |word: &str| {
        PARTS.contains(&word) || PARTS.iter().any(|part| !part.is_ascii() && word.contains(part))
    };
    if is_one && (asks || text.split_whitespace().any(part)) && !is_answer() {
        return None;
    }
    Some(true)
}

/// True if a reply denies the answer itself: "43, not 42".
pub(super) fn denies(reply: &str, answer: &str) -> bool {
    let answer = answer.trim().to_lowercase();
    let text = collapse(reply).to_lowercase();
    let text = text.trim_end_matches(['.', '!']);
    asks_for_another(text)
        || !answer.is_empty()
            && text
                .strip_suffix(answer.as_str())
                .is_some_and(|rest| rest == "not " || rest.ends_with(" not "))
}

/// True if a reply names another option or number than the answer; None if it names several options.
fn names_another(reply: &str, answer: &str) -> Option<bool> {
    let answered = Normal::Auto.of(answer);
    if answered.len() == 1 && answered.starts_with(|c: char| c.is_ascii_uppercase()) {
        let mut named = options(reply);
        named.sort_unstable();
        named.dedup();
        return match *named {
            [] => Some(false),
            [one] => Some(!answered.starts_with(one)),
            _ => None,
        };
    }
    if !answered.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return Some(false);
    }
    // One number among words that say nothing else: "Correct! The answer is 43."
    let mut number = None;
    for word in reply.split_whitespace() {
        let word = word.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '%' | '$' | '€')));
        let lower = word.to_lowercase();
        if word.is_empty()
            || is_known(&lower)
            || matches!(&*lower, "yes" | "ok" | "exactly" | "good" | "value" | "number" | "would" | "be")
        {
            continue;
        }
        let digits = word.trim_start_matches(['-', '$', '€']).starts_with(|c: char| c.is_ascii_digit());
        if !digits || number.replace(word).is_some() {
            return Some(false);
        }
    }
    Some(number.is_some_and(|number| !same(number, answer)))
}

/// The options that a reply names: capital letters by themselves.
fn options(reply: &str) -> Vec<char> {
    let chars: Vec<char> = reply.chars().collect();
    let is_word =
        |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '\'' | '\u{2019}'));
    let alone =
        |at: usize| !is_word(at.checked_sub(1).and_then(|at| chars.get(at))) && !is_word(chars.get(at + 1));
    let found = chars.iter().enumerate().filter(|(at, c)| matches!(c, 'A'..='H' | 'J') && alone(*at));
    found.filter(|(at, c)| **c != 'A' || !is_article(&chars, *at)).map(|(_, c)| *c).collect()
}

/// True for an "A" that opens a sentence before a word that is no verb.
fn is_article(chars: &[char], at: usize) -> bool {
    let before = chars.iter().take(at).rev().find(|c| !c.is_whitespace());
    let next: String = chars.iter().skip(at + 1).collect();
    let next = next.trim_start();
    let (next, rest) = next.split_at(next.find(|c: char| !c.is_alphabetic()).unwrap_or(next.len()));
    let opens = before.is_none_or(|c| matches!(c, '.' | '!' | '?' | '"'));
    // "A correct." says that A is.
    let follows =
        chars.get(at + 1) == Some(&' ') && next.is_ascii() && !next.is_empty() && rest.starts_with(' ');
    opens && follows && !VERBS.contains(&next)
}

/// True for "Correct it", "please correct the sign".
fn asks_for_another(text: &str) -> bool {
    let words: Vec<&str> = text.strip_prefix("please ").unwrap_or(text).split(' ').collect();
    matches!(*words, ["correct", "it" | "this" | "that"] | ["correct", "the" | "your" | "this" | "that", _])
        || matches!(*words, ["in", "correct"])
}

/// True if a praise is taken back, or a yes says that there is a fault.
fn finds_fault(text: &str, answer: &str) -> bool {
    // "Yes, no is right", of no.
    let is_word = matches!(&*Normal::YesNo.of(answer), "yes" | "no");
    let behind = ["yes, ", "yes: ", "yes ", "yeah, "].iter().find_map(|lead| text.strip_prefix(lead));
    let fault =
        |rest: &str| of_clause(rest.split(['.', '!', ',', ';']).next().unwrap_or(rest)) == Some(false);
    let excepts = ["no ", "nothing "].iter().any(|lead| text.starts_with(lead)) && holds_back(text);
    !is_word && (behind.is_some_and(fault) || excepts)
}
