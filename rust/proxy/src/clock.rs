//! The time of the calendar. Runs take the monotonic time of [`App::now`](crate::app::App::now).

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds of Unix time.
pub(crate) fn unix() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
