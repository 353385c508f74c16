//! Markers: words by which a model says that it turns back, branches or is not sure.

use super::{Shared, text};
use crate::error::Result;
use crate::getters::getters;
use pyo3::prelude::*;
use rheostat::signal as core;

/// Number of markers of each kind.
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
    inner: Shared<core::Markers>,
}

getters! {
    Markers, |this| {
        /// Markers so far.
        counts: MarkerCounts = this.inner.lock().counts().into();
        /// Words so far; each character of a script without spaces is one.
        words: u64 = this.inner.lock().words();
        /// Turns per 1,000 words over the whole text; 0 before the first word.
        density: f64 = this.inner.lock().density();
        /// As `density`, but a word weighs e times less every 500 words.
        recent: f64 = this.inner.lock().recent();
        /// Hedges per 1,000 words over the whole text.
        hedging: f64 = this.inner.lock().hedging();
    }
}

#[pymethods]
impl Markers {
    #[new]
    fn new() -> Self {
        Self { inner: Shared::new(core::Markers::new()) }
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

    fn __repr__(&self) -> String {
        let m = self.inner.lock();
        format!("Markers(words={}, recent={:.1}, hedging={:.1})", m.words(), m.recent(), m.hedging())
    }
}
