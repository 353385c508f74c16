//! The worth of a kind of signal: precision and recall, as Beta counts.

use crate::{Error, Result};

/// Observations that the counts remember; older ones fade.
const MEMORY: f64 = 256.0;

/// Counts of one kind of signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Channel {
    /// Beats after a signal that found something, and that did not.
    pub(super) hits: f64,
    pub(super) false_alarms: f64,
    /// Beats without a signal that found something.
    pub(super) missed: f64,
    /// Seconds over which signals were counted.
    pub(super) seconds: f64,
    /// True if it has come since the last beat, and if it came while that beat was in flight: the next one answers it.
    pub(super) pending: bool,
    pub(super) during: bool,
}

impl Channel {
    /// A kind that is heard of for the first time. `seconds` weighs its one false alarm: the prior rate.
    pub(super) fn new(seconds: f64) -> Self {
        Self { hits: 0.0, false_alarms: 0.0, missed: 0.0, seconds, pending: false, during: false }
    }

    /// Chance that a beat after a signal finds something.
    pub(super) fn precision(&self) -> f64 {
        (self.hits + 1.0) / (self.hits + self.false_alarms + 2.0)
    }

    /// Chance that something to find was signalled.
    pub(super) fn recall(&self) -> f64 {
        (self.hits + 0.5) / (self.hits + self.missed + 2.0)
    }

    /// False alarms per second.
    pub(super) fn false_rate(&self) -> f64 {
        (self.false_alarms + 1.0) / self.seconds
    }

    /// Counts a beat: the evidence that it found something, and the seconds since the last one.
    pub(super) fn count(&mut self, found: f64, seconds: f64) {
        self.seconds += seconds;
        if self.pending {
            self.hits += found;
            self.false_alarms += 1.0 - found;
        } else {
            self.missed += found;
        }
        self.pending = std::mem::take(&mut self.during);
        let counts = self.hits + self.false_alarms + self.missed;
        if counts > MEMORY {
            let keep = MEMORY / counts;
            for number in [&mut self.hits, &mut self.false_alarms, &mut self.missed, &mut self.seconds] {
                *number *= keep;
            }
        }
    }
}

/// Most kinds of signals.
pub const MAX_KINDS: usize = 32;
/// Longest name of a kind, in bytes.
pub(super) const MAX_NAME: usize = 64;

/// The kinds of signals that were heard of.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Channels {
    pub(super) all: Vec<(String, Channel)>,
}

impl Channels {
    pub(super) fn iter(&self) -> impl Iterator<Item = &Channel> + Clone {
        self.all.iter().map(|(_, channel)| channel)
    }

    /// The share of finds that signals announce: that of the best kind.
    pub(super) fn recall(&self) -> f64 {
        self.iter().map(Channel::recall).fold(0.0, f64::max)
    }

    pub(super) fn count(&mut self, found: f64, seconds: f64) {
        self.all.iter_mut().for_each(|(_, channel)| channel.count(found, seconds));
    }

    pub(super) fn of(&mut self, kind: &str, seconds: f64) -> Result<&mut Channel> {
        if kind.is_empty() || kind.len() > MAX_NAME {
            let bound = format!("between 1 and {MAX_NAME} bytes");
            return Err(Error::invalid("cadence: kind", format!("{} bytes", kind.len()), bound));
        }
        let index = match self.all.iter().position(|(name, _)| name == kind) {
            Some(index) => index,
            None if self.all.len() >= MAX_KINDS => {
                let known = self.all.iter().map(|(name, _)| name.as_str());
                return Err(Error::unknown("kind of signal", kind, known));
            }
            None => {
                self.all.push((kind.to_owned(), Channel::new(seconds)));
                self.all.len() - 1
            }
        };
        Ok(&mut self.all[index].1)
    }
}
