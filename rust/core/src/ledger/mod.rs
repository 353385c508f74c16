//! What is reserved and what has been spent: the account of one query, and the ledger of caps over sessions, tenants
//! and the fleet.

mod account;
mod book;
mod cap;
mod holds;
mod lease;
mod money;
mod page;
mod purse;
mod reserve;
mod sync;

pub use account::{Account, Amount};
pub use book::{HoldId, Ledger, LedgerOptions, LedgerStats, Payer};
pub use cap::{Cap, Cost, Leasing, MAX_CAPS, MAX_KEY, Scope};
pub use lease::Block;
pub use money::{Prices, Usd};
pub use purse::Purse;
pub use reserve::Settlement;
