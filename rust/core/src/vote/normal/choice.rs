//! Options of a multiple choice.

/// Words that say that reasons follow, or that a sentence begins anew.
const BREAKS: [&str; 20] = [
    "because", "since", "as", "for", "it", "this", "that", "these", "they", "there", "he", "she", "we", "i",
    "you", "the", "given", "due", "indeed", "sir",
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
    (parted && !names_another(tail, closed) && !is_first_part(letter, tail)).then_some(letter)
}

/// True if the next letter or number labels another part behind an answer: `(a) 3 (b) 5`, `(i) 3 (ii) 5`.
fn is_first_part(letter: char, tail: &str) -> bool {
    let next = char::from_u32(u32::from(letter) + 1).unwrap_or(letter);
    let mut before = "and";
    tail.split(' ').any(|word| {
        let label = word.strip_suffix([')', '.']).map(|word| word.trim_start_matches(['(', '*']));
        let labels = label.is_some_and(|label| {
            let letter = |c: char| c.eq_ignore_ascii_case(&next);
            label.len() == 1 && label.starts_with(letter) || next == 'J' && label.eq_ignore_ascii_case("ii")
        });
        let joined = matches!(before, "and" | "or" | "both" | "Both" | "&");
        before = word;
        labels && !joined
    })
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

/// True if another option follows: `and (C)`, `, C`, `(C)` behind `(B)`, or `B: 4` behind `A: 3`. An option's own text may
/// name others: `D) A and B`.
fn names_another(text: &str, closed: bool) -> bool {
    let start = text.trim_start_matches([',', '&', '/', '+', ' ']);
    let start = ["and ", "or "].iter().find_map(|word| start.strip_prefix(word)).unwrap_or(start);
    let joined = start.len() < text.len() || closed && text.starts_with(['(', '[']);
    let first = start.split([' ', ',']).next().unwrap_or_default();
    let valued = |word: &str| {
        word.len() == 2 && word.ends_with(':') && word.starts_with(|c: char| c.is_ascii_uppercase())
    };
    joined && lone_letter(first).is_some() || text.split(' ').take(6).any(valued)
}

/// The letter of "the second option", or of "the second" alone.
pub(super) fn counted(text: &str) -> Option<char> {
    let text = strip(text, "the ").unwrap_or(text);
    let (word, noun) = text.split_once(' ').unwrap_or((text, "one"));
    let named = ["option", "choice", "answer", "one"].iter().any(|known| known.eq_ignore_ascii_case(noun));
    let counts = [("first", "1st"), ("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th")];
    let is = |known: &str| known.eq_ignore_ascii_case(word);
    let at = counts.iter().position(|(count, digit)| is(count) || is(digit)).filter(|_| named)?;
    Some(char::from(b'A' + at as u8))
}

/// The letter that a sentence chooses: `I think C`, `B is wrong, so C`, `{C}`, `选C`, `A good answer is C`.
pub(super) fn chosen(text: &str) -> Option<char> {
    let bare = text.trim_end_matches('!').trim_matches(['{', '}', '<', '>', '选', '择', '選', '擇', ' ']);
    let leads = [
        "i choose ",
        "i chose ",
        "i pick ",
        "i select ",
        "i think ",
        "i say ",
        "i'd say ",
        "i would say ",
        "i'd choose ",
        "i would choose ",
        "i'd pick ",
        "i would pick ",
        "i would select ",
        "i go with ",
        "i'd go with ",
        "i would go with ",
        "i'll go with ",
        "go with ",
        "probably ",
        "it's ",
        "my answer is ",
        "choose ",
        "pick ",
    ];
    let led = leads.iter().find_map(|lead| strip(bare, lead)).unwrap_or(bare);
    let letter = |text: &str| {
        let text = unnamed(text);
        let given = text.starts_with(|c: char| c.is_ascii_uppercase() || matches!(c, '(' | '['));
        lone_letter(text).filter(|_| given)
    };
    let ends = || {
        let (before, last) = bare.rsplit_once(' ')?;
        let word = |known: &str| {
            before.rsplit([' ', ',']).next().is_some_and(|word| word.eq_ignore_ascii_case(known))
        };
        let named =
            ["answer", "option", "choice"].iter().any(|noun| before.to_ascii_lowercase().contains(noun));
        let follows =
            ["so", "thus", "hence", "therefore"].iter().any(|known| word(known)) || named && word("is");
        letter(last).filter(|_| follows)
    };
    letter(led).or_else(ends)
}

pub(in crate::vote) fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..)).flatten()
}

/// The text before an ending; the case of ASCII letters does not matter.
pub(super) fn strip_end<'a>(text: &'a str, ending: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(text.len().checked_sub(ending.len())?)?;
    tail.eq_ignore_ascii_case(ending).then_some(head)
}

/// `B is correct`.
fn is_praise(text: &str) -> bool {
    let rest = strip(text, "is ").map(|rest| strip(rest, "the ").unwrap_or(rest));
    rest.is_some_and(|rest| {
        ["correct", "right", "best", "answer", "true"].iter().any(|word| strip(rest, word).is_some())
    })
}

pub(super) fn starts_with_break(text: &str) -> bool {
    let word: String = text.chars().take_while(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    BREAKS.contains(&word.as_str())
}
