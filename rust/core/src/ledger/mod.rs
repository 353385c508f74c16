//! Budgets: the account of one query, and the ledger of caps on sessions, tenants and the fleet.

mod account;
mod accounts;
mod book;
mod breakers;
mod cap;
mod funding;
mod hold_id;
mod holds;
mod journal;
mod lease;
mod leases;
mod options;
mod page;
mod payer;
mod purse;
mod replay;
mod reserve;
mod retries;
mod shelf;
mod snapshot;
mod sync;
mod turn;

pub use account::{Account, Amount};
pub use book::{Ledger, LedgerStats};
pub use breakers::{Breaker, BreakerRules, BreakerState, Breakers, Upstream};
pub use cap::{Cap, Cost, Leasing, MAX_CAPS, MAX_KEY, Scope};
pub use funding::Funding;
pub use hold_id::HoldId;
pub use lease::Block;
pub use leases::{GIVE_BACK, LEASE, LeaseOptions, Leases, Script, leased};
pub use options::LedgerOptions;
pub use payer::Payer;
pub(crate) use purse::Purse;
pub use reserve::Settlement;
pub use retries::RetryBudget;
