//! Takes the rung with the least expected cost: its price, plus the cost of an error times its probability.
//!
//! If the recall of doubts is known, the cost includes the ramps that they lead to: a low rung is worth trying if its
//! wrong answers are noticed, because a higher rung then answers again.

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

/// The open rung of least expected cost; of equals, the lowest. `doubts` has one entry per rung, or none at all.
pub(super) fn choose(usd_per_error: f64, prospects: &[Prospect], doubts: &[Doubt]) -> Option<usize> {
    let (mut found, mut best, mut least) = (false, 0, 0.0);
    for (i, p) in prospects.iter().enumerate() {
        let cost = cost(usd_per_error, prospects, doubts, i);
        // The winner is unpredictable, so a branch would be mispredicted; a conditional move is not.
        let better = p.open & (!found | (cost < least));
        best = select_unpredictable(better, i, best);
        least = select_unpredictable(better, cost, least);
        found |= better;
    }
    found.then_some(best)
}

/// Expected cost of starting on a rung, errors included, in US dollars.
pub(super) fn cost(usd_per_error: f64, prospects: &[Prospect], doubts: &[Doubt], rung: usize) -> f64 {
    match prospects.get(rung) {
        Some(p) if doubts.is_empty() => alone(usd_per_error, *p),
        _ => ahead(usd_per_error, prospects, doubts, rung),
    }
}

fn alone(usd_per_error: f64, prospect: Prospect) -> f64 {
    prospect.usd + usd_per_error * (1.0 - prospect.p_correct)
}

/// Expected cost of starting on a rung when each doubt leads to the next rung up.
///
/// Model: a higher rung answers correctly whatever a lower one does. Queries that are still wrong after some rungs are
/// those that the best of them gets wrong and that each one's doubt has caught.
fn ahead(usd_per_error: f64, prospects: &[Prospect], doubts: &[Doubt], start: usize) -> f64 {
    // Share of queries that reach this rung, and share of wrong answers that all doubts so far have caught.
    let (mut reach, mut caught, mut cost) = (1.0, 1.0, 0.0);
    let mut best = 0.0_f64;
    let mut rungs = prospects.iter().zip(doubts).skip(start).filter(|(p, _)| p.open).peekable();
    while let Some((p, doubt)) = rungs.next() {
        best = best.max(p.p_correct);
        cost += reach * p.usd;
        let wrong = ((1.0 - best) * caught).min(reach);
        // Without a known recall, or at the top, this rung's answer is final.
        if rungs.peek().is_none() || !doubt.known() {
            return cost + usd_per_error * wrong;
        }
        cost += usd_per_error * wrong * (1.0 - doubt.caught);
        reach = wrong * doubt.caught + (reach - wrong) * doubt.false_alarms;
        caught *= doubt.caught;
    }
    cost
}
