//! The estimator and what it says of a query.

use crate::convert::{self, Text};
use crate::error::{Result, wrong_type};
use crate::features::{in_parts, read_window, with_scan};
use crate::files;
use crate::ladder::Rung;
use crate::learn::FitReport;
use crate::query::{Source, with_query};
use crate::whole::Int;
use numpy::{PyArray1, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rheostat::estimate as core;
use rheostat::features::Scan;
use rheostat::ladder::{Ability, Ladder};
use rheostat::learn::View;
use rheostat::query::Query;
use rheostat::text::Window;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Tells how difficult a query is, from its text alone, in about a microsecond. Immutable; may be shared by threads.
///
/// `Estimator()` is the model that ships with this library; `Estimator.load(path)` reads another.
///
/// Args:
///     window: The most bytes of a query that are read, head and tail; 16 KiB if not given.
///
/// Example:
///     >>> import rheostat as rh
///     >>> 0.0 <= rh.Estimator().estimate("Prove that there are infinitely many primes.").difficulty <= 1.0
///     True
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Estimator {
    pub(crate) inner: Arc<core::Estimator>,
    pub(crate) window: Window,
}

/// The shipped model, shared.
pub(crate) fn shipped() -> Arc<core::Estimator> {
    static SHIPPED: OnceLock<Arc<core::Estimator>> = OnceLock::new();
    SHIPPED.get_or_init(|| Arc::new(core::Estimator::shipped().clone())).clone()
}

#[pymethods]
impl Estimator {
    #[new]
    #[pyo3(signature = (*, window = None))]
    fn new(window: Option<Int>) -> Result<Self> {
        Ok(Self { inner: shipped(), window: read_window(window)? })
    }

    /// Reads a model artifact from a file.
    ///
    /// Raises:
    ///     OSError: The file cannot be read.
    ///     ArtifactError: It is damaged, too large, or of another version or feature schema.
    #[staticmethod]
    #[pyo3(signature = (path, *, window = None))]
    fn load(path: PathBuf, window: Option<Int>) -> Result<Self> {
        let inner =
            Arc::new(core::Estimator::from_bytes(&files::read(&path, rheostat::artifact::MAX_BYTES)?)?);
        Ok(Self { inner, window: read_window(window)? })
    }

    /// Reads a model artifact from bytes.
    ///
    /// Raises:
    ///     ArtifactError: It is damaged, too large, or of another version or feature schema.
    #[staticmethod]
    #[pyo3(signature = (data, *, window = None))]
    fn from_bytes(data: &[u8], window: Option<Int>) -> Result<Self> {
        Ok(Self { inner: Arc::new(core::Estimator::from_bytes(data)?), window: read_window(window)? })
    }

    /// Writes the model to a file.
    ///
    /// Raises:
    ///     OSError: The file cannot be written.
    fn save(&self, path: PathBuf) -> Result<()> {
        files::write(&path, &self.inner.to_bytes())
    }

    /// The model as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.to_bytes())
    }

    /// The same estimator with another reference: what a governor compares traffic with (`Governor.drift`). Fitting and calibrating
    /// set it to the texts of their log. Estimates, and the version, stay what they are.
    ///
    /// Raises:
    ///     InvalidValueError: Fewer than 100 estimates.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> estimator = rh.Estimator()
    ///     >>> known = estimator.with_reference(estimator.estimate_batch([f"what is {i} plus {i}?" for i in range(200)]))
    ///     >>> known.reference, rh.Estimator.from_bytes(known.to_bytes()).reference
    ///     (200, 200)
    fn with_reference(&self, estimates: &EstimateBatch) -> Result<Self> {
        let reference = rheostat::learn::Reference::new(&estimates.rows)?;
        Ok(Self { inner: Arc::new(self.inner.with_reference(Arc::new(reference))), window: self.window })
    }

    /// How many estimates the reference was taken of; None where there is none.
    #[getter]
    fn reference(&self) -> Option<u32> {
        self.inner.reference().map(|reference| reference.estimates())
    }

    /// The model's name and checksum; equal versions decide equally.
    #[getter]
    fn version(&self) -> &str {
        self.inner.version()
    }

    /// Estimates one query: text, or chat messages, or a provider's raw body.
    ///
    /// Raises:
    ///     InvalidValueError: Not exactly one of the three.
    ///     InvalidTypeError: One of a wrong type.
    ///     MalformedError: The body is not such JSON.
    #[pyo3(signature = (text = None, *, messages = None, body = None))]
    fn estimate(
        &self,
        text: Option<&Bound<'_, PyAny>>,
        messages: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
    ) -> Result<Estimate> {
        with_query(text, messages, body, self.window.bytes, |query| Estimate {
            inner: with_scan(|scan| estimate(&self.inner, scan, query, self.window)),
            model: self.inner.clone(),
            window: self.window,
            source: Source::keep(text, body, query),
            ladder: None,
        })
    }

    /// Estimates many texts at once, on all cores. The interpreter is let go meanwhile.
    ///
    /// Args:
    ///     texts: An iterable of `str` or bytes.
    ///     threads: How many threads to use; one per core if not given.
    #[pyo3(signature = (texts, *, threads = None))]
    fn estimate_batch(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        threads: Option<Int>,
    ) -> Result<EstimateBatch> {
        let texts = convert::texts(texts)?;
        let workers = convert::threads(threads)?;
        let read = |part: &[Text]| {
            let mut scan = Scan::new();
            let one = |text: &Text| {
                let query = Query::bytes(text.as_bytes(), self.window.bytes);
                estimate(&self.inner, &mut scan, &query, self.window)
            };
            part.iter().map(one).collect::<Vec<_>>()
        };
        let rows = py.detach(|| in_parts(&texts, workers, read)).concat();
        Ok(EstimateBatch::new(py, rows, self.inner.clone()))
    }

    /// What a rung is expected to gain over another on each text: how much likelier it is right. Queries are best sent to the
    /// higher rung in the falling order of it. Without outcomes it rises with the ask's length, which no learned prior beats
    /// on a new task (docs/quality.md); with outcomes it moves to what they teach.
    ///
    /// Args:
    ///     texts: An iterable of `str` or bytes.
    ///     low: A `Rung`, the name of one that this estimator has learned, or an ability above 0 and below 1.
    ///     high: The other one.
    ///     threads: How many threads to use; one per core if not given.
    ///
    /// Raises:
    ///     InvalidValueError: An ability is out of bounds, or a rung has none and nothing was learned of it.
    ///     UnknownNameError: Nothing was learned of a rung of that name.
    #[pyo3(signature = (texts, low, high, *, threads = None))]
    fn gain<'py>(
        &self,
        py: Python<'py>,
        texts: &Bound<'py, PyAny>,
        low: &Bound<'py, PyAny>,
        high: &Bound<'py, PyAny>,
        threads: Option<Int>,
    ) -> Result<Bound<'py, PyArray1<f64>>> {
        let (low, high) = (view(low, &self.inner, None)?, view(high, &self.inner, None)?);
        let texts = convert::texts(texts)?;
        let workers = convert::threads(threads)?;
        let read = |part: &[Text]| {
            let mut scan = Scan::new();
            let one = |text: &Text| {
                let query = Query::bytes(text.as_bytes(), self.window.bytes);
                estimate(&self.inner, &mut scan, &query, self.window).gain(&low, &high)
            };
            part.iter().map(one).collect::<Vec<_>>()
        };
        Ok(py.detach(|| in_parts(&texts, workers, read)).concat().to_pyarray(py))
    }

    /// How heads were fitted and how well they do; None for a model without.
    #[getter]
    fn report(&self) -> Option<FitReport> {
        self.inner.heads().map(|heads| FitReport::new(heads.report()))
    }

    fn __repr__(&self) -> String {
        format!("Estimator(version={:?})", self.inner.version())
    }
}

