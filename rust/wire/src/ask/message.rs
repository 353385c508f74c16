//! Messages of a Rust program.

use super::block;
use super::conversation::Conversation;
use super::facts::{Facts, Role};
use super::said::may_tell;
use crate::text::{LazyText, Texts};
use crate::weight::Weight;
use rheostat::query::{Query, Sink};
use rheostat::{Error, Result};

/// One message of a conversation, text only. Other parts are read from a body, or through a [`Cursor`](crate::body::Cursor).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// Its author.
    pub role: Role,
    /// Its text.
    pub text: &'a str,
}

impl<'a> Message<'a> {
    /// A message of the operator.
    pub fn system(text: &'a str) -> Self {
        Self { role: Role::System, text }
    }

    /// A message of the human.
    pub fn user(text: &'a str) -> Self {
        Self { role: Role::User, text }
    }

    /// A message of the model.
    pub fn assistant(text: &'a str) -> Self {
        Self { role: Role::Assistant, text }
    }

    /// A result of a tool.
    pub fn tool(text: &'a str) -> Self {
        Self { role: Role::Tool, text }
    }
}

pub(crate) fn read<'a>(messages: &'a [Message<'a>], cap: usize) -> Result<Query<'a>> {
    if messages.is_empty() {
        return Err(Error::invalid("messages", "an empty list", "at least one message"));
    }
    let mut talk = Conversation::new(cap);
    for Message { role, text } in messages {
        let text = text.as_bytes();
        let facts = Facts {
            mark: Some(text),
            text: Weight::of(text),
            words: LazyText::first(&text).is_some_and(|first| !block::may_open(first)),
            says: LazyText::first(&text).is_some(),
            tells: may_tell(text),
            ..Facts::default()
        };
        talk.push(&mut Slices, *role, &facts)?;
    }
    talk.finish(&mut Slices)
}

/// Texts whose position is the text itself.
struct Slices;

impl<'a> Texts<'a> for Slices {
    type Mark = &'a [u8];
    type Text = &'a [u8];

    fn texts(&mut self, mark: &&'a [u8], each: &mut dyn FnMut(&&'a [u8])) -> Result<()> {
        each(mark);
        Ok(())
    }
}

impl<'a> LazyText<'a> for &'a [u8] {
    fn bytes(&self) -> usize {
        self.len()
    }

    fn borrowed(&self) -> Option<&'a [u8]> {
        Some(self)
    }

    fn first(&self) -> Option<u8> {
        self.trim_ascii_start().first().copied()
    }

    fn has_marks(&self) -> bool {
        memchr::memchr2(b'<', b'>', self).is_some()
    }

    fn raw(&self) -> &[u8] {
        self
    }

    fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(self)
    }

    fn write<S: Sink>(&self, sink: &mut S) {
        sink.push(self);
    }
}
