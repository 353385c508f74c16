//! Facts of a conversation and of a list of tools, as far as rules of models ask: read only where a rule of the model's row asks, and from
//! the end where that is enough.

use crate::body::{Cursor, ValueKind, is_assistants};
use crate::rewrite::value::Value;
use crate::text::LazyText;
use rheostat::Result;
use rheostat::json::Json;
use std::ops::Range;

/// A message or an item.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools)] // independent properties, not the states of one thing
struct Message {
    assistant: bool,
    /// True if it has the result of a tool.
    result: bool,
    /// True if it begins with thinking, or has it beside its text.
    thought: bool,
    /// True if it is an item of thinking.
    reasoning: bool,
}

/// True if the last message of a conversation is the assistant's: the beginning of its answer. `last` is that message.
pub(super) fn is_prefilled(last: &[u8]) -> bool {
    is_assistants(last)
}

/// True if the last message has the result of a tool, and the assistant's newest does not begin with thinking.
pub(super) fn is_unthought(talk: &[u8], last: &[u8]) -> bool {
    if !message(&mut Json::new(last)).is_ok_and(|message| message.result) {
        return false;
    }
    let mut newest = None;
    let read = each(talk, |message| {
        if message.assistant {
            newest = Some(message);
        }
    });
    read.is_ok() && newest.is_some_and(|message| !message.thought)
}

/// True if a history has an item of thinking.
pub(super) fn has_thoughts(talk: &[u8]) -> bool {
    let mut found = false;
    each(talk, |message| found |= message.reasoning).is_ok() && found
}

fn each(talk: &[u8], mut take: impl FnMut(Message)) -> Result<()> {
    let mut json = Json::new(talk);
    if json.kind()? != ValueKind::Array {
        return Ok(());
    }
    json.array(|json, _| {
        take(message(json)?);
        Ok(())
    })
}

fn message(json: &mut Json<'_>) -> Result<Message> {
    let mut message = Message::default();
    if json.kind()? != ValueKind::Object {
        return json.skip().map(|()| message);
    }
    json.object(|json, name| {
        let kind = json.kind()?;
        match name {
            b"role" | b"type" if kind == ValueKind::String => json.text()?.with(|text| {
                message.assistant |= text == b"assistant";
                message.result |= matches!(text, b"tool" | b"function" | b"function_call_output");
                message.reasoning |= text == b"reasoning";
            }),
            b"reasoning_content" | b"reasoning" | b"reasoning_details" => {
                message.thought |= kind != ValueKind::Null;
                json.skip()?;
            }
            b"content" if kind == ValueKind::Array => json.array(|json, index| {
                let (result, thought) = part(json)?;
                message.result |= result;
                message.thought |= thought && index == 0;
                Ok(())
            })?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(message)
}

/// Reads a part of a message: whether it is the result of a tool, and whether it is thinking.
fn part(json: &mut Json<'_>) -> Result<(bool, bool)> {
    let (mut result, mut thought) = (false, false);
    if json.kind()? != ValueKind::Object {
        return json.skip().map(|()| (result, thought));
    }
    json.object(|json, name| {
        match name {
            b"type" if json.kind()? == ValueKind::String => json.text()?.with(|text| {
                result |= text == b"tool_result";
                thought |= matches!(text, b"thinking" | b"redacted_thinking");
            }),
            b"toolResult" | b"reasoningContent" => {
                result |= name == b"toolResult";
                thought |= name == b"reasoningContent";
                json.skip()?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok((result, thought))
}

/// The tools of a list: whether any is a function of the client's, and whether any is the provider's.
pub(super) fn tools(list: &[u8]) -> (bool, bool) {
    let (mut functions, mut hosted) = (false, false);
    let mut json = Json::new(list);
    let read = json.kind().and_then(|kind| {
        if kind != ValueKind::Array {
            return Ok(());
        }
        json.array(|json, _| {
            let kind = kind_of(json)?;
            let own = kind.as_deref().is_none_or(|kind| matches!(kind, b"function" | b"custom"));
            functions |= own;
            hosted |= !own;
            Ok(())
        })
    });
    (read.is_ok() && functions, read.is_ok() && hosted)
}

/// Reads a value; returns the type that it names.
fn kind_of(json: &mut Json<'_>) -> Result<Option<Vec<u8>>> {
    let mut kind = None;
    if json.kind()? != ValueKind::Object {
        return json.skip().map(|()| kind);
    }
    json.object(|json, name| {
        if name == b"type" && json.kind()? == ValueKind::String {
            kind = Some(json.text()?.with(<[u8]>::to_vec));
            return Ok(());
        }
        json.skip()
    })?;
    Ok(kind)
}

/// Cuts out the items of a list that are a string, or objects of a type. Returns whether any item stays.
pub(super) fn cuts(list: &[u8], at: usize, item: &'static str, cuts: &mut Vec<Range<usize>>) -> bool {
    let mut spans: Vec<(Range<usize>, bool)> = Vec::new();
    let mut json = Json::new(list);
    let read = json.kind().and_then(|kind| {
        if kind != ValueKind::Array {
            return Ok(());
        }
        json.array(|json, _| {
            json.kind()?;
            let start = json.at();
            let kind = kind_of(json)?;
            let span = start..json.at();
            let raw = list.get(span.clone()).unwrap_or_default();
            let same = kind.as_deref() == Some(item.as_bytes()) || Value::Text(item).is(raw);
            spans.push((span, same));
            Ok(())
        })
    });
    if read.is_err() || !spans.iter().any(|(_, same)| *same) {
        return true;
    }
    let mut kept = None;
    for (i, (span, same)) in spans.iter().enumerate() {
        if !same {
            kept = Some(span.end);
            continue;
        }
        // With the comma before it, or after it at the head.
        let before = i.checked_sub(1).and_then(|i| spans.get(i));
        let cut = match (kept, before, spans.get(i + 1)) {
            (Some(_), Some((before, _)), _) => before.end..span.end,
            (_, _, Some((next, _))) => span.start..next.start,
            _ => span.clone(),
        };
        cuts.push(at + cut.start..at + cut.end);
    }
    kept.is_some()
}

#[cfg(test)]
#[path = "../../tests/unit/rewrite/talk.rs"]
mod tests;
