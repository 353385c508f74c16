//! One upstream reply, from its bytes to the pieces that the run hears.

use crate::piece::{Heard, Piece};
use rheostat::Result;
use rheostat::json::Json;
use rheostat_wire::reply::{Event, Reader};
use std::borrow::Cow;

/// The reply to one stream's request, as it comes in.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) reader: Reader,
    /// Its events as they came, without those that the client is not to get.
    pub(crate) raw: Vec<u8>,
    /// True if the client gets the event that has nothing but the usage. It breaks clients that did not ask for it.
    reports_usage: bool,
    /// True where chat completions are written: a reply that was cut says so by its finish reason.
    is_chat: bool,
    /// Events that brought something of the reply.
    pub(crate) said: u64,
    /// Tool calls, as an answer.
    pub(crate) calls: Option<String>,
    /// True once an event said that nothing more would come.
    done: bool,
    /// Why it broke off.
    pub(crate) broken: Option<String>,
}

impl Reply {
    pub(crate) fn new(surface: &str, reports_usage: bool) -> Result<Self> {
        Ok(Self {
            reader: Reader::new(surface)?,
            raw: Vec::new(),
            reports_usage,
            is_chat: surface == "openai.chat",
            said: 0,
            calls: None,
            done: false,
            broken: None,
        })
    }

    /// The events in some bytes of it. No bytes are its end.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        let read = if bytes.is_empty() { self.reader.end() } else { self.reader.feed(bytes) };
        read.unwrap_or_else(|error| {
            self.broken = Some(error.to_string());
            Vec::new()
        })
    }

    /// Notes an event. False if it reports an error: then nothing of it is a piece.
    pub(crate) fn note(&mut self, event: &Event) -> bool {
        let says =
            event.text.is_some() || event.reasoning.is_some() || event.calls || event.finish_reason.is_some();
        if says || event.usage.is_none() || self.reports_usage || !has_no_choice(&event.raw) {
            self.raw.extend_from_slice(&event.raw);
        }
        if let Some(error) = &event.error {
            self.broken = Some(error.clone());
            return false;
        }
        self.said += u64::from(says);
        self.done |= event.done;
        if event.finish_reason.is_some() {
            self.calls = self.reader.calls().or(self.calls.take());
        }
        true
    }

    /// Notes its end. A reply that just stops is none: each of these formats says how it ended.
    pub(crate) fn end(&mut self) {
        // A mark of the end alone ends nothing.
        let ended = self.reader.finish_reason().is_some() || self.done && self.said > 0;
        if !ended && self.broken.is_none() {
            self.broken = Some("the reply broke off before its end".to_owned());
        }
    }

    /// The piece in an event.
    pub(crate) fn piece<'a>(&'a self, event: &'a Event, rows: &'a Rows) -> Piece<'a> {
        let calls = self.calls.as_deref().filter(|_| event.finish_reason.is_some());
        Piece {
            thinking: paid(event),
            text: Cow::Borrowed(event.text.as_deref().unwrap_or_default()),
            heard: rows.heard(event),
            usage: event.usage,
            answer: calls.map(Cow::Borrowed),
            finish_reason: event.finish_reason.as_deref().map(Cow::Borrowed),
            ..Piece::default()
        }
    }

    /// It as one object of its surface. One that was cut says so, as a limit does.
    pub(crate) fn whole(&self) -> Vec<u8> {
        let reply = self.reader.reply();
        if self.is_chat && self.reader.finish_reason().is_none() { cut(&reply) } else { reply }
    }
}

/// The text in an event that is paid for and is no part of the answer: thinking, and choices that were not asked for.
fn paid(event: &Event) -> Cow<'_, str> {
    match (event.reasoning.as_deref(), event.others.as_deref()) {
        (reasoning, None) => Cow::Borrowed(reasoning.unwrap_or_default()),
        (None, Some(others)) => Cow::Borrowed(others),
        (Some(reasoning), Some(others)) => Cow::Owned([reasoning, others].concat()),
    }
}

/// The log-probabilities of an event, as the run takes them.
pub(crate) struct Rows {
    own: Vec<f32>,
    tops: Vec<f32>,
    ragged: Vec<Vec<f32>>,
    k: usize,
}

impl Rows {
    pub(crate) fn of(event: &Event) -> Self {
        let narrow = |values: &[f64]| values.iter().map(|value| *value as f32).collect::<Vec<_>>();
        let (own, rows) = (event.logprobs.as_deref(), event.top_logprobs.as_deref().unwrap_or_default());
        let k = rows.first().map_or(0, Vec::len);
        let even = rows.iter().all(|row| row.len() == k)
            && own.is_none_or(|own| rows.is_empty() || rows.len() == own.len());
        let ragged: Vec<Vec<f32>> =
            if even { Vec::new() } else { rows.iter().map(|row| narrow(row)).collect() };
        let tops = if even { rows.iter().flatten().map(|value| *value as f32).collect() } else { Vec::new() };
        Self { own: own.map(narrow).unwrap_or_default(), tops, ragged, k }
    }

    fn heard<'a>(&'a self, event: &'a Event) -> Heard<'a> {
        match &event.logprobs {
            Some(own) if !own.is_empty() && !self.ragged.is_empty() => {
                Heard::Ragged { own, tops: &self.ragged }
            }
            Some(own) if !own.is_empty() => Heard::Tokens { own: &self.own, tops: &self.tops, k: self.k },
            _ => Heard::Nothing,
        }
    }
}

/// True for the event of chat completions that has the usage and nothing else.
fn has_no_choice(raw: &[u8]) -> bool {
    let lines = raw.split(|byte| matches!(byte, b'\n' | b'\r'));
    let data: Vec<u8> = lines.filter_map(|line| line.strip_prefix(b"data:")).collect::<Vec<_>>().join(&b'\n');
    let (mut json, mut none) = (Json::new(&data), false);
    let skip = |json: &mut Json<'_>| Ok(json.pass(&mut ())?);
    let read = json.members(|json, name| {
        if *name.decoded() != b"choices"[..] || json.peek() != Some(b'[') {
            return skip(json);
        }
        none = true;
        json.items(|json, _| {
            none = false;
            skip(json)
        })
    });
    read.is_ok() && none
}

/// A chat completion in which a finish reason that is null is `length`. Within a text, its quotes would be escaped.
fn cut(reply: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"\"finish_reason\"";
    let (mut out, mut rest) = (Vec::with_capacity(reply.len() + 8), reply);
    while let Some(at) = rest.windows(NAME.len()).position(|window| window == NAME) {
        let (before, after) = rest.split_at(at + NAME.len());
        out.extend_from_slice(before);
        let value = after.iter().position(|byte| !matches!(byte, b':' | b' ' | b'\n' | b'\r' | b'\t'));
        let (sign, value) = after.split_at(value.unwrap_or(after.len()));
        out.extend_from_slice(sign);
        rest = value.strip_prefix(b"null").map_or(value, |value| {
            out.extend_from_slice(b"\"length\"");
            value
        });
    }
    out.extend_from_slice(rest);
    out
}
