//! The part of a query that heads read: hashed words, pairs of words and a few features, and where each has its weight.

use crate::features::Feature;

/// The most models that can have a head.
pub const MOST_HEADS: usize = 8;
/// Buckets of words, and as many of pairs of words.
pub const BUCKETS: usize = 1 << 14;
/// Of a query so many words are looked at, from its beginning: a bound on time and memory.
pub const MOST_WORDS: usize = 512;
/// The features that heads read besides words.
pub(crate) const INPUTS: [Feature; 12] = [
    Feature::Bytes,
    Feature::Lines,
    Feature::LongestSentence,
    Feature::LongWords,
    Feature::Numbers,
    Feature::Operators,
    Feature::Latex,
    Feature::CodeMarks,
    Feature::Options,
    Feature::QuestionMarks,
    Feature::CapitalWords,
    Feature::DistinctShare,
];

/// The place of a word's hash in the tables of heads.
#[inline]
pub(crate) fn word_bucket(hash: u32) -> usize {
    hash as usize >> 18
}

/// The place of a pair's hash: behind those of the words.
#[inline]
pub(crate) fn pair_bucket(hash: u32) -> usize {
    BUCKETS + (hash as usize >> 18)
}
/// The variance of what all features together add, against that of the words: with few outcomes features mislead.
const FEATURES: f64 = 0.03;
/// A standardised feature beyond this many deviations counts as that many.
pub(crate) const MOST_DEVIATIONS: f32 = 3.0;

/// The root of the number of terms of so many words.
pub(crate) fn root(words: usize) -> f64 {
    ((2 * words.max(1)) as f64).sqrt()
}

/// What a standardised feature is multiplied by.
pub(crate) fn feature_unit() -> f64 {
    (FEATURES / INPUTS.len() as f64).sqrt()
}

/// Features as heads read them.
pub(crate) fn standardised(
    inputs: &[f32; INPUTS.len()],
    means: &[f32; INPUTS.len()],
    scales: &[f32; INPUTS.len()],
) -> [f32; INPUTS.len()] {
    let most = MOST_DEVIATIONS * feature_unit() as f32;
    let mut out = [0.0; INPUTS.len()];
    for (i, x) in out.iter_mut().enumerate() {
        *x = ((inputs[i] - means[i]) * scales[i]).clamp(-most, most);
    }
    out
}
