//! Cuts the bytes of a reply into events, wherever the bytes were cut on their way.
//!
//! An event is a block of lines up to an empty one (server-sent events, as the HTML standard has them), or one JSON document with the
//! line end behind it, where an event begins with a bracket; a list's documents are events of their own, as Gemini streams them. Each
//! byte is looked at once, and the bytes of an unfinished event are kept. A carriage return at the end of the bytes waits for the next
//! byte, which may be the second half of its line end.

use memchr::{memchr2, memchr3};
use rheostat::{Error, Result};
use std::ops::Range;

/// Most bytes of one event of a stream.
pub(super) const MOST_EVENT: usize = 16 << 20;
/// Most bytes of a reply: of one JSON document, and of all that is kept of a stream.
pub(super) const MOST_REPLY: usize = 64 << 20;
/// The byte-order mark.
pub(super) const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A reply's bytes on their way to events.
#[derive(Debug, Default)]
pub(super) struct Frames {
    bytes: Vec<u8>,
    /// Start of the unfinished event.
    start: usize,
    /// The bytes before this one have been looked at.
    seen: usize,
    kind: Kind,
    /// True once the start of the stream was looked at for a byte-order mark.
    begun: bool,
    /// True inside a list of documents.
    in_list: bool,
}

/// The kind of the unfinished event.
#[derive(Debug, Default, Clone, Copy)]
enum Kind {
    /// Not known before its first character.
    #[default]
    Unknown,
    /// Lines; the start of the current one.
    Lines(usize),
    Json(Nesting),
}

/// The position inside a JSON document.
#[derive(Debug, Default, Clone, Copy)]
struct Nesting {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// True behind its last bracket.
    closed: bool,
}

