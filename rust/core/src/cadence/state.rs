//! The state of a cadence, and how a beat's end, a forced mode and time itself change it.

use super::belief::Belief;
use super::channel::Channels;
use super::journal::{Cause, Journal, Transition};
use super::options::{CadenceOptions, LATEST, seconds};
use super::pace::Prices;
use super::profile::Profile;
use crate::ledger::{Cost, Purse};
use crate::{Error, Result};

/// Chance of a mode from which on it is locked, and below which a lock ends early.
pub(super) const LOCK_AT: f64 = 0.5;

/// A mode that is held for some beats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lock {
    pub(super) mode: usize,
    pub(super) left: u32,
}

/// A mode that the host has forced until a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Forced {
    pub(super) mode: usize,
    pub(super) until: f64,
}

/// Times of a cadence, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Times {
    /// The latest time that was seen.
    pub(super) seen: f64,
    /// Start of the latest beat, and its end. None before the first.
    pub(super) started: Option<f64>,
    pub(super) ended: f64,
    /// Latest update of the belief, and latest poll.
    pub(super) believed: f64,
    pub(super) polled: f64,
}

/// The pace of an agent's loop.
///
/// ```
/// use rheostat::cadence::{Cadence, CadenceOptions, Mode};
/// let mode = |interval, rung: &str| Mode { interval, rung: rung.to_owned() };
/// let modes = vec![mode(600.0, "fast"), mode(60.0, "think")];
/// let mut cadence = Cadence::new(CadenceOptions { modes, ..CadenceOptions::default() })?;
/// assert!(cadence.start(0.0)?.is_some()); // the first beat
/// cadence.tick(1.0, Default::default(), 2.0)?; // it found something
/// let next = cadence.next(2.0)?;
/// assert_eq!((next.at, next.rung, next.locked), (60.0, "think", true));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Cadence {
    pub(super) options: CadenceOptions,
    pub(super) belief: Belief,
    pub(super) channels: Channels,
    pub(super) profile: Profile,
    pub(super) prices: Prices,
    pub(super) purse: Purse,
    pub(super) times: Times,
    pub(super) lock: Option<Lock>,
    pub(super) forced: Option<Forced>,
    /// Time of a wake that a signal has asked for.
    pub(super) wake: Option<f64>,
    /// Chance that a signal during the beat in flight was true; 0 without one.
    pub(super) deferred: f64,
    pub(super) running: bool,
    pub(super) exhausted: bool,
    pub(super) journal: Journal,
    pub(super) counts: Counts,
}

/// Counts of a cadence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Beats that were started.
    pub beats: u64,
    /// Beats that were due and not started, because the cap had no room.
    pub refused: u64,
    /// Checks by the host that found nothing changed, so that no beat was needed.
    pub unchanged: u64,
    /// Signals, and those that led to a wake.
    pub signals: u64,
    /// Signals that led to a wake.
    pub wakes: u64,
    /// Beats whose end was never reported. Their claims count as spent.
    pub lost: u64,
}

impl Cadence {
    /// # Errors
    /// [`Error::Invalid`] names the setting that is out of range.
    pub fn new(options: CadenceOptions) -> Result<Self> {
        options.validate()?;
        Ok(Self {
            belief: Belief::new(&options),
            channels: Channels::default(),
            profile: Profile::default(),
            prices: Prices::new(&options),
            purse: Purse::default(),
            times: Times::default(),
            lock: None,
            forced: None,
            wake: None,
            deferred: 0.0,
            running: false,
            exhausted: false,
            journal: Journal::default(),
            counts: Counts::default(),
            options,
        })
    }

    /// The settings.
    pub fn options(&self) -> &CadenceOptions {
        &self.options
    }

    /// Its counts so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The posterior chances of the modes, slowest first.
    pub fn chances(&self) -> &[f64] {
        &self.belief.chances[..self.options.modes.len()]
    }

    /// Spending since the cadence was made, the part of it above claims, and the rest of the window's cap (none without a cap).
    pub fn spent(&self) -> (Cost, Cost, Option<Cost>) {
        let cap = self.options.cap.as_ref();
        (self.purse.total, self.purse.overshoot, cap.map(|_| self.purse.room(cap)))
    }

    /// Takes the transitions out that were noted since the last call, and says how many were dropped because they were too many.
    pub fn drain(&mut self) -> (Vec<Transition>, u64) {
        (self.journal.drain(), std::mem::take(&mut self.journal.dropped))
    }

    /// Ends the beat in flight: `found` is the evidence, in `[0, 1]`, that it found something to do; `spent` is its cost. Without
    /// a beat in flight it is a look that the host had by itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a number is out of range; nothing has changed then.
    pub fn tick(&mut self, found: f64, spent: Cost, at: f64) -> Result<()> {
        if !(0.0..=1.0).contains(&found) {
            return Err(Error::invalid("cadence: salience", found, "between 0 and 1"));
        }
        let at = self.enter(at)?;
        if spent != Cost::default() {
            let since = self.times.started.unwrap_or(at) - self.times.ended;
            let warm =
                self.options.cached.is_some() && since <= self.options.cache_ttl && self.counts.beats > 1;
            self.prices.learn(spent, warm);
        }
        self.purse.settle(self.purse.held, spent);
        if std::mem::take(&mut self.running) {
            self.prices.due(true);
        } else {
            self.times.started = Some(at);
        }
        self.end(found, at);
        Ok(())
    }

