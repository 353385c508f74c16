//! The surroundings of a `\boxed{…}` that belong to it: a unit, a factor, a power, a further term, a bound.

use super::choice::strip_end;
use super::joint::{is_denied, is_joining, is_label};
use super::unit;

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
const FACTORS: [&str; 17] = [
    "!$", "!\\)", "\\pm", "±", "\\pi", "\\sqrt", "\\cdot", "\\times", "\\frac", "\\dfrac", "\\tfrac", "\\ln", "\\log", "\\infty", "^", "π", "√",
];
/// Commands and signs before a box that make a part of a formula or a bound of it.
#[rustfmt::skip]
const OPERATORS: [&str; 27] = [
    "\\le", "\\leq", "\\ge", "\\geq", "\\lt", "\\gt", "\\ne", "\\neq", "\\leqslant", "\\geqslant", "\\pm", "\\mp", "\\cdot",
    "\\times", "\\div", "\\sqrt", "\\ln", "\\log", "\\sin", "\\cos", "\\tan", "<", "≤", "≥", "≠", "±", "∓",
];
/// Words before a box that make a bound of it.
#[rustfmt::skip]
const BOUNDS: [&str; 12] = [
    "at least", "at most", "less than", "more than", "greater than", "fewer than", "larger than", "smaller than", "no more than",
    "no less than", "between", "neither",
];
/// Words behind a box that make a bound of it, or a part of a list or range that goes on without a box.
const GO_ON: [&str; 8] = ["and", "or", "to", "through", "und", "oder", "bis", "et"];
/// Words of a scale behind a box.
const SCALES: [&str; 8] = ["hundred", "thousand", "million", "billion", "trillion", "lakh", "crore", "dozen"];
/// Characters of scripts without spaces that begin a word of the sentence, and no unit.
const PARTICLES: &str = "でだとがはをにのもなや是为為的，이입을를은는가와과";
/// The most characters of a unit without a space before it.
const GLUED: usize = 4;
/// The longest factor or unit that is read, in characters.
const BESIDE: usize = 60;

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
pub(super) fn unit_behind(after: &str) -> (String, &str) {
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
            let Some(word) = counted(start).or_else(|| spelled(start)).filter(|_| unit.is_empty()) else {
                break;
            };
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

/// A scale (`million`), or a unit in a script without spaces (`个月`), at the start of a text.
fn counted(text: &str) -> Option<&str> {
    let word = &text[..text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len())];
    if word.is_ascii() {
        return SCALES.contains(&word.trim_end_matches('s')).then_some(word);
    }
    let first = word.chars().next()?;
    // `第2问：` labels the next box.
    let short = word.chars().count() <= GLUED && !near(text).contains("\\boxed");
    let unspaced =
        |c: char| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}');
    (short && word.chars().all(unspaced) && !PARTICLES.contains(first)).then_some(word)
}

/// The factor, power or further term behind a box, up to the end of its formula, and the text behind it.
pub(super) fn factor(after: &str) -> (&str, &str) {
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
    let last = end == start.len();
    if fits && (!term || glued || math || last) { (tail, &start[tail.len()..]) } else { ("", after) }
}

/// True if a box behind `before` and ahead of `after` is a part of a formula, a bound, or denied: then its content alone is
/// not the answer.
pub(super) fn is_attached(before: &str, after: &str) -> bool {
    let start = before.trim_end();
    let glued = start.len() == before.len();
    let Some(last) = start.chars().next_back() else { return false };
    let head = &start[..start.len() - last.len_utf8()];
    if OPERATORS.iter().any(|sign| start.ends_with(sign)) {
        return true;
    }
    // A minus sign behind a word is a dash, a star is emphasis.
    if matches!(last, '+' | '-' | '*' | '/') {
        let head = head.trim_end();
        let run = head.len() - head.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
        return run == 1
            || run == 0 && head.ends_with(|c: char| c.is_ascii_digit() || matches!(c, ')' | '}'));
    }
    if last == '>' {
        return !glued && head.ends_with(' ');
    }
    let is_bound = || BOUNDS.iter().any(|bound| strip_end(start, bound).is_some());
    if last.is_alphabetic() && (is_bound() || is_denied(start)) {
        return true;
    }
    let word = start.rsplit([' ', '$']).next().unwrap_or(start);
    if !glued || is_label(word, false) {
        return false;
    }
    match last {
        '^' | '_' | '|' => true,
        '(' | '[' => !head.ends_with('\\') && !after.starts_with([')', ']']),
        ')' => !head.ends_with('\\') && word.contains('('),
        '{' => {
            let command = head.rsplit('\\').next().unwrap_or_default();
            let fraction = ["frac", "dfrac", "tfrac", "sqrt", "binom", "overline"];
            head.ends_with(['^', '_']) || fraction.iter().any(|name| command.starts_with(name))
        }
        // `\text{So }`.
        '}' => head.rsplit('{').next().is_some_and(|inner| {
            inner.bytes().filter(u8::is_ascii_alphabetic).count() < 2 && !inner.trim().is_empty()
        }),
        c if c.is_ascii_alphanumeric() => {
            let run = word.len() - word.trim_end_matches(|c: char| c.is_ascii_alphanumeric()).len();
            let run = &word[word.len() - run..];
            let command = word.ends_with(&format!("\\{run}"));
            run.bytes().any(|b| b.is_ascii_digit()) || run.len() == 1 && !command
        }
        _ => false,
    }
}

/// True if the text behind a box makes a bound of it, or goes on with further values: `\boxed{3} < x`, `\boxed{3} or more`.
pub(super) fn bounds(after: &str) -> bool {
    let start = without_spaces(after);
    let relation = OPERATORS.iter().take(10).chain(&["<", ">", "≤", "≥", "≠"]).any(|sign| {
        start
            .strip_prefix(sign)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/'))
    });
    let decimals =
        after.strip_prefix(['.', ',']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let start = start.trim_start_matches('$').trim_start();
    let denied =
        ["is wrong", "is not", "is incorrect", "isn't"].iter().any(|denial| start.starts_with(denial));
    let (word, rest) = start.split_once(' ').unwrap_or((start, ""));
    let rest = rest.trim_start_matches('$');
    let goes_on = GO_ON.contains(&word)
        && (rest.starts_with(|c: char| c.is_ascii_digit())
            || ["more", "less", "fewer", "greater", "above", "below", "higher", "lower"]
                .iter()
                .any(|known| rest.starts_with(known)));
    relation || goes_on || decimals || denied
}
