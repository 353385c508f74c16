//! Requests of OpenAI's responses (API reference, November 2026).

use super::chat::{arguments, choice_of, function, write_choice, write_function, write_schema};
use super::fields::{Fields, items, need, unsaid};
use super::talk::{Call, Image, Outcome, Part, Shape, Talk, Turn, parts};
use super::write::{list, member, object, quoted, raw};
use rheostat::Result;

/// Fields that change nothing about the answer, or that a plan writes.
const PASSED: [&str; 11] = [
    "include",
    "metadata",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "seed",
    "service_tier",
    "store",
    "stream_options",
    "user",
];

pub(super) fn read(body: &[u8]) -> Result<Talk<'_>> {
    let mut fields = Fields::read(body)?;
    let mut talk = Talk { model: fields.take("model"), stream: fields.take("stream"), ..Talk::default() };
    talk.max_tokens = fields.take("max_output_tokens");
    (talk.temperature, talk.top_p) = (fields.take("temperature"), fields.take("top_p"));
    talk.parallel = fields.take("parallel_tool_calls").map(|flag| flag == b"true");
    talk.choice = fields.take("tool_choice").map(|choice| choice_of(choice, false)).transpose()?;
    talk.system.extend(fields.take("instructions").map(Into::into));
    for tool in items(fields.take("tools").unwrap_or(b"[]"))? {
        let mut tool = Fields::read(tool)?;
        match tool.text("type").as_deref() {
            Some("function") => talk.tools.push(function(tool)?),
            other => return Err(unsaid(&format!("tools.type: {}", other.unwrap_or("none")))),
        }
    }
    if let Some(text) = fields.take("text") {
        let mut text = Fields::read(text)?;
        text.pass(&["verbosity"]);
        if let Some(format) = text.take("format") {
            talk.schema = schema(Fields::read(format)?)?;
        }
        text.end("text.")?;
    }
    match need(fields.take("input"), "input")? {
        one @ [b'"', ..] => talk.say(false, vec![Part::Text(one.into())]),
        several => {
            for item in items(several)? {
                add(&mut talk, Fields::read(item)?)?;
            }
        }
    }
    if fields.text("truncation").is_some_and(|way| way != "disabled") {
        return Err(unsaid("truncation"));
    }
    fields.pass(&PASSED);
    fields.end("")?;
    Ok(talk)
}

fn add<'a>(talk: &mut Talk<'a>, mut item: Fields<'a>) -> Result<()> {
    match item.text("type").as_deref() {
        Some("message") | None => {
            let role = need(item.text("role"), "an item's role")?;
            let content = item.take("content").map(|raw| parts(raw, part)).transpose()?.unwrap_or_default();
            match role.as_str() {
                "user" => talk.say(false, content),
                "assistant" => talk.say(true, content),
                "system" | "developer" => talk.instruct(content)?,
                _ => return Err(unsaid(&format!("input.role: {role}"))),
            }
        }
        Some("function_call") => {
            let id = need(item.take("call_id"), "call_id")?.into();
            let name = need(item.take("name"), "a call's name")?.into();
            let input = arguments(&item.text("arguments").unwrap_or_default())?;
            talk.say(true, vec![Part::Call(Call { id, name, input })]);
        }
        Some("function_call_output") => {
            let id = need(item.take("call_id"), "call_id")?.into();
            let parts = item.take("output").map(|raw| parts(raw, part)).transpose()?.unwrap_or_default();
            talk.say(false, vec![Part::Outcome(Outcome { id, parts, failed: false })]);
        }
        // It is encrypted for its own model.
        Some("reasoning") => return Ok(()),
        Some(other) => return Err(unsaid(&format!("an item {other:?}"))),
    }
    item.pass(&["id", "status", "phase"]);
    item.end("input.")
}

/// A part of a content.
fn part<'a>(kind: &str, fields: &mut Fields<'a>) -> Result<Option<Part<'a>>> {
    Ok(Some(match kind {
        "input_text" | "output_text" | "text" => Part::Text(need(fields.take("text"), "text")?.into()),
        "refusal" => Part::Text(need(fields.take("refusal"), "refusal")?.into()),
        "input_image" => Part::Image(Image::of(need(fields.text("image_url"), "image_url")?)),
        other => return Err(unsaid(&format!("a part {other:?}"))),
    }))
}