    /// Notes that nothing has changed since the last beat, as the host has checked by itself: the beat that was due is not needed.
    ///
    /// # Errors
    /// [`Error::State`] when a beat is in flight; [`Error::Invalid`] when the time is out of range.
    pub fn unchanged(&mut self, at: f64) -> Result<()> {
        let at = self.enter(at)?;
        if self.running {
            return Err(Error::state("cadence: a beat is in flight: report its end by `tick`"));
        }
        self.counts.unchanged += 1;
        self.prices.due(false);
        self.times.started = Some(at);
        self.end(0.0, at);
        Ok(())
    }

    /// Holds a mode until a time, whatever beats find. Floor, ceiling and cap hold all the same.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no such mode, or `until` is no time after `at`.
    pub fn force(&mut self, mode: usize, until: f64, at: f64) -> Result<()> {
        let count = self.options.modes.len();
        if mode >= count {
            return Err(Error::invalid("cadence: mode", mode, format!("between 0 and {}", count - 1)));
        }
        let at = self.enter(at)?;
        seconds("cadence: until", until, at, LATEST)?;
        self.note(at, mode, Cause::Forced);
        self.forced = Some(Forced { mode, until });
        Ok(())
    }

    /// The mode that is held: forced, or locked, or rest.
    pub(super) fn mode(&self) -> usize {
        self.forced.map(|forced| forced.mode).or(self.lock.map(|lock| lock.mode)).unwrap_or(0)
    }

    pub(super) fn note(&mut self, at: f64, to: usize, cause: Cause) {
        self.journal.note(at, self.mode(), to, cause);
    }

    /// Takes the outcome of a poll in: belief, worth of signals, lock.
    fn end(&mut self, found: f64, at: f64) {
        self.believe(at);
        let since = at - self.times.polled;
        self.belief.poll(found, since, self.channels.recall());
        self.channels.count(found, since);
        self.profile.learn(self.times.polled, at, found);
        (self.times.polled, self.times.ended, self.wake) = (at, at, None);
        let (likeliest, chance) = self.belief.likeliest();
        match self.lock {
            Some(lock) if lock.left <= 1 => {
                self.unlock(at, Cause::LockOver);
                self.belief.rest();
            }
            Some(lock) if self.belief.chances[lock.mode] < LOCK_AT => self.unlock(at, Cause::Quiet),
            Some(lock) => self.lock = Some(Lock { left: lock.left - 1, ..lock }),
            None if likeliest > 0 && chance >= LOCK_AT => self.lock_to(likeliest, at, Cause::Found),
            None => {}
        }
        let deferred = std::mem::take(&mut self.deferred);
        if deferred > 0.0 {
            self.bring_forward(deferred, at);
        }
    }

    pub(super) fn lock_to(&mut self, mode: usize, at: f64, cause: Cause) {
        if self.lock.is_none_or(|lock| lock.mode != mode) && self.forced.is_none() {
            self.note(at, mode, cause);
        }
        self.lock = Some(Lock { mode, left: self.options.lock });
    }

    fn unlock(&mut self, at: f64, cause: Cause) {
        if self.forced.is_none() {
            self.note(at, 0, cause);
        }
        self.lock = None;
    }

    /// Moves the belief to a time.
    pub(super) fn believe(&mut self, at: f64) {
        self.belief.pass(at - self.times.believed, self.channels.iter());
        self.times.believed = at;
    }

    /// Reads a time: follows the clock, rolls the cap's window, ends what time ends.
    pub(super) fn enter(&mut self, at: f64) -> Result<f64> {
        seconds("cadence: at", at, 0.0, LATEST)?;
        if self.times.started.is_none() && self.times.seen == 0.0 {
            (self.times.believed, self.times.polled) = (at, at);
        }
        if at < self.times.seen - self.options.ceiling {
            self.rebase(at);
        }
        self.times.seen = self.times.seen.max(at);
        let at = self.times.seen;
        self.purse.roll(self.options.cap.as_ref(), at);
        if self.running && self.times.started.is_some_and(|start| at > start + self.options.ceiling) {
            // No host has reported its end. It may have cost all that it might.
            self.counts.lost += 1;
            (self.running, self.deferred) = (false, 0.0);
            self.purse.settle(self.purse.held, self.purse.held);
            self.times.ended = at;
        }
        if let Some(forced) = self.forced.filter(|forced| at >= forced.until) {
            self.forced = None;
            self.journal.note(at, forced.mode, self.mode(), Cause::ForceOver);
        }
        Ok(at)
    }

    /// Moves all times along with a clock that was set back.
    fn rebase(&mut self, at: f64) {
        let by = at - self.times.seen;
        let moved = |time: f64| (time + by).max(0.0);
        let times = &mut self.times;
        times.started = times.started.map(moved);
        for time in [&mut times.seen, &mut times.ended, &mut times.believed, &mut times.polled] {
            *time = moved(*time);
        }
        self.wake = self.wake.map(moved);
        self.forced = self.forced.map(|forced| Forced { until: moved(forced.until), ..forced });
        self.purse.rebase(self.options.cap.as_ref(), at);
    }
}
