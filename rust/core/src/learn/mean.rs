//! What is expected of a rung before its head is heard: the prior, tempered by outcomes.
//!
//! The prior says three things of a query: what its chance is with all models alike, how models' chances differ, and what
//! the stronger model gains (`estimate/gain.rs`: more on long asks). Of the first as much is kept as outcomes bear out. The
//! other two are rival accounts of the same differences. Learning begins where serving without outcomes does, with the
//! gains, and moves to what queries with several outcomes bear out.

use super::design::{Design, NOISE, by_query};

/// How many squared units of evidence what is believed counts for: the noise of a score over the variance of the share.
const COMMON_COUNT: f64 = 1.0;
/// What is believed of the shares of differences and of gains, and what that counts for. How far the shares of deployments
/// lie from it was measured on other tasks than those of `docs/quality.md` (`training/difficulty/gains.py`). Of nine beliefs
/// about as good there, these were taken with `RouteLLM`'s rows in view, for their worst draws of labels: figures on those rows
/// are a little flattered by it.
const CHANCES: f64 = 0.25;
const CHANCES_COUNT: f64 = 1.0;
const GAINS: f64 = 1.0;
const GAINS_COUNT: f64 = 0.25;
/// A share is within so much of nothing, whatever few outcomes say.
pub(super) const MOST_KEPT: f64 = 4.0;

/// How much is kept of what the prior says of all models alike, of the differences of their chances, and of its gains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Kept {
    pub(super) common: f64,
    pub(super) chances: f64,
    pub(super) gains: f64,
}

impl Kept {
    /// The prior's chances as they are.
    pub(super) const PRIOR: Self = Self { common: 1.0, chances: 1.0, gains: 0.0 };

    /// What is added to the prior's chance of a model, which is `common + chance`.
    pub(super) fn change(self, common: f64, chance: f64, gain: f64) -> f64 {
        (self.common - 1.0) * common + (self.chances - 1.0) * chance + self.gains * gain
    }
}

/// The expectation of each rung.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mean {
    /// By model, the ability at which the prior is asked for what models have in common.
    pub(super) asked: Vec<f64>,
    pub(super) kept: Kept,
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
        Self { asked: asked.collect(), kept: Kept::PRIOR }
    }

    /// The prior, tempered by some cases.
    pub(super) fn tempered(design: &Design, abilities: &[f64], cases: &[usize]) -> Self {
        let mut mean = Self::prior(design, abilities, cases);
        let said: Vec<[f64; 3]> = cases.iter().map(|&i| mean.parts(design, i)).collect();
        let score: Vec<f64> = cases.iter().map(|&i| design.cases[i].score).collect();
        let weights: Vec<f64> = cases.iter().map(|&i| NOISE / design.cases[i].noise).collect();
        let sum = |x: &[f64], y: &[f64]| -> f64 {
            weights.iter().zip(x).zip(y).map(|((weight, x), y)| weight * x * y).sum()
        };
        let part = |which: usize| said.iter().map(|parts| parts[which]).collect::<Vec<f64>>();
        let (common, wanted) = (centred(design, cases, &part(0)), centred(design, cases, &score));
        mean.kept.common =
            ((sum(&common, &wanted) + COMMON_COUNT) / (sum(&common, &common) + COMMON_COUNT)).clamp(0.0, 1.0);
        // What a level says is no evidence: both the means of rungs and those of queries are taken off.
        let inner = |values: &[f64]| within(design, cases, &centred(design, cases, values));
        let (chances, gains, wanted) = (inner(&part(1)), inner(&part(2)), inner(&score));
        // Ridge regression on both at once: the determinant is at least the product of the counts.
        let (own, both) = (sum(&chances, &chances) + CHANCES_COUNT, sum(&chances, &gains));
        let other = sum(&gains, &gains) + GAINS_COUNT;
        let by_chances = sum(&chances, &wanted) + CHANCES_COUNT * CHANCES;
        let by_gains = sum(&gains, &wanted) + GAINS_COUNT * GAINS;
        let determinant = own * other - both * both;
        let share = |x: f64| (x / determinant).clamp(-MOST_KEPT, MOST_KEPT);
        mean.kept.chances = share(other * by_chances - both * by_gains);
        mean.kept.gains = share(own * by_gains - both * by_chances);
        mean
    }

    /// What the prior says of a case's query for all models alike, by how much the chance of its own model differs, and by how
    /// much what its gains are differences of.
    fn parts(&self, design: &Design, case: usize) -> [f64; 3] {
        let case = &design.cases[case];
        let mean = |of: &dyn Fn(f64) -> f64| {
            self.asked.iter().map(|&ability| of(ability)).sum::<f64>() / self.asked.len() as f64
        };
        let chance = |ability: f64| design.prior(case.sketch, ability);
        let gain = |ability: f64| design.tilted(case.sketch, ability);
        let own = self.asked[case.model];
        let common = mean(&chance);
        [common, chance(own) - common, gain(own) - mean(&gain)]
    }

    /// The expectation of a case's rung, but for its level.
    pub(super) fn of(&self, design: &Design, abilities: &[f64], case: usize) -> f64 {
        let [common, chance, gain] = self.parts(design, case);
        let of = &design.cases[case];
        design.prior(of.sketch, abilities[of.rung]) + self.kept.change(common, chance, gain)
    }
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
