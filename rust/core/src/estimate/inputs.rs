//! The inputs of heads: hashed words, pairs of words and a few features.

use crate::features::Feature;

/// Largest number of models with a head.
pub const MOST_HEADS: usize = 8;
/// Buckets for words; pairs of words have as many of their own.
pub const BUCKETS: usize = 1 << 14;
/// Number of a query's first words that heads read: a bound on time and memory.
pub const MOST_WORDS: usize = 512;
/// Features that heads read besides words.
pub(crate) const INPUTS: [Feature; 11] = [
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
];

/// The bucket of a word's hash.
#[inline]
pub(crate) fn word_bucket(hash: u32) -> usize {
    hash as usize >> 18
}

/// The bucket of a pair's hash, after those of the words.
#[inline]
pub(crate) fn pair_bucket(hash: u32) -> usize {
    BUCKETS + (hash as usize >> 18)
}

/// Prior variance of all features together, where that of the words is 1. Small, because with few outcomes features mislead.
const FEATURES: f64 = 0.03;
/// Standardised features are clamped to this many deviations.
pub(crate) const MOST_DEVIATIONS: f32 = 3.0;

/// Root of the number of terms of a text: words and pairs.
pub(crate) fn root(words: usize) -> f64 {
    ((2 * words.max(1)) as f64).sqrt()
}

/// Scale of one standardised feature.
pub(crate) fn feature_unit() -> f64 {
    (FEATURES / INPUTS.len() as f64).sqrt()
}

/// Standardises features.
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
