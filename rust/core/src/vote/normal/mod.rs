//! Normal forms: the forms in which answers are compared.
//!
//! ```text
//! Auto: code, JSON                 by structure                        code, json
//!       characters                 one spelling each                   chars
//!       boxes, lead-ins, emphasis  removed                             boxed, beside, joint, cue, lines
//!       option, yes or no          B, yes                              choice
//!       date, time, ratio          2024-01-05, 15:00, 1:2              date
//!       LaTeX                      as a plain formula                  latex, delimiters, commands
//!       number, quantity           0.5, 1/3, 5 cm                      number, comma, decimal, numeral, unit
//!       number that is about right ≈5                                  about
//!       list, set, interval        {1,2}, (0.5,3]                      list
//!       formula                    2x+2, sqrt(2)/2                     formula, expression, poly
//!       words                      lower case, without an article      text
//! ```
//!
//! The first reading that fits makes a pass. Passes are repeated until the form stays, so a form is its own normal form.

mod about;
mod beside;
mod boxed;
mod chars;
mod chemical;
mod choice;
mod code;
mod comma;
mod commands;
mod cue;
mod date;
mod decimal;
mod delimiters;
mod expression;
mod formula;
mod joint;
mod latex;
mod lines;
mod list;
mod number;
mod numeral;
mod poly;
mod space;
mod text;
mod unicode;
mod unit;
mod units;
mod verdict;

use crate::json;
use crate::named::named;
use lines::MAX_FORMULA;
use std::borrow::Cow;

pub use chars::is_blank;
pub(super) use choice::strip;
pub(super) use space::collapse;
pub(super) use verdict::{RESERVES, RESERVES_INSIDE, RESERVES_NORDIC};

/// A form that has not settled after this number of passes is taken as it was given.
const PASSES: usize = 10;
/// Stands before an answer that is its own normal form, though it would not be read as one.
const VERBATIM: char = '\u{2}';

named! {
    /// The kinds of normal forms. Every kind is total (any text has a form, in time linear in its length) and idempotent (a
    /// form is its own).
    ///
    /// ```
    /// use rheostat::vote::Normal;
    /// for answer in ["1,000", "1000.0", "1e3", "$1,000", "\\boxed{1{,}000}", "The answer is **1000**.", "one thousand"] {
    ///     assert_eq!(Normal::Auto.of(answer), "1000");
    /// }
    /// assert_eq!(Normal::Auto.of("\\dfrac12"), Normal::Auto.of("0.5"));
    /// assert_eq!(Normal::Auto.of("2(x+1)"), Normal::Auto.of("$2x + 2$"));
    /// assert_eq!(Normal::Option.of("(b) Paris"), "B");
    /// assert_eq!(Normal::Json.of(r#"{"b": 1.0, "a": [2]}"#), r#"{"a":[2],"b":1}"#);
    /// ```
    #[derive(Default)]
    #[non_exhaustive]
    pub enum Normal as "normal form" {
        /// All that is surely the same, whatever was asked: numbers in any spelling (grouped, decimal, scientific, mixed, in
        /// words, in other scripts; dollars, per cent and degrees dropped, other units in one spelling), LaTeX, lists, sets
        /// and intervals element by element, formulas up to algebra, options, yes and no, dates with a month's name, times,
        /// JSON, code up to invisible white space, words up to case. Lead-ins ("The answer is"), boxes, emphasis, quotes,
        /// and punctuation at the end are removed; so is the name in `x = 5`.
        #[default]
        Auto = "auto",
        /// White space only: none at the ends, every run of it inside as one space.
        Exact = "exact",
        /// The last number of the text, its unit dropped; a text without numbers as in [`Exact`](Self::Exact).
        Number = "number",
        /// The letter of an option, upper case: `(B)`, `b.`, `answer: B`, `B. Paris`; a number as in [`Auto`](Self::Auto), and
        /// other texts, such as two options, as words.
        Option = "option",
        /// `yes` or `no` from the first word, if no noun follows it; other texts as in [`Text`](Self::Text).
        YesNo = "yes_no",
        /// As [`Auto`](Self::Auto), but a letter is a variable and no option.
        Math = "math",
        /// JSON up to the order of keys, white space, escapes, the spelling of numbers, and commas before closing brackets;
        /// other texts as in [`Exact`](Self::Exact).
        Json = "json",
        /// Code up to fences, line ends, blank lines, spaces at the ends of lines and the width of indentation; lines of
        /// string literals stay.
        Code = "code",
        /// Lower case, without punctuation at the ends and without an article in front.
        Text = "text",
    }
}

