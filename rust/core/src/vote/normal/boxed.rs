//! The answer in `\boxed{…}`.
//!
//! ```text
//! group = box {joint box}                    the last group counts: an earlier one was taken back
//! joint = and | or | label | operator        \boxed{3} and \boxed{5}   (a) \boxed{3} (b) \boxed{5}   \boxed{1}/\boxed{2}
//! box   = [sign] "\boxed{" … "}" [unit | factor]        -\boxed{5}   \boxed{5} meters   \boxed{5}\pi
//! ```

use super::unit;
use std::borrow::Cow;

/// Words that join two boxes, both of which count.
#[rustfmt::skip]
const AND: [&str; 22] = [
    "", "and", "y", "et", "und", "e", "i", "и", "та", "en", "och", "og", "ve", "as", "well", "和", "与", "與", "及", "以及",
    "と", "및",
];
/// Words between two boxes of which either may be the answer.
#[rustfmt::skip]
const OR: [&str; 19] = [
    "or", "oder", "ou", "o", "или", "або", "lub", "albo", "of", "eller", "veya", "lor", "vee", "或", "或者", "または",
    "又は", "もしくは", "또는",
];
/// Words before the number of a part.
#[rustfmt::skip]
const PARTS: [&str; 14] = [
    "part", "question", "problem", "case", "teil", "frage", "aufgabe", "partie", "parte", "pregunta", "часть", "вопрос",
    "問", "问题",
];
/// Commands around a unit.
const UNITS: [&str; 6] = ["\\text{", "\\mathrm{", "\\textrm{", "\\mbox{", "\\rm{", "\\operatorname{"];
/// Signs of units, and how they are written behind a number.
#[rustfmt::skip]
const MARKS: [(&str, &str); 9] = [
    ("\\%", "%"), ("%", "%"), ("^\\circ", "°"), ("^{\\circ}", "°"), ("\\degree", "°"), ("°", "°"), ("€", "€"), ("£", "£"),
    ("¥", "¥"),
];
/// Openings of factors behind a box.
#[rustfmt::skip]
const FACTORS: [&str; 13] = [
    "\\pi", "\\sqrt", "\\cdot", "\\times", "\\frac", "\\dfrac", "\\tfrac", "\\ln", "\\log", "\\infty", "^", "π", "√",
];
/// The longest factor or unit that is read, in characters.
const BESIDE: usize = 60;

/// The groups of `\boxed{…}` at the end of a text, with the signs, units and factors beside them. Boxes that only
/// separators or labels part are one answer, as in `\boxed{3}, \boxed{5}`; an earlier box was taken back.
pub(super) fn content(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let mut group = String::new();
    let (mut found, mut bulleted) = (false, false);
    let mut rest = text;
    while let Some((before, content, after)) = next_box(rest) {
        let (between, sign) = signed(before, found);
        if let Some(joint) = found.then(|| joint(between, bulleted)).flatten() {
            group.push_str(joint);
        } else {
            group.clear();
            bulleted = sign.is_empty() && between.trim_end().ends_with(['-', '*', '•', '+']);
        }
        let (unit, behind) = unit_behind(after);
        let (factor, behind) = if unit.is_empty() { factor(after) } else { ("", behind) };
        group.push_str(sign);
        let joins = !sign.is_empty() || !factor.is_empty();
        group.push_str(&if joins { enclosed(content) } else { Cow::Borrowed(content) });
        group.extend([&unit, factor]);
        found = true;
        rest = behind;
    }
    found.then_some(group)
}

/// The text before the next box, the box's content, and the text behind it.
fn next_box(text: &str) -> Option<(&str, &str, &str)> {
    let at = [text.find("\\boxed"), text.find("\\fbox")].into_iter().flatten().min()?;
    let (before, found) = text.split_at(at);
    let inner = found.strip_prefix("\\boxed").or_else(|| found.strip_prefix("\\fbox"))?.trim_start();
    let Some(inner) = inner.strip_prefix('{') else {
        let length = inner.chars().next().map_or(0, char::len_utf8);
        let (content, after) = inner.split_at(length);
        return Some((before, content, after));
    };
    let mut depth = 1;
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let (content, after) = inner.split_at(at);
            return Some((before, content, &after[1..]));
        }
    }
    None
}

