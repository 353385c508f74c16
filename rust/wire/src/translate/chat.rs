//! Requests of OpenAI's chat completions (API reference, November 2026).

use super::fields::{Fields, Raw, items, leave_out, need, text, unsaid};
use super::talk::{Call, Choice, Image, Outcome, Part, Role, Shape, Source, Talk, Tool, Turn, parts};
use crate::write::{Items, list, member, mixed, object, quoted, raw};
use rheostat::Result;
use std::borrow::Cow;

/// Fields that change nothing about the answer, or that a plan writes.
const PASSED: [&str; 11] = [
    "metadata",
    "n",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning_effort",
    "safety_identifier",
    "service_tier",
    "store",
    "stream_options",
    "thinking",
    "user",
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
    talk.verbosity = fields.take("verbosity");
    if let Some(seed) = fields.take("seed") {
        leave_out(&mut talk.said, "seed", seed);
    }
    if let Some(format) = fields.take("response_format") {
        talk.schema = schema(format)?;
    }
    for tool in items(fields.take("tools").unwrap_or(b"[]"))? {
        let mut outer = Fields::read(tool)?;
        need(outer.text("type").filter(|kind| kind == "function"), "a tool's type function")?;
        let inner = need(outer.take("function"), "a tool's function")?;
        outer.pass(&["cache_control"]);
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
    if let Some(name) = message.take("name").filter(|_| role != "tool") {
        leave_out(&mut talk.said, "messages.name", name);
    }
    match role.as_str() {
        "system" | "developer" => {
            talk.instruct(content)?;
        }
        "tool" => {
            let id = need(message.take("tool_call_id"), "tool_call_id")?.into();
            talk.say(Role::User, vec![Part::Outcome(Outcome { id, parts: content, failed: false })])?;
        }
        "assistant" => {
            let mut said = content;
            if let Some(refusal) = message.take("refusal").filter(|text| *text != b"\"\"") {
                said.push(Part::Text(refusal.into()));
            }
            for call in items(message.take("tool_calls").unwrap_or(b"[]"))? {
                said.push(Part::Call(call_of(Fields::read(call)?)?));
            }
            message.pass(&["reasoning", "reasoning_content", "reasoning_details", "annotations"]);
            talk.say(Role::Assistant, said)?;
        }
        "user" => talk.say(Role::User, content)?,
        _ => return Err(unsaid(&format!("messages.role: {role}"))),
    }
    message.pass(&["cache_control"]);
    message.end("messages.")
}

/// A part of a content. Gateways mark what a provider shall keep in its cache.
fn part<'a>(kind: &str, fields: &mut Fields<'a>) -> Result<Option<Part<'a>>> {
    fields.pass(&["cache_control"]);
    Ok(Some(match kind {
        "text" => Part::Text(need(fields.take("text"), "text")?.into()),
        "refusal" => Part::Text(need(fields.take("refusal"), "refusal")?.into()),
        "image_url" => {
            let mut image = Fields::read(need(fields.take("image_url"), "image_url")?)?;
            let (source, detail) =
                (Source::of(need(image.text("url"), "image_url.url")?), image.take("detail"));
            image.end("image_url.")?;
            Part::Image(Image { source, detail })
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
    inner.end("tool_calls.function.")?;
    // A stream's calls have an index; Google's carry what their own model signed.
    call.pass(&["index", "extra_content"]);
    call.end("tool_calls.")?;
    Ok(Call { id, name, input })
}

/// The arguments of a call, which stand in a text.
pub(super) fn arguments(text: &str) -> Result<Raw<'static>> {
    let text = if text.trim().is_empty() { "{}" } else { text };
    Fields::read(text.as_bytes()).map_err(|_| unsaid("arguments that are no object"))?;
    Ok(Cow::Owned(text.as_bytes().to_vec()))
}

pub(super) fn function(mut fields: Fields<'_>) -> Result<Tool<'_>> {
    let tool = Tool {
        name: need(fields.take("name"), "a tool's name")?,
        description: fields.take("description"),
        schema: fields.take("parameters"),
        strict: fields.take("strict"),
    };
    fields.end("tools.")?;
    Ok(tool)
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
        let inner = need(fields.take("function"), "tool_choice.function")?;
        fields.end("tool_choice.")?;
        fields = Fields::read(inner)?;
    }
    let name = need(fields.text("name"), "tool_choice's name")?;
    fields.end("tool_choice.")?;
    Ok(Choice::Named(name))
}

fn schema(format: &[u8]) -> Result<Option<Shape<'_>>> {
    let mut fields = Fields::read(format)?;
    match fields.text("type").as_deref() {
        Some("text") => fields.end("response_format.").map(|()| None),
        Some("json_schema") => {
            let inner = need(fields.take("json_schema"), "json_schema")?;
            fields.end("response_format.")?;
            shape_of(Fields::read(inner)?, "response_format.json_schema.").map(Some)
        }
        other => Err(unsaid(&format!("response_format: {}", other.unwrap_or("none")))),
    }
}

/// The schema of an answer, with its name.
pub(super) fn shape_of<'a>(mut fields: Fields<'a>, place: &str) -> Result<Shape<'a>> {
    let shape = Shape {
        name: fields.take("name"),
        description: fields.take("description"),
        schema: need(fields.take("schema"), "the schema of its answer")?,
        strict: fields.take("strict"),
    };
    fields.end(place)?;
    Ok(shape)
}