impl Normal {
    /// An answer's normal form; empty for an answer without content. A text that is its own form is borrowed.
    pub fn of(self, answer: &str) -> Cow<'_, str> {
        if self.is_known(answer) {
            return Cow::Borrowed(answer);
        }
        if let Some(form) = self.words(answer) {
            return form;
        }
        if is_blank(answer) {
            return Cow::Borrowed("");
        }
        if self == Self::Exact || answer.starts_with(VERBATIM) {
            return space::collapse(answer);
        }
        let mut form = Cow::Borrowed(answer);
        for _ in 0..PASSES {
            let next = match self.pass(&form) {
                Pass::Settled(form) => return Cow::Owned(form),
                Pass::Step(next) => next,
            };
            if next == *form {
                return form;
            }
            if is_blank(&next) {
                return Cow::Borrowed("");
            }
            let next = next.into_owned();
            if self.is_settled(&next) {
                return Cow::Owned(next);
            }
            if next.starts_with(VERBATIM) {
                return Cow::Owned(space::collapse(&next).into_owned());
            }
            form = Cow::Owned(next);
        }
        Cow::Owned(format!("{VERBATIM}{}", space::collapse(answer)))
    }

    /// True for numbers, options, yes and no in their forms.
    fn is_known(self, text: &str) -> bool {
        number::is_plain(text)
            || self.reads_options() && (is_capital(text) || matches!(text, "yes" | "no" | "true" | "false"))
            || self.reads_numbers() && number::is_canonical(text)
    }

    /// True for texts that are their own forms without a pass: whatever is given out unchecked must be one of them.
    fn is_settled(self, text: &str) -> bool {
        self.is_known(text)
            || matches!(self.words(text), Some(Cow::Borrowed(form)) if form.len() == text.len())
            || self.reads_options() && date::is_canonical(text)
    }

    /// The form of plain words, whose form in turn it is.
    fn words(self, text: &str) -> Option<Cow<'_, str>> {
        self.reads_options().then(|| text::words(text)).flatten()
    }

    fn reads_options(self) -> bool {
        matches!(self, Self::Auto | Self::Math | Self::Option)
    }

    fn reads_numbers(self) -> bool {
        !matches!(self, Self::Exact | Self::Code | Self::Json)
    }

    /// One pass towards the normal form.
    fn pass(self, given: &str) -> Pass<'_> {
        // Most answers are one number, or a number and a word.
        if self.reads_numbers()
            && given.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '+'))
        {
            let worded = given.ends_with(|c: char| c.is_ascii_alphabetic());
            let quantity = worded && !matches!(self, Self::Number | Self::Text) && unit::is_simple(given);
            let form = if worded { None } else { number::canonical(given) };
            if let Some(form) = form.or_else(|| quantity.then(|| unit::canonical(given)).flatten()) {
                return form.into();
            }
        }
        let text = given.trim();
        match self {
            Self::Exact => space::collapse(text).into(),
            Self::Code => code::tidy(code::fenced(text).unwrap_or(given)).into(),
            Self::Json => {
                let body = code::fenced(text).or_else(|| code::announced(text)).unwrap_or(text).trim();
                json_form(body).map_or_else(|| space::collapse(text), Cow::Owned).into()
            }
            Self::Auto | Self::Math | Self::Option => {
                if let Some(body) = code::fenced(text).or_else(|| code::announced(text)) {
                    return Cow::Borrowed(body).into();
                }
                if let Some(form) = json_form(text) {
                    // Braces without content are the empty set, too.
                    return if form == "{}" { "∅".to_owned() } else { form }.into();
                }
                if let Some(list) = list::of_lines(text, &element) {
                    return list.into();
                }
                if code::indented(given) {
                    return code::tidy(given).into();
                }
                self.line(lines::decisive_line(text))
            }
            Self::Number | Self::YesNo | Self::Text => self.line(text),
        }
    }

    /// One pass over an answer on one line, if it is short enough to be a formula.
    fn line(self, text: &str) -> Pass<'_> {
        if text.len() > MAX_FORMULA {
            return space::collapse(text).into();
        }
        let unified = chars::unify(text);
        let line = space::collapse(&unified);
        if let Some(content) = boxed::content(&line) {
            return content.into();
        }
        let emphasised = cue::without_emphasis(&line);
        let bare = cue::bare(emphasised.as_deref().unwrap_or(&line));
        let written = bare.text.contains(['$', '\\', '{']).then(|| {
            let formula = delimiters::undelimited(bare.text);
            if latex::looks_like(&formula) { latex::plain(&formula) } else { formula }
        });
        // What LaTeX does not change is read below.
        let plain = written.as_deref().map(space::collapse).filter(|plain| **plain != *bare.text);
        if let Some(plain) = plain {
            return plain.into_owned().into();
        }
        self.answer(bare.text, &line)
    }

    fn answer(self, text: &str, line: &str) -> Pass<'static> {
        match self {
            Self::Number => {
                let formula = formula::canonical(text);
                let value = formula.filter(|form| {
                    number::canonical(form).is_some() || form.contains(['π', '!']) || form.contains("sqrt")
                });
                value.or_else(|| unit::last_number(text)).unwrap_or_else(|| line.to_owned()).into()
            }
            Self::YesNo => match verdict::opening(text) {
                Some(yes) => if yes { "yes" } else { "no" }.to_owned(),
                None => unit::canonical(text).unwrap_or_else(|| text::plain(text)),
            }
            .into(),
            Self::Text => {
                unit::canonical(text).map_or_else(|| text::plain(text), |form| form.to_lowercase()).into()
            }
            Self::Option => {
                match choice::option(text).or_else(|| choice::chosen(text)).or_else(|| choice::counted(text))
                {
                    Some(letter) => letter.to_string(),
                    None => unit::canonical(text).unwrap_or_else(|| text::folded(text)),
                }
                .into()
            }
            _ => self.read(text).unwrap_or_else(|| text::folded(text).into()),
        }
    }

    /// The first reading that fits an answer without surroundings.
    fn read(self, text: &str) -> Option<Pass<'static>> {
        // "A: 42" labels an answer; an option of this value is the same.
        if self != Self::Option
            && let Some(value) = text.strip_prefix("A: ").and_then(unit::canonical)
        {
            return Some(value.into());
        }
        let option = match self {
            Self::Math => choice::lone_letter(text).filter(|_| !text.starts_with(char::is_lowercase)),
            _ => choice::option(text).filter(|letter| is_likely_option(text, *letter)),
        };
        if let Some(letter) = option {
            return Some(letter.to_string().into());
        }
        if let Some(form) = about::canonical(text) {
            return Some(form.into());
        }
        if let Some(word) = verdict::truth(text) {
            return Some(word.to_owned().into());
        }
        // The answer may stand in the second half: `No, 3`.
        if verdict::opens(text)
            && !text.contains(|c: char| c.is_ascii_digit())
            && let Some(yes) = verdict::opening(text)
        {
            return Some(if yes { "yes" } else { "no" }.to_owned().into());
        }
        // A time goes before a quantity of hours: `3 PM`.
        let number = number::based(text)
            .or_else(|| date::date(text))
            .or_else(|| date::time(text))
            .or_else(|| unit::canonical(text))
            .or_else(|| date::ratio(text))
            .or_else(|| text::without_remark(text).map(Cow::into_owned))
            .or_else(|| formula::value_of(text).map(str::to_owned));
        if let Some(form) = number {
            return Some(form.into());
        }
        if let Some(letters) = restricted(text) {
            return self.read(letters);
        }
        let form = list::canonical(text, &element).or_else(|| chemical::canonical(text));
        form.map(Pass::from).or_else(|| {
            let form = formula::canonical(text)?;
            Some(if formula::stands(&form) { Pass::Settled(form) } else { form.into() })
        })
    }
}

