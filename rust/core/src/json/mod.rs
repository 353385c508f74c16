//! JSON: a reader that builds no tree, for bodies and for answers; a writer into one string, and a canonical form.

mod canonical;
mod read;
mod text;
mod write;

pub(crate) use canonical::canonical;
pub use read::{Json, MAX_DEPTH, Meter};
pub use text::{Escape, JsonText};
pub(crate) use write::{Object, quoted, real};
