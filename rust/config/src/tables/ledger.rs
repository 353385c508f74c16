//! Caps, the ledger's own settings, and sessions.

use super::set;
use rheostat::ledger::{Cap, LedgerOptions, Scope};
use rheostat::money::Usd;
use rheostat::session::SessionOptions;
use rheostat::{Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;

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
    /// Database file that keeps the ledger, so that it outlives the process and is shared by those of one machine; in memory if not given.
    file: Option<PathBuf>,
    /// True to survive the loss of power, too, at the price of one disk flush for each reservation; false if not given.
    durable: Option<bool>,
    /// Seconds to wait for the file while other processes use it; 5 if not given.
    busy: Option<f64>,
}

/// The file of a ledger that outlives its process. The host opens it: this crate does no I/O.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerFile {
    /// The file.
    pub path: PathBuf,
    /// True to survive the loss of power, too.
    pub durable: bool,
    /// Seconds to wait for other processes that use it.
    pub busy: f64,
}

impl LedgerTable {
    /// The file that it names, if it names one.
    pub(crate) fn file(&self, caps: bool) -> Result<Option<LedgerFile>> {
        let Some(path) = self.file.clone() else {
            return match (self.durable, self.busy) {
                (None, None) => Ok(None),
                (Some(_), _) => Err(Error::invalid("durable", "true or false", "given together with a file")),
                (_, Some(busy)) => Err(Error::invalid("busy", busy, "given together with a file")),
            };
        };
        if !caps {
            let bound = "given together with at least one [[cap]], which the ledger keeps";
            return Err(Error::invalid("file", path.display(), bound));
        }
        let busy = self.busy.unwrap_or(5.0);
        if !(0.0..=3_600.0).contains(&busy) {
            return Err(Error::invalid("busy", busy, "between 0 and 3600 seconds"));
        }
        Ok(Some(LedgerFile { path, durable: self.durable.unwrap_or(false), busy }))
    }
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
