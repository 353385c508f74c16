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

use crate::convert::{bytes, text};
use crate::error::{Result, wrong_type};
use pyo3::prelude::*;
use std::borrow::Cow;
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

impl<T: Clone> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self::new(self.lock().clone())
    }
}

/// Bytes that a `to_bytes` wrote.
fn state<'a>(value: &'a Bound<'_, PyAny>) -> Result<Cow<'a, [u8]>> {
    bytes(value).ok_or_else(|| wrong_type("state", value, "bytes"))
}
