//! One piece of a client's stream, as the client has it.
//!
//! A client makes one for each token, and the host reads it at once. So it is a class of its own here: made in one call, and read
//! field by field without a look-up of names. The values are whatever the client had of them; `piece.rs` reads them.

use crate::typed::typed;
use crate::values::{Arguments, arguments};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

typed!(Words<'py>(Bound<'py, PyAny>): "str");
typed!(Real<'py>(Bound<'py, PyAny>): "float | None");
typed!(Whole<'py>(Bound<'py, PyAny>): "int | None");
typed!(Word<'py>(Bound<'py, PyAny>): "str | None");
typed!(Own<'py>(Bound<'py, PyAny>): "Sequence[float] | npt.NDArray[Any] | None");
typed!(Tops<'py>(Bound<'py, PyAny>): "Sequence[Any] | npt.NDArray[Any] | None");
typed!(Report<'py>(Bound<'py, PyAny>): "Usage | Mapping[str, Any] | Any");

/// One piece of one stream. Every field is optional; the run gets them in this order.
///
/// Args:
///     text: Text of the answer.
///     thinking: Text of the thinking, where the provider shows it apart from the answer. It comes before `text`, is watched as
///         the text is, and is no part of the answer.
///     logprob: The token's own log-probability.
///     top_logprobs: The log-probabilities of its likeliest candidates. With either of the two, the chunk is one token.
///     logprobs: The own log-probabilities of several tokens that came at once; `top_logprobs` is then a row for each.
///     tokens: The number of tokens in `text`, where it is known and no log-probability is.
///     step: The score of a reasoning step that has just ended, in [0, 1].
///     score: The score of the whole answer, in [0, 1]; on a call of kind `"score"`, of the answer that it asks about.
///     probe: The answer that the model would give now, where the client has asked for it.
///     probe_prob: The model's own probability for that answer.
///     usage: The stream's cost so far: a `Usage`, or what `Usage.read` reads.
///     answer: The final answer, where the client can tell it from the text.
///     finish_reason: The provider's word for the end of the stream, such as `"stop"` or `"max_tokens"`. Without it, a text that
///         ends exactly at its grant counts as cut.
///
/// Example:
///     >>> from rheostat.host import Chunk
///     >>> Chunk(text="Paris", logprob=-0.1, top_logprobs=[-0.1, -3.0])
///     Chunk(text='Paris', logprob=-0.1, top_logprobs=[-0.1, -3.0])
#[pyclass(frozen, subclass, module = "rheostat.host")]
pub(crate) struct Chunk {
    fields: [Option<Py<PyAny>>; COUNT],
}

/// Names of the fields, in the order of the arguments, separated by spaces for [`arguments`].
const NAMES: &str = "text thinking logprob top_logprobs logprobs tokens step score probe probe_prob usage answer finish_reason";
const COUNT: usize = 13;

impl Chunk {
    pub(crate) const TEXT: usize = 0;
    pub(crate) const THINKING: usize = 1;
    pub(crate) const LOGPROB: usize = 2;
    pub(crate) const TOP_LOGPROBS: usize = 3;
    pub(crate) const LOGPROBS: usize = 4;
    pub(crate) const TOKENS: usize = 5;
    pub(crate) const STEP: usize = 6;
    pub(crate) const SCORE: usize = 7;
    pub(crate) const PROBE: usize = 8;
    pub(crate) const PROBE_PROB: usize = 9;
    pub(crate) const USAGE: usize = 10;
    pub(crate) const ANSWER: usize = 11;
    pub(crate) const FINISH_REASON: usize = 12;

    /// A field; none where nothing was given.
    pub(crate) fn field<'a, 'py>(&'a self, py: Python<'py>, place: usize) -> Option<&'a Bound<'py, PyAny>> {
        self.fields.get(place)?.as_ref().map(|value| value.bind(py))
    }

