//! Requests of Anthropic's messages (the types of its SDK 0.114 for Python, November 2026).

use super::fields::{Fields, Raw, items, leave_out, need, unsaid};
use super::talk::{Call, Choice, Image, Outcome, Part, Role, Shape, Source, Talk, Tool, is_blank, parts};
use crate::rewrite::Said;
use crate::write::{list, member, object, quoted, raw};
use rheostat::Result;

/// Fields that change nothing about the answer, or that a plan writes.
const PASSED: [&str; 8] = [
    "cache_control",
    "diagnostics",
    "metadata",
    "service_tier",
    "speed",
    "thinking",
    "user_profile_id",
    "workspace_id",
];

pub(super) fn read(body: &[u8]) -> Result<Talk<'_>> {
    let mut fields = Fields::read(body)?;
    let mut talk = Talk {
        model: fields.take("model"),
        stream: fields.take("stream"),
        prefills: true,
        ..Talk::default()
    };
    talk.max_tokens = fields.take("max_tokens");
    (talk.temperature, talk.top_p) = (fields.take("temperature"), fields.take("top_p"));
    talk.stop = fields.take("stop_sequences").map(items).transpose()?.unwrap_or_default();
    let system = blocks(fields.take("system"), &mut talk.said)?;
    talk.instruct(system)?;
    for tool in items(fields.take("tools").unwrap_or(b"[]"))? {
        talk.tools.push(tool_of(Fields::read(tool)?, &mut talk.said)?);
    }
    if let Some(context) = fields.take("context_management") {
        leave_out(&mut talk.said, "context_management", context);
    }
    if let Some(choice) = fields.take("tool_choice") {
        let mut choice = Fields::read(choice)?;
        talk.parallel = choice.take("disable_parallel_tool_use").map(|flag| flag != b"true");
        talk.choice = Some(match choice.text("type").unwrap_or_default().as_str() {
            "auto" => Choice::Auto,
            "any" => Choice::Any,
            "none" => Choice::Never,
            "tool" => Choice::Named(need(choice.text("name"), "tool_choice.name")?),
            other => return Err(unsaid(&format!("tool_choice: {other}"))),
        });
        choice.end("tool_choice.")?;
    }
    if let Some(output) = fields.take("output_config") {
        let mut output = Fields::read(output)?;
        output.pass(&["effort"]);
        if let Some(format) = output.take("format") {
            let mut format = Fields::read(format)?;
            need(format.text("type").filter(|kind| kind == "json_schema"), "a format's type json_schema")?;
            let schema = need(format.take("schema"), "output_config.format.schema")?;
            format.end("output_config.format.")?;
            talk.schema = Some(Shape { name: None, description: None, schema, strict: Some(b"true") });
        }
        output.end("output_config.")?;
    }
    for message in items(need(fields.take("messages"), "messages")?)? {
        let mut message = Fields::read(message)?;
        let role = need(message.text("role"), "a message's role")?;
        let content = blocks(message.take("content"), &mut talk.said)?;
        match role.as_str() {
            "user" => talk.say(Role::User, content)?,
            "assistant" => talk.say(Role::Assistant, content)?,
            _ => return Err(unsaid(&format!("messages.role: {role}"))),
        }
        message.end("messages.")?;
    }
    fields.pass(&PASSED);
    fields.end("")?;
    Ok(talk)
}

fn tool_of<'a>(mut fields: Fields<'a>, said: &mut Vec<Said>) -> Result<Tool<'a>> {
    if let Some(kind) = fields.text("type").filter(|kind| kind != "custom") {
        return Err(unsaid(&format!("tools.type: {kind}")));
    }
    let tool = Tool {
        name: need(fields.take("name"), "a tool's name")?,
        description: fields.take("description"),
        schema: fields.take("input_schema"),
        strict: fields.take("strict"),
    };
    if let Some(examples) = fields.take("input_examples") {
        leave_out(said, "tools.input_examples", examples);
    }
    fields.pass(&["cache_control", "eager_input_streaming"]);
    fields.end("tools.")?;
    Ok(tool)
}

