//! The part of a governed request that its user may see, and when.
//!
//! ```text
//! before the first byte   the run is free: it draws more samples, tries again, goes up
//! the first byte          `Run::show`: from now on the run only goes on, raises or stops
//! after it                each event of that stream, as it comes
//! never shown             the best reply, when the run has ended
//! ```

use crate::host::Host;
use crate::reply::{MISSING, Reply, Rows};
use rheostat::run::{CallKind, Failure, FailureKind};
use rheostat::{Error, Result};
use rheostat_wire::rewrite::Surface;
use rheostat_wire::translate::SURFACES;

/// When the first event of a stream goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// After some events or seconds; until then the run may try again or go up, unseen.
    BeforeFirstByte,
    /// At once.
    NeverRestart,
    /// When the run has ended.
    Buffer,
}

impl Judge {
    /// All, with their names.
    pub const ALL: [(&'static str, Self); 3] = [
        ("before_first_byte", Self::BeforeFirstByte),
        ("never_restart", Self::NeverRestart),
        ("buffer", Self::Buffer),
    ];

    /// Reads a name.
    ///
    /// # Errors
    /// [`Error::Unknown`] for any other.
    pub fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found
            .map(|(_, judge)| judge)
            .ok_or_else(|| Error::unknown("judge", name, Self::ALL.map(|(known, _)| known)))
    }
}

/// When the samples of a call go into one request, where the surface has a parameter for the number of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// Each sample is a request of its own.
    Never,
    /// For models that are known to take it, where all samples would be sent at once.
    Known,
    /// For every model.
    Always,
}

/// How the replies to a request are read and shown.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The format of the replies, such as `openai.chat`.
    pub surface: String,
    /// True if the user gets the event that has nothing but the usage.
    pub reports_usage: bool,
    /// When the first event goes out.
    pub judge: Judge,
    /// Events of content that are held back.
    pub hold_tokens: u64,
    /// Seconds that they are held back.
    pub hold_seconds: f64,
    /// When the samples of a call go into one request.
    pub together: Together,
}

/// The part that the user has seen.
#[derive(Debug)]
pub(crate) struct Relay {
    reading: Reading,
    begun: f64,
    shown: Option<u32>,
    /// Bytes of the shown reply that were given out.
    given: usize,
}

impl Host {
    /// From now on, clients give the bytes of replies: see [`feed`](Self::feed).
    ///
    /// # Errors
    /// [`Error::Unknown`] for a surface whose replies are not read; [`Error::Invalid`] for a time that is none.
    pub fn reads(&mut self, reading: Reading, now: f64) -> Result<()> {
        Reply::new(&reading.surface, false)?;
        if reading.hold_seconds.is_nan() || reading.hold_seconds < 0.0 {
            return Err(Error::invalid("hold_seconds", reading.hold_seconds, "at least 0"));
        }
        self.relay = Some(Relay { reading, begun: now, shown: None, given: 0 });
        Ok(())
    }

    /// The replies of a stream are those of another surface than the client's; `created` is the time, in seconds of Unix time. Call it
    /// before the stream's first bytes.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a surface whose replies are not translated; [`Error::State`] if no replies are read, and for a request of
    /// several samples.
    pub fn translates(&mut self, stream: u32, from: Surface, created: u64) -> Result<()> {
        let reading = self.relay.as_ref().map(|relay| &relay.reading);
        let reading = reading.ok_or_else(|| Error::state("replies are not read: call reads() before"))?;
        let to = Surface::from_name(&reading.surface)?;
        if let Some(other) = [from, to].into_iter().find(|one| !SURFACES.contains(one)) {
            let known = SURFACES.map(Surface::as_str);
            return Err(Error::unknown("surface of a translation", other.as_str(), known));
        }
        let reply = Reply::translated(from, to, created, reading.reports_usage)?;
        if self.members(stream).len() > 1 {
            return Err(Error::state(
                "several samples in one request are not translated: send each by itself",
            ));
        }
        if let Some(one) = self.streams.get_mut(stream as usize) {
            one.reply = Some(Box::new(reply));
        }
        Ok(())
    }

    /// A new reply, if replies are read.
    pub(crate) fn reply(&self) -> Option<Box<Reply>> {
        let reading = &self.relay.as_ref()?.reading;
        Reply::new(&reading.surface, reading.reports_usage).ok().map(Box::new)
    }

    /// Hears bytes of a stream's reply, cut anywhere; no bytes are its end. True to read on; if false, call [`end`](Self::end) and
    /// close the stream. A reply that reports an error or breaks off fails its stream there.
    pub fn feed(&mut self, stream: u32, bytes: &[u8], now: f64) -> bool {
        if self.stream(stream).is_some_and(|one| one.bundle.is_some()) {
            return self.feed_bundle(stream, bytes, now);
        }
        self.feed_one(stream, bytes, true, now)
    }

    /// Hears bytes of one sample's reply. `pays`: the usage in them is its own.
    pub(crate) fn feed_one(&mut self, stream: u32, bytes: &[u8], pays: bool, now: f64) -> bool {
        let Some(one) = self.streams.get_mut(stream as usize).filter(|one| !one.over) else { return false };
        let Some(mut reply) = one.reply.take() else { return false };
        let mut goes_on = true;
        for event in reply.feed(bytes) {
            goes_on = reply.note(&event) && {
                let rows = Rows::of(&event);
                let mut piece = reply.piece(&event, &rows);
                piece.usage = piece.usage.filter(|_| pays);
                self.tell(stream, &piece, now)
            };
            if !goes_on {
                break;
            }
        }
        if goes_on && bytes.is_empty() {
            reply.end();
        }
        goes_on &= reply.broken.is_none();
        if let Some(one) = self.streams.get_mut(stream as usize) {
            one.reply = Some(reply);
        }
        goes_on
    }

