//! Caps, the ledger's own settings, and sessions.

use super::set;
use rheostat::ledger::{Cap, LeaseOptions, LedgerOptions, Scope};
use rheostat::money::Usd;
use rheostat::session::SessionOptions;
use rheostat::{Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;

/// A bound on what a scope may spend, in tokens, in dollars, or in dollars of escalated spend.
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
    /// The most US dollars for calls on rungs above the entry rung, which is the lowest that has what the query needs.
    escalated_usd: Option<f64>,
    /// Length of a window, in seconds, aligned to its multiples; for ever if not given.
    per: Option<f64>,
    /// The one session or tenant that it caps. Caps of a key replace those of the scope at large.
    key: Option<String>,
}

impl TryFrom<CapTable> for Cap {
    type Error = Error;

    fn try_from(table: CapTable) -> Result<Self> {
        let money = |name: &str, usd: Option<f64>| match usd {
            Some(usd) if usd >= 0.0 => Ok(Some(Usd::from_dollars(usd))),
            Some(usd) => Err(Error::invalid(name, usd, "a number of at least 0")),
            None => Ok(None),
        };
        let (usd, escalated) = (money("usd", table.usd)?, money("escalated_usd", table.escalated_usd)?);
        let scope = Scope::from_name(&table.scope)?;
        let cap = Self {
            key: table.key,
            tokens: table.tokens,
            usd,
            escalated,
            period: table.per,
            ..Self::new(scope)
        };
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
    /// URL of a Redis or Valkey server that leases blocks of the caps on tenants and the fleet to all processes that share them, such as
    /// `redis://127.0.0.1:6379/0`. One with a password stands in an environment variable: see `redis_env`.
    redis: Option<String>,
    /// Environment variable with that URL, in place of `redis`.
    redis_env: Option<String>,
    /// Prefix of the server's keys: processes that share budgets have one, and equal caps; "rheostat" if not given.
    prefix: Option<String>,
    /// Seconds after the server's start, and after a loss of a key, in which it gives no lease; 2 if not given.
    grace: Option<f64>,
    /// Seconds to wait for the server; 2 if not given.
    timeout: Option<f64>,
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

/// The server that leases blocks of shared caps. The host talks to it: this crate does no I/O, and reads no environment.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerServer {
    /// The place of its URL.
    pub url: LedgerUrl,
    /// How blocks are leased.
    pub options: LeaseOptions,
}

/// The place of a server's URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerUrl {
    /// The URL, without a password.
    Plain(String),
    /// The environment variable that has it.
    Env(String),
}

impl LedgerTable {
    /// The server that it names, if it names one.
    pub(crate) fn server(&self, caps: bool) -> Result<Option<LedgerServer>> {
        let url = match (&self.redis, &self.redis_env) {
            (None, None) => {
                let given = [("prefix", self.prefix.is_some()), ("grace", self.grace.is_some())];
                let given = given.into_iter().chain([("timeout", self.timeout.is_some())]);
                return match given.into_iter().find(|(_, given)| *given) {
                    Some((what, _)) => Err(Error::invalid(what, "a value", "given together with redis")),
                    None => Ok(None),
                };
            }
            (Some(_), Some(_)) => {
                return Err(Error::invalid("redis_env", "both", "given in place of redis"));
            }
            (None, Some(name)) if name.is_empty() => {
                return Err(Error::invalid(
                    "redis_env",
                    "an empty name",
                    "the name of an environment variable",
                ));
            }
            (None, Some(name)) => LedgerUrl::Env(name.clone()),
            (Some(url), None) => {
                // It may hold a secret, so that no message shows it.
                let bound = "a URL that begins with redis:// or rediss://, without a name or password: one with a password stands in the variable that redis_env names";
                let rest = url.strip_prefix("redis://").or_else(|| url.strip_prefix("rediss://"));
                match rest {
                    Some(rest) if !rest.is_empty() && !rest.contains('@') => LedgerUrl::Plain(url.clone()),
                    _ => return Err(Error::invalid("redis", "another text", bound)),
                }
            }
        };
        if self.file.is_some() {
            return Err(Error::invalid("redis", "a server", "given without file: a ledger has one store"));
        }
        if !caps {
            let bound = "given together with at least one [[cap]], which the server leases";
            return Err(Error::invalid("redis", "a server", bound));
        }
        let usual = LeaseOptions::default();
        let options = LeaseOptions {
            prefix: self.prefix.clone().unwrap_or(usual.prefix),
            grace: self.grace.unwrap_or(usual.grace),
            timeout: self.timeout.unwrap_or(usual.timeout),
            ..LeaseOptions::default()
        };
        options.validate()?;
        Ok(Some(LedgerServer { url, options }))
    }

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
