//! What makes two answers the same.

mod code;
mod latex;
mod number;
mod space;
mod unit;
mod words;

use crate::{Error, Result, json};
use std::borrow::Cow;

/// Structure is looked for in answers up to this length; code and JSON in answers of any.
const MAX_FORMULA: usize = 4_096;
/// A form that has not settled after so many passes is taken as it was given.
const PASSES: usize = 8;
/// Stands before an answer that is its own normal form, though it would not be read as one.
const VERBATIM: char = '\u{2}';

/// How answers are brought to the form in which they are compared. Every kind is total (any text has a normal form, in
/// time linear in its length) and idempotent (a normal form is its own).
///
/// ```
/// use rheostat::vote::Normal;
/// for answer in ["1,000", "1000.0", "1e3", "$1,000", "\\boxed{1{,}000}", "The answer is **1000**."] {
///     assert_eq!(Normal::Auto.of(answer), "1000");
/// }
/// assert_eq!(Normal::Auto.of("\\dfrac12"), Normal::Auto.of("0.5"));
/// assert_eq!(Normal::Option.of("(b) Paris"), "B");
/// assert_eq!(Normal::Json.of(r#"{"b": 1.0, "a": [2]}"#), r#"{"a":[2],"b":1}"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Normal {
    /// What is surely the same, whatever was asked: numbers in any spelling (grouped, decimal, scientific, fractions;
    /// dollars, per cent and degrees dropped, other units in one spelling), LaTeX (`\boxed`, `\text`, `\frac`, `\left`,
    /// `$…$`), option letters in brackets, yes and no, JSON, code up to invisible white space, "the answer is", emphasis,
    /// a full stop at the end. Case is kept elsewhere.
    #[default]
    Auto,
    /// White space only: none at the ends, every run of it inside as one space.
    Exact,
    /// The last number of the text, its unit dropped; a text without numbers as in [`Exact`](Self::Exact).
    Number,
    /// The letter of an option, upper case: `(B)`, `b.`, `answer: B`, `B. Paris`; other texts as in
    /// [`Auto`](Self::Auto).
    Option,
    /// `yes` or `no` from the first word; other texts as in [`Text`](Self::Text).
    YesNo,
    /// As [`Auto`](Self::Auto), and `x = 5` is `5`: what stands before the only equals sign is dropped when it is one
    /// letter.
    Math,
    /// JSON up to the order of keys, white space, escapes and the spelling of numbers; other texts as in
    /// [`Exact`](Self::Exact).
    Json,
    /// Code up to fences, line ends, blank lines, spaces at the ends of lines and shared indentation.
    Code,
    /// Lower case, without punctuation at the ends and without an article in front.
    Text,
}