    /// Why a stream's reply broke off, if it did.
    pub fn broken(&self, stream: u32) -> Option<&str> {
        self.stream(stream)?.reply.as_ref()?.broken.as_deref()
    }

    /// The kind of the failure that a stream's reply reported, or broke off with.
    pub(crate) fn failure_of<'a>(&self, stream: u32, why: &'a str) -> Failure<'a> {
        let reply = self.stream(stream).and_then(|one| one.reply.as_ref());
        let kind = reply.map_or(FailureKind::Transient, |reply| reply.failure);
        let sent = (why == MISSING).then_some(false);
        Failure { sent, ..Failure::new(kind, why) }
    }

    /// Notes that a stream's reply broke off.
    pub(crate) fn break_off(&mut self, stream: u32, why: &str) {
        if let Some(reply) = self.streams.get_mut(stream as usize).and_then(|one| one.reply.as_mut()) {
            reply.broken.get_or_insert_with(|| why.to_owned());
        }
    }

    /// How replies are read, if they are.
    pub(crate) fn reading(&self) -> Option<&Reading> {
        self.relay.as_ref().map(|relay| &relay.reading)
    }

    /// The bytes that may go out to the user now.
    pub fn take(&mut self, now: f64) -> Vec<u8> {
        let Some(relay) = &self.relay else { return Vec::new() };
        if relay.shown.is_none() {
            let Some(stream) = self.showable(relay, now) else { return Vec::new() };
            self.show(stream);
        }
        self.news()
    }

    /// The bytes that are left when the run has ended: of what was shown, or else of the best reply.
    pub fn rest(&mut self) -> Vec<u8> {
        if self.shown().is_none()
            && let Some(best) = self.best()
            && let Some(relay) = &mut self.relay
        {
            relay.shown = Some(best);
        }
        if let Some(shown) = self.shown()
            && let Some(one) = self.streams.get_mut(shown as usize).filter(|one| !one.failed)
            && let Some(reply) = one.reply.as_mut()
        {
            reply.finish();
        }
        self.news()
    }

    /// The stream that the user sees.
    pub fn shown(&self) -> Option<u32> {
        self.relay.as_ref()?.shown
    }

    /// The stream whose reply gave the run's answer; without an answer the one that wrote most. None before any reply.
    pub fn best(&self) -> Option<u32> {
        let answer = self.run().answer();
        let mut gave: Option<(bool, u32)> = None;
        let mut longest: Option<(usize, u32)> = None;
        for (number, one) in (0..).zip(&self.streams) {
            let Some(reply) = one.reply.as_ref().filter(|reply| !reply.raw.is_empty()) else { continue };
            if !matches!(one.call().kind, CallKind::Generate | CallKind::Revise | CallKind::Refine) {
                continue;
            }
            let text = reply.reader.text();
            if longest.is_none_or(|(length, _)| text.len() > length) {
                longest = Some((text.len(), number));
            }
            let said = [reply.calls.as_deref(), Some(text), one.extracted.as_deref()];
            if answer.is_some() && said.contains(&answer.as_deref()) {
                // A whole reply comes before one that was cut in the same text; of equals, the newest.
                let whole = reply.reader.ending().is_some();
                if gave.is_none_or(|(other, _)| whole >= other) {
                    gave = Some((whole, number));
                }
            }
        }
        gave.map(|(_, number)| number).or(longest.map(|(_, number)| number))
    }

    /// A stream's reply as one object of its surface, from what has come.
    pub fn whole(&self, stream: u32) -> Option<Vec<u8>> {
        Some(self.stream(stream)?.reply.as_ref()?.whole())
    }

    /// The stream that may be shown now: the only one in flight, of a rung that draws no second sample.
    fn showable(&self, relay: &Relay, now: f64) -> Option<u32> {
        let [number] = *self.open.as_slice() else { return None };
        let one = self.stream(number)?;
        let (call, said) = (one.call(), one.reply.as_ref()?.said);
        let alone = call.kind == CallKind::Generate && call.samples == 1 && self.run().draws_one(call.rung);
        let reading = &relay.reading;
        let held = match reading.judge {
            Judge::NeverRestart => true,
            Judge::Buffer => false,
            Judge::BeforeFirstByte => {
                said >= reading.hold_tokens || now - relay.begun >= reading.hold_seconds
            }
        };
        (alone && said > 0 && held).then_some(number)
    }

    /// Shows a stream: what its user sees is never taken back.
    fn show(&mut self, stream: u32) {
        self.run().show();
        if let Some(relay) = &mut self.relay {
            relay.shown = Some(stream);
        }
    }

    /// The bytes of the shown reply that came since it was last asked.
    fn news(&mut self) -> Vec<u8> {
        let Some(relay) = &mut self.relay else { return Vec::new() };
        let reply = relay.shown.and_then(|shown| self.streams.get(shown as usize)?.reply.as_ref());
        let Some(news) = reply.and_then(|reply| reply.raw.get(relay.given..)) else { return Vec::new() };
        relay.given += news.len();
        news.to_vec()
    }
}
