//! Reads the content of a message: a string, a part, or a list of both.

use super::payload::read_payload;
use super::tools::thinking;
use crate::ask::block::may_open;
use crate::ask::facts::{Facts, Media};
use crate::ask::said::may_tell;
use crate::body::cursor::{Cursor, ValueKind};
use crate::body::fields::{PARTS, Part, SEALS, find};
use crate::body::part::{Mime, Payload};
use crate::body::path::Path;
use crate::body::texts::{read_text, read_type};
use crate::text::LazyText;
use crate::weight::Weight;
use rheostat::{Error, Result};

/// Adds a content's weights and counts.
pub(crate) fn content<'a, C: Cursor<'a>>(
    c: &mut C,
    path: &Path<'_>,
    facts: &mut Facts<C::Mark>,
) -> Result<()> {
    let mark = c.mark();
    match c.kind()? {
        ValueKind::Null => return c.skip(),
        ValueKind::String => add_text(facts, &c.text()?),
        ValueKind::Object => part(c, path, facts)?,
        ValueKind::Array => c.array(|c, index| match c.kind()? {
            ValueKind::String => {
                add_text(facts, &c.text()?);
                Ok(())
            }
            ValueKind::Null => c.skip(),
            _ => part(c, &path.item(index), facts),
        })?,
        _ => return Err(c.refuse(&path.to_string(), "a string or a list of parts")),
    }
    facts.mark = Some(mark);
    Ok(())
}

fn add_text<'a, M>(facts: &mut Facts<M>, text: &impl LazyText<'a>) {
    facts.text += text.weight();
    facts.tells |= may_tell(text.raw());
    let first = text.first();
    facts.says |= first.is_some();
    facts.words |= first.is_some_and(|first| !may_open(first));
}

/// Runs `f`. If it refuses the value, goes back and reads it with `otherwise`: bytes that are no JSON are refused by both.
pub(crate) fn attempt<'a, C: Cursor<'a>, T>(
    c: &mut C,
    f: impl FnOnce(&mut C) -> Result<T>,
    otherwise: impl FnOnce(&mut C, Error) -> Result<T>,
) -> Result<T> {
    let mark = c.mark();
    match f(c) {
        // The host has failed, not the value.
        Err(error @ Error::State { .. }) => Err(error),
        Err(error) => {
            c.go_to(&mark);
            otherwise(c, error)
        }
        read => read,
    }
}

/// The fields of a part of any kind: its type may come last.
#[allow(clippy::struct_excessive_bools)] // independent properties, not the states of one thing
struct Fields<T, M> {
    kind: Option<Part>,
    /// The kind by its one known key, where it has no type.
    key: Option<Part>,
    text: Option<T>,
    /// The error of a text that is none.
    wrong: Option<Error>,
    inner: Weight,
    inner_media: Media,
    /// Position of an inner content that may tell what the human said.
    told: Option<M>,
    /// The data of a picture, a sound or a file.
    payload: Payload,
    /// True if a source names data other than text.
    has_data: bool,
    thinking: Weight,
    /// Sealed thinking, or data under the same names.
    sealed: Weight,
    /// The signature, which holds the thinking where that is left out.
    signature: Weight,
    signed: bool,
    thought: bool,
    failed: bool,
    rest: Weight,
}

impl<T, M> Fields<T, M> {
    fn new() -> Self {
        Self {
            kind: None,
            key: None,
            text: None,
            wrong: None,
            inner: Weight::default(),
            inner_media: Media::default(),
            told: None,
            payload: Payload::default(),
            has_data: false,
            thinking: Weight::default(),
            sealed: Weight::default(),
            signature: Weight::default(),
            signed: false,
            thought: false,
            failed: false,
            rest: Weight::default(),
        }
    }

    /// The part's kind: by its type, or by its key.
    fn kind(&self) -> Option<Part> {
        match (self.kind, self.key) {
            _ if self.thought => Some(Part::Thinking),
            (None | Some(Part::Other), Some(key)) => Some(key),
            (kind, _) => kind,
        }
    }
}

