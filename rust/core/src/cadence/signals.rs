//! Signals from outside, and whether one is worth a beat.

use super::channel::Channel;
use super::journal::Cause;
use super::schedule::Reason;
use super::state::{Cadence, LOCK_AT};
use crate::{Error, Result};

/// The effect of a signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wake {
    /// The time of the next beat.
    pub at: f64,
    /// Seconds until then; 0 is now.
    pub delay: f64,
    /// True if the signal has brought the beat forward.
    pub woken: bool,
    /// The reason for the time.
    pub reason: Reason,
}

/// The worth of a kind of signal, as learned.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalWorth {
    /// The kind.
    pub kind: String,
    /// Chance that a beat after it finds something.
    pub precision: f64,
    /// Chance that something to find was announced by it.
    pub recall: f64,
    /// False ones per second.
    pub false_rate: f64,
}

impl Cadence {
    /// Takes note of something that happened outside, such as a message or a changed file, with a strength in `(0, 1]`. It may
    /// lock a mode anew, and it brings the next beat forward where that is worth its price: not within the cooldown, not before
    /// the floor, and never past the cap.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the strength, the time or the name is out of range; [`Error::Unknown`] when there are
    /// [`MAX_KINDS`] other kinds already. Nothing has changed then.
    pub fn signal(&mut self, kind: &str, strength: f64, at: f64) -> Result<Wake> {
        if !(strength > 0.0 && strength <= 1.0) {
            return Err(Error::invalid("cadence: strength", strength, "above 0 and at most 1"));
        }
        let now = self.enter(at)?;
        let slowest = self.options.modes.first().map_or(1.0, |mode| mode.interval);
        self.channels.of(kind, slowest)?;
        self.believe(now);
        let running = self.running;
        let channel = self.channels.of(kind, slowest)?;
        *(if running { &mut channel.during } else { &mut channel.pending }) = true;
        let truth = self.belief.signal(&channel.clone(), strength);
        self.counts.signals += 1;
        let (likeliest, chance) = self.belief.likeliest();
        if likeliest > 0 && chance >= LOCK_AT {
            self.lock_to(likeliest, now, Cause::Signal);
        }
        if running {
            // The beat in flight may have looked before it happened: decided at its end.
            self.deferred = self.deferred.max(truth);
        }
        let woken = self.bring_forward(truth, now);
        let (due, reason) = self.due(now);
        Ok(Wake { at: due, delay: (due - now).clamp(0.0, self.options.ceiling), woken, reason })
    }

    /// Brings the next beat forward for a signal that is true with a chance, where that is worth a beat. True if it did.
    pub(super) fn bring_forward(&mut self, truth: f64, now: f64) -> bool {
        let (due, reason) = self.due(now);
        let wake = now.max(self.times.ended + self.options.cooldown);
        let unsignalled =
            self.belief.mean_rate() * (1.0 - self.channels.recall()) * (wake - self.times.polled);
        let price = 0.5 * self.options.modes.last().map_or(0.0, |mode| mode.interval);
        let waits = matches!(reason, Reason::Running | Reason::Exhausted | Reason::First);
        if waits || wake >= due || (truth + unsignalled) * (due - wake) < price {
            return false;
        }
        self.wake = Some(wake);
        self.counts.wakes += 1;
        true
    }

    /// The worth of each kind of signal.
    pub fn worth(&self) -> Vec<SignalWorth> {
        let worth = |(kind, channel): &(String, Channel)| SignalWorth {
            kind: kind.clone(),
            precision: channel.precision(),
            recall: channel.recall(),
            false_rate: channel.false_rate(),
        };
        self.channels.all.iter().map(worth).collect()
    }
}
