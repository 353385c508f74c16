//! White space.

use std::borrow::Cow;

/// No white space at the ends, every run of it inside one space. What is already in that form is borrowed.
pub(super) fn collapse(answer: &str) -> Cow<'_, str> {
    if is_normal(answer) {
        return Cow::Borrowed(answer);
    }
    let mut normal = String::with_capacity(answer.len());
    for word in answer.split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    Cow::Owned(normal)
}

/// Removes the spaces of a formula or a list that stand beside an operator or a bracket, and puts one behind each comma:
/// `( 1,2 )` and `(1, 2)` are one pair. Texts with words of two letters or more are left alone.
pub(super) fn tighten(text: &str) -> Option<String> {
    let operator = |c: char| "()[]{}+-*/^=<>|,;:!".contains(c);
    let mut letters = 0;
    let mut operators = 0;
    for c in text.chars() {
        letters = if c.is_alphabetic() { letters + 1 } else { 0 };
        operators += u32::from(operator(c));
        if letters > 1 || !(c.is_alphanumeric() || operator(c) || matches!(c, ' ' | '.' | '\'')) {
            return None;
        }
    }
    if operators == 0 {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ' ' {
            let beside =
                out.chars().next_back().is_some_and(operator) || chars.peek().is_some_and(|c| operator(*c));
            if beside {
                continue;
            }
        }
        out.push(c);
        if c == ',' && chars.peek().is_some() {
            out.push(' ');
        }
    }
    // A space behind a comma was itself beside an operator.
    Some(out)
}

fn is_normal(answer: &str) -> bool {
    // The start counts as a space, so that a leading one is seen as the second of a run.
    let mut space = true;
    for &byte in answer.as_bytes() {
        let now = byte == b' ';
        // White space beyond ASCII is rare; any byte that could begin it goes the careful way.
        if (now && space) || matches!(byte, b'\t'..=b'\r' | 0x1c..=0x1f) || byte >= 0x80 {
            return byte >= 0x80 && is_normal_unicode(answer);
        }
        space = now;
    }
    answer.is_empty() || !space
}

fn is_normal_unicode(answer: &str) -> bool {
    let mut space = true;
    for c in answer.chars() {
        let now = c.is_whitespace();
        if now && (space || c != ' ') {
            return false;
        }
        space = now;
    }
    !space
}
