//! Yes and no, and reviewers' replies about an answer.

use super::choice::{starts_with_break, strip};
use super::{Normal, same};

const YES: [&str; 29] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "true",
    "correct",
    "right",
    "confirmed",
    "affirmative",
    "accurate",
    "valid",
    "supported",
    "agreed",
    "verified",
    "sí",
    "si",
    "oui",
    "ja",
    "да",
    "はい",
    "是",
    "是的",
    "对",
    "正确",
    "对的",
    "예",
    "네",
    "sim",
    "हाँ",
];
const NO: [&str; 24] = [
    "no",
    "nope",
    "nah",
    "false",
    "incorrect",
    "wrong",
    "refuted",
    "inaccurate",
    "invalid",
    "unsupported",
    "untrue",
    "non",
    "nein",
    "нет",
    "いいえ",
    "不",
    "不是",
    "否",
    "错误",
    "不对",
    "아니요",
    "아니오",
    "não",
    "नहीं",
];
/// Replies that agree and are no answer.
const AGREED: [&str; 14] = [
    "ok",
    "okay",
    "fine",
    "indeed",
    "exactly",
    "absolutely",
    "definitely",
    "good",
    "agreed",
    "i agree",
    "i confirm",
    "1",
    "t",
    "y",
];
/// Words that another answer follows.
const INSTEAD: [&str; 17] = [
    "answer is",
    "answer:",
    "answer should be",
    "answer would be",
    "correct would be",
    "should be",
    "must be",
    "should have been",
    "actually",
    "i get ",
    "we get ",
    "it is really",
    "instead of",
    "i would say ",
    "i'd say ",
    "correction:",
    "correct is ",
];
/// Words that confirm, anywhere in a reply.
const PRAISE: [&str; 10] = [
    "is correct",
    "is right",
    "is true",
    "'s correct",
    "'s right",
    "looks good",
    "looks right",
    "checks out",
    "i confirm",
    "i agree",
];
/// Words that refute, anywhere in a reply.
const DOUBTS: [&str; 32] = [
    "not quite",
    "not entirely",
    "not exactly",
    "not right",
    "not correct",
    "not true",
    "not confirm",
    "n't correct",
    "n't right",
    "n't true",
    "n't confirm",
    "almost",
    "incorrect",
    "wrong",
    "inaccurate",
    "mistake",
    "error",
    "far from",
    "cannot confirm",
    "unable to confirm",
    "refute",
    "false",
    "disagree",
    "reject",
    "not follow",
    "n't follow",
    "partially",
    "partly",
    "nearly",
    "not agree",
    "n't agree",
    "try again",
];
/// Doubts that are denied.
const DENIALS: [&str; 9] = [
    "not wrong",
    "nothing wrong",
    "not incorrect",
    "n't wrong",
    "no mistake",
    "no error",
    "without error",
    "without mistake",
    "not false",
];
/// Words of a reply that knows no answer.
const UNSURE: [&str; 10] =
    ["sure", "know", "unclear", "maybe", "perhaps", "think", "check", "unknown", "verify", "none"];
const SUBJECTS: [&str; 14] = [
    "it is",
    "it's",
    "that is",
    "that's",
    "this is",
    "the answer is",
    "the claim is",
    "the statement is",
    "i think",
    "i believe",
    "definitely",
    "absolutely",
    "certainly",
    "of course",
];

/// `yes`, `no`, `true` or `false` alone, in any case.
pub(super) fn truth(text: &str) -> Option<&'static str> {
    ["yes", "no", "true", "false"].into_iter().find(|word| word.eq_ignore_ascii_case(text))
}

