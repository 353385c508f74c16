//! White space.

use std::borrow::Cow;

/// No white space at the ends, every run of it inside one space. What is already in that form is borrowed.
pub(in crate::vote) fn collapse(answer: &str) -> Cow<'_, str> {
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
