//! The prior of votes, learned from earlier ones.

use crate::args::{read_list, read_real};
use crate::error::{Result, wrong_type};
use crate::typed::named;
use crate::whole::{Int, int, whole};
use pyo3::prelude::*;
use pyo3::types::PyType;
use rheostat::vote as core;
use std::sync::Arc;

named!(PriorRow((f64, f64, f64)));

/// Distribution of the answers to one question, learned from earlier votes: the prior of the rule `"bayes"`.
///
/// Args:
///     rows: `(p1, p2, weight)`: the probabilities of the likeliest answer and of the second, and how often it was so.
///         What the two leave is split among as many equal answers as it takes for none to pass the second.
///
/// Raises:
///     InvalidValueError: A row is out of bounds, none has weight, or there are more than 4,096.
///
/// Example:
///     >>> import rheostat as rh
///     >>> prior = rh.votes.VotePrior.learn([(40, 0, 40), (39, 1, 40), (22, 15, 40)])
///     >>> prior.leads(3, 0, 0) > prior.leads(3, 1, 0)
///     True
#[pyclass(frozen, module = "rheostat.votes")]
pub(crate) struct VotePrior {
    pub(crate) inner: Arc<core::Prior>,
}

/// Reads a row of three.
fn three<T>(
    row: &Bound<'_, PyAny>,
    what: &str,
    read: impl Fn(&Bound<'_, PyAny>, &str) -> Result<T>,
) -> Result<[T; 3]> {
    let bad = || wrong_type(what, row, "a row of three numbers");
    read_list(row, what, "a row of three numbers", read)?.try_into().map_err(|_| bad())
}

#[pymethods]
impl VotePrior {
    #[new]
    #[pyo3(signature = (rows: "Iterable[tuple[float, float, float]]"))]
    fn new(rows: &Bound<'_, PyAny>) -> Result<Self> {
        let rows = read_list(rows, "rows", "an iterable of rows of three numbers", |row, what| {
            three(row, what, read_real)
        })?;
        Ok(Self { inner: Arc::new(core::Prior::new(&rows)?) })
    }

    /// Learns from the counts of earlier votes: `(first, second, total)` each.
    ///
    /// Raises:
    ///     InvalidValueError: A vote has no samples, or its counts do not fit.
    #[classmethod]
    #[pyo3(signature = (votes: "Iterable[tuple[int, int, int]]"))]
    fn learn(_cls: &Bound<'_, PyType>, votes: &Bound<'_, PyAny>) -> Result<Self> {
        let count = |value: &Bound<'_, PyAny>, what: &str| whole(what, value.extract::<Int>()?, 0..=u32::MAX);
        let votes = read_list(votes, "votes", "an iterable of rows of three whole numbers", |vote, what| {
            three(vote, what, count).map(|[first, second, total]| (first, second, total))
        })?;
        Ok(Self { inner: Arc::new(core::Prior::learn(votes)?) })
    }

    /// The probability that an answer with `first` votes is the likeliest one, when another has `second` votes and
    /// all others together `rest`.
    #[pyo3(signature = (first, second, rest = 0))]
    fn leads(&self, first: Int, second: Int, #[pyo3(from_py_with = int)] rest: i128) -> Result<f64> {
        let count = |what, votes| whole(what, votes, 0..=u32::MAX);
        Ok(self.inner.leads(count("first", first)?, count("second", second)?, count("rest", rest.into())?))
    }

    /// The rows.
    #[getter]
    fn rows(&self) -> Vec<PriorRow> {
        self.inner.rows().iter().map(|&[first, second, weight]| PriorRow((first, second, weight))).collect()
    }

    fn __repr__(&self) -> String {
        format!("VotePrior({} rows)", self.inner.rows().len())
    }
}
