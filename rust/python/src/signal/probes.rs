//! Probes: answers that a host asks for in the middle of the reasoning.

use super::{Held, text};
use crate::convert::with_numbers;
use crate::error::Result;
use crate::whole::{Int, int, some_whole, whole};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rheostat::Error;
use rheostat::signal as core;

/// Agreement of probes (Dynasor, Fu et al. 2024): the reasoning may end once the newest so many probes gave the same answer.
///
/// Args:
///     equal: Equal probes in a row that are enough, at least 1.
///     at_least: A probe whose own probability is known and below this breaks the row.
///
/// Raises:
///     InvalidValueError: `equal` is 0, or `at_least` is not in [0, 1].
///
/// Example:
///     >>> from rheostat.signals import Probes
///     >>> probes = Probes(equal=2)
///     >>> probes.add("42"), probes.add("42", reply="42. Hmm, wait"), probes.add("42"), probes.add(" 42 ")
///     (False, False, False, True)
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct Probes {
    inner: Held<core::Probes>,
    needed: u32,
    at_least: f64,
}

#[pymethods]
impl Probes {
    #[new]
    #[pyo3(signature = (equal = 3, at_least = 0.0))]
    fn new(#[pyo3(from_py_with = int)] equal: i128, at_least: f64) -> Result<Self> {
        let equal = whole("equal", equal, 1..=u32::MAX)?;
        if !(0.0..=1.0).contains(&at_least) {
            return Err(Error::invalid("at_least", at_least, "between 0 and 1").into());
        }
        Ok(Self { inner: Held::new(core::Probes::default()), needed: equal, at_least })
    }

    /// One probe's answer, the model's own probability for it if known, and its whole reply. Says whether enough probes
    /// agree. An empty answer breaks the row, and so does a reply that shows doubt (`is_uncertain`).
    #[pyo3(signature = (answer: "str", prob = None, *, reply: "str | None" = None))]
    fn add(
        &self,
        answer: &Bound<'_, PyAny>,
        prob: Option<f64>,
        reply: Option<&Bound<'_, PyAny>>,
    ) -> Result<bool> {
        let answer = text(answer, "answer")?;
        let reply = reply.map(|reply| text(reply, "reply")).transpose()?;
        let reply = reply.as_deref().unwrap_or("");
        Ok(self.inner.lock().add_reply(&answer, reply, prob, self.at_least) >= self.needed)
    }

    /// The newest answer that was given with enough probability; None before the first.
    #[getter]
    fn answer(&self) -> Option<String> {
        self.inner.lock().answer().map(str::to_owned)
    }

    /// Whether enough probes agree.
    #[getter]
    fn agreed(&self) -> bool {
        self.inner.lock().equal() >= self.needed
    }

    /// How many probes in a row gave `answer`.
    #[getter]
    fn equal(&self) -> u32 {
        self.inner.lock().equal()
    }

    /// How many probes there were.
    #[getter]
    fn seen(&self) -> u32 {
        self.inner.lock().seen()
    }

    fn __repr__(&self) -> String {
        let p = self.inner.lock();
        format!("Probes(equal={} of {}, seen={})", p.equal(), self.needed, p.seen())
    }
}

/// Whether a probe's reply holds "wait", "hold", "but", "okay", "no" or "hmm" as a whole word, in any case.
///
/// Example:
///     >>> from rheostat.signals import is_uncertain
///     >>> is_uncertain("42. No, wait"), is_uncertain("I know: not another, 42")
///     (True, False)
#[pyfunction]
#[pyo3(signature = (reply: "str"))]
pub(crate) fn is_uncertain(reply: &Bound<'_, PyAny>) -> Result<bool> {
    Ok(core::is_uncertain(&text(reply, "reply")?))
}

