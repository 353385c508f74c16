//! Requests of OpenAI's chat completions (API reference, November 2026).

use super::fields::{Fields, Raw, items, need, text, unsaid};
use super::talk::{Call, Choice, Image, Outcome, Part, Shape, Talk, Tool, parts};
use super::write::{list, member, object, quoted, raw};
use rheostat::Result;
use std::borrow::Cow;

/// Fields that change nothing about the answer, or that a plan writes.
const PASSED: [&str; 13] = [
    "metadata",
    "n",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning_effort",
    "safety_identifier",
    "seed",
    "service_tier",
    "store",
    "stream_options",
    "thinking",
    "user",
    "verbosity",
];

pub(super) fn read(body: &[u8]) -> Result<Talk<'_>> {
    let mut fields = Fields::read(body)?;
    let mut talk = Talk { model: fields.take("model"), stream: fields.take("stream"), ..Talk::default() };
    talk.max_tokens = fields.take("max_completion_tokens").or(fields.take("max_tokens"));
    (talk.temperature, talk.top_p) = (fields.take("temperature"), fields.take("top_p"));
    talk.stop = match fields.take("stop") {
        Some(one @ [b'"', ..]) => vec![one],
        Some(several) => items(several)?,
        None => Vec::new(),
    };
    talk.parallel = fields.take("parallel_tool_calls").map(|flag| flag == b"true");
    talk.choice = fields.take("tool_choice").map(|choice| choice_of(choice, true)).transpose()?;
    if let Some(format) = fields.take("response_format") {
        talk.schema = schema(format)?;
    }
    for tool in items(fields.take("tools").unwrap_or(b"[]"))? {
        let mut outer = Fields::read(tool)?;
        need(outer.text("type").filter(|kind| kind == "function"), "a tool's type function")?;
        let inner = need(outer.take("function"), "a tool's function")?;
        outer.end("tools.")?;
        talk.tools.push(function(Fields::read(inner)?)?);
    }
    for message in items(need(fields.take("messages"), "messages")?)? {
        add(&mut talk, Fields::read(message)?)?;
    }
    fields.pass(&PASSED);
    // Zero is what they are without a word.
    for name in ["presence_penalty", "frequency_penalty", "top_logprobs"] {
        if let Some(value) = fields.take(name)
            && value.iter().any(|digit| matches!(digit, b'1'..=b'9'))
        {
            return Err(unsaid(name));
        }
    }
    fields.end("")?;
    Ok(talk)
}

fn add<'a>(talk: &mut Talk<'a>, mut message: Fields<'a>) -> Result<()> {
    let role = need(message.text("role"), "a message's role")?;
    let content = message.take("content").map(|raw| parts(raw, part)).transpose()?.unwrap_or_default();
    match role.as_str() {
        "system" | "developer" => {
            talk.instruct(content)?;
        }
        "tool" => {
            let id = need(message.take("tool_call_id"), "tool_call_id")?.into();
            talk.say(false, vec![Part::Outcome(Outcome { id, parts: content, failed: false })]);
        }
        "assistant" => {
            let mut said = content;
            if let Some(refusal) = message.take("refusal") {
                said.push(Part::Text(refusal.into()));
            }
            for call in items(message.take("tool_calls").unwrap_or(b"[]"))? {
                said.push(Part::Call(call_of(Fields::read(call)?)?));
            }
            message.pass(&["reasoning", "reasoning_content", "reasoning_details", "annotations"]);
            talk.say(true, said);
        }
        "user" => talk.say(false, content),
        _ => return Err(unsaid(&format!("messages.role: {role}"))),
    }
    message.pass(&["name"]);
    message.end("messages.")
}

/// A part of a content.
fn part<'a>(kind: &str, fields: &mut Fields<'a>) -> Result<Option<Part<'a>>> {
    Ok(Some(match kind {
        "text" => Part::Text(need(fields.take("text"), "text")?.into()),
        "refusal" => Part::Text(need(fields.take("refusal"), "refusal")?.into()),
        "image_url" => {
            let mut image = Fields::read(need(fields.take("image_url"), "image_url")?)?;
            Part::Image(Image::of(need(image.text("url"), "image_url.url")?))
        }
        other => return Err(unsaid(&format!("a part {other:?}"))),
    }))
}

