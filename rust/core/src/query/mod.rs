//! A query: the words to score, and their surroundings as sizes and counts.
//!
//! A host has read it: a text as it stands with [`Query::text`]; messages, bodies, and texts that a program has added to, with
//! the crate `rheostat-wire`, which knows what providers and harnesses write. A [`Query`] borrows from the input where it can,
//! and copies at most the window.

mod cut;
mod read;
mod request;
mod structure;
mod tokens;
mod turn;
mod window;

pub use cut::{Cut, Cutter, Sink};
pub use read::{Query, Reader};
pub use request::{CAPABILITIES, Chore, Request, Wish};
pub use structure::Structure;
pub use tokens::tokens_64;
pub use turn::Turn;
pub use window::Window;
