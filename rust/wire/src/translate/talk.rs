//! A request without the form of a provider.

use super::fields::{Fields, Raw, items, unsaid};
use super::write::{member, raw};
use rheostat::Result;

/// A request. Its texts are JSON strings as they were written.
#[derive(Debug, Default)]
pub(super) struct Talk<'a> {
    pub(super) model: Option<&'a [u8]>,
    pub(super) system: Vec<Raw<'a>>,
    pub(super) turns: Vec<Turn<'a>>,
    pub(super) tools: Vec<Tool<'a>>,
    pub(super) choice: Option<Choice>,
    /// True if several calls may come at once.
    pub(super) parallel: Option<bool>,
    pub(super) max_tokens: Option<&'a [u8]>,
    pub(super) temperature: Option<&'a [u8]>,
    pub(super) top_p: Option<&'a [u8]>,
    pub(super) stop: Vec<&'a [u8]>,
    pub(super) schema: Option<Shape<'a>>,
    pub(super) stream: Option<&'a [u8]>,
}

/// One turn of the user, which has results of tools, too, or of the assistant.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) assistant: bool,
    pub(super) parts: Vec<Part<'a>>,
}

#[derive(Debug)]
pub(super) enum Part<'a> {
    Text(Raw<'a>),
    Image(Image),
    Call(Call<'a>),
    Outcome(Outcome<'a>),
}

#[derive(Debug)]
pub(super) enum Image {
    Url(String),
    Data { kind: String, base64: String },
}

/// A call of a tool.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) id: Raw<'a>,
    pub(super) name: Raw<'a>,
    /// The arguments, as an object.
    pub(super) input: Raw<'a>,
}

/// The result of a call.
#[derive(Debug)]
pub(super) struct Outcome<'a> {
    pub(super) id: Raw<'a>,
    pub(super) parts: Vec<Part<'a>>,
    pub(super) failed: bool,
}

/// A function that the model may call.
#[derive(Debug)]
pub(super) struct Tool<'a> {
    pub(super) name: &'a [u8],
    pub(super) description: Option<&'a [u8]>,
    pub(super) schema: Option<&'a [u8]>,
    pub(super) strict: Option<&'a [u8]>,
}

#[derive(Debug)]
pub(super) enum Choice {
    Auto,
    Never,
    Any,
    Named(String),
}

/// The form that the answer must have.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    pub(super) name: Option<&'a [u8]>,
    pub(super) schema: &'a [u8],
    pub(super) strict: Option<&'a [u8]>,
}

impl<'a> Talk<'a> {
    /// Adds parts to the turn of a role: turns of one role that follow each other are one.
    pub(super) fn say(&mut self, assistant: bool, parts: Vec<Part<'a>>) {
        match self.turns.last_mut() {
            _ if parts.is_empty() => {}
            Some(last) if last.assistant == assistant => last.parts.extend(parts),
            _ => self.turns.push(Turn { assistant, parts }),
        }
    }

    /// Adds the operator's words.
    pub(super) fn instruct(&mut self, parts: Vec<Part<'a>>) -> Result<()> {
        for part in parts {
            let Part::Text(text) = part else { return Err(unsaid("an image of the operator")) };
            self.system.push(text);
        }
        Ok(())
    }

    /// Writes the settings that each surface has; `most` is its name for the limit of the answer.
    pub(super) fn write_settings(&self, most: &str, out: &mut Vec<u8>) {
        for (name, value) in [
            (most, self.max_tokens),
            ("temperature", self.temperature),
            ("top_p", self.top_p),
            ("stream", self.stream),
        ] {
            if let Some(value) = value {
                member(out, name, |out| raw(out, value));
            }
        }
    }

    /// True if the last turn is the beginning of the answer.
    pub(super) fn is_begun(&self) -> bool {
        let last = self.turns.last();
        last.is_some_and(|turn| {
            turn.assistant && !turn.parts.iter().any(|part| matches!(part, Part::Call(_)))
        })
    }
}

/// The parts of a content: a text, or a list, of which `read` reads each part by its kind; None passes one over.
pub(super) fn parts<'a>(
    content: &'a [u8],
    read: impl Fn(&str, &mut Fields<'a>) -> Result<Option<Part<'a>>>,
) -> Result<Vec<Part<'a>>> {
    match content {
        b"\"\"" => return Ok(Vec::new()),
        [b'"', ..] => return Ok(vec![Part::Text(content.into())]),
        _ => {}
    }
    let mut found = Vec::new();
    for part in items(content)? {
        let mut fields = Fields::read(part)?;
        let kind = fields.text("type").unwrap_or_default();
        found.extend(read(&kind, &mut fields)?);
    }
    Ok(found)
}

impl<'a> Part<'a> {
    pub(super) fn outcome(&self) -> Option<&Outcome<'a>> {
        if let Self::Outcome(outcome) = self { Some(outcome) } else { None }
    }

    pub(super) fn call(&self) -> Option<&Call<'a>> {
        if let Self::Call(call) = self { Some(call) } else { None }
    }
}

impl Image {
    /// Reads the address of an image: on a server, or the image itself.
    pub(super) fn of(url: String) -> Self {
        let data = url.strip_prefix("data:").and_then(|data| data.split_once(";base64,"));
        match data {
            Some((kind, base64)) => {
                // Parameters may stand behind the type: `image/png;charset=utf-8`.
                let kind = kind.split(';').next().unwrap_or(kind).trim().to_owned();
                Self::Data { kind, base64: base64.to_owned() }
            }
            None => Self::Url(url),
        }
    }

    pub(super) fn url(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::Data { kind, base64 } => format!("data:{kind};base64,{base64}"),
        }
    }
}
