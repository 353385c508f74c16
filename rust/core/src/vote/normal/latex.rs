//! LaTeX, as far as answers are written in it, as a plain formula.
//!
//! ```text
//! \frac{a}{b} → (a/b)      1\frac12 → 1 1/2      \sqrt{x} → sqrt(x)      x^{10} → x^10      x_{1} → x_1
//! \pi → π                  \times → *            \{1, 2\} → {1, 2}       0.\overline{3} → 0.(3)
//! \begin{pmatrix}1&2\\3&4\end{pmatrix} → [[1,2],[3,4]]
//! ```
//!
//! Commands of looks and space vanish. One recursive pass, linear in the text; groups nested deeper than [`DEPTH`] are
//! copied as they are.

use super::commands::{BLACKBOARD, LOOKS, SPACES, symbol};
use super::units;

/// The deepest nesting of groups that is read.
const DEPTH: u32 = 40;

/// True if a text is written in LaTeX.
pub(super) fn looks_like(text: &str) -> bool {
    text.contains('\\') || text.contains("^{") || text.contains("_{") || text.contains("{,}")
}

/// The text as a plain formula.
pub(super) fn plain(text: &str) -> String {
    let mut reader = Reader { rest: text, depth: 0 };
    let mut out = String::with_capacity(text.len());
    while !reader.rest.is_empty() {
        reader.group(&mut out);
        // A closing brace without its opening one.
        if let Some(c) = reader.next() {
            out.push(c);
        }
    }
    out
}

