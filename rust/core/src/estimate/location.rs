//! The location of a query: its structure's contribution, plus its content's within a bound.
//!
//! ```text
//! location = bias + structure + clamp(asks + spread · (words + pairs + meanings) − share · max(0, bias + structure − from))
//! spread     1 up to 48 words, then falling as the root of their number: what words mean is a mean over long text, not a sum
//! from       the last term only where nothing but a fact or another form of a text is asked for: it is the size of material
//! ```
#![allow(clippy::inline_always)] // inlined code is compiled with the caller's instruction set (`simd::widest`)

use super::dense::FormValues;
use super::model::{Model, Scalars};
use crate::features::{COUNT, Feature, Scan};

/// Words up to which meanings add up.
const SPREAD: usize = 48;

/// The terms of a location, in logits.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocationTerms {
    /// Bias and structure.
    pub(super) structure: f64,
    /// Content, clamped to its bound.
    pub(super) content: f64,
    /// Share of the content's sum that the bound leaves: 1 inside the bound.
    pub(super) content_share: f64,
    /// Share of what structure adds above `material_from` that content takes off again, before its bound.
    pub(super) taken_off: f64,
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
        let size = structure - f64::from(model.scalars.material_from);
        let taken_off =
            if size > 0.0 && asks_little(scan) { f64::from(model.scalars.material_share) } else { 0.0 };
        let unbounded = features.asks + (words + pairs + features.meanings) * spread(scan) - taken_off * size;
        let bound = f64::from(model.scalars.content_bound);
        let content = unbounded.clamp(-bound, bound);
        let content_share = if unbounded == 0.0 { 1.0 } else { content / unbounded };
        Self { structure, content, content_share, taken_off }
    }

    pub(super) fn location(&self) -> f64 {
        self.structure + self.content
    }
}

/// True if a fact, or a text in another form, is asked for, and nothing else.
fn asks_little(scan: &Scan) -> bool {
    let asks = &scan.values()[Feature::AsksLookup as usize..=Feature::AsksDiagnose as usize];
    let (little, work) = asks.split_at(2);
    little.iter().any(|&asks| asks > 0.0) && work.iter().all(|&asks| asks == 0.0)
}

/// Share of the words' and meanings' sums that counts.
pub(super) fn spread(scan: &Scan) -> f64 {
    let words = scan.words.len();
    if words <= SPREAD { 1.0 } else { (SPREAD as f64 / words as f64).sqrt() }
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