/// The text after a pass.
enum Pass<'a> {
    /// Perhaps not yet a normal form.
    Step(Cow<'a, str>),
    /// A normal form.
    Settled(String),
}

impl<'a> From<Cow<'a, str>> for Pass<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Step(text)
    }
}

impl From<String> for Pass<'_> {
    fn from(text: String) -> Self {
        Self::Step(Cow::Owned(text))
    }
}

/// `A only`, `I and II only`: letters and roman numbers without the word.
fn restricted(text: &str) -> Option<&str> {
    let letters = text.strip_suffix(" only")?;
    let capital = |word: &str| {
        word == "and" || word == "&" || word.len() < 4 && word.bytes().all(|b| b.is_ascii_uppercase())
    };
    letters.split([' ', ',']).all(capital).then_some(letters)
}

/// The form of a list's element: a quantity, a formula, or up to two words.
fn element(text: &str) -> Option<String> {
    if let Some(number) = unit::canonical(text) {
        return Some(number);
    }
    if let Some(value) = formula::value_of(text) {
        return element(value);
    }
    if let Some(letter) = choice::lone_letter(text).filter(|_| !text.starts_with(char::is_lowercase)) {
        return Some(letter.to_string());
    }
    chemical::canonical(text).or_else(|| formula::canonical(text)).or_else(|| {
        let words = !text.is_empty()
            && text.split(' ').count() <= 2
            && text.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == '-');
        words.then(|| text::folded(text))
    })
}

