//! Shares one budget of samples among many queries: a whole batch at once, or a stream.

mod batch;
mod novelty;
mod online;
mod value;

pub use batch::BatchAllocator;
pub use online::OnlineAllocator;
