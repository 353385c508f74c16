//! One sample's stream in a host.

use crate::call::Call;
use crate::getters::getters;
use crate::show::truth;
use pyo3::prelude::*;
use rheostat_host as core;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The machine of a host. It is locked for one event, and never while Python code runs.
#[derive(Clone)]
pub(crate) struct Machine(Arc<Mutex<core::Host>>);

impl Machine {
    pub(crate) fn new(host: core::Host) -> Self {
        Self(Arc::new(Mutex::new(host)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, core::Host> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// One sample's stream in a `Host`.
///
/// Example:
///     >>> import rheostat as rh
///     >>> from rheostat.host import Host
///     >>> host = Host(rh.Governor(rh.Ladder([rh.Rung("fast")])).plan("What is the capital of France?").start())
///     >>> stream, = host.next()
///     >>> stream.call.model, stream.index, stream.delay, stream.over
///     ('fast', 0, 0.0, False)
#[pyclass(frozen, module = "rheostat.host")]
pub(crate) struct Stream {
    pub(crate) host: Machine,
    pub(crate) number: u32,
    pub(crate) call: Py<Call>,
    pub(crate) index: u32,
    /// The newest result of `Host.tell`.
    pub(crate) going: AtomicBool,
}

getters! {
    Stream, |this| {
        /// The call that granted it.
        call(py): Py<Call> = this.call.clone_ref(py);
        /// Its number among the call's samples.
        index: u32 = this.index;
        /// Seconds to wait before it is opened: a failed call that is tried again. 0 for any other.
        delay: f64 = this.call.get().inner.delay;
        /// True once it has ended, by itself or with its call or the run.
        over: bool = this.host.lock().closed(this.number);
        /// True while more of it is to be read: the newest result of `Host.tell`.
        going: bool = this.going.load(Ordering::Relaxed);
        /// True once its last granted token, its answer or its end has come: only its usage is due, so it need not be waited for long.
        ending: bool = this.host.lock().ending(this.number);
    }
}

#[pymethods]
impl Stream {
    fn __repr__(&self) -> String {
        let over = self.host.lock().closed(self.number);
        format!("Stream(call={}, index={}, over={})", self.call.get().inner.id, self.index, truth(over))
    }
}
