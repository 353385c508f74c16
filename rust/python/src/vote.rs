//! The vote between answers.

use crate::error::Result;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rheostat::vote as core;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A vote among at most `cap` samples, which says when to stop asking for more.
///
/// Samples are counted in launch order: those that finish first are often the short ones. An answer that comes
/// before its turn waits; a sample that was cut or failed must `abstain`, or those behind it wait for ever.
///
/// Args:
///     rule: `"beta"` (exact posterior of the leader against the second), `"majority"`, `"curtail"` (stops when no
///         remaining sample can change the leader: lossless) or `"unanimous"`.
///     confidence: Above 0.5 and below 1.
///     cap: The most samples, at least 1.
///
/// Raises:
///     UnknownNameError: No such rule.
///     InvalidValueError: Confidence or cap is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> vote = rh.Vote(rule="beta", confidence=0.95, cap=40)
///     >>> [vote.add("42") for _ in range(4)], vote.answer
///     ([False, False, False, True], '42')
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Vote {
    inner: Mutex<core::Vote>,
    confidence: f64,
    cap: u32,
}

impl Vote {
    fn lock(&self) -> MutexGuard<'_, core::Vote> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Vote {
    #[new]
    #[pyo3(signature = (rule = "beta", confidence = 0.95, cap = 40))]
    fn new(rule: &str, confidence: f64, cap: u32) -> Result<Self> {
        let rule = core::VoteRule::from_name(rule)?;
        Ok(Self { inner: Mutex::new(core::Vote::new(rule, confidence, cap)?), confidence, cap })
    }

    /// Counts one sample's answer and says whether to stop. Answers are compared without outer white space; an empty
    /// one is an abstention. `index` is the sample's place in launch order, from 0; without it, it comes after all
    /// known ones.
    ///
    /// Raises:
    ///     InvalidValueError: The index is not below the cap.
    ///     StateError: The index has voted before.
    #[pyo3(signature = (answer, index = None))]
    fn add(&self, answer: &str, index: Option<u32>) -> Result<bool> {
        Ok(self.lock().add(answer, index)?)
    }

    /// Counts a sample that will give no answer, and says whether to stop.
    #[pyo3(signature = (index = None))]
    fn abstain(&self, index: Option<u32>) -> Result<bool> {
        Ok(self.lock().abstain(index)?)
    }

    /// The leading answer, or None before the first.
    #[getter]
    fn answer(&self) -> Option<String> {
        self.lock().answer().map(str::to_owned)
    }

    /// Every answer with its votes, most first.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyDict>> {
        // Copied first: making Python objects may run other code, which may come back to this vote.
        let known: Vec<_> = self.lock().counts().into_iter().map(|(a, n)| (a.to_owned(), n)).collect();
        let counts = PyDict::new(py);
        for (answer, votes) in known {
            counts.set_item(answer, votes)?;
        }
        Ok(counts)
    }

    /// The leader's share of the answers counted, in [0, 1].
    #[getter]
    fn agreement(&self) -> f64 {
        self.lock().agreement()
    }

    /// Whether the rule or the cap has stopped the vote.
    #[getter]
    fn stopped(&self) -> bool {
        self.lock().stopped()
    }

    /// Whether the rule's own condition holds, rather than the cap alone having been reached.
    #[getter]
    fn agreed(&self) -> bool {
        self.lock().agreed()
    }

    /// Answers counted; abstentions are left out.
    #[getter]
    fn votes(&self) -> u32 {
        self.lock().votes()
    }

    /// Samples that came after the vote had stopped.
    #[getter]
    fn late(&self) -> u64 {
        self.lock().late()
    }

    /// The rule's name.
    #[getter]
    fn rule(&self) -> &'static str {
        self.lock().rule().name()
    }

    /// The confidence that the rule asks for.
    #[getter]
    fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The most samples.
    #[getter]
    fn cap(&self) -> u32 {
        self.cap
    }

    fn __repr__(&self) -> String {
        let vote = self.lock();
        let (rule, votes, stopped) = (vote.rule().name(), vote.votes(), vote.stopped());
        format!(
            "Vote(rule={rule:?}, confidence={}, cap={}, votes={votes}, stopped={stopped})",
            self.confidence, self.cap
        )
    }
}