/// A block of a content.
fn block<'a>(kind: &str, fields: &mut Fields<'a>, said: &mut Vec<Said>) -> Result<Option<Part<'a>>> {
    fields.pass(&["cache_control"]);
    Ok(Some(match kind {
        "text" => {
            if let Some(citations) = fields.take("citations").filter(|raw| *raw != b"[]") {
                leave_out(said, "messages.content.citations", citations);
            }
            Part::Text(need(fields.take("text"), "text")?.into())
        }
        "image" => {
            let source = source(Fields::read(need(fields.take("source"), "source")?)?)?;
            Part::Image(Image { source, detail: None })
        }
        "tool_use" => {
            // Who called: the model, or a program of its own, whose tools are refused.
            fields.pass(&["caller"]);
            Part::Call(Call {
                id: need(fields.take("id"), "tool_use.id")?.into(),
                name: need(fields.take("name"), "tool_use.name")?.into(),
                input: fields.take("input").unwrap_or(b"{}").into(),
            })
        }
        "tool_result" => Part::Outcome(Outcome {
            id: need(fields.take("tool_use_id"), "tool_use_id")?.into(),
            parts: shown(blocks(fields.take("content"), said)?)?,
            failed: fields.take("is_error") == Some(b"true"),
        }),
        // It is signed for its own model.
        "thinking" | "redacted_thinking" => return Ok(None),
        other => return Err(unsaid(&format!("a part {other:?}"))),
    }))
}

/// The parts of a result: texts and images.
fn shown(parts: Vec<Part<'_>>) -> Result<Vec<Part<'_>>> {
    let others = parts.iter().any(|part| !matches!(part, Part::Text(_) | Part::Image(_)));
    if others { Err(unsaid("a call within a result")) } else { Ok(parts) }
}

/// The blocks of a content, if there is one.
fn blocks<'a>(content: Option<&'a [u8]>, said: &mut Vec<Said>) -> Result<Vec<Part<'a>>> {
    content.map_or(Ok(Vec::new()), |content| parts(content, |kind, fields| block(kind, fields, said)))
}

fn source(mut source: Fields<'_>) -> Result<Source> {
    let read = match source.text("type").as_deref() {
        Some("url") => Source::Url(need(source.text("url"), "source.url")?),
        Some("base64") => Source::Data {
            kind: need(source.text("media_type"), "source.media_type")?,
            base64: need(source.text("data"), "source.data")?,
        },
        other => return Err(unsaid(&format!("source: {}", other.unwrap_or("none")))),
    };
    source.end("source.")?;
    Ok(read)
}

/// Fails for what messages have no word for, and notes what they leave out.
pub(super) fn check(talk: &Talk<'_>, said: &mut Vec<Said>) -> Result<()> {
    if let Some(late) = talk.late().next() {
        // They count as much at the top, though not as late.
        leave_out(said, "messages.system", late);
    }
    let mut details = talk.images().filter_map(|image| image.detail);
    if let Some(detail) = details.find(|detail| *detail != b"\"auto\"") {
        leave_out(said, "image_url.detail", detail);
    }
    let description = talk.schema.as_ref().and_then(|schema| schema.description);
    for (field, value) in [("verbosity", talk.verbosity), ("json_schema.description", description)] {
        if let Some(value) = value {
            leave_out(said, field, value);
        }
    }
    if talk.temperature.is_some_and(|raw| number(raw).is_none_or(|warm| warm > 1.0)) {
        return Err(unsaid("a temperature above 1"));
    }
    if !talk.turns.iter().any(|turn| turn.role != Role::System && turn.parts.iter().any(is_shown)) {
        return Err(unsaid("a request without a turn"));
    }
    Ok(())
}

/// Messages refuse texts without a visible character.
fn is_shown(part: &Part<'_>) -> bool {
    part.text().is_none_or(|text| !is_blank(text))
}

