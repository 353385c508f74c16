//! Events that differ from the one before in their text alone, which most events of a stream do.
//!
//! ```text
//! data: {"id":"c","choices":[{"index":0,"delta":{"content":"Four"},"finish_reason":null}]}
//! └────────────────────── before ──────────────────────────┘    └────── after ─────────┘
//! ```
//!
//! Where the bytes around the text are those of the event before, nothing else of the reply changes: the text is added, and the event is
//! read no further. An event whose other fields would add something, such as a second choice or a usage, is never a pattern.

use super::walk::Walk;
use rheostat::Result;
use rheostat::json::Json;
use std::ops::Range;

/// The bytes around the text of an event of chat completions.
#[derive(Debug, Default)]
pub(super) struct Repeat {
    pattern: Option<Pattern>,
    /// Events that fitted, and those that did not.
    fitted: u32,
    missed: u32,
}

#[derive(Debug)]
struct Pattern {
    before: Vec<u8>,
    after: Vec<u8>,
    /// The bytes behind a second text, of random characters that hide the length of the first; the first's end with the second's begin
    /// is `after`.
    behind: Option<Vec<u8>>,
}

/// The places of the texts in an event.
#[derive(Debug, Default)]
struct Places {
    text: Option<Range<usize>>,
    noise: Option<Range<usize>>,
    /// True once a field was met that adds something to the reply.
    adds: bool,
}

/// Events that may miss before patterns are given up, beyond those that fitted.
const MOST_MISSED: u32 = 8;

impl Repeat {
    /// The text of an event that repeats the one before, as JSON.
    pub(super) fn text<'a>(&mut self, raw: &'a [u8]) -> Option<&'a [u8]> {
        let pattern = self.pattern.as_ref()?;
        let found = pattern.text(raw);
        self.fitted += u32::from(found.is_some());
        found
    }

    /// Takes an event, which was read, as the pattern for the next one.
    pub(super) fn learn(&mut self, raw: &[u8]) {
        self.missed += 1;
        let pays = self.missed <= self.fitted.saturating_add(MOST_MISSED);
        self.pattern = if pays { Pattern::of(raw) } else { None };
    }

    /// Forgets the pattern: something else came.
    pub(super) fn forget(&mut self) {
        self.pattern = None;
    }
}

impl Pattern {
    fn of(raw: &[u8]) -> Option<Self> {
        let line = raw.strip_prefix(b"data:")?;
        let end = line.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
        let (data, ends) = line.split_at(end);
        if ends.iter().any(|byte| !matches!(byte, b'\n' | b'\r')) {
            return None;
        }
        let mut places = Places::default();
        let mut json = Json::new(data);
        places.read(&mut json).and_then(|()| json.end()).ok()?;
        let start = raw.len() - line.len();
        let at = |range: Range<usize>| range.start + start..range.end + start;
        let text = places.text.filter(|_| !places.adds).map(at)?;
        let before = raw.get(..text.start)?.to_vec();
        match places.noise.map(at) {
            None => Some(Self { before, after: raw.get(text.end..)?.to_vec(), behind: None }),
            Some(noise) => {
                let after = raw.get(text.end..noise.start)?.to_vec();
                Some(Self { before, after, behind: Some(raw.get(noise.end..)?.to_vec()) })
            }
        }
    }

    fn text<'a>(&self, raw: &'a [u8]) -> Option<&'a [u8]> {
        let rest = raw.strip_prefix(self.before.as_slice())?;
        let (text, rest) = string(rest)?;
        let rest = rest.strip_prefix(self.after.as_slice())?;
        let rest = match &self.behind {
            None => return rest.is_empty().then_some(text),
            Some(behind) => string(rest)?.1.strip_prefix(behind.as_slice())?,
        };
        rest.is_empty().then_some(text)
    }
}

/// The JSON string at the start, with its quotes, and what is behind it.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    // It may end in another event's bytes: a reader of it alone stops there.
    (bytes.first() == Some(&b'"')).then_some(())?;
    let mut json = Json::new(bytes);
    json.read_string().ok()?;
    let (text, rest) = bytes.split_at_checked(json.at())?;
    std::str::from_utf8(text).ok()?;
    Some((text, rest))
}

impl Places {
    fn read(&mut self, json: &mut Json<'_>) -> Result<()> {
        json.each_member(|json, name| match name {
            b"choices" => json.each_item(|json, place| {
                self.adds |= place > 0;
                self.read_choice(json)
            }),
            b"obfuscation" => {
                self.adds |= self.text.is_none() || self.noise.is_some();
                self.noise = quoted(json)?;
                self.adds |= self.noise.is_none();
                Ok(())
            }
            b"usage" | b"x_groq" | b"timings" | b"usageMetadata" | b"error" => self.read_null(json),
            b"object" => {
                self.adds |= json.read_raw()? == br#""error""#;
                Ok(())
            }
            // It is set again, to what it is.
            _ => json.skip(),
        })
    }

    fn read_choice(&mut self, json: &mut Json<'_>) -> Result<()> {
        json.each_member(|json, name| match name {
            b"index" => {
                self.adds |= json.read_raw()? != b"0";
                Ok(())
            }
            b"delta" => json.each_member(|json, name| match name {
                b"content" => {
                    self.adds |= self.text.is_some();
                    self.text = quoted(json)?;
                    Ok(())
                }
                b"role" => json.skip(),
                _ => self.read_null(json),
            }),
            _ => self.read_null(json),
        })
    }

    fn read_null(&mut self, json: &mut Json<'_>) -> Result<()> {
        self.adds |= json.read_raw()? != b"null";
        Ok(())
    }
}

/// The place of the string here, if it is one.
fn quoted(json: &mut Json<'_>) -> Result<Option<Range<usize>>> {
    if json.peek() != Some(b'"') {
        json.skip()?;
        return Ok(None);
    }
    let start = json.at();
    json.read_string()?;
    Ok(Some(start..json.at()))
}
