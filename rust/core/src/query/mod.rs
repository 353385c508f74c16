//! What came in: text, chat messages, or the raw body of a provider's request.

mod structure;

pub use structure::Structure;
