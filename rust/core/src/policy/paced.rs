//! Spends a period's budget evenly by a shadow price: online dual mirror descent (Balseiro, Lu and Mirrokni, arXiv
//! 2011.10124).
//!
//! ```text
//! for each query: take the rung of least expected cost when a dollar of compute counts as `price` dollars
//!     share     = budget left / queries still expected in the period
//!     log price += rate · (cost / share − 1)        entropy as the mirror map
//! ```
//!
//! The share follows the expected traffic, so a busy hour spends more and a quiet one less at about one price, which is
//! where a dollar buys most. O(1) per query, one short lock.

mod codec;

use crate::digest::record;
use crate::keyed::{self, Keyed};
use crate::{Error, Result};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The options of a [`Pacer`].
#[derive(Debug, Clone, PartialEq)]
pub struct PacedOptions {
    /// Budget of each period, in US dollars.
    pub usd: f64,
    /// Period in seconds, aligned to its multiples on the clock that is `offset` ahead.
    pub period: f64,
    /// Cost of a wrong answer, in US dollars. Compute that is not worth it is not bought, whatever the budget.
    pub usd_per_error: f64,
    /// Expected queries per period, used until one whole period has been seen.
    pub queries: Option<f64>,
    /// Weights of tenants by name; the default is 1.
    pub weights: Vec<(String, f64)>,
    /// Surcharge on tenants above their share, from 0 (none) to 1.
    pub fairness: f64,
    /// Seconds by which the clock that periods are aligned to is ahead of the callers' clock.
    pub offset: f64,
}

// The offset differs from process to process; a version must not.
record! { PacedOptions, "paced": usd period usd_per_error queries weights fairness, without offset }

impl PacedOptions {
    /// Options for a daily budget.
    pub fn daily(usd: f64, usd_per_error: f64) -> Self {
        Self {
            usd,
            period: 86_400.0,
            usd_per_error,
            queries: None,
            weights: Vec::new(),
            fairness: 0.5,
            offset: 0.0,
        }
    }

    fn validate(&self) -> Result<()> {
        let bounded = |what: &str, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(Error::invalid(format!("paced: {what}"), value, format!("between {low} and {high}")))
        };
        bounded("usd", self.usd, 1e-9, 1e9)?;
        bounded("per", self.period, 1.0, 1e9)?;
        bounded("usd_per_error", self.usd_per_error, 1e-12, 1e9)?;
        bounded("queries", self.queries.unwrap_or(1.0), 1.0, 1e15)?;
        bounded("fairness", self.fairness, 0.0, 1.0)?;
        bounded("offset", self.offset, -1e12, 1e12)?;
        self.weights
            .iter()
            .try_for_each(|(name, weight)| bounded(&format!("weight of {name}"), *weight, 1e-6, 1e6))
    }
}

/// Parts of a period whose volumes are remembered.
const PARTS: usize = 96;
/// Upper bound of the price.
const DEAREST: f64 = 1e9;
/// Tenants that are kept apart; the least recently used is evicted first.
const TENANTS: usize = 65_536;

#[derive(Debug, Clone, Copy)]
struct TenantSpend {
    weight: f64,
    /// Spending with exponential decay, as of `at`.
    recent: f64,
    at: f64,
}

#[derive(Debug)]
struct Progress {
    period: u64,
    /// The latest time that was accepted.
    seen: f64,
    /// A time more than a period away from `seen`, until a second one confirms it.
    leap: Option<f64>,
    spent: f64,
    count: f64,
    /// Queries of all periods.
    total: f64,
    log_price: f64,
    /// Queries per part of this period, and their mean over past ones.
    today: Box<[f64]>,
    past: Box<[f64]>,
    /// Number of past periods.
    days: f64,
    tenants: Keyed<TenantSpend>,
    /// Sums over `tenants`.
    weight: f64,
    recent: f64,
    recent_at: f64,
}

/// The shadow price of compute under a budget, shared by all plans.
pub struct Pacer {
    options: PacedOptions,
    state: Mutex<Progress>,
}

impl fmt::Debug for Pacer {
    /// The options alone: the state is behind a lock.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pacer").field(&self.options).finish()
    }
}

/// A pacer's current period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Shadow price of a dollar of compute: 1 while the budget is not short.
    pub price: f64,
    /// Spent in this period, in US dollars.
    pub spent: f64,
    /// Queries in this period.
    pub queries: u64,
    /// Queries that are still expected in this period.
    pub expected: f64,
}

