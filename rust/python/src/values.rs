//! Settings as values: copied, pickled, compared, and used as keys. Only the arguments of the class travel, and they are checked
//! again on arrival.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

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
