//! Settings of a ledger.

use super::cap::Cap;
use super::hold_id::SLOT_BITS;
use crate::{Error, Result};

/// Settings of a ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerOptions {
    /// The caps.
    pub caps: Vec<Cap>,
    /// Lifetime of a reservation, in seconds, unless it is settled or released before.
    pub ttl: f64,
    /// Most accounts per scope.
    pub accounts: usize,
    /// Most live reservations.
    pub live: usize,
    /// Locks per scope; 1 is enough for one thread.
    pub shards: u32,
    /// Secret seed of the hash, against chosen collisions of session and tenant names.
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