impl PartialEq for Pacer {
    fn eq(&self, other: &Self) -> bool {
        self.options == other.options
    }
}

impl Pacer {
    /// Makes a pacer at a price of 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] when an option is out of bounds.
    pub fn new(options: PacedOptions) -> Result<Self> {
        options.validate()?;
        let parts = || vec![0.0; PARTS].into_boxed_slice();
        let state = Progress {
            period: 0,
            seen: 0.0,
            leap: None,
            spent: 0.0,
            count: 0.0,
            total: 0.0,
            log_price: 0.0,
            today: parts(),
            past: parts(),
            days: 0.0,
            tenants: Keyed::default(),
            weight: 0.0,
            recent: 0.0,
            recent_at: 0.0,
        };
        Ok(Self { options, state: Mutex::new(state) })
    }

    /// The options.
    pub fn options(&self) -> &PacedOptions {
        &self.options
    }

    /// Shadow price of a dollar of compute for a tenant.
    pub fn price(&self, tenant: Option<&str>) -> f64 {
        let state = self.lock();
        let own = tenant.map_or(0.0, |tenant| self.surcharge(&state, tenant));
        (state.log_price + own).clamp(0.0, DEAREST.ln()).exp()
    }

    /// Counts a planned query with an expected cost of `usd`, and moves the price.
    pub fn note(&self, tenant: Option<&str>, usd: f64, now: f64) {
        let usd = if usd.is_finite() { usd.max(0.0) } else { 0.0 };
        let mut state = self.lock();
        let part = self.roll(&mut state, now);
        let share = (self.options.usd - state.spent).max(0.0) / self.expected(&state).max(1.0);
        let cost = if share > 0.0 { usd / share } else { 2.0 };
        // Steps shrink as queries are seen; none is longer than a doubling.
        let rate = (0.5 / (state.total + 16.0).sqrt()).max(5e-4);
        let step = (rate * (cost - 1.0)).clamp(-0.5, 0.7);
        state.log_price = (state.log_price + step).clamp(0.0, DEAREST.ln());
        state.spent += usd;
        state.count += 1.0;
        state.total += 1.0;
        if let Some(count) = state.today.get_mut(part) {
            *count += 1.0;
        }
        if let Some(tenant) = tenant {
            self.charge(&mut state, tenant, usd);
        }
    }

    /// Replaces a query's expected cost by its actual one.
    pub fn settle(&self, expected: f64, usd: f64) {
        if expected.is_finite() && usd.is_finite() {
            let mut state = self.lock();
            state.spent = (state.spent + usd - expected).max(0.0);
        }
    }

    /// The current period.
    pub fn pace(&self) -> Pace {
        let state = self.lock();
        Pace {
            price: state.log_price.exp(),
            spent: state.spent,
            queries: state.count as u64,
            expected: self.expected(&state),
        }
    }

    /// Moves on to `now` and returns its part of the period. Within a period, time never goes back.
    ///
    /// A time more than a period away is accepted once a second one agrees with it: one wrong timestamp (milliseconds for
    /// seconds) changes nothing, and a clock that was set anew is followed.
    fn roll(&self, state: &mut Progress, now: f64) -> usize {
        let now = now + self.options.offset;
        let now = if now.is_finite() { now.clamp(0.0, 1e15) } else { state.seen };
        let near = |a: f64, b: f64| (a - b).abs() <= self.options.period;
        if state.total == 0.0 || near(now, state.seen) {
            state.seen = if state.total == 0.0 { now } else { state.seen.max(now) };
            state.leap = None;
        } else if state.leap.is_some_and(|leap| near(leap, now)) {
            state.seen = now;
            state.leap = None;
        } else {
            state.leap = Some(now);
        }
        let period = (state.seen / self.options.period) as u64;
        if period != state.period {
            if state.count > 0.0 && period == state.period + 1 && (state.days > 0.0 || seen_whole(state)) {
                // The mean over at most the last seven periods, about.
                let old = state.days.min(6.0);
                for (past, today) in state.past.iter_mut().zip(&state.today) {
                    *past = (*past * old + today) / (old + 1.0);
                }
                state.days += 1.0;
            }
            state.today.fill(0.0);
            (state.period, state.spent, state.count) = (period, 0.0, 0.0);
        }
        self.part(state)
    }

    fn part(&self, state: &Progress) -> usize {
        let into = state.seen / self.options.period - state.period as f64;
        ((into * PARTS as f64) as usize).min(PARTS - 1)
    }

