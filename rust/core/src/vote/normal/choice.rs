//! Options of a multiple choice, and yes and no.

/// Words that say that reasons follow, or that a sentence begins anew.
const BREAKS: [&str; 20] = [
    "because", "since", "as", "for", "it", "this", "that", "these", "they", "there", "he", "she", "we", "i",
    "you", "the", "given", "due", "indeed", "sir",
];
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

/// The letter of an answer to a question with options, upper case: `(B)`, `B)`, `B: Rome`, `B. Rome`, `option b`. None if
/// further letters follow ("A and C").
pub(super) fn option(text: &str) -> Option<char> {
    let text = unnamed(text);
    let (letter, closed, rest) = letter(text)?;
    let mark = rest.chars().next();
    let tail = rest.trim_start_matches([')', ']', '.', ':', ' ']);
    if tail.is_empty() {
        return Some(letter);
    }
    let opens_word =
        tail.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || u32::from(c) > 0x2e80);
    let parted = closed
        || match mark {
            Some(':' | ')' | ']') => true,
            Some('.') => rest[1..].starts_with(' ') && opens_word,
            Some(',') => starts_with_break(rest[1..].trim_start()),
            Some(' ') => tail.starts_with(['-', '—']) || starts_with_break(tail) || is_praise(tail),
            _ => false,
        };
    (parted && !names_another(tail)).then_some(letter)
}

/// The text behind "option", "choice" or "answer".
pub(super) fn unnamed(text: &str) -> &str {
    ["option ", "choice ", "answer "].iter().find_map(|name| strip(text, name)).unwrap_or(text)
}

/// A single letter in brackets, or with punctuation: an option whatever was asked.
pub(super) fn lone_letter(text: &str) -> Option<char> {
    let (letter, _, rest) = letter(text)?;
    rest.trim_matches([')', ']', '.', ':', ' ']).is_empty().then_some(letter)
}

/// The first letter, true if brackets enclose it, and the text behind it.
fn letter(text: &str) -> Option<(char, bool, &str)> {
    let inner = text.trim().strip_prefix(['(', '[']);
    let at = inner.unwrap_or(text.trim());
    let c = at.chars().next().filter(char::is_ascii_alphabetic)?;
    let rest = &at[1..];
    let after = rest.strip_prefix([')', ']']);
    match (inner, after) {
        (Some(_), Some(after)) => Some((c.to_ascii_uppercase(), true, after)),
        (Some(_), None) => None,
        (None, _) => Some((c.to_ascii_uppercase(), false, rest)),
    }
}

/// True if another option follows: `and (C)`, `, C`, `or D`.
fn names_another(text: &str) -> bool {
    let words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let mut joined = text.starts_with([',', '&', '/', '+']);
    for word in words.take(6) {
        let bracketed = word.len() == 3 && lone_letter(word).is_some() && word.starts_with(['(', '[']);
        let inner = word.trim_matches(['(', ')', '[', ']', '.', ':']);
        let single = inner.len() == 1 && inner.starts_with(|c: char| c.is_ascii_uppercase());
        if bracketed || (joined || word.ends_with(':')) && single {
            return true;
        }
        joined = matches!(word, "and" | "or" | "&" | "+");
    }
    false
}

fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..)).flatten()
}

/// `B is correct`.
fn is_praise(text: &str) -> bool {
    let rest = strip(text, "is ").map(|rest| strip(rest, "the ").unwrap_or(rest));
    rest.is_some_and(|rest| {
        ["correct", "right", "best", "answer", "true"].iter().any(|word| strip(rest, word).is_some())
    })
}

fn starts_with_break(text: &str) -> bool {
    let word: String = text.chars().take_while(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    BREAKS.contains(&word.as_str())
}

/// `yes`, `no`, `true` or `false` alone, in any case.
pub(super) fn truth(text: &str) -> Option<&'static str> {
    ["yes", "no", "true", "false"].into_iter().find(|word| word.eq_ignore_ascii_case(text))
}

/// The verdict that opens a text: true for "Yes, because …" and "Correct.", false for "No." and "That is not right". None
/// if the first word is neither, if it may belong to a noun ("No idea", "right angle"), or if both stand together.
pub(super) fn verdict(text: &str) -> Option<bool> {
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
    let next = rest.trim_start();
    // `{"correct": false}`, `Correct: no`.
    if let Some(value) = rest.trim_start().strip_prefix([':', '=']).filter(|_| yes) {
        return verdict(value);
    }
    // "Yes, but it should be 7", "No, it is correct": the rest takes it back.
    let said = |words: &[&str]| {
        rest.split(|c: char| !c.is_alphanumeric() && c != '\'')
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
            || starts_with_break(next)
            || !word.is_ascii() && !rest.starts_with(' '));
    let other: String = next
        .trim_start_matches([',', ' ', '/'])
        .chars()
        .take_while(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    let contradicts = if yes { NO.contains(&other.as_str()) } else { YES.contains(&other.as_str()) };
    let either = matches!(other.as_str(), "and" | "or") || next.starts_with('/');
    (breaks && !contradicts && !either).then_some(yes ^ negated)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || ('\u{900}'..='\u{97f}').contains(&c)
}
