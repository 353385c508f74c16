//! Reads the content of a message: a string, or parts.

use crate::error::Result;
use crate::query::block::may_open;
use crate::query::cursor::{Cursor, LazyText, ValueKind};
use crate::query::facts::Facts;
use crate::query::part::{Media, Part};
use crate::query::path::Path;
use crate::query::texts::{read_text, read_type};

/// Adds a content's sizes and counts.
pub(super) fn content<'a, C: Cursor<'a>>(
    c: &mut C,
    path: &Path<'_>,
    facts: &mut Facts<C::Mark>,
) -> Result<()> {
    match c.kind()? {
        ValueKind::Null => c.skip()?,
        ValueKind::String => {
            facts.mark = Some(c.mark());
            let text = c.text()?;
            add_text(facts, &text);
        }
        ValueKind::Array => {
            facts.mark = Some(c.mark());
            c.array(|c, index| part(c, &path.item(index), facts))?;
        }
        _ => return Err(c.refuse(&path.to_string(), "a string or a list of parts")),
    }
    Ok(())
}

fn add_text<'a, M>(facts: &mut Facts<M>, text: &impl LazyText<'a>) {
    facts.texts += 1;
    facts.text_bytes += text.bytes() as u64;
    facts.words |= text.first().is_some_and(|first| !may_open(first));
}

/// The fields of a part of any kind: its type may come last.
struct Fields<T, M> {
    kind: Option<Part>,
    text: Option<T>,
    inner_mark: Option<M>,
    inner_bytes: u64,
    inner_media: Media,
    source: Source,
    thinking_bytes: u64,
    failed: bool,
    sealed: bool,
    rest: u64,
}

impl<T, M> Fields<T, M> {
    fn new() -> Self {
        Self {
            kind: None,
            text: None,
            inner_mark: None,
            inner_bytes: 0,
            inner_media: Media::default(),
            source: Source::default(),
            thinking_bytes: 0,
            failed: false,
            sealed: false,
            rest: 0,
        }
    }
}

fn part<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>, facts: &mut Facts<C::Mark>) -> Result<()> {
    if c.kind()? != ValueKind::Object {
        return Err(c.refuse(&path.to_string(), "a part, which is an object with a type"));
    }
    let mut fields = Fields::new();
    c.object(|c, name| read_field(c, name, path, &mut fields))?;
    let text_bytes = fields.text.as_ref().map_or(0, |text| text.bytes() as u64);
    match fields.kind {
        None | Some(Part::Text) => {
            if let Some(text) = &fields.text {
                add_text(facts, text);
            } else if fields.kind.is_none() {
                facts.document_bytes += fields.rest + fields.inner_bytes;
            }
        }
        Some(media @ (Part::Image | Part::Audio | Part::File)) => facts.media.add(media),
        Some(Part::Document) => {
            facts.documents += 1;
            facts.document_bytes += fields.source.bytes + fields.inner_bytes + fields.rest + text_bytes;
            facts.media.merge(fields.source.media);
            facts.media.merge(fields.inner_media);
        }
        Some(Part::Call) => {
            facts.calls += 1;
            facts.other_bytes += fields.rest;
        }
        Some(Part::Result) => {
            facts.results += 1;
            facts.result = fields.inner_mark;
            facts.errors += u32::from(fields.failed);
            facts.result_bytes += fields.inner_bytes + text_bytes;
            facts.media.merge(fields.inner_media);
        }
        Some(Part::Thinking) => {
            facts.other_bytes += fields.thinking_bytes + text_bytes;
            facts.signed |= fields.sealed;
        }
        Some(Part::Message | Part::Other) => {
            facts.document_bytes += fields.rest + fields.inner_bytes + text_bytes;
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
            ValueKind::String => fields.text = Some(c.text()?),
            ValueKind::Null => fields.text = read_text(c)?,
            _ => return Err(c.refuse(&path.field("text").to_string(), "a string")),
        },
        b"content" => {
            fields.inner_mark = Some(c.mark());
            (fields.inner_bytes, fields.inner_media) = inside(c, &path.field("content"))?;
        }
        b"source" => fields.source = Source::read(c, &path.field("source"))?,
        b"is_error" if c.kind()? == ValueKind::Bool => fields.failed = c.flag()?,
        b"thinking" => fields.thinking_bytes = c.measure()?,
        b"signature" | b"data" => fields.sealed |= c.measure()? > 0,
        b"id" | b"tool_use_id" | b"cache_control" | b"citations" => c.skip()?,
        _ => fields.rest += c.measure()?,
    }
    Ok(())
}

/// Reads the content of a part: of a tool's result, of a document. Values of other types are measured.
fn inside<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<(u64, Media)> {
    if !matches!(c.kind()?, ValueKind::String | ValueKind::Array) {
        return Ok((c.measure()?, Media::default()));
    }
    let mut facts = Facts::default();
    content(c, path, &mut facts)?;
    Ok((facts.bytes(), facts.media))
}

/// The source of a document. Sources other than text are files.
#[derive(Default)]
struct Source {
    bytes: u64,
    media: Media,
}

impl Source {
    fn read<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<Self> {
        if c.kind()? != ValueKind::Object {
            return Ok(Self { bytes: c.measure()?, media: Media::default() });
        }
        let (mut is_text, mut data, mut inner) = (false, 0, (0, Media::default()));
        c.object(|c, name| {
            match name {
                b"type" if c.kind()? == ValueKind::String => {
                    is_text = c.text()?.with(|kind| matches!(kind, b"text" | b"content"));
                }
                b"data" => data = c.measure()?,
                b"content" => inner = inside(c, &path.field("content"))?,
                _ => c.skip()?,
            }
            Ok(())
        })?;
        if is_text {
            return Ok(Self { bytes: data + inner.0, media: inner.1 });
        }
        let mut media = Media::default();
        media.add(Part::File);
        Ok(Self { bytes: 0, media })
    }
}
