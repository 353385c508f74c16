//! Conversion of Python's arguments: a text, many texts, numbers, rows of numbers.

use crate::callback::{call, items_of, within};
use crate::error::{Result, wrong_type};
use crate::whole::{Int, some_whole};
use numpy::{PyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray, PyUntypedArrayMethods};
use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyByteArray, PyBytes, PyFloat, PyList, PyMemoryView, PyString, PyTuple};
use rheostat::Error;
use std::borrow::Cow;

/// A `str` as UTF-8, without a copy where Python has it, and whether it had to be repaired.
pub(crate) fn utf8<'a>(text: &'a Bound<'_, PyString>) -> PyResult<(Cow<'a, str>, bool)> {
    match text.to_str() {
        Ok(text) => Ok((Cow::Borrowed(text), false)),
        Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(text.py()) => {
            Ok((Cow::Owned(repair(text)?), true))
        }
        Err(error) => Err(error),
    }
}

/// Text as the core wants it, lone surrogates repaired.
pub(crate) fn text<'a>(value: &'a Bound<'_, PyAny>, what: &str) -> Result<Cow<'a, str>> {
    let text = value.cast::<PyString>().map_err(|_| wrong_type(what, value, "str"))?;
    Ok(utf8(text)?.0)
}

/// Joins paired surrogates and replaces lone ones by U+FFFD. Python refuses to encode a text with surrogates; only then is this
/// slow path taken.
#[cold]
fn repair(text: &Bound<'_, PyString>) -> PyResult<String> {
    let encoded = text.call_method1("encode", ("utf-16-le", "surrogatepass"))?;
    let bytes = encoded.cast::<PyBytes>()?.as_bytes();
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|&unit| u16::from_le_bytes(unit));
    Ok(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// One text that outlives the attachment to the interpreter.
pub(crate) enum Text {
    Python(PyBackedStr),
    Repaired(String),
    Bytes(Vec<u8>),
}

impl Text {
    pub(crate) fn read(item: &Bound<'_, PyAny>, what: &str) -> Result<Self> {
        if let Ok(text) = item.cast::<PyString>() {
            return Ok(Self::of(text)?);
        }
        match bytes(item) {
            Some(bytes) => Ok(Self::Bytes(bytes.into_owned())),
            None => Err(wrong_type(what, item, "str or bytes")),
        }
    }

    pub(crate) fn of(text: &Bound<'_, PyString>) -> PyResult<Self> {
        Ok(match PyBackedStr::try_from(text.clone()) {
            Ok(text) => Self::Python(text),
            Err(_) => Self::Repaired(utf8(text)?.0.into_owned()),
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Python(text) => text.as_bytes(),
            Self::Repaired(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// Bytes without a copy where they cannot change under us.
pub(crate) fn bytes<'a>(item: &'a Bound<'_, PyAny>) -> Option<Cow<'a, [u8]>> {
    if let Ok(bytes) = item.cast::<PyBytes>() {
        return Some(Cow::Borrowed(bytes.as_bytes()));
    }
    if let Ok(bytes) = item.cast::<PyByteArray>() {
        return Some(Cow::Owned(bytes.to_vec()));
    }
    // Servers hand bodies on as views.
    let view = item.cast::<PyMemoryView>().ok()?.call_method0("tobytes").ok()?;
    view.cast::<PyBytes>().ok().map(|bytes| Cow::Owned(bytes.as_bytes().to_vec()))
}

/// Every text of an iterable. One `str` is no list of texts, though Python would iterate over it.
pub(crate) fn texts(items: &Bound<'_, PyAny>) -> Result<Vec<Text>> {
    if items.is_instance_of::<PyString>() || items.is_instance_of::<PyBytes>() {
        return Err(wrong_type("texts", items, "an iterable of str or bytes"));
    }
    let Ok(iterator) = items.try_iter() else {
        return Err(wrong_type("texts", items, "an iterable of str or bytes"));
    };
    // Its length is not asked for: a sequence may claim any.
    let mut texts = Vec::new();
    for (i, item) in items_of(iterator).enumerate() {
        crate::args::within(i, "texts")?;
        let item = item?;
        texts.push(match Text::read(&item, "texts") {
            Ok(text) => text,
            Err(_) => return Err(wrong_type(&format!("texts[{i}]"), &item, "str or bytes")),
        });
    }
    Ok(texts)
}

/// The `threads` argument of a batch.
pub(crate) fn threads(threads: Option<Int>) -> Result<Option<usize>> {
    some_whole("threads", threads, 1..=usize::MAX)
}

/// Lists of up to 32 numbers are read without the heap: APIs return at most the top 20.
const FEW: usize = 32;

/// Calls `f` with numbers of a list, a tuple, a numpy array or any other sequence, as `f32`.
pub(crate) fn with_numbers<T>(
    values: &Bound<'_, PyAny>,
    what: &str,
    f: impl FnOnce(&[f32]) -> T,
) -> Result<T> {
    if let Ok(list) = values.cast::<PyList>() {
        // A tuple gives its items without a call to count them and without owning each: it is worth its making.
        with_items(&list.to_tuple(), what, f)
    } else if let Ok(tuple) = values.cast::<PyTuple>() {
        with_items(tuple, what, f)
    } else {
        with_row(values, what, f)
    }
}

fn with_items<T>(items: &Bound<'_, PyTuple>, what: &str, f: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let (mut few, mut many) = ([0.0; FEW], Vec::new());
    let numbers = if let Some(few) = few.get_mut(..items.len()) {
        few
    } else {
        many.resize(items.len(), 0.0);
        &mut many[..]
    };
    for (number, item) in numbers.iter_mut().zip(items.iter_borrowed()) {
        let value = match item.cast::<PyFloat>() {
            Ok(float) => float.value(),
            // A candidate that the provider left out: counted as invalid, as NaN is.
            Err(_) if item.is_none() => f64::NAN,
            Err(_) => item.extract::<f64>().map_err(|_| wrong_type(what, &item, "numbers"))?,
        };
        *number = value as f32;
    }
    Ok(f(numbers))
}

/// Calls `f` with one row of numbers, without a copy where it is a contiguous array of `float32`.
pub(crate) fn with_row<T>(values: &Bound<'_, PyAny>, what: &str, f: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let Ok(array) = values.cast::<PyArray1<f32>>() else {
        let numbers = as_f64(values, what)?;
        let array =
            numbers.cast::<PyArray1<f64>>().map_err(|_| wrong_type(what, values, "one row of numbers"))?;
        return Ok(f(&narrowed(array, what)?));
    };
    let array = reading(array, what)?;
    if let Ok(row) = array.as_slice() {
        return Ok(f(row));
    }
    copied(array.len(), what)?;
    Ok(f(&array.as_array().to_vec()))
}

/// Calls `f` with rows of numbers, one after another, and how many each holds.
pub(crate) fn with_rows<T>(
    values: &Bound<'_, PyAny>,
    what: &str,
    f: impl FnOnce(&[f32], usize) -> T,
) -> Result<T> {
    let columns = |shape: &[usize]| shape.get(1).copied().unwrap_or(0);
    let Ok(array) = values.cast::<PyArray2<f32>>() else {
        let wanted = "rows of numbers, all of one length";
        let numbers = as_f64(values, what)?;
        if numbers.cast::<PyArray1<f64>>().is_ok_and(PyUntypedArrayMethods::is_empty) {
            return Ok(f(&[], 0));
        }
        let array = numbers.cast::<PyArray2<f64>>().map_err(|_| wrong_type(what, values, wanted))?;
        return Ok(f(&narrowed(array, what)?, columns(array.shape())));
    };
    let columns = columns(array.shape());
    let array = reading(array, what)?;
    // Row by row in memory: numpy's `as_slice` would also take columns one after another.
    if let Some(rows) = array.as_array().to_slice() {
        return Ok(f(rows, columns));
    }
    copied(array.len(), what)?;
    Ok(f(&array.as_array().iter().copied().collect::<Vec<_>>(), columns))
}

/// Largest number of elements that are copied: 1 GiB of doubles. An array whose strides are 0 claims any length and has no memory.
const MOST_COPIED: usize = 1 << 27;

/// Refuses to copy too many elements.
pub(crate) fn copied(count: usize, what: &str) -> Result<()> {
    if count <= MOST_COPIED {
        return Ok(());
    }
    let bound = format!("at most {MOST_COPIED} numbers, or contiguous in memory");
    Err(Error::invalid(what, format!("{count} numbers"), bound).into())
}

/// Number of elements that a value claims: of an array, all of them.
pub(crate) fn claimed(values: &Bound<'_, PyAny>, what: &str) -> Result<usize> {
    match values.cast::<numpy::PyUntypedArray>() {
        Ok(array) => Ok(array.len()),
        // A bare number has no length; numpy would make a row of one out of it.
        Err(_) => values.len().map_err(|_| wrong_type(what, values, "an array of numbers")),
    }
}

/// The numbers of an array as `f32`: what is too large for one becomes infinite, without a warning.
fn narrowed<D: numpy::ndarray::Dimension>(
    array: &Bound<'_, PyArray<f64, D>>,
    what: &str,
) -> Result<Vec<f32>> {
    Ok(reading(array, what)?.as_array().iter().map(|&x| x as f32).collect())
}

/// Borrows an array for reading; fails while another borrow writes it.
fn reading<'py, T: numpy::Element, D: numpy::ndarray::Dimension>(
    array: &Bound<'py, PyArray<T, D>>,
    what: &str,
) -> Result<PyReadonlyArray<'py, T, D>> {
    Ok(array.try_readonly().map_err(|_| Error::state(format!("{what}: the array is being written")))?)
}

/// Numbers in double precision.
pub(crate) fn reals(values: &Bound<'_, PyAny>, what: &str) -> Result<Vec<f64>> {
    let array = as_f64(values, what)?;
    let array = array.cast::<PyArray1<f64>>().map_err(|_| wrong_type(what, values, "one row of numbers"))?;
    Ok(reading(array, what)?.as_array().to_vec())
}

/// Rows of numbers in double precision, one after another, and how many each holds.
pub(crate) fn real_rows(values: &Bound<'_, PyAny>, what: &str) -> Result<(Vec<f64>, usize)> {
    let array = as_f64(values, what)?;
    let array = array
        .cast::<PyArray2<f64>>()
        .map_err(|_| wrong_type(what, values, "rows of numbers, all of one length"))?;
    let columns = array.shape().get(1).copied().unwrap_or(0);
    Ok((reading(array, what)?.as_array().iter().copied().collect(), columns))
}

/// True for an array with two dimensions, or a list of lists.
pub(crate) fn is_rows(values: &Bound<'_, PyAny>) -> bool {
    if let Ok(array) = values.cast::<numpy::PyUntypedArray>() {
        return array.ndim() == 2;
    }
    values.get_item(0).is_ok_and(|first| !first.is_instance_of::<PyFloat>() && first.len().is_ok())
}

/// Anything that numpy can make an array of, as `float64` in C order.
fn as_f64<'py>(values: &Bound<'py, PyAny>, what: &str) -> Result<Bound<'py, PyAny>> {
    static ASARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = values.py();
    let asarray = within(py, || ASARRAY.import(py, "numpy", "ascontiguousarray"))?;
    copied(claimed(values, what)?, what)?;
    let wanted = |_| wrong_type(what, values, "an array of numbers");
    let array = call(asarray.as_any(), (values,)).map_err(wanted)?;
    // numpy would also read a text's digits, drop the imaginary part, and take a time for its ticks.
    let kind: String = array.getattr(intern!(py, "dtype"))?.getattr(intern!(py, "kind"))?.extract()?;
    if !matches!(kind.as_str(), "f" | "i" | "u" | "b" | "O") {
        return Err(wrong_type(what, values, "an array of numbers"));
    }
    array.call_method1(intern!(py, "astype"), ("float64", "C", "unsafe", true, false)).map_err(wanted)
}
