//! The answers of one request that asked for several: chat completions with `n`. Each becomes a reply of its own, as if it had been
//! asked for alone.

use super::frames::{Fields, Frames};
use super::{document, is_object};
use crate::usage;
use rheostat::Result;
use rheostat::json::Json;
use rheostat::run::Usage;
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of one answer's reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The answer, by its index in the request; none for what belongs to all, such as the usage or an error.
    pub answer: Option<u64>,
    /// An event in which it is the first choice, and no other is.
    pub bytes: Vec<u8>,
    /// The usage of the whole request that the event reports. It stands in the last part of the event.
    pub usage: Option<Usage>,
}

/// Splits a reply with several answers. `most` is the number that was asked for: an answer beyond it has no client, and is passed over.
///
/// ```
/// use rheostat_wire::reply::Choices;
/// let mut choices = Choices::new(2);
/// let parts = choices.feed(b"data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"5\"}}]}\n\ndata: [DONE]\n\n")?;
/// assert_eq!(parts[0].answer, Some(1));
/// assert_eq!(parts[0].bytes, b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"5\"}}]}\n\n");
/// assert_eq!((parts[1].answer, &*parts[1].bytes), (None, &b"data: [DONE]\n\n"[..]));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Choices {
    frames: Frames,
    most: u64,
}

impl Choices {
    /// A splitter for a request of `most` answers.
    pub fn new(most: u64) -> Self {
        Self { most, ..Self::default() }
    }

    /// Reads bytes, cut anywhere.
    ///
    /// # Errors
    /// [`rheostat::Error::Invalid`] for an event above 16 MiB.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Part>> {
        self.frames.push(bytes);
        let mut parts = Vec::new();
        while let Some((range, is_document)) = self.frames.next()? {
            split(self.frames.event(&range), is_document, self.most, &mut parts);
        }
        Ok(parts)
    }

    /// Reads what no line end has finished.
    pub fn end(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        if let Some((range, is_document)) = self.frames.rest() {
            split(self.frames.event(&range), is_document, self.most, &mut parts);
        }
        parts
    }
}

/// The list of choices in a document, and each of them with the place of its index.
struct Found {
    list: Range<usize>,
    choices: Vec<(u64, Range<usize>, Option<Range<usize>>)>,
}

/// Splits an event. The bytes around the choices are copied for each answer, so at most `most` times, however many choices there are.
fn split(raw: &[u8], is_document: bool, most: u64, parts: &mut Vec<Part>) {
    let data = if is_document { Some(document(raw)) } else { only_line(raw) };
    let data = data.filter(|data| is_object(data));
    let usage = data.and_then(usage::read).map(|report| report.usage);
    let found = data.and_then(|data| find(data).ok().flatten());
    let (Some(data), Some(found)) = (data, found) else {
        parts.push(Part { answer: None, bytes: raw.to_vec(), usage });
        return;
    };
    // The data is a part of the event.
    let start = data.as_ptr() as usize - raw.as_ptr() as usize;
    let piece = |from: usize, to: usize| raw.get(start + from..start + to).unwrap_or_default();
    let mut answers: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    for (answer, choice, index) in found.choices.into_iter().filter(|(answer, ..)| *answer < most) {
        let choices = answers.entry(answer).or_default();
        if !choices.is_empty() {
            choices.push(b',');
        }
        match index {
            Some(index) => {
                choices.extend_from_slice(piece(choice.start, index.start));
                choices.push(b'0');
                choices.extend_from_slice(piece(index.end, choice.end));
            }
            None => choices.extend_from_slice(piece(choice.start, choice.end)),
        }
    }
    let event = |choices: &[u8]| {
        let before = raw.get(..start + found.list.start).unwrap_or_default();
        let after = raw.get(start + found.list.end..).unwrap_or_default();
        [before, b"[", choices, b"]", after].concat()
    };
    if answers.is_empty() {
        // What belongs to all is kept.
        parts.push(Part { answer: None, bytes: event(b""), usage: None });
    }
    for (answer, choices) in answers {
        parts.push(Part { answer: Some(answer), bytes: event(&choices), usage: None });
    }
    if let Some(last) = parts.last_mut() {
        last.usage = usage;
    }
}

/// The data of an event, where it stands in one line.
fn only_line(raw: &[u8]) -> Option<&[u8]> {
    let fields = Fields::read(raw);
    fields.data.filter(|_| fields.more.is_empty()).map(<[u8]>::trim_ascii)
}

fn find(data: &[u8]) -> Result<Option<Found>> {
    let (mut json, mut found) = (Json::new(data), None);
    json.members(|json, name| {
        if *name.decoded() != b"choices"[..] || json.peek() != Some(b'[') {
            return Ok(json.pass(&mut ())?);
        }
        let (start, mut choices) = (json.at(), Vec::new());
        json.items(|json, place| {
            json.peek();
            let (start, mut answer, mut index) = (json.at(), place as u64, None);
            if json.peek() == Some(b'{') {
                json.members(|json, name| {
                    json.peek();
                    let start = json.at();
                    let raw = json.read_raw()?;
                    let number = std::str::from_utf8(raw).ok().and_then(|raw| raw.parse().ok());
                    if let Some(number) = number.filter(|_| *name.decoded() == b"index"[..]) {
                        (answer, index) = (number, Some(start..json.at()));
                    }
                    Ok(())
                })?;
            } else {
                json.pass(&mut ())?;
            }
            choices.push((answer, start..json.at(), index));
            Ok(())
        })?;
        found = (!choices.is_empty()).then(|| Found { list: start..json.at(), choices });
        Ok(())
    })?;
    Ok(found)
}
