//! Agents that are stuck.

use super::{Held, text};
use crate::error::Result;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::signal as core;

/// Watches an agent's tool calls for turns that lead nowhere.
///
/// Calls are equal when they are equal without white space; errors are equal when they differ in numbers only. A repeated call that
/// gives a new result (polling, a test run after an edit) is progress. A turn costs at most what 16 KiB of text cost.
///
/// Args:
///     calls: The same call with the same result so often among the last 32 turns is `"repeated_call"`; from 2 to 32.
///     errors: The same error so often in a row is `"repeated_error"`; at least 2.
///     idle: So many turns in a row without a new result are `"no_progress"`; at least 2.
///
/// Raises:
///     InvalidValueError: An argument is out of bounds.
///
/// Example:
///     >>> from rheostat.signals import Stall
///     >>> stall = Stall()
///     >>> [stall.turn("ls src", "main.rs") for _ in range(3)]
///     [None, None, 'repeated_call']
///     >>> [stall.turn("cat", error=f"line {i}: no such file") for i in range(3)]
///     [None, None, 'repeated_error']
#[pyclass(frozen, module = "rheostat.signals")]
pub(crate) struct Stall {
    inner: Held<core::Stall>,
}

#[pymethods]
impl Stall {
    #[new]
    #[pyo3(signature = (calls = 3, errors = 3, idle = 5))]
    fn new(
        #[pyo3(from_py_with = int)] calls: i128,
        #[pyo3(from_py_with = int)] errors: i128,
        #[pyo3(from_py_with = int)] idle: i128,
    ) -> Result<Self> {
        let (calls, errors, idle) = (
            whole("calls", calls, 0..=u32::MAX)?,
            whole("errors", errors, 0..=u32::MAX)?,
            whole("idle", idle, 0..=u32::MAX)?,
        );
        let rules = core::StallRules { calls, errors, idle };
        Ok(Self { inner: Held::new(core::Stall::new(rules)?) })
    }

    /// One turn: what was called, and its result or its error. Returns what shows that the agent is stuck, or None.
    #[pyo3(signature = (
        call: "str", result: "str | None" = None, *, error: "str | None" = None
    ) -> "Literal['repeated_call', 'repeated_error', 'no_progress'] | None")]
    fn turn(
        &self,
        call: &Bound<'_, PyAny>,
        result: Option<&Bound<'_, PyAny>>,
        error: Option<&Bound<'_, PyAny>>,
    ) -> Result<Option<&'static str>> {
        let call = text(call, "call")?;
        let result = result.map(|result| text(result, "result")).transpose()?;
        let error = error.map(|error| text(error, "error")).transpose()?;
        let outcome = error.as_deref().map_or(Ok(result.as_deref().unwrap_or("")), Err);
        Ok(self.inner.lock().turn(&call, outcome).map(core::Stuck::as_str))
    }

    /// Turns so far.
    #[getter]
    fn turns(&self) -> u64 {
        self.inner.lock().turns()
    }

    /// How many turns in a row ended in the same error.
    #[getter]
    fn errors(&self) -> u32 {
        self.inner.lock().errors()
    }

    /// How many turns in a row brought nothing new.
    #[getter]
    fn idle(&self) -> u32 {
        self.inner.lock().idle()
    }

    fn __repr__(&self) -> String {
        let s = self.inner.lock();
        format!("Stall(turns={}, errors={}, idle={})", s.turns(), s.errors(), s.idle())
    }
}
