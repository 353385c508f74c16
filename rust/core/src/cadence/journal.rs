//! The latest transitions of a cadence, and why they were made.

use crate::named::named;
use std::collections::VecDeque;

/// Transitions kept until they are drained; older ones are dropped, and counted.
const KEPT: usize = 1_024;

named! {
    /// The reason of a transition.
    pub enum Cause as "cause" {
        /// Beats found enough: a lock began.
        Found = "found",
        /// A signal from outside: a lock began, or began anew.
        Signal = "signal",
        /// A lock has lasted for all its beats.
        LockOver = "lock_over",
        /// A lock ended before, because beats found nothing.
        Quiet = "quiet",
        /// The host forced a mode.
        Forced = "forced",
        /// A forced mode is over.
        ForceOver = "force_over",
        /// The cap has no room for a beat.
        Exhausted = "exhausted",
        /// The cap has room again.
        Funded = "funded",
    }
}

/// A change of the mode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// The time, in seconds.
    pub at: f64,
    /// Index of the mode before.
    pub from: usize,
    /// Index of the mode after.
    pub to: usize,
    /// The reason.
    pub cause: Cause,
}

/// Transitions in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Journal {
    entries: VecDeque<Transition>,
    pub(super) dropped: u64,
}

impl Journal {
    pub(super) fn note(&mut self, at: f64, from: usize, to: usize, cause: Cause) {
        if self.entries.len() >= KEPT {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(Transition { at, from, to, cause });
    }

    pub(super) fn drain(&mut self) -> Vec<Transition> {
        self.entries.drain(..).collect()
    }
}