    /// Queries that are still expected in this period.
    fn expected(&self, state: &Progress) -> f64 {
        let into = (state.seen / self.options.period - state.period as f64).clamp(0.0, 1.0);
        let part = self.part(state);
        let within = into * PARTS as f64 - part as f64;
        if state.days > 0.0 {
            let past = |parts: &[f64]| parts.iter().sum::<f64>();
            let at = state.past.get(part).copied().unwrap_or(0.0);
            let so_far = past(state.past.get(..part).unwrap_or_default()) + at * within;
            let to_come = past(state.past.get(part + 1..).unwrap_or_default()) + at * (1.0 - within);
            // Today's volume relative to the past mean by this time; the prior keeps it near 1 early on.
            let prior = 0.05 * (so_far + to_come) + 1.0;
            return to_come * (state.count + prior) / (so_far + prior);
        }
        match self.options.queries {
            Some(queries) => {
                // The forecast at first; the rate so far once the forecast is exceeded, or late in the period.
                let by_rate = if into > 0.0 { state.count / into * (1.0 - into) } else { queries };
                let by_forecast = queries - state.count;
                let trust = (1.0 - into) * (1.0 - into);
                if by_forecast > 0.0 { by_forecast * trust + by_rate * (1.0 - trust) } else { by_rate }
            }
            None if into > 0.0 => (state.count + 1.0) / into.max(1e-4) * (1.0 - into),
            None => 1e6,
        }
    }

    /// Logarithm of a tenant's price over the common one: its share of recent spending against its share of the active
    /// tenants' weights.
    fn surcharge(&self, state: &Progress, tenant: &str) -> f64 {
        let place = state.tenants.find(keyed::hash(0, tenant), tenant);
        let Some(share) = place.and_then(|place| state.tenants.get(place)) else { return 0.0 };
        if self.options.fairness == 0.0 || state.recent <= 0.0 || state.weight <= 0.0 {
            return 0.0;
        }
        let has = self.faded(share.recent, share.at, state.seen)
            / self.faded(state.recent, state.recent_at, state.seen);
        let due = share.weight / state.weight;
        // 0 at its share; at full fairness a hundredfold price at ten times its share and above.
        self.options.fairness * 2.0 * (has / due).clamp(0.1, 10.0).ln()
    }

    fn charge(&self, state: &mut Progress, tenant: &str, usd: f64) {
        let now = state.seen;
        state.recent = self.faded(state.recent, state.recent_at, now) + usd;
        state.recent_at = now;
        let hash = keyed::hash(0, tenant);
        if let Some(place) = state.tenants.find(hash, tenant) {
            state.tenants.touch(place);
            let half_life = self.half_life();
            if let Some(share) = state.tenants.get_mut(place) {
                share.recent = fade(share.recent, now - share.at, half_life) + usd;
                share.at = now;
            }
        } else {
            let weight = self.weight_of(tenant);
            state.tenants.insert(hash, tenant, TenantSpend { weight, recent: usd, at: now });
            state.weight += weight;
        }
        self.forget(state);
    }

    /// Evicts tenants that were idle for eight half-lives.
    fn forget(&self, state: &mut Progress) {
        for _ in 0..2 {
            let Some(oldest) = state.tenants.oldest() else { return };
            let gone = state.tenants.get(oldest).is_some_and(|s| state.seen - s.at > 8.0 * self.half_life());
            if !gone && state.tenants.len() <= TENANTS {
                return;
            }
            if let Some(share) = state.tenants.remove(oldest) {
                state.weight = (state.weight - share.weight).max(0.0);
            }
        }
    }

    fn weight_of(&self, tenant: &str) -> f64 {
        let named = self.options.weights.iter().find(|(name, _)| name == tenant);
        named.map_or(1.0, |(_, weight)| *weight)
    }

    fn half_life(&self) -> f64 {
        self.options.period / 48.0
    }

    fn faded(&self, amount: f64, at: f64, now: f64) -> f64 {
        fade(amount, now - at, self.half_life())
    }

    /// No code under the lock can panic half-way, so a poisoned lock is usable.
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// True if queries came in the first two parts of the period.
fn seen_whole(state: &Progress) -> bool {
    state.today.iter().take(2).any(|count| *count > 0.0)
}

fn fade(amount: f64, passed: f64, half_life: f64) -> f64 {
    amount * (-passed.max(0.0) / half_life).exp2()
}
