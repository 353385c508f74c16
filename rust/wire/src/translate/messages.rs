//! Requests of Anthropic's messages (the types of its SDK 0.114 for Python, November 2026).

use super::fields::{Fields, Raw, items, need, unsaid};
use super::talk::{Call, Choice, Image, Outcome, Part, Shape, Talk, Tool, parts};
use super::write::{list, member, object, quoted, raw};
use rheostat::Result;

/// Fields that change nothing about the answer, or that a plan writes.
const PASSED: [&str; 10] = [
    "cache_control",
    "context_management",
    "diagnostics",
    "inference_geo",
    "metadata",
    "service_tier",
    "speed",
    "thinking",
    "user_profile_id",
    "workspace_id",
];

pub(super) fn read(body: &[u8]) -> Result<Talk<'_>> {
    let mut fields = Fields::read(body)?;
    let mut talk = Talk { model: fields.take("model"), stream: fields.take("stream"), ..Talk::default() };
    talk.max_tokens = fields.take("max_tokens");
    (talk.temperature, talk.top_p) = (fields.take("temperature"), fields.take("top_p"));
    talk.stop = fields.take("stop_sequences").map(items).transpose()?.unwrap_or_default();
    talk.instruct(blocks(fields.take("system"))?)?;
    for tool in items(fields.take("tools").unwrap_or(b"[]"))? {
        talk.tools.push(tool_of(Fields::read(tool)?)?);
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
    }
    if let Some(output) = fields.take("output_config") {
        let mut output = Fields::read(output)?;
        output.pass(&["effort"]);
        if let Some(format) = output.take("format") {
            let schema = need(Fields::read(format)?.take("schema"), "output_config.format.schema")?;
            talk.schema = Some(Shape { name: None, schema, strict: Some(b"true") });
        }
        output.end("output_config.")?;
    }
    for message in items(need(fields.take("messages"), "messages")?)? {
        let mut message = Fields::read(message)?;
        let role = need(message.text("role"), "a message's role")?;
        let content = blocks(message.take("content"))?;
        match role.as_str() {
            "user" => talk.say(false, content),
            "assistant" => talk.say(true, content),
            _ => return Err(unsaid(&format!("messages.role: {role}"))),
        }
        message.end("messages.")?;
    }
    fields.pass(&PASSED);
    fields.end("")?;
    Ok(talk)
}

fn tool_of(mut fields: Fields<'_>) -> Result<Tool<'_>> {
    if let Some(kind) = fields.text("type").filter(|kind| kind != "custom") {
        return Err(unsaid(&format!("tools.type: {kind}")));
    }
    Ok(Tool {
        name: need(fields.take("name"), "a tool's name")?,
        description: fields.take("description"),
        schema: fields.take("input_schema"),
        strict: fields.take("strict"),
    })
}

/// A block of a content.
fn block<'a>(kind: &str, fields: &mut Fields<'a>) -> Result<Option<Part<'a>>> {
    Ok(Some(match kind {
        "text" => Part::Text(need(fields.take("text"), "text")?.into()),
        "image" => Part::Image(image(Fields::read(need(fields.take("source"), "source")?)?)?),
        "tool_use" => Part::Call(Call {
            id: need(fields.take("id"), "tool_use.id")?.into(),
            name: need(fields.take("name"), "tool_use.name")?.into(),
            input: fields.take("input").unwrap_or(b"{}").into(),
        }),
        "tool_result" => Part::Outcome(Outcome {
            id: need(fields.take("tool_use_id"), "tool_use_id")?.into(),
            parts: blocks(fields.take("content"))?,
            failed: fields.take("is_error") == Some(b"true"),
        }),
        // It is signed for its own model.
        "thinking" | "redacted_thinking" => return Ok(None),
        other => return Err(unsaid(&format!("a part {other:?}"))),
    }))
}

/// The blocks of a content, if there is one.
fn blocks(content: Option<&[u8]>) -> Result<Vec<Part<'_>>> {
    content.map_or(Ok(Vec::new()), |content| parts(content, block))
}

fn image(mut source: Fields<'_>) -> Result<Image> {
    match source.text("type").as_deref() {
        Some("url") => Ok(Image::Url(need(source.text("url"), "source.url")?)),
        Some("base64") => Ok(Image::Data {
            kind: need(source.text("media_type"), "source.media_type")?,
            base64: need(source.text("data"), "source.data")?,
        }),
        other => Err(unsaid(&format!("source: {}", other.unwrap_or("none")))),
    }
}

pub(super) fn write(talk: &Talk<'_>, out: &mut Vec<u8>) -> Result<()> {
    if talk.temperature.is_some_and(|raw| number(raw).is_none_or(|warm| warm > 1.0)) {
        return Err(unsaid("a temperature above 1"));
    }
    if talk.turns.is_empty() {
        return Err(unsaid("a request without a turn"));
    }
    object(out, |out| {
        member(out, "model", |out| raw(out, talk.model.unwrap_or(b"\"\"")));
        if !talk.system.is_empty() {
            member(out, "system", |out| list(out, &talk.system, write_text));
        }
        member(out, "messages", |out| {
            list(out, &talk.turns, |out, turn| {
                object(out, |out| {
                    member(out, "role", |out| quoted(out, if turn.assistant { "assistant" } else { "user" }));
                    member(out, "content", |out| list(out, &turn.parts, write_part));
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
    Ok(())
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
            member(out, "source", |out| object(out, |out| write_source(image, out)));
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
            member(out, "content", |out| list(out, &outcome.parts, write_part));
            if outcome.failed {
                member(out, "is_error", |out| raw(out, b"true"));
            }
        }),
    }
}

fn write_source(image: &Image, out: &mut Vec<u8>) {
    match image {
        Image::Url(url) => {
            member(out, "type", |out| quoted(out, "url"));
            member(out, "url", |out| quoted(out, url));
        }
        Image::Data { kind, base64 } => {
            member(out, "type", |out| quoted(out, "base64"));
            member(out, "media_type", |out| quoted(out, kind));
            member(out, "data", |out| quoted(out, base64));
        }
    }
}
