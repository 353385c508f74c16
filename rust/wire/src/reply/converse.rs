//! Bedrock's Converse: events for the message, its content blocks and their deltas, as JSON; and whole replies.
//!
//! `ConverseStream` sends binary frames; a client of AWS or a proxy unpacks them. Each event is an object with its kind as the name of
//! its one field, or the kind is the event's name on a line of its own.

use super::calls::{Call, json_of};
use super::form::{Form, Said};
use super::tree::{Budget, Node, Object, part};
use super::walk::Walk;
use crate::write::{list, member, object};
use rheostat::Result;
use rheostat::json::Json;
use std::collections::BTreeMap;

/// The kinds of events with content of their own.
const KINDS: &[&[u8]] = &[
    b"messageStart",
    b"contentBlockStart",
    b"contentBlockDelta",
    b"contentBlockStop",
    b"messageStop",
    b"metadata",
];

/// The end of the names of errors within a stream.
const EXCEPTION: &[u8] = b"Exception";
/// Random characters that hide the length of an event.
const PADDING: &[u8] = b"p";

/// The reply so far.
#[derive(Debug, Default)]
pub(super) struct Converse {
    top: Object,
    /// The message's fields but for its content.
    message: Object,
    blocks: BTreeMap<u64, Block>,
}

/// A content block.
#[derive(Debug, Default)]
struct Block {
    fields: Object,
    tool: Option<Object>,
    /// A tool's input in pieces of JSON.
    input: Node,
    thought: Option<Thought>,
    citations: Node,
}

/// A thought: its text and its signature stand in an object of their own.
#[derive(Debug, Default)]
struct Thought {
    text: Object,
    rest: Object,
}

impl Form for Converse {
    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        if KINDS.contains(&said.name) && !has_kind(json)? {
            return self.read_event(said.name, json, said);
        }
        if said.name.ends_with(EXCEPTION) {
            read_exception(said.name, json, said)?;
            return self.top.field(said.name, said.budget)?.set(json, said.budget);
        }
        json.each_member(|json, name| match name {
            // Some proxies wrap each event.
            b"event" if json.peek() == Some(b'{') => self.read(json, said),
            name if KINDS.contains(&name) => self.read_event(name, json, said),
            b"output" if json.peek() == Some(b'{') => json.each_member(|json, name| match name {
                b"message" => {
                    said.event.done |= said.is_document;
                    json.each_member(|json, name| self.read_message(name, json, said))
                }
                _ => json.skip(),
            }),
            name => self.read_field(name, json, said),
        })
    }

    fn fail(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        self.top.field(b"error", budget)?.set(json, budget)
    }

    fn calls(&self) -> Vec<Call> {
        self.blocks.values().filter_map(Block::call).collect()
    }

    fn write(&self, out: &mut Vec<u8>) {
        object(out, |out| {
            member(out, b"output", |out| {
                object(out, |out| member(out, b"message", |out| self.write_message(out)));
            });
            self.top.write_missing(b"stopReason", b"null", out);
            self.top.write_members(out);
        });
    }
}

impl Converse {
    fn read_event(&mut self, kind: &[u8], json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        let index = json.number_of(b"contentBlockIndex")?.unwrap_or(0);
        // The counts come behind the end, and nothing behind them.
        said.event.done |= kind == b"metadata";
        json.each_member(|json, name| match (kind, name) {
            (b"contentBlockStart", b"start") | (b"contentBlockDelta", b"delta") => {
                part(&mut self.blocks, index, said.budget)?.read(json, said)
            }
            (b"contentBlockStart" | b"contentBlockDelta" | b"contentBlockStop", _) => json.skip(),
            (b"messageStart", name) => self.read_message(name, json, said),
            (_, name) => self.read_field(name, json, said),
        })
    }

    fn read_message(&mut self, name: &[u8], json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        match name {
            b"content" => json
                .each_item(|json, place| part(&mut self.blocks, place as u64, said.budget)?.read(json, said)),
            PADDING => json.skip(),
            name => self.message.field(name, said.budget)?.set(json, said.budget),
        }
    }

    /// Reads a field of a whole reply, or of an event for the reply.
    fn read_field(&mut self, name: &[u8], json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        match name {
            PADDING => return json.skip(),
            b"stopReason" => said.finish(json)?,
            b"usage" => said.reports_usage |= json.peek() == Some(b'{'),
            b"error" => said.error(json)?,
            // The body of an error has a message alone, in either spelling.
            b"message" | b"Message" => said.is_error |= json.peek() == Some(b'"'),
            name if name.ends_with(EXCEPTION) => read_exception(name, json, said)?,
            _ => {}
        }
        self.top.field(name, said.budget)?.set(json, said.budget)
    }

