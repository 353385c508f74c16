//! Code, equal up to white space that no program sees: line ends, blank lines, spaces at the ends of lines, and the
//! indentation that all lines share.

/// What a Markdown fence holds, when the whole text is one.
pub(super) fn fenced(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("```")?.strip_suffix("```")?;
    let (language, body) = inner.split_once('\n')?;
    let names =
        language.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.'));
    (names && !body.contains("```")).then_some(body)
}

/// Whether a text has lines that are indented further than its first.
pub(super) fn indented(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().map_or(0, indent);
    lines.any(|line| indent(line) != first)
}

/// The normal form.
pub(super) fn tidy(text: &str) -> String {
    let lines = || text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let shared = lines().map(indent).min().unwrap_or(0);
    let mut tidy = String::with_capacity(text.len());
    for line in lines() {
        if !tidy.is_empty() {
            tidy.push('\n');
        }
        tidy.push_str(line.get(shared..).unwrap_or_default());
    }
    tidy
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}
