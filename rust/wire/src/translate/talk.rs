//! A request in provider-neutral form.

use super::fields::{Fields, Raw, items, text, unsaid};
use crate::rewrite::Said;
use crate::write::{member, raw};
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
    pub(super) verbosity: Option<&'a [u8]>,
    /// True where a turn of the assistant at the end is the beginning of its answer.
    pub(super) prefills: bool,
    /// Fields that no other surface has, and that the answer does without.
    pub(super) said: Vec<Said>,
}

#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) role: Role,
    pub(super) parts: Vec<Part<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The user, and the results of tools.
    User,
    Assistant,
    /// The operator, behind another turn.
    System,
}

#[derive(Debug)]
pub(super) enum Part<'a> {
    Text(Raw<'a>),
    Image(Image<'a>),
    Call(Call<'a>),
    Outcome(Outcome<'a>),
}

#[derive(Debug)]
pub(super) struct Image<'a> {
    pub(super) source: Source,
    /// How closely it is looked at.
    pub(super) detail: Option<&'a [u8]>,
}

#[derive(Debug)]
pub(super) enum Source {
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
    pub(super) description: Option<&'a [u8]>,
    pub(super) schema: &'a [u8],
    pub(super) strict: Option<&'a [u8]>,
}

impl<'a> Talk<'a> {
    /// Adds parts to the turn of a role: turns of one role that follow each other are one.
    ///
    /// # Errors
    /// For a part that the role cannot have.
    pub(super) fn say(&mut self, role: Role, parts: Vec<Part<'a>>) -> Result<()> {
        for part in &parts {
            match (role, part) {
                (_, Part::Text(_))
                | (Role::User, Part::Image(_) | Part::Outcome(_))
                | (Role::Assistant, Part::Call(_)) => {}
                (Role::User, Part::Call(_)) => return Err(unsaid("a call of the user")),
                (Role::Assistant, Part::Image(_)) => return Err(unsaid("an image of the assistant")),
                (Role::Assistant, Part::Outcome(_)) => return Err(unsaid("a result of the assistant")),
                (Role::System, _) => return Err(unsaid("an image of the operator")),
            }
        }
        match self.turns.last_mut() {
            _ if parts.is_empty() => {}
            Some(last) if last.role == role => last.parts.extend(parts),
            _ => self.turns.push(Turn { role, parts }),
        }
        Ok(())
    }

    /// Adds the operator's words: they stand before the conversation, or within it.
    pub(super) fn instruct(&mut self, parts: Vec<Part<'a>>) -> Result<()> {
        if !parts.iter().all(|part| matches!(part, Part::Text(_))) {
            return Err(unsaid("an image of the operator"));
        }
        if self.turns.is_empty() {
            self.system.extend(parts.into_iter().filter_map(Part::into_text));
        } else {
            self.say(Role::System, parts)?;
        }
        Ok(())
    }

    /// The operator's words behind another turn.
    pub(super) fn late(&self) -> impl Iterator<Item = &Raw<'a>> {
        let turns = self.turns.iter().filter(|turn| turn.role == Role::System);
        turns.flat_map(|turn| &turn.parts).filter_map(Part::text)
    }

    pub(super) fn images(&self) -> impl Iterator<Item = &Image<'a>> {
        let parts = self.turns.iter().flat_map(|turn| &turn.parts);
        parts.flat_map(|part| std::iter::once(part).chain(part.inner())).filter_map(Part::image)
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

    /// Fails where the request ends with the beginning of the answer, for a surface on which that would be an answer that came before.
    pub(super) fn check_end(&self) -> Result<()> {
        let begins = self.prefills
            && self.turns.last().is_some_and(|turn| {
                turn.role == Role::Assistant && !turn.parts.iter().any(|part| matches!(part, Part::Call(_)))
            });
        if begins { Err(unsaid("a beginning of the answer")) } else { Ok(()) }
    }
}

/// The parts of a content: a text, or a list, of which `read` reads each part by its kind; None passes one over. Empty texts are none.
pub(super) fn parts<'a>(
    content: &'a [u8],
    mut read: impl FnMut(&str, &mut Fields<'a>) -> Result<Option<Part<'a>>>,
) -> Result<Vec<Part<'a>>> {
    let mut found = Vec::new();
    if content.first() == Some(&b'"') {
        found.push(Part::Text(content.into()));
    } else {
        for part in items(content)? {
            let mut fields = Fields::read(part)?;
            let kind = fields.text("type").unwrap_or_default();
            if let Some(part) = read(&kind, &mut fields)? {
                found.push(part);
                fields.end("messages.content.")?;
            }
        }
    }
    found.retain(|part| part.text().is_none_or(|text| **text != b"\"\""[..]));
    Ok(found)
}

/// True for a text without a visible character.
pub(super) fn is_blank(raw: &[u8]) -> bool {
    // Most texts begin with a letter.
    let may_be = matches!(raw.get(1), None | Some(b'"' | b'\\' | b' ' | 0x80..));
    may_be && text(raw).is_some_and(|text| text.trim().is_empty())
}

impl<'a> Part<'a> {
    pub(super) fn outcome(&self) -> Option<&Outcome<'a>> {
        if let Self::Outcome(outcome) = self { Some(outcome) } else { None }
    }

    pub(super) fn call(&self) -> Option<&Call<'a>> {
        if let Self::Call(call) = self { Some(call) } else { None }
    }

    /// The parts of a result.
    fn inner(&self) -> &[Self] {
        match self {
            Self::Outcome(outcome) => &outcome.parts,
            _ => &[],
        }
    }

    pub(super) fn image(&self) -> Option<&Image<'a>> {
        if let Self::Image(image) = self { Some(image) } else { None }
    }

    pub(super) fn text(&self) -> Option<&Raw<'a>> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn into_text(self) -> Option<Raw<'a>> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl Outcome<'_> {
    /// Says that the call failed, where the surface has no field for it.
    pub(super) const FAILED: &'static [u8] = b"\"The call failed:\"";
}

impl Source {
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