/// The text before a box without the sign or currency that belongs to the box, and that sign. `- ` at the start of a line
/// is a bullet.
fn signed(before: &str, further: bool) -> (&str, &'static str) {
    let spaced = before.trim_end();
    let signs = [("-", "-"), ("\\pm", "\\pm "), ("±", "±"), ("€", "€"), ("£", "£"), ("¥", "¥"), ("₹", "₹")];
    let found = signs.iter().find_map(|(sign, written)| Some((spaced.strip_suffix(sign)?, *written)));
    let Some((head, sign)) = found else { return (before, "") };
    let glued = spaced.len() == before.len();
    let opens = |head: &str| head.ends_with(['$', '=', '(', '[', '{']);
    let fits = if glued {
        head.is_empty() && !further || opens(head) || head.ends_with([' ', ':', '~', '*', ','])
    } else {
        opens(head.trim_end())
    };
    if fits { (head, sign) } else { (before, "") }
}

/// The content in brackets, if it is a sum.
fn enclosed(content: &str) -> Cow<'_, str> {
    if content.contains(['+', '-']) { Cow::Owned(format!("({content})")) } else { Cow::Borrowed(content) }
}

/// The start of a text, in which all that belongs to a box stands.
fn near(text: &str) -> &str {
    text.char_indices().nth(BESIDE).map_or(text, |(end, _)| &text[..end])
}

fn without_spaces(mut text: &str) -> &str {
    let spaces = [" ", "~", "\\,", "\\;", "\\:", "\\!", "\\ "];
    while let Some(rest) = spaces.iter().find_map(|space| text.strip_prefix(space)) {
        text = rest;
    }
    text
}

/// The unit behind a box, with a space before it, and the text behind the unit.
fn unit_behind(after: &str) -> (String, &str) {
    let mut unit = String::new();
    let mut rest = after;
    loop {
        let start = without_spaces(rest);
        if let Some(inner) = UNITS.iter().find_map(|opening| start.strip_prefix(opening)) {
            let (inner, behind) = inner.split_once('}').unwrap_or(("", inner));
            if is_joining(inner) {
                break;
            }
            unit.push_str(if unit.is_empty() { " " } else { "" });
            unit.push_str(inner);
            rest = behind;
        } else if let Some((behind, mark)) =
            MARKS.iter().find_map(|(mark, written)| Some((start.strip_prefix(mark)?, *written)))
        {
            unit.extend([if unit.is_empty() { " " } else { "" }, mark]);
            rest = behind;
        } else if !unit.is_empty() && start.trim_start_matches('$').starts_with(['^', '/']) {
            let start = start.trim_start_matches('$');
            let length = power(start).unwrap_or(1);
            let (power, behind) = start.split_at(length);
            // A rate goes on behind its slash.
            if power == "/" && !UNITS.iter().any(|opening| without_spaces(behind).starts_with(opening)) {
                break;
            }
            unit.push_str(power);
            rest = behind;
        } else {
            let start = start.trim_start_matches('$').trim_start();
            let Some(word) = spelled(start).filter(|_| unit.is_empty()) else { break };
            unit.extend([" ", word]);
            rest = &start[word.len()..];
        }
    }
    (unit, rest)
}

/// The length of `^2` or `^{-1}`.
fn power(text: &str) -> Option<usize> {
    let digits = text.strip_prefix('^')?;
    if digits.starts_with('{') {
        return digits.find('}').map(|end| end + 2);
    }
    digits.chars().next().map(|c| 1 + c.len_utf8())
}

/// The longest unit in words or signs at the start of a text. A short one is a word as often, such as `in`, and ends its
/// clause.
fn spelled(text: &str) -> Option<&str> {
    if !text.starts_with(char::is_alphabetic) {
        return None;
    }
    let stops = |c: char| !(c.is_alphanumeric() || matches!(c, ' ' | '/' | '^' | '*'));
    let text = near(text);
    let clause = &text[..text.find(stops).unwrap_or(text.len())];
    // `b)` labels the next box.
    let behind = &text[clause.len()..];
    let labels = behind.starts_with(')') || behind.contains("\\boxed") && behind.starts_with(['.', ':']);
    let ends: Vec<usize> =
        clause.match_indices(' ').map(|(at, _)| at).chain([clause.len()]).take(4).collect();
    ends.iter().rev().find_map(|end| {
        let word = clause[..*end].trim_end();
        let alone = *end == clause.len() || clause[*end..].trim().is_empty();
        ((word.len() > 3 || alone && !labels) && unit::is_unit(word)).then_some(word)
    })
}

