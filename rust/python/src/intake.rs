//! Logs of outcomes, row by row.

use crate::args;
use crate::convert::utf8;
use crate::error::Result;
use crate::ladder::Ladder;
use crate::outcome::OutcomeKindName;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use rheostat::learn::{Cell, LogReader, LoggedOutcome};
use std::sync::{Mutex, PoisonError};

/// One outcome of a log.
#[pyclass(frozen, get_all, module = "rheostat")]
pub(crate) struct ScoredOutcome {
    /// The query's text.
    text: String,
    /// The rung that answered.
    rung: String,
    /// Score of the answer, in [0, 1].
    score: f64,
    /// Name of the query.
    id: String,
    /// Independent unit, such as a user; None is the ask itself.
    group: Option<String>,
    /// Weight in outcomes.
    weight: f64,
    /// Kind of the score, such as `"graded"`.
    kind: OutcomeKindName,
    /// Time, in seconds of Unix time.
    at: f64,
}

#[pymethods]
impl ScoredOutcome {
    fn __repr__(&self) -> String {
        let Self { rung, score, id, .. } = self;
        format!("ScoredOutcome(rung={rung:?}, score={score}, id={id:?})")
    }
}

impl From<LoggedOutcome> for ScoredOutcome {
    fn from(outcome: LoggedOutcome) -> Self {
        let LoggedOutcome { text, rung, score, id, group, weight, kind, at } = outcome;
        Self { text, rung, score, id, group, weight, kind: OutcomeKindName(kind.as_str()), at }
    }
}

/// Reads the rows of a log of outcomes, for `read_outcomes`.
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct OutcomeReader(Mutex<LogReader>);

#[pymethods]
impl OutcomeReader {
    #[new]
    fn new(ladder: &Bound<'_, Ladder>) -> Self {
        Self(Mutex::new(LogReader::new(&ladder.get().inner)))
    }

    /// Reads a row: the outcomes that it holds.
    ///
    /// Args:
    ///     place: Name of the row in messages, such as `"log.csv, line 2"`.
    ///     row: The row's values by column.
    ///
    /// Raises:
    ///     InvalidValueError, InvalidTypeError, UnknownNameError: The message names place and field.
    fn read(
        &self,
        #[pyo3(from_py_with = args::text::place)] place: String,
        row: &Bound<'_, PyDict>,
    ) -> Result<Vec<ScoredOutcome>> {
        let place = &*place;
        // Reading a cell may run Python code, so all are read before the lock.
        let read =
            |(name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| Ok((name.to_string(), cell(&value)?));
        let cells = row.iter().map(read).collect::<PyResult<Vec<(String, Cell<'static>)>>>()?;
        let find = |field: &str| cells.iter().find(|(name, _)| name == field).map(|(_, cell)| cell.clone());
        let mut reader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(reader.read(place, find)?.into_iter().map(ScoredOutcome::from).collect())
    }
}

fn cell(value: &Bound<'_, PyAny>) -> PyResult<Cell<'static>> {
    if value.is_none() {
        return Ok(Cell::Empty);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Cell::Text(utf8(text)?.0.into_owned().into()));
    }
    let shown = value.to_string();
    Ok(value.extract().map_or(Cell::Other(shown.clone()), |number| Cell::Number(number, shown)))
}
