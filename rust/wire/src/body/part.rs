//! Kinds of the parts of a message, and the media in them.

use super::fields::{PARTS, Part, find};
use crate::ask::facts::Media;
use crate::weight::Weight;

impl Part {
    /// The kind of a type. New calls and results follow the pattern of the known ones, and so do media by their address.
    pub(crate) fn of(name: &[u8]) -> Self {
        if let Some((_, part)) = find(PARTS, name) {
            return part;
        }
        match name {
            _ if name.ends_with(b"tool_use") || name.ends_with(b"_call") => Self::Call,
            _ if name.ends_with(b"tool_result") || name.ends_with(b"_output") => Self::Result,
            _ if name.ends_with(b"_url") => match Self::of(name.get(..name.len() - 4).unwrap_or_default()) {
                media @ (Self::Image | Self::Audio | Self::Document) => media,
                _ => Self::File,
            },
            _ => Self::Other,
        }
    }
}

/// The data of a picture, a sound or a file in the request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Payload {
    /// Bytes of the decoded data; 0 if it stands elsewhere.
    pub(crate) bytes: u64,
    /// The class of its MIME type.
    pub(crate) mime: Mime,
    /// Text that stands in the data's place.
    pub(crate) text: Weight,
}

/// The class of a MIME type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mime {
    #[default]
    Unknown,
    Visual,
    Audio,
    Text,
    Other,
}

impl Mime {
    /// The class of a MIME type, or of a format such as `png`.
    pub(crate) fn of(name: &[u8]) -> Self {
        let starts =
            |prefix: &[u8]| name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        match name {
            b"txt" | b"md" | b"csv" | b"html" | b"json" => Self::Text,
            _ if starts(b"image/") || starts(b"video/") => Self::Visual,
            _ if starts(b"audio/") => Self::Audio,
            _ if starts(b"text/") || starts(b"application/json") || starts(b"application/xml") => Self::Text,
            [] => Self::Unknown,
            _ => Self::Other,
        }
    }
}

impl Mime {
    /// The class of a file, by the ending of its name.
    pub(crate) fn of_file(name: &[u8]) -> Self {
        let ending = name.rsplit(|b| *b == b'.').next().unwrap_or_default().to_ascii_lowercase();
        match ending.as_slice() {
            b"txt" | b"md" | b"csv" | b"tsv" | b"html" | b"htm" | b"json" | b"jsonl" | b"xml" | b"yaml"
            | b"yml" | b"log" | b"py" | b"rs" | b"js" | b"ts" | b"c" | b"h" | b"cpp" | b"java" | b"go"
            | b"rb" | b"sh" | b"sql" | b"tex" | b"toml" | b"ini" | b"css" => Self::Text,
            _ => Self::Unknown,
        }
    }
}

/// Tokens of a picture; of a file or a sound whose size is not known.
const FLAT: u64 = 1_000;
/// Bytes of a file per token. PDFs have some 50 KB a page, and a page some 800 tokens.
const FILE_BYTES: u64 = 64;
/// Bytes of sound per token: 16 KB and about 20 tokens a second.
const AUDIO_BYTES: u64 = 800;
/// Bytes of a text file per token.
const TEXT_BYTES: u64 = 4;

impl Media {
    pub(crate) fn add(&mut self, part: Part, payload: Payload) {
        let part = match (part, payload.mime) {
            (Part::Blob, Mime::Visual) => Part::Image,
            // Clients send documents and sounds as addresses of pictures.
            (Part::Blob | Part::Image, Mime::Audio) => Part::Audio,
            (Part::Blob, _) | (Part::Image, Mime::Other | Mime::Text) => Part::File,
            (part, _) => part,
        };
        self.count += 1;
        self.vision |= part == Part::Image;
        self.audio |= part == Part::Audio;
        self.files |= matches!(part, Part::File | Part::Document);
        let tokens = match part {
            Part::Audio if payload.bytes > 0 => payload.bytes / AUDIO_BYTES,
            Part::File | Part::Document if payload.mime == Mime::Text => payload.bytes / TEXT_BYTES,
            Part::File | Part::Document => FLAT.max(payload.bytes / FILE_BYTES),
            _ => FLAT,
        };
        self.tokens = self.tokens.saturating_add(tokens);
    }
}
