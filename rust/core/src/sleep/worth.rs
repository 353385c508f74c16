//! When precomputing pays.
//!
//! ```text
//! queries    that find an artefact in use: made after d seconds, used for T seconds, sources changing at the rate δ,
//!            queries at the rate λ:  N = λ · (e^(−δd) − e^(−δ(d+T))) / δ,  and λ·T without changes
//! pays       where  price · S < v · h · N:  cost S, saving v of a hit, chance h of a hit
//! keep-alive a refresh of a provider's cache reads the prefix once, and saves the write if a query comes within its life:
//!            it pays where P(query within the life) > read / (write − read), 8.7 % at prices .1 and 1.25 of the input's
//! ```

use crate::guarantee::binomial_tail;

/// Queries that an artefact meets before it is invalid.
pub fn expected_queries(query_rate: f64, change_rate: f64, after: f64, ttl: f64) -> f64 {
    let kept = (-change_rate * after).exp();
    let decay = change_rate * ttl;
    // e^(−x) loses its digits near 0.
    let seconds = if decay < 1e-8 { ttl * (1.0 - 0.5 * decay) } else { -(-decay).exp_m1() / change_rate };
    query_rate * kept * seconds
}

/// Lower confidence bound on a chance by Clopper and Pearson (1934): `hits` of `tries`. 0 without tries.
pub fn least_chance(hits: u64, tries: u64, confidence: f64) -> f64 {
    if hits == 0 || tries == 0 {
        return 0.0;
    }
    // P(at least `hits`) grows with the chance: the bound is where it is what the confidence leaves.
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if 1.0 - binomial_tail(tries, hits - 1, middle) < 1.0 - confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The worth of a refresh of a provider's cached prefix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeepAlive {
    /// True if it pays.
    pub pays: bool,
    /// Chance of a query within the cache's life.
    pub chance: f64,
    /// The chance from which on it pays.
    pub break_even: f64,
    /// Expected saving of a refresh, in US dollars; below 0 where it does not pay.
    pub usd: f64,
}

/// Weighs a refresh: `read` and `write` are the prices of the prefix read from the cache, and written to it.
pub(super) fn keep_alive(query_rate: f64, ttl: f64, read: f64, write: f64) -> KeepAlive {
    let chance = -(-query_rate * ttl).exp_m1();
    let saved = (write - read).max(0.0);
    let break_even = if read == 0.0 { 0.0 } else { (read / saved).min(1.0) };
    let usd = chance * saved - read;
    KeepAlive { pays: usd > 0.0, chance, break_even, usd }
}
