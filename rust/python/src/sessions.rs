//! How a governor keeps sessions.

use crate::args;
use crate::clock::{At, now};
use crate::error::Result;
use crate::getters::getters;
use crate::governor::Governor;
use crate::values::{Arguments, hash_of, keywords};
use crate::whole::{int, whole};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rheostat::session::SessionOptions;
use std::hash::{BuildHasher, RandomState};

/// How a governor keeps sessions.
///
/// Args:
///     capacity: The most sessions kept; the least recently used goes first.
///     ttl: Seconds without use after which a session is over.
///     cache_ttl: Seconds after a turn for which the provider keeps its prefix cached.
///     down_after: Number of easier asks in a row after which a session comes down.
///
/// Raises:
///     InvalidValueError: A value is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.Sessions(cache_ttl=3_600).down_after
///     3
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Sessions {
    pub(crate) inner: SessionOptions,
}

getters! {
    Sessions, |this| {
        /// The most sessions kept.
        capacity: usize = this.inner.capacity;
        /// Seconds after which an idle session is over.
        ttl: f64 = this.inner.ttl;
        /// Seconds for which a provider keeps a prefix cached.
        cache_ttl: f64 = this.inner.cache_ttl;
        /// Easier asks in a row after which a session comes down.
        down_after: u32 = this.inner.down_after;
    }
}

#[pymethods]
impl Sessions {
    #[new]
    #[pyo3(signature = (*, capacity = 1_000_000, ttl = 3_600.0, cache_ttl = 300.0, down_after = 3))]
    fn new(
        #[pyo3(from_py_with = int)] capacity: i128,
        #[pyo3(from_py_with = args::real::ttl)] ttl: f64,
        #[pyo3(from_py_with = args::real::cache_ttl)] cache_ttl: f64,
        #[pyo3(from_py_with = int)] down_after: i128,
    ) -> Result<Self> {
        let (capacity, down_after) = (
            whole("sessions: capacity", capacity, 0..=usize::MAX)?,
            whole("sessions: down_after", down_after, 0..=u32::MAX)?,
        );
        let seed = RandomState::new().hash_one(0);
        let inner = SessionOptions { capacity, ttl, cache_ttl, down_after, seed };
        inner.validate()?;
        Ok(Self { inner })
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        // The seed is no setting.
        other
            .cast::<Self>()
            .is_ok_and(|other| SessionOptions { seed: self.inner.seed, ..other.get().inner } == self.inner)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        hash_of(py, &self.__repr__())
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Arguments<'py>> {
        let SessionOptions { capacity, ttl, cache_ttl, down_after, .. } = self.inner;
        let keywords =
            keywords!(py, capacity = capacity, ttl = ttl, cache_ttl = cache_ttl, down_after = down_after);
        Ok((PyTuple::empty(py), keywords))
    }

    fn __repr__(&self) -> String {
        let SessionOptions { capacity, ttl, cache_ttl, down_after, .. } = self.inner;
        format!("Sessions(capacity={capacity}, ttl={ttl}, cache_ttl={cache_ttl}, down_after={down_after})")
    }
}

#[pymethods]
impl Governor {
    /// Takes note that evidence has taken a session's run up to a rung: the session stays there, until several easier
    /// asks in a row bring it down.
    ///
    /// Raises:
    ///     UnknownNameError: No such rung.
    #[pyo3(signature = (session, rung, *, at = None))]
    fn escalated(
        &self,
        #[pyo3(from_py_with = args::text::session)] session: String,
        #[pyo3(from_py_with = args::text::rung)] rung: String,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<()> {
        let rung = self.inner.snapshot().ladder.index(&rung)?;
        self.inner.escalated(&session, rung, now(at));
        Ok(())
    }

    /// Forgets a session. True when there was one.
    fn forget(&self, #[pyo3(from_py_with = args::text::session)] session: String) -> bool {
        self.inner.sessions().forget(&session)
    }
}

pub(crate) fn read_sessions(sessions: &Bound<'_, PyAny>) -> Result<SessionOptions> {
    Ok(args::instance::<Sessions>(sessions, "sessions", "Sessions")?.get().inner)
}
