//! One sample's stream: what came of it, and how far it is read.

use crate::bundle::Bundle;
use crate::reply::Reply;
use rheostat::run::{Call, CallKind, Ending, Sample, Usage};

/// Pieces that are read of a stream after its grant: the end of the text, its usage, its answer.
const REST: u32 = 64;

/// Pieces without tokens, such as keep-alives, that a stream may have beyond one for each token of its grant.
const IDLE: u64 = 1024;

/// Pieces of content beyond the grant that are passed over. Engines overshoot by a stop token or so.
const SLACK: u32 = 4;

/// One sample's stream in a [`Host`](crate::Host).
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // facts that are independent of each other
pub struct Stream {
    call: Call,
    index: u32,
    pub(crate) sample: Sample,
    pub(crate) over: bool,
    /// True if it has ended by a failure.
    pub(crate) failed: bool,
    /// When its request is sent, if that is awaited.
    pub(crate) due: f64,
    pub(crate) text: String,
    pub(crate) answer: Option<String>,
    /// The answer that the caller's function found in its text.
    pub(crate) extracted: Option<String>,
    /// Its reply, where the client gives bytes. Boxed: it is large, and taken out for each of them.
    pub(crate) reply: Option<Box<Reply>>,
    /// The samples that its request serves, if they are several.
    pub(crate) bundle: Option<Bundle>,
    /// The stream whose request serves it, if that is another.
    pub(crate) lead: Option<u32>,
    pub(crate) ending: Option<Ending>,
    pub(crate) stopped: bool,
    /// The newest report of its request's usage.
    pub(crate) usage: Option<Usage>,
    /// True once an engine has worked on it.
    pub(crate) came: bool,
    /// Pieces that may still be read, once it has used up its grant.
    pub(crate) rest: Option<u32>,
    slack: u32,
    /// True once text came behind the grant.
    beyond: bool,
    /// True if text of it was not read, so that its text is no whole answer.
    pub(crate) cut: bool,
    /// Pieces that brought no tokens.
    idle: u64,
}

impl Stream {
    pub(crate) fn new(call: Call, index: u32, sample: Sample, reply: Option<Box<Reply>>) -> Self {
        Self {
            call,
            index,
            sample,
            over: false,
            failed: false,
            due: f64::NEG_INFINITY,
            text: String::new(),
            answer: None,
            extracted: None,
            reply,
            bundle: None,
            lead: None,
            ending: None,
            stopped: false,
            usage: None,
            came: false,
            rest: None,
            slack: SLACK,
            beyond: false,
            cut: false,
            idle: 0,
        }
    }

    /// The call that granted it. It is opened after the call's `delay`.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// True if its reply is for the run and no answer: a score, or a distillation of drafts.
    pub(crate) fn is_aside(&self) -> bool {
        matches!(self.call.kind, CallKind::Score | CallKind::Distil)
    }

    /// Its number among the call's samples.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Its text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The usage that its provider has reported last; None if it has not. That of several samples in one request is with the first.
    pub fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// True once it has ended, by itself or with its call or the run.
    pub fn over(&self) -> bool {
        self.over
    }

    /// True if it has failed. One whose connection broke behind its end has not.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// True once its answer has come, or the word for its end: whatever breaks then changes nothing.
    pub(crate) fn is_told(&self) -> bool {
        let ended = self.reply.as_deref().map_or(self.ending.is_some(), Reply::has_ended);
        !self.stopped && (ended || self.answer.is_some())
    }

    /// True once its last granted token, its answer or its end has come: only usage is due, so a driver need not wait for long.
    pub fn ending(&self) -> bool {
        self.rest.is_some() || self.answer.is_some() || self.ending.is_some()
    }

    /// True if more of it is to be read.
    pub(crate) fn reads_on(&self) -> bool {
        !(self.stopped || self.over || self.rest == Some(0))
    }

    /// Passes over content behind the grant. An engine that goes on ignores its budget.
    pub(crate) fn passes_over(&mut self, text: &str) {
        self.stopped = self.slack == 0;
        self.slack = self.slack.saturating_sub(1);
        self.cut |= !text.trim().is_empty();
    }

    /// Notes if the grant is spent after a piece. A later usage may show that it is not, where it was only estimated.
    pub(crate) fn note(&mut self, spent: bool, text: &str) {
        if !spent {
            self.rest = self.rest.filter(|_| self.cut);
            return;
        }
        self.beyond |= self.rest.is_some() && !text.trim().is_empty();
        self.rest = Some(self.rest.unwrap_or(REST).saturating_sub(1));
        self.cut |= self.beyond && self.rest == Some(0);
    }

    /// Counts pieces without tokens, of which an endless stream may consist.
    pub(crate) fn counts(&mut self, content: bool) {
        self.idle += u64::from(!content);
        self.stopped |= self.idle > IDLE && self.idle - IDLE > self.call.max_tokens.min(1 << 20);
    }

    /// The tool calls of a reply without a text, which are all that came of it.
    pub(crate) fn cut_calls(&self) -> Option<&str> {
        let calls = self.reply.as_ref().and_then(|reply| reply.calls.as_deref());
        calls.filter(|_| self.text.trim().is_empty())
    }

    /// The text, where it is the answer by itself: the stream was read to its end.
    pub(crate) fn whole(&self) -> Option<&str> {
        (!(self.stopped || self.cut || self.text.is_empty())).then_some(&*self.text)
    }
}
