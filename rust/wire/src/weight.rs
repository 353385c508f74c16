//! Weighs text: its bytes, and an estimate of its tokens by what it is.
//!
//! The core counts the tokens of a sample (`query/tokens.rs`). Of a long text the first 128 bytes of each 4 KiB are read, so a
//! hundred kilobytes of history take a few microseconds.

use rheostat::query::{Sink, tokens_64};
use std::ops::{Add, AddAssign};

/// The size of a text for a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weight {
    /// Bytes of UTF-8.
    pub bytes: u64,
    /// Estimated tokens, in 64ths.
    pub tokens_64: u64,
}

/// Bytes from one sample to the next, and bytes of a sample.
const STRIDE: usize = 4096;
const SAMPLE: usize = 128;
/// Strings of up to this many bytes within JSON are counted at a flat rate.
const SHORT: usize = 24;

impl Weight {
    /// Weighs a text.
    ///
    /// ```
    /// use rheostat_wire::Weight;
    /// let (prose, digits) = (Weight::of(b"a few words of prose"), Weight::of(b"0.8271,0.9175,0.2238"));
    /// assert!(prose.tokens() < digits.tokens());
    /// ```
    pub fn of(text: &[u8]) -> Self {
        let mut sampler = Sampler::default();
        for part in text.chunks(STRIDE) {
            sampler.tokens_64 += tokens_64(part.get(..SAMPLE).unwrap_or(part));
            sampler.sampled += part.len().min(SAMPLE) as u64;
        }
        sampler.weight(text.len() as u64)
    }

    /// Weighs a string within JSON that the model reads as such. A short one is counted at a flat rate.
    pub fn of_string(bytes: usize, weigh: impl FnOnce() -> Self) -> Self {
        if bytes <= SHORT { Self::flat(bytes) } else { weigh() + Self { bytes: 0, tokens_64: 24 } }
    }

    /// Weighs a short string within JSON: 4 bytes a token.
    pub(crate) fn flat(bytes: usize) -> Self {
        Self { bytes: bytes as u64, tokens_64: 24 + 16 * bytes as u64 }
    }

    /// Weighs a number as JSON writes it: three digits a token, its point and its comma.
    pub fn of_number(bytes: usize) -> Self {
        Self { bytes: bytes as u64, tokens_64: 40 + 28 * bytes as u64 }
    }

    /// Weighs `true`, `false` or `null`.
    pub fn of_word() -> Self {
        Self { bytes: 0, tokens_64: 64 }
    }

    /// A weight in tokens alone: of a picture, or a file.
    pub fn of_tokens(tokens: u64) -> Self {
        Self { bytes: 0, tokens_64: tokens.saturating_mul(64) }
    }

    /// Estimated tokens, rounded up.
    pub fn tokens(self) -> u64 {
        self.tokens_64.div_ceil(64)
    }
}

impl Add for Weight {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_add(other.bytes),
            tokens_64: self.tokens_64.saturating_add(other.tokens_64),
        }
    }
}

impl AddAssign for Weight {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Samples a text that comes in pieces.
#[derive(Debug)]
pub(crate) struct Sampler {
    at: usize,
    sample: [u8; SAMPLE],
    filled: usize,
    sampled: u64,
    tokens_64: u64,
}

impl Default for Sampler {
    fn default() -> Self {
        Self { at: 0, sample: [0; SAMPLE], filled: 0, sampled: 0, tokens_64: 0 }
    }
}

impl Sampler {
    fn flush(&mut self) {
        self.tokens_64 += tokens_64(self.sample.get(..self.filled).unwrap_or_default());
        self.sampled += self.filled as u64;
        self.filled = 0;
    }

    /// The weight of the whole text.
    pub(crate) fn finish(self) -> Weight {
        let bytes = self.at;
        self.finish_at(bytes)
    }

    /// The weight of a text of `bytes`, of which all samples have been taken.
    pub(crate) fn finish_at(mut self, bytes: usize) -> Weight {
        self.flush();
        self.weight(bytes as u64)
    }

    /// True if samples are still to come in a text of `bytes`.
    pub(crate) fn wants_more(&self, bytes: usize) -> bool {
        self.at < bytes && self.at < (bytes - 1) / STRIDE * STRIDE + SAMPLE
    }

    fn weight(&self, bytes: u64) -> Weight {
        let tokens = u128::from(self.tokens_64) * u128::from(bytes) / u128::from(self.sampled.max(1));
        Weight { bytes, tokens_64: tokens as u64 }
    }
}

impl Sink for Sampler {
    fn unwanted(&self) -> usize {
        let place = self.at % STRIDE;
        if place < SAMPLE { 0 } else { STRIDE - place }
    }

    fn wanted(&self) -> usize {
        SAMPLE.saturating_sub(self.at % STRIDE)
    }

    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
    }

    fn push(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let (wanted, unwanted) = (self.wanted(), self.unwanted());
            let (part, rest) = piece.split_at(piece.len().min(if wanted > 0 { wanted } else { unwanted }));
            if wanted > 0 {
                if self.at.is_multiple_of(STRIDE) {
                    self.flush();
                }
                let room = self.sample.get_mut(self.filled..self.filled + part.len());
                if let Some(room) = room {
                    room.copy_from_slice(part);
                    self.filled += part.len();
                }
            }
            self.at += part.len();
            piece = rest;
        }
    }
}
