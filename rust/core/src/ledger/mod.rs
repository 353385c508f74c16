//! What is reserved and what has been spent. Here: the account of one query; caps over sessions and fleets build on it.

mod account;
mod money;

pub use account::{Account, Amount};
pub use money::{Prices, Usd};
