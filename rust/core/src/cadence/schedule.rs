//! The next beat: when, in which mode, for what reason, and what it may spend.

use super::journal::Cause;
use super::pace::{Paced, at_rest, paced};
use super::state::Cadence;
use crate::Result;
use crate::ledger::Cost;
use crate::named::named;

named! {
    /// The reason for the time of a beat.
    pub enum Reason as "reason" {
        /// The first beat.
        First = "first",
        /// The interval of the modes, weighted by their chances.
        Belief = "belief",
        /// A lock on a mode.
        Lock = "lock",
        /// The host has forced a mode.
        Forced = "forced",
        /// A signal.
        Signal = "signal",
        /// Later than wished, so that the cap lasts until its window ends.
        Cap = "cap",
        /// Just under the life of the provider's cache.
        Cache = "cache",
        /// The cap has no room for a beat: the ceiling, and nothing may be spent.
        Exhausted = "exhausted",
        /// A beat is in flight.
        Running = "running",
    }
}

/// The next beat.
#[derive(Debug, Clone, PartialEq)]
pub struct Beat<'a> {
    /// The time at which it is due.
    pub at: f64,
    /// Seconds until then.
    pub delay: f64,
    /// Index of its mode.
    pub mode: usize,
    /// The rung of its mode.
    pub rung: &'a str,
    /// The reason for its time.
    pub reason: Reason,
    /// True if the mode is locked.
    pub locked: bool,
    /// The most that it may spend; nothing where the cap has no room.
    pub grant: Cost,
}

impl Cadence {
    /// The next beat, as things stand. It claims nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) when the time is out of range.
    pub fn next(&mut self, at: f64) -> Result<Beat<'_>> {
        let now = self.enter(at)?;
        let (due, reason) = self.due(now);
        let grant = if self.is_funded() { self.options.beat } else { Cost::default() };
        Ok(self.beat(due, now, reason, grant))
    }

    /// Starts the beat that is due, and claims what it may cost. None when it is not due yet, when another one is in flight, or
    /// when the cap has no room: then the beat is over without a cost, and the next one is due after the ceiling.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn start(&mut self, at: f64) -> Result<Option<Beat<'_>>> {
        let now = self.enter(at)?;
        let (due, reason) = self.due(now);
        if self.running || due > now {
            return Ok(None);
        }
        let funded = self.purse.claim(self.options.cap.as_ref(), self.options.beat);
        if self.exhausted == funded {
            let cause = if funded { Cause::Funded } else { Cause::Exhausted };
            self.note(now, self.mode(), cause);
        }
        self.exhausted = !funded;
        self.times.started = Some(now);
        if !funded {
            self.counts.refused += 1;
            self.wake = None;
            return Ok(None);
        }
        self.counts.beats += 1;
        self.running = true;
        let (wake, grant) = (self.wake.is_some(), self.options.beat);
        let reason = if wake { Reason::Signal } else { reason };
        Ok(Some(self.beat(now, now, reason, grant)))
    }

    fn is_funded(&self) -> bool {
        self.options.beat.within(self.purse.room(self.options.cap.as_ref()))
    }

    fn beat(&self, due: f64, now: f64, reason: Reason, grant: Cost) -> Beat<'_> {
        let held = self.forced.is_some() || self.lock.is_some();
        let mode = if held { self.mode() } else { self.belief.likeliest().0 };
        let rung = self.options.modes.get(mode).map_or("", |mode| mode.rung.as_str());
        let locked = self.forced.is_none() && self.lock.is_some();
        Beat {
            at: due,
            delay: (due - now).clamp(0.0, self.options.ceiling),
            mode,
            rung,
            reason,
            locked,
            grant,
        }
    }

    /// The time of the next beat, and why.
    pub(super) fn due(&self, now: f64) -> (f64, Reason) {
        let Some(started) = self.times.started else { return (now, Reason::First) };
        let (floor, ceiling) = (self.options.floor, self.options.ceiling);
        if self.running {
            return (started + ceiling, Reason::Running);
        }
        if !self.is_funded() {
            return (started + ceiling, Reason::Exhausted);
        }
        let (interval, reason) = self.interval(now);
        let due = started + interval.clamp(floor, ceiling);
        match self.wake {
            Some(wake) if wake < due => (wake.max(started + floor), Reason::Signal),
            _ => (due, reason),
        }
    }

    /// Seconds from the start of a beat to the next one without a wake.
    pub(super) fn interval(&self, now: f64) -> (f64, Reason) {
        if self.forced.is_some() || self.lock.is_some() {
            let reason = if self.forced.is_some() { Reason::Forced } else { Reason::Lock };
            return (self.options.modes.get(self.mode()).map_or(0.0, |mode| mode.interval), reason);
        }
        let cap = self.options.cap.as_ref();
        let left = cap.and_then(|cap| cap.period).map(|period| period - now % period);
        // Finds that signals announce need no schedule.
        let wish = at_rest(&self.options, self.chances()) / (1.0 - self.channels.recall()).sqrt();
        let wish = self.profile.stretched(self.times.started.unwrap_or(now), wish);
        let Paced { interval, by_cap, by_cache } =
            paced(&self.options, &self.prices, wish, self.purse.room(cap), left);
        let reason = match (by_cap, by_cache) {
            (true, _) => Reason::Cap,
            (_, true) => Reason::Cache,
            _ => Reason::Belief,
        };
        (interval, reason)
    }
}
