//! The least expected cost: what a rung is expected to cost, plus what an error costs times the chance of one.
//!
//! Where it is known what doubts about a rung's answers find, what follows a doubt is reckoned in: a low rung costs little
//! if its wrong answers are noticed, for then a higher one gives another.

use super::prospect::Prospect;
use crate::ladder::Doubt;
use crate::{Error, Result};
use std::hint::select_unpredictable;

pub(super) fn validate(usd_per_error: f64) -> Result<()> {
    if usd_per_error >= 0.0 && usd_per_error.is_finite() {
        return Ok(());
    }
    Err(Error::invalid("usd_per_error", usd_per_error, "a finite number of at least 0"))
}

/// The open rung of least expected cost; of equals, the lowest. `doubts` has one for each rung, or none at all.
pub(super) fn choose(usd_per_error: f64, prospects: &[Prospect], doubts: &[Doubt]) -> Option<usize> {
    let (mut found, mut best, mut least) = (false, 0, 0.0);
    for (i, p) in prospects.iter().enumerate() {
        let cost = cost(usd_per_error, prospects, doubts, i);
        // Which rung it will be cannot be foreseen, so nothing branches on it.
        let better = p.open & (!found | (cost < least));
        best = select_unpredictable(better, i, best);
        least = select_unpredictable(better, cost, least);
        found |= better;
    }
    found.then_some(best)
}

/// What beginning on a rung is expected to cost, errors counted, in US dollars.
pub(super) fn cost(usd_per_error: f64, prospects: &[Prospect], doubts: &[Doubt], rung: usize) -> f64 {
    match prospects.get(rung) {
        Some(p) if doubts.is_empty() => alone(usd_per_error, *p),
        _ => ahead(usd_per_error, prospects, doubts, rung),
    }
}

fn alone(usd_per_error: f64, prospect: Prospect) -> f64 {
    prospect.usd + usd_per_error * (1.0 - prospect.p_correct)
}

/// What beginning on a rung is expected to cost when every doubt leads to the next rung up.
///
/// What a rung gets right, the rungs above it are taken to get right as well. So the queries that are still wrong after some
/// rungs are those that the best of them gets wrong and that every one's doubt has caught.
fn ahead(usd_per_error: f64, prospects: &[Prospect], doubts: &[Doubt], start: usize) -> f64 {
    // Of the queries that begin here: those that come as far as this rung, and the share of wrong ones that doubts caught.
    let (mut reach, mut caught, mut cost) = (1.0, 1.0, 0.0);
    let mut best = 0.0_f64;
    let mut rungs = prospects.iter().zip(doubts).skip(start).filter(|(p, _)| p.open).peekable();
    while let Some((p, doubt)) = rungs.next() {
        best = best.max(p.p_correct);
        cost += reach * p.usd;
        let wrong = ((1.0 - best) * caught).min(reach);
        // Nothing is known of its doubts, or nothing is above: it answers as it can.
        if rungs.peek().is_none() || !doubt.known() {
            return cost + usd_per_error * wrong;
        }
        cost += usd_per_error * wrong * (1.0 - doubt.caught);
        reach = wrong * doubt.caught + (reach - wrong) * doubt.false_alarms;
        caught *= doubt.caught;
    }
    cost
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn errors_are_weighed_against_prices() {
        let of = |p_correct, usd| Prospect { p_correct, usd, open: true };
        let rungs = [of(0.6, 0.001), of(0.8, 0.01), of(0.9, 0.1)];
        assert_eq!(choose(0.0, &rungs, &[]), Some(0));
        assert_eq!(choose(0.1, &rungs, &[]), Some(1));
        assert_eq!(choose(2.0, &rungs, &[]), Some(2));
        assert_eq!(choose(2.0, &[Prospect { open: false, ..rungs[0] }], &[]), None);
    }

    #[test]
    fn a_low_rung_is_worth_trying_where_its_errors_are_caught() {
        let of = |p_correct, usd| Prospect { p_correct, usd, open: true };
        let rungs = [of(0.7, 0.001), of(0.95, 0.01)];
        let caught = |caught| [Doubt { caught, false_alarms: 0.1, ..Doubt::default() }, Doubt::default()];
        assert_eq!(choose(1.0, &rungs, &[]), Some(1));
        assert_eq!(choose(1.0, &rungs, &caught(0.5)), Some(1), "half of its errors would stay");
        assert_eq!(choose(1.0, &rungs, &caught(0.99)), Some(0));
        // A query that the low rung hardly ever gets right goes straight to the high one.
        let hard = [of(0.02, 0.001), of(0.95, 0.01)];
        assert_eq!(choose(0.01, &hard, &caught(0.99)), Some(1));
    }

    proptest! {
        /// What nobody knows anything of is what it was without; and knowing more is never dearer.
        #[test]
        fn looking_ahead_agrees_with_not_looking(
            rungs in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, any::<bool>()), 1..6), usd in 0.0..10.0f64,
        ) {
            let prospects: Vec<_> =
                rungs.iter().map(|&(p_correct, usd, open)| Prospect { p_correct, usd, open }).collect();
            let unknown = vec![Doubt::default(); prospects.len()];
            prop_assert_eq!(choose(usd, &prospects, &unknown), choose(usd, &prospects, &[]));
        }

        /// The formula against counting: every query of a population is followed up the ladder.
        #[test]
        fn looking_ahead_is_what_counting_gives(
            able in prop::collection::vec(0.0..1.0f64, 2..5), price in 0.0..0.1f64, caught in 0.01..1.0f64, alarms in 0.0..1.0f64,
        ) {
            let mut able = able;
            able.sort_by(f64::total_cmp);
            let prospects: Vec<_> = able.iter().map(|&p_correct| Prospect { p_correct, usd: price, open: true }).collect();
            let doubt = Doubt { caught, false_alarms: alarms, ..Doubt::default() };
            let doubts = vec![doubt; prospects.len()];
            // Queries by the lowest rung that gets them right; the mass of each, as it goes up.
            let mut expected = 0.0;
            for first in 0..=able.len() {
                let below = if first == 0 { 0.0 } else { able[first - 1] };
                let mass = able.get(first).copied().unwrap_or(1.0) - below;
                let mut going = mass;
                for rung in 0..able.len() {
                    expected += going * price;
                    let right = rung >= first;
                    let last = rung + 1 == able.len();
                    let goes_up = if last { 0.0 } else if right { alarms } else { caught };
                    expected += if right { 0.0 } else { 2.0 * going * (1.0 - goes_up) };
                    going *= goes_up;
                }
            }
            let found = ahead(2.0, &prospects, &doubts, 0);
            prop_assert!((found - expected).abs() < 1e-9, "{found} against {expected}");
        }
    }

    #[test]
    fn bad_costs_are_named() {
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(validate(bad).unwrap_err().to_string().starts_with("usd_per_error"));
        }
    }
}
