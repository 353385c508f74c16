//! Samples shared among many queries.

use crate::args;
use crate::convert::{reals, utf8};
use crate::error::Result;
use crate::getters::getters;
use crate::normal::{form, own_form};
use crate::vote::Vote;
use crate::whole::{Int, int, whole};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyString;
use rheostat::vote as core;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Gives the samples of one budget to a batch of queries, always to the one whose next samples are expected to raise the
/// share of its final answer most, by sample: the knowledge gradient with lookahead (Frazier & Powell 2010) on Pólya's
/// urn, whose concentration is learned from how many queries' first two answers differ. Every query gets a first sample
/// before any gets a second.
///
/// Args:
///     queries: How many queries, from 1 to a million.
///     budget: How many samples, over all of them.
///     cap: The most samples of one query.
///     normalise: As of `Vote`.
///     p_correct: For each query the probability, in [0, 1], that an answer is right, as far as it is known beforehand:
///         `estimate.p_correct(rung)`, or the history of its kind. Harder queries then get their second samples first.
///         Only how the queries compare counts, the level is learned from the batch; votes are counted as without it.
///
/// Raises:
///     InvalidValueError: An option is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> batch = rh.votes.BatchAllocator(2, budget=8)
///     >>> answers = [iter("77777777"), iter("12121212")]
///     >>> while queries := batch.next(1):
///     ...     for query in queries:
///     ...         batch.add(query, next(answers[query]))
///     >>> [batch.vote(query).votes for query in range(2)]
///     [2, 6]
#[pyclass(frozen, module = "rheostat.votes")]
pub(crate) struct BatchAllocator {
    inner: Mutex<core::BatchAllocator>,
    form: Option<Py<PyAny>>,
}

impl BatchAllocator {
    fn lock(&self) -> MutexGuard<'_, core::BatchAllocator> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn number(query: Int) -> Result<usize> {
    whole("query", query, 0..=usize::MAX)
}

getters! {
    BatchAllocator, |this| {
        /// Samples whose answers are in.
        spent: u64 = this.lock().spent();
        /// Samples that have not been given out.
        left: u64 = this.lock().left();
    }
}

#[pymethods]
impl BatchAllocator {
    #[new]
    #[pyo3(signature = (
        queries, budget, *, cap = 40, normalise: "_AnswerForm | Callable[[str], str | None] | None" = None,
        p_correct: "npt.ArrayLike | None" = None
    ))]
    fn new(
        queries: Int,
        budget: Int,
        #[pyo3(from_py_with = int)] cap: i128,
        normalise: Option<&Bound<'_, PyAny>>,
        p_correct: Option<&Bound<'_, PyAny>>,
    ) -> Result<Self> {
        let (normal, form) = form(normalise)?;
        let mut inner = core::BatchAllocator::new(
            whole("queries", queries, 0..=usize::MAX)?,
            whole("budget", budget, 0..=u64::MAX)?,
            whole("cap", cap, 1..=core::MAX_CAP)?,
            normal,
        )?;
        if let Some(p_correct) = p_correct {
            inner = inner.with_prior(&reals(p_correct, "p_correct")?)?;
        }
        Ok(Self { inner: Mutex::new(inner), form })
    }

    /// The queries to sample next, by number, one sample each, at most `most`. Empty when the budget is given out, or
    /// every query that could have another waits for an answer.
    #[pyo3(signature = (most = 1))]
    fn next(&self, #[pyo3(from_py_with = int)] most: i128) -> Result<Vec<usize>> {
        Ok(self.lock().next(whole("most", most, 0..=usize::MAX)?))
    }

    /// The answer of a sample that was given out; None when it gave none. It has been paid for all the same.
    ///
    /// Raises:
    ///     InvalidValueError: The query is not in the batch.
    ///     StateError: The query waits for no answer.
    #[pyo3(signature = (query, answer: "str | None"))]
    fn add(
        &self,
        query: Int,
        #[pyo3(from_py_with = args::answer)] answer: Option<Bound<'_, PyString>>,
    ) -> Result<()> {
        let query = number(query)?;
        let Some(answer) = &answer else { return Ok(self.lock().abstain(query)?) };
        let text = utf8(answer)?.0;
        let Some(form) = &self.form else { return Ok(self.lock().add(query, &text)?) };
        match own_form(form, answer)? {
            Some(key) => Ok(self.lock().add_keyed(query, &key, &text)?),
            None => Ok(self.lock().abstain(query)?),
        }
    }

    /// A query's leading answer, or None before its first.
    fn answer(&self, query: Int) -> Result<Option<String>> {
        Ok(self.lock().answer(number(query)?)?.map(str::to_owned))
    }

    /// A copy of a query's vote.
    fn vote(&self, py: Python<'_>, query: Int) -> Result<Vote> {
        let vote = self.lock().vote(number(query)?)?.clone();
        Ok(Vote::wrap(vote, self.form.as_ref().map(|form| form.clone_ref(py)), None))
    }

    fn __len__(&self) -> usize {
        self.lock().queries()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.form)
    }

    fn __repr__(&self) -> String {
        let batch = self.lock();
        format!("BatchAllocator({} queries, spent={}, left={})", batch.queries(), batch.spent(), batch.left())
    }
}

/// Holds a stream of queries to an average number of samples by a price: a vote has enough once the doubt about its
/// leader is at most the price, and each finished vote moves the price by what it spent over or under the target.
///
/// Args:
///     target: Samples a query, on average; at least 1 and at most the cap.
///     cap: The most samples of one query.
///
/// Raises:
///     InvalidValueError: The target or the cap is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> allocator = rh.votes.OnlineAllocator(target=3)
///     >>> vote = rh.Vote(rule="curtail", cap=24)
///     >>> while not allocator.enough(vote):
///     ...     _ = vote.add("7")
///     >>> allocator.finish(vote)
///     >>> vote.answer, allocator.average
///     ('7', 3.0)
#[pyclass(frozen, module = "rheostat.votes")]
pub(crate) struct OnlineAllocator {
    inner: Mutex<core::OnlineAllocator>,
}

impl OnlineAllocator {
    fn lock(&self) -> MutexGuard<'_, core::OnlineAllocator> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

getters! {
    OnlineAllocator, |this| {
        /// The doubt that is let pass.
        price: f64 = this.lock().price();
        /// Samples spent by the votes that are done.
        spent: u64 = this.lock().spent();
        /// Votes that are done.
        finished: u64 = this.lock().finished();
        /// Samples a vote so far; 0 before the first is done.
        average: f64 = this.lock().average();
    }
}

#[pymethods]
impl OnlineAllocator {
    #[new]
    #[pyo3(signature = (target, cap = 24))]
    fn new(
        #[pyo3(from_py_with = args::real::target)] target: f64,
        #[pyo3(from_py_with = int)] cap: i128,
    ) -> Result<Self> {
        Ok(Self {
            inner: Mutex::new(core::OnlineAllocator::new(target, whole("cap", cap, 1..=core::MAX_CAP)?)?),
        })
    }

    /// True if one more sample of the vote is not worth the current price.
    fn enough(&self, vote: &Vote) -> bool {
        // One lock at a time.
        let price = self.lock().clone();
        price.enough(&vote.lock())
    }

    /// A vote is done; what it spent moves the price. Votes may finish in any order, and run side by side.
    fn finish(&self, vote: &Vote) {
        let vote = vote.lock().clone();
        self.lock().finish(&vote);
    }

    fn __repr__(&self) -> String {
        let online = self.lock();
        format!("OnlineAllocator(finished={}, average={:.3})", online.finished(), online.average())
    }
}
