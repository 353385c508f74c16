//! A circuit breaker per upstream of a governor, which is a deployment and a model: what fails again and again is left alone for a while, then tried with one request.
//!
//! ```text
//! closed     requests go out; `failures` in a row, without a success between them, open it
//! open       no request for a while: at first `seconds`, doubled after each trial that fails, up to [`LONGEST`] times as long
//! half-open  one request goes out as a trial; its success closes the breaker, its failure opens it again
//! ```
//!
//! Only upstreams that have failed of late have an entry, so that a working service reads one number. Times are those of the runs, which
//! come in as arguments. A trial that is never reported is over after `seconds`, and the next request is another.

use crate::named::named;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most upstreams that are watched; beyond them, the one that was to be tried soonest is forgotten.
const MOST: usize = 1_024;
/// The longest time that a breaker stays open, in times of the first one.
const LONGEST: f64 = 16.0;

named! {
    /// The state of a breaker.
    pub enum BreakerState {
        /// Requests go out.
        Closed = "closed",
        /// No request goes out.
        Open = "open",
        /// One request may go out, as a trial.
        HalfOpen = "half_open",
    }
}

/// The settings of breakers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerRules {
    /// Failures in a row that open it; 0: it never opens. 5, as Envoy's outlier detection has it (`consecutive_5xx`, its documentation,
    /// November 2026).
    pub failures: u32,
    /// Seconds that it is open at first, above 0. 5.
    pub seconds: f64,
}

impl Default for BreakerRules {
    fn default() -> Self {
        Self { failures: 5, seconds: 5.0 }
    }
}

/// An upstream: a deployment, by name, and the model that is asked there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Upstream<'a> {
    /// The deployment.
    pub deployment: &'a str,
    /// The model.
    pub model: &'a str,
}

/// An upstream that has failed of late.
#[derive(Debug, Clone, PartialEq)]
pub struct Breaker {
    /// The deployment.
    pub deployment: String,
    /// The model.
    pub model: String,
    /// Its state.
    pub state: BreakerState,
    /// Failures in a row.
    pub failures: u32,
    /// Seconds until the next trial; 0 unless it is open.
    pub seconds: f64,
}

/// The breakers of a governor.
#[derive(Debug, Default)]
pub struct Breakers {
    entries: Mutex<HashMap<(String, String), Entry>>,
    /// The number of entries.
    count: AtomicUsize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    failures: u32,
    /// When it may be tried, and how long it was open; none: it is closed.
    opened: Option<(f64, f64)>,
    /// When the trial in progress began.
    trial: Option<f64>,
}

impl Entry {
    /// Moves the times to another clock, that of a run which is behind: it cannot tell how much of a wait is over.
    fn follow(&mut self, now: f64) {
        self.opened = self.opened.map(|(due, lasts)| (due.min(now + lasts), lasts));
        self.trial = self.trial.map(|began| began.min(now));
    }

    /// Seconds until a request may go out; 0 if one may now.
    fn left(&self, now: f64, rules: BreakerRules) -> f64 {
        let Some((due, _)) = self.opened else { return 0.0 };
        let tried = self.trial.map_or(0.0, |began| began + rules.seconds - now);
        (due - now).max(tried).max(0.0)
    }
}

impl Breakers {
    /// Asks if a request may be sent. The request of a half-open breaker is its trial.
    ///
    /// # Errors
    /// The seconds until the next trial, if none may be sent.
    pub fn admit(&self, upstream: Upstream<'_>, now: f64, rules: BreakerRules) -> Result<(), f64> {
        if self.count.load(Relaxed) == 0 || rules.failures == 0 {
            return Ok(());
        }
        let mut entries = self.lock();
        let Some(entry) = entries.get_mut(&key(upstream)) else { return Ok(()) };
        entry.follow(now);
        let left = entry.left(now, rules);
        if left > 0.0 {
            return Err(left);
        }
        if entry.opened.is_some() {
            entry.trial = Some(now);
        }
        Ok(())
    }

    /// True if a request might be sent now. It claims no trial.
    pub fn allows(&self, upstream: Upstream<'_>, now: f64, rules: BreakerRules) -> bool {
        if self.count.load(Relaxed) == 0 || rules.failures == 0 {
            return true;
        }
        self.lock().get(&key(upstream)).is_none_or(|entry| entry.left(now, rules) <= 0.0)
    }

    /// Notes that a request failed in a way that speaks against its upstream.
    pub fn failed(&self, upstream: Upstream<'_>, now: f64, rules: BreakerRules) {
        if rules.failures == 0 {
            return;
        }
        let mut entries = self.lock();
        let key = key(upstream);
        if entries.len() >= MOST && !entries.contains_key(&key) {
            let soonest = |entry: &Entry| entry.opened.map_or(f64::NEG_INFINITY, |(due, _)| due);
            let first = entries.iter().min_by(|a, b| soonest(a.1).total_cmp(&soonest(b.1)));
            if let Some(forgotten) = first.map(|(key, _)| key.clone()) {
                entries.remove(&forgotten);
            }
        }
        let entry = entries.entry(key).or_default();
        entry.failures = entry.failures.saturating_add(1);
        match entry.opened {
            None if entry.failures >= rules.failures => {
                entry.opened = Some((now + rules.seconds, rules.seconds));
            }
            // Requests that were on their way when it opened say nothing new.
            Some((_, lasted)) if entry.trial.is_some() => {
                let lasts = (lasted * 2.0).min(rules.seconds * LONGEST);
                (entry.opened, entry.trial) = (Some((now + lasts, lasts)), None);
            }
            _ => {}
        }
        self.count.store(entries.len(), Relaxed);
    }

    /// Notes that a request was not sent after all. If it was the trial, another may be.
    pub fn untried(&self, upstream: Upstream<'_>) {
        if self.count.load(Relaxed) == 0 {
            return;
        }
        if let Some(entry) = self.lock().get_mut(&key(upstream)) {
            entry.trial = None;
        }
    }

    /// Notes that an upstream has served a request.
    pub fn worked(&self, upstream: Upstream<'_>) {
        if self.count.load(Relaxed) == 0 {
            return;
        }
        let mut entries = self.lock();
        entries.remove(&key(upstream));
        self.count.store(entries.len(), Relaxed);
    }

    /// The upstreams that have failed of late, by name.
    pub fn list(&self, now: f64, rules: BreakerRules) -> Vec<Breaker> {
        let mut entries = self.lock();
        let mut all: Vec<Breaker> = entries
            .iter_mut()
            .map(|((deployment, model), entry)| {
                entry.follow(now);
                let seconds = entry.left(now, rules);
                let state = match entry.opened {
                    None => BreakerState::Closed,
                    Some(_) if seconds > 0.0 && entry.trial.is_none() => BreakerState::Open,
                    Some(_) => BreakerState::HalfOpen,
                };
                let (deployment, model) = (deployment.clone(), model.clone());
                Breaker { deployment, model, state, failures: entry.failures, seconds }
            })
            .collect();
        all.sort_by(|a, b| (&a.deployment, &a.model).cmp(&(&b.deployment, &b.model)));
        all
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(upstream: Upstream<'_>) -> (String, String) {
    (upstream.deployment.to_owned(), upstream.model.to_owned())
}

#[cfg(test)]
#[path = "../../tests/unit/ledger/breakers.rs"]
mod tests;
