//! Code, equal up to white space that no program sees: line ends, blank lines, spaces at the ends of lines, and the width
//! of indentation. Lines inside a string literal or a block of text stay as they are.

/// The content of a Markdown fence that is the whole text.
pub(super) fn fenced(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("```")?.strip_suffix("```")?;
    let (language, body) = inner.split_once('\n')?;
    let names =
        language.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.'));
    (names && !body.contains("```")).then_some(body)
}

/// The only fence of a text, behind a sentence that announces it: "Here is the JSON:".
pub(super) fn announced(text: &str) -> Option<&str> {
    let (before, rest) = text.contains('`').then(|| text.split_once("```")).flatten()?;
    let (inner, after) = rest.rsplit_once("```")?;
    let lead = before.trim();
    let fits =
        !lead.contains('\n') && lead.len() < 200 && lead.ends_with([':', '.']) && after.trim().is_empty();
    let (_, body) = inner.split_once('\n').filter(|(_, body)| !body.contains("```"))?;
    fits.then_some(body)
}

/// JSON without commas before closing brackets; None if there is none.
pub(super) fn without_trailing_commas(text: &str) -> Option<String> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let (mut out, mut quoted, mut escaped, mut changed) =
        (String::with_capacity(text.len()), false, false, false);
    for c in text.chars() {
        if !quoted && matches!(c, '}' | ']') {
            let kept = out.trim_end();
            if let Some(kept) = kept.strip_suffix(',') {
                out.truncate(kept.len());
                changed = true;
            }
        }
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        out.push(c);
    }
    changed.then_some(out)
}

/// True if a text has lines that are indented further than its first.
pub(super) fn indented(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().map_or(0, indent);
    lines.any(|line| indent(line) != first)
}

/// The normal form: each level of indentation is four spaces.
pub(super) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut levels: Vec<usize> = Vec::new();
    let mut literal = Literal::default();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if literal.holds(line, lines.peek().copied()) {
            push_line(&mut tidy, &literal.shifted(line));
        } else if !line.trim().is_empty() {
            let width = indent(line);
            while levels.last().is_some_and(|level| *level > width) {
                levels.pop();
            }
            if levels.last() != Some(&width) {
                levels.push(width);
            }
            push_line(&mut tidy, &"    ".repeat(levels.len().saturating_sub(1)));
            tidy.push_str(literal.opens(line, width, 4 * levels.len().saturating_sub(1)));
        }
    }
    tidy
}

fn push_line(out: &mut String, line: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(line);
}

/// A literal of several lines: between triple quotes or backticks, a raw string, a here-document, or an indented block of
/// text in YAML.
#[derive(Default)]
struct Literal {
    quote: Option<&'static str>,
    /// The end of a raw string, as `"#`.
    raw: Option<String>,
    /// The line that ends a here-document.
    document: Option<String>,
    /// Indentation of the line that opens a block, given and in the normal form.
    block: Option<(usize, usize)>,
}

impl Literal {
    /// True for a line inside a literal; its end is noticed.
    fn holds(&mut self, line: &str, next: Option<&str>) -> bool {
        if let Some(quote) = self.quote {
            if line.matches(quote).count() % 2 == 1 {
                self.quote = None;
            }
            return true;
        }
        if let Some(end) = &self.raw {
            if line.contains(end.as_str()) {
                self.raw = None;
            }
            return true;
        }
        if let Some(end) = &self.document {
            if line.trim().trim_end_matches(';') == end {
                self.document = None;
            }
            return true;
        }
        let Some((width, _)) = self.block else { return false };
        let blank = line.trim().is_empty();
        // A blank line belongs to the block if the block goes on.
        let inside = if blank { next.is_some_and(|next| indent(next) > width) } else { indent(line) > width };
        if !inside {
            self.block = None;
        }
        inside
    }

    /// A line of a block moves with the line that opens it.
    fn shifted(&self, line: &str) -> String {
        match self.block {
            Some((width, tidy)) if !line.trim().is_empty() => {
                " ".repeat(tidy + indent(line) - width) + line.trim_start_matches([' ', '\t'])
            }
            Some(_) => String::new(),
            None => line.to_owned(),
        }
    }

    /// Notices a literal that a line opens, and returns the line without indentation and spaces at its end.
    fn opens<'a>(&mut self, line: &'a str, width: usize, tidy: usize) -> &'a str {
        let line = line.trim_start();
        self.quote = ["\"\"\"", "'''", "`"].into_iter().find(|quote| line.matches(quote).count() % 2 == 1);
        self.raw = raw_string(line);
        if self.quote.is_some() || self.raw.is_some() {
            return line;
        }
        self.document = here_document(line);
        let line = line.trim_end();
        let header = line.trim_end_matches(['+', '-']).strip_suffix(['|', '>']);
        if header.is_some_and(|header| header.trim_end().ends_with([':', '-'])) {
            self.block = Some((width, tidy));
        }
        line
    }
}

/// The end of a raw string that a line opens and does not close: `r#"…"#`, `R"(…)"`.
fn raw_string(line: &str) -> Option<String> {
    let (behind, end) = if let Some((_, rest)) = line.split_once("r#") {
        let hashes = 1 + rest.len() - rest.trim_start_matches('#').len();
        (rest.trim_start_matches('#').strip_prefix('"')?, format!("\"{}", "#".repeat(hashes)))
    } else {
        let (_, rest) = line.split_once("R\"")?;
        let (delimiter, behind) = rest.split_once('(')?;
        (behind, format!("){delimiter}\""))
    };
    (!behind.contains(&end)).then_some(end)
}

/// The last line of a here-document that a line opens: `<<EOF`, `<<-'END'`, `<<~SQL`, `<<<TEXT`.
fn here_document(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("<<")?;
    let name = rest.trim_start_matches(['<', '-', '~']).trim_start_matches(['\'', '"']);
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
    let name = &name[..end];
    let fits = name.len() > 1 && name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    fits.then(|| name.to_owned())
}

/// The width of a line's indentation; a tab goes on to the next multiple of eight, as in Python.
fn indent(line: &str) -> usize {
    let mut width = 0;
    for c in line.chars() {
        match c {
            ' ' => width += 1,
            '\t' => width = (width / 8 + 1) * 8,
            _ => break,
        }
    }
    width
}
