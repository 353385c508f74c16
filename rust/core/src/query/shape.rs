//! The shapes of requests, by provider. One code walks bodies and a host's objects, so both are read alike.

mod item;
mod limits;
mod part;

use super::Query;
use super::conversation::Conversation;
use super::cursor::{Cursor, ValueKind};
use super::facts::{Facts, Role};
use super::path::Path;
use crate::error::{Error, Result};
use crate::json::Json;
use limits::Limits;

/// Reads the whole body of a request.
pub(super) fn request<'a>(c: &mut Json<'a>, cap: usize) -> Result<Query<'a>> {
    if c.kind()? != ValueKind::Object {
        return Err(c.refuse("the request", "an object"));
    }
    let root = Path::root();
    let (mut messages, mut input) = (None, None);
    let mut limits = Limits::default();
    c.object(|c, name| match name {
        b"messages" => conversation(c, &root.field("messages"), cap).map(|talk| messages = Some(talk)),
        b"input" => conversation(c, &root.field("input"), cap).map(|talk| input = Some(talk)),
        _ => limits.read(c, name, &root),
    })?;
    c.end()?;
    let mut talk = match (messages, input) {
        (Some(talk), None) | (None, Some(talk)) => talk,
        (None, None) => return Err(c.explain(Error::invalid("the request", "neither", "messages or input"))),
        (Some(_), Some(_)) => {
            return Err(c.explain(Error::invalid("the request", "both", "messages or input")));
        }
    };
    limits.enter(&mut talk);
    talk.finish(c)
}

/// Reads a list of messages.
pub(super) fn messages<'a, C: Cursor<'a>>(c: &mut C, cap: usize) -> Result<Query<'a>> {
    conversation(c, &Path::root().field("messages"), cap)?.finish(c)
}

/// Reads the messages of a request, its items, or its one ask.
fn conversation<'a, C: Cursor<'a>>(
    c: &mut C,
    path: &Path<'_>,
    cap: usize,
) -> Result<Conversation<'a, C::Mark>> {
    let mut talk = Conversation::new(cap);
    match c.kind()? {
        ValueKind::Array => c.array(|c, index| {
            let (role, facts) = item::read(c, &path.item(index))?;
            talk.push(c, role, &facts)
        })?,
        ValueKind::String if path.is_field("input") => {
            let mut facts = Facts::default();
            part::content(c, path, &mut facts)?;
            talk.push(c, Role::User, &facts)?;
        }
        _ => return Err(c.refuse(&path.to_string(), "a list of messages")),
    }
    if talk.structure.messages == 0 {
        return Err(c.explain(Error::invalid(path.to_string(), "an empty list", "at least one message")));
    }
    Ok(talk)
}
