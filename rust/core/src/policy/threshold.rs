//! The lowest rung whose threshold the difficulty does not reach.

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

/// The rung between its thresholds; where that one is not open the next above, or else the next below.
pub(super) fn choose(thresholds: &[f64], difficulty: f64, prospects: &[Prospect]) -> Option<usize> {
    let wanted = thresholds.iter().filter(|threshold| difficulty >= **threshold).count();
    let open = |i: &usize| prospects.get(*i).is_some_and(|p| p.open);
    (wanted..prospects.len()).find(open).or_else(|| (0..wanted.min(prospects.len())).rev().find(open))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::refuses;

    #[test]
    fn thresholds_part_the_difficulties() {
        let open = [Prospect { p_correct: 0.5, usd: 0.0, open: true }; 3];
        let at = |difficulty| choose(&[0.3, 0.7], difficulty, &open);
        assert_eq!([at(0.0), at(0.29), at(0.3), at(0.69), at(0.7), at(1.0)], [0, 0, 1, 1, 2, 2].map(Some));
        let mut closed = open;
        closed[1].open = false;
        assert_eq!(choose(&[0.3, 0.7], 0.5, &closed), Some(2));
        closed[2].open = false;
        assert_eq!(choose(&[0.3, 0.7], 0.9, &closed), Some(0));
        closed[0].open = false;
        assert_eq!(choose(&[0.3, 0.7], 0.9, &closed), None);
    }

    #[test]
    fn bad_thresholds_are_named() {
        let text = |thresholds: &[f64]| validate(thresholds).unwrap_err().to_string();
        assert!(refuses(&text(&[0.5, 0.4]), "thresholds[1]", "0.4"));
        assert!(refuses(&text(&[f64::NAN]), "thresholds[0]", "NaN"));
        assert!(refuses(&text(&[0.1, 1.5]), "thresholds[1]", "1.5"));
    }
}