/// True if a letter is an option though no options were asked for: a capital one up to E before a full stop, which also
/// ends initials; a small one up to J.
fn is_likely_option(text: &str, letter: char) -> bool {
    let text = choice::unnamed(text);
    let alone = choice::lone_letter(text).is_some();
    let start = text.trim_start_matches(['(', '[']);
    if start.starts_with(|c: char| c.is_ascii_lowercase()) {
        return alone && letter <= 'J' || start[1..].starts_with(')');
    }
    alone || letter <= 'E' || !start[1..].starts_with('.')
}

fn is_capital(text: &str) -> bool {
    text.len() == 1 && text.starts_with(|c: char| c.is_ascii_uppercase())
}

fn json_form(text: &str) -> Option<String> {
    json::canonical(text, &number::canonical).or_else(|| {
        let relaxed = code::without_trailing_commas(text)?;
        json::canonical(&relaxed, &number::canonical)
    })
}

/// The form in which answers are compared by default: [`Normal::Auto`].
pub fn normalise(answer: &str) -> Cow<'_, str> {
    Normal::Auto.of(answer)
}

/// An answer as it is given out: its own text, without white space around it. The first line of code keeps its indentation.
pub fn as_given(answer: &str) -> &str {
    let answer = answer.trim_end();
    let first = answer.lines().position(|line| !line.trim().is_empty()).unwrap_or(0);
    let start: usize = answer.split_inclusive('\n').take(first).map(str::len).sum();
    let lines = answer.get(start..).unwrap_or_default();
    if lines.contains('\n') { lines } else { lines.trim_start() }
}

/// True if two answers have the same form under [`normalise`].
pub fn same(a: &str, b: &str) -> bool {
    a == b || normalise(a) == normalise(b)
}
