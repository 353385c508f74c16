//! How entropy moves.

use super::{Held, state};
use crate::error::Result;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::signal as core;
use std::borrow::Cow;
use std::collections::BTreeMap;

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

    /// A mean of its own that goes on from here.
    fn copy(&self) -> Self {
        Self { inner: self.inner.clone() }
    }

    fn __copy__(&self) -> Self {
        self.copy()
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.copy()
    }

    /// The state, as an artifact.
    fn to_bytes(&self) -> Cow<'static, [u8]> {
        self.inner.lock().to_bytes().into()
    }

    /// The object whose state `to_bytes` wrote.
    ///
    /// Raises:
    ///     ArtifactError: The bytes are damaged or something else.
    #[staticmethod]
    fn from_bytes(state_bytes: &Bound<'_, PyAny>) -> Result<Self> {
        Ok(Self { inner: Held::new(core::Ema::from_bytes(&state(state_bytes)?)?) })
    }
}

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

    /// A detector of its own that goes on from here.
    fn copy(&self) -> Self {
        Self { inner: self.inner.clone() }
    }

    fn __copy__(&self) -> Self {
        self.copy()
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.copy()
    }

    /// The state, as an artifact.
    fn to_bytes(&self) -> Cow<'static, [u8]> {
        self.inner.lock().to_bytes().into()
    }

    /// The object whose state `to_bytes` wrote.
    ///
    /// Raises:
    ///     ArtifactError: The bytes are damaged or something else.
    #[staticmethod]
    fn from_bytes(state_bytes: &Bound<'_, PyAny>) -> Result<Self> {
        Ok(Self { inner: Held::new(core::Cusum::from_bytes(&state(state_bytes)?)?) })
    }
}

/// The quadrant of a next token's distribution, by entropy (nats) and varentropy, with entropix's limits.
///
/// `"flowing"` (both low: the model knows how to go on), `"unclear"` (high entropy, low varentropy), `"forking"` (a few strong
/// candidates), `"lost"` (both high), `"between"`; None when a number is NaN. `Quadrants` takes other limits.
///
/// Example:
///     >>> from rheostat.signals import quadrant
///     >>> quadrant(0.1, 0.2), quadrant(0.2, 3.0), quadrant(2.6, 3.0)
///     ('flowing', 'forking', 'lost')
#[pyfunction]
pub(crate) fn quadrant(entropy: f64, varentropy: f64) -> Option<&'static str> {
    core::QuadrantRules::default().quadrant(entropy, varentropy).map(core::Quadrant::as_str)
}

/// How many tokens of a stream lay in each quadrant of entropy and varentropy (entropix).
///
/// The reference's order is kept: a fork is looked for before being lost, so between medium and high entropy a high varentropy
/// is a fork.
///
/// Args:
///     low_entropy: Entropy below this is low, in nats.
///     medium_entropy: From this on, with a high varentropy, the model is lost, if it does not fork.
///     high_entropy: Entropy above this is high.
///     low_varentropy: Varentropy below this is low.
///     high_varentropy: Varentropy above this is high.
///
/// Raises:
///     InvalidValueError: A limit is not finite.
///
/// Example:
///     >>> from rheostat.signals import Quadrants
///     >>> seen = Quadrants()
///     >>> seen.update(0.1, 0.2), seen.update(0.2, 3.0), seen.branching
///     ('flowing', 'forking', 0.5)
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct Quadrants {
    inner: Held<core::Quadrants>,
}

#[pymethods]
impl Quadrants {
    #[new]
    #[pyo3(signature = (
        low_entropy = 0.3, medium_entropy = 1.2, high_entropy = 2.5, low_varentropy = 1.2, high_varentropy = 2.5
    ))]
    fn new(
        low_entropy: f64,
        medium_entropy: f64,
        high_entropy: f64,
        low_varentropy: f64,
        high_varentropy: f64,
    ) -> Result<Self> {
        let rules = core::QuadrantRules {
            low_entropy,
            medium_entropy,
            high_entropy,
            low_varentropy,
            high_varentropy,
        };
        Ok(Self { inner: Held::new(core::Quadrants::new(rules)?) })
    }

    /// One token's quadrant; None, and counted as invalid, when a number is NaN.
    fn update(&self, entropy: f64, varentropy: f64) -> Option<&'static str> {
        self.inner.lock().update(entropy, varentropy).map(core::Quadrant::as_str)
    }

    /// Tokens in each quadrant, by its name.
    #[getter]
    fn counts(&self) -> BTreeMap<&'static str, u64> {
        let seen = self.inner.lock();
        core::Quadrant::ALL.into_iter().map(|q| (q.as_str(), seen.count(q))).collect()
    }

    /// The share of tokens at which the stream forked or was lost; 0 before the first.
    #[getter]
    fn branching(&self) -> f64 {
        self.inner.lock().branching()
    }

    /// Tokens that could not be judged.
    #[getter]
    fn invalid(&self) -> u64 {
        self.inner.lock().invalid()
    }

    fn __repr__(&self) -> String {
        format!("Quadrants({:?})", self.counts())
    }

    /// A count of its own that goes on from here.
    fn copy(&self) -> Self {
        Self { inner: self.inner.clone() }
    }

    fn __copy__(&self) -> Self {
        self.copy()
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.copy()
    }

    /// The state, as an artifact.
    fn to_bytes(&self) -> Cow<'static, [u8]> {
        self.inner.lock().to_bytes().into()
    }

    /// The object whose state `to_bytes` wrote.
    ///
    /// Raises:
    ///     ArtifactError: The bytes are damaged or something else.
    #[staticmethod]
    fn from_bytes(state_bytes: &Bound<'_, PyAny>) -> Result<Self> {
        Ok(Self { inner: Held::new(core::Quadrants::from_bytes(&state(state_bytes)?)?) })
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

    /// A rule of its own that goes on from here.
    fn copy(&self) -> Self {
        Self { inner: self.inner.clone() }
    }

    fn __copy__(&self) -> Self {
        self.copy()
    }

    fn __deepcopy__(&self, _memo: &Bound<'_, PyAny>) -> Self {
        self.copy()
    }

    /// The state, as an artifact.
    fn to_bytes(&self) -> Cow<'static, [u8]> {
        self.inner.lock().to_bytes().into()
    }

    /// The object whose state `to_bytes` wrote.
    ///
    /// Raises:
    ///     ArtifactError: The bytes are damaged or something else.
    #[staticmethod]
    fn from_bytes(state_bytes: &Bound<'_, PyAny>) -> Result<Self> {
        Ok(Self { inner: Held::new(core::Eat::from_bytes(&state(state_bytes)?)?) })
    }
}
