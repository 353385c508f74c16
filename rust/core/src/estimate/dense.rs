//! The linear parts of a model, laid out so that one walk over the inputs serves them all.
//!
//! Inputs are brought into the range of training once; each linear form is then a dot product in eight lanes, added up
//! in a fixed order, so that every machine and every language gets the same sum.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

use super::domain::{DOMAIN_INPUTS, DOMAINS};
use crate::features::{CONTENT, COUNT, WIDTH};
use std::hint::select_unpredictable;

const LANES: usize = 8;
/// Places for the scores of domains: whole vectors of them.
const SCORES: usize = DOMAINS.next_multiple_of(LANES);
const BLOCKS: usize = WIDTH / LANES;
/// The block in which structure ends and content begins: it may hold weights of both.
const BORDER: usize = CONTENT / LANES;

type Lanes = [f64; LANES];

/// One number for each input, the last block filled up with zeros.
type Row<T> = [[T; LANES]; BLOCKS];

/// A linear form: weights, and what is added to the dot product.
#[derive(Debug, Clone)]
struct Form {
    weights: Row<f64>,
    offset: f64,
}

/// The model's linear forms. Boxed by its owner: it is some kilobytes.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    least: Row<f32>,
    greatest: Row<f32>,
    structure: Form,
    content: Form,
    thinking: Form,
    /// By input of a domain's, its weight for each domain; what no domain has weighs nothing.
    domains: [[f32; SCORES]; DOMAIN_INPUTS.len()],
    domain_biases: [f32; SCORES],
}

/// The arrays of an artifact that make up the forms.
pub(super) struct Parts<'a> {
    pub(super) weights: &'a [f32],
    pub(super) means: &'a [f32],
    pub(super) least: &'a [f32],
    pub(super) greatest: &'a [f32],
    pub(super) thinking: &'a [f32],
    pub(super) domains: &'a [f32],
}

/// What the forms say of one scan, in logits.
pub(super) struct Said {
    /// What the structure of a query adds to its location.
    pub(super) structure: f64,
    /// What features of content add to it.
    pub(super) content: f64,
    /// Whether thinking helps.
    pub(super) thinking: f64,
}

impl Dense {
    pub(super) fn new(parts: &Parts<'_>) -> Self {
        let of = |keep: fn(usize) -> bool| {
            let weights = parts.weights.iter().enumerate().map(|(i, &w)| if keep(i) { w } else { 0.0 });
            let offset = weights.clone().zip(parts.means).map(|(w, &m)| -f64::from(w) * f64::from(m)).sum();
            Form { weights: row(weights.map(f64::from)), offset }
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
            least: row(parts.least.iter().copied()),
            greatest: row(parts.greatest.iter().copied()),
            structure: of(|i| i < CONTENT),
            content: of(|i| i >= CONTENT),
            thinking: Form {
                weights: row(parts.thinking.iter().take(COUNT).map(|&w| f64::from(w))),
                offset: parts.thinking.get(COUNT).copied().map_or(0.0, f64::from),
            },
            domains,
            domain_biases,
        }
    }

    /// All forms of the inputs of one scan, in one walk. Inputs beyond the range of training count as its end.
    #[inline(always)]
    pub(super) fn say(&self, inputs: &[f32; WIDTH]) -> Said {
        let (blocks, _) = inputs.as_chunks();
        let (mut structure, mut content, mut thinking) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
        for (b, block) in blocks.iter().enumerate().take(BLOCKS) {
            let within = within(block, &self.least[b], &self.greatest[b]);
            // Where a form has no weights it is left out, which changes nothing: it would add zeros.
            if b <= BORDER {
                add(&mut structure, &self.structure.weights[b], &within);
            }
            if b >= BORDER {
                add(&mut content, &self.content.weights[b], &within);
            }
            add(&mut thinking, &self.thinking.weights[b], &within);
        }
        Said {
            structure: self.structure.offset + sum(&structure),
            content: self.content.offset + sum(&content),
            thinking: self.thinking.offset + sum(&thinking),
        }
    }

    /// The domain with the largest score, by its place; of equals, the first.
    #[inline(always)]
    pub(super) fn domain(&self, inputs: &[f32; WIDTH]) -> usize {
        let mut scores = self.domain_biases;
        for (weights, input) in self.domains.iter().zip(DOMAIN_INPUTS.map(|feature| inputs[feature as usize]))
        {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight * input;
            }
        }
        // Which one it is cannot be foreseen, so nothing branches on it.
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

fn row<T: Copy + Default>(values: impl Iterator<Item = T>) -> Row<T> {
    let mut row = [[T::default(); LANES]; BLOCKS];
    for (to, from) in row.as_flattened_mut().iter_mut().zip(values) {
        *to = from;
    }
    row
}