/// The sign of `{,}` between digits: a comma before exactly three digits parts thousands where it can; else it is a decimal
/// comma. The comma of a list has no braces.
fn comma(before: &str, after: &str) -> char {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (head, first) = before.split_at(before.len() - whole);
    let grouped = whole < 4 && (!first.starts_with('0') || head.ends_with(','));
    match digits(after) {
        0 => ',',
        3 if grouped => ',',
        // India groups by two.
        2 if after[2..].starts_with("{,}") => ',',
        _ => '.',
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: u32,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
        Some(c)
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Reads up to the end of a group, cell or row, whose mark is left to the caller.
    fn group(&mut self, out: &mut String) {
        let start = out.len();
        while let Some(c) = self.rest.chars().next() {
            if c == '}' || c == '&' || self.rest.starts_with("\\\\") || self.rest.starts_with("\\end{") {
                return;
            }
            if let Some(rest) = self.rest.strip_prefix("\\over").filter(|r| !r.starts_with(is_letter)) {
                self.rest = rest;
                let top = out.split_off(start);
                let mut bottom = String::new();
                self.nested(|reader| reader.group(&mut bottom));
                fraction(out, top.trim(), bottom.trim());
                return;
            }
            self.token(out);
        }
    }

    /// Runs a reader of an inner group, unless groups are nested too deep.
    fn nested(&mut self, read: impl FnOnce(&mut Self)) {
        if self.depth < DEPTH {
            self.depth += 1;
            read(self);
            self.depth -= 1;
        }
    }

    fn token(&mut self, out: &mut String) {
        match self.next() {
            Some('{') if self.rest.starts_with(",}") && out.ends_with(|c: char| c.is_ascii_digit()) => {
                self.rest = &self.rest[2..];
                out.push(comma(out, self.rest));
            }
            Some('{') => {
                self.nested(|reader| reader.group(out));
                self.close();
            }
            Some('~') => space(out),
            Some(c) if c.is_whitespace() => space(out),
            Some(mark @ ('^' | '_')) => self.script(mark, out),
            Some('\\') => self.command(out),
            Some(c) => out.push(c),
            None => {}
        }
    }

    fn close(&mut self) {
        if let Some(rest) = self.rest.strip_prefix('}') {
            self.rest = rest;
        }
    }

    /// One group, command or character.
    fn argument(&mut self) -> String {
        self.skip_spaces();
        let mut out = String::new();
        if self.rest.starts_with(['}', '&']) {
            return out;
        }
        self.nested(|reader| reader.token(&mut out));
        out.trim().to_owned()
    }

    fn script(&mut self, mark: char, out: &mut String) {
        let number = self.rest.len() - self.rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let argument = if number > 0 {
            let (digits, rest) = self.rest.split_at(number);
            self.rest = rest;
            digits.to_owned()
        } else {
            self.argument()
        };
        if mark == '^' && matches!(argument.as_str(), "∘" | "°") {
            out.push('°');
        } else if mark == '^' && argument == "'" {
            out.push('\'');
        } else {
            out.push(mark);
            let body = argument.strip_prefix('-').unwrap_or(&argument);
            // `2^{1}0` is no `2^{10}`.
            let ends = number > 0 || !self.rest.starts_with(|c: char| c.is_ascii_digit());
            let simple = ends && (body.chars().count() == 1 || body.bytes().all(|b| b.is_ascii_digit()));
            push_part(out, &argument, simple);
        }
    }

    fn command(&mut self, out: &mut String) {
        let length = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, rest) = self.rest.split_at(length);
        if length == 0 {
            self.escaped(out);
            return;
        }
        self.rest = rest.strip_prefix('*').filter(|_| name == "operatorname").unwrap_or(rest);
        if LOOKS.binary_search(&name).is_ok() {
            self.looks(name);
        } else if SPACES.contains(&name) {
            space(out);
        } else if let Some(symbol) = symbol(name) {
            out.push_str(symbol);
        } else {
            self.function(name, out);
        }
    }

    fn looks(&mut self, name: &str) {
        let delimiter = matches!(name, "left" | "right" | "middle");
        if delimiter && let Some(rest) = self.rest.strip_prefix('.') {
            self.rest = rest;
        }
        let argument = self.rest.trim_start();
        if !delimiter && argument.starts_with('{') {
            self.rest = argument;
        }
    }

    fn function(&mut self, name: &str, out: &mut String) {
        match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" | "nicefrac" | "sfrac" => {
                let (top, bottom) = (self.argument(), self.argument());
                fraction(out, &top, &bottom);
            }
            "sqrt" => {
                self.skip_spaces();
                let root = self.rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                if let Some((degree, rest)) = root {
                    self.rest = rest;
                    let inner = self.argument();
                    call(out, "(", &[&inner, ")^(1/", &plain(degree), ")"]);
                } else {
                    let inner = self.argument();
                    call(out, "sqrt", &[&inner]);
                }
            }
            "mathbb" => {
                let letter = self.argument();
                let known = BLACKBOARD.iter().find(|(from, _)| *from == letter);
                out.push_str(known.map_or(&letter, |(_, to)| to));
            }
            "overline" | "bar" if in_decimals(out) => {
                let digits = self.argument();
                call(out, "", &[&digits]);
            }
            "dot" if in_decimals(out) => {
                out.push_str(&self.argument());
                out.push('\u{307}');
            }
            // Of siunitx.
            "num" => out.push_str(&self.argument()),
            "ang" => {
                out.push_str(&self.argument());
                out.push('°');
            }
            "SI" | "qty" => {
                out.push_str(&self.argument());
                space(out);
                for word in self.argument().split([' ', '\\']).filter(|word| !word.is_empty()) {
                    out.push_str(word);
                    if !units::PREFIXES.iter().any(|(_, prefix)| *prefix == word) {
                        space(out);
                    }
                }
            }
            "begin" => self.environment(out),
            "hspace" | "vspace" | "phantom" => {
                self.argument();
                space(out);
            }
            _ => {
                let is_known = super::expression::FUNCTIONS.contains(&name);
                if out.ends_with(|c: char| c.is_ascii_alphabetic()) {
                    out.push(' ');
                }
                if !is_known {
                    out.push('\\');
                }
                out.push_str(name);
                if self.rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
                    out.push(' ');
                }
            }
        }
    }

    /// An escaped sign, or a space.
    fn escaped(&mut self, out: &mut String) {
        match self.next() {
            Some('!') | None => {}
            Some(c @ ('{' | '}' | '%' | '$' | '#' | '&' | '_' | '|')) => out.push(c),
            // A thin space before exactly three digits separates thousands.
            Some(',') if is_separator(out, self.rest) => {}
            Some(',' | ';' | ':' | '>' | ' ' | '\\') => space(out),
            Some(c) if c.is_whitespace() => space(out),
            Some(c) => {
                out.push('\\');
                out.push(c);
            }
        }
    }

    /// A matrix as nested lists; the lines of another environment as they are.
    fn environment(&mut self, out: &mut String) {
        let name = self.argument();
        let is_array = name == "array";
        if is_array {
            self.argument();
        }
        // Brackets around an array are its own.
        let bracketed = is_array && out.ends_with(['[', '(']);
        if bracketed {
            out.pop();
        }
        let (open, close) = match name.as_str() {
            "vmatrix" => ("|[", "]|"),
            "matrix" | "pmatrix" | "bmatrix" | "Bmatrix" | "smallmatrix" | "array" => ("[", "]"),
            _ => ("", ""),
        };
        let mut rows: Vec<Vec<String>> = vec![Vec::new()];
        self.nested(|reader| reader.cells(&mut rows));
        if let Some(rest) = self.rest.strip_prefix("\\end") {
            self.rest = rest;
            self.argument();
        }
        rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        let rows: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        if open.is_empty() {
            out.push_str(&rows.join("; "));
        } else {
            out.push_str(open);
            let rows: Vec<String> = rows.iter().map(|row| format!("[{row}]")).collect();
            out.push_str(&rows.join(","));
            out.push_str(close);
        }
        if bracketed {
            let rest = self.rest.trim_start();
            let rest = rest.strip_prefix("\\right").unwrap_or(rest);
            self.rest = rest.strip_prefix([']', ')']).unwrap_or(self.rest);
        }
    }

    fn cells(&mut self, rows: &mut Vec<Vec<String>>) {
        loop {
            let mut cell = String::new();
            self.group(&mut cell);
            if let Some(row) = rows.last_mut() {
                row.push(cell.trim().to_owned());
            }
            if let Some(rest) = self.rest.strip_prefix("\\\\") {
                self.rest = rest;
                rows.push(Vec::new());
            } else if let Some(rest) = self.rest.strip_prefix('&') {
                self.rest = rest;
            } else {
                return;
            }
        }
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
}

