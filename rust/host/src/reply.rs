//! One upstream reply, from its bytes to the pieces that the run hears.

use crate::piece::{Heard, Piece};
use rheostat::Result;
use rheostat::json::Json;
use rheostat::run::{Ending, FailureKind};
use rheostat_wire::ending;
use rheostat_wire::reply::{Event, Reader};
use rheostat_wire::rewrite::Surface;
use rheostat_wire::translate::Writer;
use std::borrow::Cow;

/// Why a reply broke off that never came, though another answer to its request did. It cost nothing.
pub(crate) const MISSING: &str = "the server gave fewer answers than were asked for";

/// The reply to one stream's request, as it comes in.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) reader: Reader,
    /// Writes it for a client of another surface.
    writer: Option<Writer>,
    /// Its events as they came, or as they are written for the client, without those that the client is not to get.
    pub(crate) raw: Vec<u8>,
    /// True if the client gets the event that has nothing but the usage. It breaks clients that did not ask for it.
    reports_usage: bool,
    /// True where chat completions come.
    is_chat: bool,
    /// Events that brought something of the reply.
    pub(crate) said: u64,
    /// Tool calls, as an answer.
    pub(crate) calls: Option<String>,
    /// True once its last events are written.
    finished: bool,
    /// Why it broke off.
    pub(crate) broken: Option<String>,
    /// The kind of that failure: transient, unless the provider's codes tell another.
    pub(crate) failure: FailureKind,
}

impl Reply {
    pub(crate) fn new(surface: &str, reports_usage: bool) -> Result<Self> {
        Ok(Self {
            reader: Reader::new(surface)?,
            writer: None,
            raw: Vec::new(),
            reports_usage,
            is_chat: Surface::from_name(surface)?.is_chat(),
            said: 0,
            calls: None,
            finished: false,
            broken: None,
            failure: FailureKind::Transient,
        })
    }

    /// A reply of one surface for a client of another.
    pub(crate) fn translated(from: Surface, to: Surface, created: u64, reports_usage: bool) -> Result<Self> {
        let writer = Writer::new(to, created, reports_usage);
        Ok(Self { writer: Some(writer), ..Self::new(from.as_str(), reports_usage)? })
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
        if let Some(writer) = &mut self.writer {
            writer.event(event, &self.reader, &mut self.raw);
        } else if says
            || self.reports_usage
            || !self.is_chat
            || !is_usage_alone(&event.raw, event.usage.is_some())
        {
            self.raw.extend_from_slice(&event.raw);
        }
        if let Some(error) = &event.error {
            self.broken = Some(error.clone());
            self.failure = event.failure.unwrap_or(self.failure);
            return false;
        }
        self.said += u64::from(says);
        if self.ends(event) {
            self.calls = self.reader.calls().or(self.calls.take());
        }
        true
    }

    /// Finishes the stream that the client gets: one that a limit has cut gets its last events.
    pub(crate) fn finish(&mut self) {
        if self.broken.is_some() || std::mem::replace(&mut self.finished, true) {
            return;
        }
        match &mut self.writer {
            Some(writer) => writer.end(&self.reader, &mut self.raw),
            None => self.raw.extend(self.reader.closing()),
        }
    }

    /// True once it has said how it ended, and reported no error.
    pub(crate) fn has_ended(&self) -> bool {
        self.broken.is_none() && self.reader.ending().is_some()
    }

    /// Notes its end. A reply that just stops is none: each of these formats says how it ended.
    pub(crate) fn end(&mut self) {
        if self.reader.ending().is_none() && self.broken.is_none() {
            self.broken = Some("the reply broke off before its end".to_owned());
        }
    }

    /// True for the event that ends the reply: by a word, or by the mark behind a reply without one.
    fn ends(&self, event: &Event) -> bool {
        event.finish_reason.is_some() || event.done && self.reader.finish_reason().is_none()
    }