impl Normal {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Auto,
        Self::Exact,
        Self::Number,
        Self::Option,
        Self::YesNo,
        Self::Math,
        Self::Json,
        Self::Code,
        Self::Text,
    ];

    /// The kind's name, as users type it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Exact => "exact",
            Self::Number => "number",
            Self::Option => "option",
            Self::YesNo => "yes_no",
            Self::Math => "math",
            Self::Json => "json",
            Self::Code => "code",
            Self::Text => "text",
        }
    }

    /// The kind of that name.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the names that exist.
    pub fn from_name(name: &str) -> Result<Self> {
        let known = Self::ALL.iter().copied().find(|kind| kind.name() == name);
        known.ok_or_else(|| Error::unknown("normal form", name, Self::ALL.map(Self::name)))
    }

    /// An answer's normal form; empty when it says nothing. What is already in that form is borrowed.
    pub fn of(self, answer: &str) -> Cow<'_, str> {
        if number::is_plain(answer) {
            return Cow::Borrowed(answer);
        }
        if self == Self::Exact || answer.starts_with(VERBATIM) {
            return space::collapse(answer);
        }
        let mut form = Cow::Borrowed(answer);
        for _ in 0..PASSES {
            let next = self.pass(&form);
            if next == *form {
                return form;
            }
            if next.starts_with(VERBATIM) {
                return Cow::Owned(space::collapse(&next).into_owned());
            }
            form = Cow::Owned(next.into_owned());
        }
        Cow::Owned(format!("{VERBATIM}{}", space::collapse(answer)))
    }

    /// One pass towards the normal form.
    fn pass(self, given: &str) -> Cow<'_, str> {
        let text = given.trim();
        match self {
            Self::Exact => space::collapse(text),
            Self::Code => Cow::Owned(code::tidy(code::fenced(text).unwrap_or(given))),
            Self::Json => fenced_json(text).map_or_else(|| space::collapse(text), Cow::Owned),
            Self::Auto | Self::Math | Self::Option => {
                if let Some(body) = code::fenced(text) {
                    return Cow::Borrowed(body);
                }
                if let Some(form) = json::canonical(text, &number::canonical) {
                    return Cow::Owned(form);
                }
                if code::indented(given) {
                    return Cow::Owned(code::tidy(given));
                }
                self.short(space::collapse(text))
            }
            Self::Number | Self::YesNo | Self::Text => self.short(space::collapse(text)),
        }
    }

    /// One pass over an answer on one line, when it is short enough to be a formula.
    fn short(self, line: Cow<'_, str>) -> Cow<'_, str> {
        if line.len() > MAX_FORMULA {
            return line;
        }
        let form = match self {
            Self::Number => {
                let plain =
                    if latex::looks_like(&line) { latex::plain(boxed(&line)) } else { line.to_string() };
                unit::last_number(words::bare(&plain))
            }
            Self::YesNo => {
                let bare = words::bare(boxed(&line));
                words::yes_or_no(bare).map_or_else(|| Some(text(bare)), |word| Some(word.to_owned()))
            }
            Self::Text => Some(text(words::bare(&line))),
            Self::Option => words::option(words::bare(boxed(&line))).or_else(|| formula(&line, false)),
            Self::Math => formula(&line, true),
            _ => formula(&line, false),
        };
        form.map_or(line, Cow::Owned)
    }
}

fn boxed(line: &str) -> &str {
    latex::boxed(line).unwrap_or(line)
}

/// A number keeps its sign, a text loses its punctuation.
fn text(bare: &str) -> String {
    unit::canonical(bare).unwrap_or_else(|| words::plain(bare))
}

fn fenced_json(text: &str) -> Option<String> {
    json::canonical(code::fenced(text).unwrap_or(text), &number::canonical)
}

/// A line as a number, a letter, a word of truth or a formula; None when it is none of them, and bare already.
fn formula(line: &str, assigned: bool) -> Option<String> {
    let bare = words::bare(boxed(line));
    if let Some(number) = unit::canonical(bare) {
        return Some(number);
    }
    if let Some(word) = words::letter(bare).or_else(|| words::truth(bare)) {
        return Some(word.to_owned());
    }
    if bare.contains("{,}") {
        return Some(bare.replace("{,}", ","));
    }
    if latex::looks_like(bare) {
        return Some(latex::plain(bare));
    }
    if assigned
        && let Some((name, value)) = bare.split_once('=')
        && name.trim().len() == 1
        && name.trim().starts_with(|c: char| c.is_ascii_alphabetic())
        && !value.contains('=')
    {
        return Some(value.trim().to_owned());
    }
    space::tighten(bare).or_else(|| (bare != line).then(|| bare.to_owned()))
}

/// The form in which answers are compared when nothing else is asked for: [`Normal::Auto`].
pub fn normalise(answer: &str) -> Cow<'_, str> {
    Normal::Auto.of(answer)
}

/// Whether two answers are the same once [`normalise`]d.
pub fn same(a: &str, b: &str) -> bool {
    a == b || normalise(a) == normalise(b)
}
