//! The vote between answers.

use crate::args;
use crate::callback::call;
use crate::convert::utf8;
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::normal::{form, own_form};
use crate::show::truth;
use crate::typed::typed;
use crate::vote_prior::VotePrior;
use crate::whole::{Int, int, some_whole, whole};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyType};
use rheostat::Error;
use rheostat::vote as core;
use std::sync::{Mutex, MutexGuard, PoisonError};

typed!(Counts<'py>(Bound<'py, PyDict>): "dict[str, int]");
typed!(Weights<'py>(Bound<'py, PyDict>): "dict[str, float]");
typed!(Rule(&'static str): "_VoteRule");

/// A vote among at most `cap` samples, which says when to stop asking for more.
///
/// Samples are counted in launch order: those that finish first are often the short ones. An answer that comes
/// before its turn waits; a sample that will give none must `abstain` or be `cut`, or those behind it wait for ever.
///
/// Args:
///     rule: When to stop. With a and b votes for the two leading answers: `"beta"` (posterior of a against b),
///         `"horizon"` (probability that the leader loses by the cap), `"dirichlet"` and `"crp"` (posterior over all
///         answers, exact), `"bayes"` (with a learned `prior`, which halves the doubt at most), `"esc"` (a unanimous window, which answers),
///         `"majority"`, `"entropy"`, `"unanimous"`, `"curtail"` (no remaining sample can change the leader: lossless),
///         `"sprt"` and `"certified"` (an error of at most `alpha`).
///     confidence: What the rule asks for, above 0.5 and below 1; for `"entropy"` above 0.
///     cap: The most samples, from 1 to 10,000.
///     alpha: The probability, at most, of ever certifying an answer that is not the likeliest one of the distribution
///         that the samples are drawn from (`certified`).
///     normalise: What makes two answers the same: `"auto"`, `"exact"`, `"number"`, `"option"`, `"yes_no"`, `"math"`,
///         `"json"`, `"code"`, `"text"`, or a function that returns the form to compare, or None for an answer that
///         says nothing.
///     window: Samples in a window of `"esc"`.
///     odds: What `"sprt"` tests against one half, above 0.5 and below 1.
///     concentration: Of the process behind `"crp"`, above 0 and at most 100.
///     prior: What earlier votes looked like, for `"bayes"`.
///     same: A function of two answers that tells if they are the same. It is asked about an answer whose form is new,
///         with each earlier answer, until it returns True; not together with a function as `normalise`.
///         `rheostat.symbolic.same` asks a computer algebra system.
///
/// Raises:
///     UnknownNameError: No such rule or normal form.
///     InvalidValueError: An option is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> vote = rh.Vote(rule="beta", confidence=0.95, cap=40)
///     >>> [vote.add(answer) for answer in ["42", "42.0", "$42", "\\boxed{42}"]], vote.answer
///     ([False, False, False, True], '42')
///     >>> vote = rh.Vote(rule="certified", alpha=0.05)
///     >>> next(i for i in range(40) if vote.add("42")), vote.certified
///     (7, True)
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Vote {
    inner: Mutex<core::Vote>,
    /// The user's own normal form.
    form: Option<Py<PyAny>>,
    /// The user's comparer of answers with unequal forms.
    same: Option<Py<PyAny>>,
}

impl Vote {
    pub(crate) fn lock(&self) -> MutexGuard<'_, core::Vote> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// No answer, one that is not UTF-8, or one whose form the user finds.
    #[inline(never)]
    fn add_seldom(
        &self,
        answer: Option<&Bound<'_, PyString>>,
        index: Option<u32>,
        weight: f64,
    ) -> Result<bool> {
        let Some(answer) = answer else { return Ok(self.lock().abstain(index)?) };
        let text = utf8(answer)?.0;
        if let Some(same) = &self.same {
            return self.add_compared(same, answer, &text, index, weight);
        }
        let Some(form) = &self.form else { return Ok(self.lock().add_weighted(&text, index, weight)?) };
        // Before the lock: the user's function may do anything, with this vote too.
        match own_form(form, answer)? {
            Some(key) => Ok(self.lock().add_keyed(&key, &text, index, weight)?),
            None => Ok(self.lock().abstain(index)?),
        }
    }

    /// An answer that the user's comparer may find to be another's.
    fn add_compared(
        &self,
        same: &Py<PyAny>,
        answer: &Bound<'_, PyString>,
        text: &str,
        index: Option<u32>,
        weight: f64,
    ) -> Result<bool> {
        let (mut key, others) = self.lock().candidates(text);
        // Outside the lock: the user's function may do anything, with this vote too.
        for (other, spelling) in others {
            let equal = call(same.bind(answer.py()), (spelling, answer))?;
            if equal.is_truthy()? {
                key = other;
                break;
            }
        }
        Ok(self.lock().add_keyed(&key, text, index, weight)?)
    }

    pub(crate) fn wrap(inner: core::Vote, form: Option<Py<PyAny>>, same: Option<Py<PyAny>>) -> Self {
        Self { inner: Mutex::new(inner), form, same }
    }
}

fn comparer(same: Option<&Bound<'_, PyAny>>) -> Result<Option<Py<PyAny>>> {
    match same {
        Some(function) if function.is_callable() => Ok(Some(function.clone().unbind())),
        Some(other) => Err(wrong_type("same", other, "a function")),
        None => Ok(None),
    }
}

fn place(index: Option<Int>) -> Result<Option<u32>> {
    some_whole("index", index, 0..=u32::MAX)
}

getters! {
    Vote, |this| {
        /// The leading answer as it was first given, or None before the first.
        answer: Option<String> = this.lock().answer().map(str::to_owned);
        /// True if `answer` is certified as the likeliest answer of the distribution that the samples are drawn from. May be read after
        /// every sample, with any rule; the probability that it is ever true of another answer is at most `alpha`. It is about the
        /// model's answers, not about truth.
        certified: bool = this.lock().certified();
        /// True if nothing more can be certified, because a sample was cut or `suspend` was called.
        suspended: bool = this.lock().suspended();
        /// The leader's share of the answers counted, or of their weight, in [0, 1].
        agreement: f64 = this.lock().agreement();
        /// True if the rule or the cap has stopped the vote.
        stopped: bool = this.lock().stopped();
        /// True if the rule's own condition holds, not the cap alone.
        agreed: bool = this.lock().agreed();
        /// Answers counted; abstentions are left out.
        votes: u32 = this.lock().votes();
        /// Samples consumed in launch order, abstentions included.
        consumed: u32 = this.lock().consumed();
        /// Samples that came after the vote had stopped.
        late: u64 = this.lock().late();
        /// Answers for which there was no room: a vote keeps 4 MiB of distinct answers.
        dropped: u32 = this.lock().dropped();
        /// The rule's name.
        rule: Rule = Rule(this.lock().rule().as_str());
        /// The confidence that the rule asks for.
        confidence: f64 = this.lock().options().confidence;
        /// The most samples.
        cap: u32 = this.lock().options().cap;
        /// The probability, at most, of ever certifying a wrong answer.
        alpha: f64 = this.lock().options().alpha;
    }
}

#[pymethods]
impl Vote {
    #[new]
    #[pyo3(signature = (
        rule: "_VoteRule" = "beta", confidence = 0.95, cap = 40, *, alpha = 0.05,
        normalise: "_AnswerForm | Callable[[str], str | None] | None" = None, window = 5, odds = 0.75,
        concentration = 1.0, prior: "VotePrior | None" = None, same: "Callable[[str, str], object] | None" = None
    ))]
    fn new(
        #[pyo3(from_py_with = args::choice::rule)] rule: &str,
        #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
        #[pyo3(from_py_with = int)] cap: i128,
        #[pyo3(from_py_with = args::real::alpha)] alpha: f64,
        normalise: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = int)] window: i128,
        #[pyo3(from_py_with = args::real::odds)] odds: f64,
        #[pyo3(from_py_with = args::real::concentration)] concentration: f64,
        prior: Option<&Bound<'_, PyAny>>,
        same: Option<&Bound<'_, PyAny>>,
    ) -> Result<Self> {
        let rule = core::VoteRule::from_name(rule)?;
        let (normal, form) = form(normalise)?;
        let same = comparer(same)?;
        if same.is_some() && form.is_some() {
            return Err(Error::invalid("same", "both", "None if normalise is a function").into());
        }
        let prior = match prior {
            Some(prior) => {
                Some(args::instance::<VotePrior>(prior, "prior", "a VotePrior")?.get().inner.clone())
            }
            None => None,
        };
        let (cap, window) = (whole("cap", cap, 1..=core::MAX_CAP)?, whole("window", window, 0..=u32::MAX)?);
        let options =
            core::VoteOptions { rule, confidence, cap, alpha, normal, window, odds, concentration, prior };
        Ok(Self::wrap(core::Vote::with(options)?, form, same))
    }

    /// Counts one sample's answer and says whether to stop. None, and an answer that says nothing, are abstentions.
    ///
    /// Args:
    ///     answer: The answer.
    ///     index: The sample's place in launch order, from 0; without it, it comes after all known ones.
    ///     weight: At least 0. Weights decide `answer`, `agreement` and the rule `"majority"`; other rules are about
    ///         numbers of votes, and stop only while the most votes and the most weight agree.
    ///
    /// Raises:
    ///     InvalidValueError: The index is not below the cap, or the weight is out of bounds.
    ///     StateError: The index has voted before.
    #[pyo3(signature = (answer: "str | None", index = None, weight = 1.0))]
    fn add(
        &self,
        #[pyo3(from_py_with = args::answer)] answer: Option<Bound<'_, PyString>>,
        index: Option<Int>,
        #[pyo3(from_py_with = args::real::weight)] weight: f64,
    ) -> Result<bool> {
        let index = place(index)?;
        if let Some(answer) = &answer
            && self.form.is_none()
            && self.same.is_none()
            && let Ok(text) = answer.to_str()
        {
            return Ok(self.lock().add_weighted(text, index, weight)?);
        }
        self.add_seldom(answer.as_ref(), index, weight)
    }

    /// Counts a sample that gives no answer, decided by that sample alone and by a rule that was fixed beforehand: it
    /// failed, it reached its length, its answer cannot be read. Says whether to stop.
    #[pyo3(signature = (index = None))]
    fn abstain(&self, index: Option<Int>) -> Result<bool> {
        Ok(self.lock().abstain(place(index)?)?)
    }

    /// Counts a sample that was stopped for what it or others had said. From its turn on nothing is certified. Says
    /// whether to stop.
    #[pyo3(signature = (index = None))]
    fn cut(&self, index: Option<Int>) -> Result<bool> {
        Ok(self.lock().cut(place(index)?)?)
    }

    /// Says that samples are no longer draws of one distribution: a changed prompt, temperature or room. From here on
    /// nothing is certified.
    fn suspend(&self) {
        self.lock().suspend();
    }

    /// Every answer with its votes, most first.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> Result<Counts<'py>> {
        // Copied first: making Python objects may run other code, which may come back to this vote.
        let known: Vec<_> = self.lock().counts().into_iter().map(|(a, n)| (a.to_owned(), n)).collect();
        let counts = PyDict::new(py);
        for (answer, votes) in known {
            counts.set_item(answer, votes)?;
        }
        Ok(Counts(counts))
    }

    /// Every answer with its weight, most first.
    #[getter]
    fn weights<'py>(&self, py: Python<'py>) -> Result<Weights<'py>> {
        let known: Vec<_> = self.lock().weights().into_iter().map(|(a, w)| (a.to_owned(), w)).collect();
        let weights = PyDict::new(py);
        for (answer, weight) in known {
            weights.set_item(answer, weight)?;
        }
        Ok(Weights(weights))
    }

    /// A vote in the same state, which goes its own way.
    fn copy(&self, py: Python<'_>) -> Self {
        let own = |function: &Option<Py<PyAny>>| function.as_ref().map(|function| function.clone_ref(py));
        Self::wrap(self.lock().clone(), own(&self.form), own(&self.same))
    }

    fn __copy__(&self, py: Python<'_>) -> Self {
        self.copy(py)
    }

    fn __deepcopy__(&self, py: Python<'_>, _memo: &Bound<'_, PyDict>) -> Self {
        self.copy(py)
    }

    /// The vote as bytes, with checksums: its options, its answers and its samples. A function given as `normalise` is
    /// not among them.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = self.lock().to_bytes();
        PyBytes::new(py, &bytes)
    }

    /// A vote from `to_bytes`; `normalise` and `same` are the functions that the vote had, if it had any.
    ///
    /// Raises:
    ///     ArtifactError: The bytes are damaged, or are not a vote's.
    #[classmethod]
    #[pyo3(signature = (
        data, normalise: "Callable[[str], str | None] | None" = None, *,
        same: "Callable[[str, str], object] | None" = None
    ))]
    fn from_bytes(
        _cls: &Bound<'_, PyType>,
        data: &[u8],
        normalise: Option<&Bound<'_, PyAny>>,
        same: Option<&Bound<'_, PyAny>>,
    ) -> Result<Self> {
        let form = match normalise {
            Some(function) if function.is_callable() => Some(function.clone().unbind()),
            Some(other) => return Err(wrong_type("normalise", other, "a function")),
            None => None,
        };
        Ok(Self::wrap(core::Vote::from_bytes(data)?, form, comparer(same)?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.form)?;
        visit.call(&self.same)
    }

    fn __repr__(&self) -> String {
        let vote = self.lock();
        let core::VoteOptions { confidence, cap, .. } = vote.options();
        let (rule, votes, stopped) = (vote.rule().as_str(), vote.votes(), truth(vote.stopped()));
        format!("Vote(rule={rule:?}, confidence={confidence}, cap={cap}, votes={votes}, stopped={stopped})")
    }
}
