//! What the text of an answer says: loops, turns, stated answers.

use super::loops::Loop;
use super::{Held, text};
use crate::error::Result;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::signal as core;

/// How often each kind of marker was found.
#[pyclass(frozen, get_all, eq, module = "rheostat.signals")]
#[derive(PartialEq)]
pub(crate) struct MarkerCounts {
    /// "wait", "let me re-check" …: the model doubts what it wrote.
    backtracks: u64,
    /// "alternatively", "another approach" …: it tries another way.
    branches: u64,
    /// "start over" …: it starts again.
    restarts: u64,
    /// "maybe", "I think" …: it is not sure.
    hedges: u64,
}

impl From<core::MarkerCounts> for MarkerCounts {
    fn from(counts: core::MarkerCounts) -> Self {
        let core::MarkerCounts { backtracks, branches, restarts, hedges } = counts;
        Self { backtracks, branches, restarts, hedges }
    }
}

#[pymethods]
impl MarkerCounts {
    /// Turns of the reasoning: backtracks, branches and restarts.
    #[getter]
    fn turns(&self) -> u64 {
        self.backtracks + self.branches + self.restarts
    }

    fn __repr__(&self) -> String {
        let Self { backtracks, branches, restarts, hedges } = self;
        format!(
            "MarkerCounts(backtracks={backtracks}, branches={branches}, restarts={restarts}, hedges={hedges})"
        )
    }
}

/// Finds the words by which a model says that it turns back, branches, starts again or is not sure, in English, Chinese,
/// Japanese, Korean, German, French, Spanish and Russian at once.
///
/// A marker is whole words ("no" is not found in "know"); of a script without spaces, a row of characters. Case does not matter,
/// apostrophes are passed over, a hyphen separates words, and no marker reaches over the end of a sentence. Each is found once,
/// when the word after its last begins or the text ends, however the chunks are cut.
///
/// Example:
///     >>> from rheostat.signals import Markers
///     >>> markers = Markers()
///     >>> sum(markers.text(chunk).turns for chunk in ("So it is 4. Wa", "it, let me re-", "check: alternatively"))
///     2
///     >>> markers.finish().branches, markers.words
///     (1, 10)
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct Markers {
    inner: Held<core::Markers>,
}

#[pymethods]
impl Markers {
    #[new]
    fn new() -> Self {
        Self { inner: Held::new(core::Markers::new()) }
    }

    /// Reads the next chunk and returns the markers that ended in it.
    #[pyo3(signature = (chunk: "str"))]
    fn text(&self, chunk: &Bound<'_, PyAny>) -> Result<MarkerCounts> {
        Ok(self.inner.lock().text(&text(chunk, "chunk")?).into())
    }

    /// The end of the text: its last word ends here. Returns the markers that it completed.
    fn finish(&self) -> MarkerCounts {
        self.inner.lock().finish().into()
    }

    /// Markers so far.
    #[getter]
    fn counts(&self) -> MarkerCounts {
        self.inner.lock().counts().into()
    }

    /// Words so far; each character of a script without spaces is one.
    #[getter]
    fn words(&self) -> u64 {
        self.inner.lock().words()
    }

    /// Turns per 1,000 words over the whole text; 0 before the first word.
    #[getter]
    fn density(&self) -> f64 {
        self.inner.lock().density()
    }

    /// As `density`, but a word weighs e times less every 500 words.
    #[getter]
    fn recent(&self) -> f64 {
        self.inner.lock().recent()
    }

    /// Hedges per 1,000 words over the whole text.
    #[getter]
    fn hedging(&self) -> f64 {
        self.inner.lock().hedging()
    }

    /// Backtracks of the newest self-correction run, each at most 40 words after the one before; 0 once it is over.
    #[getter]
    fn run(&self) -> u32 {
        self.inner.lock().run()
    }

    /// The longest self-correction run so far.
    #[getter]
    fn longest_run(&self) -> u32 {
        self.inner.lock().longest_run()
    }

    fn __repr__(&self) -> String {
        let m = self.inner.lock();
        format!("Markers(words={}, density={:.1}, run={})", m.words(), m.density(), m.run())
    }
}

