//! Families of models: how thinking is asked for, its bounds, the parameters that they refuse, and what they refuse beside others.
//!
//! A row names the start of a model's name; the first row that fits counts. A model that no row fits is unknown: its parameters of
//! thinking stay as the client wrote them. A name starts at its beginning or after `/`, `.` or `:`, since gateways put the provider
//! before it; `.`, `@` and `-` are one. A row's name that ends in `$` fits no minor version: `gpt-5$` fits `gpt-5-mini` and
//! `gpt-5-2025-08-07`, not `gpt-5.2`. One that begins with `*` stands anywhere in the model's.
//!
//! Sources, read in November 2026: the providers' pages on reasoning and on migration (OpenAI, Anthropic, Google, Mistral, Cohere,
//! DeepSeek, OpenRouter, Ollama, vLLM) and the SDKs that `place.rs` lists; a row that rests on something else says so. To add a
//! model, add a row before those that fit it, too.

mod bedrock;
mod claude;
mod gemini;
mod open;
mod openai;
mod openrouter;

use super::change::Why;
use super::field::Field::{self, Limit};
pub(super) use bedrock::BEDROCK;
pub(super) use claude::{CLAUDE, CLAUDE_LIKE};
pub(super) use gemini::GEMINI;
use memchr::memchr3_iter;
pub(super) use open::{COHERE, DEEPSEEK, MISTRAL, OLLAMA, VLLM};
pub(super) use openai::{OPENAI, OPENAI_LIKE};
pub(super) use openrouter::OPENROUTER;

/// How thinking is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thinking {
    /// No source says: the client's parameters stay.
    Unknown,
    /// Like `Unknown`, but for the switch, whose off every model takes.
    UnlessOff,
    /// It does not think, and refuses to be asked.
    Never,
    /// It thinks; nothing turns it.
    Always,
    /// Levels of effort, least first, in a field. Without `none` it cannot be off.
    Levels(Field, &'static [&'static str]),
    /// A budget of tokens between two bounds.
    Budget(u64, u64, Off),
    /// The model decides how much, by a level of effort.
    Adaptive(&'static [&'static str], Off),
    /// On or off.
    Switch,
    /// A mode, `enabled` or `disabled`, and a level of effort.
    Mode(Field, Field, &'static [&'static str]),
    /// Either a budget or an effort, never both; the effort for no tokens.
    Either(&'static str),
}

/// How thinking is turned off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Off {
    /// The mode `disabled`. It is the default: written only where the client had asked for thinking.
    Default,
    /// Without a word: it is the default, and no mode says it.
    Omit,
    /// A mode, always written.
    Mode(&'static str),
    /// A budget of 0.
    Zero,
    /// Not at all: the least is written.
    Never,
}

/// A circumstance of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// The model is forced to call a tool.
    Forced,
    /// A loop of tool calls has begun without thinking.
    Loop,
    /// The client has begun the answer.
    Prefill,
    /// Function tools in chat completions.
    Functions,
    /// Tools that the provider runs.
    Hosted,
    /// The history has items of thinking.
    Thoughts,
    /// A parameter is sent.
    With(Field),
    /// The model thinks.
    Thinking,
    /// It does not.
    Idle,
    Always,
}

/// The consequence of a circumstance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Then {
    /// No thinking.
    Still(Why),
    /// Only these levels.
    Levels(&'static [&'static str]),
    /// A parameter is refused, but for some values.
    Refuses(Field, But),
    /// An item of a list is refused; the path of the items.
    Cut(Field, &'static str, &'static str),
    /// Nothing mends it, so it is only said.
    Says(&'static str),
}

/// Values that are not refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum But {
    Nothing,
    /// Those that are as good as none.
    Neutral,
    /// Numbers from here on.
    From(f64),
    /// All but this string.
    Except(&'static str),
}

/// A rule of some models.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule(pub(super) When, pub(super) Then);

/// Models that take the same.
#[derive(Debug)]
pub(super) struct Family {
    /// How their names start.
    pub(super) names: &'static [&'static str],
    pub(super) thinking: Thinking,
    /// The limit that is written where the client had none.
    pub(super) limit: Field,
    /// Parameters that they refuse, in lists.
    pub(super) refuses: &'static [&'static [Field]],
    /// Parameters that they refuse while they think.
    pub(super) refuses_thinking: &'static [Field],
    /// Parameters and circumstances that they refuse beside something else.
    pub(super) rules: &'static [Rule],
}

impl Family {
    /// The row for a model, by the first of some tables that has one.
    pub(super) fn of(tables: &'static [&'static [Self]], model: &str) -> &'static Self {
        let name = Name::of(model);
        let fits =
            |row: &&Self| row.names.is_empty() || row.names.iter().any(|row| name.fits(row.as_bytes()));
        tables.iter().flat_map(|rows| rows.iter()).find(fits).unwrap_or(&UNKNOWN)
    }

    /// True if it refuses a parameter.
    pub(super) fn refuses(&self, field: Field, thinks: bool) -> bool {
        self.refuses.iter().any(|list| list.contains(&field))
            || thinks && self.refuses_thinking.contains(&field)
    }
}

/// A model's name, with the places where a row's may start.
struct Name<'a> {
    model: &'a [u8],
    starts: [usize; 16],
    count: usize,
}

impl<'a> Name<'a> {
    fn of(model: &'a str) -> Self {
        let name = model.as_bytes();
        let mut found = Self { model: name, starts: [0; 16], count: 1 };
        for at in memchr3_iter(b'/', b'.', b':', name) {
            if let Some(place) = found.starts.get_mut(found.count) {
                *place = at + 1;
                found.count += 1;
            }
        }
        found
    }

    fn fits(&self, row: &[u8]) -> bool {
        if let Some((b'*', row)) = row.split_first() {
            return (0..self.model.len()).any(|at| self.fits_at(at, row));
        }
        self.starts.iter().take(self.count).any(|at| self.fits_at(*at, row))
    }

    fn fits_at(&self, at: usize, row: &[u8]) -> bool {
        let rest = self.model.get(at..).unwrap_or_default();
        let (row, whole) = row.strip_suffix(b"$").map_or((row, false), |row| (row, true));
        let same = |(a, b): (&u8, &u8)| a.eq_ignore_ascii_case(b) || *b == b'-' && matches!(a, b'.' | b'@');
        rest.len() >= row.len() && rest.iter().zip(row).all(same) && {
            let rest = rest.get(row.len()..).unwrap_or_default();
            let goes_on =
                row.last().is_some_and(u8::is_ascii_digit) && rest.first().is_some_and(u8::is_ascii_digit);
            !(goes_on || whole && is_minor(rest))
        }
    }
}

/// True if what follows a version is a minor one: one or two digits.
fn is_minor(rest: &[u8]) -> bool {
    let Some((b'-' | b'.', rest)) = rest.split_first() else { return false };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    matches!(digits, 1 | 2) && !rest.get(digits).is_some_and(u8::is_ascii_alphabetic)
}

const UNKNOWN: Family = family(&[], Thinking::Unknown, Limit);

const fn family(names: &'static [&'static str], thinking: Thinking, limit: Field) -> Family {
    Family { names, thinking, limit, refuses: &[], refuses_thinking: &[], rules: &[] }
}

impl Family {
    const fn refusing(
        self,
        refuses: &'static [&'static [Field]],
        refuses_thinking: &'static [Field],
    ) -> Self {
        Self { refuses, refuses_thinking, ..self }
    }

    const fn under(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }
}

#[cfg(test)]
#[path = "../../../tests/unit/rewrite/family.rs"]
mod tests;
