//! The retry budget of a governor: retries are a share of its calls, so that they cannot multiply the load on an engine that fails.
//!
//! A token bucket, as in Finagle and gRPC, filled by calls rather than by time: a first attempt adds a fifth of a retry, a retry
//! takes a whole one. Without failures it stays full and is only read.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// First attempts that earn one retry.
const CALLS: u32 = 5;
/// Retries of a full bucket: a short failure of a service with a hundred requests in flight is retried as a whole.
const FULL: u32 = 100;

/// A bucket of retries. It starts full.
#[derive(Debug)]
pub struct RetryBudget {
    /// In parts, [`CALLS`] of which are one retry.
    parts: AtomicU32,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self { parts: AtomicU32::new(FULL * CALLS) }
    }
}

impl RetryBudget {
    /// Adds the part of a retry that a first attempt earns.
    pub fn earn(&self) {
        let add = |parts: u32| (parts < FULL * CALLS).then(|| parts + 1);
        let _: Result<u32, u32> = self.parts.fetch_update(Relaxed, Relaxed, add);
    }

    /// Takes one retry; false if the bucket has none.
    #[must_use]
    pub fn spend(&self) -> bool {
        self.parts.fetch_update(Relaxed, Relaxed, |parts| parts.checked_sub(CALLS)).is_ok()
    }
}

#[cfg(test)]
#[path = "../../tests/unit/ledger/retries.rs"]
mod tests;
