//! Reads a request's fields beside its messages: instructions, tools, limits and needs.

use super::part::content;
use crate::error::{Error, Result};
use crate::json::Json;
use crate::query::conversation::Conversation;
use crate::query::cursor::{Cursor, LazyText, ValueKind};
use crate::query::facts::Facts;
use crate::query::path::Path;
use std::borrow::Cow;

/// The fields that have been read so far.
#[derive(Default)]
pub(super) struct Limits<'a> {
    system: u64,
    instructions: u64,
    tools: u32,
    tool_bytes: u64,
    max_tokens: [Option<u64>; 3],
    model: Option<Cow<'a, str>>,
    json: [bool; 3],
    /// True if the provider keeps the history.
    elsewhere: bool,
}

impl<'a> Limits<'a> {
    pub(super) fn read(&mut self, c: &mut Json<'a>, name: &[u8], root: &Path<'_>) -> Result<()> {
        match name {
            b"model" => self.model = model(c, root)?,
            b"system" => self.system = prompt(c, &root.field("system"))?,
            b"instructions" => self.instructions = prompt(c, &root.field("instructions"))?,
            b"tools" => (self.tools, self.tool_bytes) = tools(c, &root.field("tools"))?,
            b"functions" => (self.tools, self.tool_bytes) = tools(c, &root.field("functions"))?,
            b"max_tokens" => self.max_tokens[0] = limit(c, &root.field("max_tokens"))?,
            b"max_completion_tokens" => self.max_tokens[1] = limit(c, &root.field("max_completion_tokens"))?,
            b"max_output_tokens" => self.max_tokens[2] = limit(c, &root.field("max_output_tokens"))?,
            b"response_format" => self.json[0] = wants_json(c)?,
            b"text" => self.json[1] = wants_json(c)?,
            b"output_format" | b"output_config" => self.json[2] |= wants_json(c)?,
            b"previous_response_id" | b"conversation" | b"thread" => self.elsewhere |= c.measure()? > 0,
            _ => c.skip()?,
        }
        Ok(())
    }

    pub(super) fn enter<M: Clone>(self, talk: &mut Conversation<'a, M>) {
        talk.structure.system_bytes += self.system + self.instructions;
        talk.structure.tools_offered = self.tools;
        talk.structure.tool_bytes = self.tool_bytes;
        talk.request.tools |= self.tools > 0;
        talk.request.max_tokens = self.max_tokens.into_iter().flatten().min();
        talk.request.model = self.model;
        talk.request.json = self.json.contains(&true);
        talk.continues_elsewhere(self.elsewhere);
    }
}

fn model<'a>(c: &mut Json<'a>, root: &Path<'_>) -> Result<Option<Cow<'a, str>>> {
    match c.kind()? {
        ValueKind::String => {
            let text = c.text()?;
            let plain = text.borrowed().and_then(|raw| std::str::from_utf8(raw).ok());
            let copy = || text.with(|name| Cow::Owned(String::from_utf8_lossy(name).into_owned()));
            Ok(Some(plain.map_or_else(copy, Cow::Borrowed)))
        }
        ValueKind::Null => c.skip().map(|()| None),
        _ => Err(c.refuse(&root.field("model").to_string(), "a string")),
    }
}

/// Reads a prompt of the operator. Returns its bytes.
fn prompt<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<u64> {
    let mut facts = Facts::default();
    content(c, path, &mut facts)?;
    Ok(facts.bytes())
}

fn tools<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<(u32, u64)> {
    let (mut count, mut bytes) = (0, 0);
    match c.kind()? {
        ValueKind::Array => c.array(|c, _| {
            count += 1;
            bytes += c.measure()?;
            Ok(())
        })?,
        ValueKind::Null => bytes = c.measure()?,
        _ => return Err(c.refuse(&path.to_string(), "a list of tools")),
    }
    Ok((count, bytes))
}

fn limit<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<Option<u64>> {
    const WANTED: &str = "a whole number of at least 1";
    match c.kind()? {
        ValueKind::Number => match c.number()? {
            Some(0) => Err(c.explain(Error::invalid(path.to_string(), 0, WANTED))),
            None => Err(c.explain(Error::wrong_type(path.to_string(), "another number", WANTED))),
            limit => Ok(limit),
        },
        ValueKind::Null => c.skip().map(|()| None),
        _ => Err(c.refuse(&path.to_string(), WANTED)),
    }
}

/// Reads a format, or an object with one. True if it asks for JSON.
fn wants_json<'a, C: Cursor<'a>>(c: &mut C) -> Result<bool> {
    if c.kind()? != ValueKind::Object {
        return c.skip().map(|()| false);
    }
    let mut json = false;
    c.object(|c, name| {
        match name {
            b"type" if c.kind()? == ValueKind::String => {
                json |= c.text()?.with(|kind| matches!(kind, b"json_object" | b"json_schema"));
            }
            b"format" => json |= wants_json(c)?,
            _ => c.skip()?,
        }
        Ok(())
    })?;
    Ok(json)
}