impl Frames {
    /// Adds bytes, and forgets the events before them.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.forget();
        self.bytes.extend_from_slice(bytes);
    }

    /// Drops the bytes of finished events. What is left came with the bytes that finished them, so each byte moves once at most.
    fn forget(&mut self) {
        let start = std::mem::take(&mut self.start);
        if start == 0 {
            return;
        }
        self.bytes.drain(..start);
        self.seen = self.seen.saturating_sub(start);
        if let Kind::Lines(line) = &mut self.kind {
            *line = line.saturating_sub(start);
        }
    }

    /// The bytes of an event.
    pub(super) fn event(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    /// The next whole event, and true if it is a JSON document without lines around it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an event above its bound.
    pub(super) fn next(&mut self) -> Result<Option<(Range<usize>, bool)>> {
        let end = self.find();
        let (what, most) = match self.kind {
            Kind::Json(_) => ("reply", MOST_REPLY),
            Kind::Unknown | Kind::Lines(_) => ("event of a reply", MOST_EVENT),
        };
        let length = end.unwrap_or(self.bytes.len()) - self.start;
        if length > most {
            return Err(too_large(what, length, most));
        }
        Ok(end.map(|end| self.take(end)))
    }

    /// The rest, which no empty line has finished.
    pub(super) fn rest(&mut self) -> Option<(Range<usize>, bool)> {
        (self.start < self.bytes.len()).then(|| self.take(self.bytes.len()))
    }

    fn take(&mut self, end: usize) -> (Range<usize>, bool) {
        let event = self.start..end;
        let is_json = matches!(self.kind, Kind::Json(_));
        (self.start, self.seen, self.kind) = (end, end, Kind::Unknown);
        (event, is_json)
    }

    /// The end of the current event, if its last byte is there.
    fn find(&mut self) -> Option<usize> {
        if matches!(self.kind, Kind::Unknown) {
            self.kind = self.begin()?;
        }
        match self.kind {
            Kind::Json(nesting) => self.find_bracket(nesting),
            Kind::Lines(line) => self.find_empty_line(line),
            Kind::Unknown => None,
        }
    }

    /// The kind of an event, by its first character.
    fn begin(&mut self) -> Option<Kind> {
        if !self.begun {
            let first = self.bytes.get(..BOM.len()).unwrap_or(&self.bytes);
            if first.len() < BOM.len() && BOM.starts_with(first) {
                return None;
            }
            self.begun = true;
            self.seen += if first == BOM { BOM.len() } else { 0 };
        }
        while let Some(byte) = self.bytes.get(self.seen) {
            match byte {
                b' ' | b'\t' => {}
                b'\r' | b'\n' | b',' if self.in_list => {}
                b'[' if !self.in_list => self.in_list = true,
                b'{' => return Some(Kind::Json(Nesting::default())),
                b']' if self.in_list => {
                    self.in_list = false;
                    self.seen += 1;
                    return Some(Kind::Json(Nesting { closed: true, ..Nesting::default() }));
                }
                _ => {
                    self.in_list = false;
                    return Some(Kind::Lines(self.line_start()));
                }
            }
            self.seen += 1;
        }
        None
    }

    /// The start of the line here. White space at its start belongs to it.
    fn line_start(&self) -> usize {
        let before = self.bytes.get(self.start..self.seen).unwrap_or_default();
        let blanks = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.seen - blanks
    }

    fn find_empty_line(&mut self, mut line: usize) -> Option<usize> {
        loop {
            let rest = self.bytes.get(self.seen..).unwrap_or_default();
            let Some(at) = memchr2(b'\n', b'\r', rest) else {
                self.seen = self.bytes.len();
                break;
            };
            let next = match (rest.get(at), rest.get(at + 1)) {
                (Some(b'\r'), None) => {
                    self.seen += at;
                    break;
                }
                (Some(b'\r'), Some(b'\n')) => at + 2,
                _ => at + 1,
            };
            let empty = self.seen + at == line;
            self.seen += next;
            line = self.seen;
            if empty {
                return Some(line);
            }
        }
        self.kind = Kind::Lines(line);
        None
    }

    fn find_bracket(&mut self, mut json: Nesting) -> Option<usize> {
        while let Some(rest) = self.bytes.get(self.seen..).filter(|rest| !rest.is_empty()) {
            if json.in_string && !json.escaped {
                let Some(at) = memchr3(b'"', b'\\', b'\n', rest) else {
                    self.seen = self.bytes.len();
                    break;
                };
                // No string holds a line end: the document was cut off there, and the next line is another.
                match rest.get(at) {
                    Some(b'\n') => return Some(self.seen + at + 1),
                    Some(b'\\') => json.escaped = true,
                    _ => json.in_string = false,
                }
                self.seen += at + 1;
                continue;
            }
            match (json.closed, rest.first()) {
                (true, Some(b' ' | b'\t' | b'\r')) => {}
                (true, Some(b'\n')) => return Some(self.seen + 1),
                (true, _) => return Some(self.seen),
                _ if json.escaped => json.escaped = false,
                (_, Some(b'"')) => json.in_string = true,
                (_, Some(b'{' | b'[')) => json.depth += 1,
                (_, Some(b'}' | b']')) => {
                    json.depth = json.depth.saturating_sub(1);
                    json.closed = json.depth == 0;
                    if json.closed && self.in_list {
                        return Some(self.seen + 1);
                    }
                }
                _ => {}
            }
            self.seen += 1;
        }
        self.kind = Kind::Json(json);
        None
    }
}

/// The error for a size above its bound.
pub(super) fn too_large(what: &str, length: usize, most: usize) -> Error {
    Error::invalid(what, format!("{length} bytes"), format!("at most {most} bytes"))
}

/// The fields of an event's lines: its name, and its data. Other fields and comments say nothing about a reply.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    pub(super) name: &'a [u8],
    /// The first line of data.
    pub(super) data: Option<&'a [u8]>,
    /// The further lines of data.
    pub(super) more: Vec<&'a [u8]>,
}

impl<'a> Fields<'a> {
    /// Reads the lines of an event. A line that begins with a brace is data without its field; `error: …` is how older versions of
    /// llama.cpp report an error.
    pub(super) fn read(event: &'a [u8]) -> Self {
        let mut fields = Self::default();
        let mut rest = event.strip_prefix(BOM).unwrap_or(event);
        while !rest.is_empty() {
            let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            let (line, tail) = rest.split_at(end);
            rest = tail.strip_prefix(b"\r\n").or_else(|| tail.get(1..)).unwrap_or_default();
            let colon = memchr::memchr(b':', line).unwrap_or(line.len());
            let value = line.get(colon + 1..).unwrap_or_default();
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match line.get(..colon) {
                Some(b"data") => fields.add(value),
                Some(b"event") => fields.name = value,
                Some(b"error") => {
                    fields.name = b"error";
                    fields.add(value);
                }
                _ if line.starts_with(b"{") => fields.add(line),
                _ => {}
            }
        }
        fields
    }

    fn add(&mut self, line: &'a [u8]) {
        match self.data {
            None => self.data = Some(line),
            Some(_) => self.more.push(line),
        }
    }
}
