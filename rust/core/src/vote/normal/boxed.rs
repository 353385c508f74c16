//! The answer in `\boxed{…}`.

/// The groups of `\boxed{…}` at the end of a text. Boxes that only separators part are one answer, as in
/// `\boxed{3}, \boxed{5}`; an earlier box was taken back. A unit behind the last box stays with it.
pub(super) fn content(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let mut group = String::new();
    let mut found = false;
    let mut rest = text;
    while let Some((before, content, after)) = next_box(rest) {
        let joins = found.then(|| separator(before)).flatten();
        match joins {
            Some(separator) => group.push_str(separator),
            None => group.clear(),
        }
        group.push_str(content);
        found = true;
        rest = after;
    }
    if !found {
        return None;
    }
    let unit = rest.trim_start();
    if let Some(unit) =
        ["\\text{", "\\mathrm{", "\\%", "\\,\\text{", "\\,\\mathrm{", "^\\circ", "^{\\circ}", "%", "°"]
            .iter()
            .find_map(|opening| unit.strip_prefix(opening).map(|after| (*opening, after)))
    {
        let end = if unit.0.ends_with('{') { unit.1.find('}').unwrap_or(0) } else { 0 };
        group.push(' ');
        group.push_str(if unit.0.ends_with('{') { &unit.1[..end] } else { unit.0 });
    }
    Some(group)
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

/// The separator that joins two boxes, if nothing else stands between them.
fn separator(between: &str) -> Option<&'static str> {
    let words = between.replace(['$', ',', ';', '&', '~'], " ").replace("\\quad", " ").replace("\\text", " ");
    let mut either = false;
    for word in words.split_whitespace() {
        let word = word.trim_matches(['{', '}', '\\', '(', ')', '[', ']']);
        match word {
            "" | "and" | "y" | "et" | "und" => {}
            "or" | "oder" | "ou" => either = true,
            // `y=` names the next box.
            _ if word
                .strip_suffix('=')
                .is_some_and(|name| name.chars().count() <= 3 || name.contains('_')) => {}
            _ => return None,
        }
    }
    Some(if either { " or " } else { ", " })
}
