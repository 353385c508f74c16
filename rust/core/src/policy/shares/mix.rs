//! The mixes of rungs that shares choose by themselves: the usual one, and those that cost a budget.

use crate::estimate::{exp, ln};
use crate::ladder::{Ladder, Load, RungCost};
use crate::{Error, Result};

/// Share of the rungs above the lowest, and how the next of them shrinks: 70, 25 and 5 % on three rungs.
const ABOVE_LOWEST: f64 = 0.3;
const SHRINKING: f64 = 0.2;

/// Checks that some rung has a price, so that a budget says something.
pub(super) fn priced(usd: f64, ladder: &Ladder) -> Result<()> {
    let priced = ladder.rungs().iter().any(|rung| rung.input_price > 0.0 || rung.output_price > 0.0);
    let bound = "for a ladder with prices: give its rungs input_price and output_price, or use shares";
    if priced { Ok(()) } else { Err(Error::invalid("usd_per_1000", usd, bound)) }
}

/// The highest rung that shares of an operator's own may use: the top one, unless the ladder names a lower `start_max`.
pub(super) fn highest(ladder: &Ladder) -> usize {
    if ladder.names_start_max() { ladder.start_max() } else { ladder.rungs().len() - 1 }
}

/// The usual shares of a ladder: 70 % on the lowest rung, and on each above the second a fifth of the rung below it. Rungs above
/// `start_max` get none. Tails are raised to a power, if one is given: below 1 for more compute, above for less.
pub(super) fn usual(rungs: usize, start_max: usize, power: Option<f64>) -> Vec<f64> {
    let used = start_max.min(rungs.saturating_sub(1)) + 1;
    let weight = |i: usize| (1..i).fold(1.0, |weight, _| weight * SHRINKING);
    let sum: f64 = (1..used).map(weight).sum();
    let tail = |i: usize| match i {
        0 => 1.0,
        i if i >= used => 0.0,
        i => {
            let tail = ABOVE_LOWEST * (i..used).map(weight).sum::<f64>() / sum;
            power.map_or(tail, |power| exp(power * ln(tail)))
        }
    };
    (0..rungs).map(|i| tail(i) - tail(i + 1)).collect()
}

/// The usual shares up to a rung, with all tails raised to one power: `part` of the queries go above the lowest rung.
pub(super) fn above_lowest(part: f64, rungs: usize, most: usize) -> Vec<f64> {
    let mut shares =
        if part > 0.0 { usual(rungs, most, Some(ln(part) / ln(ABOVE_LOWEST))) } else { vec![0.0; rungs] };
    // At the ends, and on a single rung, exactly.
    if part == 0.0 || rungs == 1 {
        shares[0] = 1.0;
    }
    shares
}

/// The usual shares up to a rung, moved up or down until the queries cost `usd` per thousand: bisection over the power of the
/// tails. The cheapest or the dearest shares where the budget is outside what they cost. With the shares, what these two cost.
pub(super) fn within(
    usd: f64,
    ladder: &Ladder,
    most: usize,
    queries: &[(f64, Load)],
) -> (Vec<f64>, (f64, f64)) {
    let mut sorted = queries.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let costs: Vec<RungCost> = ladder.rungs().iter().map(RungCost::of).collect();
    let shares = |log: f64| usual(costs.len(), most, Some(exp(log)));
    let cost = |shares: &[f64]| {
        let mut total = 0.0;
        for (i, (_, load)) in sorted.iter().enumerate() {
            let quantile = (i as f64 + 0.5) / sorted.len() as f64;
            let mut below = 0.0;
            let over = |share: &&f64| {
                below += **share;
                below <= quantile
            };
            let rung = shares.iter().take_while(over).count().min(costs.len() - 1);
            total += costs[rung].usd(load);
        }
        1e3 * total / sorted.len().max(1) as f64
    };
    // The logarithm of the power: from nearly everything on start_max to nearly everything on the lowest rung.
    let (mut low, mut high) = (-8.0, 4.0);
    let (cheapest, dearest) = (cost(&shares(high)), cost(&shares(low)));
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if cost(&shares(middle)) > usd { low = middle } else { high = middle }
    }
    (shares(high), (cheapest, dearest))
}
