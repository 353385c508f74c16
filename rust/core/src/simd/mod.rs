//! Vector kernels, and the only `unsafe` of the core. Each has a portable twin, which runs where the instructions are missing.
//! Tests run both, and every level between ([`level::Level::each`]).

pub(crate) mod classify;
pub(crate) mod edges;
pub(crate) mod level;
pub(crate) mod logits;
pub(crate) mod widest;
