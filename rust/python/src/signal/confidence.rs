//! Confidence from top log-probabilities.

use super::Shared;
use crate::args;
use crate::convert::{with_numbers, with_rows};
use crate::error::Result;
use crate::fork::detached;
use crate::getters::getters;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::signal as core;

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
///     rounded: True rounds as the deepconf package does: each token's confidence and the lowest full group, to three decimals.
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
    inner: Shared<core::Confidence>,
}

getters! {
    Confidence, |this| {
        /// The mean over the newest window, in nats; NaN before the first token.
        group: f64 = this.inner.lock().group();
        /// The lowest group confidence over all full windows, in nats; a shorter stream is one group.
        lowest: f64 = this.inner.lock().lowest();
        /// The mean over the stream's last window, in nats.
        tail: f64 = this.inner.lock().tail();
        /// True if a window has filled. Rules that cut a stream wait for that.
        full: bool = this.inner.lock().group_full().is_some();
        /// Number of tokens that counted.
        tokens: u64 = this.inner.lock().tokens();
        /// Number of values that were left out or mended.
        invalid: u64 = this.inner.lock().invalid();
        /// Tokens in a group.
        window: usize = this.inner.lock().window();
        /// True if it rounds as the deepconf package does.
        rounded: bool = this.inner.lock().is_rounded();
    }
}

#[pymethods]
impl Confidence {
    #[new]
    #[pyo3(signature = (window = 2048, *, rounded = false))]
    fn new(#[pyo3(from_py_with = int)] window: i128, rounded: bool) -> Result<Self> {
        let new = if rounded { core::Confidence::rounded } else { core::Confidence::new };
        Ok(Self { inner: Shared::new(new(whole("window", window, 1..=core::MAX_WINDOW)?)?) })
    }

    /// Counts one token by the log-probabilities of its top candidates, and returns its confidence in nats; NaN when
    /// the row held nothing usable.
    #[pyo3(signature = (top_logprobs: "_Numbers"))]
    fn update(&self, top_logprobs: &Bound<'_, PyAny>) -> Result<f64> {
        with_numbers(top_logprobs, "top_logprobs", |top| self.inner.lock().update(top))
    }

    /// Counts many tokens, one row of an array each, and returns how many counted. The interpreter is let go
    /// meanwhile.
    #[pyo3(signature = (top_logprobs: "_Rows"))]
    fn update_batch(&self, py: Python<'_>, top_logprobs: &Bound<'_, PyAny>) -> Result<u64> {
        let update = |rows: &[f32], k: usize| {
            // No rows of no columns are no tokens.
            if rows.is_empty() { Ok(0) } else { detached(py, || self.inner.lock().update_batch(rows, k)) }
        };
        Ok(with_rows(top_logprobs, "top_logprobs", update)??)
    }

    /// The mean of the lowest `share` of all groups, at least one; NaN before the first token. Sketched, and off by at
    /// most 1/16 of the groups at the edge of the share.
    ///
    /// Raises:
    ///     InvalidValueError: The share is not above 0 and at most 1.
    #[pyo3(signature = (share = 0.1))]
    fn bottom(&self, #[pyo3(from_py_with = args::real::share)] share: f64) -> Result<f64> {
        Ok(self.inner.lock().bottom(share)?)
    }

    fn __sizeof__(&self) -> usize {
        self.inner.lock().memory()
    }

    fn __repr__(&self) -> String {
        let c = self.inner.lock();
        format!(
            "Confidence(window={}, tokens={}, group={:.3}, lowest={:.3})",
            c.window(),
            c.tokens(),
            c.group(),
            c.lowest()
        )
    }
}
