//! Statistics of full-vocabulary logits.

use super::rows::{Rows, with_logits};
use crate::args;
use crate::error::Result;
use crate::fork::detached;
use crate::typed::{Array, named};
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::Error;
use rheostat::signal as core;

named!(TopTokens((Array<u32>, Array<f32>)));

/// Logits from which on the interpreter is let go while a row is read: about ten microseconds of work.
const DETACH: usize = 1 << 17;

/// Statistics of the next token's distribution, from one row of logits. In nats; probabilities in [0, 1].
#[pyclass(frozen, get_all, module = "rheostat.signals")]
pub(crate) struct LogitStats {
    /// How undecided the distribution is.
    entropy: f64,
    /// Variance of −ln p over the candidates, in nats².
    varentropy: f64,
    /// The probability of the likeliest token.
    max_prob: f64,
    /// That probability less the second token's.
    margin: f64,
    /// KL divergence from the uniform distribution to this one.
    self_certainty: f64,
    /// The logarithm of the sum of exponentials.
    log_sum_exp: f64,
    /// Number of logits that were NaN.
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
#[pyclass(frozen, get_all, module = "rheostat.signals")]
pub(crate) struct LogitStatsBatch {
    /// How undecided each distribution is.
    entropy: Array<f64>,
    /// Variance of −ln p over the candidates, in nats².
    varentropy: Array<f64>,
    /// The probability of the likeliest token.
    max_prob: Array<f64>,
    /// That probability less the second token's.
    margin: Array<f64>,
    /// KL divergence from the uniform distribution to this one.
    self_certainty: Array<f64>,
    /// The logarithm of the sum of exponentials.
    log_sum_exp: Array<f64>,
    /// Number of logits that were NaN.
    invalid: Array<u64>,
}

#[pymethods]
impl LogitStatsBatch {
    fn __len__(&self, py: Python<'_>) -> usize {
        self.entropy.0.bind(py).len().unwrap_or(0)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("LogitStatsBatch({} rows)", self.__len__(py))
    }
}

/// Reads full-vocabulary logits: statistics of one row, or of each row of a two-dimensional array.
///
/// Logits may have any real scale; no softmax is needed before. −∞ is a masked token; a NaN counts as masked and is
/// counted. `float32`, `float16` and `bfloat16` in C order are read in place, anything else is converted to `float32` first.
///
/// Args:
///     logits: One row, or rows: a numpy array, any object with `__dlpack__` on the processor (a torch tensor, for one),
///         or a sequence of numbers.
///     dtype: `"float32"`, `"float16"` or `"bfloat16"`, where the object does not say: numpy has no bfloat16, so its
///         bits come as `uint16`.
///
/// Returns:
///     `LogitStats` for one row, `LogitStatsBatch` for rows.
///
/// Raises:
///     InvalidValueError: A row is empty, or wholly masked, or holds +∞.
///     InvalidTypeError: Not numbers, or not the bits of the `dtype` that was given.
///     UnknownNameError: No such `dtype`.
///
/// Example:
///     >>> import numpy as np, rheostat as rh
///     >>> round(rh.logit_stats(np.zeros(8, dtype=np.float32)).entropy, 4) == round(float(np.log(8)), 4)
///     True
///     >>> bits = np.array([0x3F80, 0x3F80], dtype=np.uint16)  # 1.0 and 1.0
///     >>> rh.logit_stats(bits, dtype="bfloat16").max_prob
///     0.5
#[pyfunction]
#[pyo3(signature = (logits, *, dtype = None))]
pub(crate) fn logit_stats(
    py: Python<'_>,
    logits: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::some_choice::dtype)] dtype: Option<&str>,
) -> Result<Py<PyAny>> {
    let stats = with_logits(logits, dtype, |rows| {
        if rows.len() < DETACH { read(rows) } else { detached(py, || read(rows)) }
    })??;
    match stats {
        Read::One(stats) => {
            let core::LogitStats {
                entropy,
                varentropy,
                max_prob,
                margin,
                self_certainty,
                log_sum_exp,
                invalid,
            } = stats;
            let stats =
                LogitStats { entropy, varentropy, max_prob, margin, self_certainty, log_sum_exp, invalid };
            Ok(Py::new(py, stats)?.into_any())
        }
        Read::Many(stats) => Ok(Py::new(py, LogitStatsBatch::new(py, &stats))?.into_any()),
    }
}

enum Read {
    One(core::LogitStats),
    Many(Vec<core::LogitStats>),
}

fn read(rows: Rows<'_>) -> rheostat::Result<Read> {
    match rows {
        Rows::One(row) => core::logit_stats(row).map(Read::One),
        Rows::Many { .. } => rows.each(core::logit_stats).map(Read::Many),
    }
}

impl LogitStatsBatch {
    fn new(py: Python<'_>, stats: &[core::LogitStats]) -> Self {
        let column = |f: fn(&core::LogitStats) -> f64| Array::of(py, stats.iter().map(f));
        Self {
            entropy: column(|s| s.entropy),
            varentropy: column(|s| s.varentropy),
            max_prob: column(|s| s.max_prob),
            margin: column(|s| s.margin),
            self_certainty: column(|s| s.self_certainty),
            log_sum_exp: column(|s| s.log_sum_exp),
            invalid: Array::of(py, stats.iter().map(|s| s.invalid)),
        }
    }
}

/// The ids of the `k` likeliest tokens of one row, and their log-probabilities, likeliest first; of equals, the one with the
/// smaller id. Fewer when the row is shorter or masked.
///
/// Args:
///     logits: One row, as for `logit_stats`.
///     k: How many.
///     dtype: As for `logit_stats`.
///
/// Raises:
///     InvalidValueError: Not one row, or one without a distribution, as for `logit_stats`.
///
/// Example:
///     >>> from rheostat.signals import top_tokens
///     >>> top = top_tokens([0.0, 3.0, 1.0], 2)
///     >>> top.ids.tolist(), [round(float(x), 3) for x in top.logprobs]
///     ([1, 2], [-0.17, -2.17])
#[pyfunction]
#[pyo3(signature = (logits: "Sequence[float] | _Array", k = 20, *, dtype: "_Dtype | None" = None))]
pub(crate) fn top_tokens(
    py: Python<'_>,
    logits: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = int)] k: i128,
    #[pyo3(from_py_with = args::some_choice::dtype)] dtype: Option<&str>,
) -> Result<TopTokens> {
    let k = whole("k", k, 0..=usize::MAX)?;
    let top = with_logits(logits, dtype, |rows| match rows {
        Rows::One(row) => core::logit_stats(row).map(|stats| core::top_tokens(row, k, stats.log_sum_exp)),
        Rows::Many { .. } => Err(Error::invalid("logits", "rows", "one row")),
    })??;
    let (ids, logprobs) = (top.iter().map(|t| t.token), top.iter().map(|t| t.logprob));
    Ok(TopTokens((Array::of(py, ids), Array::of(py, logprobs))))
}
