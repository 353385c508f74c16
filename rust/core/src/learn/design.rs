//! The regression's inputs: what each row's query looks like to a head, and how noisy its score is.

use super::rows::{Row, Rows};
use super::sketch::Sketch;
use crate::estimate::inputs::{BUCKETS, INPUTS, feature_unit, standardised};
use crate::estimate::{Curve, ln};
use crate::outcome::reliability;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The variance of a graded outcome's noise, in units of the variance of a head over queries whose words have norm 1:
/// ridge regression's λ.
pub(super) const NOISE: f64 = 8.0;
/// The variance of a model's and of a rung's level.
pub(super) const LEVEL: f64 = 1.0;
/// What is added to the deviation of tilts, in logits, so that asks of about one length are not taken apart by it: a tenth of
/// a doubling.
const LEAST_TILT: f64 = 0.04;
/// How much faster a word is known than its share of a query says: a query's words share its noise, and its weight.
const LEVERAGE: f64 = 64.0;
/// What the mean word teaches, in units of a table of bytes.
const TAUGHT: f64 = 63.0;
/// How many outcomes a rung's assumed ability counts for.
const ASSUMED_COUNT: f64 = 8.0;

/// One row, by numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    pub(super) sketch: usize,
    pub(super) model: usize,
    pub(super) rung: usize,
    /// The score, with its kind's flips taken back.
    pub(super) score: f64,
    /// The variance of its noise, in the units of [`NOISE`].
    pub(super) noise: f64,
    pub(super) query: u64,
    pub(super) group: u64,
    pub(super) row: usize,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Design {
    pub(super) models: Vec<String>,
    /// Names and models of the rungs, and the abilities that are assumed of them, in logits.
    pub(super) rungs: Vec<(String, usize, f64)>,
    pub(super) cases: Vec<Case>,
    pub(super) sketches: Vec<Arc<Sketch>>,
    /// For each sketch, where its terms begin.
    starts: Vec<usize>,
    terms: Vec<(u16, f32)>,
    features: Vec<[f32; INPUTS.len()]>,
    /// What a term's count is multiplied by, by bucket.
    pub(super) idf: Vec<f32>,
    pub(super) means: [f32; INPUTS.len()],
    pub(super) scales: [f32; INPUTS.len()],
    pub(super) curve: Curve,
    /// The mean tilt of the prior's gains, and one over its deviation.
    pub(super) tilt: (f64, f64),
}

/// A rung as it enters: its name, its model and the ability that is assumed of it, in logits.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The rung's name.
    pub rung: String,
    /// Its model.
    pub model: String,
    /// Its ability in logits, as the ladder has it.
    pub ability: f64,
    /// What its dials add to the model's ability, in logits.
    pub dials: f64,
}

impl Design {
    /// The rows whose rungs are known, by numbers. `now` is what their ages are reckoned from.
    pub(super) fn new(rows: &Rows, ladder: &[Known], curve: Curve, now: f64) -> Self {
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

    /// By bucket, what an outcome of a query with its word would teach of the queries that were seen, and the mean of it over
    /// their words: `frequency · variance²`, where the variance is the share of the weight's that outcomes have left, as if
    /// words were learned one by one. A word that no query had is as frequent as one that half a query had. In 63rds of the
    /// mean; what is more than four times the mean counts as that.
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
        let unit = if sum > 0.0 { TAUGHT * count / sum } else { 0.0 };
        let quantised = teaching.iter().map(|x| (x * unit).round().min(255.0) as u8).collect();
        (quantised, TAUGHT as f32)
    }

    pub(super) fn terms(&self, sketch: usize) -> &[(u16, f32)] {
        &self.terms[self.starts[sketch]..self.starts[sketch + 1]]
    }

    pub(super) fn features(&self, sketch: usize) -> &[f32; INPUTS.len()] {
        &self.features[sketch]
    }

    /// What the prior says of a sketch, for an ability in logits.
    pub(super) fn prior(&self, sketch: usize, ability: f64) -> f64 {
        self.curve.chance(ability, f64::from(self.sketches[sketch].location))
    }

    /// The location of a sketch, and the tilt of its gains.
    pub(super) fn prior_of(&self, sketch: usize) -> (f64, f64) {
        let sketch = &self.sketches[sketch];
        (f64::from(sketch.location), f64::from(sketch.tilt))
    }

    /// The ability of each rung, in logits, with which the prior is right on average over some cases. What was assumed
    /// counts as eight outcomes.
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
            // The excess grows with the ability.
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
        noise: NOISE * known.corrected_noise() / (row.weight * freshness),
        query: row.query,
        group: row.group,
        row: number,
    }
}

/// Rare terms weigh more: `ln((1 + n) / (1 + df)) + 1`, scaled so that a query's terms have norm 1 on average. How often a
/// query has a term does not matter: what is repeated says nothing more of what is asked.
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

/// Mean, and what a deviation is multiplied by, of each feature.
fn moments(sketches: &[Arc<Sketch>]) -> ([f32; INPUTS.len()], [f32; INPUTS.len()]) {
    let (mut means, mut scales) = ([0.0; INPUTS.len()], [0.0; INPUTS.len()]);
    let count = sketches.len().max(1) as f64;
    for (i, (mean, scale)) in means.iter_mut().zip(&mut scales).enumerate() {
        let sum: f64 = sketches.iter().map(|s| f64::from(s.inputs[i])).sum();
        let centre = sum / count;
        let squares: f64 = sketches.iter().map(|s| (f64::from(s.inputs[i]) - centre).powi(2)).sum();
        *mean = centre as f32;
        // A fifth of a doubling is added, so that a feature which hardly varies stays small.
        *scale = (feature_unit() / ((squares / count).sqrt() + 0.2)) as f32;
    }
    (means, scales)
}

/// The mean tilt, and one over its deviation.
fn tilts(sketches: &[Arc<Sketch>]) -> (f64, f64) {
    let count = sketches.len().max(1) as f64;
    let mean = sketches.iter().map(|s| f64::from(s.tilt)).sum::<f64>() / count;
    let squares: f64 = sketches.iter().map(|s| (f64::from(s.tilt) - mean).powi(2)).sum();
    (mean, 1.0 / ((squares / count).sqrt() + LEAST_TILT))
}

/// The chosen cases, those of one query together.
pub(super) fn by_query(cases: &[Case], chosen: &[usize]) -> Vec<Vec<usize>> {
    let mut queries: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for &i in chosen {
        queries.entry(cases[i].query).or_default().push(i);
    }
    queries.into_values().collect()
}
