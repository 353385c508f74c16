//! Dialects: what providers write, in one form. Tables are data; nothing is decided here, and no I/O is done.
#![deny(missing_docs)]
#![deny(unsafe_code)]

pub mod rewrite;
pub mod usage;
