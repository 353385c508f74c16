//! What partial answers say, one signal a file.

pub(crate) mod agent;
pub(crate) mod confidence;
pub(crate) mod cusum;
pub(crate) mod entropy;
pub(crate) mod exits;
pub(crate) mod logits;
pub(crate) mod loops;
pub(crate) mod probes;
pub(crate) mod quadrants;
mod rows;
pub(crate) mod steps;
pub(crate) mod text;
pub(crate) mod top;

use crate::convert::text;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A core value that Python shares between threads.
struct Held<T>(Mutex<T>);

impl<T> Held<T> {
    fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
