//! Turns of a ledger that a store keeps in a file: lock the file, read its new records, decide, append, unlock.

use super::Ledger;
use crate::callback::call_method;
use crate::clock::{At, now};
use crate::error::Result;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyBytes;
use rheostat::Error;
use rheostat::ledger as core;
use std::cell::Cell;
use std::sync::{Mutex, PoisonError};

/// The store that keeps a ledger in a file, and the lock of its turns.
pub(super) struct Journal {
    pub(super) object: Py<PyAny>,
    /// The process that opened it. After a fork its lock may be held by a thread that is not there.
    pub(super) process: u32,
    pub(super) turns: Mutex<()>,
}

impl Journal {
    /// Unlocks the file after a turn that failed. An exception of a signal handler may have ended `begin` or `commit` at any
    /// point, even on entry, and may end this call, too.
    fn abort(&self, py: Python<'_>) {
        for _ in 0..8 {
            if call_method(self.object.bind(py), intern!(py, "abort"), ()).is_ok() {
                break;
            }
        }
    }
}

thread_local! {
    /// True while this thread is in a turn. A signal handler that runs in the middle of one would wait for itself.
    static IN_TURN: Cell<bool> = const { Cell::new(false) };
}

struct InTurn;

impl InTurn {
    fn enter() -> Result<Self> {
        if IN_TURN.replace(true) {
            return Err(Error::state("a ledger's file is in use by this thread already").into());
        }
        Ok(Self)
    }
}

impl Drop for InTurn {
    fn drop(&mut self) {
        IN_TURN.set(false);
    }
}

impl Ledger {
    /// Runs `act` in a turn, if the ledger is kept in a file. Rust holds the lock, so an exception at any point in the
    /// store's code cannot leave it locked.
    pub(crate) fn turn<T>(&self, py: Python<'_>, act: impl FnOnce() -> Result<T>) -> Result<T> {
        let Some(journal) = self.journal.get() else { return act() };
        if journal.process != std::process::id() {
            let of = journal.process;
            let what =
                format!("the store was made by process {of}: make another in this one, after the fork");
            return Err(Error::state(what).into());
        }
        let _inside = InTurn::enter()?;
        let _turn = journal.turns.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = call_method(journal.object.bind(py), intern!(py, "begin"), ()) {
            journal.abort(py);
            return Err(error.into());
        }
        self.inner.begin();
        // A refused reservation may have ended expired ones: those records are written, too.
        let done = act();
        let records = PyBytes::new(py, &self.inner.commit());
        if let Err(error) = call_method(journal.object.bind(py), intern!(py, "commit"), (records,)) {
            journal.abort(py);
            return Err(error.into());
        }
        self.inner.written();
        done
    }

    /// Ends a reservation. Spending that no claim in the file covers is written at once.
    pub(super) fn end(
        &self,
        py: Python<'_>,
        id: core::HoldId,
        spent: core::Cost,
        at: Option<At>,
    ) -> Result<&'static str> {
        let answer = self.inner.settle(id, spent, now(at));
        self.write_urgent(py)?;
        Ok(answer.as_str())
    }

    pub(crate) fn write_urgent(&self, py: Python<'_>) -> Result<()> {
        if self.journal.get().is_some() && self.inner.urgent() {
            self.turn(py, || Ok(()))?;
        }
        Ok(())
    }

    /// True if the ledger is kept in a file.
    pub(crate) fn is_kept(&self) -> bool {
        self.journal.get().is_some()
    }
}
