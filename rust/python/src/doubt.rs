//! Doubts: when an answer is not believed for how its stream went, and what that has been worth.

use crate::args;
use crate::convert::reals;
use crate::error::Result;
use crate::getters::getters;
use crate::values::{Arguments, arguments, hashed};
use pyo3::prelude::*;
use rheostat::{ladder as core, learn};

hashed!(Doubt);

/// When the streams of a rung are weak, in the place of the bars in `Rules`, and what such doubts have been worth.
///
/// Models differ in how sure they sound: one bar for a whole ladder is too high for some of its rungs and too low for the
/// others. What a doubt finds is what going up a rung because of it is weighed with, and what `policy.Utility` looks ahead
/// with: a low rung whose wrong answers are caught is worth trying first. `signals.calibrate_doubt` makes one from a log.
///
/// Args:
///     low_confidence: A stream whose lowest group confidence (over `Rules.window`) falls below this is weak, in nats. None: the
///         bar in `Rules`.
///     low_logprob: A stream whose own tokens' mean log-probability over a window falls below this is weak. None: the bar in
///         `Rules`.
///     low_top_logprob: A stream is weak if the mean log-probability of each token's likeliest candidate, over the newest 256
///         tokens, falls below this. None: the bar in `Rules`, or no bar where one of the other two is given.
///     caught: The share of the rung's wrong answers that are doubted, in [0, 1]. 0: nothing is known.
///     false_alarms: The share of its right answers that are doubted as well, in [0, 1].
///
/// Raises:
///     InvalidValueError: A value is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.Rung("fast", doubt=rh.Doubt(low_logprob=-1.5, caught=0.9, false_alarms=0.1)).doubt
///     Doubt(low_logprob=-1.5, caught=0.9, false_alarms=0.1)
#[pyclass(frozen, eq, hash, from_py_object, module = "rheostat")]
#[derive(PartialEq, Clone, Copy)]
pub(crate) struct Doubt {
    pub(crate) inner: core::Doubt,
}

getters! {
    Doubt, |this| {
        /// The bar of the lowest group confidence, or None for that in `Rules`.
        low_confidence: Option<f64> = this.inner.low_confidence;
        /// The bar of the lowest mean log-probability, or None for that in `Rules`.
        low_logprob: Option<f64> = this.inner.low_logprob;
        /// The bar of the likeliest candidates' lowest mean log-probability, or None for that in `Rules`.
        low_top_logprob: Option<f64> = this.inner.low_top_logprob;
        /// The share of wrong answers that are doubted.
        caught: f64 = this.inner.caught;
        /// The share of right answers that are doubted as well.
        false_alarms: f64 = this.inner.false_alarms;
    }
}

#[pymethods]
impl Doubt {
    #[new]
    #[pyo3(signature = (
        *, low_confidence = None, low_logprob = None, low_top_logprob = None, caught = 0.0, false_alarms = 0.0
    ))]
    fn new(
        #[pyo3(from_py_with = args::some_real::low_confidence)] low_confidence: Option<f64>,
        #[pyo3(from_py_with = args::some_real::low_logprob)] low_logprob: Option<f64>,
        #[pyo3(from_py_with = args::some_real::low_top_logprob)] low_top_logprob: Option<f64>,
        #[pyo3(from_py_with = args::real::caught)] caught: f64,
        #[pyo3(from_py_with = args::real::false_alarms)] false_alarms: f64,
    ) -> Result<Self> {
        let inner = core::Doubt { low_confidence, low_logprob, low_top_logprob, caught, false_alarms };
        inner.validate()?;
        Ok(Self { inner })
    }

    fn __getnewargs_ex__<'py>(slf: &Bound<'py, Self>) -> PyResult<Arguments<'py>> {
        arguments(slf, "low_confidence low_logprob low_top_logprob caught false_alarms")
    }

    fn __repr__(&self) -> String {
        let bars = [
            ("low_confidence", self.inner.low_confidence),
            ("low_logprob", self.inner.low_logprob),
            ("low_top_logprob", self.inner.low_top_logprob),
        ];
        let bars: String =
            bars.iter().filter_map(|(name, bar)| Some(format!("{name}={}, ", (*bar)?))).collect();
        format!("Doubt({bars}caught={}, false_alarms={})", self.inner.caught, self.inner.false_alarms)
    }
}

/// The doubt of a rung from a log of its answers: one is doubted where, by isotonic regression of being right on the stream's
/// lowest signal, its chance to be right is below `p_correct`. Where no answer is sure enough, all are doubted; where all are,
/// none. What the doubts find is counted on the same log, with half an answer more of either kind.
///
/// Args:
///     lowest: For each answer the lowest value of its stream's signal, as `Rules.window` makes it: with a window of 1 the
///         log-probability of the least likely token.
///     scores: How right each answer was, in [0, 1].
///     p_correct: Above 0 and below 1. High where going up a rung costs little beside an error.
///     signal: `"low_logprob"`, `"low_confidence"` or `"low_top_logprob"`: which bar it is.
///
/// Raises:
///     InvalidValueError: Fewer than 30 answers, tables of two lengths, or a number that is out of bounds (the message names the
///         row).
///     UnknownNameError: No such signal.
///
/// Example:
///     >>> from rheostat.signals import calibrate_doubt
///     >>> lowest = [-3.0, -0.1, -0.2, -0.1] * 50
///     >>> calibrate_doubt(lowest, [0, 1, 1, 1] * 50, p_correct=0.9).low_logprob
///     -0.2
#[pyfunction]
#[pyo3(signature = (
    lowest: "Sequence[float] | _Reals", scores: "Sequence[float] | _Reals", *, p_correct = 0.9,
    signal: "_DoubtSignal" = "low_logprob"
))]
pub(crate) fn calibrate_doubt(
    lowest: &Bound<'_, PyAny>,
    scores: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::real::p_correct)] p_correct: f64,
    #[pyo3(from_py_with = args::choice::signal)] signal: &str,
) -> Result<Doubt> {
    let signal = learn::DoubtSignal::from_name(signal)?;
    let (lowest, scores) = (reals(lowest, "lowest")?, reals(scores, "scores")?);
    Ok(Doubt { inner: learn::doubt_of(&lowest, &scores, p_correct, signal)? })
}
