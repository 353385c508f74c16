//! The linear parts of a model, laid out so that one walk over the inputs serves them all.
//!
//! Inputs are brought into the range of training once; each linear form is then a dot product in eight lanes, added up
//! in a fixed order, so that every machine and every language gets the same sum.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

use super::location::CONTENT;
use super::model::{DOMAIN_INPUTS, DOMAINS};
use crate::features::COUNT;

const LANES: usize = 8;
/// Places for the scores of domains: whole vectors of them.
const SCORES: usize = DOMAINS.next_multiple_of(LANES);
const BLOCKS: usize = COUNT.div_ceil(LANES);

/// One number for each input, the last block filled up with zeros.
type Row = [[f64; LANES]; BLOCKS];

/// A linear form: weights, and what is added to the dot product.
#[derive(Debug, Clone)]
struct Form {
    weights: Row,
    offset: f64,
}

/// The model's linear forms. Boxed by its owner: it is some kilobytes.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    least: [[f32; LANES]; BLOCKS],
    greatest: [[f32; LANES]; BLOCKS],
    structure: Form,
    content: Form,
    thinking: Form,
    /// By input of a domain's, its weight for each domain; what no domain has weighs nothing.
    domains: [[f32; SCORES]; DOMAIN_INPUTS.len()],
    domain_biases: [f32; SCORES],
    domain_inputs: [usize; DOMAIN_INPUTS.len()],
}

/// The arrays of an artifact that make up the forms.
pub(super) struct Parts<'a> {
    pub(super) weights: &'a [f32],
    pub(super) means: &'a [f32],
    pub(super) least: &'a [f32],
    pub(super) greatest: &'a [f32],
    pub(super) thinking: &'a [f32],
    pub(super) domains: &'a [f32],
    pub(super) domain_inputs: [usize; DOMAIN_INPUTS.len()],
}

/// Inputs within the range of training, as every form reads them.
pub(super) struct Inputs(Row);

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
            domain_inputs: parts.domain_inputs,
        }
    }

    /// The inputs of one scan, within the range of training.
    #[inline(always)]
    pub(super) fn inputs(&self, inputs: &[f32; COUNT]) -> Inputs {
        let mut within = [[0.0; LANES]; BLOCKS];
        let bounds = self.least.as_flattened().iter().zip(self.greatest.as_flattened());
        for ((to, &from), (&least, &greatest)) in within.as_flattened_mut().iter_mut().zip(inputs).zip(bounds)
        {
            let at_least = if from > least { from } else { least };
            *to = f64::from(if at_least < greatest { at_least } else { greatest });
        }
        Inputs(within)
    }

    /// What the structure of a query adds to its location.
    #[inline(always)]
    pub(super) fn structure(&self, inputs: &Inputs) -> f64 {
        self.structure.of(inputs)
    }

    /// What features of content add to it.
    #[inline(always)]
    pub(super) fn content(&self, inputs: &Inputs) -> f64 {
        self.content.of(inputs)
    }

    /// Whether thinking helps, in logits.
    #[inline(always)]
    pub(super) fn thinking(&self, inputs: &Inputs) -> f64 {
        self.thinking.of(inputs)
    }

    /// The domain with the largest score, by its place.
    #[inline(always)]
    pub(super) fn domain(&self, inputs: &[f32; COUNT]) -> usize {
        let mut scores = self.domain_biases;
        for (weights, &place) in self.domains.iter().zip(&self.domain_inputs) {
            let input = inputs.get(place).copied().unwrap_or(0.0);
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += weight * input;
            }
        }
        let mut best = 0;
        for (i, score) in scores.iter().enumerate() {
            if *score > scores[best] {
                best = i;
            }
        }
        best
    }
}

impl Form {
    #[inline(always)]
    fn of(&self, inputs: &Inputs) -> f64 {
        let mut lanes = [0.0; LANES];
        for (weights, inputs) in self.weights.iter().zip(&inputs.0) {
            for l in 0..LANES {
                lanes[l] += weights[l] * inputs[l];
            }
        }
        let half = [lanes[0] + lanes[4], lanes[1] + lanes[5], lanes[2] + lanes[6], lanes[3] + lanes[7]];
        self.offset + ((half[0] + half[1]) + (half[2] + half[3]))
    }
}

fn row<T: Copy + Default>(values: impl Iterator<Item = T>) -> [[T; LANES]; BLOCKS] {
    let mut row = [[T::default(); LANES]; BLOCKS];
    for (to, from) in row.as_flattened_mut().iter_mut().zip(values) {
        *to = from;
    }
    row
}
