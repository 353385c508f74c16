//! Exits calibrated on a log.

use crate::args;
use crate::convert::real_rows;
use crate::error::Result;
use crate::fit::digests;

use pyo3::prelude::*;
use rheostat::guarantee::{Method, Target, Verdict};
use rheostat::signal as core;

/// The result of calibrating an exit.
#[pyclass(frozen, get_all, module = "rheostat.signals")]
pub(crate) struct ExitRule {
    /// Exit at the first checkpoint whose score reaches this; None where nothing could be promised: then never exit.
    pub(crate) threshold: Option<f64>,
    /// The promise, or why there is none, in words.
    reason: String,
    /// The share of tokens that the rule saves on the log; 0 where it never exits.
    saved: f64,
    /// The share of streams that it ends before their end.
    exits: f64,
    /// The mean loss on the log; None where nothing was promised.
    mean_loss: Option<f64>,
    /// The smallest loss that could have been promised in its place; None where nothing was promised.
    bound: Option<f64>,
    /// Independent units that the promise rests on; None where nothing was promised.
    units: Option<usize>,
}

#[pymethods]
impl ExitRule {
    fn __repr__(&self) -> String {
        match self.threshold {
            Some(threshold) => {
                format!("ExitRule(threshold={threshold}, saved={:.3}, exits={:.3})", self.saved, self.exits)
            }
            None => format!("ExitRule(threshold=None, reason={:?})", self.reason),
        }
    }
}

/// The boldest exit threshold whose mean loss is at most `max_loss`, with a confidence, from a recorded log (Learn then Test),
/// or a refusal that says why.
///
/// Each stream is looked at at the same number of checkpoints, the last of which is its end. Thresholds are tried from the
/// highest, which exits latest, down, to the first that cannot be promised. The units are groups, not streams: samples of one
/// question stand or fall together, and taking them for independent breaks the promise.
///
/// Args:
///     scores: One row for each stream: the signal at each checkpoint, larger meaning surer (a probe's confidence, the number
///         of equal probes, minus a variance). NaN never is a reason to exit.
///     losses: Of the same shape: what is lost by taking that checkpoint's answer, in [-1, 1]: 1 where it is not the answer of the
///         end; or the score of the end minus the score of that answer, so that what the rest of the stream would have
///         spoiled counts as a gain.
///     tokens: Of the same shape: tokens written by then, which never fall. At a checkpoint without tokens no stream exits.
///     thresholds: Those that are tried. None: steps of a quarter logit from 0.27 to 0.99999, for scores that are probabilities.
///     groups: For each stream its question, by name or number; each is its own if not given.
///     max_loss: The mean loss that is allowed.
///     confidence: Of that, in (0, 1).
///     test: None takes the one that needs the fewest units: `"paired"` for losses of -1, 0 and 1 without groups, `"betting"`
///         for all others. `"hoeffding_bentkus"` and `"binomial"` (losses 0 or 1, one stream a group) are the published ones.
///
/// Raises:
///     InvalidValueError: The shapes do not fit, or a number is out of bounds.
///     UnknownNameError: No such test.
///
/// Example:
///     >>> from rheostat.signals import calibrate_exit
///     >>> scores = [[0.9, 1.0], [0.6, 1.0]] * 100
///     >>> losses = [[0, 0], [1, 0]] * 100
///     >>> calibrate_exit(scores, losses, [[50, 100]] * 200, [0.95, 0.8, 0.5], max_loss=0.05)
///     ExitRule(threshold=0.8, saved=0.250, exits=0.500)
///     >>> calibrate_exit(scores[:4], losses[:4], [[50, 100]] * 4, [0.95], max_loss=0.05).threshold is None
///     True
#[pyfunction]
#[pyo3(signature = (
    scores: "_Rows", losses: "_Rows", tokens: "_Rows", thresholds: "Sequence[float] | _Reals | None" = None, *,
    groups: "Iterable[_Name] | None" = None, max_loss = 0.1, confidence = 0.9, test: "_Test | None" = None
))]
pub(crate) fn calibrate_exit(
    py: Python<'_>,
    scores: &Bound<'_, PyAny>,
    losses: &Bound<'_, PyAny>,
    tokens: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::some_reals::thresholds)] thresholds: Option<Vec<f64>>,
    groups: Option<&Bound<'_, PyAny>>,
    #[pyo3(from_py_with = args::real::max_loss)] max_loss: f64,
    #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
    #[pyo3(from_py_with = args::some_choice::test)] test: Option<&str>,
) -> Result<ExitRule> {
    let (scores, checkpoints) = real_rows(scores, "scores")?;
    let (losses, tokens) = (real_rows(losses, "losses")?.0, real_rows(tokens, "tokens")?.0);
    let thresholds = thresholds.unwrap_or_else(core::exit_thresholds);
    let groups =
        groups.map(|groups| digests(groups, "groups", losses.len() / checkpoints.max(1))).transpose()?;
    let groups = groups.as_deref();
    let log = core::ExitLog { scores: &scores, losses: &losses, tokens: &tokens, checkpoints, groups };
    let target = Target::new(max_loss, confidence, log.range())?;
    let method = test.map(Method::from_name).transpose()?.unwrap_or_else(|| log.test());
    let rule = py.detach(|| core::calibrate_exit(&log, &thresholds, &target, method))?;
    let certificate = rule.verdict.certificate();
    Ok(ExitRule {
        threshold: rule.threshold,
        reason: match &rule.verdict {
            Verdict::Certified(certificate) => certificate.to_string(),
            Verdict::Refused(refusal) => refusal.to_string(),
        },
        saved: rule.saved,
        exits: rule.exits,
        mean_loss: certificate.map(|c| c.mean_loss),
        bound: certificate.map(|c| c.bound),
        units: certificate.map(|c| c.units),
    })
}
