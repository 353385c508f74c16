//! How entropy moves.

use super::Held;
use crate::error::Result;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::signal as core;

/// A mean that forgets, and the variance around it. Each value weighs `alpha`; the first is the mean, with no variance.
///
/// `m = alpha * x + (1 - alpha) * m`, then `v = alpha * (x - m)**2 + (1 - alpha) * v` with the new mean. A value that is not
/// finite, or beyond 1e12, is counted in `invalid` and left out.
///
/// Args:
///     alpha: What one value weighs, above 0 and at most 1.
///
/// Raises:
///     InvalidValueError: `alpha` is out of bounds.
///
/// Example:
///     >>> from rheostat.signals import Ema
///     >>> level = Ema(0.5)
///     >>> level.update(2.0), level.update(4.0), level.mean, level.variance
///     (True, True, 3.0, 0.5)
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct Ema {
    inner: Held<core::Ema>,
}

#[pymethods]
impl Ema {
    #[new]
    #[pyo3(signature = (alpha = 0.1))]
    fn new(alpha: f64) -> Result<Self> {
        Ok(Self { inner: Held::new(core::Ema::new(alpha)?) })
    }

    /// One value. Says whether it counted.
    fn update(&self, value: f64) -> bool {
        self.inner.lock().update(value)
    }

    /// The mean; NaN before the first value.
    #[getter]
    fn mean(&self) -> f64 {
        self.inner.lock().mean()
    }

    /// The variance; NaN before the first value.
    #[getter]
    fn variance(&self) -> f64 {
        self.inner.lock().variance()
    }

    /// Values that counted.
    #[getter]
    fn count(&self) -> u64 {
        self.inner.lock().count()
    }

    /// Values that did not.
    #[getter]
    fn invalid(&self) -> u64 {
        self.inner.lock().invalid()
    }

    /// What one value weighs.
    #[getter]
    fn alpha(&self) -> f64 {
        self.inner.lock().alpha()
    }

    fn __repr__(&self) -> String {
        let e = self.inner.lock();
        format!(
            "Ema(alpha={}, count={}, mean={:.4}, variance={:.3e})",
            e.alpha(),
            e.count(),
            e.mean(),
            e.variance()
        )
    }
}

/// When to stop thinking, by EAT (Wang et al. 2025).
///
/// At each empty line the host asks what the model would say after the end of its thinking, and hands over the entropy of that
/// next token. Once its variance has died down, more thinking no longer changes what comes next.
///
/// Args:
///     alpha: What one probe weighs, above 0 and at most 1.
///     threshold: The variance below which thinking stops, in squared nats.
///     warmup: No exit before so many probes, at least 2.
///
/// Raises:
///     InvalidValueError: An argument is out of bounds.
///
/// Example:
///     >>> from rheostat.signals import Eat
///     >>> eat = Eat()
///     >>> next(i for i in range(100) if eat.update(2.2 if i < 10 else 0.2))
///     87
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct Eat {
    inner: Held<core::Eat>,
}

#[pymethods]
impl Eat {
    #[new]
    #[pyo3(signature = (alpha = 0.1, threshold = 1e-3, warmup = 25))]
    fn new(alpha: f64, threshold: f64, #[pyo3(from_py_with = int)] warmup: i128) -> Result<Self> {
        Ok(Self {
            inner: Held::new(core::Eat::new(alpha, threshold, whole("warmup", warmup, 0..=u64::MAX)?)?),
        })
    }

    /// The entropy after one probe, in nats. Says whether to stop thinking; what is no entropy never is a reason to.
    fn update(&self, entropy: f64) -> bool {
        self.inner.lock().update(entropy)
    }

    /// Whether the warm-up is over and the variance below the threshold.
    #[getter]
    fn settled(&self) -> bool {
        self.inner.lock().settled()
    }

    /// The running mean of the entropy; NaN before the first probe.
    #[getter]
    fn mean(&self) -> f64 {
        self.inner.lock().entropy().mean()
    }

    /// Its running variance; NaN before the first probe.
    #[getter]
    fn variance(&self) -> f64 {
        self.inner.lock().entropy().variance()
    }

    /// Probes that counted.
    #[getter]
    fn count(&self) -> u64 {
        self.inner.lock().entropy().count()
    }

    /// Probes that did not.
    #[getter]
    fn invalid(&self) -> u64 {
        self.inner.lock().entropy().invalid()
    }

    fn __repr__(&self) -> String {
        let e = self.inner.lock();
        format!(
            "Eat(threshold={:e}, count={}, variance={:.3e})",
            e.threshold(),
            e.entropy().count(),
            e.entropy().variance()
        )
    }
}
