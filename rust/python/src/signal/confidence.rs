//! Confidence from top log-probabilities.

use super::Held;
use crate::convert::{with_numbers, with_rows};
use crate::error::Result;
use crate::show::or_none;
use crate::typed::Array;
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
///     rounded: Whether to reckon as the deepconf package does: each token's confidence rounded to three decimals, and
///         the lowest full group too.
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
    inner: Held<core::Confidence>,
}

#[pymethods]
impl Confidence {
    #[new]
    #[pyo3(signature = (window = 2048, *, rounded = false))]
    fn new(#[pyo3(from_py_with = int)] window: i128, rounded: bool) -> Result<Self> {
        let new = if rounded { core::Confidence::rounded } else { core::Confidence::new };
        Ok(Self { inner: Held::new(new(whole("window", window, 1..=core::MAX_WINDOW)?)?) })
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
            if rows.is_empty() { Ok(0) } else { py.detach(|| self.inner.lock().update_batch(rows, k)) }
        };
        Ok(with_rows(top_logprobs, "top_logprobs", update)??)
    }

    /// The mean of the lowest `share` of all groups, at least one; NaN before the first token. Sketched, and off by at
    /// most 1/16 of the groups at the edge of the share; `confidence_summary` is exact.
    ///
    /// Raises:
    ///     InvalidValueError: The share is not above 0 and at most 1.
    #[pyo3(signature = (share = 0.1))]
    fn bottom(&self, share: f64) -> Result<f64> {
        Ok(self.inner.lock().bottom(share)?)
    }

    /// The mean over the newest window, in nats; NaN before the first token.
    #[getter]
    fn group(&self) -> f64 {
        self.inner.lock().group()
    }

    /// The lowest group confidence over all full windows, in nats; a shorter stream is one group.
    #[getter]
    fn lowest(&self) -> f64 {
        self.inner.lock().lowest()
    }

    /// The mean over the stream's last window, in nats.
    #[getter]
    fn tail(&self) -> f64 {
        self.inner.lock().tail()
    }

    /// Whether a window has filled. Rules that cut a stream wait for that.
    #[getter]
    fn full(&self) -> bool {
        self.inner.lock().group_full().is_some()
    }

    /// How many tokens have counted.
    #[getter]
    fn tokens(&self) -> u64 {
        self.inner.lock().tokens()
    }

    /// How many values were left out or mended.
    #[getter]
    fn invalid(&self) -> u64 {
        self.inner.lock().invalid()
    }

    /// Tokens in a group.
    #[getter]
    fn window(&self) -> usize {
        self.inner.lock().window()
    }

    /// Whether it reckons with the deepconf package's rounding.
    #[getter]
    fn rounded(&self) -> bool {
        self.inner.lock().is_rounded()
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

/// All confidences of one finished stream, each exact. In nats; NaN where no token counted.
#[pyclass(frozen, get_all, module = "rheostat.signals")]
pub(crate) struct ConfidenceSummary {
    /// The mean over all tokens.
    mean: f64,
    /// The lowest group; a stream shorter than the window is one group.
    lowest: f64,
    /// The mean of the lowest share of all groups, at least one.
    bottom: f64,
    /// The mean over the last window of tokens.
    tail: f64,
    /// How many tokens counted.
    tokens: u64,
    /// How many values were left out or mended.
    invalid: u64,
}

#[pymethods]
impl ConfidenceSummary {
    fn __repr__(&self) -> String {
        let Self { mean, lowest, bottom, tail, tokens, .. } = self;
        format!(
            "ConfidenceSummary(mean={mean:.3}, lowest={lowest:.3}, bottom={bottom:.3}, tail={tail:.3}, tokens={tokens})"
        )
    }
}

/// Reads a finished stream's confidence, exactly: the mean, the lowest group, the lowest share of groups, the tail.
///
/// Args:
///     top_logprobs: One row for each token.
///     window: Tokens in a group, at least 1.
///     share: The share of groups that `bottom` is the mean of, above 0 and at most 1.
///     rounded: Whether to reckon with the deepconf package's rounding.
///
/// Raises:
///     InvalidValueError: The window or the share is out of bounds.
///
/// Example:
///     >>> from rheostat.signals import confidence_summary
///     >>> confidence_summary([[-1, -3], [-5, -5], [-1, -1]], window=2, share=0.5)
///     ConfidenceSummary(mean=2.667, lowest=3.000, bottom=3.000, tail=3.000, tokens=3)
#[pyfunction]
#[pyo3(signature = (top_logprobs, window = 2048, share = 0.1, *, rounded = false))]
pub(crate) fn confidence_summary(
    py: Python<'_>,
    top_logprobs: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = int)] window: i128,
    share: f64,
    rounded: bool,
) -> Result<ConfidenceSummary> {
    let window = whole("window", window, 1..=core::MAX_WINDOW)?;
    let read = |rows: &[f32], k: usize| {
        py.detach(|| {
            core::ConfidenceSummary::read(rows, if rows.is_empty() { 1 } else { k }, window, share, rounded)
        })
    };
    let summary = with_rows(top_logprobs, "top_logprobs", read)??;
    let core::ConfidenceSummary { mean, lowest, bottom, tail, tokens, invalid } = summary;
    Ok(ConfidenceSummary { mean, lowest, bottom, tail, tokens, invalid })
}

