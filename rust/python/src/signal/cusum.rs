//! Whether the level of a signal has changed.

use super::Held;
use crate::error::Result;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::signal as core;

/// A change of level, found by two cumulative sums (Page 1954).
///
/// The first `warmup` values give the level and its spread. From then on each value, as a distance from that level in spreads,
/// adds to a sum what it exceeds `slack` by; a sum above `threshold` is a change. After one it starts again, warm-up included.
/// With independent normal values the defaults raise a false alarm about once in 465 values a side; entropies are neither, so
/// measure before trusting it.
///
/// Args:
///     slack: What is tolerated, in spreads, at least 0.
///     threshold: The sum that is a change, in spreads, above 0.
///     warmup: Values that give the level, from 2 to 65,536.
///
/// Raises:
///     InvalidValueError: An argument is out of bounds.
///
/// Example:
///     >>> from rheostat.signals import Cusum
///     >>> change = Cusum(warmup=4)
///     >>> [change.update(x) for x in (1.0, 2.0, 1.0, 2.0, 1.5, 9.0)]
///     [None, None, None, None, None, 'up']
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct Cusum {
    inner: Held<core::Cusum>,
}

#[pymethods]
impl Cusum {
    #[new]
    #[pyo3(signature = (slack = 0.5, threshold = 5.0, warmup = 32))]
    fn new(slack: f64, threshold: f64, #[pyo3(from_py_with = int)] warmup: i128) -> Result<Self> {
        Ok(Self {
            inner: Held::new(core::Cusum::new(slack, threshold, whole("warmup", warmup, 0..=u32::MAX)?)?),
        })
    }

    /// One value. Returns the change that it brings to light: `"up"`, `"down"`, or None.
    fn update(&self, value: f64) -> Option<&'static str> {
        self.inner.lock().update(value).map(core::Shift::as_str)
    }

    /// The level that the warm-up found; None while it lasts.
    #[getter]
    fn level(&self) -> Option<f64> {
        self.inner.lock().level()
    }

    /// The two sums, upward and downward, in spreads.
    #[getter]
    fn sums(&self) -> (f64, f64) {
        self.inner.lock().sums()
    }

    /// Changes so far.
    #[getter]
    fn changes(&self) -> u64 {
        self.inner.lock().changes()
    }

    /// Values that counted.
    #[getter]
    fn count(&self) -> u64 {
        self.inner.lock().count()
    }

    /// Values that did not: NaN, infinite, or beyond 1e12.
    #[getter]
    fn invalid(&self) -> u64 {
        self.inner.lock().invalid()
    }

    fn __repr__(&self) -> String {
        let c = self.inner.lock();
        format!("Cusum(count={}, changes={}, sums={:.3?})", c.count(), c.changes(), c.sums())
    }
}
