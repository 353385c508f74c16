//! A total budget over many queries at once.
//!
//! Of each query's rungs only those on the upper concave envelope of gain over cost are ever worth taking. Their steps,
//! over all queries, are taken by gain per dollar for as long as the budget lasts: the optimum of the Lagrangian, and of
//! the linear relaxation. Where gains are concave and steps cost the same, that is the exact optimum; else what is lost
//! is less than one step's gain, and [`Allocation::bound`] says what no allocation can exceed.

use crate::{Error, Result};

/// An allocation of a budget.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// Each query's rung, by its place.
    pub rungs: Vec<usize>,
    /// What it costs, in the budget's unit.
    pub cost: f64,
    /// What it gains.
    pub gain: f64,
    /// No allocation within the budget gains more.
    pub bound: f64,
    /// Gain for each unit of cost at the margin: the price of compute of this budget. Infinite when nothing was left
    /// to choose.
    pub price: f64,
}

/// One step up the envelope of a query.
#[derive(Debug, Clone, Copy)]
struct Step {
    query: usize,
    /// Its number on the query's envelope: the steps before it come first.
    order: usize,
    rung: usize,
    gain: f64,
    cost: f64,
}

impl Step {
    fn slope(&self) -> f64 {
        if self.cost > 0.0 { self.gain / self.cost } else { f64::INFINITY }
    }
}

/// Chooses a rung for each query, such that the sum of gains is as large as a total budget allows.
///
/// `gains` and `costs` hold one row of `rungs` numbers for each query. Every query takes at least its cheapest rung,
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
                steps.push(Step { query, order, rung: to, gain: g, cost: c });
            }
        }
    }
    let by_slope = |a: &Step, b: &Step| b.slope().total_cmp(&a.slope());
    steps.sort_by(|a, b| by_slope(a, b).then(a.query.cmp(&b.query)).then(a.order.cmp(&b.order)));
    let mut bound = gain;
    let mut left = (budget - cost).max(0.0);
    let (mut relaxed_left, mut price) = (left, f64::INFINITY);
    let mut taken = vec![0usize; chosen.len()];
    for step in &steps {
        // The relaxation may take a part of the step that does not fit.
        let part = if step.cost > relaxed_left { relaxed_left / step.cost } else { 1.0 };
        bound += step.gain * part;
        relaxed_left = (relaxed_left - step.cost * part).max(0.0);
        // A query's step counts only on top of those before it.
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
            // The middle one lies below the line between its neighbours. One that lies on it stays: a smaller step may
            // fit where the whole of it does not.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The best of all allocations.
    fn by_trying_all(gains: &[f64], costs: &[f64], rungs: usize, budget: f64) -> f64 {
        let queries = gains.len() / rungs;
        let mut best = f64::NEG_INFINITY;
        for code in 0..rungs.pow(queries as u32) {
            let (mut gain, mut cost, mut code) = (0.0, 0.0, code);
            for q in 0..queries {
                gain += gains[q * rungs + code % rungs];
                cost += costs[q * rungs + code % rungs];
                code /= rungs;
            }
            if cost <= budget + 1e-9 {
                best = best.max(gain);
            }
        }
        best
    }

    proptest! {
        #[test]
        fn concave_gains_in_equal_steps_are_allocated_exactly(
            drops in prop::collection::vec(prop::collection::vec(1u32..100, 3), 1..5), budget in 0u32..20,
        ) {
            // Gains whose steps fall, costs of one each.
            let (mut gains, mut costs) = (Vec::new(), Vec::new());
            for mut steps in drops {
                steps.sort_unstable_by(|a, b| b.cmp(a));
                let mut sum = 0.0;
                gains.push(0.0);
                gains.extend(steps.iter().map(|step| { sum += f64::from(*step); sum }));
                costs.extend([0.0, 1.0, 2.0, 3.0]);
            }
            let got = allocate(&gains, &costs, 4, f64::from(budget)).unwrap();
            prop_assert!((got.gain - by_trying_all(&gains, &costs, 4, f64::from(budget))).abs() < 1e-9);
            prop_assert!(got.cost <= f64::from(budget));
        }

        #[test]
        fn any_gains_are_allocated_within_one_step_of_the_bound(
            rows in prop::collection::vec((prop::collection::vec(0.0f64..1.0, 3), prop::collection::vec(0.1f64..2.0, 3)), 1..6),
            more in 0.0f64..6.0,
        ) {
            let gains: Vec<f64> = rows.iter().flat_map(|(g, _)| g.clone()).collect();
            let costs: Vec<f64> = rows.iter().flat_map(|(_, c)| c.clone()).collect();
            let least: f64 = costs.chunks(3).map(|c| c.iter().copied().fold(f64::INFINITY, f64::min)).sum();
            let budget = least + more;
            let got = allocate(&gains, &costs, 3, budget).unwrap();
            let best = by_trying_all(&gains, &costs, 3, budget);
            prop_assert!(got.cost <= budget + 1e-9);
            prop_assert!(got.gain <= best + 1e-9 && best <= got.bound + 1e-9);
            prop_assert!(got.bound - got.gain <= 1.0 + 1e-9);
            let sum = |of: &[f64]| got.rungs.iter().enumerate().map(|(q, r)| of[q * 3 + r]).sum::<f64>();
            prop_assert!((sum(&gains) - got.gain).abs() < 1e-9 && (sum(&costs) - got.cost).abs() < 1e-9);
        }
    }

    #[test]
    fn bad_input_is_named() {
        let text = |g: &[f64], c: &[f64], n, b| allocate(g, c, n, b).unwrap_err().to_string();
        assert!(text(&[1.0], &[], 1, 1.0).contains("whole rows"));
        assert!(text(&[1.0], &[1.0], 0, 1.0).contains("whole rows"));
        assert!(text(&[f64::NAN], &[1.0], 1, 1.0).contains("gains[0]"));
        assert!(text(&[1.0], &[-1.0], 1, 1.0).contains("costs[0]"));
        assert!(text(&[1.0], &[1.0], 1, f64::INFINITY).contains("budget"));
        assert_eq!(allocate(&[], &[], 3, 1.0).unwrap().rungs, [0usize; 0]);
    }
}
