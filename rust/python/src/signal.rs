//! What partial answers say: confidence and logit statistics.

use crate::convert::{is_rows, with_numbers, with_row, with_rows};
use crate::error::Result;
use numpy::{PyArray1, ToPyArray};
use pyo3::prelude::*;
use rheostat::signal as core;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Logits from which on the interpreter is let go while a row is read: about ten microseconds of work.
const DETACH: usize = 1 << 17;

/// The confidence of one stream, by DeepConf's definitions, in O(k) per token.
///
/// *Token confidence* is the negative mean of the top k log-probabilities of a token, in nats: high when the
/// distribution is peaked. *Group confidence* is its mean over a sliding window of tokens.
///
/// Values that cannot be log-probabilities are counted in `invalid` and survived: a NaN is left out, a positive one
/// is taken as 0, an empty row does not count as a token.
///
/// Args:
///     window: Tokens in a group, at least 1.
///
/// Raises:
///     InvalidValueError: The window is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> confidence = rh.Confidence(window=2)
///     >>> confidence.update([-0.5, -1.5]), confidence.update([-2.0, -4.0])
///     (1.0, 3.0)
///     >>> confidence.group
///     2.0
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Confidence {
    inner: Mutex<core::Confidence>,
}

impl Confidence {
    fn lock(&self) -> MutexGuard<'_, core::Confidence> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Confidence {
    #[new]
    #[pyo3(signature = (window = 2048))]
    fn new(window: usize) -> Result<Self> {
        Ok(Self { inner: Mutex::new(core::Confidence::new(window)?) })
    }

    /// Counts one token by the log-probabilities of its top candidates, and returns its confidence in nats; NaN when
    /// the row held nothing usable.
    fn update(&self, top_logprobs: &Bound<'_, PyAny>) -> Result<f64> {
        with_numbers(top_logprobs, "top_logprobs", |top| self.lock().update(top))
    }

    /// Counts many tokens, one row of an array each, and returns how many counted. The interpreter is let go
    /// meanwhile.
    fn update_batch(&self, py: Python<'_>, top_logprobs: &Bound<'_, PyAny>) -> Result<u64> {
        Ok(with_rows(top_logprobs, "top_logprobs", |rows, k| {
            py.detach(|| self.lock().update_batch(rows, k))
        })??)
    }

    /// The mean of the lowest `share` of all groups, at least one; NaN before the first token.
    ///
    /// Raises:
    ///     InvalidValueError: The share is not above 0 and at most 1.
    #[pyo3(signature = (share = 0.1))]
    fn bottom(&self, share: f64) -> Result<f64> {
        Ok(self.lock().bottom(share)?)
    }

    /// The mean over the newest window, in nats; NaN before the first token.
    #[getter]
    fn group(&self) -> f64 {
        self.lock().group()
    }

    /// The lowest group confidence over all full windows, in nats; a shorter stream is one group.
    #[getter]
    fn lowest(&self) -> f64 {
        self.lock().lowest()
    }

    /// The mean over the stream's last window, in nats.
    #[getter]
    fn tail(&self) -> f64 {
        self.lock().tail()
    }

    /// How many tokens have counted.
    #[getter]
    fn tokens(&self) -> u64 {
        self.lock().tokens()
    }

    /// How many values were left out or mended.
    #[getter]
    fn invalid(&self) -> u64 {
        self.lock().invalid()
    }

    /// Tokens in a group.
    #[getter]
    fn window(&self) -> usize {
        self.lock().window()
    }

    fn __repr__(&self) -> String {
        let c = self.lock();
        format!(
            "Confidence(window={}, tokens={}, group={:.3}, lowest={:.3})",
            c.window(),
            c.tokens(),
            c.group(),
            c.lowest()
        )
    }
}

/// What one row of logits says about the next token. In nats; probabilities in [0, 1].
#[pyclass(frozen, get_all, module = "rheostat")]
pub(crate) struct LogitStats {
    /// How undecided the distribution is.
    entropy: f64,
    /// How much surprise varies between the candidates.
    varentropy: f64,
    /// The probability of the likeliest token.
    max_prob: f64,
    /// That probability less the second token's.
    margin: f64,
    /// KL divergence from the uniform distribution to this one.
    self_certainty: f64,
    /// The logarithm of the sum of exponentials.
    log_sum_exp: f64,
    /// How many logits were NaN.
    invalid: u64,
}

