//! What makes a class of settings a value: it can be copied, pickled for another process, compared, and be a key. Nothing but the
//! arguments of its class travels, and they are checked again on arrival.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

/// The arguments that make a value again: what `copy`, `deepcopy` and `pickle` ask `__getnewargs_ex__` for.
pub(crate) type Arguments<'py> = (Bound<'py, PyTuple>, Bound<'py, PyDict>);

/// A hash of how a value is written: equal values are written alike.
pub(crate) fn hash_of(py: Python<'_>, written: &str) -> PyResult<isize> {
    PyString::new(py, written).hash()
}

/// Keywords by name, for [`Arguments`].
macro_rules! keywords {
    ($py:expr $(, $name:ident = $value:expr)* $(,)?) => {{
        let keywords = pyo3::types::PyDict::new($py);
        $(keywords.set_item(stringify!($name), $value)?;)*
        keywords
    }};
}
pub(crate) use keywords;
