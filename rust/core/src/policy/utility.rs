//! The least expected cost: what a rung is expected to cost, plus what an error costs times the chance of one.

use super::Prospect;
use crate::{Error, Result};

pub(super) fn validate(usd_per_error: f64) -> Result<()> {
    if usd_per_error >= 0.0 && usd_per_error.is_finite() {
        return Ok(());
    }
    Err(Error::invalid("usd_per_error", usd_per_error, "a finite number of at least 0"))
}

/// The open rung of least expected cost; of equals, the lowest.
pub(super) fn choose(usd_per_error: f64, prospects: &[Prospect]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (i, p) in prospects.iter().enumerate() {
        let cost = p.usd + usd_per_error * (1.0 - p.p_correct);
        if p.open && best.is_none_or(|(_, least)| cost < least) {
            best = Some((i, cost));
        }
    }
    best.map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_weighed_against_prices() {
        let of = |p_correct, usd| Prospect { p_correct, usd, open: true };
        let rungs = [of(0.6, 0.001), of(0.8, 0.01), of(0.9, 0.1)];
        assert_eq!(choose(0.0, &rungs), Some(0));
        assert_eq!(choose(0.1, &rungs), Some(1));
        assert_eq!(choose(2.0, &rungs), Some(2));
        assert_eq!(choose(2.0, &[Prospect { open: false, ..rungs[0] }]), None);
    }

    #[test]
    fn bad_costs_are_named() {
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(validate(bad).unwrap_err().to_string().starts_with("usd_per_error"));
        }
    }
}
