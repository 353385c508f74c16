//! The core of rheostat: everything that decides how much compute an LLM query deserves.
//!
//! Data walks from left to right and never back:
//!
//! ```text
//! query ─ features ─ estimate ─ policy ─ PLAN ─ run( call → signal · vote → action ) ─ ledger ─ outcome ─ learn
//! ```
//!
//! Each room is a module. A room may use the rooms above it in this list, and none below:
//!
//! ```text
//! simd math error digest money keyed named json batch       ground
//! query  features  artifact                             what came in
//! strategy ladder outcome ledger session guarantee cadence sleep    nouns
//! estimate                                              how hard
//! policy  vote  signal  rules                           what weighs, what listens
//! plan                                                  the decision, data only
//! run                                                   one query being served
//! learn  governor                                       the top
//! ```
//!
//! The core does no I/O, reads no clock (time comes in as an argument) and has no mutable global state: the shipped model, its
//! schema and the instruction set of the processor are constants that are filled on first use. `ARCHITECTURE.md`
//! at the top of the repository walks one prompt's bytes through these modules.
#![deny(missing_docs)]
#![deny(unsafe_code)]

// Files of tests/ that unit tests include call the crate by its name.
#[cfg(test)]
extern crate self as rheostat;

pub mod artifact;
mod batch;
pub mod cadence;
mod digest;
pub mod error;
pub mod estimate;
pub mod features;
pub mod governor;
pub mod guarantee;
pub mod json;
mod keyed;
pub mod ladder;
pub mod learn;
pub mod ledger;
mod math;
pub mod money;
mod named;
pub mod outcome;
pub mod plan;
pub mod policy;
pub mod query;
pub mod rules;
pub mod run;
pub mod session;
pub mod signal;
#[allow(unsafe_code)]
mod simd;
pub mod sleep;
pub mod strategy;
pub mod vote;

pub use error::{Error, Result};