    /// The piece in an event.
    pub(crate) fn piece<'a>(&'a self, event: &'a Event, rows: &'a Rows) -> Piece<'a> {
        // A call that a limit has cut in its arguments is no answer: an agent would carry out a part of it.
        let whole = |word| !matches!(ending::read(word), Ending::Cut | Ending::Refused);
        let is_end = || event.finish_reason.as_deref().map_or_else(|| self.ends(event), whole);
        let calls = self.calls.as_deref().filter(|_| is_end());
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

    /// It as one object of its surface. One that was cut says so, as a limit does; one that ended without a word for it has stopped.
    pub(crate) fn whole(&self) -> Vec<u8> {
        let writer = self.writer.as_ref();
        writer.map_or_else(|| self.reader.whole(), |writer| writer.whole(&self.reader))
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

/// True for an event of chat completions that has a usage, be it null, and no choice. It breaks clients that read the first choice of
/// each event. Where no usage is `read` in it, an event that has something else, such as Azure's verdict on the prompt, is none.
fn is_usage_alone(raw: &[u8], read: bool) -> bool {
    let lines = raw.split(|byte| matches!(byte, b'\n' | b'\r'));
    let data: Vec<u8> = lines.filter_map(|line| line.strip_prefix(b"data:")).collect::<Vec<_>>().join(&b'\n');
    let (mut json, mut usage, mut others) = (Json::new(&data), false, false);
    let skip = |json: &mut Json<'_>| Ok(json.pass(&mut ())?);
    let walked = json.members(|json, name| {
        let is_choice = *name.decoded() == b"choices"[..];
        let is_usage = *name.decoded() == b"usage"[..];
        usage |= is_usage;
        match json.peek() {
            Some(b'[') if !is_usage => json.items(|json, _| {
                others |= is_choice || !read;
                skip(json)
            }),
            Some(b'{') if !is_usage => {
                others |= !read;
                skip(json)
            }
            _ => skip(json),
        }
    });
    walked.is_ok() && usage && !others
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test that fails here has failed
    use super::*;
    use serde_json::{Value, json};

    fn fed(surface: &str, events: &[&str]) -> Reply {
        let mut reply = Reply::new(surface, false).unwrap();
        for data in events {
            for event in reply.feed(format!("data: {data}\n\n").as_bytes()) {
                reply.note(&event);
            }
        }
        reply
    }

    #[test]
    fn an_event_without_a_choice_goes_only_to_those_who_asked_for_usage() {
        for alone in [
            r#"{"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
            r#"{"id":"c","choices":[],"usage":null}"#,
            r#"{"choices":[],"usage":{}}"#,
            r#"{"choices":null,"usage":null,"object":"chat.completion.chunk"}"#,
            r#"{"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1},"timings":{"predicted_n":1}}"#,
        ] {
            for surface in Surface::ALL.into_iter().filter(|one| one.is_chat()).map(Surface::as_str) {
                assert!(fed(surface, &[alone]).raw.is_empty(), "{surface} {alone}");
            }
        }
        for other in [
            r#"{"choices":[{"index":0,"delta":{"content":""}}],"usage":null}"#,
            r#"{"choices":[],"usage":null,"prompt_filter_results":[{"prompt_index":0}]}"#,
            r#"{"choices":[],"prompt_filter_results":[]}"#,
            r#"{"choices":[],"usage":null,"error":{"message":"x"}}"#,
            "[DONE]",
        ] {
            assert!(!fed("openai.chat", &[other]).raw.is_empty(), "{other}");
        }
        let counts = r#"{"type":"message_delta","usage":{"output_tokens":1}}"#;
        assert!(!fed("anthropic.messages", &[counts]).raw.is_empty());
    }

    #[test]
    fn a_reply_without_a_finish_reason_gets_one() {
        let chunk = |reason: &str| {
            format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"A"}},"finish_reason":{reason}}}]}}"#)
        };
        let call = r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{}"}}]},"finish_reason":""}]}"#;
        for nothing in ["null", r#""""#, "false", "5"] {
            let first = chunk(nothing);
            for (events, word) in [
                (vec![&*first], "length"),
                (vec![&*first, "[DONE]"], "stop"),
                (vec![&*first, call, "[DONE]"], "tool_calls"),
                (vec![&*first, call], "length"),
            ] {
                let reply: Value = serde_json::from_slice(&fed("openai.chat", &events).whole()).unwrap();
                assert_eq!(reply["choices"][0]["finish_reason"], json!(word), "{events:?}");
            }
        }
        let reply = fed("openai.chat", &[&chunk("\"content_filter\""), "[DONE]"]);
        assert!(String::from_utf8(reply.whole()).unwrap().contains(r#""finish_reason":"content_filter""#));
    }
}
