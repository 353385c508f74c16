//! Settings as values: copied, pickled, compared, and used as keys. Only the arguments of the class travel, and they are checked
//! again on arrival.

use crate::callback::within;
use crate::error::{Result, wrong_type};
use crate::typed::typed;
use pyo3::exceptions::{PyRecursionError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString, PyTuple};

typed!(JsonObject<'py>(Bound<'py, PyAny>): "dict[str, Any]");

/// A dictionary as JSON.
pub(crate) fn write_json(what: &str, value: &Bound<'_, PyAny>) -> Result<Vec<u8>> {
    let py = value.py();
    let bad = || wrong_type(what, value, "a dict of values that JSON has");
    let mapping = value.cast::<PyMapping>().map_err(|_| bad())?;
    let written = within(py, || -> PyResult<String> {
        let own = PyDict::new(py);
        own.update(mapping)?;
        let options = PyDict::new(py);
        options.set_item("allow_nan", false)?;
        options.set_item("ensure_ascii", false)?;
        options.set_item("separators", (",", ":"))?;
        py.import("json")?.getattr("dumps")?.call((own,), Some(&options))?.extract()
    });
    let refused = |error: &PyErr| {
        error.is_instance_of::<PyTypeError>(py)
            || error.is_instance_of::<PyValueError>(py)
            || error.is_instance_of::<PyRecursionError>(py)
    };
    match written {
        Ok(json) => Ok(json.into_bytes()),
        Err(error) if refused(&error) => Err(bad()),
        Err(error) => Err(error.into()),
    }
}

/// The dictionary that JSON stands for.
pub(crate) fn read_json<'py>(py: Python<'py>, json: &str) -> PyResult<JsonObject<'py>> {
    within(py, || Ok(JsonObject(py.import("json")?.getattr("loads")?.call1((json,))?)))
}

/// The arguments that make a value again: what `copy`, `deepcopy` and `pickle` ask `__getnewargs_ex__` for.
pub(crate) type Arguments<'py> = (Bound<'py, PyTuple>, Bound<'py, PyDict>);

/// The arguments of a value whose getters have their names, which are separated by spaces.
pub(crate) fn arguments<'py>(value: &Bound<'py, PyAny>, names: &str) -> PyResult<Arguments<'py>> {
    let keywords = PyDict::new(value.py());
    for name in names.split(' ') {
        keywords.set_item(name, value.getattr(name)?)?;
    }
    Ok((PyTuple::empty(value.py()), keywords))
}

/// A hash of how a value is written: equal values are written alike.
pub(crate) fn hash_of(py: Python<'_>, written: &str) -> PyResult<isize> {
    PyString::new(py, written).hash()
}

/// Hashes classes that PyO3 compares by their written form, because floats have no hash in Rust.
macro_rules! hashed {
    ($($class:ty),*) => {$(
        impl std::hash::Hash for $class {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.__repr__().hash(state);
            }
        }
    )*};
}
pub(crate) use hashed;

/// Keywords by name, for [`Arguments`].
macro_rules! keywords {
    ($py:expr $(, $name:ident = $value:expr)* $(,)?) => {{
        let keywords = pyo3::types::PyDict::new($py);
        $(keywords.set_item(stringify!($name), $value)?;)*
        keywords
    }};
}
pub(crate) use keywords;
