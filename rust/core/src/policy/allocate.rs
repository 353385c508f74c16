//! Divides one budget among many queries: the multiple-choice knapsack problem, by its Lagrangian.
//!
//! ```text
//! per query: keep the rungs on the upper concave envelope of gain over cost; take the cheapest
//! over all queries: sort the upgrades along the envelopes by gain per cost
//! take each upgrade that still fits the budget, in that order
//! ```
//!
//! This is the optimum of the linear relaxation, and the exact optimum if gains are concave and all steps cost the
//! same. Otherwise it loses less than one upgrade's gain against [`Allocation::bound`]. O(n log n) for n upgrades.

use crate::{Error, Result};

/// An allocation of a budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// The index of each query's rung.
    pub rungs: Vec<usize>,
    /// Total cost, in the budget's unit.
    pub cost: f64,
    /// Total gain.
    pub gain: f64,
    /// Upper bound on the gain of any allocation within the budget.
    pub bound: f64,
    /// Shadow price: gain per unit of cost at the margin. Infinite if no upgrade was taken.
    pub price: f64,
}

/// One step up a query's envelope.
#[derive(Debug, Clone, Copy)]
struct Upgrade {
    query: usize,
    /// Number on the query's envelope; lower ones come first.
    order: usize,
    rung: usize,
    gain: f64,
    cost: f64,
}

impl Upgrade {
    fn slope(&self) -> f64 {
        if self.cost > 0.0 { self.gain / self.cost } else { f64::INFINITY }
    }
}

/// Chooses a rung for each query so that the sum of gains is as large as a total budget allows.
///
/// `gains` and `costs` hold one row of `rungs` numbers per query. Each query takes at least its cheapest rung,
/// whatever the budget.
///
/// ```
/// use rheostat::policy::allocate;
/// // Two queries; the second gains more from the dear rung.
/// let best = allocate(&[0.5, 0.6, 0.2, 0.9], &[1.0, 2.0, 1.0, 2.0], 2, 3.0)?;
/// assert_eq!(best.rungs, [0, 1]);
/// # Ok::<(), rheostat::Error>(())
/// ```
///
/// # Errors
/// [`Error::Invalid`] when the rows are not whole, a number is not finite, a cost is negative, or the budget is.
pub fn allocate(gains: &[f64], costs: &[f64], rungs: usize, budget: f64) -> Result<Allocation> {
    check(gains, costs, rungs, budget)?;
    let (mut chosen, mut steps) = (Vec::new(), Vec::new());
    let (mut cost, mut gain) = (0.0, 0.0);
    for (query, (gains, costs)) in gains.chunks_exact(rungs).zip(costs.chunks_exact(rungs)).enumerate() {
        let envelope = envelope(gains, costs);
        let first = envelope.first().copied().unwrap_or(0);
        let at =
            |rung: usize| (gains.get(rung).copied().unwrap_or(0.0), costs.get(rung).copied().unwrap_or(0.0));
        (gain, cost) = (gain + at(first).0, cost + at(first).1);
        chosen.push(first);
        for (order, pair) in envelope.windows(2).enumerate() {
            if let [from, to] = *pair {
                let (g, c) = (at(to).0 - at(from).0, at(to).1 - at(from).1);
                steps.push(Upgrade { query, order, rung: to, gain: g, cost: c });
            }
        }
    }
    let by_slope = |a: &Upgrade, b: &Upgrade| b.slope().total_cmp(&a.slope());
    steps.sort_by(|a, b| by_slope(a, b).then(a.query.cmp(&b.query)).then(a.order.cmp(&b.order)));
    let mut bound = gain;
    let mut left = (budget - cost).max(0.0);
    let (mut relaxed_left, mut price) = (left, f64::INFINITY);
    let mut taken = vec![0usize; chosen.len()];
    for step in &steps {
        // The relaxation takes a part of a step that does not fit.
        let part = if step.cost > relaxed_left { relaxed_left / step.cost } else { 1.0 };
        bound += step.gain * part;
        relaxed_left = (relaxed_left - step.cost * part).max(0.0);
        // A query's steps are taken in order.
        let (Some(next), Some(rung)) = (taken.get_mut(step.query), chosen.get_mut(step.query)) else {
            continue;
        };
        if *next == step.order && step.cost <= left {
            (*next, *rung) = (*next + 1, step.rung);
            left -= step.cost;
            (gain, cost) = (gain + step.gain, cost + step.cost);
            price = step.slope();
        }
    }
    Ok(Allocation { rungs: chosen, cost, gain, bound, price })
}

fn check(gains: &[f64], costs: &[f64], rungs: usize, budget: f64) -> Result<()> {
    if rungs == 0 || gains.len() != costs.len() || !gains.len().is_multiple_of(rungs) {
        let got = format!("{} gains and {} costs of {rungs} rungs", gains.len(), costs.len());
        return Err(Error::invalid("gains, costs", got, "as many of each, in whole rows"));
    }
    if let Some(i) = gains.iter().position(|gain| !gain.is_finite()) {
        return Err(Error::invalid(format!("gains[{i}]"), gains[i], "a finite number"));
    }
    if let Some(i) = costs.iter().position(|cost| !(cost.is_finite() && *cost >= 0.0)) {
        return Err(Error::invalid(format!("costs[{i}]"), costs[i], "a finite number of at least 0"));
    }
    if !(budget.is_finite() && budget >= 0.0) {
        return Err(Error::invalid("budget", budget, "a finite number of at least 0"));
    }
    Ok(())
}

/// The rungs on the upper concave envelope of gain over cost, cheapest first.
fn envelope(gains: &[f64], costs: &[f64]) -> Vec<usize> {
    let at = |rung: usize| (costs.get(rung).copied().unwrap_or(0.0), gains.get(rung).copied().unwrap_or(0.0));
    let mut order: Vec<usize> = (0..gains.len()).collect();
    order.sort_by(|&a, &b| at(a).0.total_cmp(&at(b).0).then(at(b).1.total_cmp(&at(a).1)).then(a.cmp(&b)));
    let mut hull: Vec<usize> = Vec::new();
    for rung in order {
        let (cost, gain) = at(rung);
        if hull.last().is_some_and(|&last| gain <= at(last).1) {
            continue;
        }
        while let [.., a, b] = *hull.as_slice() {
            let ((ca, ga), (cb, gb)) = (at(a), at(b));
            // Drops a rung below the line between its neighbours. A rung on the line stays: its smaller steps may fit
            // where the whole does not.
            if (gb - ga) * (cost - ca) < (gain - ga) * (cb - ca) {
                hull.pop();
            } else {
                break;
            }
        }
        hull.push(rung);
    }
    hull
}
