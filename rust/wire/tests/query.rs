//! Queries: shapes of every provider, equal asks whatever they come in, explanations, a reader of JSON that agrees with another.
#![allow(clippy::unwrap_used, clippy::panic)] // a test that fails here has failed

#[path = "query/equal.rs"]
mod equal;
#[path = "query/explain.rs"]
mod explain;
#[path = "query/grammar.rs"]
mod grammar;
#[path = "query/once.rs"]
mod once;
#[path = "query/oracle.rs"]
mod oracle;
#[path = "query/purpose.rs"]
mod purpose;
#[path = "query/shapes.rs"]
mod shapes;