/// The verdict that opens a text: true for "Yes, because …" and "Correct.", false for "No." and "That is not right". None
/// if the first word is neither, if it may belong to a noun ("No idea", "right angle"), or if both stand together.
pub(super) fn opening(text: &str) -> Option<bool> {
    let text = text.trim();
    let alone = text.trim_matches(|c: char| !c.is_alphanumeric());
    if alone.eq_ignore_ascii_case("y") || alone.eq_ignore_ascii_case("n") {
        return Some(alone.eq_ignore_ascii_case("y"));
    }
    let subject =
        SUBJECTS.iter().find_map(|subject| strip(text, subject)).filter(|rest| rest.starts_with([' ', ',']));
    let text = subject.map_or(text, |rest| rest.trim_start_matches([' ', ',']));
    if subject.is_some() && text.trim_end_matches(['.', '!']).eq_ignore_ascii_case("not") {
        return Some(false);
    }
    let (negated, text) = match strip(text, "not ") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let start = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = start.find(|c: char| !is_word(c)).unwrap_or(start.len());
    let (word, rest) = start.split_at(end);
    let word = word.to_lowercase();
    let yes = match (YES.contains(&word.as_str()), NO.contains(&word.as_str())) {
        (true, false) => true,
        (false, true) => false,
        _ => return None,
    };
    // "Not sure" is no verdict, and "not right" is one only with its subject.
    if negated && subject.is_none() && word != "correct" && word != "true" {
        return None;
    }
    let rest = rest.trim_start_matches(['*', '"', '\'', '_', ')', '}']);
    // "It is true that" says nothing yet.
    if subject.is_some() && rest.trim() == "that" {
        return None;
    }
    let next = rest.trim_start();
    // `{"correct": false}`, `Correct: no`.
    if let Some(value) = rest.trim_start().strip_prefix([':', '=']).filter(|_| yes) {
        return opening(value);
    }
    // "Yes, but it should be 7", "No, it is correct": the rest takes it back.
    let sure = rest.to_lowercase().replace("no doubt", "").replace("no question", "");
    let said = |words: &[&str]| {
        sure.split(|c: char| !c.is_alphanumeric() && c != '\'')
            .any(|word| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
    };
    let takes_back = if yes {
        said(&[
            "wrong",
            "incorrect",
            "false",
            "not",
            "no",
            "but",
            "except",
            "unless",
            "should",
            "only",
            "actually",
        ])
    } else {
        said(&["correct", "right", "true"]) && !said(&["not", "isn't", "is't", "wasn't", "never"])
    };
    if takes_back {
        return None;
    }
    // `No. 5` is a number.
    let counts = word == "no"
        && next
            .strip_prefix('.')
            .is_some_and(|next| next.trim_start().starts_with(|c: char| c.is_ascii_digit()));
    let breaks = !counts
        && (next.is_empty()
            || next.starts_with([',', '.', ';', ':', '!', '—', '?', '\n'])
            || rest.starts_with(" -")
            || rest.starts_with(" (")
            || starts_with_break(next)
            || !word.is_ascii() && !rest.starts_with(' '));
    let other: String = next
        .trim_start_matches([',', ' ', '/'])
        .chars()
        .take_while(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    let contradicts = if yes {
        NO.contains(&other.as_str()) && !sure.trim_matches([',', ' ']).is_empty()
    } else {
        YES.contains(&other.as_str())
    };
    let either = matches!(other.as_str(), "and" | "or") || next.starts_with('/');
    (breaks && !contradicts && !either).then_some(yes ^ negated)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || ('\u{900}'..='\u{97f}').contains(&c)
}

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
    let said = |text: &str| match &*Normal::YesNo.of(text) {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    if let Some(verdict) = said(reply) {
        return Some(verdict);
    }
    let named = ["it is ", "it's "].iter().find_map(|lead| strip(reply.trim(), lead));
    if same(reply, answer) || named.is_some_and(|named| same(named, answer)) {
        return Some(true);
    }
    let text = super::space::collapse(reply).to_lowercase().replace('\u{2019}', "'");
    let text = text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | '`' | '"' | '.' | '!' | '\u{fe0f}')
    });
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
    let found = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    if found(&INSTEAD) {
        let at =
            INSTEAD.iter().filter_map(|phrase| Some(text.rfind(phrase)? + phrase.len())).max().unwrap_or(0);
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
    // The last sentence concludes: "Is it right? No".
    let last = text.split(['.', '?', '!', '\n', ';']).map(str::trim).rfind(|part| !part.is_empty())?;
    let last = ["wait, ", "so ", "so, ", "verdict: ", "conclusion: "]
        .iter()
        .find_map(|lead| last.strip_prefix(lead))
        .unwrap_or(last);
    let clause = last.rsplit(',').next().unwrap_or(last).trim();
    let clause = clause.strip_prefix("but ").unwrap_or(clause);
    if let Some(verdict) = said(last).or_else(|| said(clause).filter(|verdict| !verdict)) {
        return Some(verdict);
    }
    if doubt.len() < text.len() || found(&PRAISE) {
        return Some(true);
    }
    // "Yes, except …" confirms nothing.
    if text.starts_with("yes") && found(&[" but ", " except ", " unless ", " only if "]) {
        return Some(false);
    }
    another(reply, answer).then_some(false)
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
