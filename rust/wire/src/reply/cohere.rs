//! Cohere's chat, version 2: events for the message, its content, its tool calls and its citations; and whole replies.

use super::calls::Call;
use super::form::{Form, Said};
use super::tree::{Budget, Object, part};
use super::walk::Walk;
use crate::write::{list, member, object};
use rheostat::Result;
use rheostat::json::Json;
use std::collections::BTreeMap;

/// The reply so far.
#[derive(Debug, Default)]
pub(super) struct Cohere {
    top: Object,
    /// Its fields but for those below.
    message: Object,
    content: BTreeMap<u64, Object>,
    calls: BTreeMap<u64, Object>,
}

impl Form for Cohere {
    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        let kind = said.kind(json)?;
        let index = json.index()?.unwrap_or(0);
        if kind == "message-end" {
            said.over();
        }
        json.each_member(|json, name| match name {
            b"type" | b"index" => json.skip(),
            b"delta" => json.each_member(|json, name| self.read_field(name, index, json, said)),
            name => self.read_field(name, index, json, said),
        })
    }

    fn fail(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        self.top.field(b"error", budget)?.set(json, budget)
    }

    fn calls(&self) -> Vec<Call> {
        self.calls.values().map(Call::of).collect()
    }

    fn write(&self, out: &mut Vec<u8>) {
        object(out, |out| {
            if let Some(id) = self.top.get(b"id") {
                member(out, b"id", |out| id.write(out));
            }
            member(out, b"message", |out| self.write_message(out));
            for (name, node) in self.top.fields().filter(|(name, _)| *name != b"id") {
                member(out, name, |out| node.write(out));
            }
            self.top.write_missing(b"finish_reason", b"null", out);
        });
    }
}

impl Cohere {
    /// Reads a field of a whole reply, or of an event's delta.
    fn read_field(
        &mut self,
        name: &[u8],
        index: u64,
        json: &mut Json<'_>,
        said: &mut Said<'_>,
    ) -> Result<()> {
        match name {
            b"message" if json.peek() == Some(b'{') => {
                return json.each_member(|json, name| self.read_message(name, index, json, said));
            }
            // An error is a text in the message's place.
            b"message" => said.is_error = json.peek() == Some(b'"'),
            b"error" => said.error(json)?,
            b"finish_reason" => {
                said.finish(json)?;
                said.event.done |= said.is_document;
            }
            b"usage" => said.reports_usage |= json.peek() == Some(b'{'),
            b"logprobs" => {
                let logprobs = self.top.field(name, said.budget)?;
                if json.peek() == Some(b'[') {
                    json.ahead(|json| json.each_item(|json, _| read_logprobs(json, said)))?;
                    return logprobs.append(json, said.budget);
                }
                json.ahead(|json| read_logprobs(json, said))?;
                return logprobs.push_value(json, said.budget);
            }
            _ => {}
        }
        self.top.field(name, said.budget)?.set(json, said.budget)
    }

    fn read_message(
        &mut self,
        name: &[u8],
        index: u64,
        json: &mut Json<'_>,
        said: &mut Said<'_>,
    ) -> Result<()> {
        match (name, json.peek()) {
            (b"content", Some(b'{')) => {
                read_content(part(&mut self.content, index, said.budget)?, json, said)
            }
            (b"content", Some(b'[')) => json.each_item(|json, place| {
                read_content(part(&mut self.content, place as u64, said.budget)?, json, said)
            }),
            (b"tool_calls", Some(b'{')) => {
                said.event.calls = true;
                part(&mut self.calls, index, said.budget)?.merge(json, said.budget)
            }
            (b"tool_calls", Some(b'[')) => json.each_item(|json, place| {
                said.event.calls = true;
                part(&mut self.calls, place as u64, said.budget)?.merge(json, said.budget)
            }),
            (b"citations", Some(b'{')) => {
                self.message.field(name, said.budget)?.push_value(json, said.budget)
            }
            (b"citations", _) => self.message.field(name, said.budget)?.append(json, said.budget),
            (b"content" | b"tool_calls", Some(b'n')) => json.skip(),
            _ => {
                match name {
                    b"content" => said.text(json)?,
                    // The model's thoughts about its calls.
                    b"tool_plan" => said.reasoning(json)?,
                    _ => {}
                }
                self.message.field(name, said.budget)?.merge(json, name, said.budget)
            }
        }
    }

    fn write_message(&self, out: &mut Vec<u8>) {
        object(out, |out| {
            self.message.write_missing(b"role", br#""assistant""#, out);
            self.message.write_members(out);
            if self.message.get(b"content").is_none() {
                member(out, b"content", |out| list(out, self.content.values(), |out, part| part.write(out)));
            }
            if !self.calls.is_empty() {
                member(out, b"tool_calls", |out| list(out, self.calls.values(), |out, call| call.write(out)));
            }
        });
    }
}

fn read_content(content: &mut Object, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
    json.each_member(|json, name| {
        match name {
            b"text" => said.text(json)?,
            b"thinking" => said.reasoning(json)?,
            _ => {}
        }
        content.field(name, said.budget)?.merge(json, name, said.budget)
    })
}

/// Reads the log-probabilities of some tokens, which stand in one list.
fn read_logprobs(json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
    json.each_member(|json, name| match name {
        b"logprobs" => json.each_item(|json, _| {
            let value = json.real()?;
            said.event.logprobs.get_or_insert_default().push(value);
            Ok(())
        }),
        _ => json.skip(),
    })
}
