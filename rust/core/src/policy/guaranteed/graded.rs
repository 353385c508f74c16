//! A graded query, and the rung that a threshold gives it.

use crate::{Error, Result};

/// One query of a calibration log, by rung from the lowest to the top.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// P(correct) of each rung by the estimator.
    pub chances: Vec<f64>,
    /// Expected cost of each rung, in US dollars.
    pub usd: Vec<f64>,
    /// Score of each rung's answer, in [0, 1].
    pub scores: Vec<f64>,
    /// The independent unit that the query belongs to.
    pub group: u64,
}

/// The rung with the best balance of dollars saved and points lost against the top one; of equal ones the lowest. `of` gives a
/// rung's P(correct) and expected cost.
pub(super) fn best(top: usize, of: impl Fn(usize) -> (f64, f64), threshold: f64) -> usize {
    let (chance, usd) = of(top);
    let (mut found, mut most) = (top, f64::NEG_INFINITY);
    for rung in 0..=top {
        let (this, cost) = of(rung);
        let balance = threshold * saved(rung, top, usd, cost) - (chance - this);
        if balance > most {
            (found, most) = (rung, balance);
        }
    }
    found
}

/// The saving of a rung against the top one: US dollars, or its distance below it if the top one costs nothing.
pub(super) fn saved(rung: usize, top: usize, usd: f64, cost: f64) -> f64 {
    if usd > 0.0 { (usd - cost).max(0.0) } else { (top - rung) as f64 / top.max(1) as f64 }
}

/// Checks one query of a log.
pub(super) fn check(row: usize, graded: &Graded, rungs: usize) -> Result<()> {
    for (what, values, most) in
        [("chances", &graded.chances, 1.0), ("scores", &graded.scores, 1.0), ("usd", &graded.usd, f64::MAX)]
    {
        if values.len() != rungs {
            let bound = format!("one for each of {rungs} rungs");
            return Err(Error::invalid(format!("{what}[{row}]"), format!("{} values", values.len()), bound));
        }
        if let Some(i) = values.iter().position(|x| !(0.0..=most).contains(x)) {
            let bound = if most > 1.0 { "a finite number of at least 0" } else { "between 0 and 1" };
            return Err(Error::invalid(format!("{what}[{row}][{i}]"), values[i], bound));
        }
    }
    Ok(())
}
