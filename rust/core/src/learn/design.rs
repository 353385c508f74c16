//! The design matrix of the regression: each row's query as a head reads it, and the noise of its score.
//!
//! A query is a bag of its different hashed words and pairs, weighted by inverse document frequency and divided by the root
//! of its length; all queries have norm 1 on average. Twelve standardised features with a small prior variance follow.

use super::rows::{Row, Rows};
use super::sketch::Sketch;
use crate::estimate::inputs::{BUCKETS, INPUTS, feature_unit, standardised};
use crate::estimate::{Curve, ln};
use crate::ladder::{Ladder, Rung, dial_logits};
use crate::outcome::reliability;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Ridge regression's λ: noise variance of a graded outcome, where a head has variance 1 on queries of norm 1.
pub(super) const NOISE: f64 = 8.0;
/// Prior variance of a model's and of a rung's level.
pub(super) const LEVEL: f64 = 1.0;
/// Added to the deviation of tilts, in logits, so that asks of nearly one length are not spread apart: a tenth of a doubling.
const LEAST_TILT: f64 = 0.04;
/// Factor on the information that one outcome gives about a word. All words of a query share its noise, so a word is known
/// sooner than its share of the query's norm suggests.
const LEVERAGE: f64 = 64.0;
/// Smallest weight of a row, freshness included. A row of weight 1e-310 would have infinite noise, and make every chance NaN.
const LEAST_WEIGHT: f64 = 1e-12;
/// Information of the mean word, in units of the table of bytes.
const MEAN_INFORMATION: f64 = 63.0;
/// Prior precision of a rung's assumed ability, in outcomes.
const ASSUMED_COUNT: f64 = 8.0;

/// One row, with indices in place of names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    pub(super) sketch: usize,
    pub(super) model: usize,
    pub(super) rung: usize,
    /// The score, corrected for the flips of its kind.
    pub(super) score: f64,
    /// Noise variance, in the units of [`NOISE`].
    pub(super) noise: f64,
    pub(super) query: u64,
    pub(super) group: u64,
    pub(super) row: usize,
}

/// The design matrix.
#[derive(Debug)]
pub(super) struct Design {
    pub(super) models: Vec<String>,
    /// Name, model and assumed ability, in logits, of each rung.
    pub(super) rungs: Vec<(String, usize, f64)>,
    pub(super) cases: Vec<Case>,
    pub(super) sketches: Vec<Arc<Sketch>>,
    /// Index of each sketch's first term.
    starts: Vec<usize>,
    terms: Vec<(u16, f32)>,
    features: Vec<[f32; INPUTS.len()]>,
    /// Inverse document frequency by bucket, scaled to queries of norm 1.
    pub(super) idf: Vec<f32>,
    pub(super) means: [f32; INPUTS.len()],
    pub(super) scales: [f32; INPUTS.len()],
    pub(super) curve: Curve,
    /// Mean tilt, and the inverse of its deviation.
    pub(super) tilt: (f64, f64),
}

/// A rung of the ladder as it enters a fit.
#[derive(Debug, Clone, PartialEq)]
pub struct FitRung {
    /// The rung's name.
    pub rung: String,
    /// Its model.
    pub model: String,
    /// Its ability on the ladder, in logits.
    pub ability: f64,
    /// Contribution of its dials to the ability, in logits.
    pub dials: f64,
}

impl FitRung {
    /// The rungs of a ladder.
    pub(super) fn of(ladder: &Ladder) -> Vec<Self> {
        let rung = |(i, rung): (usize, &Rung)| Self {
            rung: rung.name.clone(),
            model: rung.model.clone(),
            ability: ladder.ability(i).logit,
            dials: dial_logits(rung),
        };
        ladder.rungs().iter().enumerate().map(rung).collect()
    }
}

