//! JSON: a reader that builds no tree, a writer into one string, and a canonical form.

mod canonical;
mod read;
mod text;
mod write;

pub(crate) use canonical::canonical;
pub(crate) use read::{Json, MAX_DEPTH, Meter};
pub(crate) use text::{Escape, JsonText};
pub(crate) use write::{Object, quoted, real};
