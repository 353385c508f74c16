//! One event of a reply, and the texts that the events say together.

use super::tree::unescaped;
use super::walk::Walk;
use crate::failure;
use rheostat::Result;
use rheostat::json::{Json, JsonText};
use rheostat::run::{FailureKind, Usage};

/// One event of a reply. A whole reply is one event.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Event {
    /// The bytes as they came, with their line ends: all events together are all bytes.
    pub raw: Vec<u8>,
    /// The text that it adds to the first choice's answer or refusal; none for an empty one.
    pub text: Option<String>,
    /// The thinking text that it adds to the first choice.
    pub reasoning: Option<String>,
    /// The text of other choices than the first, in chat completions. They are paid for, also where one choice was asked for.
    pub others: Option<String>,
    /// The log-probabilities of the first choice's tokens in it; NaN for null.
    pub logprobs: Option<Vec<f64>>,
    /// Those of the likeliest candidates for each of these tokens.
    pub top_logprobs: Option<Vec<Vec<f64>>>,
    /// The usage that it reports.
    pub usage: Option<Usage>,
    /// The provider's word for the end of the first choice.
    pub finish_reason: Option<String>,
    /// The error that it reports, as `type: message`.
    pub error: Option<String>,
    /// The kind of that error, where its codes tell.
    pub failure: Option<FailureKind>,
    /// True if it has a piece of a tool call of the first choice.
    pub calls: bool,
    /// True if it says that the reply is over.
    pub done: bool,
}

impl Event {
    /// Reads a token with its log-probabilities.
    pub(super) fn add_token(&mut self, json: &mut Json<'_>) -> Result<()> {
        if json.peek() != Some(b'{') {
            return json.skip();
        }
        let (mut own, mut top) = (f64::NAN, Vec::new());
        json.each_member(|json, name| match name {
            b"logprob" => json.real().map(|read| own = read),
            b"top_logprobs" => json.each_item(|json, _| {
                let mut value = f64::NAN;
                json.each_member(|json, name| match name {
                    b"logprob" => json.real().map(|read| value = read),
                    _ => json.skip(),
                })?;
                top.push(value);
                Ok(())
            }),
            _ => json.skip(),
        })?;
        self.logprobs.get_or_insert_default().push(own);
        self.top_logprobs.get_or_insert_default().push(top);
        Ok(())
    }

    /// Reads an error: a text, or an object with a kind and a message.
    pub(super) fn add_error(&mut self, json: &mut Json<'_>) -> Result<()> {
        let error = match json.peek() {
            Some(b'{') => {
                let (mut kinds, mut message) = ([None, None, None], None);
                json.each_member(|json, name| {
                    match name {
                        // The kind of the event that carries the error.
                        b"type" => kinds[0] = json.word()?.filter(|kind| kind != "error"),
                        b"status" => kinds[1] = json.word()?,
                        b"code" => kinds[2] = label(json)?,
                        b"message" => message = json.word()?,
                        _ => json.skip()?,
                    }
                    Ok(())
                })?;
                // A code tells more than a type, and may be a status.
                let status = kinds.iter().flatten().find_map(|kind| kind.parse().ok());
                self.failure =
                    failure::read(status, kinds.iter().rev().flatten().map(String::as_str)).or(self.failure);
                let kind = kinds.into_iter().flatten().next().unwrap_or_else(|| "error".to_owned());
                Some(message.map_or_else(|| kind.clone(), |message| format!("{kind}: {message}")))
            }
            _ => json.word()?.map(|message| format!("error: {message}")),
        };
        self.error = error.or(self.error.take());
        Ok(())
    }
}

/// Reads a code: a word or a number.
fn label(json: &mut Json<'_>) -> Result<Option<String>> {
    match json.peek() {
        Some(b'-' | b'0'..=b'9') => Ok(Some(json.read_number()?.to_owned())),
        _ => json.word(),
    }
}

/// A text that comes in pieces.
#[derive(Debug, Default)]
pub(super) struct Voice {
    pub(super) all: String,
    /// Half of a surrogate pair at the end of the last piece, as it was written.
    half: Vec<u8>,
}

impl Voice {
    /// Adds a piece, and appends its text to that of the event.
    pub(super) fn add(&mut self, piece: &JsonText<'_>, said: &mut Option<String>) {
        if piece.is_plain() && self.half.is_empty() {
            let text = String::from_utf8_lossy(piece.raw);
            self.say(&text, said);
            return;
        }
        let mut raw = std::mem::take(&mut self.half);
        raw.extend_from_slice(piece.raw);
        if ends_in_half(&raw) {
            self.half = raw.split_off(raw.len() - 6);
        }
        self.say(&unescaped(&raw), said);
    }

    fn say(&mut self, text: &str, said: &mut Option<String>) {
        if !text.is_empty() {
            self.all.push_str(text);
            said.get_or_insert_default().push_str(text);
        }
    }
}

/// True if the last escape is the first half of a surrogate pair.
fn ends_in_half(raw: &[u8]) -> bool {
    let Some([b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', _, _]) =
        raw.last_chunk::<6>()
    else {
        return false;
    };
    // Its backslash may be the second of an escaped one.
    raw.iter().rev().skip(6).take_while(|b| **b == b'\\').count() % 2 == 0
}
