//! The location: what the structure of a query says, and, within bounds, what its words say.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

use super::dense::Said;
use super::model::{Model, Scalars};
use crate::features::{COUNT, Scan};

/// The parts of a location, in logits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    /// The bias and what the structure adds.
    pub(super) structure: f64,
    /// What the content adds, within its bound.
    pub(super) content: f64,
    /// What is left of the content's sum: 1 where it lies within the bound.
    pub(super) kept: f64,
}

/// Whole numbers, so that the order of addition does not matter.
pub(super) struct Sums {
    words: i32,
    pairs: i32,
    /// How many of the words training has seen.
    pub(super) seen: u64,
}

impl Parts {
    /// The parts of the location before evidence is weighed. Words and pairs are summed as integers, features in a fixed
    /// order.
    ///
    /// Whatever a prompt says, its words together move its location by at most the content bound, so no span of text,
    /// however it was chosen, moves an estimate by more than twice that.
    #[inline(always)]
    pub(super) fn of(model: &Model, scan: &Scan, features: &Said, sums: &Sums) -> Self {
        let root = root_of_count(scan);
        let words = f64::from(sums.words) / root * f64::from(model.scalars.word_unit);
        let pairs = f64::from(sums.pairs) / root * f64::from(model.scalars.pair_unit);
        let structure = f64::from(model.scalars.bias) + features.structure;
        let said = words + pairs + features.content;
        let bound = f64::from(model.scalars.content_bound);
        let content = said.clamp(-bound, bound);
        Self { structure, content, kept: if said == 0.0 { 1.0 } else { content / said } }
    }

    pub(super) fn location(&self) -> f64 {
        self.structure + self.content
    }
}

impl Sums {
    /// What the words and pairs of a scan weigh. A window holds at most a million words, so that the sums of their bytes
    /// cannot overflow.
    #[inline(always)]
    pub(super) fn of(model: &Model, scan: &Scan) -> Self {
        let mut sums = Self { words: 0, pairs: 0, seen: 0 };
        for (&word, &pair) in scan.words.iter().zip(&scan.pairs) {
            sums.words += model.word(word);
            sums.pairs += model.pair(pair);
            sums.seen += u64::from(model.has_seen(word));
        }
        sums
    }
}

/// What feature `i` adds to the location. Inputs beyond the range of training count as its end.
#[inline]
pub(super) fn of_feature(model: &Model, inputs: &[f32; COUNT], i: usize) -> f64 {
    let input = inputs[i].max(model.least[i]).min(model.greatest[i]);
    f64::from(model.weights[i]) * f64::from(input - model.means[i])
}

/// What is kept of a deviation from the base rate: half of it, say, where there is no evidence; all with full evidence.
#[inline]
pub(super) fn kept(scalars: &Scalars, evidence: f64) -> f64 {
    let floor = f64::from(scalars.floor);
    floor + (1.0 - floor) * evidence
}

/// The weights of words and pairs are spread over the root of their number, as in an L2-normalised bag of words.
pub(super) fn root_of_count(scan: &Scan) -> f64 {
    (scan.words.len().max(1) as f64).sqrt()
}