/// Which streams to keep by their confidence: the bar that the highest `keep` of them reach, and whether each does.
///
/// A NaN is no evidence: it is kept out, and out of the bar. The bar is None when there is no number at all.
///
/// Args:
///     confidences: One number for each stream, such as its lowest group.
///     keep: The share to keep, above 0 and at most 1. DeepConf keeps 0.1 ("low") or 0.9 ("high").
///
/// Returns:
///     The bar, and an array of bools.
///
/// Raises:
///     InvalidValueError: The share is out of bounds.
///
/// Example:
///     >>> from rheostat.signals import keep_confident
///     >>> bar, kept = keep_confident([3.0, 9.0, float("nan"), 5.0], 0.5)
///     >>> bar, kept.tolist()
///     (5.0, [False, True, False, True])
#[pyfunction]
#[pyo3(signature = (confidences: "Sequence[float] | _Reals", keep))]
pub(crate) fn keep_confident(
    py: Python<'_>,
    confidences: Vec<f64>,
    keep: f64,
) -> Result<(Option<f64>, Array<bool>)> {
    let (bar, kept) = core::keep_confident(&confidences, keep)?;
    Ok((bar, Array::of(py, kept.into_iter())))
}

/// A bar for confidence that the first streams of a query set for those that follow (DeepConf, online).
///
/// Until the warm-up is over there is no bar, and nothing is cut. Then a stream may be cut as soon as a full window falls
/// below the bar that the highest `keep` of the warm-up's lowest groups reach, and a finished one votes only if its lowest
/// group reaches it. A stream without a usable token says nothing: it is counted in `invalid`, and never kept.
///
/// Args:
///     warmup: Streams that set the bar, from 1 to 4,096.
///     keep: The share of them that reaches it, above 0 and at most 1. DeepConf: 0.9 ("high") or 0.1 ("low").
///
/// Raises:
///     InvalidValueError: An argument is out of bounds.
///
/// Example:
///     >>> from rheostat.signals import ConfidenceGate
///     >>> gate = ConfidenceGate(warmup=4, keep=0.5)
///     >>> [gate.observe(lowest) for lowest in (10.0, 12.0, 8.0, 14.0)]
///     [None, None, None, 11.0]
///     >>> gate.keeps(11.5), gate.keeps(10.5)
///     (True, False)
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct ConfidenceGate {
    inner: Held<core::ConfidenceGate>,
}

#[pymethods]
impl ConfidenceGate {
    #[new]
    #[pyo3(signature = (warmup = 16, keep = 0.9))]
    fn new(#[pyo3(from_py_with = int)] warmup: i128, keep: f64) -> Result<Self> {
        Ok(Self {
            inner: Held::new(core::ConfidenceGate::new(whole("warmup", warmup, 0..=usize::MAX)?, keep)?),
        })
    }

    /// A finished stream's lowest group confidence. Returns the bar, once there is one.
    fn observe(&self, lowest: f64) -> Option<f64> {
        self.inner.lock().observe(lowest)
    }

    /// Whether to cut a live stream: there is a bar, its window has filled, and its newest group is below the bar.
    fn cuts(&self, stream: &Confidence) -> bool {
        // One lock after the other, never both.
        let group = stream.inner.lock().group_full();
        self.inner.lock().cuts_at(group)
    }

    /// Whether a finished stream may vote: there is no bar yet, or its lowest group reaches it.
    fn keeps(&self, lowest: f64) -> bool {
        self.inner.lock().keeps(lowest)
    }

    /// The bar; None while the warm-up lasts.
    #[getter]
    fn bar(&self) -> Option<f64> {
        self.inner.lock().bar()
    }

    /// Streams seen in the warm-up.
    #[getter]
    fn seen(&self) -> usize {
        self.inner.lock().seen()
    }

    /// Streams of the warm-up.
    #[getter]
    fn warmup(&self) -> usize {
        self.inner.lock().warmup()
    }

    /// The share of streams that reaches the bar.
    #[getter]
    fn keep(&self) -> f64 {
        self.inner.lock().keep()
    }

    /// Streams whose confidence was no finite number.
    #[getter]
    fn invalid(&self) -> u64 {
        self.inner.lock().invalid()
    }

    fn __repr__(&self) -> String {
        let g = self.inner.lock();
        let bar = or_none(g.bar(), |bar| format!("{bar:.3}"));
        format!("ConfidenceGate(warmup={}, keep={}, seen={}, bar={bar})", g.warmup(), g.keep(), g.seen())
    }
}
