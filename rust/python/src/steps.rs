//! Step scores, calibrated: the counts, the table of a rung, and the watch of a table.

use crate::args;
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::typed::{named, typed};
use crate::whole::{int, whole};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rheostat::{learn as learned, strategy as core};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

named!(StepChance((f64, f64, f64)));
typed!(PathValue(&'static str): "Literal['last', 'least']");

impl StepChance {
    pub(crate) fn of(chance: core::StepChance) -> Self {
        Self((chance.low, chance.mid, chance.high))
    }
}

/// P(correct) by the scores of a path's steps, for one scorer and one model: what `StepCalibration.table` returns and a rung takes
/// (`Rung(steps=…)`).
///
/// Args:
///     data: What `to_bytes` returned.
///
/// Raises:
///     ArtifactError: The bytes are damaged, or are not such a table.
///
/// Example:
///     >>> import rheostat as rh
///     >>> calibration = rh.learn.StepCalibration()
///     >>> calibration.add("prm", "small", [([0.1 * (i % 10)], float(i % 10 > 4)) for i in range(300)])
///     >>> table = calibration.table("prm", "small")
///     >>> rh.learn.StepTable(table.to_bytes()) == table
///     True
#[pyclass(frozen, eq, from_py_object, module = "rheostat.learn")]
#[derive(PartialEq, Clone)]
pub(crate) struct StepTable {
    pub(crate) inner: Arc<core::StepTable>,
}

getters! {
    StepTable, |this| {
        /// The scorer whose scores it reads.
        scorer: &str = &this.inner.scorer;
        /// The model whose steps are scored.
        model: &str = &this.inner.model;
        /// The value of a path: `"last"` or `"least"`.
        value: PathValue = PathValue(this.inner.value.as_str());
        /// The probability that all bounds hold.
        confidence: f64 = this.inner.confidence;
        /// Number of queries that it was learned from.
        queries: u64 = this.learned_from();
    }
}

impl StepTable {
    #[allow(clippy::cast_sign_loss)] // a count is at least 0
    fn learned_from(&self) -> u64 {
        self.inner.queries as u64
    }
}

#[pymethods]
impl StepTable {
    #[new]
    fn new(data: &[u8]) -> Result<Self> {
        Ok(Self { inner: Arc::new(core::StepTable::from_bytes(data)?) })
    }

    /// P(correct) of a path: its lower bound, the estimate, its upper bound. None without a score in [0, 1].
    ///
    /// Args:
    ///     scores: The scores of its steps, in order.
    #[pyo3(signature = (scores: "_Numbers"))]
    fn chance(&self, #[pyo3(from_py_with = args::reals::scores)] scores: Vec<f64>) -> Option<StepChance> {
        self.inner.chance_of(&scores).map(StepChance::of)
    }

    /// The fewest answers among which one is right with a probability of at least `confidence`, by the lower bound of a path's chance:
    /// log(1 − confidence) / log(1 − low), rounded up.
    ///
    /// Args:
    ///     scores: The scores of its steps, in order. Without any, `most`.
    ///     confidence: The probability, at least 0 and below 1.
    ///     most: The result where no smaller number reaches that.
    ///
    /// Raises:
    ///     InvalidValueError: A number is out of bounds.
    #[pyo3(signature = (scores: "_Numbers", *, confidence, most = 64))]
    fn answers(
        &self,
        #[pyo3(from_py_with = args::reals::scores)] scores: Vec<f64>,
        #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
        #[pyo3(from_py_with = int)] most: i128,
    ) -> Result<u32> {
        let low = self.inner.chance_of(&scores).map_or(0.0, |chance| chance.low);
        Ok(core::answers_needed(low, confidence, whole("most", most, 1..=u32::MAX)?)?)
    }

    /// The table as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.to_bytes())
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyBytes>,) {
        (self.to_bytes(py),)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, &self.inner.model).hash()
    }

    fn __repr__(&self) -> String {
        let core::StepTable { scorer, model, queries, .. } = &*self.inner;
        format!("StepTable({scorer:?}, {model:?}, {queries} queries)")
    }
}

