//! Reviewers' replies about an answer.
//!
//! ```text
//! knows nothing               "unable to determine"
//! a known first clause        "richtig", "答案错误", "no issues found"; what follows may take it back
//! yes or no, as an answer     then the answer itself, repeated
//! a mark, a word, a field     ✓   "fine"   {"correct": false}
//! another answer              "it should be 43": confirmed if that is the answer again
//! doubts, less those denied   "not quite", but not "no mistakes"
//! the last sentence           "Is it right? No"
//! praise, reservations        "looks good"   "yes, except …"
//! an answer of the same kind  refuted: the reviewer has answered anew
//! ```
//!
//! A confirmation is read [once more](super::subject): it may be that of another answer.

use super::normal::{Normal, collapse, same, strip};
use super::{subject, verdict_words};

/// Replies that agree and are no answer.
#[rustfmt::skip]
const AGREED: [&str; 14] = [
    "ok", "okay", "fine", "indeed", "exactly", "absolutely", "definitely", "good", "agreed", "i agree", "i confirm", "1",
    "t", "y",
];
/// Words that another answer follows.
#[rustfmt::skip]
const INSTEAD: [&str; 17] = [
    "answer is", "answer:", "answer should be", "answer would be", "correct would be", "should be", "must be",
    "should have been", "actually", "i get ", "we get ", "it is really", "instead of", "i would say ", "i'd say ",
    "correction:", "correct is ",
];
/// Words that confirm, anywhere in a reply.
#[rustfmt::skip]
const PRAISE: [&str; 10] = [
    "is correct", "is right", "is true", "'s correct", "'s right", "looks good", "looks right", "checks out", "i confirm",
    "i agree",
];
/// Words that refute, anywhere in a reply.
#[rustfmt::skip]
const DOUBTS: [&str; 32] = [
    "not quite", "not entirely", "not exactly", "not right", "not correct", "not true", "not confirm", "n't correct",
    "n't right", "n't true", "n't confirm", "almost", "incorrect", "wrong", "inaccurate", "mistake", "error", "far from",
    "cannot confirm", "unable to confirm", "refute", "false", "disagree", "reject", "not follow", "n't follow", "partially",
    "partly", "nearly", "not agree", "n't agree", "try again",
];
/// Doubts that are denied.
#[rustfmt::skip]
const DENIALS: [&str; 10] = [
    "not wrong", "nothing wrong", "nothing is wrong", "not incorrect", "n't wrong", "no mistake", "no error", "without error",
    "without mistake", "not false",
];
/// Words of a reply that knows no answer.
#[rustfmt::skip]
const UNSURE: [&str; 14] = [
    "sure", "know", "unclear", "maybe", "perhaps", "think", "check", "unknown", "verify", "none", "hmm", "depends", "wait",
    "possibly",
];

/// Reads a reviewer's reply about an answer: true if it confirms, false if it refutes or gives another answer, None if it
/// does neither. An answer that is itself yes or no is confirmed by yes alone.
///
/// ```
/// use rheostat::vote::review;
/// assert_eq!(review("**Correct.** It is the capital.", "Paris"), Some(true));
/// assert_eq!(review("Not quite: the right answer is Lyon.", "Paris"), Some(false));
/// assert_eq!(review("43", "42"), Some(false));
/// assert_eq!(review("Let me think about it.", "42"), None);
/// ```
pub fn review(reply: &str, answer: &str) -> Option<bool> {
    match read(reply, answer) {
        Some(true) => subject::confirms(reply, answer),
        None if subject::denies(reply, answer) => Some(false),
        verdict => verdict,
    }
}

