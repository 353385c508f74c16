//! The linear forms of a model, laid out so that one pass over the inputs evaluates all of them.
//!
//! Inputs are clamped to their range in training once. Each form is then a dot product in eight lanes, summed in a fixed
//! order, so that every machine and every language gets the same sum.
#![allow(clippy::inline_always)] // inlined code is compiled with the caller's instruction set (`simd::widest`)

use super::domain::{DOMAIN_INPUTS, DOMAINS};
use crate::features::{CONTENT, COUNT, MEANINGS, WIDTH};
use std::hint::select_unpredictable;

const LANES: usize = 8;
/// Slots for the scores of domains, padded to whole vectors.
const SCORES: usize = DOMAINS.next_multiple_of(LANES);
const BLOCKS: usize = WIDTH / LANES;
/// The block that holds both the last inputs of structure and the first of asks; and that of the last asks and the first meanings.
const BORDER: usize = CONTENT / LANES;
const SECOND_BORDER: usize = MEANINGS / LANES;

type Lanes = [f64; LANES];

/// One number per input, padded with zeros.
type Blocks<T> = [[T; LANES]; BLOCKS];

/// A linear form: `offset + Σ weight · input`.
#[derive(Debug, Clone)]
struct Form {
    weights: Blocks<f64>,
    offset: f64,
}

/// The model's linear forms, some kilobytes: the owner boxes them.
#[derive(Debug, Clone)]
pub(super) struct LinearForms {
    least: Blocks<f32>,
    greatest: Blocks<f32>,
    structure: Form,
    asks: Form,
    meanings: Form,
    thinking: Form,
    /// Weights of each domain input, one per domain; padding is zero.
    domains: [[f32; SCORES]; DOMAIN_INPUTS.len()],
    domain_biases: [f32; SCORES],
}

/// Arrays of an artifact, from which the forms are built.
pub(super) struct ModelArrays<'a> {
    pub(super) weights: &'a [f32],
    pub(super) means: &'a [f32],
    pub(super) least: &'a [f32],
    pub(super) greatest: &'a [f32],
    pub(super) thinking: &'a [f32],
    pub(super) domains: &'a [f32],
}

/// Values of the forms for one scan, in logits.
pub(super) struct FormValues {
    /// Contribution of structure to the location.
    pub(super) structure: f64,
    /// Contributions of the features of asks, and of those of meanings, to the location.
    pub(super) asks: f64,
    pub(super) meanings: f64,
    /// Logit of the chance that thinking helps.
    pub(super) thinking: f64,
}

impl LinearForms {
    pub(super) fn new(parts: &ModelArrays<'_>) -> Self {
        let of = |keep: fn(usize) -> bool| {
            let weights = parts.weights.iter().enumerate().map(|(i, &w)| if keep(i) { w } else { 0.0 });
            let offset = weights.clone().zip(parts.means).map(|(w, &m)| -f64::from(w) * f64::from(m)).sum();
            Form { weights: blocks(weights.map(f64::from)), offset }
        };
        let mut domains = [[0.0; SCORES]; DOMAIN_INPUTS.len()];
        let mut domain_biases = [f32::NEG_INFINITY; SCORES];
        let (rows, _) = parts.domains.as_chunks::<{ DOMAIN_INPUTS.len() + 1 }>();
        for (domain, row) in rows.iter().enumerate().take(DOMAINS) {
            for (weights, weight) in domains.iter_mut().zip(row) {
                weights[domain] = *weight;
            }
            domain_biases[domain] = row[DOMAIN_INPUTS.len()];
        }
        Self {
            least: blocks(parts.least.iter().copied()),
            greatest: blocks(parts.greatest.iter().copied()),
            structure: of(|i| i < CONTENT),
            asks: of(|i| (CONTENT..MEANINGS).contains(&i)),
            meanings: of(|i| i >= MEANINGS),
            thinking: Form {
                weights: blocks(parts.thinking.iter().take(COUNT).map(|&w| f64::from(w))),
                offset: parts.thinking.get(COUNT).copied().map_or(0.0, f64::from),
            },
            domains,
            domain_biases,
        }
    }

    /// Evaluates all forms in one pass. Inputs outside the range of training count as its nearest end.
    #[inline(always)]
    pub(super) fn evaluate(&self, inputs: &[f32; WIDTH]) -> FormValues {
        let (blocks, _) = inputs.as_chunks();
        let [mut structure, mut asks, mut meanings, mut thinking] = [[0.0; LANES]; 4];
        for (b, block) in blocks.iter().enumerate().take(BLOCKS) {
            let within = within(block, &self.least[b], &self.greatest[b]);
            // Blocks in which a form has only zeros are skipped.
            if b <= BORDER {
                add(&mut structure, &self.structure.weights[b], &within);
            }
            if (BORDER..=SECOND_BORDER).contains(&b) {
                add(&mut asks, &self.asks.weights[b], &within);
            }
            if b >= SECOND_BORDER {
                add(&mut meanings, &self.meanings.weights[b], &within);
            }
            add(&mut thinking, &self.thinking.weights[b], &within);
        }
        FormValues {
            structure: self.structure.offset + sum(&structure),
            asks: self.asks.offset + sum(&asks),
            meanings: self.meanings.offset + sum(&meanings),
            thinking: self.thinking.offset + sum(&thinking),
        }
    }

    /// Index of the domain with the largest score; of equals, the first.
    #[inline(always)]
    pub(super) fn domain(&self, inputs: &[f32; WIDTH]) -> usize {
        let mut scores = self.domain_biases;
        for (weights, input) in self.domains.iter().zip(DOMAIN_INPUTS.map(|feature| inputs[feature as usize]))
        {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight * input;
            }
        }
        // The winner is unpredictable, so the loop does not branch on it.
        let (mut best, mut most) = (0, scores[0]);
        for (i, &score) in scores.iter().enumerate().take(DOMAINS) {
            best = select_unpredictable(score > most, i, best);
            most = select_unpredictable(score > most, score, most);
        }
        best
    }
}

#[inline(always)]
fn within(block: &[f32; LANES], least: &[f32; LANES], greatest: &[f32; LANES]) -> Lanes {
    std::array::from_fn(|l| {
        let at_least = if block[l] > least[l] { block[l] } else { least[l] };
        f64::from(if at_least < greatest[l] { at_least } else { greatest[l] })
    })
}

#[inline(always)]
fn add(lanes: &mut Lanes, weights: &Lanes, inputs: &Lanes) {
    for l in 0..LANES {
        lanes[l] += weights[l] * inputs[l];
    }
}

#[inline(always)]
fn sum(lanes: &Lanes) -> f64 {
    let half = [lanes[0] + lanes[4], lanes[1] + lanes[5], lanes[2] + lanes[6], lanes[3] + lanes[7]];
    (half[0] + half[1]) + (half[2] + half[3])
}

fn blocks<T: Copy + Default>(values: impl Iterator<Item = T>) -> Blocks<T> {
    let mut blocks = [[T::default(); LANES]; BLOCKS];
    for (to, from) in blocks.as_flattened_mut().iter_mut().zip(values) {
        *to = from;
    }
    blocks
}