/// Learns what the scores of reasoning steps have been worth: P(correct) of a path, with bounds, per scorer and model, by the number of
/// its steps.
///
/// A process reward model overestimates success, so its scores rank answers, and reject or pass none before they are calibrated. Chances
/// rise with the scores. The bounds are those of Clopper and Pearson and hold for all numbers of steps and all scores at once; paths of one
/// query weigh as one.
///
/// Args:
///     value: The value of a path: `"last"`, the score of its furthest step, or `"least"`, that of its worst.
///
/// Raises:
///     UnknownNameError: `value` is another word.
///
/// Example:
///     >>> import rheostat as rh
///     >>> calibration = rh.learn.StepCalibration()
///     >>> for i in range(300):
///     ...     calibration.add("prm", "small", [([0.9, 0.95], 1.0 if i % 10 else 0.0)])
///     ...     calibration.add("prm", "small", [([0.6, 0.1], 0.0 if i % 20 else 1.0)])
///     >>> table = calibration.table("prm", "small")
///     >>> table.chance([0.6, 0.1]).high < 0.2 and table.chance([0.9, 0.95]).low > 0.8
///     True
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct StepCalibration {
    inner: Mutex<learned::StepCalibration>,
}

impl StepCalibration {
    fn lock(&self) -> MutexGuard<'_, learned::StepCalibration> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Paths of a query: the scores of each one's steps, and how right it was.
fn read_paths(paths: &Bound<'_, PyAny>) -> Result<Vec<(Vec<f64>, f64)>> {
    args::read_list(paths, "paths", "an iterable of pairs of scores and a number", |item, what| {
        let pair = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>();
        let (scores, right) = pair.map_err(|_| wrong_type(what, item, "a pair of scores and a number"))?;
        let scores = args::read_list(&scores, "scores", "an iterable of numbers", |item, what| {
            args::read_real(item, what)
        })?;
        Ok((scores, args::read_real(&right, "right")?))
    })
}

fn borrowed(paths: &[(Vec<f64>, f64)]) -> Vec<learned::ScoredPath<'_>> {
    paths.iter().map(|(scores, right)| (scores.as_slice(), *right)).collect()
}

#[pymethods]
impl StepCalibration {
    #[new]
    #[pyo3(signature = (value: "_PathValue" = "last"))]
    fn new(#[pyo3(from_py_with = args::choice::value)] value: &str) -> Result<Self> {
        let value = core::PathValue::from_name(value)?;
        Ok(Self { inner: Mutex::new(learned::StepCalibration::new(value)) })
    }

    /// Counts the paths of one query.
    ///
    /// Args:
    ///     scorer: Name of the scorer.
    ///     model: Name of the model whose steps were scored: a scorer's worth differs between models.
    ///     paths: A pair for each: the scores of its steps in order, and how right its answer was; all in [0, 1].
    ///
    /// Raises:
    ///     InvalidValueError: A number is out of bounds, a name is blank or too long, or it is the 257th pair of a scorer and a model.
    #[pyo3(signature = (scorer, model, paths: "Iterable[tuple[Iterable[float], float]]"))]
    fn add(
        &self,
        #[pyo3(from_py_with = args::text::scorer)] scorer: String,
        #[pyo3(from_py_with = args::text::model)] model: String,
        paths: &Bound<'_, PyAny>,
    ) -> Result<()> {
        let paths = read_paths(paths)?;
        Ok(self.lock().add(&scorer, &model, &borrowed(&paths))?)
    }

