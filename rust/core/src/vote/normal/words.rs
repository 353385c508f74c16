//! What stands around an answer in words: "the answer is", emphasis, option letters, yes and no.

/// Openings that say that an answer follows.
const OPENINGS: [&str; 9] = [
    "the final answer is",
    "the correct answer is",
    "the answer is",
    "final answer is",
    "final answer:",
    "correct answer:",
    "the answer:",
    "answer:",
    "####",
];

/// The answer without an opening, without emphasis around it, and without a full stop behind it.
pub(super) fn bare(text: &str) -> &str {
    let mut text = text;
    for opening in OPENINGS {
        if let Some(rest) = strip_prefix_ignoring_case(text, opening) {
            text = rest.trim_start_matches([':', ' ']);
            break;
        }
    }
    for mark in ["**", "`", "\""] {
        if let Some(inner) = text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark))
            && !inner.contains(mark)
        {
            text = inner;
        }
    }
    match text.strip_suffix('.') {
        Some(rest) if !rest.ends_with('.') => rest.trim_end(),
        _ => text.trim(),
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// The letter of `(B)`, `[B]`, `B)`, `B:`, `option B` or `choice B`.
pub(super) fn letter(text: &str) -> Option<&str> {
    let named = ["option ", "choice "].iter().find_map(|name| strip_prefix_ignoring_case(text, name));
    if let Some(rest) = named {
        return Some(letter(rest).unwrap_or(rest)).filter(|rest| is_letter(rest));
    }
    let inner = text.strip_prefix(['(', '[']).unwrap_or(text);
    let inner = inner.strip_suffix([')', ']', ':'])?;
    is_letter(inner).then_some(inner)
}

fn is_letter(text: &str) -> bool {
    text.len() == 1 && text.bytes().all(|b| b.is_ascii_alphabetic())
}

/// The letter that an answer to a question with options begins with: of all that [`letter`] reads, and of `B. Paris`,
/// `(b) Paris` and `B`; upper case.
pub(super) fn option(text: &str) -> Option<String> {
    let text = text.trim();
    let first = || {
        let inner = text.strip_prefix(['(', '[']).unwrap_or(text);
        let (head, rest) = inner.split_at_checked(1)?;
        (is_letter(head) && rest.starts_with([')', ']', '.', ':'])).then_some(head)
    };
    let found = if is_letter(text) { Some(text) } else { letter(text).or_else(first) };
    found.map(str::to_ascii_uppercase)
}

/// `yes`, `no`, `true` or `false` in any case.
pub(super) fn truth(text: &str) -> Option<&'static str> {
    ["yes", "no", "true", "false"].into_iter().find(|word| word.eq_ignore_ascii_case(text))
}

/// `yes` or `no` from the first word of an answer: `Yes, because …`, `True`, `n`.
pub(super) fn yes_or_no(text: &str) -> Option<&'static str> {
    let first = text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty())?;
    let is = |words: [&str; 5]| words.iter().any(|word| word.eq_ignore_ascii_case(first));
    if is(["yes", "y", "true", "correct", "yeah"]) {
        return Some("yes");
    }
    is(["no", "n", "false", "incorrect", "nope"]).then_some("no")
}

/// Lower case, without punctuation at the ends and without an article in front.
pub(super) fn plain(text: &str) -> String {
    let text = text.to_lowercase();
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    let article = ["the ", "a ", "an "].iter().find_map(|article| text.strip_prefix(article));
    article.unwrap_or(text).to_owned()
}
