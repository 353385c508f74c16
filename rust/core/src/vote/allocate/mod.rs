//! Samples shared among many queries: where the next one changes most.

mod batch;
mod online;

pub use batch::BatchAllocator;
pub use online::OnlineAllocator;
