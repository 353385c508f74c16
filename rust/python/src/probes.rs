//! The worth of probing first, learned from answers.

use crate::args;
use crate::error::{Result, wrong_type};
use crate::typed::named;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rheostat::learn as core;
use std::sync::{Mutex, MutexGuard, PoisonError};

named!(ProbeChoice((u32, f64, f64)));

impl ProbeChoice {
    fn of(choice: core::ProbeChoice) -> Self {
        Self((choice.probes, choice.usd, choice.p_correct))
    }
}

/// Learns from a deployment's own answers whether to probe a low rung first, with how many samples, or which rung to ask alone.
///
/// Agreement needs no grade: each query whose low rung gave two or three answers counts. Grades of the low rung's first answer and of
/// the high rung's answer, on any of those queries, tell what agreement is worth. Rates start from the mean of 26 tasks of recorded
/// answers, which weighs as much as four queries. Keep one for each kind of traffic.
///
/// Example:
///     >>> import rheostat as rh
///     >>> worth = rh.learn.ProbeWorth()
///     >>> for _ in range(50):
///     ...     worth.add(["42", "42", "42.0"], low=1.0, high=1.0)
///     ...     worth.add(["41", "43", "42"], low=0.0, high=1.0)
///     >>> worth.choose(low_usd=0.001, high_usd=0.1, usd_per_error=2.0).probes
///     3
#[pyclass(frozen, module = "rheostat.learn")]
#[derive(Default)]
pub(crate) struct ProbeWorth {
    inner: Mutex<core::ProbeWorth>,
}

impl ProbeWorth {
    fn lock(&self) -> MutexGuard<'_, core::ProbeWorth> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl ProbeWorth {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Counts one query.
    ///
    /// Args:
    ///     answers: The low rung's answers in launch order, None where there was none; the first three count. They are compared in
    ///         their normal form. With fewer than two, nothing is learned.
    ///     low: The score of its first answer, in [0, 1], if it is known.
    ///     high: The score of the high rung's answer, if it is known.
    ///
    /// Raises:
    ///     InvalidValueError: A score is out of bounds.
    #[pyo3(signature = (answers: "Iterable[str | None]", *, low = None, high = None))]
    fn add(
        &self,
        answers: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::some_real::low)] low: Option<f64>,
        #[pyo3(from_py_with = args::some_real::high)] high: Option<f64>,
    ) -> Result<()> {
        let read = args::read_list(answers, "answers", "an iterable of str or None", |item, what| {
            if item.is_none() {
                return Ok(None);
            }
            let text = item.cast::<PyString>().map_err(|_| wrong_type(what, item, "str or None"))?;
            Ok(Some(crate::convert::utf8(text)?.0.into_owned()))
        })?;
        let answers: Vec<Option<&str>> = read.iter().map(Option::as_deref).collect();
        Ok(self.lock().add(&answers, low, high)?)
    }

    /// Adds the counts of another one, of another process for example.
    fn merge(&self, other: &Bound<'_, Self>) {
        let other = other.get().lock().clone();
        self.lock().merge(&other);
    }

    /// Queries counted, and scores among them.
    #[getter]
    #[allow(clippy::cast_sign_loss)] // counts are at least 0
    fn counted(&self) -> (u64, u64) {
        let (queries, scores) = self.lock().counted();
        (queries as u64, scores as u64)
    }

    /// The four ways to answer, each with its expected cost and share of right answers: the high rung alone, the low rung alone, two
    /// probes, three probes in turn.
    ///
    /// Args:
    ///     low_usd: Price of one sample of the low rung, in US dollars.
    ///     high_usd: Price of the high rung's answer.
    ///
    /// Raises:
    ///     InvalidValueError: A price is negative or not finite.
    #[pyo3(signature = (*, low_usd, high_usd))]
    fn ways(
        &self,
        #[pyo3(from_py_with = args::real::low_usd)] low_usd: f64,
        #[pyo3(from_py_with = args::real::high_usd)] high_usd: f64,
    ) -> Result<Vec<ProbeChoice>> {
        Ok(self.lock().ways(low_usd, high_usd)?.into_iter().map(ProbeChoice::of).collect())
    }

    /// The way of least expected cost, errors included.
    ///
    /// Args:
    ///     low_usd: Price of one sample of the low rung, in US dollars.
    ///     high_usd: Price of the high rung's answer.
    ///     usd_per_error: Cost of a wrong answer, as for `policy.Utility`.
    ///
    /// Raises:
    ///     InvalidValueError: A number is negative or not finite.
    #[pyo3(signature = (*, low_usd, high_usd, usd_per_error))]
    fn choose(
        &self,
        #[pyo3(from_py_with = args::real::low_usd)] low_usd: f64,
        #[pyo3(from_py_with = args::real::high_usd)] high_usd: f64,
        #[pyo3(from_py_with = args::real::usd_per_error)] usd_per_error: f64,
    ) -> Result<ProbeChoice> {
        Ok(ProbeChoice::of(self.lock().choose(low_usd, high_usd, usd_per_error)?))
    }

    /// The counts as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.lock().to_bytes())
    }

    /// Reads counts from bytes.
    ///
    /// Raises:
    ///     ArtifactError: The bytes are damaged, or are not such counts.
    #[staticmethod]
    fn from_bytes(data: &[u8]) -> Result<Self> {
        Ok(Self { inner: Mutex::new(core::ProbeWorth::from_bytes(data)?) })
    }

    fn __repr__(&self) -> String {
        let (queries, scores) = self.lock().counted();
        format!("ProbeWorth({queries} queries, {scores} scores)")
    }
}
