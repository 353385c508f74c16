//! The sketch of a query: hashed words and pairs, a few features, and the prior's estimate. It does not hold the text, and the
//! text cannot be recovered from it.

use crate::estimate::Estimate;
use crate::estimate::inputs::{INPUTS, MOST_WORDS, pair_bucket, root, word_bucket};
use crate::features::Scan;
use rapidhash::v3::rapidhash_v3;

/// The sketch of one query: about three bytes per different word and pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// Bucket and count of each different term, in the order of buckets.
    pub(super) terms: Box<[(u16, u8)]>,
    /// Number of words read.
    pub(super) words: u16,
    pub(super) inputs: [f32; INPUTS.len()],
    /// The prior's location and coverage.
    pub(super) location: f32,
    pub(super) coverage: f32,
    /// Tilt of the prior's gains, in logits.
    pub(super) tilt: f32,
}

impl Sketch {
    /// Sketches a scanned query with its estimate.
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
            coverage: estimate.coverage as f32,
            tilt: estimate.tilt() as f32,
        }
    }

    /// A digest of the whole sketch.
    pub fn fingerprint(&self) -> u64 {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        rapidhash_v3(&bytes)
    }

    /// Divisor of the sum over terms, as in an L2-normalised bag of words: two terms per word.
    pub(super) fn root(&self) -> f64 {
        root(usize::from(self.words))
    }
}
