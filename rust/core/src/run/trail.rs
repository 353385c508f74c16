//! The record of a run's events and their reasons.

use super::action::Reason;
use crate::named::named;
use std::collections::VecDeque;
use std::sync::Arc;

/// Events kept; older ones are dropped and counted.
const KEPT: usize = 256;
/// Length of a host's error text, in characters.
const DETAIL: usize = 200;

named! {
    /// The phase of a run.
    pub enum Phase {
        /// Created from a plan; nothing asked yet.
        Started = "started",
        /// Calls are out, or about to be.
        Sampling = "sampling",
        /// Another attempt with more thinking is due.
        Thinking = "thinking",
        /// A higher rung is chosen and not granted yet.
        Escalating = "escalating",
        /// The answer is settled.
        Settled = "settled",
        /// A limit of the ceiling was reached; the best answer so far stands, unsettled.
        Ceiling = "ceiling",
        /// No ramp is left, or worth its price; the best answer so far stands, unsettled.
        Exhausted = "exhausted",
        /// The host has closed it.
        Closed = "closed",
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Seconds since the start.
    pub at: f64,
    /// The phase after it.
    pub phase: Phase,
    /// The reason.
    pub reason: Reason,
    /// The rung, by index.
    pub rung: u32,
    /// The call, if it is about one.
    pub call: Option<u32>,
    /// The host's error text, cut to 200 characters.
    pub detail: Option<Arc<str>>,
}

#[derive(Debug, Default)]
pub(super) struct Trail {
    events: VecDeque<Event>,
    dropped: u64,
}

impl Trail {
    pub(super) fn add(&mut self, event: Event) {
        if self.events.len() == KEPT {
            self.events.pop_front();
            self.dropped += 1;
        }
        self.events.push_back(event);
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.iter().cloned().collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// A host's text, cut to the length that an event keeps.
pub(super) fn detail(text: &str) -> Option<Arc<str>> {
    let end = text.char_indices().nth(DETAIL).map_or(text.len(), |(i, _)| i);
    text.get(..end).filter(|t| !t.is_empty()).map(Arc::from)
}
