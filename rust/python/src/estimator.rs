//! The estimator of difficulty and P(correct).

use crate::convert;
use crate::error::Result;
use crate::estimate::{Estimate, EstimateBatch, view};
use crate::features::{read_window, with_scan};
use crate::files;
use crate::fit::FitReport;
use crate::fork::detached;
use crate::getters::getters;
use crate::query::{Source, of_batch, with_query};
use crate::typed::Array;
use crate::whole::Int;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use rheostat::estimate as core;
use rheostat::features::Scan;
use rheostat::query::Query;
use rheostat::query::Window;
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

getters! {
    Estimator, |this| {
        /// Number of estimates in the reference; None without one.
        reference: Option<u32> = this.inner.reference().map(|reference| reference.estimates());
        /// The model's name and checksum; equal versions decide equally.
        version: &str = this.inner.version();
        /// How heads were fitted and how well they do; None for a model without.
        report: Option<FitReport> = this.inner.heads().map(|heads| FitReport::new(heads.report()));
    }
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
    fn load(py: Python<'_>, path: PathBuf, window: Option<Int>) -> Result<Self> {
        let bytes = files::read(py, &path, rheostat::artifact::MAX_BYTES)?;
        let inner = Arc::new(py.detach(|| core::Estimator::from_bytes(&bytes))?);
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
    fn save(&self, py: Python<'_>, path: PathBuf) -> Result<()> {
        files::write(py, &path, &py.detach(|| self.inner.to_bytes()))
    }

    /// The model as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.to_bytes())
    }

    /// Copies the estimator with another reference, which a governor compares traffic with (`Governor.drift`). Fitting and
    /// calibrating set it to the texts of their log. Estimates and version do not change.
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
        let reference = rheostat::estimate::Reference::new(&estimates.rows)?;
        Ok(Self { inner: Arc::new(self.inner.with_reference(Arc::new(reference))), window: self.window })
    }

    /// Estimates one query: text, or chat messages, or a provider's raw body.
    ///
    /// Raises:
    ///     InvalidValueError: Not exactly one of the three.
    ///     InvalidTypeError: One of a wrong type.
    ///     MalformedError: The body is not such JSON.
    #[pyo3(signature = (
        text: "_Text | None" = None, *, messages: "_Messages | None" = None, body: "_Body | None" = None
    ))]
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
            source: Source::keep(text, query),
            plan: None,
        })
    }

    /// Estimates many texts at once, on all cores. The interpreter is let go meanwhile.
    ///
    /// Args:
    ///     texts: An iterable of `str` or bytes.
    ///     threads: How many threads to use; one per core if not given.
    #[pyo3(signature = (texts: "Iterable[_Text]", *, threads = None))]
    fn estimate_batch(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        threads: Option<Int>,
    ) -> Result<EstimateBatch> {
        let texts = convert::texts(texts)?;
        let workers = convert::threads(threads)?;
        let rows = detached(py, || self.inner.estimate_batch(&texts, of_batch, self.window, workers));
        Ok(EstimateBatch::new(py, rows, self.inner.clone()))
    }

    /// Expected gain in P(correct) of one rung over another, for each text. Send queries to the higher rung in its falling order.
    /// Without outcomes it rises with the ask's length, which no learned prior beats on a new task (docs/quality.md); outcomes
    /// move it.
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
    #[pyo3(signature = (
        texts: "Iterable[_Text]", low: "Rung | str | float", high: "Rung | str | float", *, threads = None
    ))]
    fn gain(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        low: &Bound<'_, PyAny>,
        high: &Bound<'_, PyAny>,
        threads: Option<Int>,
    ) -> Result<Array<f64>> {
        let (low, high) = (view(low, &self.inner, None)?, view(high, &self.inner, None)?);
        let texts = convert::texts(texts)?;
        let workers = convert::threads(threads)?;
        let rows = detached(py, || self.inner.estimate_batch(&texts, of_batch, self.window, workers));
        let gains = rows.iter().map(|estimate| estimate.gain(&low, &high));
        Ok(Array::of(py, gains))
    }

    fn __repr__(&self) -> String {
        format!("Estimator(version={:?})", self.inner.version())
    }
}

fn estimate(model: &core::Estimator, scan: &mut Scan, query: &Query<'_>, window: Window) -> core::Estimate {
    scan.run(&query.ask, window);
    model.estimate(scan, &query.structure)
}