fn estimate(model: &core::Estimator, scan: &mut Scan, query: &Query<'_>, window: Window) -> core::Estimate {
    scan.run(&query.ask, window);
    model.estimate(scan, &query.structure)
}

/// What is known of a query before any compute is spent on it.
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Estimate {
    pub(crate) inner: core::Estimate,
    pub(crate) model: Arc<core::Estimator>,
    pub(crate) window: Window,
    pub(crate) source: Source,
    pub(crate) ladder: Option<Arc<Ladder>>,
}

#[pymethods]
impl Estimate {
    /// How difficult the query is, in [0, 1].
    #[getter]
    fn difficulty(&self) -> f64 {
        self.inner.difficulty
    }

    /// How much speaks for that number, in [0, 1]. Near 0 the estimate knows nothing, which is not "easy".
    #[getter]
    fn evidence(&self) -> f64 {
        self.inner.evidence
    }

    /// Expected input tokens of the whole query.
    #[getter]
    fn tokens(&self) -> u32 {
        self.inner.input_tokens
    }

    /// Expected tokens of the answer, without thinking.
    #[getter]
    fn output_tokens(&self) -> u32 {
        self.inner.output_tokens
    }

    /// The range in which eight of ten such answers are expected to lie, in tokens.
    #[getter]
    fn output_range(&self) -> (u32, u32) {
        self.inner.output_range
    }

