//! The monotonic clock that the core leaves to its host.

use crate::args::read_real;
use pyo3::prelude::*;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The argument `at`: a time in seconds.
#[derive(Clone, Copy)]
pub(crate) struct At(pub(crate) f64);

impl FromPyObject<'_, '_> for At {
    type Error = PyErr;
    #[cfg(feature = "stub")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = f64::INPUT_TYPE;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Ok(Self(read_real(&value, "at")?))
    }
}

/// `at` where it was given, else the seconds since this process first asked.
pub(crate) fn now(at: Option<At>) -> f64 {
    static BASE: OnceLock<Instant> = OnceLock::new();
    at.map_or_else(|| BASE.get_or_init(Instant::now).elapsed().as_secs_f64(), |at| at.0)
}

/// `at` where it was given, else the Unix time in seconds: outcomes are reported from other processes, too, whose
/// monotonic clocks mean nothing here.
pub(crate) fn wall(at: Option<At>) -> f64 {
    let unix = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64());
    at.map_or_else(unix, |at| at.0)
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
