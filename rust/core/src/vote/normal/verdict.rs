//! Yes and no, true and false.

use super::choice::{starts_with_break, strip};

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
            || !word.is_ascii() && !rest.starts_with(' ')
            || next.eq_ignore_ascii_case(&word));
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