/// Appends `name(…)`.
fn call(out: &mut String, name: &str, inner: &[&str]) {
    out.push_str(name);
    out.push('(');
    out.extend(inner.iter().copied());
    out.push(')');
}

fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// `(top/bottom)`; behind a whole number, a fraction of whole numbers makes a mixed number.
fn fraction(out: &mut String, top: &str, bottom: &str) {
    let whole = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if whole(top) && whole(bottom) && ends_in_whole_number(out) {
        let gap = if out.ends_with(' ') { "" } else { " " };
        out.extend([gap, top, "/", bottom]);
        return;
    }
    let simple =
        |text: &str| text.chars().count() == 1 || text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    out.push('(');
    push_part(out, top, simple(top));
    out.push('/');
    push_part(out, bottom, simple(bottom));
    out.push(')');
}

fn push_part(out: &mut String, part: &str, simple: bool) {
    if simple {
        out.push_str(part);
    } else {
        out.push('(');
        out.push_str(part);
        out.push(')');
    }
}

fn ends_in_whole_number(out: &str) -> bool {
    let text = out.trim_end();
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
    before.len() < text.len()
        && !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '^' | '.' | ')'))
}

/// True behind a decimal point and its digits.
fn in_decimals(out: &str) -> bool {
    let decimals = out.trim_end_matches(|c: char| c.is_ascii_digit() || c == '\u{307}');
    decimals.ends_with('.')
}

/// True between at least one digit and exactly three.
fn is_separator(out: &str, rest: &str) -> bool {
    let ahead = rest.bytes().take_while(u8::is_ascii_digit).count();
    ahead == 3 && out.ends_with(|c: char| c.is_ascii_digit())
}
