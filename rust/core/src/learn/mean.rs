//! What is expected of a rung before its head is heard: the prior, tempered by outcomes.
//!
//! The prior says three things of a query: what its chance is with all models alike, how models' chances differ, and that
//! the stronger model gains more on long asks (`estimate/gain.rs`). Of the first as much is kept as outcomes bear out. The
//! other two are rival accounts of the same differences. Serving without outcomes ranks by length alone, and so learning
//! begins with length alone: as much is kept of it as outcomes bear out, and differences of chances are for heads to find.
//! How much more a long ask gains does not follow from how far apart the models were found: with few outcomes that is mostly
//! noise, and an order that hangs on its sign is turned around by it.

use super::design::{Design, NOISE, by_query};
use crate::estimate::tempering::{Kept, MOST_KEPT, Mean};

/// How many squared units of evidence what is believed counts for: the noise of a score over the variance of the share.
const COMMON_COUNT: f64 = 1.0;
/// What is believed of the share of length, and what that counts for (`training/difficulty/gains.py`).
const LENGTH: f64 = 1.0;
const LENGTH_COUNT: f64 = 0.25;
/// What the strongest model gains over the weakest for one deviation of the gain's tilt, which is log length but where
/// content is plain.
const GAIN: f64 = 0.03;

/// The prior as it is.
pub(super) fn prior(design: &Design, abilities: &[f64], cases: &[usize]) -> Mean {
    let models = design.models.len();
    let (mut sums, mut counts) = (vec![0.0; models], vec![0.0; models]);
    for &i in cases {
        let case = &design.cases[i];
        sums[case.model] += abilities[case.rung];
        counts[case.model] += 1.0;
    }
    let asked = sums.iter().zip(&counts).map(|(sum, count)| if *count > 0.0 { sum / count } else { 0.0 });
    let asked = asked.collect();
    Mean { curve: design.curve, asked, steps: steps(design), tilt: design.tilt, kept: Kept::PRIOR }
}

/// The prior, tempered by some cases.
pub(super) fn tempered(design: &Design, abilities: &[f64], cases: &[usize]) -> Mean {
    let mut mean = prior(design, abilities, cases);
    let said: Vec<[f64; 2]> = cases.iter().map(|&i| parts(&mean, design, i)).collect();
    let score: Vec<f64> = cases.iter().map(|&i| design.cases[i].score).collect();
    let weights: Vec<f64> = cases.iter().map(|&i| NOISE / design.cases[i].noise).collect();
    let sum = |x: &[f64], y: &[f64]| -> f64 {
        weights.iter().zip(x).zip(y).map(|((weight, x), y)| weight * x * y).sum()
    };
    let part = |which: usize| said.iter().map(|parts| parts[which]).collect::<Vec<f64>>();
    let (common, wanted) = (centred(design, cases, &part(0)), centred(design, cases, &score));
    let common = (sum(&common, &wanted) + COMMON_COUNT) / (sum(&common, &common) + COMMON_COUNT);
    // What a level says is no evidence: both the means of rungs and those of queries are taken off.
    let inner = |values: &[f64]| within(design, cases, &centred(design, cases, values));
    let (length, wanted) = (inner(&part(1)), inner(&score));
    let length = (sum(&length, &wanted) + LENGTH_COUNT * LENGTH) / (sum(&length, &length) + LENGTH_COUNT);
    mean.kept =
        Kept { common: common.clamp(0.0, 1.0), chances: 0.0, length: length.clamp(-MOST_KEPT, MOST_KEPT) };
    mean
}

/// What the prior says of a case's query for all models alike, and what length says of its own.
fn parts(mean: &Mean, design: &Design, case: usize) -> [f64; 2] {
    let case = &design.cases[case];
    let (location, tilt) = design.prior_of(case.sketch);
    let said = mean.said(location, tilt);
    [said.common, mean.steps[case.model] * said.length]
}

/// The expectation of a case's rung, but for its level.
pub(super) fn of(mean: &Mean, design: &Design, abilities: &[f64], case: usize) -> f64 {
    let case = &design.cases[case];
    let (location, tilt) = design.prior_of(case.sketch);
    mean.curve.chance(abilities[case.rung], location) + mean.change(location, tilt)[case.model]
}

/// By model, what it gains for one deviation of tilt: [`GAIN`] lies between the weakest and the strongest, by the abilities
/// that the ladder says of them, and the mean is nothing.
fn steps(design: &Design) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); design.models.len()];
    for &(_, model, ability) in &design.rungs {
        sums[model].0 += design.curve.chance(ability, 0.0);
        sums[model].1 += 1.0;
    }
    let abilities: Vec<f64> = sums.iter().map(|(sum, count): &(f64, f64)| sum / count.max(1.0)).collect();
    let ends = abilities.iter().fold((f64::MAX, f64::MIN), |(low, high), &a| (low.min(a), high.max(a)));
    let mean = abilities.iter().sum::<f64>() / abilities.len().max(1) as f64;
    let range = ends.1 - ends.0;
    abilities.iter().map(|a| if range > 1e-9 { GAIN * (a - mean) / range } else { 0.0 }).collect()
}

/// Values less their rung's mean.
fn centred(design: &Design, cases: &[usize], values: &[f64]) -> Vec<f64> {
    let mut means = vec![(0.0, 0.0); design.rungs.len()];
    for (&i, value) in cases.iter().zip(values) {
        let mean = &mut means[design.cases[i].rung];
        mean.0 += value;
        mean.1 += 1.0;
    }
    let less = |(&i, value): (&usize, &f64)| {
        let (sum, count): (f64, f64) = means[design.cases[i].rung];
        value - sum / count
    };
    cases.iter().zip(values).map(less).collect()
}

/// Values less their query's mean: nothing is left of queries with one outcome.
fn within(design: &Design, cases: &[usize], values: &[f64]) -> Vec<f64> {
    let places: std::collections::HashMap<usize, usize> =
        cases.iter().enumerate().map(|(k, &i)| (i, k)).collect();
    let mut out = values.to_vec();
    for of_query in by_query(&design.cases, cases) {
        let mean = of_query.iter().map(|i| values[places[i]]).sum::<f64>() / of_query.len() as f64;
        for i in &of_query {
            out[places[i]] -= mean;
        }
    }
    out
}
