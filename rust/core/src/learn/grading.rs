//! Which queries to grade: those whose outcome teaches most, drawn with known chances.

use super::rows::digest;
use crate::estimate::Heads;
use crate::features::Scan;
use crate::{Error, Result};

/// However little a query teaches, it is drawn this often against the mean one: every query keeps a chance, so that what is
/// weighed by one over its propensity has no bias, and no weight is huge.
const LEAST: f64 = 0.25;
/// However much it teaches, it is not drawn more often than this against the mean one.
const MOST: f64 = 4.0;

/// Whether a query should be graded, and the chance that it had.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grading {
    /// Whether to grade it.
    pub grade: bool,
    /// The chance with which that was drawn, above 0. Means over graded queries that weigh each by one over its propensity
    /// are unbiased for all queries.
    pub propensity: f64,
}

impl Grading {
    /// Decides about a scanned query whose plan has the given name. The same query, name, rate and heads give the same
    /// decision.
    ///
    /// What an outcome teaches is by how much it lowers the mean variance of the net gain over the traffic (I-optimal design,
    /// with words taken as independent): a query is drawn in proportion to its root. Queries whose words are rare, however
    /// little is known of them, teach next to nothing of the others; nor do those of a form that is known.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the rate, the share of mean queries to grade, is above 0 and at most 1.
    pub fn decide(heads: Option<&Heads>, scan: &Scan, name: &str, rate: f64) -> Result<Self> {
        if !(rate > 0.0 && rate <= 1.0) {
            return Err(Error::invalid("rate", rate, "above 0 and at most 1"));
        }
        let against_mean = heads.map_or(1.0, |heads| heads.teaches(scan).clamp(LEAST, MOST));
        let propensity = (rate * against_mean).min(1.0);
        // From the upper bits of a digest a number in [0, 1).
        let drawn = (digest(format!("grade {name}").as_bytes()) >> 11) as f64 / (1u64 << 53) as f64;
        Ok(Self { grade: drawn < propensity, propensity })
    }
}
