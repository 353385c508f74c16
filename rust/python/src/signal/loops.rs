//! Texts and token streams that go round in circles.

use super::rows::{token_id, with_tokens};
use super::{Shared, text};
use crate::error::Result;
use crate::getters::getters;
use crate::show::truth;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::signal as core;

/// A loop that was found.
#[pyclass(frozen, get_all, module = "rheostat.signals")]
pub(crate) struct Repetition {
    /// Tokens after which the output repeats itself.
    period: usize,
    /// Number of tokens so far that equal the token one period before.
    run: u64,
    /// Number of tokens before it was found.
    at: u64,
}

impl From<core::Loop> for Repetition {
    fn from(found: core::Loop) -> Self {
        let core::Loop { period, run, at } = found;
        Self { period, run, at }
    }
}

#[pymethods]
impl Repetition {
    fn __repr__(&self) -> String {
        format!("Repetition(period={}, run={}, at={})", self.period, self.run, self.at)
    }
}

/// Finds output that repeats itself: the first token at which, for some period p up to `max_period`, the newest max(3p, 64)
/// tokens each equal the token p before.
///
/// Fed either with token ids or with text, whose words are what white space separates (each Chinese, Japanese, Korean or Thai
/// character is a word). A token costs about ten nanoseconds plus the call; memory is 1.6 KiB. Once a loop is found it stays
/// found, and its `run` goes on while it does.
///
/// Args:
///     max_period: The longest period, from 1 to 4,096. Reasoning models also repeat whole passages: a longer period finds
///         those, later and at a higher cost (4.25 bytes for each token of it).
///
/// Raises:
///     InvalidValueError: The period is out of bounds.
///
/// Example:
///     >>> from rheostat.signals import Loops
///     >>> loops = Loops()
///     >>> next(i for i in range(200) if loops.update(i % 5)), loops.found
///     (68, Repetition(period=5, run=64, at=69))
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct Loops {
    inner: Shared<core::Loops>,
}

getters! {
    Loops, |this| {
        /// The loop, once one is found; None before.
        found: Option<Repetition> = this.inner.lock().found().map(Into::into);
        /// True if a loop was found and still goes on.
        looping: bool = this.inner.lock().looping();
        /// Number of tokens or words so far.
        tokens: u64 = this.inner.lock().tokens();
        /// The longest period that is looked for.
        max_period: usize = this.inner.lock().max_period();
    }
}

#[pymethods]
impl Loops {
    #[new]
    #[pyo3(signature = (max_period = 256))]
    fn new(#[pyo3(from_py_with = int)] max_period: i128) -> Result<Self> {
        Ok(Self {
            inner: Shared::new(core::Loops::with_period(whole(
                "max_period",
                max_period,
                1..=core::LONGEST_PERIOD,
            )?)?),
        })
    }

    /// One token id, from 0 to 2³² − 1. Says whether a loop has been found, now or before.
    ///
    /// Raises:
    ///     InvalidValueError: The id is not between 0 and 2³² − 1.
    #[pyo3(signature = (token: "int"))]
    fn update(&self, token: &Bound<'_, PyAny>) -> Result<bool> {
        Ok(self.inner.lock().update(token_id(token)?))
    }

    /// Many token ids, in order: an array of integers or any sequence of them. Says whether a loop has been found.
    ///
    /// Raises:
    ///     InvalidTypeError: Not one row of integers.
    ///     InvalidValueError: An id is negative or above 2³² − 1; nothing has then been counted.
    #[pyo3(signature = (tokens: "Sequence[int] | npt.NDArray[np.integer[Any]]"))]
    fn update_batch(&self, tokens: &Bound<'_, PyAny>) -> Result<bool> {
        with_tokens(tokens, "tokens", |tokens| {
            let mut loops = self.inner.lock();
            tokens.iter().fold(loops.found().is_some(), |_, &token| loops.update(token))
        })
    }

    /// A chunk of text of any size; a word split over two chunks is one word. Says whether a loop has been found.
    #[pyo3(signature = (chunk: "str"))]
    fn text(&self, chunk: &Bound<'_, PyAny>) -> Result<bool> {
        Ok(self.inner.lock().text(&text(chunk, "chunk")?))
    }

    /// The end of the text: counts the last word. Says whether a loop has been found.
    fn finish(&self) -> bool {
        self.inner.lock().finish()
    }

    fn __sizeof__(&self) -> usize {
        self.inner.lock().memory()
    }

    fn __repr__(&self) -> String {
        let l = self.inner.lock();
        format!("Loops(tokens={}, looping={})", l.tokens(), truth(l.looping()))
    }
}
