//! Lists, sets, intervals, unions and matrices: each element in its own normal form.
//!
//! ```text
//! list   = element {(", " | ";" | "," | "and" | "or") element}      1, 2 and 3
//! group  = ("(" | "[" | "{" | "⟨") list (")" | "]" | "}" | "⟩")       (1/2, 3]   {3, 1, 2}   [[1,2],[3,4]]
//! union  = group {"∪" group}
//! matrix = "[" element {" " element} {";" element {" " element}} "]"        [1 2; 3 4]
//! ```
//!
//! Elements of a set are sorted and repeated ones dropped; so are those that "or" joins. All other order stays.

use super::comma::{self, Commas};

/// The deepest nesting of brackets that is read.
const DEPTH: u32 = 8;

/// A text that is a list or a group; `element` gives the form of an element, or None if it is not fit for a list.
pub(super) fn canonical(text: &str, element: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if let Some(interval) = outward(text) {
        return group(&interval, element, DEPTH);
    }
    union(text, element)
        .or_else(|| matrix(text, element))
        .or_else(|| group(text, element, DEPTH))
        .or_else(|| bare(text, element))
}

/// A number on each line as `1, 2, 3`, and a matrix on several lines on one.
pub(super) fn of_lines(text: &str, element: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if !text.contains('\n') {
        return None;
    }
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines().all(|line| super::number::canonical(line).is_some()) {
        return Some(lines().collect::<Vec<_>>().join(", "));
    }
    let rows = text.starts_with("[[") && !text.contains(',');
    rows.then(|| lines().collect::<Vec<_>>().join(" ")).filter(|line| matrix(line, element).is_some())
}

/// Elements with spaces between them: `[1 2; 3 4]`, `[[1 2] [3 4]]`, and the row `[1 2 3]` of numbers.
fn matrix(text: &str, element: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?.trim();
    if !inner.contains([' ', ';']) {
        return None;
    }
    let nested = inner.starts_with('[');
    let rows: Vec<&str> = if nested {
        let rows = inner
            .strip_suffix(']')?
            .split(']')
            .map(|row| row.trim_start_matches([',', ' ']).strip_prefix('['));
        rows.collect::<Option<_>>()?
    } else {
        inner.split(';').collect()
    };
    // What commas part is a list, unless semicolons part its rows.
    let commas = inner.contains(',') && (rows.len() < 2 || nested);
    if commas || inner.contains(['(', '{', '⟨']) || nested && rows.iter().any(|row| row.contains('[')) {
        return None;
    }
    let cells = |row: &&str| -> Option<Vec<String>> {
        row.split([' ', ',']).filter(|cell| !cell.is_empty()).map(element).collect()
    };
    // `[0,05; 1,5]` has decimal commas.
    if rows.iter().any(|row| row.split([' ', ',']).any(comma::is_padded)) {
        return None;
    }
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect::<Option<_>>()?;
    let width = rows.first()?.len();
    if width < 2 || rows.iter().any(|row| row.len() != width) {
        return None;
    }
    if rows.len() == 1 && !nested {
        // `[1 1/2]` is a mixed number.
        let numbers = rows[0].iter().all(|cell| super::number::canonical(cell).is_some());
        return (numbers && !inner.contains('/')).then(|| format!("[{}]", rows[0].join(",")));
    }
    let rows: Vec<String> = rows.iter().map(|row| format!("[{}]", row.join(","))).collect();
    Some(format!("[{}]", rows.join(",")))
}

/// `]1, 2[`, whose brackets point outwards, as `(1, 2)`.
fn outward(text: &str) -> Option<String> {
    let (left, right) = (text.starts_with(']'), text.len() > 1 && text.ends_with('['));
    let inner = text.strip_prefix([']', '['])?.strip_suffix(['[', ']'])?;
    let fits = (left || right) && !inner.contains(['[', ']']);
    fits.then(|| format!("{}{inner}{}", if left { "(" } else { "[" }, if right { ")" } else { "]" }))
}

fn union(text: &str, element: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    // A letter is found faster than a word.
    let sign = if text.contains('∪') { "∪" } else { " U " };
    if sign == " U " && !(text.contains('U') && text.contains(sign)) {
        return None;
    }
    let mut parts = Vec::new();
    for part in text.split(sign) {
        let part = part.trim();
        parts.push(group(part, element, DEPTH).or_else(|| element(part))?);
    }
    parts.sort_unstable();
    parts.dedup();
    Some(parts.join("∪"))
}

