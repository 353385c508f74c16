//! Requests of OpenAI's responses (API reference, November 2026).

use super::chat::{arguments, choice_of, function, shape_of, write_choice, write_function, write_schema};
use super::fields::{Fields, items, leave_out, need, text, unsaid};
use super::talk::{Call, Image, Outcome, Part, Role, Shape, Source, Talk, Turn, parts};
use crate::write::{Items, list, member, mixed, object, quoted, raw};
use rheostat::Result;

/// Fields that change nothing about the answer, or that a plan writes.
const PASSED: [&str; 9] = [
    "metadata",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
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
    talk.system.extend(fields.take("instructions").filter(|text| *text != b"\"\"").map(Into::into));
    if let Some(seed) = fields.take("seed") {
        leave_out(&mut talk.said, "seed", seed);
    }
    if let Some(include) = fields.take("include") {
        // Encrypted thoughts are for their own model.
        let is_passed = |item: &&[u8]| text(item).as_deref() == Some("reasoning.encrypted_content");
        if !items(include)?.iter().all(is_passed) {
            leave_out(&mut talk.said, "include", include);
        }
    }
    for tool in items(fields.take("tools").unwrap_or(b"[]"))? {
        let mut tool = Fields::read(tool)?;
        match tool.text("type").as_deref() {
            Some("function") => talk.tools.push(function(tool)?),
            other => return Err(unsaid(&format!("tools.type: {}", other.unwrap_or("none")))),
        }
    }
    if let Some(text) = fields.take("text") {
        let mut text = Fields::read(text)?;
        talk.verbosity = text.take("verbosity");
        if let Some(format) = text.take("format") {
            talk.schema = schema(Fields::read(format)?)?;
        }
        text.end("text.")?;
    }
    match need(fields.take("input"), "input")? {
        one @ [b'"', ..] => talk.say(Role::User, parts(one, part)?)?,
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
                "user" => talk.say(Role::User, content)?,
                "assistant" => talk.say(Role::Assistant, content)?,
                "system" | "developer" => talk.instruct(content)?,
                _ => return Err(unsaid(&format!("input.role: {role}"))),
            }
        }
        Some("function_call") => {
            let id = need(item.take("call_id"), "call_id")?.into();
            let name = need(item.take("name"), "a call's name")?.into();
            let input = arguments(&item.text("arguments").unwrap_or_default())?;
            talk.say(Role::Assistant, vec![Part::Call(Call { id, name, input })])?;
        }
        Some("function_call_output") => {
            let id = need(item.take("call_id"), "call_id")?.into();
            let parts = item.take("output").map(|raw| parts(raw, part)).transpose()?.unwrap_or_default();
            talk.say(Role::User, vec![Part::Outcome(Outcome { id, parts, failed: false })])?;
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
        "input_text" | "output_text" | "text" => {
            // They belong to an answer that a client sends back.
            fields.pass(&["annotations", "logprobs"]);
            Part::Text(need(fields.take("text"), "text")?.into())
        }
        "refusal" => Part::Text(need(fields.take("refusal"), "refusal")?.into()),
        "input_image" => Part::Image(Image {
            source: Source::of(need(fields.text("image_url"), "image_url")?),
            detail: fields.take("detail"),
        }),
        other => return Err(unsaid(&format!("a part {other:?}"))),
    }))
}

fn schema(mut format: Fields<'_>) -> Result<Option<Shape<'_>>> {
    match format.text("type").as_deref() {
        Some("text") | None => format.end("text.format.").map(|()| None),
        Some("json_schema") => shape_of(format, "text.format.").map(Some),
        Some(other) => Err(unsaid(&format!("text.format: {other}"))),
    }
}

/// Fails for what responses have no word for.
pub(super) fn check(talk: &Talk<'_>) -> Result<()> {
    talk.check_end()?;
    if !talk.stop.is_empty() {
        return Err(unsaid("words that stop the answer"));
    }
    Ok(())
}

pub(super) fn write(talk: &Talk<'_>, out: &mut Vec<u8>) {
    object(out, |out| {
        member(out, "model", |out| raw(out, talk.model.unwrap_or(b"\"\"")));
        member(out, "input", |out| {
            mixed(out, |items| {
                talk.system.iter().for_each(|text| system(text, items));
                talk.turns.iter().for_each(|turn| write_turn(turn, items));
            });
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
        if talk.schema.is_some() || talk.verbosity.is_some() {
            member(out, "text", |out| object(out, |out| write_shape(talk, out)));
        }
    });
}

fn write_shape(talk: &Talk<'_>, out: &mut Vec<u8>) {
    if let Some(schema) = &talk.schema {
        member(out, "format", |out| {
            object(out, |out| {
                member(out, "type", |out| quoted(out, "json_schema"));
                write_schema(schema, out);
            });
        });
    }
    if let Some(value) = talk.verbosity {
        member(out, "verbosity", |out| raw(out, value));
    }
}

fn system(text: &[u8], items: &mut Items<'_>) {
    items.object(|out| {
        member(out, "role", |out| quoted(out, "system"));
        member(out, "content", |out| raw(out, text));
    });
}

fn write_turn(turn: &Turn<'_>, items: &mut Items<'_>) {
    if turn.role == Role::System {
        return turn.parts.iter().filter_map(Part::text).for_each(|text| system(text, items));
    }
    for outcome in turn.parts.iter().filter_map(Part::outcome) {
        items.object(|out| {
            member(out, "type", |out| quoted(out, "function_call_output"));
            member(out, "call_id", |out| raw(out, &outcome.id));
            member(out, "output", |out| write_outcome(outcome, out));
        });
    }
    let assistant = turn.role == Role::Assistant;
    let shown: Vec<_> =
        turn.parts.iter().filter(|part| matches!(part, Part::Text(_) | Part::Image(_))).collect();
    if !shown.is_empty() {
        items.object(|out| {
            member(out, "role", |out| quoted(out, if assistant { "assistant" } else { "user" }));
            member(out, "content", |out| list(out, shown, |out, part| write_part(out, assistant, part)));
        });
    }
    for call in turn.parts.iter().filter_map(Part::call) {
        items.object(|out| {
            member(out, "type", |out| quoted(out, "function_call"));
            member(out, "call_id", |out| raw(out, &call.id));
            member(out, "name", |out| raw(out, &call.name));
            member(out, "arguments", |out| quoted(out, &String::from_utf8_lossy(&call.input)));
        });
    }
}

fn write_outcome(outcome: &Outcome<'_>, out: &mut Vec<u8>) {
    let failed = outcome.failed.then(|| Part::Text(Outcome::FAILED.into()));
    match (&failed, &*outcome.parts) {
        (None, [Part::Text(text)]) => raw(out, text),
        (None, []) => quoted(out, ""),
        (_, parts) => list(out, failed.iter().chain(parts), |out, part| write_part(out, false, part)),
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
            member(out, "image_url", |out| quoted(out, &image.source.url()));
            if let Some(detail) = image.detail {
                member(out, "detail", |out| raw(out, detail));
            }
        }
        Part::Call(_) | Part::Outcome(_) => {}
    });
}