pub(super) fn write(talk: &Talk<'_>, out: &mut Vec<u8>) {
    let system: Vec<&Raw<'_>> =
        talk.system.iter().chain(talk.late()).filter(|text| !is_blank(text)).collect();
    let said = talk.turns.iter().filter(|turn| turn.role != Role::System);
    let turns = said.filter(|turn| turn.parts.iter().any(is_shown));
    object(out, |out| {
        member(out, "model", |out| raw(out, talk.model.unwrap_or(b"\"\"")));
        if !system.is_empty() {
            member(out, "system", |out| list(out, system, write_text));
        }
        member(out, "messages", |out| {
            list(out, turns, |out, turn| {
                let role = if turn.role == Role::Assistant { "assistant" } else { "user" };
                object(out, |out| {
                    member(out, "role", |out| quoted(out, role));
                    let shown = turn.parts.iter().filter(|part| is_shown(part));
                    member(out, "content", |out| list(out, shown, write_part));
                });
            });
        });
        talk.write_settings("max_tokens", out);
        if !talk.stop.is_empty() {
            member(out, "stop_sequences", |out| list(out, &talk.stop, |out, one| raw(out, one)));
        }
        if !talk.tools.is_empty() {
            member(out, "tools", |out| list(out, &talk.tools, write_tool));
        }
        write_choice(talk, out);
        if let Some(schema) = &talk.schema {
            member(out, "output_config", |out| {
                object(out, |out| {
                    member(out, "format", |out| {
                        object(out, |out| {
                            member(out, "type", |out| quoted(out, "json_schema"));
                            member(out, "schema", |out| raw(out, schema.schema));
                        });
                    });
                });
            });
        }
    });
}

fn number(raw: &[u8]) -> Option<f64> {
    std::str::from_utf8(raw).ok()?.parse().ok()
}

fn write_choice(talk: &Talk<'_>, out: &mut Vec<u8>) {
    let alone = talk.parallel == Some(false) && !talk.tools.is_empty();
    let (kind, name) = match &talk.choice {
        None if alone => ("auto", None),
        None => return,
        Some(Choice::Auto) => ("auto", None),
        Some(Choice::Never) => ("none", None),
        Some(Choice::Any) => ("any", None),
        Some(Choice::Named(name)) => ("tool", Some(name)),
    };
    member(out, "tool_choice", |out| {
        object(out, |out| {
            member(out, "type", |out| quoted(out, kind));
            if let Some(name) = name {
                member(out, "name", |out| quoted(out, name));
            }
            if alone && kind != "none" {
                member(out, "disable_parallel_tool_use", |out| raw(out, b"true"));
            }
        });
    });
}

fn write_tool(out: &mut Vec<u8>, tool: &Tool<'_>) {
    const NOTHING: &[u8] = br#"{"type":"object","properties":{}}"#;
    object(out, |out| {
        member(out, "name", |out| raw(out, tool.name));
        if let Some(text) = tool.description {
            member(out, "description", |out| raw(out, text));
        }
        member(out, "input_schema", |out| raw(out, tool.schema.unwrap_or(NOTHING)));
        if let Some(strict) = tool.strict {
            member(out, "strict", |out| raw(out, strict));
        }
    });
}

fn write_text(out: &mut Vec<u8>, text: &Raw<'_>) {
    object(out, |out| {
        member(out, "type", |out| quoted(out, "text"));
        member(out, "text", |out| raw(out, text));
    });
}

fn write_part(out: &mut Vec<u8>, part: &Part<'_>) {
    match part {
        Part::Text(text) => write_text(out, text),
        Part::Image(image) => object(out, |out| {
            member(out, "type", |out| quoted(out, "image"));
            member(out, "source", |out| object(out, |out| write_source(&image.source, out)));
        }),
        Part::Call(call) => object(out, |out| {
            member(out, "type", |out| quoted(out, "tool_use"));
            member(out, "id", |out| raw(out, &call.id));
            member(out, "name", |out| raw(out, &call.name));
            member(out, "input", |out| raw(out, &call.input));
        }),
        Part::Outcome(outcome) => object(out, |out| {
            member(out, "type", |out| quoted(out, "tool_result"));
            member(out, "tool_use_id", |out| raw(out, &outcome.id));
            let shown = outcome.parts.iter().filter(|part| is_shown(part));
            member(out, "content", |out| list(out, shown, write_part));
            if outcome.failed {
                member(out, "is_error", |out| raw(out, b"true"));
            }
        }),
    }
}

fn write_source(source: &Source, out: &mut Vec<u8>) {
    match source {
        Source::Url(url) => {
            member(out, "type", |out| quoted(out, "url"));
            member(out, "url", |out| quoted(out, url));
        }
        Source::Data { kind, base64 } => {
            member(out, "type", |out| quoted(out, "base64"));
            member(out, "media_type", |out| quoted(out, kind));
            member(out, "data", |out| quoted(out, base64));
        }
    }
}
