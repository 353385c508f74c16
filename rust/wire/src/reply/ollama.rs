//! Ollama's chat and generate: JSON lines that each add to the message, and whole replies.

use super::calls::{Call, json_of};
use super::form::{Form, Said};
use super::tree::{Budget, Object};
use super::walk::Walk;
use crate::write::{member, object};
use rheostat::Result;
use rheostat::json::Json;

/// Fields whose counts stand in the last line.
const USAGE: &[&[u8]] = &[b"eval_count", b"prompt_eval_count"];

/// The reply so far.
#[derive(Debug, Default)]
pub(super) struct Ollama {
    top: Object,
    /// The message of `/api/chat`; `/api/generate` has its texts at the top.
    message: Object,
}

impl Form for Ollama {
    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        json.each_member(|json, name| {
            match name {
                b"message" if json.peek() == Some(b'{') => {
                    // The field keeps the message's place among the others.
                    self.top.field(name, said.budget)?;
                    return json.each_member(|json, name| self.read_message(name, json, said));
                }
                b"response" => said.text(json)?,
                b"thinking" => said.reasoning(json)?,
                b"logprobs" => {
                    json.ahead(|json| json.each_item(|json, _| said.event.add_token(json)))?;
                    return self.top.field(name, said.budget)?.append(json, said.budget);
                }
                b"done" if json.peek() == Some(b't') => said.over(),
                b"done_reason" => said.finish(json)?,
                b"error" => said.error(json)?,
                _ => said.reports_usage |= USAGE.contains(&name),
            }
            let field = self.top.field(name, said.budget)?;
            match name {
                b"response" | b"thinking" => field.merge(json, name, said.budget),
                _ => field.set(json, said.budget),
            }
        })
    }

    fn fail(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        self.top.field(b"error", budget)?.set(json, budget)
    }

    fn calls(&self) -> Vec<Call> {
        let mut calls = Vec::new();
        let list = self.message.get(b"tool_calls").map(json_of).unwrap_or_default();
        // It has been read once, so it is well-formed.
        let _ = Json::new(&list).each_item(|json, _| {
            json.each_member(|json, name| match name {
                b"function" => {
                    calls.push(read_call(json)?);
                    Ok(())
                }
                _ => json.skip(),
            })
        });
        calls
    }

    fn write(&self, out: &mut Vec<u8>) {
        object(out, |out| {
            for (name, node) in self.top.fields() {
                member(out, name, |out| match name {
                    b"message" => self.message.write(out),
                    _ => node.write(out),
                });
            }
        });
    }
}

impl Ollama {
    fn read_message(&mut self, name: &[u8], json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        let field = self.message.field(name, said.budget)?;
        match name {
            b"content" => said.text(json)?,
            b"thinking" => said.reasoning(json)?,
            b"tool_calls" if json.peek() == Some(b'[') => {
                said.event.calls |= json.has_items()?;
                return field.append(json, said.budget);
            }
            _ => {}
        }
        field.merge(json, name, said.budget)
    }
}

/// Reads the function of a call, which comes whole, with arguments that are an object.
fn read_call(json: &mut Json<'_>) -> Result<Call> {
    let (mut called, mut arguments) = (String::new(), String::new());
    json.each_member(|json, name| {
        match name {
            b"name" => called = json.word()?.unwrap_or_default(),
            b"arguments" if json.peek() == Some(b'"') => arguments = json.word()?.unwrap_or_default(),
            b"arguments" => arguments = String::from_utf8_lossy(json.read_raw()?).into_owned(),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(Call { id: String::new(), name: called, arguments })
}
