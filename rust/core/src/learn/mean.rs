//! What is expected of a rung before its head is heard: the prior, tempered, and a little of the query's length.
//!
//! A prior that was trained elsewhere is often right about what is hard and wrong about *which rung gains*; a wrong prior
//! of the gain costs more than none. So of what the prior says of all models alike as much is kept as outcomes bear out,
//! and what it says of their differences is kept within the size that lengths have, too, until outcomes say more. Length
//! itself is the best single ranking that is known without outcomes.

use super::design::{Design, by_query};
use super::sketch::INPUTS;

/// The standard deviation of the gain between the farthest models that is believed of length, and of the prior.
const BELIEVED: f64 = 0.03;
/// How many squared units of evidence what is believed counts for: the noise of a score over the variance of the share.
const COMMON_COUNT: f64 = 1.0;
const CONTRAST_COUNT: f64 = 2.5;
/// Models nearer than this, in logits, are not told apart by length.
const NEAR: f64 = 0.05;

/// The expectation of each rung.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mean {
    /// By model, the ability at which the prior is asked for what models have in common.
    pub(super) asked: Vec<f64>,
    /// Of what the prior says of all models alike, and of their differences, so much is kept.
    pub(super) common: f64,
    pub(super) contrast: f64,
    /// By model, what a standard deviation of log length adds.
    pub(super) length: Vec<f64>,
}

impl Mean {
    /// The prior as it is.
    pub(super) fn prior(design: &Design, abilities: &[f64], cases: &[usize]) -> Self {
        let models = design.models.len();
        let (mut sums, mut counts) = (vec![0.0; models], vec![0.0; models]);
        for &i in cases {
            let case = &design.cases[i];
            sums[case.model] += abilities[case.rung];
            counts[case.model] += 1.0;
        }
        let asked = sums.iter().zip(&counts).map(|(sum, count)| if *count > 0.0 { sum / count } else { 0.0 });
        Self { asked: asked.collect(), common: 1.0, contrast: 1.0, length: vec![0.0; models] }
    }

    /// The prior, tempered by some cases.
    pub(super) fn tempered(design: &Design, abilities: &[f64], cases: &[usize]) -> Self {
        let mut mean = Self::prior(design, abilities, cases);
        let low = mean.asked.iter().copied().fold(f64::INFINITY, f64::min);
        let high = mean.asked.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if high - low > NEAR {
            mean.length = mean.asked.iter().map(|a| BELIEVED * ((a - low) / (high - low) - 0.5)).collect();
        }
        let said: Vec<(f64, f64)> = cases.iter().map(|&i| mean.parts(design, i)).collect();
        let rest = |of: &dyn Fn(usize) -> f64| centred(design, cases, of);
        let common = rest(&|k| said[k].0);
        let contrast = rest(&|k| said[k].1);
        let score = rest(&|k| design.cases[cases[k]].score);
        let weight = |k: usize| super::design::NOISE / design.cases[cases[k]].noise;
        let sums = |x: &[f64], y: &[f64]| -> f64 { (0..cases.len()).map(|k| weight(k) * x[k] * y[k]).sum() };
        mean.common = ((sums(&common, &score) + COMMON_COUNT) / (sums(&common, &common) + COMMON_COUNT))
            .clamp(0.0, 1.0);
        let spread = spread(design, cases, low, high);
        let believed = if spread > BELIEVED { BELIEVED / spread } else { 1.0 };
        let (contrast, score) = (within(design, cases, &contrast), within(design, cases, &score));
        let (product, square) = (sums(&contrast, &score), sums(&contrast, &contrast));
        mean.contrast = ((product + CONTRAST_COUNT * believed) / (square + CONTRAST_COUNT)).clamp(0.0, 1.0);
        mean
    }

    /// What the prior says of a case's query for all models alike, and by how much it differs for the case's own.
    fn parts(&self, design: &Design, case: usize) -> (f64, f64) {
        let case = &design.cases[case];
        let said = |ability: &f64| design.prior(case.sketch, *ability);
        let common = self.asked.iter().map(said).sum::<f64>() / self.asked.len() as f64;
        (common, design.prior(case.sketch, self.asked[case.model]) - common)
    }

    /// The expectation of a case's rung, but for its level.
    pub(super) fn of(&self, design: &Design, abilities: &[f64], case: usize) -> f64 {
        let (common, contrast) = self.parts(design, case);
        let of = &design.cases[case];
        // Features are scaled so that all of them together have little weight; this takes the scale back.
        let length = f64::from(design.features(of.sketch)[0]) / super::design::feature_unit();
        design.prior(of.sketch, abilities[of.rung])
            + (self.common - 1.0) * common
            + (self.contrast - 1.0) * contrast
            + self.length[of.model] * length
    }

    /// The weight of length as a head's feature.
    pub(super) fn add_length(&self, features: &mut [[f32; INPUTS.len()]]) {
        for (weights, length) in features.iter_mut().zip(&self.length) {
            weights[0] += (length / super::design::feature_unit()) as f32;
        }
    }
}

/// The standard deviation, over queries, of the gain between the farthest models as the prior has it.
fn spread(design: &Design, cases: &[usize], low: f64, high: f64) -> f64 {
    let gain = |i: &usize| {
        let sketch = design.cases[*i].sketch;
        design.prior(sketch, high) - design.prior(sketch, low)
    };
    let count = cases.len().max(1) as f64;
    let mean = cases.iter().map(gain).sum::<f64>() / count;
    (cases.iter().map(|i| (gain(i) - mean).powi(2)).sum::<f64>() / count).sqrt()
}

/// Values less their rung's mean.
fn centred(design: &Design, cases: &[usize], of: &dyn Fn(usize) -> f64) -> Vec<f64> {
    let mut means = vec![(0.0, 0.0); design.rungs.len()];
    for (k, &i) in cases.iter().enumerate() {
        let mean = &mut means[design.cases[i].rung];
        mean.0 += of(k);
        mean.1 += 1.0;
    }
    let less = |(k, i): (usize, &usize)| {
        let (sum, count): (f64, f64) = means[design.cases[*i].rung];
        of(k) - sum / count
    };
    cases.iter().enumerate().map(less).collect()
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