/// How sure the model is of an answer that it was made to give in the middle of its reasoning (DEER, Yang et al. 2025), by the
/// log-probabilities of the answer's tokens. In [0, 1]; DEER stops above 0.95.
///
/// Args:
///     logprobs: One for each token of the answer, at most 0.
///     mean: `"arithmetic"` (DEER's), `"geometric"` or `"min"`.
///
/// Raises:
///     InvalidValueError: No token, or a log-probability that is NaN or above 0.
///     UnknownNameError: No such mean.
///
/// Example:
///     >>> from rheostat.signals import answer_confidence
///     >>> answer_confidence([0.0, -1.0]), answer_confidence([0.0, -1.0], mean="min")
///     (0.6839397205857212, 0.36787944117144233)
#[pyfunction]
#[pyo3(signature = (logprobs: "_Numbers", mean: "_Mean" = "arithmetic"))]
pub(crate) fn answer_confidence(logprobs: &Bound<'_, PyAny>, mean: &str) -> Result<f64> {
    let mean = core::AnswerMean::from_name(mean)?;
    Ok(with_numbers(logprobs, "logprobs", |logprobs| core::answer_confidence(logprobs, mean))??)
}

/// Dynasor's efforts, from careful to bold: for each name the equal probes that are enough, and the tokens between two.
///
/// Example:
///     >>> from rheostat.signals import probe_efforts
///     >>> probe_efforts()["mid"]
///     (3, 64)
#[pyfunction]
pub(crate) fn probe_efforts(py: Python<'_>) -> Result<Bound<'_, PyDict>> {
    let efforts = PyDict::new(py);
    for effort in core::EFFORTS {
        efforts.set_item(effort.name, (effort.equal, effort.every))?;
    }
    Ok(efforts)
}

/// Says when a probe is due, and counts them.
///
/// Args:
///     at: `"tokens"` (after every so many, as Dynasor does), `"marker"` (at a backtrack or a branch in the text, as DEER does) or
///         `"paragraph"` (at an empty line, as EAT does).
///     every: Tokens between two probes, for `"tokens"`; at least 1.
///     first: No probe before so many tokens.
///     most: The most probes, at least 1; None for no limit. DEER has 10.
///
/// Raises:
///     UnknownNameError: No such occasion.
///     InvalidValueError: An argument is out of bounds.
///
/// Example:
///     >>> from rheostat.signals import ProbeSchedule
///     >>> schedule = ProbeSchedule("tokens", every=64, first=128, most=2)
///     >>> [i for i in range(1, 513) if schedule.advance()]
///     [128, 192]
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct ProbeSchedule {
    inner: Held<core::ProbeSchedule>,
}

#[pymethods]
impl ProbeSchedule {
    #[new]
    #[pyo3(signature = (at = "tokens", *, every = 64, first = 0, most = None))]
    fn new(
        at: &str,
        #[pyo3(from_py_with = int)] every: i128,
        #[pyo3(from_py_with = int)] first: i128,
        most: Option<Int>,
    ) -> Result<Self> {
        let at = core::ProbeAt::from_name(at, whole("every", every, 0..=u64::MAX)?)?;
        let (first, most) = (whole("first", first, 0..=u64::MAX)?, some_whole("most", most, 1..=u32::MAX)?);
        Ok(Self { inner: Held::new(core::ProbeSchedule::new(at, first, most.unwrap_or(u32::MAX))?) })
    }

    /// What has been written since the last call: how many tokens, and their text where the schedule reads it. Says whether
    /// a probe is due now; several occasions in one call are one probe.
    #[pyo3(signature = (tokens = 1, text = None))]
    fn advance(
        &self,
        #[pyo3(from_py_with = int)] tokens: i128,
        text: Option<&Bound<'_, PyAny>>,
    ) -> Result<bool> {
        let tokens = whole("tokens", tokens, 0..=u64::MAX)?;
        let text = text.map(|text| super::text(text, "text")).transpose()?;
        Ok(self.inner.lock().advance(tokens, text.as_deref().unwrap_or("")))
    }

    /// What makes a probe due.
    #[getter]
    fn at(&self) -> &'static str {
        self.inner.lock().at().as_str()
    }

    /// Tokens before the first probe.
    #[getter]
    fn first(&self) -> u64 {
        self.inner.lock().first()
    }

    /// Probes that were due so far.
    #[getter]
    fn probes(&self) -> u32 {
        self.inner.lock().probes()
    }

    /// Tokens so far.
    #[getter]
    fn tokens(&self) -> u64 {
        self.inner.lock().tokens()
    }

    fn __repr__(&self) -> String {
        let s = self.inner.lock();
        format!("ProbeSchedule({:?}, tokens={}, probes={})", s.at().as_str(), s.tokens(), s.probes())
    }
}
