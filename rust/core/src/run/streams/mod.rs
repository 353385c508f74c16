//! The calls of a run and their streams.
//!
//! A call is granted once and has one stream per sample. A stream is open; then held, while its cost is not known; then
//! over. Streams are numbered over the run, in launch order.

mod count;
mod signals;
mod stream;

use super::action::Reason;
use super::call::{CallKind, Grant};
use super::purse::Share;
use crate::{Error, Result};

pub use signals::Readings;
pub(super) use signals::{SignalSettings, StreamSignals};
pub(super) use stream::{FinalText, Hold, Status, Stream};

#[derive(Debug, Default)]
pub(super) struct Streams {
    calls: Vec<CallState>,
    all: Vec<Stream>,
    /// Streams that have not ended, over all rounds.
    open: u32,
}

#[derive(Debug)]
struct CallState {
    grant: Grant,
    /// Streams that have not ended.
    open: u32,
    failed: bool,
}

/// A stream that has just ended.
pub(super) struct Ended {
    pub(super) call: u32,
    pub(super) kind: CallKind,
    pub(super) round: u32,
    /// Its share of the bill before and after.
    pub(super) shares: (Share, Share),
}

impl Streams {
    /// Adds a granted call and the streams of its round. `index` is the first one's place in the round's launch order.
    pub(super) fn launch(&mut self, grant: Grant, round: u32, index: u32, settings: &SignalSettings<'_>) {
        // Most runs have one stream; the first push would reserve four, most of a run's memory.
        self.all.reserve_exact(grant.samples as usize);
        let charged = grant.kind == CallKind::Generate;
        for i in 0..grant.samples {
            let index = if grant.kind == CallKind::Generate { index + i } else { index };
            self.all.push(Stream::new(grant.id, round, index, (grant.max_tokens, charged), settings));
        }
        self.open += grant.samples;
        self.calls.push(CallState { open: grant.samples, grant, failed: false });
    }

    /// Calls granted.
    pub(super) fn calls(&self) -> u32 {
        self.calls.len() as u32
    }

    /// Streams launched.
    pub(super) fn launched(&self) -> u32 {
        self.all.len() as u32
    }

    /// True if no stream is open.
    pub(super) fn idle(&self) -> bool {
        self.open == 0
    }

    pub(super) fn get(&self, stream: u32) -> Option<&Stream> {
        self.all.get(stream as usize)
    }

    pub(super) fn get_mut(&mut self, stream: u32) -> Option<&mut Stream> {
        self.all.get_mut(stream as usize)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Stream> + Clone {
        self.all.iter()
    }

    pub(super) fn grant(&self, call: u32) -> Option<&Grant> {
        self.calls.get(call as usize).map(|call| &call.grant)
    }

    /// The grant of a stream's call.
    pub(super) fn grant_of(&self, stream: &Stream) -> Option<&Grant> {
        self.grant(stream.call())
    }

    pub(super) fn kind(&self, stream: u32) -> Option<CallKind> {
        self.grant_of(self.get(stream)?).map(|grant| grant.kind)
    }

    /// True if the stream generates an answer for the round.
    pub(super) fn generates(&self, stream: u32, round: u32) -> bool {
        self.get(stream).is_some_and(|s| s.round() == round) && self.kind(stream) == Some(CallKind::Generate)
    }

    /// Ends an open stream. The part of its unused grant that `hold` does not name is freed. `waived`: it no longer counts as a
    /// sample.
    pub(super) fn end(&mut self, stream: u32, status: Status, hold: Hold, waived: bool) -> Option<Ended> {
        let answer =
            self.grant_of(self.get(stream)?).map_or(0, |grant| grant.max_tokens - grant.thinking_tokens);
        let s = self.all.get_mut(stream as usize).filter(|s| s.is_open())?;
        let before = s.share();
        s.end(status, hold, answer, waived);
        let (call, round, shares) = (s.call(), s.round(), (before, s.share()));
        self.open -= 1;
        let state = self.calls.get_mut(call as usize)?;
        state.open -= 1;
        Some(Ended { call, kind: state.grant.kind, round, shares })
    }

    /// Marks a call as failed, and returns its grant.
    ///
    /// # Errors
    /// [`Error::State`] when it has already ended or failed.
    pub(super) fn fail(&mut self, call: u32) -> Result<Grant> {
        let Some(state) = self.calls.get_mut(call as usize) else {
            return Err(Error::state(format!("there is no call {call}")));
        };
        if state.failed || state.open == 0 {
            return Err(Error::state(format!("call {call} has already ended")));
        }
        state.failed = true;
        Ok(state.grant.clone())
    }

    /// Marks a call that the host never got as failed, and returns its grant.
    pub(super) fn take_back(&mut self, call: u32) -> Option<Grant> {
        let state = self.calls.get_mut(call as usize)?;
        state.failed = true;
        Some(state.grant.clone())
    }

    /// Gives up the open streams of a round.
    pub(super) fn give_up_round(&mut self, round: u32, reason: Reason) {
        let open = |s: &&mut Stream| s.round() == round && s.is_open() && s.status() == Status::Open;
        self.all.iter_mut().filter(open).for_each(|s| s.give_up(reason));
    }

    /// The streams of a call.
    pub(super) fn of_call(&mut self, call: u32) -> &mut [Stream] {
        let range = self.grant(call).map_or(0..0, Grant::streams);
        self.all.get_mut(range.start as usize..range.end as usize).unwrap_or_default()
    }
}
