//! How a ledger is made.

use super::cap::Cap;
use super::hold_id::SLOT_BITS;
use crate::{Error, Result};

/// How a ledger is made.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerOptions {
    /// What may be spent.
    pub caps: Vec<Cap>,
    /// A reservation that is neither settled nor released ends by itself after so many seconds.
    pub ttl: f64,
    /// The most accounts kept in each scope.
    pub accounts: usize,
    /// The most live reservations.
    pub live: usize,
    /// Locks per scope; one is enough for one thread.
    pub shards: u32,
    /// Keeps those who choose session and tenant names from choosing hash collisions.
    pub seed: u64,
}

impl Default for LedgerOptions {
    fn default() -> Self {
        Self { caps: Vec::new(), ttl: 600.0, accounts: 1_000_000, live: 1_000_000, shards: 16, seed: 0 }
    }
}

impl LedgerOptions {
    pub(super) fn validate(&self) -> Result<()> {
        let count = |what: &str, value: u64, most: u64| {
            let error = || Error::invalid(what, value, format!("between 1 and {most}"));
            (1..=most).contains(&value).then_some(()).ok_or_else(error)
        };
        if !(0.001..=1e9).contains(&self.ttl) {
            return Err(Error::invalid("ledger: ttl", self.ttl, "between 0.001 and 1e9 seconds"));
        }
        count("ledger: accounts", self.accounts as u64, 1 << 31)?;
        count("ledger: live", self.live as u64, 1 << SLOT_BITS)?;
        count("ledger: shards", u64::from(self.shards), 256)
    }
}
