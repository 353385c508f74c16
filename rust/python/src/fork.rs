//! Forks: work without the interpreter's lock is waited for, so that a child never finds a lock held by a thread that it lacks.
//!
//! Work that detaches from the interpreter holds the gate for reading. `os.fork` takes it for writing until the fork is done.

use crate::args;
use crate::error::Result;
use crate::whole::{Int, some_whole};
use pyo3::prelude::*;
use rheostat::Error;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard, TryLockError};
use std::time::Duration;

static GATE: RwLock<()> = RwLock::new(());
/// True while a fork waits or is under way. Work that is about to begin waits, or else the gate is never free.
static FORKING: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The gate, shut by this thread.
    static SHUT: RefCell<Option<RwLockWriteGuard<'static, ()>>> = const { RefCell::new(None) };
}

/// A fork waits for work of other threads in steps, five seconds at most: it must not hang.
const STEP: Duration = Duration::from_millis(1);
const STEPS: u32 = 5000;

/// Runs work that takes locks without the interpreter's lock.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    py.detach(|| {
        while FORKING.load(Ordering::Acquire) {
            std::thread::sleep(STEP);
        }
        let done = {
            let _open = GATE.read().unwrap_or_else(PoisonError::into_inner);
            work()
        };
        crate::callback::wait_if_ending();
        done
    })
}

/// Prepares and ends a fork; for `os.register_at_fork`.
///
/// Args:
///     step: `"before"` the fork; `"parent"` or `"child"` after it.
///     salt: A random number; in the child it keeps plan ids apart from the parent's.
///
/// Raises:
///     UnknownNameError: No such step.
#[pyfunction]
#[pyo3(signature = (step: "str", salt = None))]
pub(crate) fn at_fork(
    py: Python<'_>,
    #[pyo3(from_py_with = args::choice::step)] step: &str,
    salt: Option<Int>,
) -> Result<()> {
    match step {
        "before" => shut(py),
        "parent" => open(),
        "child" => {
            open();
            crate::callback::forked();
            rheostat::plan::forked(some_whole("salt", salt, 0..=u64::MAX)?.unwrap_or(1));
        }
        other => return Err(Error::unknown("step", other, ["before", "parent", "child"]).into()),
    }
    Ok(())
}

fn open() {
    SHUT.with_borrow_mut(|shut| *shut = None);
    FORKING.store(false, Ordering::Release);
}

fn shut(py: Python<'_>) {
    FORKING.store(true, Ordering::Release);
    for _ in 0..STEPS {
        let guard = match GATE.try_write() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        if guard.is_some() {
            return SHUT.with_borrow_mut(|shut| *shut = guard);
        }
        py.detach(|| std::thread::sleep(STEP));
    }
    FORKING.store(false, Ordering::Release);
}
