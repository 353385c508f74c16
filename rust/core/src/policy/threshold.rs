//! Takes the lowest rung whose threshold the difficulty does not reach.

use super::prospect::Prospect;
use crate::{Error, Result};

pub(super) fn validate(thresholds: &[f64]) -> Result<()> {
    for (i, threshold) in thresholds.iter().enumerate() {
        if !(0.0..=1.0).contains(threshold) {
            return Err(Error::invalid(format!("thresholds[{i}]"), threshold, "between 0 and 1"));
        }
    }
    match thresholds.windows(2).position(|w| w[0] > w[1]) {
        Some(i) => Err(Error::invalid(
            format!("thresholds[{}]", i + 1),
            thresholds[i + 1],
            format!("at least the one before, {}", thresholds[i]),
        )),
        None => Ok(()),
    }
}

/// The rung between its thresholds. If it is not open: the next open one above, else below.
pub(super) fn choose(thresholds: &[f64], difficulty: f64, prospects: &[Prospect]) -> Option<usize> {
    let wanted = thresholds.iter().filter(|threshold| difficulty >= **threshold).count();
    let open = |i: &usize| prospects.get(*i).is_some_and(|p| p.open);
    (wanted..prospects.len()).find(open).or_else(|| (0..wanted.min(prospects.len())).rev().find(open))
}
