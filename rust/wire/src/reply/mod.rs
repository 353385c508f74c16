//! Replies, streamed or whole: bytes of the network in; events, texts, tool calls and the whole reply out.
//!
//! ```text
//! frames   bytes, cut anywhere → events: blocks of lines, or JSON documents
//! walk     fields that may be of any type
//! tree     the reply so far, as a tree that grows by deltas
//! repeat   events that differ from the one before in their text alone
//! event    one event, and the texts that the events say together
//! calls    tool calls that come in pieces
//! choices  several answers to one request → a reply each
//! finish   the word of chat completions for an end
//! form     what a surface's reader does
//! chat  responses  messages  generate
//! ollama  cohere  converse               the surfaces: their fields, and their whole form
//! ```
//!
//! Each byte is looked at a constant number of times. Memory is bounded: an event of a stream has at most 16 MiB, and what is kept of
//! a reply at most 64 MiB. An event that is no JSON is counted, handed on, and survived. Behind the event that ends a reply only
//! usage is read.

mod calls;
mod chat;
mod choices;
mod cohere;
mod converse;
mod event;
pub(crate) mod finish;
mod form;
mod frames;
mod generate;
mod messages;
mod ollama;
mod repeat;
mod responses;
mod tree;
mod walk;

use crate::ending;
use crate::rewrite::Surface;
use crate::usage;
pub(crate) use calls::Call;
pub use choices::{Choices, Part};
pub use event::Event;
use form::{Form, Said, Voices};
use frames::{BOM, Fields, Frames};
use repeat::Repeat;
use rheostat::json::Json;
use rheostat::run::Ending;
use rheostat::{Error, Result};
use std::borrow::Cow;
use std::ops::Range;
use tree::Budget;
use walk::Walk;

/// Reads one reply of a surface.
///
/// ```
/// use rheostat_wire::reply::Reader;
///
/// let mut reader = Reader::new("openai.chat")?;
/// assert!(reader.feed(br#"data: {"choices": [{"delta": {"con"#)?.is_empty());
/// let events = reader.feed(b"tent\": \"Four\"}}]}\n\ndata: [DONE]\n\n")?;
/// assert_eq!((events[0].text.as_deref(), events[1].done), (Some("Four"), true));
/// let whole = br#"{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Four"},"logprobs":null,"finish_reason":null}]}"#;
/// assert_eq!(String::from_utf8(reader.reply()), String::from_utf8(whole.to_vec()));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    surface: Surface,
    frames: Frames,
    form: Box<dyn Form>,
    voices: Voices,
    budget: Budget,
    malformed: u64,
    documents: Documents,
    repeat: Repeat,
    finish_reason: Option<String>,
    error: Option<String>,
    /// True behind the last event of a reply that has said something.
    over: bool,
    /// True once an event has said that nothing more comes.
    done: bool,
    ended: bool,
}

/// The documents that have come, as far as they decide if one is the whole reply.
#[derive(Debug)]
enum Documents {
    None,
    /// One document, without lines around it.
    One(Vec<u8>),
    Many,
}

/// The surfaces whose replies are read: all.
pub fn surfaces() -> impl Iterator<Item = &'static str> {
    Surface::ALL.into_iter().map(Surface::as_str)
}

impl Reader {
    /// A reader of a reply of a surface, such as `openai.chat`.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a surface that is not among [`surfaces`].
    pub fn new(surface: &str) -> Result<Self> {
        let surface = Surface::from_name(surface)?;
        Ok(Self {
            surface,
            frames: Frames::default(),
            form: form::of(surface),
            voices: Voices::default(),
            budget: Budget::default(),
            malformed: 0,
            documents: Documents::None,
            repeat: Repeat::default(),
            finish_reason: None,
            error: None,
            over: false,
            done: false,
            ended: false,
        })
    }

