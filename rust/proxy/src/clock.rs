//! The time: of the calendar, and that which runs and plans take.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Seconds of Unix time.
pub(crate) fn unix() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// A clock that never steps back. It starts at Unix time, so that times that are written down mean the same to the next process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
    at: f64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), at: unix() }
    }

    /// Seconds.
    pub(crate) fn now(&self) -> f64 {
        self.at + self.started.elapsed().as_secs_f64()
    }
}
