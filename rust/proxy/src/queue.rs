//! Places of requests that are served at once, and a bounded queue before them.
//!
//! A request that finds no place waits in order of arrival. While the queue is full, and after a time of waiting, it is refused with
//! 503 and `retry-after`, so that a client learns of an overload at once instead of by its own timeout.

use crate::settings::Limits;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places.
#[derive(Debug)]
pub(crate) struct Places {
    most: usize,
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place(#[allow(dead_code)] OwnedSemaphorePermit);

/// Counts a request that waits, however its waiting ends.
struct Waits<'a>(&'a AtomicUsize);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Places {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, free: Arc::new(Semaphore::new(most)), waiting: AtomicUsize::new(0) }
    }

    /// The number of places.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// The number of requests that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Takes a place, or waits for one; None if the queue is full, or the wait was too long.
    pub(crate) async fn take(&self, limits: &Limits) -> Option<Place> {
        if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(Place(place));
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waits = Waits(&self.waiting);
        if before >= limits.queue {
            return None;
        }
        let place = tokio::time::timeout(limits.queue_wait, Arc::clone(&self.free).acquire_owned()).await;
        place.ok()?.ok().map(Place)
    }
}
