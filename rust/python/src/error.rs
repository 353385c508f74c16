//! The exceptions, and the one place where a core error becomes one of them.

use pyo3::exceptions::{PyException, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};
use rheostat::Error;

/// Result of a binding; `?` converts errors of the core and of Python.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// A core error, or one that Python raised already.
pub(crate) enum Failure {
    Core(Error),
    Python(PyErr),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Core(error) => raise(&error),
            Failure::Python(error) => error,
        }
    }
}

/// The exception of a core error.
fn raise(error: &Error) -> PyErr {
    Python::attach(|py| match classes(py) {
        Ok(classes) => {
            let class = match error {
                Error::Invalid { .. } => &classes.invalid_value,
                Error::WrongType { .. } => &classes.invalid_type,
                Error::Unknown { .. } => &classes.unknown_name,
                Error::Artifact { .. } => &classes.artifact,
                Error::Malformed { .. } => &classes.malformed,
                Error::State { .. } => &classes.state,
                Error::Denied { .. } => &classes.denied,
                _ => &classes.base,
            };
            let raised = PyErr::from_type(class.bind(py).clone(), error.to_string());
            if let Error::Denied { cap, wanted, left } = error {
                // An exception that will not take attributes still says all of it in its message.
                let value = raised.value(py);
                let _: PyResult<()> = value.setattr("cap", cap.to_string());
                let _: PyResult<()> = value.setattr("wanted", wanted);
                let _: PyResult<()> = value.setattr("left", left);
            }
            raised
        }
        // Only an interpreter that cannot make a class any more comes here.
        Err(_) => PyRuntimeError::new_err(error.to_string()),
    })
}

/// The exception classes. They are made once: Rust's macros know one base only, and each of these has two.
pub(crate) struct Classes {
    base: Py<PyType>,
    invalid_value: Py<PyType>,
    invalid_type: Py<PyType>,
    unknown_name: Py<PyType>,
    artifact: Py<PyType>,
    malformed: Py<PyType>,
    state: Py<PyType>,
    denied: Py<PyType>,
}

fn classes(py: Python<'_>) -> PyResult<&'static Classes> {
    static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();
    CLASSES.get_or_try_init(py, || Classes::make(py))
}

impl Classes {
    fn make(py: Python<'_>) -> PyResult<Self> {
        let builtin = |name: &str| py.import("builtins")?.getattr(name);
        let base = class(
            py,
            "RheostatError",
            "The base of every error that rheostat raises on purpose. Each kind below it is also the built-in that fits.",
            vec![builtin("Exception")?],
        )?;
        let kind = |name, doc, others: &[&str]| {
            let mut bases = vec![base.bind(py).clone().into_any()];
            for other in others {
                bases.push(builtin(other)?);
            }
            class(py, name, doc, bases)
        };
        let denied = kind(
            "DeniedError",
            "A reservation that does not fit a cap: `cap`, `wanted` and `left` say which and by how much.",
            &["RuntimeError"],
        )?;
        let kinds = PyDict::new(py);
        for (name, kind) in [("cap", "str"), ("wanted", "float"), ("left", "float")] {
            denied.bind(py).setattr(name, py.None())?;
            kinds.set_item(name, format!("{kind} | None"))?;
        }
        denied.bind(py).setattr("__annotations__", kinds)?;
        Ok(Self {
            invalid_value: kind(
                "InvalidValueError",
                "A value outside its bound. The message names the value and the bound.",
                &["ValueError"],
            )?,
            invalid_type: kind(
                "InvalidTypeError",
                "A value of the wrong type. The message names the type that was given and the one that was wanted.",
                &["TypeError"],
            )?,
            unknown_name: kind(
                "UnknownNameError",
                "A name that is not in its table, such as a rung's or a rule's. The message lists the names that are.",
                &["KeyError"],
            )?,
            artifact: kind(
                "ArtifactError",
                "A model artifact that is damaged, too large, or of another version.",
                &["ValueError", "OSError"],
            )?,
            malformed: kind(
                "MalformedError",
                "Input that does not parse, with the byte where reading stopped.",
                &["ValueError"],
            )?,
            state: kind(
                "StateError",
                "A call that does not fit the state of its object, such as a second `finish`.",
                &["RuntimeError"],
            )?,
            denied,
            base,
        })
    }
}

fn class(py: Python<'_>, name: &str, doc: &str, bases: Vec<Bound<'_, PyAny>>) -> PyResult<Py<PyType>> {
    let dict = PyDict::new(py);
    dict.set_item("__module__", "rheostat.errors")?;
    dict.set_item("__doc__", doc)?;
    // KeyError prints the repr of its argument; a sentence should be read as one.
    dict.set_item("__str__", py.get_type::<PyException>().getattr("__str__")?)?;
    let bases = PyTuple::new(py, bases)?;
    let made = py.get_type::<PyType>().call1((name, bases, dict))?;
    Ok(made.cast_into::<PyType>()?.unbind())
}

/// Puts the classes into the module.
pub(crate) fn export(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let c = classes(py)?;
    for class in [
        &c.base,
        &c.invalid_value,
        &c.invalid_type,
        &c.unknown_name,
        &c.artifact,
        &c.malformed,
        &c.state,
        &c.denied,
    ] {
        let class = class.bind(py);
        module.add(class.name()?, class)?;
    }
    Ok(())
}

/// The error for an argument of the wrong type.
pub(crate) fn wrong_type(what: &str, got: &Bound<'_, PyAny>, wanted: &str) -> Failure {
    let got = got.get_type().name().map_or_else(|_| "an object".to_owned(), |name| name.to_string());
    Error::wrong_type(what, got, wanted).into()
}
