//! What is kept of a query for learning: hashed words and pairs, a few features, and the prior's word on it. The text
//! itself is not kept, and cannot be had back from it.

use crate::estimate::Estimate;
use crate::estimate::inputs::{INPUTS, MOST_WORDS, pair_bucket, root, word_bucket};
use crate::features::Scan;
use rapidhash::v3::rapidhash_v3;

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