fn read(reply: &str, answer: &str) -> Option<bool> {
    let said = |text: &str| match &*Normal::YesNo.of(text) {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let text = collapse(reply).to_lowercase().replace('\u{2019}', "'");
    let text = text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | '`' | '"' | '.' | '!' | '\u{fe0f}')
    });
    let found = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    // A whole clause that is known comes before its first word: "no issues found", "no, nothing is wrong".
    let praised =
        strip(text, "no, ").is_some_and(|rest| DENIALS.iter().any(|denial| rest.starts_with(denial)));
    if praised {
        return Some(true);
    }
    if verdict_words::is_unknown(text) {
        return same(reply, answer).then_some(true);
    }
    if let Some(verdict) = verdict_words::announced(text) {
        return read(verdict, answer);
    }
    let (clause, rest) = verdict_words::first_clause(text);
    match verdict_words::of_clause(clause) {
        Some(false) => return Some(false),
        // "Pass: no" is a field.
        Some(true)
            if rest.starts_with([':', '：']) && said(rest.trim_start_matches([':', '：'])) == Some(false) =>
        {
            return Some(false);
        }
        // "Correct answer: 43" gives an answer.
        Some(true) if rest.starts_with([':', '：']) && !verdict_words::is_passed(clause) => {
            let given = rest.trim_start_matches([':', '：', ' ']);
            if same(given, answer) || given.contains(&answer.to_lowercase()) && !answer.is_empty() {
                return Some(true);
            }
            if another(given, answer) {
                return Some(false);
            }
        }
        Some(true) if verdict_words::refutes_later(rest) => return Some(false),
        Some(true) if verdict_words::holds_back(rest) && !found(&INSTEAD) => return Some(false),
        Some(true)
            if !verdict_words::is_english(clause)
                || said(reply).is_some()
                || rest.trim_matches(['.', '!', ' ']).is_empty() =>
        {
            return Some(true);
        }
        _ => {}
    }
    if said(clause) == Some(true) && verdict_words::holds_back(rest) && !found(&INSTEAD) {
        return Some(false);
    }
    if let Some(verdict) = said(reply) {
        return Some(verdict && !verdict_words::refutes_later(rest));
    }
    let named = ["it is ", "it's "].iter().find_map(|lead| strip(reply.trim(), lead));
    if same(reply, answer) || named.is_some_and(|named| same(named, answer)) {
        return Some(true);
    }
    if let Some(mark) =
        text.chars().find_map(|c| mark(c).filter(|_| text.starts_with(c) || text.ends_with(c)))
    {
        return Some(mark);
    }
    if AGREED.contains(&text) {
        return Some(true);
    }
    if let Some(verdict) =
        text.starts_with('{').then(|| text.split(',').find_map(|pair| field(pair, said))).flatten()
    {
        return Some(verdict);
    }
    let instead = INSTEAD.iter().filter_map(|phrase| Some(text.rfind(phrase)? + phrase.len())).max();
    if let Some(at) = instead {
        let given = text.get(at..).unwrap_or_default().trim_matches([' ', ':']);
        let first = given.split([',', ';', '.']).next().unwrap_or_default();
        let given = ["indeed ", "really "].iter().find_map(|word| given.strip_prefix(word)).unwrap_or(given);
        let repeats = same(given, answer) || same(first, answer);
        return if repeats { Some(true) } else { said(given).or(Some(false)) };
    }
    // "Not wrong", "no mistakes": what a denial takes back is no doubt.
    let doubt = DENIALS.iter().fold(text.to_owned(), |text, denial| text.replace(denial, ""));
    if DOUBTS.iter().any(|phrase| doubt.contains(phrase)) {
        return Some(false);
    }
    if let Some(verdict) = concluded(text, said) {
        return Some(verdict);
    }
    if doubt.len() < text.len() || found(&PRAISE) {
        return Some(true);
    }
    // "Yes, except …" confirms nothing.
    let praised = ["yes", "correct", "right", "true"].iter().any(|word| text.starts_with(word));
    if praised && found(&[" but ", " except ", " unless ", " only if "]) {
        return Some(false);
    }
    another(reply, answer).then_some(false)
}

/// The verdict of the last sentence: "Is it right? No".
fn concluded(text: &str, said: impl Fn(&str) -> Option<bool>) -> Option<bool> {
    let last = text.split(['.', '?', '!', '\n', ';']).map(str::trim).rfind(|part| !part.is_empty())?;
    let last = ["wait, ", "so ", "so, ", "verdict: ", "conclusion: "]
        .iter()
        .find_map(|lead| last.strip_prefix(lead))
        .unwrap_or(last);
    let clause = last.rsplit(',').next().unwrap_or(last).trim();
    let clause = clause.strip_prefix("but ").unwrap_or(clause);
    said(last).or_else(|| said(clause).filter(|verdict| !verdict))
}

fn mark(c: char) -> Option<bool> {
    match c {
        '\u{2713}' | '\u{2714}' | '\u{2705}' | '\u{2611}' | '\u{1f44d}' => Some(true),
        '\u{274c}' | '\u{2717}' | '\u{2718}' | '\u{2716}' | '\u{274e}' | '\u{1f44e}' => Some(false),
        _ => None,
    }
}

/// The verdict of `"is_correct": false`, by the name and the value.
fn field(pair: &str, said: impl Fn(&str) -> Option<bool>) -> Option<bool> {
    let (name, value) = pair.split_once(':')?;
    let denies = ["incorrect", "wrong", "error", "invalid", "refute"].iter().any(|word| name.contains(word));
    said(value.trim_matches([' ', '"', '}'])).map(|verdict| verdict ^ denies)
}

/// True if a reply is itself an answer of the same kind, and another one.
fn another(reply: &str, answer: &str) -> bool {
    let (reply, answer) = (Normal::Auto.of(reply), Normal::Auto.of(answer));
    if reply.to_lowercase().contains(&answer.to_lowercase()) {
        return false;
    }
    let number = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && text.split(' ').count() < 3
    };
    let letter = |text: &str| text.len() == 1 && text.starts_with(|c: char| c.is_ascii_uppercase());
    let name = |text: &str| {
        let words = text.split(' ').count();
        words < 4
            && text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\''))
            && !UNSURE.iter().any(|word| text.contains(word))
    };
    let unset = matches!(&*reply, "0" | "F") && !number(&answer) && !letter(&answer);
    unset || [number, letter, name].iter().any(|kind: &fn(&str) -> bool| kind(&reply) && kind(&answer))
}
