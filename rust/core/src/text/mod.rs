//! Which bytes of a text are looked at: a bounded window, so that cost does not grow with the prompt.

mod window;

pub use window::{Window, ceil_boundary, floor_boundary};
