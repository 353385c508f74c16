//! LaTeX, as far as answers are written in it, in one spelling.

/// Commands that change how something looks, not what it is: dropped, their argument kept.
const LOOKS: [&str; 13] = [
    "text",
    "textbf",
    "textit",
    "textrm",
    "mathrm",
    "mathbf",
    "mathit",
    "mbox",
    "operatorname",
    "boxed",
    "fbox",
    "left",
    "right",
];
/// Commands that are space, or nothing at all.
const NOTHING: [&str; 8] = ["quad", "qquad", "displaystyle", "big", "Big", "bigl", "bigr", "limits"];
/// Commands and signs with another name.
const NAMES: [(&str, &str); 10] = [
    ("dfrac", "\\frac"),
    ("tfrac", "\\frac"),
    ("cfrac", "\\frac"),
    ("leq", "\\le"),
    ("geq", "\\ge"),
    ("neq", "\\ne"),
    ("degree", "°"),
    ("times", "*"),
    ("cdot", "*"),
    ("lbrace", "\\{"),
];
const SIGNS: [(char, &str); 7] =
    [('π', "\\pi"), ('∞', "\\infty"), ('≤', "\\le"), ('≥', "\\ge"), ('≠', "\\ne"), ('·', "*"), ('−', "-")];

/// What the last `\boxed{…}` of a text holds.
pub(super) fn boxed(text: &str) -> Option<&str> {
    let start =
        ["\\boxed{", "\\fbox{"].iter().filter_map(|name| Some(text.rfind(name)? + name.len())).max()?;
    let inner = text.get(start..)?;
    let mut depth = 1;
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return inner.get(..at);
        }
    }
    None
}

/// Whether a text is written in LaTeX, or has signs that LaTeX spells out.
pub(super) fn looks_like(text: &str) -> bool {
    text.contains('\\')
        || text.contains("^{")
        || text.contains("_{")
        || text.len() > 2 && text.starts_with('$') && text.ends_with('$')
        || text.chars().any(|c| SIGNS.iter().any(|(sign, _)| *sign == c))
}

/// One pass over a text: looks, space and other spellings go; `\frac12` becomes `\frac{1}{2}`, and a fraction of
/// plain numbers `1/2`; `x^{2}` becomes `x^2`.
pub(super) fn plain(text: &str) -> String {
    let tokens = simplify_groups(&respell(text));
    let joined: String = tokens.concat();
    let (sign, number) = joined.strip_prefix('-').map_or(("", &*joined), |rest| ("-", rest));
    match number
        .strip_prefix("\\frac{")
        .and_then(|rest| rest.strip_suffix('}'))
        .and_then(|rest| rest.split_once("}{"))
    {
        Some((top, bottom)) if is_number(top) && is_number(bottom) => format!("{sign}{top}/{bottom}"),
        _ => joined,
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Cuts a text into commands and characters, in one spelling. A word in `\text` keeps its spaces as they are.
fn respell(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c != '\\' {
            if c == '$' || c.is_whitespace() {
                continue;
            }
            let sign = SIGNS.iter().find(|(sign, _)| *sign == c).map(|(_, name)| (*name).to_owned());
            tokens.push(sign.unwrap_or_else(|| c.to_string()));
            continue;
        }
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if length == 0 {
            let Some(c) = rest.chars().next() else { break };
            rest = &rest[c.len_utf8()..];
            match c {
                '!' | ',' | ';' | ':' | ' ' | '(' | ')' | '[' | ']' => {}
                '%' | '$' | '#' | '&' | '_' => tokens.push(c.to_string()),
                c => tokens.push(format!("\\{c}")),
            }
            continue;
        }
        let (name, after) = rest.split_at(length);
        rest = after;
        if LOOKS.contains(&name) {
            if let Some((words, after)) = argument(rest).filter(|_| !matches!(name, "left" | "right")) {
                tokens.push(words.to_owned());
                rest = after;
            }
        } else if !NOTHING.contains(&name) {
            let known = NAMES.iter().find(|(other, _)| *other == name);
            tokens.push(known.map_or_else(|| format!("\\{name}"), |(_, name)| (*name).to_owned()));
            // A letter behind a command must not become part of it.
            if rest.starts_with(|c: char| c.is_whitespace())
                && rest.trim_start().starts_with(|c: char| c.is_ascii_alphabetic())
            {
                tokens.push(" ".to_owned());
            }
        }
    }
    tokens
}

/// The argument in braces at the start of a text, when it holds no other, and what follows it.
fn argument(text: &str) -> Option<(&str, &str)> {
    let inner = text.trim_start().strip_prefix('{')?;
    let end = inner.find('}')?;
    let (words, rest) = inner.split_at(end);
    (!words.contains(['{', '\\'])).then(|| (words, &rest[1..]))
}

/// Adds the braces that `\frac` and `\sqrt` may leave out, and takes away those around one character elsewhere.
fn simplify_groups(tokens: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(tokens.len());
    // How many arguments the newest command still takes.
    let mut wanted = 0;
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        let single = tokens.get(i + 2).is_some_and(|close| close == "}")
            && tokens.get(i + 1).is_some_and(|inner| {
                inner == "\\circ" || inner.chars().count() == 1 && inner != "{" && inner != "}"
            });
        if token == "\\frac" || token == "\\sqrt" {
            wanted = if token == "\\frac" { 2 } else { 1 };
            out.push(token.clone());
        } else if token == "{" && wanted > 0 {
            let end = closing(tokens, i);
            out.push("{".to_owned());
            out.extend(simplify_groups(tokens.get(i + 1..end).unwrap_or_default()));
            out.push("}".to_owned());
            i = end;
            wanted -= 1;
        } else if token == " " && wanted > 0 {
            // It only kept a command apart from its argument.
        } else if wanted > 0 && token != "[" && token.chars().count() == 1 {
            out.extend(["{".to_owned(), token.clone(), "}".to_owned()]);
            wanted -= 1;
        } else if token == "{" && single {
            out.extend(tokens.get(i + 1).cloned());
            i += 2;
            wanted = 0;
        } else if token == "°" && out.last().is_some_and(|last| last == "^") {
            out.pop();
            out.push(token.clone());
        } else if token == "\\circ" && out.last().is_some_and(|last| last == "^") {
            out.pop();
            out.push("°".to_owned());
        } else {
            wanted = 0;
            out.push(token.clone());
        }
        i += 1;
    }
    out
}

/// Where the group that opens at `start` closes; the end of the tokens when it does not.
fn closing(tokens: &[String], start: usize) -> usize {
    let mut depth = 0_usize;
    for (i, token) in tokens.iter().enumerate().skip(start) {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i;
        }
    }
    tokens.len()
}
