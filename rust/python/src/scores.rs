//! The worth of choosing among scored answers, learned from graded runs.

use crate::args;
use crate::error::{Result, wrong_type};
use crate::typed::named;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rheostat::learn as core;
use rheostat::strategy::Choose;
use std::sync::{Mutex, MutexGuard, PoisonError};

named!(ScoreChoice((u32, f64, f64)));

impl ScoreChoice {
    fn of(choice: core::ScoreChoice) -> Self {
        Self((choice.samples, choice.usd, choice.p_correct))
    }
}

/// Learns from graded runs how many answers a scorer can tell apart, and how many samples are worth their price.
///
/// The largest of more noisy scores may be the largest error, so width hurts a weak scorer. Each query whose samples were scored and
/// graded counts, with every smaller number of samples that it holds. A width is useful if it beats the last useful one by 2.33
/// standard errors on at least 20 queries; until then the width is 1. Keep one for each scorer, model and kind of traffic.
///
/// Args:
///     by: How the scores choose: `"score"` takes the answer with the highest, `"vote"` the answer with the largest sum.
///
/// Raises:
///     UnknownNameError: `by` is another word.
///
/// Example:
///     >>> import rheostat as rh
///     >>> worth = rh.learn.ScoreWorth("score")
///     >>> for i in range(40):
///     ...     worth.add(["41", "42"], scores=[0.2, 0.9], right=[0.0, 1.0])
///     >>> worth.width, worth.choose(sample_usd=0.001, score_usd=0.0001, usd_per_error=1.0).samples
///     (2, 2)
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct ScoreWorth {
    inner: Mutex<core::ScoreWorth>,
}

impl ScoreWorth {
    fn lock(&self) -> MutexGuard<'_, core::ScoreWorth> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl ScoreWorth {
    #[new]
    #[pyo3(signature = (by: "_Choose" = "score"))]
    fn new(#[pyo3(from_py_with = args::choice::by)] by: &str) -> Result<Self> {
        Ok(Self { inner: Mutex::new(core::ScoreWorth::new(Choose::from_name(by)?)) })
    }

    /// Counts one query.
    ///
    /// Args:
    ///     answers: The samples' answers in launch order, None where there was none; the first 64 count. They are compared in their
    ///         normal form.
    ///     scores: A score in [0, 1] for each, None where there was none.
    ///     right: How right each is, in [0, 1].
    ///
    /// Raises:
    ///     InvalidValueError: A number is out of bounds, or the lists are not equally long.
    #[pyo3(signature = (
        answers: "Iterable[str | None]", *, scores: "Iterable[float | None]", right: "Iterable[float]"
    ))]
    fn add(
        &self,
        answers: &Bound<'_, PyAny>,
        scores: &Bound<'_, PyAny>,
        right: &Bound<'_, PyAny>,
    ) -> Result<()> {
        let answers = args::read_list(answers, "answers", "an iterable of str or None", |item, what| {
            if item.is_none() {
                return Ok(None);
            }
            let text = item.cast::<PyString>().map_err(|_| wrong_type(what, item, "str or None"))?;
            Ok(Some(crate::convert::utf8(text)?.0.into_owned()))
        })?;
        let scores = args::read_list(scores, "scores", "an iterable of numbers or None", |item, what| {
            if item.is_none() { Ok(None) } else { args::read_real(item, what).map(Some) }
        })?;
        let right = args::read_list(right, "right", "an iterable of numbers", |item, what| {
            args::read_real(item, what)
        })?;
        for (what, length) in [("scores", scores.len()), ("right", right.len())] {
            if length != answers.len() {
                let bound = format!("as long as answers, {}", answers.len());
                return Err(rheostat::Error::invalid(format!("{what}: length"), length, bound).into());
            }
        }
        let samples: Vec<_> = (answers.iter().zip(&scores).zip(&right))
            .map(|((answer, score), right)| core::ScoredSample {
                answer: answer.as_deref(),
                score: *score,
                right: *right,
            })
            .collect();
        Ok(self.lock().add(&samples)?)
    }

    /// Adds the sums of another one, of another process for example.
    ///
    /// Raises:
    ///     InvalidValueError: Its scores choose in another way.
    fn merge(&self, other: &Bound<'_, Self>) -> Result<()> {
        let other = other.get().lock().clone();
        Ok(self.lock().merge(&other)?)
    }

    /// How the scores choose: `"score"` or `"vote"`.
    #[getter]
    fn by(&self) -> &'static str {
        self.lock().by().as_str()
    }

    /// Queries counted.
    #[getter]
    #[allow(clippy::cast_sign_loss)] // a count is at least 0
    fn counted(&self) -> u64 {
        self.lock().counted() as u64
    }

    /// The number of answers up to which the scorer is shown to tell them apart, for `Scorer(width=…)`; 1 until enough queries show more.
    #[getter]
    fn width(&self) -> u32 {
        self.lock().width()
    }

    /// Every number of samples that was seen, with its expected cost and share of right answers.
    ///
    /// Args:
    ///     sample_usd: Price of one sample, in US dollars.
    ///     score_usd: Price of one score. A lone answer is not scored.
    ///
    /// Raises:
    ///     InvalidValueError: A price is negative or not finite.
    #[pyo3(signature = (*, sample_usd, score_usd))]
    fn ways(
        &self,
        #[pyo3(from_py_with = args::real::sample_usd)] sample_usd: f64,
        #[pyo3(from_py_with = args::real::score_usd)] score_usd: f64,
    ) -> Result<Vec<ScoreChoice>> {
        Ok(self.lock().ways(sample_usd, score_usd)?.into_iter().map(ScoreChoice::of).collect())
    }

    /// The number of samples of least expected cost, errors included, within `width`.
    ///
    /// Args:
    ///     sample_usd: Price of one sample, in US dollars.
    ///     score_usd: Price of one score. A lone answer is not scored.
    ///     usd_per_error: Cost of a wrong answer, as for `policy.Utility`.
    ///
    /// Raises:
    ///     InvalidValueError: A number is negative or not finite.
    #[pyo3(signature = (*, sample_usd, score_usd, usd_per_error))]
    fn choose(
        &self,
        #[pyo3(from_py_with = args::real::sample_usd)] sample_usd: f64,
        #[pyo3(from_py_with = args::real::score_usd)] score_usd: f64,
        #[pyo3(from_py_with = args::real::usd_per_error)] usd_per_error: f64,
    ) -> Result<ScoreChoice> {
        Ok(ScoreChoice::of(self.lock().choose(sample_usd, score_usd, usd_per_error)?))
    }

    /// The sums as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.lock().to_bytes())
    }

    /// Reads sums from bytes.
    ///
    /// Raises:
    ///     ArtifactError: The bytes are damaged, or are not such sums.
    #[staticmethod]
    fn from_bytes(data: &[u8]) -> Result<Self> {
        Ok(Self { inner: Mutex::new(core::ScoreWorth::from_bytes(data)?) })
    }

    fn __repr__(&self) -> String {
        let worth = self.lock();
        format!("ScoreWorth({:?}, {} queries, width={})", worth.by().as_str(), worth.counted(), worth.width())
    }
}