#[pymethods]
impl LogitStats {
    fn __repr__(&self) -> String {
        format!(
            "LogitStats(entropy={:.4}, varentropy={:.4}, max_prob={:.4}, margin={:.4}, self_certainty={:.4})",
            self.entropy, self.varentropy, self.max_prob, self.margin, self.self_certainty
        )
    }
}

/// The fields of `LogitStats` as arrays, one value for each row.
#[pyclass(frozen, get_all, module = "rheostat")]
pub(crate) struct LogitStatsBatch {
    /// How undecided each distribution is.
    entropy: Py<PyArray1<f64>>,
    /// How much surprise varies between the candidates.
    varentropy: Py<PyArray1<f64>>,
    /// The probability of the likeliest token.
    max_prob: Py<PyArray1<f64>>,
    /// That probability less the second token's.
    margin: Py<PyArray1<f64>>,
    /// KL divergence from the uniform distribution to this one.
    self_certainty: Py<PyArray1<f64>>,
    /// The logarithm of the sum of exponentials.
    log_sum_exp: Py<PyArray1<f64>>,
    /// How many logits were NaN.
    invalid: Py<PyArray1<u64>>,
}

#[pymethods]
impl LogitStatsBatch {
    fn __len__(&self, py: Python<'_>) -> usize {
        self.entropy.bind(py).len().unwrap_or(0)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("LogitStatsBatch({} rows)", self.__len__(py))
    }
}

/// Reads full-vocabulary logits: statistics of one row, or of each row of a two-dimensional array.
///
/// Logits may have any real scale; no softmax is needed before. −∞ is a masked token; a NaN counts as masked and is
/// counted. `float32` in C order is read in place, anything else is converted first.
///
/// Args:
///     logits: One row, or rows, of numbers.
///
/// Returns:
///     `LogitStats` for one row, `LogitStatsBatch` for rows.
///
/// Raises:
///     InvalidValueError: A row is empty, or wholly masked, or holds +∞.
///     InvalidTypeError: Not numbers.
///
/// Example:
///     >>> import numpy as np, rheostat as rh
///     >>> round(rh.logit_stats(np.zeros(8, dtype=np.float32)).entropy, 4) == round(float(np.log(8)), 4)
///     True
#[pyfunction]
pub(crate) fn logit_stats(py: Python<'_>, logits: &Bound<'_, PyAny>) -> Result<Py<PyAny>> {
    if is_rows(logits) {
        return Ok(Py::new(py, rows(py, logits)?)?.into_any());
    }
    let stats = with_row(logits, "logits", |row| {
        if row.len() < DETACH { core::logit_stats(row) } else { py.detach(|| core::logit_stats(row)) }
    })??;
    let core::LogitStats { entropy, varentropy, max_prob, margin, self_certainty, log_sum_exp, invalid } =
        stats;
    let stats = LogitStats { entropy, varentropy, max_prob, margin, self_certainty, log_sum_exp, invalid };
    Ok(Py::new(py, stats)?.into_any())
}

fn rows(py: Python<'_>, logits: &Bound<'_, PyAny>) -> Result<LogitStatsBatch> {
    let read = |rows: &[f32], width: usize| {
        if width == 0 {
            return core::logit_stats(&[]).map(|one| vec![one]);
        }
        rows.chunks_exact(width).map(core::logit_stats).collect::<rheostat::Result<Vec<_>>>()
    };
    let stats = with_rows(logits, "logits", |rows, width| py.detach(|| read(rows, width)))??;
    let column =
        |f: fn(&core::LogitStats) -> f64| stats.iter().map(f).collect::<Vec<_>>().to_pyarray(py).unbind();
    Ok(LogitStatsBatch {
        entropy: column(|s| s.entropy),
        varentropy: column(|s| s.varentropy),
        max_prob: column(|s| s.max_prob),
        margin: column(|s| s.margin),
        self_certainty: column(|s| s.self_certainty),
        log_sum_exp: column(|s| s.log_sum_exp),
        invalid: stats.iter().map(|s| s.invalid).collect::<Vec<_>>().to_pyarray(py).unbind(),
    })
}