    fn write_message(&self, out: &mut Vec<u8>) {
        object(out, |out| {
            self.message.write_missing(b"role", br#""assistant""#, out);
            self.message.write_members(out);
            member(out, b"content", |out| list(out, self.blocks.values(), |out, block| block.write(out)));
        });
    }
}

impl Block {
    /// Reads a block, its start or a delta. They differ in two things: a delta has a tool's input as a text in pieces, and its
    /// thoughts without the name `reasoningText` round them.
    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        json.each_member(|json, name| match name {
            b"toolUse" => {
                said.event.calls = true;
                let tool = self.tool.get_or_insert_default();
                json.each_member(|json, name| match (name, json.peek()) {
                    (b"input", Some(b'"')) => self.input.merge(json, name, said.budget),
                    (b"input", _) => tool.field(name, said.budget)?.set(json, said.budget),
                    _ => tool.field(name, said.budget)?.merge(json, name, said.budget),
                })
            }
            b"reasoningContent" => {
                let thought = self.thought.get_or_insert_default();
                json.each_member(|json, name| match name {
                    b"reasoningText" => json.each_member(|json, name| thought.read(name, json, said)),
                    name => thought.read(name, json, said),
                })
            }
            b"citation" => self.citations.push_value(json, said.budget),
            name => {
                match name {
                    b"text" => said.text(json)?,
                    b"citationsContent" => json.ahead(|json| read_cited(json, said))?,
                    _ => {}
                }
                self.fields.field(name, said.budget)?.merge(json, name, said.budget)
            }
        })
    }

    fn call(&self) -> Option<Call> {
        let tool = self.tool.as_ref()?;
        let whole = || tool.get(b"input").map(json_of).unwrap_or_default();
        let input = self.input.text().unwrap_or_else(|| String::from_utf8_lossy(&whole()).into_owned());
        let text = |name: &[u8]| tool.get(name).and_then(Node::text).unwrap_or_default();
        Some(Call { id: text(b"toolUseId"), name: text(b"name"), arguments: input })
    }

    fn write(&self, out: &mut Vec<u8>) {
        if self.citations.is_empty() {
            return self.write_fields(out);
        }
        // A text with its sources: deltas have both beside each other, a whole block has them in one object.
        object(out, |out| {
            member(out, b"citationsContent", |out| {
                object(out, |out| {
                    member(out, b"content", |out| list(out, [self], |out, block| block.write_fields(out)));
                    member(out, b"citations", |out| self.citations.write(out));
                });
            });
        });
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        object(out, |out| {
            self.fields.write_members(out);
            if let Some(tool) = &self.tool {
                member(out, b"toolUse", |out| self.write_tool(tool, out));
            }
            if let Some(thought) = &self.thought {
                member(out, b"reasoningContent", |out| thought.write(out));
            }
        });
    }

    fn write_tool(&self, tool: &Object, out: &mut Vec<u8>) {
        let input = self.input.text().unwrap_or_default();
        object(out, |out| {
            tool.write_members(out);
            if super::is_object(input.as_bytes()) {
                member(out, b"input", |out| out.extend_from_slice(input.as_bytes()));
            } else if !input.is_empty() {
                // Broken off: no input is made up out of a part of it.
                member(out, b"partial_json", |out| self.input.write(out));
            }
        });
    }
}

impl Thought {
    fn read(&mut self, name: &[u8], json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        let object = match name {
            b"text" | b"signature" => &mut self.text,
            _ => &mut self.rest,
        };
        if name == b"text" {
            said.reasoning(json)?;
        }
        object.field(name, said.budget)?.merge(json, name, said.budget)
    }

    fn write(&self, out: &mut Vec<u8>) {
        object(out, |out| {
            if !self.text.is_empty() {
                member(out, b"reasoningText", |out| self.text.write(out));
            }
            self.rest.write_members(out);
        });
    }
}

/// Reads the error here, whose kind is its name, and goes back.
fn read_exception(kind: &[u8], json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
    if json.peek() == Some(b'{') {
        json.ahead(|json| said.event.add_error(json))?;
        let error = said.event.error.take().unwrap_or_default();
        said.event.error = Some(error.replacen("error", &String::from_utf8_lossy(kind), 1));
    }
    Ok(())
}

/// Reads the texts of a block with sources.
fn read_cited(json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
    json.each_member(|json, name| match name {
        b"content" => json.each_item(|json, _| {
            json.each_member(|json, name| {
                if name == b"text" {
                    said.text(json)?;
                }
                json.skip()
            })
        }),
        _ => json.skip(),
    })
}

/// True if a field is named as a kind of event.
fn has_kind(json: &mut Json<'_>) -> Result<bool> {
    json.ahead(|json| {
        let mut has = false;
        json.each_member(|json, name| {
            has |= KINDS.contains(&name);
            json.skip()
        })?;
        Ok(has)
    })
}