    /// Reads bytes, cut anywhere. Returns the events that end in them.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an event above 16 MiB, or a reply above 64 MiB; [`Error::State`] after the end.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Event>> {
        if self.ended {
            return Err(Error::state("the reply has ended"));
        }
        self.frames.push(bytes);
        let mut events = Vec::new();
        while let Some((range, is_document)) = self.frames.next()? {
            events.push(self.read(&range, is_document)?);
        }
        Ok(events)
    }

    /// Ends the reply. Returns what no line end has finished: the last event, or a whole reply.
    ///
    /// # Errors
    /// As [`feed`](Self::feed).
    pub fn end(&mut self) -> Result<Vec<Event>> {
        self.ended = true;
        match self.frames.rest() {
            Some((range, is_document)) => Ok(vec![self.read(&range, is_document)?]),
            None => Ok(Vec::new()),
        }
    }

    /// The text of the first choice so far, its refusal included.
    pub fn text(&self) -> &str {
        &self.voices.text.all
    }

    /// The thinking text of the first choice so far.
    pub fn reasoning(&self) -> &str {
        &self.voices.reasoning.all
    }

    /// The tool calls of the first choice so far, as JSON that is equal for equal calls: `[{"name": …, "arguments": …}]`, without
    /// ids, with the arguments' names sorted. None without a call.
    pub fn calls(&self) -> Option<String> {
        calls::canonical(self.form.calls())
    }

    /// The provider's last word for the end of the first choice.
    pub fn finish_reason(&self) -> Option<&str> {
        self.finish_reason.as_deref()
    }

    /// How the first choice ended: by the provider's word, or else by the mark behind the last event. None while it goes on, and
    /// where it broke off. A mark alone, without a reply, ends nothing.
    pub fn ending(&self) -> Option<Ending> {
        let word = self.finish_reason.as_deref().map(ending::read);
        word.or_else(|| {
            let calls = self.calls().is_some();
            let ended = self.done && (calls || self.has_said());
            ended.then_some(if calls { Ending::ToolCalls } else { Ending::Complete })
        })
    }

    /// The refusal in the text, where the surface tells them apart.
    pub(crate) fn refusal(&self) -> String {
        self.form.refusal()
    }

    /// The tool calls of the first choice, as far as they have come.
    pub(crate) fn all_calls(&self) -> Vec<Call> {
        self.form.calls()
    }

    /// A text that stands beside the answer, such as the reply's id; empty if there is none.
    pub(crate) fn label(&self, name: &str) -> String {
        let node = self.form.head().and_then(|head| head.get(name.as_bytes()));
        let raw = node.map(calls::json_of).unwrap_or_default();
        Json::new(&raw).word().ok().flatten().unwrap_or_default()
    }

    /// The first error that the reply reported, as `type: message`.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Number of events whose data was no JSON object.
    pub fn malformed(&self) -> u64 {
        self.malformed
    }

    /// The reply as one JSON object of its surface, built from what has come; a reply that came as one object is returned as it
    /// came, but for halves of characters and bytes that are no UTF-8.
    pub fn reply(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if let Documents::One(whole) = &self.documents {
            out.extend_from_slice(whole);
        } else {
            self.form.write(&mut out);
        }
        tree::mend(&mut out);
        out
    }

    /// As [`reply`](Self::reply), with a word for its end: in chat completions that of [`ending`](Self::ending) where the provider gave none;
    /// where the reply broke off, that of a limit.
    pub fn whole(&self) -> Vec<u8> {
        if self.finish_reason.is_some()
            || matches!(self.documents, Documents::One(_)) && !self.surface.is_chat()
        {
            return self.reply();
        }
        if self.surface.is_chat() {
            return finish::finished(&self.reply(), finish::word(self.ending()));
        }
        if self.ending().is_some() {
            return self.reply();
        }
        let mut out = Vec::new();
        self.form.write_cut(&mut out);
        tree::mend(&mut out);
        out
    }

    /// The events that end a stream which broke off at a limit; none if it has ended, or has not begun.
    pub fn closing(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.ending().is_none() && (self.has_said() || self.calls().is_some()) {
            self.form.close(&mut out);
            tree::mend(&mut out);
        }
        out
    }

    fn read(&mut self, range: &Range<usize>, is_document: bool) -> Result<Event> {
        let raw = self.frames.event(range).to_vec();
        let mut event = Event::default();
        if let Some(text) = self.repeat.text(&raw) {
            self.form.say(text, &mut self.budget)?;
            self.voices.text.add(&Json::new(text).read_string()?, &mut event.text);
            event.raw = raw;
            return Ok(event);
        }
        if is_document {
            let document = document(&raw);
            let before = self.malformed;
            self.read_data(document, b"", is_document, &mut event)?;
            self.documents = match std::mem::replace(&mut self.documents, Documents::Many) {
                documents if document.is_empty() => documents,
                // As it was read: a byte that is no UTF-8 would make it no JSON.
                Documents::None if self.malformed == before => {
                    Documents::One(String::from_utf8_lossy(document).into_owned().into_bytes())
                }
                _ => Documents::Many,
            };
        } else {
            let fields = Fields::read(&raw);
            if let Some(first) = fields.data {
                self.documents = Documents::Many;
                self.read_lines(&fields, first, &mut event)?;
            }
        }
        if event.top_logprobs.as_ref().is_some_and(|rows| rows.iter().all(Vec::is_empty)) {
            event.top_logprobs = None;
        }
        if !is_document && self.form.says() && event.text.is_some() && !self.over {
            self.repeat.learn(&raw);
        } else {
            self.repeat.forget();
        }
        event.raw = raw;
        self.done |= event.done;
        if event.finish_reason.is_some() {
            self.finish_reason.clone_from(&event.finish_reason);
        }
        if self.error.is_none() {
            self.error.clone_from(&event.error);
        }
        Ok(event)
    }

    /// Reads the data of an event, which may stand in several lines. Where these are no document together, each may be one: some
    /// servers leave out the empty lines between events.
    fn read_lines(&mut self, fields: &Fields<'_>, first: &[u8], event: &mut Event) -> Result<()> {
        if fields.more.is_empty() {
            return self.read_data(first, fields.name, false, event);
        }
        let lines = || std::iter::once(&first).chain(&fields.more).copied();
        let joined = lines().collect::<Vec<_>>().join(&b'\n');
        if is_object(&joined) || !lines().any(is_object) {
            return self.read_data(&joined, fields.name, false, event);
        }
        lines().try_for_each(|line| self.read_data(line, fields.name, false, event))
    }

    fn read_data(&mut self, data: &[u8], name: &[u8], is_document: bool, event: &mut Event) -> Result<()> {
        // Text that is well-formed is checked at the speed of memory, and most is.
        let data = std::str::from_utf8(data).map_or_else(|_| String::from_utf8_lossy(data), Cow::Borrowed);
        let data = data.trim();
        match data {
            "" => return Ok(()),
            "[DONE]" => {
                event.done = true;
                self.over |= self.has_begun(event);
                return Ok(());
            }
            _ => {}
        }
        if !is_object(data.as_bytes()) {
            self.malformed += 1;
            if name == b"error" && !self.over {
                event.error = Some(format!("error: {data}"));
            }
            return Ok(());
        }
        if self.over {
            event.usage = usage::read(data.as_bytes()).map(|report| report.usage).or(event.usage);
            return Ok(());
        }
        let mut said = Said {
            event,
            voices: &mut self.voices,
            budget: &mut self.budget,
            name,
            is_document,
            reports_usage: false,
            is_error: false,
            is_last: false,
        };
        let mut json = Json::new(data.as_bytes());
        let whole = |json: &mut Json<'_>| json.skip().map(Some);
        if name == b"error" && json.member_ahead(b"error", whole)?.is_none() {
            said.event.add_error(&mut Json::new(data.as_bytes()))?;
            return self.form.fail(&mut json, said.budget);
        }
        self.form.read(&mut json, &mut said)?;
        if said.is_error {
            said.event.add_error(&mut Json::new(data.as_bytes()))?;
        }
        let is_last = said.is_last;
        if said.reports_usage {
            event.usage = usage::read(data.as_bytes()).map(|report| report.usage).or(event.usage);
        }
        self.over |= is_last && self.has_begun(event);
        Ok(())
    }

    /// True once something of the first choice has come, with an event that is being read. A mark of the end alone ends nothing.
    fn has_begun(&self, event: &Event) -> bool {
        let ended = self.finish_reason.is_some() || event.finish_reason.is_some();
        ended || self.has_said() || self.calls().is_some()
    }

    /// True once the first choice has a text.
    fn has_said(&self) -> bool {
        !self.voices.text.all.is_empty() || !self.voices.reasoning.all.is_empty()
    }
}

/// The document of an event, without what stands around it in a list.
fn document(raw: &[u8]) -> &[u8] {
    let is_around = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']');
    let raw = raw.strip_prefix(BOM).unwrap_or(raw);
    let start = raw.iter().position(|byte| !is_around(byte)).unwrap_or(raw.len());
    let end = raw.iter().rposition(|byte| !is_around(byte)).map_or(start, |last| last + 1);
    raw.get(start..end).unwrap_or_default()
}

/// True for one JSON object. It is checked before it is read, so that a broken event changes nothing.
fn is_object(data: &[u8]) -> bool {
    let mut json = Json::new(data);
    json.peek() == Some(b'{') && json.pass(&mut ()).is_ok() && json.end().is_ok()
}