    /// The chance, in [0, 1], that thinking before the answer makes a wrong answer right.
    #[getter]
    fn thinking_helps(&self) -> f64 {
        self.inner.thinking_helps()
    }

    /// What the query is about, such as `"mathematics"` or `"unknown"`.
    #[getter]
    fn domain(&self) -> &'static str {
        self.inner.domain.name()
    }

    /// The calibrated chance, in [0, 1], that a rung answers correctly.
    ///
    /// Args:
    ///     rung: A `Rung` or an ability above 0 and below 1; for the estimate of a plan also a rung's name.
    ///
    /// Raises:
    ///     InvalidValueError: The ability is out of bounds, or the rung has none and no ladder is known.
    ///     UnknownNameError: No rung of the plan's ladder has that name.
    fn p_correct(&self, rung: &Bound<'_, PyAny>) -> Result<f64> {
        Ok(self.inner.p_correct_of(&view(rung, &self.model, self.ladder.as_deref())?))
    }

    /// Why: what each feature, and each word that mattered, added to the difficulty.
    fn explain(&self, py: Python<'_>) -> Result<Explanation> {
        let explain = |query: &Query<'_>| {
            with_scan(|scan| {
                scan.run(&query.ask, self.window);
                self.model.explain(scan, &query.structure)
            })
        };
        Ok(Explanation::new(self.source.with_query(py, self.window.bytes, explain)?))
    }

    fn __repr__(&self) -> String {
        let e = &self.inner;
        let (d, v, domain) = (e.difficulty, e.evidence, e.domain.name());
        format!("Estimate(difficulty={d:.3}, evidence={v:.3}, tokens={}, domain={domain:?})", e.input_tokens)
    }
}

/// How the chance of a rung follows, which may be given as such, by name, or as an ability.
fn view(rung: &Bound<'_, PyAny>, model: &core::Estimator, ladder: Option<&Ladder>) -> Result<View> {
    if let Ok(rung) = rung.cast::<Rung>() {
        return of_rung(&rung.get().inner, model, ladder);
    }
    if let Ok(name) = rung.cast::<PyString>() {
        let name = name.to_str()?;
        let learned = model.heads().and_then(|heads| heads.view_of(name));
        return match (ladder, learned, model.heads()) {
            (Some(ladder), ..) => {
                let place = ladder.index(name)?;
                Ok(model.view(&ladder.rungs()[place], ladder.ability(place)))
            }
            (None, Some(view), _) => Ok(view),
            (None, None, Some(heads)) => Err(rheostat::Error::unknown("rung", name, heads.rungs()).into()),
            (None, None, None) => Err(wrong_type(
                "rung",
                rung,
                "a Rung or an ability (names need a plan's estimate, or a fitted model)",
            )),
        };
    }
    let Ok(ability) = rung.extract::<f64>() else {
        return Err(wrong_type("rung", rung, "a Rung, its name or an ability"));
    };
    if !(ability > 0.0 && ability < 1.0) {
        return Err(rheostat::Error::invalid("ability", ability, "above 0 and below 1").into());
    }
    Ok(View::prior(core::logit(ability)))
}

