//! The ledger's lock: the standard mutex, or loom's where a test tries all interleavings.

#[cfg(loom)]
use loom::sync as lib;
#[cfg(not(loom))]
use std::sync as lib;
use std::sync::PoisonError;

pub(super) use lib::MutexGuard;

/// A mutex whose holder leaves no half-made change, so a poisoned lock is used as it is.
#[derive(Debug)]
pub(super) struct Lock<T>(lib::Mutex<T>);

impl<T> Lock<T> {
    pub(super) fn new(value: T) -> Self {
        Self(lib::Mutex::new(value))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