fn schema(mut format: Fields<'_>) -> Result<Option<Shape<'_>>> {
    match format.text("type").as_deref() {
        Some("text") | None => Ok(None),
        Some("json_schema") => {
            let schema = need(format.take("schema"), "text.format.schema")?;
            Ok(Some(Shape { name: format.take("name"), schema, strict: format.take("strict") }))
        }
        Some(other) => Err(unsaid(&format!("text.format: {other}"))),
    }
}

pub(super) fn write(talk: &Talk<'_>, out: &mut Vec<u8>) -> Result<()> {
    if talk.is_begun() {
        return Err(unsaid("a beginning of the answer"));
    }
    if !talk.stop.is_empty() {
        return Err(unsaid("words that stop the answer"));
    }
    object(out, |out| {
        member(out, "model", |out| raw(out, talk.model.unwrap_or(b"\"\"")));
        member(out, "input", |out| {
            out.push(b'[');
            for text in &talk.system {
                item(out, |out| {
                    member(out, "role", |out| quoted(out, "system"));
                    member(out, "content", |out| raw(out, text));
                });
            }
            for turn in &talk.turns {
                write_turn(turn, out);
            }
            out.push(b']');
        });
        talk.write_settings("max_output_tokens", out);
        // A gateway keeps nothing that its clients did not ask to keep.
        member(out, "store", |out| raw(out, b"false"));
        if !talk.tools.is_empty() {
            member(out, "tools", |out| {
                list(out, &talk.tools, |out, tool| {
                    object(out, |out| {
                        member(out, "type", |out| quoted(out, "function"));
                        write_function(tool, out);
                    });
                });
            });
        }
        write_choice(talk, false, out);
        if let Some(schema) = &talk.schema {
            member(out, "text", |out| {
                object(out, |out| {
                    member(out, "format", |out| {
                        object(out, |out| {
                            member(out, "type", |out| quoted(out, "json_schema"));
                            write_schema(schema, out);
                        });
                    });
                });
            });
        }
    });
    Ok(())
}

/// Writes an item of the input.
fn item(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    if out.last() != Some(&b'[') {
        out.push(b',');
    }
    object(out, fill);
}

fn write_turn(turn: &Turn<'_>, out: &mut Vec<u8>) {
    for outcome in turn.parts.iter().filter_map(Part::outcome) {
        item(out, |out| {
            member(out, "type", |out| quoted(out, "function_call_output"));
            member(out, "call_id", |out| raw(out, &outcome.id));
            member(out, "output", |out| match &*outcome.parts {
                [Part::Text(text)] => raw(out, text),
                parts => list(out, parts, |out, part| write_part(out, false, part)),
            });
        });
    }
    let shown: Vec<_> =
        turn.parts.iter().filter(|part| matches!(part, Part::Text(_) | Part::Image(_))).collect();
    if !shown.is_empty() {
        item(out, |out| {
            member(out, "role", |out| quoted(out, if turn.assistant { "assistant" } else { "user" }));
            member(out, "content", |out| list(out, shown, |out, part| write_part(out, turn.assistant, part)));
        });
    }
    for call in turn.parts.iter().filter_map(Part::call) {
        item(out, |out| {
            member(out, "type", |out| quoted(out, "function_call"));
            member(out, "call_id", |out| raw(out, &call.id));
            member(out, "name", |out| raw(out, &call.name));
            member(out, "arguments", |out| quoted(out, &String::from_utf8_lossy(&call.input)));
        });
    }
}

fn write_part(out: &mut Vec<u8>, assistant: bool, part: &Part<'_>) {
    object(out, |out| match part {
        Part::Text(text) => {
            member(out, "type", |out| quoted(out, if assistant { "output_text" } else { "input_text" }));
            member(out, "text", |out| raw(out, text));
        }
        Part::Image(image) => {
            member(out, "type", |out| quoted(out, "input_image"));
            member(out, "image_url", |out| quoted(out, &image.url()));
        }
        Part::Call(_) | Part::Outcome(_) => {}
    });
}