fn part<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>, facts: &mut Facts<C::Mark>) -> Result<()> {
    if c.kind()? != ValueKind::Object {
        return Err(c.refuse(&path.to_string(), "a string, or a part, which is an object with a type"));
    }
    let mut fields = Fields::new();
    c.object(|c, name| read_field(c, name, path, &mut fields))?;
    if let Some(error) = fields.wrong {
        return Err(error);
    }
    let text = fields.text.as_ref().map(LazyText::weight).unwrap_or_default();
    facts.signed |= fields.signed;
    let thinks = fields.kind() == Some(Part::Thinking);
    if !(thinks && fields.thinking.bytes + text.bytes > 0) {
        facts.other += fields.signature;
    }
    match fields.kind() {
        None | Some(Part::Text) => {
            if let Some(text) = &fields.text {
                add_text(facts, text);
            }
            if fields.kind.is_none() {
                facts.document += fields.rest + fields.inner + fields.sealed + fields.thinking;
                facts.media.merge(fields.inner_media);
            } else {
                facts.other += fields.thinking;
            }
        }
        // A resource that is text.
        Some(Part::Blob) if !fields.has_data && fields.payload.text.bytes > 0 => {
            facts.document += fields.payload.text;
        }
        Some(media @ (Part::Image | Part::Audio | Part::File | Part::Blob)) => {
            facts.media.add(media, fields.payload);
            if !matches!(media, Part::Image) {
                facts.document += fields.payload.text + fields.inner;
            }
        }
        Some(Part::Document) => {
            facts.documents += 1;
            facts.told.extend(fields.told);
            facts.document += fields.payload.text + fields.inner + fields.rest + text;
            if fields.has_data {
                facts.media.add(Part::Document, fields.payload);
            }
            facts.media.merge(fields.inner_media);
        }
        Some(Part::Call) => {
            facts.calls += 1;
            facts.other += fields.rest + fields.inner;
        }
        Some(Part::Result) => {
            facts.results += 1;
            facts.told.extend(fields.told);
            facts.errors += u32::from(fields.failed);
            facts.result_text += fields.inner + text + fields.rest;
            facts.media.merge(fields.inner_media);
        }
        Some(Part::Thinking) => {
            facts.other += fields.thinking + fields.sealed + text + fields.inner;
            facts.signed |= fields.sealed.bytes > 0;
        }
        Some(Part::Message | Part::Reference | Part::Approval | Part::Other) => {
            facts.document += fields.rest + fields.inner + fields.sealed + text;
            facts.media.merge(fields.inner_media);
            if fields.has_data {
                facts.media.add(Part::Blob, fields.payload);
            }
        }
    }
    Ok(())
}

fn read_field<'a, C: Cursor<'a>>(
    c: &mut C,
    name: &[u8],
    path: &Path<'_>,
    fields: &mut Fields<C::Text, C::Mark>,
) -> Result<()> {
    match name {
        b"type" => fields.kind = read_type(c)?,
        b"text" => match c.kind()? {
            ValueKind::String => (fields.text, fields.wrong) = (Some(c.text()?), None),
            ValueKind::Null => fields.text = read_text(c)?,
            _ => {
                // A later field of the same name may be valid.
                let error = c.refuse(&path.field("text").to_string(), "a string");
                c.skip()?;
                fields.wrong = Some(error);
                return Ok(());
            }
        },
        b"parts" if c.kind()? == ValueKind::Array => {
            let (weight, media, _) = inside(c, &path.field("parts"))?;
            fields.inner += weight;
            fields.inner_media.merge(media);
        }
        b"content" => {
            let mark = c.mark();
            let (weight, media, tells) = inside(c, &path.field("content"))?;
            (fields.inner, fields.inner_media, fields.told) = (weight, media, tells.then_some(mark));
        }
        b"response" if c.kind()? == ValueKind::Object => {
            let weight = response(c, fields)?;
            fields.rest += weight;
        }
        b"source" if c.kind()? == ValueKind::Object => {
            fields.has_data |= read_payload(c, &mut fields.payload, &path.field("source"))?;
        }
        b"is_error" if c.kind()? == ValueKind::Bool => fields.failed = c.flag()?,
        b"thought" if c.kind()? == ValueKind::Bool => fields.thought = c.flag()?,
        b"status" if c.kind()? == ValueKind::String => {
            fields.failed = c.text()?.with(|status| matches!(status, b"error" | b"failed"));
        }
        b"mimeType" | b"mime_type" | b"media_type" | b"mediaType" if c.kind()? == ValueKind::String => {
            fields.payload.mime = c.text()?.with(Mime::of);
        }
        b"signature" | b"thought_signature" | b"thoughtSignature" => {
            fields.signature = c.measure()?;
            fields.signed |= fields.signature.bytes > 0;
        }
        b"providerOptions" | b"providerMetadata" => {
            let (weight, sealed) = thinking(c)?;
            fields.signature += if sealed { weight } else { Weight::default() };
            fields.signed |= sealed;
        }
        b"url" if c.kind()? == ValueKind::String => {
            let (mark, mut payload) = (c.mark(), Payload::default());
            read_payload(c, &mut payload, &path.field("url"))?;
            if payload.bytes > 0 {
                (fields.payload, fields.has_data) = (payload, true);
            } else {
                // An address names no file by itself: results of a search have one, too.
                c.go_to(&mark);
                fields.rest += c.measure()?;
            }
        }
        b"data" | b"base64" if c.kind()? == ValueKind::Bytes => {
            (fields.payload.bytes, fields.has_data) = (c.bytes()?, true);
        }
        b"data" | b"base64" if c.kind()? == ValueKind::String => {
            let text = c.text()?;
            fields.payload.bytes = text.bytes() as u64 / 4 * 3;
            fields.sealed += text.weight();
        }
        _ if SEALS.iter().any(|seal| seal.as_bytes() == name) => fields.sealed += c.measure()?,
        b"id" | b"tool_use_id" | b"toolUseId" | b"cache_control" | b"cachePoint" | b"citations"
        | b"annotations" | b"detail" | b"file_id" | b"filename" | b"index" => c.skip()?,
        _ => read_keyed(c, name, path, fields)?,
    }
    Ok(())
}

