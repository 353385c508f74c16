//! Answers of several lines.

use super::{choice, cue};

/// Structure is looked for in answers up to this length; code and JSON in answers of any.
pub(super) const MAX_FORMULA: usize = 4_096;

/// Of several lines, the first if it is an option, or the last if a lead-in announces it; else the whole text.
pub(super) fn decisive_line(text: &str) -> &str {
    let Some((first, rest)) = text.split_once('\n') else {
        return text;
    };
    let lone = |line: &str| choice::lone_letter(cue::bare(line.trim()).text).is_some();
    if lone(first) && first.contains(|c: char| c.is_ascii_uppercase()) && !rest.lines().any(lone) {
        return first.trim();
    }
    if let Some(below) = below_heading(text) {
        return below;
    }
    let last = rest.rsplit('\n').next().unwrap_or(rest).trim();
    // A bullet announces nothing.
    let said = last.trim_start_matches(['*', '•', ' ']);
    let last = if last.starts_with("* ") || last.starts_with('•') { said } else { last };
    if last.len() <= MAX_FORMULA && cue::bare(last).announced { last } else { text }
}

/// The text below a line that is no more than "### Final answer".
fn below_heading(text: &str) -> Option<&str> {
    let mut below = None;
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        let words = line.trim().trim_matches(['#', '*', '_', ':', ' ']);
        let headings = ["answer", "final answer", "the answer", "solution", "result"];
        if headings.iter().any(|known| known.eq_ignore_ascii_case(words)) && !after.trim().is_empty() {
            below = Some(after.trim());
        }
        rest = after;
    }
    below
}
