//! Fits the tempered prior (`estimate/tempering.rs`): the shares of the prior's terms that outcomes support.
//!
//! Each share is a ridge regression of one coefficient. The common share regresses scores on the mean chance, both centred
//! per rung. The length share regresses them on the length of the ask, centred per rung and per query as well: only outcomes
//! of one query on several models tell about gains. The chances share is 0, because heads find the differences of models.

use super::design::{Design, NOISE, by_query};
use crate::estimate::tempering::{MAX_LENGTH_SHARE, PriorMean, PriorShares};

/// Prior precision of "the common share is 1": noise variance of a score over the prior variance of the share.
const COMMON_PRECISION: f64 = 1.0;
/// Prior mean and precision of the length share (`training/difficulty/gains.py`).
const LENGTH: f64 = 1.0;
const LENGTH_PRECISION: f64 = 0.25;
/// Gain of the strongest model over the weakest per deviation of tilt. The tilt is log length, except where content is clearly
/// hard or clearly small talk.
const GAIN: f64 = 0.03;

/// The plain prior.
pub(super) fn prior(design: &Design, abilities: &[f64], cases: &[usize]) -> PriorMean {
    let models = design.models.len();
    let (mut sums, mut counts) = (vec![0.0; models], vec![0.0; models]);
    for &i in cases {
        let case = &design.cases[i];
        sums[case.model] += abilities[case.rung];
        counts[case.model] += 1.0;
    }
    let asked = sums.iter().zip(&counts).map(|(sum, count)| if *count > 0.0 { sum / count } else { 0.0 });
    let asked = asked.collect();
    PriorMean {
        curve: design.curve,
        asked,
        steps: steps(design),
        tilt: design.tilt,
        shares: PriorShares::PRIOR,
    }
}

/// The prior tempered by some cases.
pub(super) fn tempered(design: &Design, abilities: &[f64], cases: &[usize]) -> PriorMean {
    let mut mean = prior(design, abilities, cases);
    let terms: Vec<[f64; 2]> = cases.iter().map(|&i| parts(&mean, design, i)).collect();
    let score: Vec<f64> = cases.iter().map(|&i| design.cases[i].score).collect();
    let weights: Vec<f64> = cases.iter().map(|&i| NOISE / design.cases[i].noise).collect();
    let sum = |x: &[f64], y: &[f64]| -> f64 {
        weights.iter().zip(x).zip(y).map(|((weight, x), y)| weight * x * y).sum()
    };
    let part = |which: usize| terms.iter().map(|parts| parts[which]).collect::<Vec<f64>>();
    let (common, wanted) = (centred(design, cases, &part(0)), centred(design, cases, &score));
    let common = (sum(&common, &wanted) + COMMON_PRECISION) / (sum(&common, &common) + COMMON_PRECISION);
    let inner = |values: &[f64]| within(design, cases, &centred(design, cases, values));
    let (length, wanted) = (inner(&part(1)), inner(&score));
    let length =
        (sum(&length, &wanted) + LENGTH_PRECISION * LENGTH) / (sum(&length, &length) + LENGTH_PRECISION);
    mean.shares = PriorShares {
        common: common.clamp(0.0, 1.0),
        chances: 0.0,
        length: length.clamp(-MAX_LENGTH_SHARE, MAX_LENGTH_SHARE),
    };
    mean
}

/// The two regressors of a case: the mean chance of all models, and its own model's gain from length.
fn parts(mean: &PriorMean, design: &Design, case: usize) -> [f64; 2] {
    let case = &design.cases[case];
    let (location, tilt) = design.prior_of(case.sketch);
    let terms = mean.terms(location, tilt);
    [terms.common, mean.steps[case.model] * terms.length]
}

/// The mean of a case's rung, without its level.
pub(super) fn of(mean: &PriorMean, design: &Design, abilities: &[f64], case: usize) -> f64 {
    let case = &design.cases[case];
    let (location, tilt) = design.prior_of(case.sketch);
    mean.curve.chance(abilities[case.rung], location) + mean.change(location, tilt)[case.model]
}

/// By model: gain per deviation of tilt. Linear in the ladder's abilities, [`GAIN`] from the weakest to the strongest model,
/// 0 on the mean.
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

/// Centres values per rung.
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

/// Centres values per query: 0 for queries with one outcome.
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