    /// The table of a scorer and a model.
    ///
    /// Args:
    ///     scorer: Name of the scorer.
    ///     model: Name of the model.
    ///     confidence: The probability that all its bounds hold, above 0 and below 1.
    ///
    /// Raises:
    ///     InvalidValueError: `confidence` is out of bounds, or the pair has no paths.
    #[pyo3(signature = (scorer, model, *, confidence = 0.9))]
    fn table(
        &self,
        #[pyo3(from_py_with = args::text::scorer)] scorer: String,
        #[pyo3(from_py_with = args::text::model)] model: String,
        #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
    ) -> Result<StepTable> {
        Ok(StepTable { inner: Arc::new(self.lock().table(&scorer, &model, confidence)?) })
    }

    /// Adds the counts of another one, of another process for example.
    ///
    /// Raises:
    ///     InvalidValueError: Its paths have another value, or there would be too many pairs.
    fn merge(&self, other: &Bound<'_, Self>) -> Result<()> {
        let other = other.get().lock().clone();
        Ok(self.lock().merge(&other)?)
    }

    /// The value of a path: `"last"` or `"least"`.
    #[getter]
    fn value(&self) -> PathValue {
        PathValue(self.lock().value().as_str())
    }

    /// Number of queries by scorer and model.
    #[getter]
    #[allow(clippy::cast_sign_loss)] // counts are at least 0
    fn pairs(&self) -> Vec<(String, String, u64)> {
        self.lock()
            .pairs()
            .map(|(scorer, model, queries)| (scorer.into(), model.into(), queries as u64))
            .collect()
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
        Ok(Self { inner: Mutex::new(learned::StepCalibration::from_bytes(data)?) })
    }

    fn __repr__(&self) -> String {
        let calibration = self.lock();
        format!("StepCalibration({:?}, {} pairs)", calibration.value().as_str(), calibration.pairs().count())
    }
}

/// Watches a table in service: alarms when paths turn out worse than its lower bounds, or better than its upper ones.
///
/// While all bounds hold, the probability that it ever alarms is at most `alpha` (Ville's inequality).
///
/// Args:
///     table: The table.
///     alpha: That probability, above 0 and below 1.
///
/// Raises:
///     InvalidValueError: `alpha` is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> calibration = rh.learn.StepCalibration()
///     >>> for _ in range(200):
///     ...     calibration.add("prm", "small", [([0.9], 1.0)])
///     >>> watch = rh.learn.StepWatch(calibration.table("prm", "small"))
///     >>> any(watch.add([([0.9], 0.0)]) for _ in range(30)), watch.worse
///     (True, True)
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct StepWatch {
    inner: Mutex<learned::StepWatch>,
}

impl StepWatch {
    fn lock(&self) -> MutexGuard<'_, learned::StepWatch> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

getters! {
    StepWatch, |this| {
        /// True once it alarms: the table is to be learned anew.
        drifted: bool = this.lock().drifted();
        /// True if paths have turned out worse than the lower bounds.
        worse: bool = this.lock().worse();
        /// Number of queries seen.
        queries: u64 = this.lock().queries();
    }
}

#[pymethods]
impl StepWatch {
    #[new]
    #[pyo3(signature = (table, *, alpha = 0.05))]
    fn new(table: StepTable, #[pyo3(from_py_with = args::real::alpha)] alpha: f64) -> Result<Self> {
        let table = core::StepTable::clone(&table.inner);
        Ok(Self { inner: Mutex::new(learned::StepWatch::new(table, alpha)?) })
    }

    /// Takes the paths of one query, as `StepCalibration.add` does. Returns True once it alarms.
    ///
    /// Raises:
    ///     InvalidValueError: An outcome is out of bounds.
    #[pyo3(signature = (paths: "Iterable[tuple[Iterable[float], float]]"))]
    fn add(&self, paths: &Bound<'_, PyAny>) -> Result<bool> {
        let paths = read_paths(paths)?;
        Ok(self.lock().add(&borrowed(&paths))?)
    }

    fn __repr__(&self) -> String {
        let watch = self.lock();
        format!("StepWatch({} queries, drifted={})", watch.queries(), watch.drifted())
    }
}
