//! Samples shared among many queries: where the next one changes most.

mod batch;
mod novelty;
mod online;
mod value;

pub use batch::BatchAllocator;
pub use online::OnlineAllocator;
