//! Results that need a Rust type of their own for the stub to say what they are: names out of a closed set, dictionaries, arrays.

use crate::error::Result;
use numpy::ndarray::{Dimension, Ix1};
use numpy::{Element, PyArray, ToPyArray};
use pyo3::prelude::*;
use std::convert::Infallible;

/// Makes a type that goes to Python as its inner value does. The stub gives it the type that is written, which may use the
/// names in `stub.pyi`.
macro_rules! typed {
    ($name:ident $(<$life:lifetime>)? ($inner:ty): $python:literal) => {
        #[derive(Clone)]
        pub(crate) struct $name $(<$life>)? (pub(crate) $inner);

        impl<'py> pyo3::IntoPyObject<'py> for $name $(<$life>)? {
            type Target = <$inner as pyo3::IntoPyObject<'py>>::Target;
            type Output = <$inner as pyo3::IntoPyObject<'py>>::Output;
            type Error = <$inner as pyo3::IntoPyObject<'py>>::Error;
            #[cfg(feature = "stub")]
            const OUTPUT_TYPE: pyo3::inspect::PyStaticExpr = $crate::typed::python($python);

            fn into_pyobject(self, py: pyo3::Python<'py>) -> std::result::Result<Self::Output, Self::Error> {
                self.0.into_pyobject(py)
            }
        }
    };
}
pub(crate) use typed;

/// Makes a type that goes to Python as a named tuple of `rheostat.types`: fields by name, and still a tuple to unpack, compare
/// and pickle.
macro_rules! named {
    ($(#[$derived:meta])* $name:ident ($inner:ty)) => {
        $(#[$derived])*
        pub(crate) struct $name(pub(crate) $inner);

        impl<'py> pyo3::IntoPyObject<'py> for $name {
            type Target = pyo3::PyAny;
            type Output = pyo3::Bound<'py, pyo3::PyAny>;
            type Error = pyo3::PyErr;
            #[cfg(feature = "stub")]
            const OUTPUT_TYPE: pyo3::inspect::PyStaticExpr = $crate::typed::python(stringify!($name));

            fn into_pyobject(self, py: pyo3::Python<'py>) -> pyo3::PyResult<Self::Output> {
                static CLASS: pyo3::sync::PyOnceLock<pyo3::Py<pyo3::types::PyType>> = pyo3::sync::PyOnceLock::new();
                $crate::callback::within(py, || {
                    let class = CLASS.import(py, "rheostat.types", stringify!($name))?;
                    pyo3::types::PyAnyMethods::call1(class.as_any(), self.0)
                })
            }
        }
    };
}
pub(crate) use named;

/// A Python type, as source.
#[cfg(feature = "stub")]
pub(crate) const fn python(source: &'static str) -> pyo3::inspect::PyStaticExpr {
    pyo3::inspect::PyStaticExpr::Constant { value: pyo3::inspect::PyStaticConstant::Str(source) }
}

/// A numpy array: PyO3 cannot tell the type of its elements.
pub(crate) struct Array<T, D = Ix1>(pub(crate) Py<PyArray<T, D>>);

impl<T: Number> Array<T> {
    pub(crate) fn of(py: Python<'_>, numbers: impl Iterator<Item = T>) -> Self {
        Self(numbers.collect::<Vec<_>>().to_pyarray(py).unbind())
    }
}

impl<'py, T: Number, D: Dimension> IntoPyObject<'py> for &Array<T, D> {
    type Target = PyArray<T, D>;
    type Output = Bound<'py, PyArray<T, D>>;
    type Error = Infallible;
    #[cfg(feature = "stub")]
    const OUTPUT_TYPE: pyo3::inspect::PyStaticExpr = T::ARRAY;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
        Ok(self.0.bind(py).clone())
    }
}

impl<'py, T: Number, D: Dimension> IntoPyObject<'py> for Array<T, D> {
    type Target = PyArray<T, D>;
    type Output = Bound<'py, PyArray<T, D>>;
    type Error = Infallible;
    #[cfg(feature = "stub")]
    const OUTPUT_TYPE: pyo3::inspect::PyStaticExpr = T::ARRAY;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Infallible> {
        Ok(self.0.into_bound(py))
    }
}

/// An element of an [`Array`].
pub(crate) trait Number: Element {
    #[cfg(feature = "stub")]
    const ARRAY: pyo3::inspect::PyStaticExpr;
}

macro_rules! numbers {
    ($($rust:ty: $array:literal),*) => {$(
        impl Number for $rust {
            #[cfg(feature = "stub")]
            const ARRAY: pyo3::inspect::PyStaticExpr = python($array);
        }
    )*};
}
numbers!(
    f64: "npt.NDArray[np.float64]",
    f32: "npt.NDArray[np.float32]",
    u32: "npt.NDArray[np.uint32]",
    u64: "npt.NDArray[np.uint64]",
    i64: "npt.NDArray[np.int64]",
    bool: "npt.NDArray[np.bool_]"
);
