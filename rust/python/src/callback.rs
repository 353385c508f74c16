//! Calls of Python code: a warning, a function of the user's, a store, an iterator, a named result.
//!
//! Before 3.14 Python ends a daemon thread that asks for the interpreter's lock while the process ends, by unwinding it; and the
//! process aborts when the unwinding reaches the border of this library. So the process does not end within such a call:
//!
//! ```text
//! at exit     ENDING is set, and the calls under way are waited for, five seconds at most
//! from then   a thread that would call Python code waits for ever, without the lock, as in newer versions
//! ```

use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyString, PyTuple};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

static ENDING: AtomicBool = AtomicBool::new(false);
/// Threads within such a call.
static INSIDE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Calls within calls on this thread. The thread that ends the process may go on calling.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static ENDS: Cell<bool> = const { Cell::new(false) };
}

const STEP: Duration = Duration::from_millis(1);
const STEPS: u32 = 5000;

/// A thread within a call.
struct Inside;

impl Inside {
    fn enter(py: Python<'_>) -> Self {
        if DEPTH.get() == 0 {
            INSIDE.fetch_add(1, Ordering::SeqCst);
            if ENDING.load(Ordering::SeqCst) && !ENDS.get() {
                INSIDE.fetch_sub(1, Ordering::SeqCst);
                py.detach(|| {
                    loop {
                        std::thread::park();
                    }
                });
            }
        }
        DEPTH.set(DEPTH.get() + 1);
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        if DEPTH.get() == 0 {
            INSIDE.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Runs what calls Python code, such as a first import.
pub(crate) fn within<T>(py: Python<'_>, code: impl FnOnce() -> T) -> T {
    let _inside = Inside::enter(py);
    code()
}

/// Calls a Python function.
pub(crate) fn call<'py, A>(function: &Bound<'py, PyAny>, args: A) -> PyResult<Bound<'py, PyAny>>
where
    A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>>,
    PyErr: From<A::Error>,
{
    within(function.py(), || function.call1(args.into_pyobject(function.py())?))
}

/// Calls a method of a Python object.
pub(crate) fn call_method<'py, A>(
    object: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
    args: A,
) -> PyResult<Bound<'py, PyAny>>
where
    A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>>,
    PyErr: From<A::Error>,
{
    within(object.py(), || call(&object.getattr(name)?, args))
}

/// The items of an iterator.
pub(crate) fn items_of(
    mut iterator: Bound<'_, PyIterator>,
) -> impl Iterator<Item = PyResult<Bound<'_, PyAny>>> {
    std::iter::from_fn(move || within(iterator.py(), || iterator.next()))
}

/// Waits for ever once the process ends, on a thread that has let go of the interpreter and does not end it.
pub(crate) fn wait_if_ending() {
    while ENDING.load(Ordering::SeqCst) && !ENDS.get() {
        std::thread::park();
    }
}

/// In a forked child the other threads are gone.
pub(crate) fn forked() {
    INSIDE.store(usize::from(DEPTH.get() > 0), Ordering::SeqCst);
}

/// Waits for calls of Python code; for `atexit`.
#[pyfunction]
pub(crate) fn at_exit(py: Python<'_>) {
    ENDS.set(true);
    ENDING.store(true, Ordering::SeqCst);
    for _ in 0..STEPS {
        if INSIDE.load(Ordering::SeqCst) == 0 {
            break;
        }
        py.detach(|| std::thread::sleep(STEP));
    }
}
