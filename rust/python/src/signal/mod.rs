//! Signals of a partial answer, one a file.

pub(crate) mod confidence;
pub(crate) mod exits;
pub(crate) mod logits;
pub(crate) mod loops;
pub(crate) mod markers;
mod rows;

use crate::convert::text;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A core value that Python shares between threads.
struct Shared<T>(Mutex<T>);

impl<T> Shared<T> {
    fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
