//! The delimiters of LaTeX around formulas.

/// Removes `$…$`, `$$…$$`, `\(…\)` and `\[…\]`, but no dollar sign of an amount. A pair of dollar signs is math if it
/// touches its content and no digit follows it, as in Pandoc.
pub(super) fn undelimited(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open = false;
    let mut rest = text;
    while let Some(at) = rest.find(['$', '\\']) {
        let (before, found) = rest.split_at(at);
        // In math a tilde is a space.
        if open && before.contains('~') {
            out.push_str(&before.replace('~', " "));
        } else {
            out.push_str(before);
        }
        let escaped = found.strip_prefix('\\');
        if let Some(escaped) = escaped {
            let next = escaped.chars().next();
            let length = 1 + next.map_or(0, char::len_utf8);
            let (token, after) = found.split_at(length);
            rest = after;
            match next {
                Some('(' | ')' | '[' | ']') => separate(&mut out, after),
                _ => out.push_str(token),
            }
            continue;
        }
        let width = if found.starts_with("$$") { 2 } else { 1 };
        let (mark, after) = found.split_at(width);
        rest = after;
        if open || opens(&out, after) {
            open = !open;
            separate(&mut out, after);
        } else {
            out.push_str(mark);
        }
    }
    out.push_str(rest);
    out
}

/// True if a dollar sign behind `before` opens math that the next dollar sign closes.
fn opens(before: &str, after: &str) -> bool {
    let Some((inner, behind)) = after.split_once('$') else { return false };
    let touches =
        !inner.is_empty() && inner.starts_with(' ') == inner.ends_with(' ') && !inner.ends_with('\\');
    let amount = behind.starts_with(|c: char| c.is_ascii_digit());
    touches && !amount && !before.ends_with(|c: char| c.is_alphanumeric())
}

/// Keeps a space where a delimiter stood between two numbers or words.
fn separate(out: &mut String, after: &str) {
    if out.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric) {
        out.push(' ');
    }
}
