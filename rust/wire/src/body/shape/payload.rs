//! Reads the data of pictures, sounds and files.

use super::part::inside;
use crate::ask::facts::Media;
use crate::body::cursor::{Cursor, ValueKind};
use crate::body::fields::Part;
use crate::body::part::{Mime, Payload};
use crate::body::path::Path;
use crate::text::LazyText;
use crate::weight::Weight;
use rheostat::Result;

/// Reads the data of a picture, a sound or a file: an address, data in base64, or an object with either. True if it is no text.
pub(crate) fn read_payload<'a, C: Cursor<'a>>(
    c: &mut C,
    payload: &mut Payload,
    path: &Path<'_>,
) -> Result<bool> {
    match c.kind()? {
        ValueKind::String => {
            let text = c.text()?;
            let (mime, is_link) = text.with(|head| {
                let links: [&[u8]; 3] = [b"http", b"gs:", b"s3:"];
                (mime_of_data(head), links.iter().any(|link| head.starts_with(link)))
            });
            if let Some(mime) = mime.filter(|mime| *mime != Mime::Unknown) {
                payload.mime = mime;
            }
            if mime.is_some() || !is_link && text.bytes() > 512 {
                payload.bytes = text.bytes() as u64 / 4 * 3;
            }
            Ok(true)
        }
        ValueKind::Bytes => {
            payload.bytes = c.bytes()?;
            Ok(true)
        }
        ValueKind::Object => {
            let (mut is_text, mut has_data, mut typed, mut in_data) = (false, false, false, false);
            let mut own = Weight::default();
            let mut ending = Mime::Unknown;
            c.object(|c, name| {
                match name {
                    b"type" | b"format" if c.kind()? == ValueKind::String => {
                        let kind = c.text()?;
                        typed = true;
                        is_text |= kind.with(|kind| matches!(kind, b"text" | b"content"));
                        if name == b"format" {
                            payload.mime = kind.with(Mime::of);
                        }
                    }
                    b"mimeType" | b"mime_type" | b"media_type" | b"mediaType" | b"contentType"
                        if c.kind()? == ValueKind::String =>
                    {
                        payload.mime = c.text()?.with(Mime::of);
                    }
                    b"data" if c.kind()? == ValueKind::String => {
                        let text = c.text()?;
                        payload.bytes = text.bytes() as u64 / 4 * 3;
                        own += text.weight();
                        in_data = true;
                    }
                    b"data" | b"bytes" | b"blob" | b"file_data" | b"fileData"
                        if c.kind()? == ValueKind::Bytes =>
                    {
                        payload.bytes = c.bytes()?;
                        has_data = true;
                    }
                    b"bytes" | b"blob" | b"file_data" | b"fileData" if c.kind()? == ValueKind::String => {
                        let text = c.text()?;
                        payload.mime = text.with(mime_of_data).unwrap_or(payload.mime);
                        if payload.mime == Mime::Unknown {
                            payload.mime = ending;
                        }
                        payload.bytes = text.bytes() as u64 / 4 * 3;
                        has_data = true;
                    }
                    b"filename" | b"name" if c.kind()? == ValueKind::String => {
                        ending = c.text()?.with(Mime::of_file);
                        if payload.mime == Mime::Unknown {
                            payload.mime = ending;
                        }
                    }
                    b"text" | b"data" => own += c.measure()?,
                    b"content" => {
                        let (weight, media, _) = inside(c, &path.field("content"))?;
                        payload.text += weight;
                        has_data |= media.count > 0;
                    }
                    b"source" | b"url" | b"uri" | b"fileUri" | b"file_uri" | b"file_url" | b"image_url"
                    | b"s3Location" | b"file_id" | b"fileId" => {
                        let inner = read_payload(c, payload, path)?;
                        has_data |= inner || !matches!(name, b"source");
                    }
                    _ => c.skip()?,
                }
                Ok(())
            })?;
            // Data without a type is text, as in documents of Cohere.
            has_data |= in_data && (typed || payload.mime != Mime::Unknown);
            if is_text || !has_data {
                payload.text += own;
                payload.bytes = 0;
            }
            Ok(!is_text && (has_data || own.bytes + payload.text.bytes == 0))
        }
        _ => {
            c.skip()?;
            Ok(false)
        }
    }
}

/// The class of the MIME type in an address that holds its data: "data:image/png;base64,…". None of any other text.
fn mime_of_data(head: &[u8]) -> Option<Mime> {
    let rest = head.strip_prefix(b"data:")?;
    let end = rest.iter().position(|b| matches!(b, b';' | b',')).unwrap_or(0);
    Some(Mime::of(rest.get(..end).unwrap_or_default()))
}

/// Reads a list of pictures beside a text, as Ollama has them.
pub(crate) fn read_images<'a, C: Cursor<'a>>(c: &mut C, path: &Path<'_>) -> Result<Media> {
    let mut media = Media::default();
    let mut add = |c: &mut C| {
        let mut payload = Payload::default();
        read_payload(c, &mut payload, path)?;
        media.add(Part::Image, payload);
        Ok(())
    };
    match c.kind()? {
        ValueKind::Array => c.array(|c, _| add(c))?,
        ValueKind::String => add(c)?,
        _ => c.skip()?,
    }
    Ok(media)
}