/// Reads a field that may name the part's kind, as in parts without a type.
fn read_keyed<'a, C: Cursor<'a>>(
    c: &mut C,
    name: &[u8],
    path: &Path<'_>,
    fields: &mut Fields<C::Text, C::Mark>,
) -> Result<()> {
    let known = || name.ends_with(b"_url").then(|| Part::of(name));
    let key = find(PARTS, name).map(|(_, part)| part).or_else(known);
    let key = key.filter(|part| !matches!(part, Part::Message | Part::Approval | Part::Reference));
    if c.kind()? == ValueKind::Null {
        return c.skip();
    }
    let Some(key) = key else {
        fields.rest += c.measure()?;
        return Ok(());
    };
    fields.key = Some(key);
    match key {
        Part::Image | Part::Audio | Part::File | Part::Blob | Part::Document => {
            if key == Part::Document && c.kind()? == ValueKind::Object {
                let here = c.mark();
                response(c, fields)?;
                c.go_to(&here);
            }
            fields.has_data |= read_payload(c, &mut fields.payload, &path.field("source"))?;
        }
        Part::Thinking => {
            let (weight, sealed) = thinking(c)?;
            fields.thinking += weight;
            fields.signed |= sealed;
        }
        Part::Result if c.kind()? == ValueKind::Object => {
            let read = |c: &mut C| {
                let mut inner = Fields::new();
                c.object(|c, name| read_field(c, name, path, &mut inner))?;
                Ok((inner.inner + inner.rest, inner.inner_media, inner.failed, inner.told))
            };
            let measured = |c: &mut C, _| Ok((c.measure()?, Media::default(), false, None));
            let (weight, media, failed, told) = attempt(c, read, measured)?;
            fields.inner += weight;
            fields.inner_media.merge(media);
            (fields.failed, fields.told) = (failed, told);
        }
        Part::Text => fields.thinking += c.measure()?,
        _ => fields.rest += c.measure()?,
    }
    Ok(())
}

/// Measures an object that answers a call, and notes its first text that may tell what the human said.
fn response<'a, C: Cursor<'a>>(c: &mut C, fields: &mut Fields<C::Text, C::Mark>) -> Result<Weight> {
    let mut weight = Weight::default();
    c.object(|c, name| {
        weight += Weight::of_string(name.len(), || Weight::of(name));
        if c.kind()? != ValueKind::String {
            weight += c.measure()?;
            return Ok(());
        }
        let mark = c.mark();
        let text = c.text()?;
        weight += Weight::of_string(text.bytes(), || text.weight());
        if fields.told.is_none() && may_tell(text.raw()) {
            fields.told = Some(mark);
        }
        Ok(())
    })?;
    Ok(weight)
}

/// Reads the content within a part or an item: of a tool's result, of a document. Values that are no content are measured. True
/// if it may tell what the human said.
pub(super) fn inside<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<(Weight, Media, bool)> {
    let read = |c: &mut C| {
        let mut facts = Facts::default();
        content(c, path, &mut facts)?;
        Ok((facts.weight(), facts.media, facts.tells))
    };
    attempt(c, read, |c, _| Ok((c.measure()?, Media::default(), false)))
}
