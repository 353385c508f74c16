//! Vector kernels, and the only `unsafe` of the core. Each has a portable twin that runs where the instructions are
//! missing and that the tests hold it equal to.

pub mod classify;
pub mod edges;
mod level;
pub mod logits;
pub mod widest;
