//! Settings of a cadence, checked when it is made.

use crate::ledger::{Cap, Cost};
use crate::money::Usd;
use crate::{Error, Result};

/// Most modes of a cadence.
pub const MAX_MODES: usize = 8;
/// Largest time and interval, in seconds.
pub(super) const LATEST: f64 = 1e11;

/// A pace of the loop, and the rung that its beats are planned on.
#[derive(Debug, Clone, PartialEq)]
pub struct Mode {
    /// Seconds from the start of one beat to the start of the next.
    pub interval: f64,
    /// The rung's name.
    pub rung: String,
}

/// Settings of a cadence.
#[derive(Debug, Clone, PartialEq)]
pub struct CadenceOptions {
    /// The modes, slowest first. The slowest one is the pace of rest.
    pub modes: Vec<Mode>,
    /// Least seconds between the starts of two beats, whatever happens.
    pub floor: f64,
    /// Most seconds between them, whatever happens.
    pub ceiling: f64,
    /// Most beats that a lock lasts.
    pub lock: u32,
    /// Seconds after the end of a beat before a signal may start another one.
    pub cooldown: f64,
    /// Bound on the spending of all beats.
    pub cap: Option<Cap>,
    /// The most that one beat may cost: what is claimed for it. Its money is the price of a beat that finds no cached context.
    pub beat: Cost,
    /// Price of a beat that finds its context in the provider's cache. `None`: the cache plays no part.
    pub cached: Option<Usd>,
    /// Seconds for which the provider keeps a context cached.
    pub cache_ttl: f64,
}

impl Default for CadenceOptions {
    fn default() -> Self {
        Self {
            modes: Vec::new(),
            floor: 5.0,
            ceiling: 3_600.0,
            lock: 20,
            cooldown: 60.0,
            cap: None,
            beat: Cost::default(),
            cached: None,
            cache_ttl: 300.0,
        }
    }
}

impl CadenceOptions {
    pub(super) fn validate(&self) -> Result<()> {
        seconds("cadence: floor", self.floor, 0.001, LATEST)?;
        seconds("cadence: ceiling", self.ceiling, self.floor, LATEST)?;
        seconds("cadence: cooldown", self.cooldown, 0.0, LATEST)?;
        seconds("cadence: cache_ttl", self.cache_ttl, 1.0, LATEST)?;
        if !(1..=1_000_000).contains(&self.lock) {
            return Err(Error::invalid("cadence: lock", self.lock, "between 1 and 1000000 beats"));
        }
        self.validate_modes()?;
        self.validate_money()
    }

    fn validate_modes(&self) -> Result<()> {
        let count = self.modes.len();
        if !(2..=MAX_MODES).contains(&count) {
            return Err(Error::invalid("cadence: modes", count, format!("between 2 and {MAX_MODES} modes")));
        }
        for (i, mode) in self.modes.iter().enumerate() {
            seconds(&format!("cadence: modes[{i}]: interval"), mode.interval, self.floor, self.ceiling)?;
        }
        for (i, pair) in self.modes.windows(2).enumerate() {
            if pair[1].interval >= pair[0].interval {
                let what = format!("cadence: modes[{}]: interval", i + 1);
                let bound = format!("below {}, the interval of the slower mode before it", pair[0].interval);
                return Err(Error::invalid(what, pair[1].interval, bound));
            }
        }
        Ok(())
    }

    fn validate_money(&self) -> Result<()> {
        if let Some(cached) = self.cached.filter(|cached| *cached > self.beat.usd) {
            let bound = format!("at most {}, the price of a beat without a cache", self.beat.usd.dollars());
            return Err(Error::invalid("cadence: cached_usd", cached.dollars(), bound));
        }
        let Some(cap) = &self.cap else { return Ok(()) };
        cap.validate_own()?;
        if cap.leased.is_some() {
            return Err(Error::invalid(
                "cadence: cap",
                "a leased cap",
                "a cap of this process: leave out block",
            ));
        }
        for (what, cap, beat) in [
            ("cadence: tokens", cap.tokens, self.beat.tokens),
            ("cadence: usd", cap.usd.map(|usd| usd.0), self.beat.usd.0),
        ] {
            if cap.is_some_and(|cap| beat == 0 || beat > cap) {
                let bound = "above 0 and at most the cap: the most that one beat may cost";
                let shown = if what.ends_with("usd") { Usd(beat).dollars() } else { beat as f64 };
                return Err(Error::invalid(what, shown, bound));
            }
        }
        Ok(())
    }
}

/// # Errors
/// [`Error::Invalid`] when it is no number from `low` to `high`.
pub(super) fn seconds(what: &str, value: f64, low: f64, high: f64) -> Result<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(what, value, format!("between {low} and {high} seconds")))
}
