//! What makes two answers the same.

mod space;

use crate::{Error, Result};
use std::borrow::Cow;

/// How answers are brought to the form in which they are compared. Every kind is total (any text has a normal form)
/// and idempotent (a normal form is its own).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Normal {
    /// White space only: none at the ends, every run of it inside as one space.
    #[default]
    Exact,
}

impl Normal {
    /// Every kind.
    pub const ALL: [Self; 1] = [Self::Exact];

    /// The kind's name, as users type it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
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
        match self {
            Self::Exact => space::collapse(answer),
        }
    }
}

/// The form in which answers are compared when nothing else is asked for: [`Normal::Exact`].
pub fn normalise(answer: &str) -> Cow<'_, str> {
    Normal::default().of(answer)
}

/// Whether two answers are the same once [`normalise`]d.
pub fn same(a: &str, b: &str) -> bool {
    a == b || normalise(a) == normalise(b)
}
