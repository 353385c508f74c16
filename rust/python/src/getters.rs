//! Read-only attributes of a class, as a table: name, type and value, with the docstring above.

/// Writes a getter for each row. `this` is the object; a row that needs the interpreter names it: `rung(py): …`.
macro_rules! getters {
    ($class:ty, |$this:ident| { $($(#[$doc:meta])* $name:ident $(($py:ident))?: $type:ty = $value:expr;)* }) => {
        #[pyo3::pymethods]
        impl $class {$(
            $(#[$doc])*
            #[getter]
            fn $name(&self $(, $py: pyo3::Python<'_>)?) -> $type {
                let $this = self;
                $value
            }
        )*}
    };
}
pub(crate) use getters;