pub(super) fn write(talk: &Talk<'_>, out: &mut Vec<u8>) {
    object(out, |out| {
        member(out, "model", |out| raw(out, talk.model.unwrap_or(b"\"\"")));
        member(out, "messages", |out| mixed(out, |items| messages(talk, items)));
        // The name that every server knows. Models that refuse it get the new one, as the rewrite's families say.
        talk.write_settings("max_tokens", out);
        if let Some(value) = talk.verbosity {
            member(out, "verbosity", |out| raw(out, value));
        }
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
    for (name, value) in
        [("description", schema.description), ("schema", Some(schema.schema)), ("strict", schema.strict)]
    {
        if let Some(value) = value {
            member(out, name, |out| raw(out, value));
        }
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

fn messages(talk: &Talk<'_>, items: &mut Items<'_>) {
    for text in &talk.system {
        system(text, items);
    }
    for turn in &talk.turns {
        match turn.role {
            Role::System => turn.parts.iter().filter_map(Part::text).for_each(|text| system(text, items)),
            Role::User => {
                turn.parts.iter().filter_map(Part::outcome).for_each(|outcome| result(outcome, items));
                user(turn, items);
            }
            Role::Assistant => message(items, "assistant", |out| {
                let shown: Vec<&Part<'_>> = turn.parts.iter().filter(|part| is_shown(part)).collect();
                member(out, "content", |out| content(&shown, out));
                let calls: Vec<&Call<'_>> = turn.parts.iter().filter_map(Part::call).collect();
                if !calls.is_empty() {
                    member(out, "tool_calls", |out| list(out, calls, write_call));
                }
            }),
        }
    }
}

fn message(items: &mut Items<'_>, role: &str, fill: impl FnOnce(&mut Vec<u8>)) {
    items.object(|out| {
        member(out, "role", |out| quoted(out, role));
        fill(out);
    });
}

fn system(text: &Raw<'_>, items: &mut Items<'_>) {
    message(items, "system", |out| member(out, "content", |out| raw(out, text)));
}

/// Writes the texts of a result. A message of a tool takes nothing else.
fn result(outcome: &Outcome<'_>, items: &mut Items<'_>) {
    let failed = Part::Text(Outcome::FAILED.into());
    let mut texts: Vec<&Part<'_>> = outcome.parts.iter().filter(|part| part.text().is_some()).collect();
    if outcome.failed {
        texts.insert(0, &failed);
    }
    message(items, "tool", |out| {
        member(out, "tool_call_id", |out| raw(out, &outcome.id));
        member(out, "content", |out| if texts.is_empty() { quoted(out, "") } else { content(&texts, out) });
    });
}

/// Writes what the user shows: behind the results, which follow their calls, and with the images of these.
fn user(turn: &Turn<'_>, items: &mut Items<'_>) {
    let outcomes = turn.parts.iter().filter_map(Part::outcome);
    let shows_images = |outcome: &&Outcome<'_>| outcome.parts.iter().any(|part| part.image().is_some());
    let labelled: Vec<(Part<'_>, &Outcome<'_>)> =
        outcomes.filter(shows_images).map(|outcome| (Part::Text(label(outcome)), outcome)).collect();
    let mut shown: Vec<&Part<'_>> = Vec::new();
    for (label, outcome) in &labelled {
        shown.push(label);
        shown.extend(outcome.parts.iter().filter(|part| part.image().is_some()));
    }
    shown.extend(turn.parts.iter().filter(|part| is_shown(part)));
    if !shown.is_empty() {
        message(items, "user", |out| member(out, "content", |out| content(&shown, out)));
    }
}

/// Says which call's result the images behind it belong to.
fn label(outcome: &Outcome<'_>) -> Raw<'static> {
    let mut label = Vec::new();
    let id = text(&outcome.id).unwrap_or_default();
    quoted(&mut label, &format!("Images in the result of the call {id}:"));
    Cow::Owned(label)
}

fn is_shown(part: &Part<'_>) -> bool {
    matches!(part, Part::Text(_) | Part::Image(_))
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
fn content(shown: &[&Part<'_>], out: &mut Vec<u8>) {
    match shown {
        [] => raw(out, b"null"),
        [Part::Text(text)] => raw(out, text),
        _ => list(out, shown, |out, part| {
            object(out, |out| match part {
                Part::Text(text) => {
                    member(out, "type", |out| quoted(out, "text"));
                    member(out, "text", |out| raw(out, text));
                }
                Part::Image(image) => {
                    member(out, "type", |out| quoted(out, "image_url"));
                    member(out, "image_url", |out| {
                        object(out, |out| {
                            member(out, "url", |out| quoted(out, &image.source.url()));
                            if let Some(detail) = image.detail {
                                member(out, "detail", |out| raw(out, detail));
                            }
                        });
                    });
                }
                Part::Call(_) | Part::Outcome(_) => {}
            });
        }),
    }
}