fn call_of(mut call: Fields<'_>) -> Result<Call<'_>> {
    need(call.text("type").filter(|kind| kind == "function"), "a call's type function")?;
    let id = need(call.take("id"), "a call's id")?.into();
    let mut inner = Fields::read(need(call.take("function"), "a call's function")?)?;
    let name = need(inner.take("name"), "a call's name")?.into();
    let input = arguments(&inner.text("arguments").unwrap_or_default())?;
    Ok(Call { id, name, input })
}

/// The arguments of a call, which stand in a text.
pub(super) fn arguments(text: &str) -> Result<Raw<'static>> {
    let text = if text.trim().is_empty() { "{}" } else { text };
    Fields::read(text.as_bytes()).map_err(|_| unsaid("arguments that are no object"))?;
    Ok(Cow::Owned(text.as_bytes().to_vec()))
}

pub(super) fn function(mut fields: Fields<'_>) -> Result<Tool<'_>> {
    Ok(Tool {
        name: need(fields.take("name"), "a tool's name")?,
        description: fields.take("description"),
        schema: fields.take("parameters"),
        strict: fields.take("strict"),
    })
}

/// A choice of tools. A name stands in an object of its own in chat completions, and does not in responses.
pub(super) fn choice_of(raw: &[u8], nested: bool) -> Result<Choice> {
    match text(raw).as_deref() {
        Some("auto") => return Ok(Choice::Auto),
        Some("none") => return Ok(Choice::Never),
        Some("required") => return Ok(Choice::Any),
        Some(other) => return Err(unsaid(&format!("tool_choice: {other}"))),
        None => {}
    }
    let mut fields = Fields::read(raw)?;
    let kind = fields.text("type").unwrap_or_default();
    if kind != "function" {
        return Err(unsaid(&format!("tool_choice: {kind}")));
    }
    if nested {
        fields = Fields::read(need(fields.take("function"), "tool_choice.function")?)?;
    }
    Ok(Choice::Named(need(fields.text("name"), "tool_choice's name")?))
}

fn schema(format: &[u8]) -> Result<Option<Shape<'_>>> {
    let mut fields = Fields::read(format)?;
    match fields.text("type").as_deref() {
        Some("text") => Ok(None),
        Some("json_schema") => {
            let mut inner = Fields::read(need(fields.take("json_schema"), "json_schema")?)?;
            let schema = need(inner.take("schema"), "json_schema.schema")?;
            Ok(Some(Shape { name: inner.take("name"), schema, strict: inner.take("strict") }))
        }
        other => Err(unsaid(&format!("response_format: {}", other.unwrap_or("none")))),
    }
}

pub(super) fn write(talk: &Talk<'_>, out: &mut Vec<u8>) -> Result<()> {
    if talk.is_begun() {
        return Err(unsaid("a beginning of the answer"));
    }
    object(out, |out| {
        member(out, "model", |out| raw(out, talk.model.unwrap_or(b"\"\"")));
        member(out, "messages", |out| messages(talk, out));
        talk.write_settings("max_completion_tokens", out);
        if !talk.stop.is_empty() {
            member(out, "stop", |out| list(out, &talk.stop, |out, one| raw(out, one)));
        }
        if !talk.tools.is_empty() {
            member(out, "tools", |out| {
                list(out, &talk.tools, |out, tool| {
                    object(out, |out| {
                        member(out, "type", |out| quoted(out, "function"));
                        member(out, "function", |out| object(out, |out| write_function(tool, out)));
                    });
                });
            });
        }
        write_choice(talk, true, out);
        if let Some(schema) = &talk.schema {
            member(out, "response_format", |out| {
                object(out, |out| {
                    member(out, "type", |out| quoted(out, "json_schema"));
                    member(out, "json_schema", |out| object(out, |out| write_schema(schema, out)));
                });
            });
        }
    });
    Ok(())
}

pub(super) fn write_function(tool: &Tool<'_>, out: &mut Vec<u8>) {
    member(out, "name", |out| raw(out, tool.name));
    for (name, value) in
        [("description", tool.description), ("parameters", tool.schema), ("strict", tool.strict)]
    {
        if let Some(value) = value {
            member(out, name, |out| raw(out, value));
        }
    }
}

