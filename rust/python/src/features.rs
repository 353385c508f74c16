//! The named vector of a text.

use crate::convert::{Text, texts, threads};
use crate::error::Result;
use crate::fork::detached;
use crate::typed::{Array, named, typed};
use crate::whole::{Int, some_whole};
use numpy::ndarray::Ix2;
use numpy::{PyArrayMethods, ToPyArray};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rheostat::features::{Batch, COUNT, SPECS, Scan};
use rheostat::governor::Scratch;
use rheostat::query::Window;
use std::cell::RefCell;

typed!(FeatureKind(&'static str): "Literal['count', 'share']");

thread_local! {
    /// One scratch per thread: after the first texts a scan allocates nothing.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// Lends the thread's scratch. `f` must not run Python code, so that the scratch is never borrowed twice.
pub(crate) fn with_scratch<T>(f: impl FnOnce(&mut Scratch) -> T) -> T {
    SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
        Ok(mut scratch) => f(&mut scratch),
        Err(_) => f(&mut Scratch::default()),
    })
}

/// Lends the thread's scan.
pub(crate) fn with_scan<T>(f: impl FnOnce(&mut Scan) -> T) -> T {
    with_scratch(|scratch| f(scratch.scan()))
}

/// One feature: its place in a vector is its place in `feature_specs()`.
#[pyclass(frozen, get_all, module = "rheostat.features")]
pub(crate) struct FeatureSpec {
    /// Its name.
    name: &'static str,
    /// Its unit.
    unit: &'static str,
    /// Its meaning, in one line.
    meaning: &'static str,
    /// `"count"` for counts and sizes, `"share"` for shares and means.
    kind: FeatureKind,
}

#[pymethods]
impl FeatureSpec {
    fn __repr__(&self) -> String {
        format!("FeatureSpec({:?}, unit={:?}, meaning={:?})", self.name, self.unit, self.meaning)
    }
}

/// Every feature, in the order of the vectors.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.features.specs()[0].name
///     'bytes'
#[pyfunction]
pub(crate) fn feature_specs() -> Vec<FeatureSpec> {
    let spec = |spec: &'static rheostat::features::Spec| FeatureSpec {
        name: spec.name,
        unit: spec.unit,
        meaning: spec.meaning,
        kind: FeatureKind(match spec.kind {
            rheostat::features::FeatureKind::Count => "count",
            rheostat::features::FeatureKind::Share => "share",
        }),
    };
    SPECS.iter().map(spec).collect()
}

/// Reads the features of a text, by name, in one pass over the head and the tail of it.
///
/// Args:
///     text: `str`, or bytes, which need not be UTF-8.
///     window: The most bytes that are read; 16 KiB if not given.
///
/// Raises:
///     InvalidTypeError: Neither `str` nor bytes.
///     InvalidValueError: The window is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.features.extract("Prove that 2 + 2 = 4.")["reasoning_words"]
///     1.0
#[pyfunction]
#[pyo3(signature = (text: "_Text", *, window = None) -> "dict[str, float]")]
pub(crate) fn features<'py>(text: &Bound<'py, PyAny>, window: Option<Int>) -> Result<Bound<'py, PyDict>> {
    let window = read_window(window)?;
    let source = Text::read(text, "text")?;
    let values = with_scan(|scan| {
        scan.run(source.as_bytes(), window);
        *scan.values()
    });
    let named = PyDict::new(text.py());
    for (spec, value) in SPECS.iter().zip(values) {
        named.set_item(spec.name, value)?;
    }
    Ok(named)
}

named!(FeatureArrays((Array<f32, Ix2>, Array<i64>, Array<u32>)));

/// Reads the features of many texts at once, as training needs them. The interpreter is let go meanwhile.
///
/// Args:
///     texts: An iterable of `str` or bytes.
///     window: The most bytes that are read of each; 16 KiB if not given.
///     inputs: Whether the values are as a linear model reads them (counts as log2(1 + x)) rather than as counted.
///     threads: How many threads to use; one per core if not given.
///
/// Returns:
///     `FeatureArrays`.
///
/// Example:
///     >>> import rheostat as rh
///     >>> read = rh.features.extract_batch(["one two", "three"])
///     >>> read.values.shape[0], read.indptr.tolist()
///     (2, [0, 2, 3])
#[pyfunction]
#[pyo3(signature = (texts: "Iterable[_Text]", *, window = None, inputs = false, threads = None))]
pub(crate) fn features_batch(
    #[pyo3(from_py_with = read_texts)] texts: Vec<Text>,
    py: Python<'_>,
    window: Option<Int>,
    inputs: bool,
    threads: Option<Int>,
) -> Result<FeatureArrays> {
    let window = read_window(window)?;
    let workers = self::threads(threads)?;
    let batch = detached(py, || Batch::read(&texts, window, inputs, workers));
    let values = batch.values.to_pyarray(py).reshape([texts.len(), COUNT])?;
    let starts = batch.starts.into_iter().map(|start| start as i64);
    Ok(FeatureArrays((Array(values.unbind()), Array::of(py, starts), Array::of(py, batch.words.into_iter()))))
}

fn read_texts(items: &Bound<'_, PyAny>) -> PyResult<Vec<Text>> {
    Ok(texts(items)?)
}

/// The window option, within its bounds.
pub(crate) fn read_window(bytes: Option<Int>) -> Result<Window> {
    let bytes = some_whole("window", bytes, Window::MIN..=Window::MAX)?;
    Ok(bytes.map_or_else(Window::default, |bytes| Window { bytes }))
}
