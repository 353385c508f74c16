//! Logits as Python hands them over: single, half or brain precision, one row or many.

use crate::callback::call_method;
use crate::convert::{self, is_rows, with_row, with_rows};
use crate::error::{Result, wrong_type};
use crate::whole::{Int, whole};
use numpy::{PyArray1, PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::intern;
use pyo3::prelude::*;
use rheostat::Error;
use rheostat::signal::LogitRow;

/// One row, or rows of one width, one after another.
#[derive(Clone, Copy)]
pub(super) enum Rows<'a> {
    One(LogitRow<'a>),
    Many { all: LogitRow<'a>, width: usize },
}

impl<'a> Rows<'a> {
    /// Logits in all.
    pub(super) fn len(self) -> usize {
        match self {
            Self::One(row) | Self::Many { all: row, .. } => row.len(),
        }
    }

    /// Applies `f` to each row. Rows of no width are one empty row.
    pub(super) fn each<T>(self, f: impl Fn(LogitRow<'a>) -> rheostat::Result<T>) -> rheostat::Result<Vec<T>> {
        match self {
            Self::One(row) | Self::Many { all: row, width: 0 } => f(row).map(|one| vec![one]),
            Self::Many { all: LogitRow::F32(all), width } => {
                all.chunks_exact(width).map(|row| f(LogitRow::F32(row))).collect()
            }
            Self::Many { all: LogitRow::F16(all), width } => {
                all.chunks_exact(width).map(|row| f(LogitRow::F16(row))).collect()
            }
            Self::Many { all: LogitRow::Bf16(all), width } => {
                all.chunks_exact(width).map(|row| f(LogitRow::Bf16(row))).collect()
            }
        }
    }
}

/// How the bits of an array are to be read.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Single,
    Half,
    Brain,
}

impl Format {
    fn from_name(name: &str) -> Result<Self> {
        match name {
            "float32" => Ok(Self::Single),
            "float16" => Ok(Self::Half),
            "bfloat16" => Ok(Self::Brain),
            _ => Err(Error::unknown("dtype", name, ["float32", "float16", "bfloat16"]).into()),
        }
    }
}

/// Calls `f` with the rows of an array, of any object with `__dlpack__`, or of a sequence of numbers.
pub(super) fn with_logits<T>(
    values: &Bound<'_, PyAny>,
    dtype: Option<&str>,
    f: impl FnOnce(Rows<'_>) -> T,
) -> Result<T> {
    let asked = dtype.map(Format::from_name).transpose()?;
    let (values, said) = array(values)?;
    let format = asked.or(said).unwrap_or(Format::Single);
    if format == Format::Single {
        return if is_rows(&values) {
            with_rows(&values, "logits", |all, width| f(Rows::Many { all: LogitRow::F32(all), width }))
        } else {
            with_row(&values, "logits", |row| f(Rows::One(LogitRow::F32(row))))
        };
    }
    let row = if format == Format::Half { LogitRow::F16 } else { LogitRow::Bf16 };
    let wanted =
        || wrong_type("logits", &values, "float16, bfloat16, or their bits as uint16, one row or rows");
    let array = values.cast::<PyArrayDyn<u16>>().map_err(|_| wanted())?;
    let width = match *array.shape() {
        [_] => None,
        [_, width] => Some(width),
        _ => return Err(wanted()),
    };
    let array = array.try_readonly().map_err(|_| Error::state("logits: the array is being written"))?;
    let copied: Vec<u16>;
    // Row by row in memory: numpy's `as_slice` would also take columns one after another.
    let bits = if let Some(bits) = array.as_array().to_slice() {
        bits
    } else {
        convert::copied(array.len(), "logits")?;
        copied = array.as_array().iter().copied().collect();
        &copied
    };
    let all = row(bits);
    Ok(f(width.map_or(Rows::One(all), |width| Rows::Many { all, width })))
}

/// The value as a numpy array where it is another kind of array, as bits where numpy has no such number, and what its own
/// type says that those bits are.
fn array<'py>(values: &Bound<'py, PyAny>) -> Result<(Bound<'py, PyAny>, Option<Format>)> {
    let py = values.py();
    let Ok(dtype) = values.getattr(intern!(py, "dtype")) else {
        // An object that lends its memory without a type raises its own error when it is read.
        let lends = values.hasattr(intern!(py, "__dlpack__"))?;
        return if lends { array(&from_dlpack(values)?) } else { Ok((values.clone(), None)) };
    };
    let name = dtype.str()?.to_string();
    // Neither numpy nor DLPack's reader in it knows brain precision: its owner gives it as bits.
    let (values, format) = if name.ends_with("bfloat16") {
        (values.call_method1(intern!(py, "view"), (unsigned(&dtype)?,))?, Some(Format::Brain))
    } else {
        (values.clone(), name.ends_with("float16").then_some(Format::Half))
    };
    let values = if values.is_instance_of::<PyUntypedArray>() || !values.hasattr(intern!(py, "__dlpack__"))? {
        values
    } else {
        from_dlpack(&values)?
    };
    if format == Some(Format::Half) {
        return Ok((values.call_method1(intern!(py, "view"), (intern!(py, "uint16"),))?, format));
    }
    Ok((values, format))
}

/// A numpy array of what the value lends.
fn from_dlpack<'py>(values: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>> {
    let py = values.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let read = call_method(numpy.as_any(), intern!(py, "from_dlpack"), (values,));
    read.map_err(|error| wrong_type("logits", values, &format!("an array in main memory ({error})")))
}

/// The 16-bit unsigned type of the library that a `dtype` belongs to.
fn unsigned<'py>(dtype: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>> {
    let py = dtype.py();
    let module = dtype.get_type().module()?;
    let own = py.import(&module).and_then(|module| module.getattr(intern!(py, "uint16")));
    Ok(match own {
        Ok(own) => own,
        Err(_) => intern!(py, "uint16").clone().into_any(),
    })
}

/// One token id.
pub(super) fn token_id(value: &Bound<'_, PyAny>) -> Result<u32> {
    if let Ok(id) = value.extract::<u32>() {
        return Ok(id);
    }
    let id = value.extract::<Int>().map_err(|_| wrong_type("token", value, "a token id"))?;
    whole("token", id, 0..=u32::MAX)
}

/// Calls `f` with token ids of a list, an array of integers or any other sequence.
pub(super) fn with_tokens<T>(
    values: &Bound<'_, PyAny>,
    what: &str,
    f: impl FnOnce(&[u32]) -> T,
) -> Result<T> {
    let wanted = || wrong_type(what, values, "one row of integers");
    let py = values.py();
    convert::copied(convert::claimed(values, what).map_err(|_| wanted())?, what)?;
    let numpy = py.import("numpy")?;
    let array =
        call_method(numpy.as_any(), intern!(py, "ascontiguousarray"), (values,)).map_err(|_| wanted())?;
    let empty = array.len().is_ok_and(|len| len == 0);
    let kind: String = array.getattr("dtype")?.getattr("kind")?.extract()?;
    if values.len().is_err() || !(empty || matches!(kind.as_str(), "i" | "u")) {
        return Err(wanted());
    }
    let array =
        array.call_method1("astype", ("int64",))?.cast_into::<PyArray1<i64>>().map_err(|_| wanted())?;
    let array = array.readonly();
    let ids = array.as_array();
    let id = |&id: &i64| u32::try_from(id).map_err(|_| Error::invalid(what, id, "between 0 and 4294967295"));
    let ids = ids.iter().map(id).collect::<rheostat::Result<Vec<u32>>>()?;
    Ok(f(&ids))
}
