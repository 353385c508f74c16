//! The core of rheostat: everything that decides how much compute an LLM query deserves.
//!
//! Data walks from left to right and never back:
//!
//! ```text
//! query ─ text ─ features ─ estimate ─ policy ─ PLAN ─ run( call → signal · vote → action ) ─ ledger ─ outcome
//! ```
//!
//! The core does no I/O, reads no clock (time comes in as an argument) and holds no global state. `ARCHITECTURE.md`
//! at the top of the repository walks one prompt's bytes through these modules.
#![deny(missing_docs)]
#![deny(unsafe_code)]

pub mod artifact;
pub mod error;
pub mod estimate;
pub mod features;
pub mod governor;
pub mod guarantee;
mod json;
mod keyed;
pub mod ladder;
pub mod learn;
pub mod ledger;
mod math;
pub mod policy;
pub mod query;
pub mod run;
pub mod session;
pub mod signal;
#[allow(unsafe_code)]
pub mod simd;
pub mod text;
pub mod vote;

pub use error::{Error, Result};