pub(super) fn write_schema(schema: &Shape<'_>, out: &mut Vec<u8>) {
    member(out, "name", |out| raw(out, schema.name.unwrap_or(b"\"answer\"")));
    member(out, "schema", |out| raw(out, schema.schema));
    if let Some(strict) = schema.strict {
        member(out, "strict", |out| raw(out, strict));
    }
}

pub(super) fn write_choice(talk: &Talk<'_>, nested: bool, out: &mut Vec<u8>) {
    if let Some(choice) = &talk.choice {
        member(out, "tool_choice", |out| match choice {
            Choice::Auto => quoted(out, "auto"),
            Choice::Never => quoted(out, "none"),
            Choice::Any => quoted(out, "required"),
            Choice::Named(name) => object(out, |out| {
                member(out, "type", |out| quoted(out, "function"));
                let named = |out: &mut Vec<u8>| member(out, "name", |out| quoted(out, name));
                if nested {
                    member(out, "function", |out| object(out, named));
                } else {
                    named(out);
                }
            }),
        });
    }
    if let Some(parallel) = talk.parallel.filter(|_| !talk.tools.is_empty()) {
        member(out, "parallel_tool_calls", |out| raw(out, if parallel { b"true" } else { b"false" }));
    }
}

fn messages(talk: &Talk<'_>, out: &mut Vec<u8>) {
    out.push(b'[');
    let mut first = true;
    let mut message = |out: &mut Vec<u8>, role: &str, fill: &mut dyn FnMut(&mut Vec<u8>)| {
        if !std::mem::replace(&mut first, false) {
            out.push(b',');
        }
        object(out, |out| {
            member(out, "role", |out| quoted(out, role));
            fill(out);
        });
    };
    for text in &talk.system {
        message(out, "system", &mut |out| member(out, "content", |out| raw(out, text)));
    }
    for turn in &talk.turns {
        for outcome in turn.parts.iter().filter_map(Part::outcome) {
            message(out, "tool", &mut |out| {
                member(out, "tool_call_id", |out| raw(out, &outcome.id));
                member(out, "content", |out| match &*outcome.parts {
                    [] => quoted(out, ""),
                    parts => content(parts, out),
                });
            });
        }
        if turn.parts.iter().any(|part| part.outcome().is_none()) {
            message(out, if turn.assistant { "assistant" } else { "user" }, &mut |out| {
                member(out, "content", |out| content(&turn.parts, out));
                let calls: Vec<&Call<'_>> = turn.parts.iter().filter_map(Part::call).collect();
                if !calls.is_empty() {
                    member(out, "tool_calls", |out| list(out, calls, write_call));
                }
            });
        }
    }
    out.push(b']');
}

fn write_call(out: &mut Vec<u8>, call: &Call<'_>) {
    object(out, |out| {
        member(out, "id", |out| raw(out, &call.id));
        member(out, "type", |out| quoted(out, "function"));
        member(out, "function", |out| {
            object(out, |out| {
                member(out, "name", |out| raw(out, &call.name));
                member(out, "arguments", |out| quoted(out, &String::from_utf8_lossy(&call.input)));
            });
        });
    });
}

/// A content: null, one text, or a list of parts.
fn content(parts: &[Part<'_>], out: &mut Vec<u8>) {
    let shown = || parts.iter().filter(|part| matches!(part, Part::Text(_) | Part::Image(_)));
    match (shown().count(), shown().next()) {
        (0, _) => raw(out, b"null"),
        (1, Some(Part::Text(text))) => raw(out, text),
        _ => list(out, shown(), |out, part| {
            object(out, |out| match part {
                Part::Text(text) => {
                    member(out, "type", |out| quoted(out, "text"));
                    member(out, "text", |out| raw(out, text));
                }
                Part::Image(image) => {
                    member(out, "type", |out| quoted(out, "image_url"));
                    let url = |out: &mut Vec<u8>| member(out, "url", |out| quoted(out, &image.url()));
                    member(out, "image_url", |out| object(out, url));
                }
                Part::Call(_) | Part::Outcome(_) => {}
            });
        }),
    }
}
