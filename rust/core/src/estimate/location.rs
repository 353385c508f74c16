//! The location of a query: its structure's contribution, plus its content's within a bound.
#![allow(clippy::inline_always)] // inlined code is compiled with the caller's instruction set (`simd::widest`)

use super::dense::FormValues;
use super::model::{Model, Scalars};
use crate::features::{COUNT, Scan};

/// The terms of a location, in logits.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocationTerms {
    /// Bias and structure.
    pub(super) structure: f64,
    /// Content, clamped to its bound.
    pub(super) content: f64,
    /// Share of the content's sum that the bound leaves: 1 inside the bound.
    pub(super) content_share: f64,
}

/// Integer sums over the words, which do not depend on the order of addition.
pub(super) struct WordSums {
    words: i32,
    pairs: i32,
    /// Words that training has seen.
    pub(super) seen: u64,
}

impl LocationTerms {
    /// The terms before shrinkage by coverage.
    ///
    /// Asks and the meanings of words move the location by at most the content bound together, so that a span of text, however
    /// chosen, moves it by at most twice that, and by what its structure adds.
    #[inline(always)]
    pub(super) fn of(model: &Model, scan: &Scan, features: &FormValues, sums: &WordSums) -> Self {
        let root = root_of_count(scan);
        let words = f64::from(sums.words) / root * f64::from(model.scalars.word_unit);
        let pairs = f64::from(sums.pairs) / root * f64::from(model.scalars.pair_unit);
        let structure = f64::from(model.scalars.bias) + features.structure;
        let unbounded = words + pairs + features.content;
        let bound = f64::from(model.scalars.content_bound);
        let content = unbounded.clamp(-bound, bound);
        Self { structure, content, content_share: if unbounded == 0.0 { 1.0 } else { content / unbounded } }
    }

    pub(super) fn location(&self) -> f64 {
        self.structure + self.content
    }
}

impl WordSums {
    /// Sums the weights of words and pairs. They are bytes, and a window holds at most a million words: no sum overflows.
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

/// Contribution of feature `i`. Inputs outside the range of training count as its nearest end.
#[inline]
pub(super) fn of_feature(model: &Model, inputs: &[f32; COUNT], i: usize) -> f64 {
    let input = inputs[i].max(model.least[i]).min(model.greatest[i]);
    f64::from(model.weights[i]) * f64::from(input - model.means[i])
}

/// Share of the deviation from the base that an estimate keeps: `floor` without coverage, 1 with full coverage.
#[inline]
pub(super) fn coverage_share(scalars: &Scalars, coverage: f64) -> f64 {
    let floor = f64::from(scalars.floor);
    floor + (1.0 - floor) * coverage
}

/// Divisor of the words' sums: the root of their number, as in an L2-normalised bag of words.
pub(super) fn root_of_count(scan: &Scan) -> f64 {
    (scan.words.len().max(1) as f64).sqrt()
}
