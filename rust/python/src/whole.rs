//! Arguments that are whole numbers. Python's have no end, the core's types have: both ends are checked here, and nowhere else.

use crate::error::{Result, wrong_type};
use pyo3::exceptions::{PyOverflowError, PyTypeError};
#[cfg(feature = "stub")]
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use rheostat::Error;
use std::fmt::Display;
use std::ops::RangeInclusive;

/// An `int`, or what counts as one, such as an element of an array of integers. What no `i128` holds is kept as the end
/// beyond which it lies, and is outside every bound.
#[derive(Clone, Copy)]
pub(crate) struct Int(i128);

impl FromPyObject<'_, '_> for Int {
    type Error = PyErr;
    #[cfg(feature = "stub")]
    const INPUT_TYPE: PyStaticExpr = i64::INPUT_TYPE;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        // The first reads nearly every number, and at a fraction of the cost of the second.
        if let Ok(number) = value.extract::<i64>() {
            return Ok(Self(number.into()));
        }
        match value.extract::<i128>() {
            Ok(number) => Ok(Self(number)),
            Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
                Ok(Self(if value.lt(0)? { i128::MIN } else { i128::MAX }))
            }
            Err(error) if error.is_instance_of::<PyTypeError>(value.py()) => {
                Err(wrong_type("a whole number", &value, "int").into())
            }
            Err(error) => Err(error),
        }
    }
}

impl From<i128> for Int {
    fn from(number: i128) -> Self {
        Self(number)
    }
}

impl From<Int> for i128 {
    fn from(number: Int) -> Self {
        number.0
    }
}

impl Display for Int {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            i128::MIN => f.write_str("a number below -10^38"),
            i128::MAX => f.write_str("a number above 10^38"),
            number => number.fmt(f),
        }
    }
}

/// Reads an argument that has a number as its default; others are of the type [`Int`], or an `Option` of it.
pub(crate) fn int(value: &Bound<'_, PyAny>) -> PyResult<i128> {
    Ok(value.extract::<Int>()?.0)
}

/// The number as the core has it, or an error that names the argument, the number and the bounds.
pub(crate) fn whole<T>(what: &str, value: impl Into<Int>, bounds: RangeInclusive<T>) -> Result<T>
where
    T: TryFrom<i128> + PartialOrd + Display,
{
    let value = value.into();
    match T::try_from(value.0) {
        Ok(number) if bounds.contains(&number) => Ok(number),
        _ => {
            let bound = format!("between {} and {}", bounds.start(), bounds.end());
            Err(Error::invalid(what, value, bound).into())
        }
    }
}

/// Reads a whole number that may be left out.
pub(crate) fn some_whole<T>(what: &str, value: Option<Int>, bounds: RangeInclusive<T>) -> Result<Option<T>>
where
    T: TryFrom<i128> + PartialOrd + Display,
{
    value.map(|value| whole(what, value, bounds)).transpose()
}
