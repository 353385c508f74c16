//! The calls of a run and their streams.
//!
//! A call is granted once and has one stream per sample. A stream is open; then held, while its cost is not known; then
//! over. Streams are numbered over the run, in launch order.

mod signals;
mod stream;

use super::call::{CallKind, Grant};
use super::purse::End;
use crate::{Error, Result};

pub use signals::Readings;
pub(super) use signals::{SignalSettings, StreamSignals};
pub(super) use stream::{FinalText, Status, Stream};

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
    pub(super) end: End,
}

impl Streams {
    /// Adds a granted call and the streams of its round. `index` is the first one's place in the round's launch order.
    pub(super) fn launch(&mut self, grant: Grant, round: u32, index: u32, settings: &SignalSettings<'_>) {
        // Most runs have one stream; the first push would reserve four, most of a run's memory.
        self.all.reserve_exact(grant.samples as usize);
        for i in 0..grant.samples {
            let index = if grant.kind == CallKind::Generate { index + i } else { index };
            self.all.push(Stream::new(grant.id, round, index, grant.max_tokens, settings));
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

    /// Ends an open stream. Its unused grant is freed, unless `hold` is set because its cost is not known yet.
    pub(super) fn end(&mut self, stream: u32, status: Status, hold: bool) -> Option<Ended> {
        let s = self.all.get_mut(stream as usize).filter(|s| s.is_open())?;
        let (reads, releases) = s.end(status, hold);
        let (call, round) = (s.call(), s.round());
        self.open -= 1;
        let state = self.calls.get_mut(call as usize)?;
        state.open -= 1;
        let kind = state.grant.kind;
        // A sample that failed or was given up does not count against the ceiling.
        let waived = kind == CallKind::Generate && status != Status::Finished;
        Some(Ended { call, kind, round, end: End { reads, releases, waived } })
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

    /// Frees the grants that a call's ended streams hold: the unused tokens of each, and true if it had begun.
    pub(super) fn release_held(&mut self, call: u32) -> impl Iterator<Item = (u64, bool)> {
        let range = self.grant(call).map_or(0..0, Grant::streams);
        self.all
            .get_mut(range.start as usize..range.end as usize)
            .unwrap_or_default()
            .iter_mut()
            .filter_map(Stream::release)
    }
}
