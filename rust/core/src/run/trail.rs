//! The record of what a run did and why.

use super::action::Reason;
use std::collections::VecDeque;
use std::sync::Arc;

/// How many events are kept; a run that makes more loses its oldest, and says how many.
const KEPT: usize = 256;
/// How much of a host's error text is kept, in characters.
const DETAIL: usize = 200;

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Made from a plan; nothing asked yet.
    Started,
    /// Calls are out, or about to be.
    Sampling,
    /// More thinking has been decided on for the answer in hand.
    Thinking,
    /// A higher rung has been decided on and not yet been granted.
    Escalating,
    /// An answer is settled.
    Settled,
    /// A limit of the ceiling was reached; the best answer so far stands, unsettled.
    Ceiling,
    /// Nothing more can be bought, or is worth its price; the best answer so far stands, unsettled.
    Exhausted,
    /// The host has closed it.
    Closed,
}

impl Phase {
    /// The phase's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Sampling => "sampling",
            Self::Thinking => "thinking",
            Self::Escalating => "escalating",
            Self::Settled => "settled",
            Self::Ceiling => "ceiling",
            Self::Exhausted => "exhausted",
            Self::Closed => "closed",
        }
    }
}

/// One transition or decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Seconds since the start.
    pub at: f64,
    /// The phase after it.
    pub phase: Phase,
    /// Why.
    pub reason: Reason,
    /// The rung it concerns.
    pub rung: u32,
    /// The call it concerns.
    pub call: Option<u32>,
    /// The host's own words, cut to 200 characters (an error).
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

/// A host's text, cut to what an event keeps.
pub(super) fn detail(text: &str) -> Option<Arc<str>> {
    let end = text.char_indices().nth(DETAIL).map_or(text.len(), |(i, _)| i);
    text.get(..end).filter(|t| !t.is_empty()).map(Arc::from)
}
