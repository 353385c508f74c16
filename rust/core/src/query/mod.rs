//! What came in: text, chat messages, or the raw body of a provider's request.

mod structure;
mod stub;
pub use stub::{Query, Turn};

pub use structure::Structure;
