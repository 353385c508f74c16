//! What is kept of a query for learning: hashed words and pairs, a few features, and the prior's word on it. The text
//! itself is not kept, and cannot be had back from it.

use crate::estimate::Estimate;
use crate::features::{Feature, Scan};
use rapidhash::v3::rapidhash_v3;

/// Buckets of words, and as many of pairs of words.
pub const BUCKETS: usize = 1 << 14;
/// Of a query so many words are looked at, from its beginning: a bound on time and memory.
pub const MOST_WORDS: usize = 512;
/// The features that heads read besides words.
pub(super) const INPUTS: [Feature; 12] = [
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
pub(super) fn word_bucket(hash: u32) -> usize {
    hash as usize >> 18
}

/// The place of a pair's hash: behind those of the words.
#[inline]
pub(super) fn pair_bucket(hash: u32) -> usize {
    BUCKETS + (hash as usize >> 18)
}

/// What is kept of one query: about three bytes for each different word and pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// Bucket and count of each different term, by bucket.
    pub(super) terms: Box<[(u16, u8)]>,
    /// How many words were looked at.
    pub(super) words: u16,
    pub(super) inputs: [f32; INPUTS.len()],
    /// The prior's location and evidence.
    pub(super) location: f32,
    pub(super) evidence: f32,
    /// By how much its gains are tilted, in logits.
    pub(super) tilt: f32,
}

impl Sketch {
    /// The sketch of a scanned query and of what was estimated of it.
    pub fn new(scan: &Scan, estimate: &Estimate) -> Self {
        let words = scan.words.len().min(MOST_WORDS);
        let buckets = scan.words[..words].iter().map(|&hash| word_bucket(hash) as u16);
        let pairs = scan.pairs.iter().take(words).map(|&hash| pair_bucket(hash) as u16);
        let mut all: Vec<u16> = buckets.chain(pairs).collect();
        all.sort_unstable();
        let terms = all
            .chunk_by(|a, b| a == b)
            .map(|same| (same[0], same.len().min(usize::from(u8::MAX)) as u8))
            .collect();
        Self {
            terms,
            words: words as u16,
            inputs: INPUTS.map(|feature| scan.inputs()[feature as usize]),
            location: estimate.location as f32,
            evidence: estimate.evidence as f32,
            tilt: estimate.tilt() as f32,
        }
    }

    /// A digest of everything in it: equal queries have equal ones.
    pub fn fingerprint(&self) -> u64 {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        rapidhash_v3(&bytes)
    }

    /// What the sum over terms is divided by: two terms a word, in an L2-normalised bag.
    pub(super) fn root(&self) -> f64 {
        root(usize::from(self.words))
    }
}

/// The root of the number of terms of so many words.
pub(super) fn root(words: usize) -> f64 {
    ((2 * words.max(1)) as f64).sqrt()
}
