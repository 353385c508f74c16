//! Caps, the ledger's own settings, and sessions.

use super::set;
use rheostat::ledger::{Cap, LedgerOptions, Scope};
use rheostat::money::Usd;
use rheostat::session::SessionOptions;
use rheostat::{Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use std::hash::{BuildHasher, RandomState};

/// A bound on what a scope may spend, in tokens, in dollars, or both.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CapTable {
    /// The group whose spending it bounds.
    #[schemars(extend("enum" = Scope::ALL.map(Scope::as_str)))]
    scope: String,
    /// The most output tokens, thinking included.
    tokens: Option<u64>,
    /// The most US dollars.
    usd: Option<f64>,
    /// Length of a window, in seconds, aligned to its multiples; for ever if not given.
    per: Option<f64>,
    /// The one session or tenant that it caps. Caps of a key replace those of the scope at large.
    key: Option<String>,
}

impl TryFrom<CapTable> for Cap {
    type Error = Error;

    fn try_from(table: CapTable) -> Result<Self> {
        let usd = match table.usd {
            Some(usd) if usd >= 0.0 => Some(Usd::from_dollars(usd)),
            Some(usd) => return Err(Error::invalid("usd", usd, "a number of at least 0")),
            None => None,
        };
        let scope = Scope::from_name(&table.scope)?;
        let cap = Self { key: table.key, tokens: table.tokens, usd, period: table.per, ..Self::new(scope) };
        cap.validate()?;
        Ok(cap)
    }
}

/// Settings of the ledger that keeps the caps.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerTable {
    /// Seconds after which a reservation ends by itself; 600 if not given.
    ttl: Option<f64>,
    /// The most accounts kept in each scope; 1,000,000 if not given.
    accounts: Option<usize>,
    /// The most live reservations; 1,000,000 if not given.
    live: Option<usize>,
}

impl From<LedgerTable> for LedgerOptions {
    fn from(table: LedgerTable) -> Self {
        let mut options = Self { seed: secret(), ..Self::default() };
        set! { table => options: ttl accounts live }
        options
    }
}

/// How sessions are kept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionsTable {
    /// The most sessions kept; the least recently used goes first. 1,000,000 if not given.
    capacity: Option<usize>,
    /// Seconds without use after which a session is over; 3,600 if not given.
    ttl: Option<f64>,
    /// Seconds after a turn for which the provider keeps its prefix cached; 300 if not given.
    cache_ttl: Option<f64>,
    /// Easier asks in a row after which a session comes down; 3 if not given.
    down_after: Option<u32>,
}

impl TryFrom<SessionsTable> for SessionOptions {
    type Error = Error;

    fn try_from(table: SessionsTable) -> Result<Self> {
        let mut options = Self { seed: secret(), ..Self::default() };
        set! { table => options: capacity ttl cache_ttl down_after }
        options.validate()?;
        Ok(options)
    }
}

/// A secret seed of a hash, drawn anew for each.
pub(crate) fn secret() -> u64 {
    RandomState::new().hash_one(0)
}
