//! The monotonic clock that the core leaves to its host.

use pyo3::prelude::*;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// `at` where it was given, else the seconds since this process first asked.
pub(crate) fn now(at: Option<f64>) -> f64 {
    static BASE: OnceLock<Instant> = OnceLock::new();
    at.unwrap_or_else(|| BASE.get_or_init(Instant::now).elapsed().as_secs_f64())
}

/// `at` where it was given, else the Unix time in seconds: outcomes are reported from other processes, too, whose
/// monotonic clocks mean nothing here.
pub(crate) fn wall(at: Option<f64>) -> f64 {
    at.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64()))
}

/// The time that events are stamped with where no `at=` is given: seconds of this process's monotonic clock.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.clock() <= rh.clock()
///     True
#[pyfunction]
pub(crate) fn clock() -> f64 {
    now(None)
}