/// What the text of an answer alone says, where a provider gives no log-probabilities: weak evidence, and called so.
///
/// `verdict` is `"looping"` (it repeats itself), `"doubtful"` (it turns back, starts again or hedges more than the limits allow),
/// `"steady"` (it has stated the same answer more than once and not turned back since) or `"unknown"`. There is no "confident":
/// words alone never show that. Answers are what stands in `\\boxed{…}`, and what the host hands over by `answer`.
///
/// Args:
///     words: Fewer words than this are no evidence.
///     turns: Turns per 1,000 words, over about the last 500 words, above which the text is doubtful.
///     run: A self-correction run of so many backtracks is doubtful.
///     restarts: So many restarts are doubtful.
///     hedges: Hedges per 1,000 words above which the text is doubtful.
///
/// Raises:
///     InvalidValueError: A rate is NaN or below 0.
///
/// Example:
///     >>> from rheostat.signals import TextSignals
///     >>> text = TextSignals(words=5)
///     >>> text.text("So it is \\\\boxed{4"), text.text("2}. Once more by hand: \\\\boxed{42}")
///     ('unknown', 'steady')
///     >>> text.stated, text.equal, text.evidence
///     ('42', 2, 'weak')
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct TextSignals {
    inner: Held<core::TextSignals>,
}

#[pymethods]
impl TextSignals {
    #[new]
    #[pyo3(signature = (words = 100, turns = 60.0, run = 8, restarts = 2, hedges = 40.0))]
    fn new(
        #[pyo3(from_py_with = int)] words: i128,
        turns: f64,
        #[pyo3(from_py_with = int)] run: i128,
        #[pyo3(from_py_with = int)] restarts: i128,
        hedges: f64,
    ) -> Result<Self> {
        let (words, run, restarts) = (
            whole("words", words, 0..=u64::MAX)?,
            whole("run", run, 0..=u32::MAX)?,
            whole("restarts", restarts, 0..=u64::MAX)?,
        );
        let rules = core::TextRules { words, turns, run, restarts, hedges };
        Ok(Self { inner: Held::new(core::TextSignals::new(rules)?) })
    }

    /// The next chunk, of any size. Returns the verdict.
    fn text(&self, chunk: &Bound<'_, PyAny>) -> Result<&'static str> {
        Ok(self.inner.lock().text(&text(chunk, "chunk")?).as_str())
    }

    /// An answer that the host found stated in the text. Returns how many equal ones there are in a row.
    fn answer(&self, answer: &Bound<'_, PyAny>) -> Result<u32> {
        Ok(self.inner.lock().answer(&text(answer, "answer")?))
    }

    /// The end of the text: its last word ends here. Returns the verdict.
    fn finish(&self) -> &'static str {
        self.inner.lock().finish().as_str()
    }

    /// What the text looks like.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.inner.lock().verdict().as_str()
    }

    /// How much can be concluded: `"none"` or `"weak"`, and never more.
    #[getter]
    fn evidence(&self) -> &'static str {
        self.inner.lock().evidence().as_str()
    }

    /// The loop, once one is found; None before.
    #[getter]
    fn found(&self) -> Option<Loop> {
        self.inner.lock().loops().found().map(Into::into)
    }

    /// A copy of the markers.
    #[getter]
    fn markers(&self) -> Markers {
        Markers { inner: Held::new(self.inner.lock().markers().clone()) }
    }

    /// The newest answer stated; None before the first.
    #[getter]
    fn stated(&self) -> Option<String> {
        self.inner.lock().stated().map(str::to_owned)
    }

    /// How many equal answers in a row were stated.
    #[getter]
    fn equal(&self) -> u32 {
        self.inner.lock().equal()
    }

    /// How many answers were stated.
    #[getter]
    fn answers(&self) -> u32 {
        self.inner.lock().answers()
    }

    fn __repr__(&self) -> String {
        let t = self.inner.lock();
        format!(
            "TextSignals(words={}, verdict={:?}, evidence={:?})",
            t.markers().words(),
            t.verdict().as_str(),
            t.evidence().as_str()
        )
    }
}
