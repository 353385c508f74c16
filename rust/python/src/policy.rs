//! Policies, as values that a governor is made with.

use crate::calibration::Guaranteed;
use crate::error::{Result, wrong_type};
use pyo3::prelude::*;
use rheostat::policy as core;

/// The lowest rung whose threshold the difficulty does not pass.
///
/// Args:
///     thresholds: Difficulties in [0, 1], rising: one fewer than the ladder has rungs. A query whose difficulty is
///         below the first goes to the lowest rung, and so on.
///
/// Raises:
///     InvalidValueError: Not rising, or outside [0, 1]; when the governor is made: not as many as the ladder needs.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.policy.Threshold([0.3, 0.7]).thresholds
///     [0.3, 0.7]
#[pyclass(frozen, get_all, module = "rheostat.policy")]
pub(crate) struct Threshold {
    /// Difficulties, rising.
    thresholds: Vec<f64>,
}

#[pymethods]
impl Threshold {
    #[new]
    fn new(thresholds: Vec<f64>) -> Result<Self> {
        core::Policy::Threshold { thresholds: thresholds.clone() }.validate()?;
        Ok(Self { thresholds })
    }

    fn __repr__(&self) -> String {
        format!("Threshold({:?})", self.thresholds)
    }
}

/// The rung with the least expected cost: its price, plus what an error costs times the chance of one.
///
/// Args:
///     usd_per_error: What a wrong answer costs you, in US dollars, at least 0.
///
/// Raises:
///     InvalidValueError: Not a number of at least 0.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.policy.Utility(usd_per_error=2.0).usd_per_error
///     2.0
#[pyclass(frozen, get_all, module = "rheostat.policy")]
pub(crate) struct Utility {
    /// What a wrong answer costs, in US dollars.
    usd_per_error: f64,
}

#[pymethods]
impl Utility {
    #[new]
    fn new(usd_per_error: f64) -> Result<Self> {
        core::Policy::Utility { usd_per_error }.validate()?;
        Ok(Self { usd_per_error })
    }

    fn __repr__(&self) -> String {
        format!("Utility(usd_per_error={})", self.usd_per_error)
    }
}

/// The core's policy out of one of the classes above.
pub(crate) fn read(policy: &Bound<'_, PyAny>) -> Result<core::Policy> {
    if let Ok(threshold) = policy.cast::<Threshold>() {
        return Ok(core::Policy::Threshold { thresholds: threshold.get().thresholds.clone() });
    }
    if let Ok(utility) = policy.cast::<Utility>() {
        return Ok(core::Policy::Utility { usd_per_error: utility.get().usd_per_error });
    }
    if let Ok(guaranteed) = policy.cast::<Guaranteed>() {
        return Ok(core::Policy::Guaranteed(guaranteed.get().inner.clone()));
    }
    Err(wrong_type("policy", policy, "rheostat.policy.Threshold, Utility or Guaranteed"))
}
