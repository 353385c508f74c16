//! The prior of votes, learned from earlier ones.

use crate::error::Result;
use crate::whole::{Int, int, whole};
use pyo3::prelude::*;
use pyo3::types::PyType;
use rheostat::vote as core;
use std::sync::Arc;

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

#[pymethods]
impl VotePrior {
    #[new]
    fn new(rows: Vec<(f64, f64, f64)>) -> Result<Self> {
        let rows: Vec<_> = rows.into_iter().map(|(first, second, weight)| [first, second, weight]).collect();
        Ok(Self { inner: Arc::new(core::Prior::new(&rows)?) })
    }

    /// Learns from the counts of earlier votes: `(first, second, total)` each.
    ///
    /// Raises:
    ///     InvalidValueError: A vote has no samples, or its counts do not fit.
    #[classmethod]
    fn learn(_cls: &Bound<'_, PyType>, votes: Vec<(Int, Int, Int)>) -> Result<Self> {
        let count = |what, votes| whole(what, votes, 0..=u32::MAX);
        let votes: Result<Vec<_>> = votes
            .into_iter()
            .map(|(first, second, total)| {
                Ok((count("first", first)?, count("second", second)?, count("total", total)?))
            })
            .collect();
        Ok(Self { inner: Arc::new(core::Prior::learn(votes?)?) })
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
    fn rows(&self) -> Vec<(f64, f64, f64)> {
        self.inner.rows().iter().map(|row| (row[0], row[1], row[2])).collect()
    }

    fn __repr__(&self) -> String {
        format!("VotePrior({} rows)", self.inner.rows().len())
    }
}
