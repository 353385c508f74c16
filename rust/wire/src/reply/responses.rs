//! OpenAI's responses: events for the response, its output items, their parts and deltas; and whole responses.

use super::calls::{Call, json_of};
use super::event::Event;
use super::form::{Form, Said};
use super::tree::{Budget, Node, Object, part};
use super::walk::Walk;
use crate::write::{given, list, member, named, object};
use rheostat::Result;
use rheostat::json::Json;
use std::collections::BTreeMap;

/// Kinds of items that the client is to answer.
const CALLS: &[&str] = &["function_call", "custom_tool_call"];
/// Events after which nothing comes.
const LAST: &[&str] =
    &["response.completed", "response.incomplete", "response.failed", "response.cancelled", "response.done"];

/// The fields of a response that reached a limit.
const CUT: &[(&str, &str)] =
    &[("status", r#""incomplete""#), ("incomplete_details", r#"{"reason":"max_output_tokens"}"#)];

/// The response so far.
#[derive(Debug, Default)]
pub(super) struct Responses {
    response: Object,
    items: BTreeMap<u64, Item>,
}

/// An output item.
#[derive(Debug, Default)]
struct Item {
    fields: Object,
    content: BTreeMap<u64, Object>,
    summary: BTreeMap<u64, Object>,
    /// True once a delta has said its text, or the whole item has.
    said: bool,
    /// True once it came whole.
    is_whole: bool,
}

/// The place of an event in the response.
#[derive(Default)]
struct Place {
    output: u64,
    content: u64,
    summary: u64,
}

impl Form for Responses {
    fn read(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        let kind = said.kind(json)?;
        let place = json.ahead(Place::read)?;
        if kind == "error" {
            said.is_error = true;
            return self.fail(json, said.budget);
        }
        if LAST.contains(&kind.as_str()) {
            said.over();
        }
        if kind.is_empty() {
            // A whole response, or an error in place of one.
            said.event.done |= said.is_document;
            return self.read_response(json, said);
        }
        let event = kind.strip_prefix("response.").unwrap_or(&kind);
        json.each_member(|json, name| match (event, name) {
            (_, b"response") => self.read_response(json, said),
            (_, b"item") => self.read_item(event, &place, json, said),
            ("content_part.added" | "content_part.done", b"part") => {
                let item = self.item(place.output, said.budget)?;
                replace(part(&mut item.content, place.content, said.budget)?, json, said.budget)
            }
            ("reasoning_summary_part.added" | "reasoning_summary_part.done", b"part") => {
                let item = self.item(place.output, said.budget)?;
                replace(part(&mut item.summary, place.summary, said.budget)?, json, said.budget)
            }
            ("output_text.annotation.added", b"annotation") => {
                let part = self.part(&place, "output_text", said.budget)?;
                part.field(b"annotations", said.budget)?.push_value(json, said.budget)
            }
            ("output_text.delta", b"logprobs") => {
                json.ahead(|json| read_tokens(json, said.event))?;
                let part = self.part(&place, "output_text", said.budget)?;
                part.field(b"logprobs", said.budget)?.append(json, said.budget)
            }
            (event, b"delta") => self.read_delta(event, &place, json, said),
            (
                "output_text.done" | "refusal.done" | "reasoning_text.done" | "reasoning_summary_text.done",
                b"text" | b"refusal",
            ) => {
                // Servers that send no deltas send the whole text here.
                if self.items.get(&place.output).is_some_and(|item| item.said) {
                    return json.skip();
                }
                self.read_delta(event, &place, json, said)
            }
            _ => json.skip(),
        })
    }

    fn fail(&mut self, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
        self.response.field(b"error", budget)?.set(json, budget)
    }

    fn calls(&self) -> Vec<Call> {
        let calls = self.items.values().filter(|item| item.fields.is(b"type", CALLS));
        calls.map(|item| Call::of(&item.fields)).collect()
    }

    fn refusal(&self) -> String {
        self.items.values().map(Item::refusal).collect()
    }

    fn head(&self) -> Option<&Object> {
        Some(&self.response)
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.put(&[], out);
    }

    fn write_cut(&self, out: &mut Vec<u8>) {
        self.put(CUT, out);
    }

    fn close(&self, out: &mut Vec<u8>) {
        named(out, "response.incomplete", |out| member(out, "response", |out| self.write_cut(out)));
    }
}

impl Responses {
    /// Writes the response, with other values of some fields.
    fn put(&self, changed: &[(&str, &str)], out: &mut Vec<u8>) {
        object(out, |out| {
            self.response.write_missing(b"object", br#""response""#, out);
            let stays =
                |name: &[u8]| name != b"output" && !changed.iter().any(|(other, _)| name == other.as_bytes());
            for (name, node) in self.response.fields().filter(|(name, _)| stays(name)) {
                member(out, name, |out| node.write(out));
            }
            for (name, value) in changed {
                given(out, name, value);
            }
            member(out, b"output", |out| match self.response.get(b"output") {
                Some(output) if !output.has_no_items() => output.write(out),
                _ => list(out, self.items.values(), |out, item| item.write(out)),
            });
        });
    }

    fn item(&mut self, index: u64, budget: &mut Budget) -> Result<&mut Item> {
        part(&mut self.items, index, budget)
    }

    /// A part of an item's content. A part that was not announced is of the kind that its event says.
    fn part(&mut self, place: &Place, kind: &str, budget: &mut Budget) -> Result<&mut Object> {
        let item = self.item(place.output, budget)?;
        if item.fields.is_empty() {
            let kind = if kind == "reasoning_text" { "reasoning" } else { "message" };
            label(&mut item.fields, kind, budget)?;
        }
        let part = part(&mut item.content, place.content, budget)?;
        if part.is_empty() {
            label(part, kind, budget)?;
        }
        Ok(part)
    }

    /// Reads the response itself. Later ones replace earlier ones, field by field.
    fn read_response(&mut self, json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
        let mut reason = None;
        json.each_member(|json, name| {
            match name {
                b"error" => said.error(json)?,
                b"usage" => said.reports_usage |= json.peek() == Some(b'{'),
                b"incomplete_details" => json.ahead(|json| {
                    json.each_member(|json, name| match name {
                        b"reason" => json.word().map(|word| reason = word),
                        _ => json.skip(),
                    })
                })?,
                b"status" => {
                    let status = json.ahead(Json::word)?;
                    let is_over = |status: &String| !matches!(status.as_str(), "in_progress" | "queued");
                    said.event.finish_reason = status.filter(is_over);
                }
                b"output" => {
                    // Some servers leave the last event's output empty: the items that came stand for it.
                    json.ahead(|json| {
                        json.each_item(|json, place| {
                            let place = Place { output: place as u64, ..Place::default() };
                            self.read_item("output_item.done", &place, json, said)
                        })
                    })?;
                    let output = self.response.field(name, said.budget)?;
                    *output = Node::default();
                    return output.append(json, said.budget);
                }
                _ => {}
            }
            self.response.field(name, said.budget)?.set(json, said.budget)
        })?;
        // The reason says more than that it is incomplete.
        said.event.finish_reason = reason.or(said.event.finish_reason.take());
        Ok(())
    }

    /// Reads an item that is announced, or is whole.
    fn read_item(
        &mut self,
        event: &str,
        place: &Place,
        json: &mut Json<'_>,
        said: &mut Said<'_>,
    ) -> Result<()> {
        said.event.calls |= CALLS.contains(&json.kind_of()?.as_str());
        let item = self.item(place.output, said.budget)?;
        if event != "output_item.done" {
            return item.fields.merge(json, said.budget);
        }
        if std::mem::replace(&mut item.is_whole, true) {
            return json.skip();
        }
        if !std::mem::replace(&mut item.said, true) {
            json.ahead(|json| read_texts(json, said))?;
        }
        for parts in [&mut item.content, &mut item.summary] {
            for part in std::mem::take(parts).values() {
                said.budget.give(part);
            }
        }
        replace(&mut item.fields, json, said.budget)
    }

    fn read_delta(
        &mut self,
        event: &str,
        place: &Place,
        json: &mut Json<'_>,
        said: &mut Said<'_>,
    ) -> Result<()> {
        let event = event.trim_end_matches(".delta").trim_end_matches(".done");
        let (kind, field): (_, &[u8]) = match event {
            "output_text" | "reasoning_text" => (event, b"text"),
            "refusal" => (event, b"refusal"),
            "reasoning_summary_text" => {
                said.reasoning(json)?;
                let item = self.item(place.output, said.budget)?;
                item.said = true;
                if item.fields.is_empty() {
                    label(&mut item.fields, "reasoning", said.budget)?;
                }
                let part = part(&mut item.summary, place.summary, said.budget)?;
                if part.is_empty() {
                    label(part, "summary_text", said.budget)?;
                }
                return part.field(b"text", said.budget)?.merge(json, b"text", said.budget);
            }
            _ => {
                let field: &[u8] = match event {
                    "function_call_arguments" | "mcp_call_arguments" => b"arguments",
                    "custom_tool_call_input" => b"input",
                    "code_interpreter_call_code" => b"code",
                    _ => return json.skip(),
                };
                let item = self.item(place.output, said.budget)?;
                said.event.calls |= item.fields.is(b"type", CALLS);
                return item.fields.field(field, said.budget)?.merge(json, field, said.budget);
            }
        };
        if kind == "reasoning_text" {
            said.reasoning(json)?;
        } else {
            said.text(json)?;
        }
        self.part(place, kind, said.budget)?.field(field, said.budget)?.merge(json, field, said.budget)?;
        self.item(place.output, said.budget)?.said = true;
        Ok(())
    }
}

impl Place {
    fn read(json: &mut Json<'_>) -> Result<Self> {
        let mut place = Self::default();
        json.each_member(|json, name| {
            match name {
                b"output_index" => place.output = json.count()?.unwrap_or(0),
                b"content_index" => place.content = json.count()?.unwrap_or(0),
                b"summary_index" => place.summary = json.count()?.unwrap_or(0),
                _ => json.skip()?,
            }
            Ok(())
        })?;
        Ok(place)
    }
}

impl Item {
    fn refusal(&self) -> String {
        let parts = self.content.values().filter_map(|part| part.get(b"refusal")?.text());
        let mut refusal: String = parts.collect();
        // A whole item has its parts in one list.
        if let Some(content) = self.fields.get(b"content") {
            let _ = Json::new(&json_of(content)).each_item(|json, _| {
                let part = json.member_ahead(b"refusal", Json::word)?;
                refusal.extend(part);
                json.skip()
            });
        }
        refusal
    }

    fn write(&self, out: &mut Vec<u8>) {
        let parts = [(b"content".as_slice(), &self.content), (b"summary", &self.summary)];
        let has = |name: &[u8]| parts.iter().any(|(part, parts)| *part == name && !parts.is_empty());
        object(out, |out| {
            for (name, node) in self.fields.fields().filter(|(name, _)| !has(name)) {
                member(out, name, |out| node.write(out));
            }
            for (name, parts) in parts.into_iter().filter(|(_, parts)| !parts.is_empty()) {
                member(out, name, |out| list(out, parts.values(), |out, part| part.write(out)));
            }
        });
    }
}

/// Says the texts of a whole item: of its content and of its summary.
fn read_texts(json: &mut Json<'_>, said: &mut Said<'_>) -> Result<()> {
    let thinks = json.kind_of()? == "reasoning";
    json.each_member(|json, name| match name {
        b"content" | b"summary" => json.each_item(|json, _| {
            json.each_member(|json, name| {
                match name {
                    b"text" | b"refusal" if thinks => said.reasoning(json)?,
                    b"text" | b"refusal" => said.text(json)?,
                    b"logprobs" => json.ahead(|json| read_tokens(json, said.event))?,
                    _ => {}
                }
                json.skip()
            })
        }),
        _ => json.skip(),
    })
}

fn read_tokens(json: &mut Json<'_>, event: &mut Event) -> Result<()> {
    json.each_item(|json, _| event.add_token(json))
}

/// Replaces an object by the one here.
fn replace(old: &mut Object, json: &mut Json<'_>, budget: &mut Budget) -> Result<()> {
    budget.give(old);
    *old = Object::default();
    old.merge(json, budget)
}

/// Sets the `type` of a new object.
fn label(object: &mut Object, kind: &str, budget: &mut Budget) -> Result<()> {
    *object.field(b"type", budget)? = Node::Text(kind.as_bytes().to_vec());
    Ok(())
}
