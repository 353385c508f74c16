//! The estimator and what it says of a query.

use crate::convert::{self, Text};
use crate::error::{Result, wrong_type};
use crate::features::{in_parts, read_window, with_scan};
use crate::ladder::Rung;
use crate::query::{Source, with_query};
use numpy::{PyArray1, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rheostat::estimate as core;
use rheostat::features::Scan;
use rheostat::ladder::Ladder;
use rheostat::query::{Query, Structure};
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
    window: Window,
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
    fn new(window: Option<usize>) -> Result<Self> {
        Ok(Self { inner: shipped(), window: read_window(window)? })
    }

    /// Reads a model artifact from a file.
    ///
    /// Raises:
    ///     OSError: The file cannot be read.
    ///     ArtifactError: It is damaged, too large, or of another version or feature schema.
    #[staticmethod]
    #[pyo3(signature = (path, *, window = None))]
    fn load(path: PathBuf, window: Option<usize>) -> Result<Self> {
        let inner = Arc::new(core::Estimator::from_bytes(&std::fs::read(path)?)?);
        Ok(Self { inner, window: read_window(window)? })
    }

    /// Reads a model artifact from bytes.
    ///
    /// Raises:
    ///     ArtifactError: It is damaged, too large, or of another version or feature schema.
    #[staticmethod]
    #[pyo3(signature = (data, *, window = None))]
    fn from_bytes(data: &[u8], window: Option<usize>) -> Result<Self> {
        Ok(Self { inner: Arc::new(core::Estimator::from_bytes(data)?), window: read_window(window)? })
    }

    /// Writes the model to a file.
    ///
    /// Raises:
    ///     OSError: The file cannot be written.
    fn save(&self, path: PathBuf) -> Result<()> {
        Ok(std::fs::write(path, self.inner.to_bytes())?)
    }

    /// The model as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.to_bytes())
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
            structure: query.structure,
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
        threads: Option<usize>,
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
        Ok(EstimateBatch::new(py, rows))
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
    pub(crate) structure: Structure,
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
        Ok(self.inner.p_correct(ability(rung, self.ladder.as_deref())?))
    }

    /// Why: what each feature, and each word that mattered, added to the difficulty.
    fn explain(&self, py: Python<'_>) -> Result<Explanation> {
        let explain = |query: &Query<'_>| {
            with_scan(|scan| {
                scan.run(&query.ask, self.window);
                self.model.explain(scan, &self.structure)
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

/// The ability that a rung, its name or a number stands for.
fn ability(rung: &Bound<'_, PyAny>, ladder: Option<&Ladder>) -> Result<f64> {
    let of = |ladder: &Ladder, name: &str| Ok(ladder.ability(ladder.index(name)?).value);
    if let Ok(rung) = rung.cast::<Rung>() {
        let rung = &rung.get().inner;
        return match (ladder, rung.ability) {
            (Some(ladder), _) if ladder.index(&rung.name).is_ok() => of(ladder, &rung.name),
            (_, Some(ability)) => Ok(ability),
            _ => {
                let what = format!("rung {:?}: ability", rung.name);
                Err(rheostat::Error::invalid(what, "none", "given, or the rung on the plan's ladder").into())
            }
        };
    }
    if let Ok(name) = rung.cast::<PyString>() {
        return match ladder {
            Some(ladder) => of(ladder, name.to_str()?),
            None => Err(wrong_type("rung", rung, "a Rung or an ability (names need a plan's estimate)")),
        };
    }
    let Ok(ability) = rung.extract::<f64>() else {
        return Err(wrong_type("rung", rung, "a Rung, its name or an ability"));
    };
    if !(ability > 0.0 && ability < 1.0) {
        return Err(rheostat::Error::invalid("ability", ability, "above 0 and below 1").into());
    }
    Ok(ability)
}

/// The fields of `Estimate` as arrays, one value for each text.
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct EstimateBatch {
    rows: Vec<core::Estimate>,
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
    fn new(py: Python<'_>, rows: Vec<core::Estimate>) -> Self {
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
        let ability = ability(rung, None)?;
        let chances: Vec<_> = self.rows.iter().map(|e| e.p_correct(ability)).collect();
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