    fn shown<'py>(&self, py: Python<'py>, place: usize) -> Bound<'py, PyAny> {
        match self.field(py, place) {
            Some(value) => value.clone(),
            None if place <= Self::THINKING => PyString::intern(py, "").into_any(),
            None => py.None().into_bound(py),
        }
    }

    fn all<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, (0..COUNT).map(|place| self.shown(py, place)))
    }
}

/// Writes a getter for each row: name, place and type, with the docstring above.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $type:ident = $place:expr;)*) => {
        #[pymethods]
        impl Chunk {$(
            $(#[$doc])*
            #[getter]
            fn $name<'py>(&self, py: Python<'py>) -> $type<'py> {
                $type(self.shown(py, $place))
            }
        )*}
    };
}

fields! {
    /// Text of the answer.
    text: Words = Self::TEXT;
    /// Text of the thinking.
    thinking: Words = Self::THINKING;
    /// The token's own log-probability.
    logprob: Real = Self::LOGPROB;
    /// The log-probabilities of the likeliest candidates.
    top_logprobs: Tops = Self::TOP_LOGPROBS;
    /// The own log-probabilities of several tokens.
    logprobs: Own = Self::LOGPROBS;
    /// The number of tokens in the text.
    tokens: Whole = Self::TOKENS;
    /// The score of a reasoning step, in [0, 1].
    step: Real = Self::STEP;
    /// The score of the whole answer, in [0, 1].
    score: Real = Self::SCORE;
    /// The answer that the model would give now.
    probe: Word = Self::PROBE;
    /// The model's own probability for that answer.
    probe_prob: Real = Self::PROBE_PROB;
    /// The stream's cost so far.
    usage: Report = Self::USAGE;
    /// The final answer.
    answer: Word = Self::ANSWER;
    /// The provider's word for the end of the stream.
    finish_reason: Word = Self::FINISH_REASON;
}

#[pymethods]
impl Chunk {
    #[new]
    #[pyo3(signature = (
        text: "str | None" = None, thinking: "str | None" = None, logprob: "float | None" = None,
        top_logprobs: "Sequence[Any] | npt.NDArray[Any] | None" = None,
        logprobs: "Sequence[float] | npt.NDArray[Any] | None" = None, tokens: "int | None" = None,
        step: "float | None" = None, score: "float | None" = None, probe: "str | None" = None,
        probe_prob: "float | None" = None, usage: "Usage | Mapping[str, Any] | Any" = None, answer: "str | None" = None,
        finish_reason: "str | None" = None
    ))]
    #[allow(clippy::too_many_arguments)] // its fields
    fn new(
        text: Option<Py<PyAny>>,
        thinking: Option<Py<PyAny>>,
        logprob: Option<Py<PyAny>>,
        top_logprobs: Option<Py<PyAny>>,
        logprobs: Option<Py<PyAny>>,
        tokens: Option<Py<PyAny>>,
        step: Option<Py<PyAny>>,
        score: Option<Py<PyAny>>,
        probe: Option<Py<PyAny>>,
        probe_prob: Option<Py<PyAny>>,
        usage: Option<Py<PyAny>>,
        answer: Option<Py<PyAny>>,
        finish_reason: Option<Py<PyAny>>,
    ) -> Self {
        let fields = [
            text,
            thinking,
            logprob,
            top_logprobs,
            logprobs,
            tokens,
            step,
            score,
            probe,
            probe_prob,
            usage,
            answer,
            finish_reason,
        ];
        Self { fields }
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Self>() else { return Ok(false) };
        self.all(py)?.eq(other.get().all(py)?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.all(py)?.hash()
    }

    fn __getnewargs_ex__<'py>(slf: &Bound<'py, Self>) -> PyResult<Arguments<'py>> {
        arguments(slf.as_any(), NAMES)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut given = Vec::new();
        for (place, name) in NAMES.split(' ').enumerate() {
            if let Some(value) = self.field(py, place) {
                given.push(format!("{name}={}", value.repr()?.to_string_lossy()));
            }
        }
        Ok(format!("Chunk({})", given.join(", ")))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> std::result::Result<(), PyTraverseError> {
        self.fields.iter().try_for_each(|field| visit.call(field))
    }
}
