//! Vector kernels, and the only `unsafe` of the core. Each kernel has a portable twin for processors without its instructions.
//! Tests run every instruction set that the processor has ([`level::Level`]).

pub(crate) mod classify;
pub(crate) mod edges;
pub(crate) mod level;
pub(crate) mod logits;
pub(crate) mod sample;
pub(crate) mod special;
pub(crate) mod widest;