fn of_rung(rung: &rheostat::ladder::Rung, model: &core::Estimator, ladder: Option<&Ladder>) -> Result<View> {
    if let Some((ladder, place)) = ladder.and_then(|ladder| Some((ladder, ladder.index(&rung.name).ok()?))) {
        return Ok(model.view(&ladder.rungs()[place], ladder.ability(place)));
    }
    let ability = rung.ability.unwrap_or(0.5);
    let known = Ability { value: ability, logit: core::logit(ability), assumed: rung.ability.is_none() };
    let view = model.view(rung, known);
    if view.learned() || rung.ability.is_some() {
        return Ok(view);
    }
    let what = format!("rung {:?}: ability", rung.name);
    Err(rheostat::Error::invalid(what, "none", "given, or learned, or the rung on the plan's ladder").into())
}

/// The fields of `Estimate` as arrays, one value for each text.
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct EstimateBatch {
    pub(crate) rows: Vec<core::Estimate>,
    model: Arc<core::Estimator>,
    /// How difficult each query is, in [0, 1].
    #[pyo3(get)]
    difficulty: Py<PyArray1<f64>>,
    /// How much speaks for that number, in [0, 1].
    #[pyo3(get)]
    evidence: Py<PyArray1<f64>>,
    /// Expected input tokens.
    #[pyo3(get)]
    tokens: Py<PyArray1<u32>>,
    /// Expected tokens of the answer, without thinking.
    #[pyo3(get)]
    output_tokens: Py<PyArray1<u32>>,
}

impl EstimateBatch {
    fn new(py: Python<'_>, rows: Vec<core::Estimate>, model: Arc<core::Estimator>) -> Self {
        let real =
            |f: fn(&core::Estimate) -> f64| rows.iter().map(f).collect::<Vec<_>>().to_pyarray(py).unbind();
        let count =
            |f: fn(&core::Estimate) -> u32| rows.iter().map(f).collect::<Vec<_>>().to_pyarray(py).unbind();
        Self {
            difficulty: real(|e| e.difficulty),
            evidence: real(|e| e.evidence),
            tokens: count(|e| e.input_tokens),
            output_tokens: count(|e| e.output_tokens),
            rows,
            model,
        }
    }
}

#[pymethods]
impl EstimateBatch {
    /// What each query is about.
    #[getter]
    fn domain(&self) -> Vec<&'static str> {
        self.rows.iter().map(|e| e.domain.name()).collect()
    }

    /// The chance that a rung answers correctly, for each query. As `Estimate.p_correct`, without a ladder.
    fn p_correct<'py>(&self, rung: &Bound<'py, PyAny>) -> Result<Bound<'py, PyArray1<f64>>> {
        let view = view(rung, &self.model, None)?;
        let chances: Vec<_> = self.rows.iter().map(|e| e.p_correct_of(&view)).collect();
        Ok(chances.to_pyarray(rung.py()))
    }

    fn __len__(&self) -> usize {
        self.rows.len()
    }

    fn __repr__(&self) -> String {
        format!("EstimateBatch({} queries)", self.rows.len())
    }
}

/// Why an estimate is what it is. Contributions are in logits of difficulty; with the bias they sum to it.
#[pyclass(frozen, get_all, module = "rheostat")]
pub(crate) struct Explanation {
    /// How difficult the query is, in [0, 1].
    difficulty: f64,
    /// The same in logits: the bias and all contributions sum to it.
    location: f64,
    /// The location, in logits, of a query that is average in everything.
    bias: f64,
    /// Each feature that contributed: (name, value, contribution), the largest first.
    features: Vec<(String, f64, f64)>,
    /// Each word, and pair of words, that contributed: (word, count, contribution), the largest first.
    words: Vec<(String, f64, f64)>,
}

impl Explanation {
    fn new(core: core::Explanation) -> Self {
        let rows = |list: Vec<core::Contribution>| {
            list.into_iter().map(|c| (c.name, c.value, c.contribution)).collect()
        };
        Self {
            difficulty: core.estimate.difficulty,
            location: core.estimate.location,
            bias: core.bias,
            features: rows(core.features),
            words: rows(core.words),
        }
    }
}

#[pymethods]
impl Explanation {
    fn __repr__(&self) -> String {
        let (features, words) = (self.features.len(), self.words.len());
        format!("Explanation(difficulty={:.3}, {features} features, {words} words)", self.difficulty)
    }
}
