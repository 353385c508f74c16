//! The linear parts of a model, laid out so that one walk over the inputs serves them all.
//!
//! Inputs are brought into the range of training once; each linear form is then a dot product in four lanes, added up
//! in a fixed order, so that every machine and every language gets the same sum.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

use super::location::CONTENT;
use super::model::{DOMAIN_INPUTS, DOMAINS};
use crate::features::COUNT;

const LANES: usize = 4;
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
    domains: [([f32; DOMAIN_INPUTS.len()], f32); DOMAINS],
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
        let mut domains = [([0.0; DOMAIN_INPUTS.len()], 0.0); DOMAINS];
        let (rows, _) = parts.domains.as_chunks::<{ DOMAIN_INPUTS.len() + 1 }>();
        for ((weights, bias), row) in domains.iter_mut().zip(rows) {
            for (to, from) in weights.iter_mut().zip(row) {
                *to = *from;
            }
            *bias = row[DOMAIN_INPUTS.len()];
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
        let mut read = [0.0; DOMAIN_INPUTS.len()];
        for (to, &place) in read.iter_mut().zip(&self.domain_inputs) {
            *to = inputs.get(place).copied().unwrap_or(0.0);
        }
        let mut best = (0, f32::NEG_INFINITY);
        for (i, (weights, bias)) in self.domains.iter().enumerate() {
            let mut lanes = [0.0_f32; LANES];
            let (weights, _) = weights.as_chunks::<LANES>();
            let (read, _) = read.as_chunks::<LANES>();
            for (weights, read) in weights.iter().zip(read) {
                for l in 0..LANES {
                    lanes[l] += weights[l] * read[l];
                }
            }
            let score = bias + ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]));
            if score > best.1 {
                best = (i, score);
            }
        }
        best.0
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
        self.offset + ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
    }
}

fn row<T: Copy + Default>(values: impl Iterator<Item = T>) -> [[T; LANES]; BLOCKS] {
    let mut row = [[T::default(); LANES]; BLOCKS];
    for (to, from) in row.as_flattened_mut().iter_mut().zip(values) {
        *to = from;
    }
    row
}
