//! Ladder, policy, ceiling, rules, caps and sessions from one TOML file, for every host.
//!
//! ```text
//! fault     a core error, and the path of the refused value
//! value     a TOML value → serde
//! text      bytes → document, within bounds of size and depth
//! tables    the file's tables, one type each → the core's types
//! config    the whole file, what a reload keeps, and a governor
//! schema    JSON Schema, for editors
//! ```
//!
//! Each line may use those above it, and the core. Errors are the core's; each names file, table and field, and the value and its
//! bound. The tables are the core's types, under the names of Python's arguments:
//!
//! ```toml
//! default = "think"              # as in `Ladder`
//! start_max = "think"
//!
//! [[rung]]                       # one for each `Rung`, lowest first
//! name = "fast"
//! model = "small-model"
//! output_price = 0.40
//! doubt = { low_logprob = -1.5, caught = 0.9, false_alarms = 0.1 }
//!
//! [[rung]]
//! name = "think"
//!
//! [policy]                       # kind = "utility", "threshold", "paced" or "shares", and its fields;
//!                                # without a kind: those of "shares"
//! shares = [0.8, 0.2]
//!
//! [ceiling]                      # as in `Ceiling`
//! tokens = 100_000
//!
//! [[cap]]                        # one for each `Cap`
//! scope = "tenant"
//! usd = 10.0
//! per = 86_400
//!
//! [ledger]                       # as in `LedgerOptions`
//! ttl = 600
//!
//! [sessions]                     # as in `SessionOptions`
//! cache_ttl = 300
//!
//! [rules]                        # as in `Rules`; a bar that is on by default is off with `false`
//! low_confidence = 4.5
//! low_steps = false
//!
//! [[rules.ramps]]                # one for each `RampRule`
//! on = "low_confidence"
//! moves = [{ name = "think", by = 2.0 }, { name = "escalate" }]
//! ```
#![deny(missing_docs)]
#![deny(unsafe_code)]

mod config;
mod fault;
mod schema;
mod tables;
mod text;
mod value;

pub use config::{Config, HOST_TABLES};
pub use schema::{schema, schema_with};
pub use tables::{CeilingTable, LedgerFile, LedgerServer, LedgerUrl};
pub use text::{MAX_BYTES, decode};