/// A bracketed list of at least two elements, or a set.
fn group(text: &str, element: &dyn Fn(&str) -> Option<String>, depth: u32) -> Option<String> {
    let open = text.chars().next().filter(|c| matches!(c, '(' | '[' | '{' | '⟨'))?;
    let close = text.chars().next_back().filter(|c| matches!(c, ')' | ']' | '}' | '⟩'))?;
    let half_open = matches!((open, close), ('(' | '[', ')' | ']'));
    let inner = text.get(open.len_utf8()..text.len() - close.len_utf8()).filter(|_| depth > 0)?;
    if !half_open && !matches!((open, close), ('{', '}') | ('⟨', '⟩')) {
        return None;
    }
    let parts = elements_of(inner, open)?;
    if inner.trim().is_empty() {
        return (open == '{').then(|| "∅".to_owned());
    }
    if parts.len() < 2 && open != '{' && !inner.trim_start().starts_with('[') {
        return None;
    }
    let read = |part: &&str| {
        // `{x=3, y=4}` keeps its names, since a set has no order.
        if let Some((name, value)) = super::formula::assigned(part) {
            return Some(format!("{name}={}", element(value)?));
        }
        group(part, element, depth - 1).or_else(|| element(part))
    };
    let mut elements = parts.iter().map(read).collect::<Option<Vec<_>>>()?;
    if open == '{' {
        elements.sort_unstable();
        elements.dedup();
    }
    Some(format!("{open}{}{close}", elements.join(",")))
}

/// The texts of a group's elements.
fn elements_of(inner: &str, open: char) -> Option<Vec<&str>> {
    let parts = split(inner, inner.contains(", "), false)?;
    if !inner.contains(',') {
        return Some(parts);
    }
    let semicolons = inner.contains(';');
    let strong = if semicolons { split(inner, true, true)? } else { vec![inner] };
    if semicolons && comma::in_list(&strong, true) != Commas::Separators {
        // `[1,2;3,4]` may be a matrix.
        let decimals = open != '[' && comma::in_list(&strong, true) == Commas::Decimals;
        return decimals.then_some(strong).filter(|parts| !parts.iter().any(|part| part.contains(", ")));
    }
    // In brackets commas part elements, unless one is no whole number.
    (!parts.iter().any(|part| comma::is_padded(part))).then_some(parts)
}

/// Elements without brackets around them.
fn bare(text: &str, element: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if !text.contains([',', ';', ' ']) {
        return None;
    }
    let either = text.contains(" or ");
    let text = text.strip_prefix("both ").unwrap_or(text);
    let joined = text.contains(" and ") || text.contains(" & ");
    if !(either || joined || text.contains([',', ';'])) {
        return None;
    }
    let commas = [", and ", " and ", " & ", ", or ", " or "]
        .iter()
        .fold(text.to_owned(), |text, word| text.replace(word, ", "));
    let strong = split(&commas, true, true)?;
    let parts = match comma::in_list(&strong, text.contains(';')) {
        Commas::Separators => split(&commas, true, false)?,
        Commas::Decimals => strong,
        Commas::Doubtful => return None,
    };
    if parts.len() < 2 {
        return None;
    }
    let mut elements = Vec::with_capacity(parts.len());
    for part in parts {
        let (name, value) = super::formula::assigned(part).unwrap_or(("", part));
        elements.push((name, group(value, element, DEPTH).or_else(|| element(value))?));
    }
    let named = elements.iter().all(|(name, _)| !name.is_empty());
    let option =
        |(_, form): &(&str, String)| form.len() == 1 && form.starts_with(|c: char| c.is_ascii_uppercase());
    // Several options are a set, but three letters with commas may be a ranking.
    let options = elements.iter().all(option) && (joined || elements.len() == 2);
    if either || named || options {
        elements.sort();
    }
    if either {
        elements.dedup();
    }
    // `x = 2 or x = 9` are values of one name; `x = 2, y = 9` are those of two.
    let alike = elements.windows(2).all(|pair| pair[0].0 == pair[1].0);
    let values: Vec<String> = elements
        .into_iter()
        .map(|(name, value)| if alike || name.is_empty() { value } else { format!("{name}={value}") })
        .collect();
    Some(values.join(if either { " or " } else { ", " }))
}

/// The elements between top-level commas or semicolons; None if brackets do not match. If commas have spaces, those before
/// groups of three digits separate thousands; with `decimals`, a comma between digits parts nothing.
fn split(text: &str, spaced: bool, decimals: bool) -> Option<Vec<&str>> {
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let kept = |at: usize| {
        spaced && comma::is_thousands(text, at) || decimals && at > 0 && digit(at - 1) && digit(at + 1)
    };
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' | '⟨' => depth += 1,
            ')' | ']' | '}' | '⟩' => depth = depth.checked_sub(1)?,
            ',' | ';' if depth == 0 && !(c == ',' && kept(at)) => {
                parts.push(text.get(start..at)?.trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..)?.trim());
    if parts.last() == Some(&"") && parts.len() > 1 {
        parts.pop();
    }
    (depth == 0).then_some(parts)
}
