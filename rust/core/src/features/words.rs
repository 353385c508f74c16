//! Each word once: its hash, the hash of it and the word before, its groups, and whether they were seen before.
//!
//! Short loops over arrays, without a branch on what a word is: one that cannot be foreseen would cost more than the rest.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

use super::hash::{finish, number_hash, pair_hash, start, step, word_hash};
use super::lexicon::{Lanes, lanes};
use super::scan::{Scan, UNHASHED};
use super::seen::Seen;
use super::spec::Feature;
use super::tally::sum;

/// Words between two times that the byte lanes of groups are emptied: before one of them can overflow.
const PART: usize = 128;
/// The first `i` bytes of sixteen, as two halves.
const KEEP: [[u64; 2]; 17] = {
    let mut keep = [[u64::MAX; 2]; 17];
    let mut i = 0;
    while i < 8 {
        keep[i] = [(1 << (8 * i)) - 1, 0];
        keep[i + 8] = [u64::MAX, (1 << (8 * i)) - 1];
        i += 1;
    }
    keep
};
const SPACES: u64 = u64::from_ne_bytes([b' '; 8]);

impl Scan {
    /// Reads the words that the walk has found.
    #[inline(always)]
    pub(super) fn read_words(&mut self) {
        if self.tally.get(Feature::Numbers) > 0 {
            self.read_numbers();
        }
        if self.measure() > 16 {
            self.read_long();
        }
        self.hash_words();
        self.pair_words();
        self.look_up_words();
        let counted = self.words.len().min(Seen::LIMIT);
        self.tally.distinct = self.seen_words.count_new(&self.words[..counted]);
        self.tally.repeated_pairs = counted as u32 - self.seen_pairs.count_new(&self.pairs[..counted]);
    }

    #[inline(always)]
    fn hash_words(&mut self) {
        let text = &self.text[..];
        for (word, &(from, to)) in self.words.iter_mut().zip(&self.spans) {
            if *word == UNHASHED {
                *word = hash(&text[from as usize..], to - from);
            }
        }
    }

    #[inline(always)]
    fn pair_words(&mut self) {
        self.pairs.resize(self.words.len(), 0);
        let mut before = 0;
        for (pair, &word) in self.pairs.iter_mut().zip(&self.words) {
            *pair = pair_hash(before, word);
            before = word;
        }
    }

    /// Counts the groups of words, and the long words that are in none.
    #[inline(always)]
    fn look_up_words(&mut self) {
        let mut unknown = 0;
        for (words, spans) in self.words.chunks(PART).zip(self.spans.chunks(PART)) {
            let mut groups: Lanes = [0; 4];
            for (&word, &(from, to)) in words.iter().zip(spans) {
                let (of, listed) = lanes(word);
                groups = sum(groups, of);
                unknown += u32::from(!listed & (to - from >= 5));
            }
            self.tally.add_groups(groups);
        }
        self.tally.unknown_words = unknown;
        self.tally.look_up_pairs(&self.characters);
    }

    /// What the lengths of words tell; the largest of them.
    #[inline(always)]
    fn measure(&mut self) -> u32 {
        let (mut bytes, mut long, mut tokens, mut longest) = (0, 0, 0, 0);
        for &(from, to) in &self.spans {
            bytes += to - from;
            long += u32::from(to - from > 8);
            tokens += tokens_of(to - from);
            longest = longest.max(to - from);
        }
        self.tally.word_bytes = bytes;
        self.tally.long_words = long;
        self.tally.tokens_64 += tokens - self.tally.counted_tokens_64;
        longest
    }

    /// Hashes what is longer than sixteen bytes.
    fn read_long(&mut self) {
        for (word, &(from, to)) in self.words.iter_mut().zip(&self.spans) {
            if *word == UNHASHED && to - from > 16 {
                *word = word_hash(&self.text[from as usize..to as usize]);
            }
        }
    }

    /// Hashes what is all digits: all numbers of one length are one word, and take a token for three digits.
    fn read_numbers(&mut self) {
        for (word, &(from, to)) in self.words.iter_mut().zip(&self.spans) {
            let run = &self.text[from as usize..to as usize];
            if *word == UNHASHED && run[0].is_ascii_digit() && run.iter().all(u8::is_ascii_digit) {
                let digits = to - from;
                *word = number_hash(digits);
                self.tally.at_least(Feature::LongestNumber, digits);
                self.tally.tokens_64 += 64 * digits.div_ceil(3);
                self.tally.counted_tokens_64 += tokens_of(digits);
            }
        }
    }
}

/// The estimated tokens of a word of ASCII by its length, in 64ths.
#[inline(always)]
pub(super) fn tokens_of(length: u32) -> u32 {
    64 + 10 * length.saturating_sub(6)
}

/// The hash of the word of at most sixteen bytes of ASCII that `run` begins with. The text is padded, so there are sixteen.
#[inline(always)]
fn hash(run: &[u8], length: u32) -> u32 {
    let (Some(bytes), Some(&[low, high])) = (run.first_chunk::<16>(), KEEP.get(length as usize)) else {
        return UNHASHED;
    };
    let (halves, _) = bytes.as_chunks::<8>();
    let a = (u64::from_le_bytes(halves[0]) | SPACES) & low;
    let b = (u64::from_le_bytes(halves[1]) | SPACES) & high;
    finish(step(start(length as usize), a, b))
}
