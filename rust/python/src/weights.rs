//! Published weights for votes.

use crate::args;
use crate::error::Result;
use pyo3::prelude::*;
use rheostat::vote as core;

/// CISC's weights: the softmax of confidences over one question's samples. NaN weighs 0.
///
/// Args:
///     confidences: One for each sample, on any scale.
///     temperature: Above 0; tuned for each model.
///
/// Raises:
///     InvalidValueError: The temperature is out of bounds, or a confidence is infinite.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.votes.softmax_weights([2.0, 2.0])
///     [0.5, 0.5]
#[pyfunction]
#[pyo3(signature = (confidences, temperature = 1.0))]
pub(crate) fn softmax_weights(
    #[pyo3(from_py_with = args::reals::confidences)] confidences: Vec<f64>,
    #[pyo3(from_py_with = args::real::temperature)] temperature: f64,
) -> Result<Vec<f64>> {
    Ok(core::softmax_weights(&confidences, temperature)?)
}

/// Self-certainty's Borda weights: of n samples, the one of rank r (0 is the most certain) weighs `(n - r) ** power`.
///
/// Args:
///     certainties: One for each sample. NaN weighs 0.
///     power: Between 0 and 10.
///
/// Raises:
///     InvalidValueError: The power is out of bounds, or a certainty is infinite.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.votes.borda_weights([12.0, 20.0, 16.0], power=1.0)
///     [1.0, 3.0..., 2.0]
#[pyfunction]
#[pyo3(signature = (certainties, power = 0.5))]
pub(crate) fn borda_weights(
    #[pyo3(from_py_with = args::reals::certainties)] certainties: Vec<f64>,
    #[pyo3(from_py_with = args::real::power)] power: f64,
) -> Result<Vec<f64>> {
    Ok(core::borda_weights(&certainties, power)?)
}

/// DeepConf's weights: each sample's lowest group confidence, and 0 for all but the highest share of them.
///
/// Args:
///     lowest: `Confidence.lowest` of each sample. NaN weighs 0.
///     keep: The share that is kept, above 0 and at most 1; at least one sample is.
///
/// Raises:
///     InvalidValueError: The share is out of bounds, or a confidence is infinite or negative.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.votes.confidence_weights([9.0, 4.0, 12.0, 11.0], keep=0.5)
///     [0.0, 0.0, 12.0, 11.0]
#[pyfunction]
#[pyo3(signature = (lowest, keep = 0.9))]
pub(crate) fn confidence_weights(
    #[pyo3(from_py_with = args::reals::lowest)] lowest: Vec<f64>,
    #[pyo3(from_py_with = args::real::keep)] keep: f64,
) -> Result<Vec<f64>> {
    Ok(core::confidence_weights(&lowest, keep)?)
}
