//! Selects answers to grade: I-optimal sampling with known propensities.
//!
//! The information of an outcome is the variance of the gain that it removes from the traffic as a whole, with words taken as
//! independent. A query is drawn in proportion to the root of it. Rare words and known forms add little. Every query keeps
//! a chance, so weighting by 1 / propensity (Horvitz and Thompson, 1952) removes the selection bias.

use super::rows::digest;
use crate::estimate::Heads;
use crate::features::Scan;
use crate::{Error, Result};

/// Bounds on a query's chance, relative to that of the mean query. The lower one keeps every weight small.
const LEAST: f64 = 0.25;
const MOST: f64 = 4.0;

/// The decision to grade an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grading {
    /// True if the answer should be graded.
    pub grade: bool,
    /// Chance of being drawn, above 0. Weigh each graded answer by 1 / propensity to get unbiased means.
    pub propensity: f64,
}

impl Grading {
    /// Decides for a scanned query. Equal queries, names, rates and heads give equal decisions.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the rate, the share of mean queries to grade, is above 0 and at most 1.
    pub fn decide(heads: Option<&Heads>, scan: &Scan, name: &str, rate: f64) -> Result<Self> {
        if !(rate > 0.0 && rate <= 1.0) {
            return Err(Error::invalid("rate", rate, "above 0 and at most 1"));
        }
        let against_mean = heads.map_or(1.0, |heads| heads.teaches(scan).clamp(LEAST, MOST));
        let propensity = (rate * against_mean).min(1.0);
        // The upper 53 bits of a digest: uniform in [0, 1).
        let drawn = (digest(format!("grade {name}").as_bytes()) >> 11) as f64 / (1u64 << 53) as f64;
        Ok(Self { grade: drawn < propensity, propensity })
    }
}