/// The factor, power or further term behind a box, up to the end of its formula, and the text behind it.
fn factor(after: &str) -> (&str, &str) {
    let start = without_spaces(after);
    let glued = start.len() == after.len();
    let known = FACTORS.iter().any(|factor| start.starts_with(factor));
    let term = start.starts_with(['+', '-', '/']);
    let letter = glued && start.starts_with(|c: char| c.is_ascii_alphabetic());
    if !(known || term || letter) {
        return ("", after);
    }
    let near = near(start);
    let stops =
        ["$", "\\)", "\\]", "=", "\\approx", ",", ";", ". ", "\\quad", "\\text", "\\boxed", "\\fbox", "**"];
    let end = stops.iter().filter_map(|stop| near.find(stop)).min().unwrap_or(near.len());
    let tail = start[..end].trim_end().trim_end_matches('.').trim_end();
    let math = ["$", "\\)", "\\]"].iter().any(|stop| start[end..].starts_with(stop));
    let boxed = start[end..].starts_with("\\boxed") || start[end..].starts_with("\\fbox");
    let bytes = tail.as_bytes();
    let worded = (1..bytes.len()).any(|at| {
        let letters = bytes[at - 1].is_ascii_alphabetic() && bytes[at].is_ascii_alphabetic();
        let start = bytes[..at].iter().rposition(|b| !b.is_ascii_alphabetic());
        letters && start.is_none_or(|start| bytes[start] != b'\\')
    });
    let balanced = tail.matches('{').count() == tail.matches('}').count();
    let fits = tail.len() > usize::from(term) && tail.len() < BESIDE && !worded && balanced && !boxed;
    if fits && (!term || glued || math) { (tail, &start[tail.len()..]) } else { ("", after) }
}

/// The joint of two boxes, if only separators, labels or an operator stand between them.
fn joint(between: &str, bulleted: bool) -> Option<&'static str> {
    let glued = !between.contains(' ');
    match between.trim() {
        "/" if glued => return Some("/"),
        ":" if glued => return Some(":"),
        "+" if !bulleted => return Some("+"),
        "-" if !bulleted => return Some("-"),
        "\\cdot" | "\\times" => return Some("*"),
        _ => {}
    }
    separator(between, bulleted)
}

fn is_joining(words: &str) -> bool {
    !words.trim().is_empty()
        && words.split_whitespace().all(|word| {
            let word = word.trim_matches([',', ';']).to_lowercase();
            AND.contains(&word.as_str()) || OR.contains(&word.as_str())
        })
}

/// The separator that joins two boxes, if nothing else stands between them.
fn separator(between: &str, bulleted: bool) -> Option<&'static str> {
    let words = between
        .replace(['$', ',', ';', '&', '~'], " ")
        .replace("\\quad", " ")
        .replace("\\text", " ")
        .replace(" =", "=");
    let (mut either, mut labelled, mut stopped, mut part) = (false, false, false, false);
    for raw in words.split_whitespace() {
        let raw = raw.trim_matches(['*', '_', '#']);
        let word = raw.trim_matches(['{', '}', '\\', '(', ')', '[', ']', '/']);
        let lower = word.trim_end_matches(':').to_lowercase();
        match word {
            _ if is_label(raw, part) => labelled = true,
            _ if AND.contains(&lower.as_str()) => {}
            _ if OR.contains(&lower.as_str()) => either = true,
            "." => stopped = true,
            "-" | "•" | "+" if bulleted => labelled = true,
            _ if PARTS.contains(&lower.as_str()) => part = true,
            // `y=` names the next box.
            _ if word
                .strip_suffix('=')
                .is_some_and(|name| (1..=3).contains(&name.chars().count()) || name.contains('_')) => {}
            _ => return None,
        }
    }
    (labelled || !stopped && !part).then_some(if either { " or " } else { ", " })
}

/// True for the label of a part: `(b)`, `2.`, `ii)`, `y:`, `第2问`; behind "part" the mark may be missing.
fn is_label(word: &str, part: bool) -> bool {
    let core = word.trim_matches(['(', ')', '[', ']', '.', ':']);
    let marked = core.len() < word.len() || part;
    let letter = core.chars().count() == 1 && core.starts_with(char::is_alphanumeric);
    let number = core.len() <= 2 && core.bytes().all(|b| b.is_ascii_digit());
    let roman = core.len() <= 4 && core.bytes().all(|b| matches!(b.to_ascii_lowercase(), b'i' | b'v' | b'x'));
    let numbered =
        core.len() < 4 && core.starts_with(['Q', 'q']) && core[1..].bytes().all(|b| b.is_ascii_digit());
    let ordinal = core.starts_with('第') && core.chars().count() <= 6;
    !core.is_empty() && (ordinal || marked && (letter || numbered || number || roman))
}