impl Design {
    /// Builds the matrix from the rows of known rungs. Ages are counted from `now`.
    pub(super) fn new(rows: &Rows, ladder: &[FitRung], curve: Curve, now: f64) -> Self {
        let mut models: Vec<String> = Vec::new();
        let mut rungs = Vec::new();
        for known in ladder {
            let model = models.iter().position(|m| *m == known.model).unwrap_or_else(|| {
                models.push(known.model.clone());
                models.len() - 1
            });
            rungs.push((known.rung.clone(), model, known.ability));
        }
        let (mut cases, mut sketches) = (Vec::new(), Vec::new());
        let mut known_sketches = HashMap::new();
        for (number, row) in rows.iter().enumerate() {
            let Some(rung) =
                ladder.iter().position(|k| k.rung == row.place.rung && k.model == row.place.model)
            else {
                continue;
            };
            let sketch = *known_sketches.entry(row.sketch.fingerprint()).or_insert_with(|| {
                sketches.push(row.sketch.clone());
                sketches.len() - 1
            });
            cases.push(case(row, number, sketch, rung, rungs[rung].1, rows.freshness(row, now)));
        }
        let (idf, starts, terms) = weigh_terms(&sketches);
        let (means, scales) = moments(&sketches);
        let features = sketches.iter().map(|s| standardised(&s.inputs, &means, &scales)).collect();
        let tilt = tilts(&sketches);
        Self { models, rungs, cases, sketches, starts, terms, features, idf, means, scales, curve, tilt }
    }

    /// Information that one more outcome with a word adds about the traffic, by bucket, and its mean over the words that were
    /// seen: `frequency · (idf · remaining variance)²`, as if words were learned independently (I-optimal design). An unseen
    /// word counts as frequent as half an occurrence. Quantised to 63rds of the mean, at most four times the mean.
    pub(super) fn teaching(&self) -> (Vec<u8>, f32) {
        let mut squares = vec![0.0; 2 * BUCKETS];
        for case in &self.cases {
            for &(bucket, value) in self.terms(case.sketch) {
                squares[usize::from(bucket)] += f64::from(value) * f64::from(value) / case.noise;
            }
        }
        let mut frequency = vec![0.5; 2 * BUCKETS];
        for sketch in &self.sketches {
            for &(bucket, _) in &sketch.terms {
                frequency[usize::from(bucket)] += 1.0;
            }
        }
        let teaching: Vec<f64> = squares
            .iter()
            .zip(&frequency)
            .zip(&self.idf)
            .map(|((square, frequency), idf)| {
                let left = 1.0 / (1.0 + square * LEVERAGE);
                frequency * (f64::from(*idf) * left).powi(2)
            })
            .collect();
        let (mut sum, mut count) = (0.0, 0.0);
        for sketch in &self.sketches {
            for &(bucket, times) in &sketch.terms {
                sum += teaching[usize::from(bucket)] * f64::from(times);
                count += f64::from(times);
            }
        }
        let unit = if sum > 0.0 { MEAN_INFORMATION * count / sum } else { 0.0 };
        let quantised = teaching.iter().map(|x| (x * unit).round().min(255.0) as u8).collect();
        (quantised, MEAN_INFORMATION as f32)
    }

    pub(super) fn terms(&self, sketch: usize) -> &[(u16, f32)] {
        &self.terms[self.starts[sketch]..self.starts[sketch + 1]]
    }

    pub(super) fn features(&self, sketch: usize) -> &[f32; INPUTS.len()] {
        &self.features[sketch]
    }

    /// The prior's chance on a sketch, for an ability in logits.
    pub(super) fn prior(&self, sketch: usize, ability: f64) -> f64 {
        self.curve.chance(ability, f64::from(self.sketches[sketch].location))
    }

    /// Location and tilt of a sketch.
    pub(super) fn prior_of(&self, sketch: usize) -> (f64, f64) {
        let sketch = &self.sketches[sketch];
        (f64::from(sketch.location), f64::from(sketch.tilt))
    }

    /// Ability of each rung, in logits, at which the prior's mean chance equals the mean score of some cases. The assumed
    /// ability counts as [`ASSUMED_COUNT`] outcomes.
    pub(super) fn abilities(&self, cases: &[usize]) -> Vec<f64> {
        let mut of_rung = vec![Vec::new(); self.rungs.len()];
        for &i in cases {
            of_rung[self.cases[i].rung].push(i);
        }
        let fitted = |(rung, cases): (usize, &Vec<usize>)| {
            let assumed = self.rungs[rung].2;
            let weight = |i: usize| NOISE / self.cases[i].noise;
            let excess = |ability: f64| {
                let sum: f64 = cases
                    .iter()
                    .map(|&i| weight(i) * (self.prior(self.cases[i].sketch, ability) - self.cases[i].score))
                    .sum();
                sum + ASSUMED_COUNT * (self.curve.chance(ability, 0.0) - self.curve.chance(assumed, 0.0))
            };
            // The excess rises with the ability, so bisection finds its root; 40 halvings are 1e-11 logits.
            let (mut low, mut high) = (-8.0, 8.0);
            for _ in 0..40 {
                let middle = f64::midpoint(low, high);
                if excess(middle) > 0.0 { high = middle } else { low = middle }
            }
            f64::midpoint(low, high)
        };
        of_rung.iter().enumerate().map(fitted).collect()
    }
}

