//! Entropy and its variance, together.

use super::Held;
use crate::error::Result;
use pyo3::prelude::*;
use rheostat::signal as core;
use std::collections::BTreeMap;

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
}