fn case(row: &Row, number: usize, sketch: usize, rung: usize, model: usize, freshness: f64) -> Case {
    let known = reliability(row.kind);
    Case {
        sketch,
        model,
        rung,
        score: known.corrected(row.score),
        noise: NOISE * known.corrected_noise() / (row.weight * freshness).max(LEAST_WEIGHT),
        query: row.query,
        group: row.group,
        row: number,
    }
}

/// Inverse document frequency `ln((1 + n) / (1 + df)) + 1` by bucket, scaled so that queries have norm 1 on average; then the
/// terms of all sketches. A term counts once per query: repeating a word adds no information about the ask.
fn weigh_terms(sketches: &[Arc<Sketch>]) -> (Vec<f32>, Vec<usize>, Vec<(u16, f32)>) {
    let mut found = vec![0_u32; 2 * BUCKETS];
    for sketch in sketches {
        for &(bucket, _) in &sketch.terms {
            found[usize::from(bucket)] += 1;
        }
    }
    let count = sketches.len() as f64;
    let mut idf: Vec<f32> =
        found.iter().map(|&df| (ln((1.0 + count) / (1.0 + f64::from(df))) + 1.0) as f32).collect();
    let values = |sketch: &Sketch, idf: &[f32]| {
        let root = sketch.root();
        let value = |&(bucket, _): &(u16, u8)| (bucket, (f64::from(idf[usize::from(bucket)]) / root) as f32);
        sketch.terms.iter().map(value).collect::<Vec<_>>()
    };
    let squares: f64 = sketches
        .iter()
        .flat_map(|sketch| values(sketch, &idf))
        .map(|(_, value)| f64::from(value) * f64::from(value))
        .sum();
    let scale = if squares > 0.0 { (count / squares).sqrt() as f32 } else { 1.0 };
    for weight in &mut idf {
        *weight *= scale;
    }
    let (mut starts, mut terms) = (vec![0], Vec::new());
    for sketch in sketches {
        terms.extend(values(sketch, &idf));
        starts.push(terms.len());
    }
    (idf, starts, terms)
}

/// Mean and scale of each feature.
fn moments(sketches: &[Arc<Sketch>]) -> ([f32; INPUTS.len()], [f32; INPUTS.len()]) {
    let (mut means, mut scales) = ([0.0; INPUTS.len()], [0.0; INPUTS.len()]);
    let count = sketches.len().max(1) as f64;
    for (i, (mean, scale)) in means.iter_mut().zip(&mut scales).enumerate() {
        let sum: f64 = sketches.iter().map(|s| f64::from(s.inputs[i])).sum();
        let centre = sum / count;
        let squares: f64 = sketches.iter().map(|s| (f64::from(s.inputs[i]) - centre).powi(2)).sum();
        *mean = centre as f32;
        // 0.2, a fifth of a doubling, keeps features that hardly vary small.
        *scale = (feature_unit() / ((squares / count).sqrt() + 0.2)) as f32;
    }
    (means, scales)
}

/// Mean tilt, and the inverse of its deviation.
fn tilts(sketches: &[Arc<Sketch>]) -> (f64, f64) {
    let count = sketches.len().max(1) as f64;
    let mean = sketches.iter().map(|s| f64::from(s.tilt)).sum::<f64>() / count;
    let squares: f64 = sketches.iter().map(|s| (f64::from(s.tilt) - mean).powi(2)).sum();
    (mean, 1.0 / ((squares / count).sqrt() + LEAST_TILT))
}

/// Groups the chosen cases by query.
pub(super) fn by_query(cases: &[Case], chosen: &[usize]) -> Vec<Vec<usize>> {
    let mut queries: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for &i in chosen {
        queries.entry(cases[i].query).or_default().push(i);
    }
    queries.into_values().collect()
}
