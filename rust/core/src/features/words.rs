//! Hashes each word and pair, and looks up their groups.
//!
//! Short loops over arrays without a branch on the word: a mispredicted branch costs more than the rest of a word's work.
#![allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)

use super::counters::{add, tokens_of};
use super::hash::{KEEP, SHORT, UNHASHED, finish, number_hash, pair_hash, start, step, word_hash};
use super::lexicon::{Lanes, lanes, set};
use super::scan::Scan;
use super::spec::Feature;

/// Words after which the byte lanes of the groups are emptied, before one can overflow.
const PART: usize = 128;
const SPACES: u64 = u64::from_ne_bytes([b' '; 8]);

impl Scan {
    /// Reads the words of the walk. In plain text all of them are ASCII.
    #[inline(always)]
    pub(super) fn read_words<const PLAIN: bool>(&mut self) {
        self.hash_words::<PLAIN>();
        self.read_numbers();
        self.measure();
        if !PLAIN && self.has_no_latin() {
            // No word is a function word of English or of another language in Latin letters.
            self.translate(false);
            self.look_up_words();
            return self.read_asks::<true>();
        }
        self.look_up_words();
        let latin = self.counters.is_foreign();
        let mixed = !latin && self.counters.is_mixed();
        if latin || mixed || (!PLAIN && self.counters.has_other_letters()) {
            self.foreign.clear();
            // English with a few Greek letters is English.
            let free = latin || !self.counters.is_english() || (mixed && self.find_foreign());
            self.translate(latin);
            self.counters.forget_groups();
            self.look_up_words();
            if free {
                return self.read_asks::<true>();
            }
        }
        self.read_asks::<false>();
    }

    /// True if all letters are of other scripts than Latin.
    fn has_no_latin(&self) -> bool {
        !self.ascii_letters && self.counters.get(Feature::Latin) == 0 && self.counters.has_other_letters()
    }

    #[inline(always)]
    fn hash_words<const PLAIN: bool>(&mut self) {
        let text = &self.text[..];
        let (spans, _) = self.edges.as_chunks();
        for (word, &[from, to]) in self.words.iter_mut().zip(spans) {
            if PLAIN || *word == UNHASHED {
                *word = hash(text, from, to);
            }
        }
    }

    /// Pairs words, and counts their groups.
    #[inline(always)]
    fn look_up_words(&mut self) {
        self.pairs.resize(self.words.len(), 0);
        self.sets.resize(self.words.len(), 0);
        let (spans, _) = self.edges.as_chunks();
        let mut before = 0;
        let parts = self.words.chunks(PART).zip(self.pairs.chunks_mut(PART));
        let parts = parts.zip(spans.chunks(PART)).zip(self.sets.chunks_mut(PART));
        for (((words, pairs), spans), sets) in parts {
            let mut groups: Lanes = [0; 4];
            for (((&word, pair), &[from, to]), place) in words.iter().zip(pairs).zip(spans).zip(sets) {
                *pair = pair_hash(before, word);
                before = word;
                *place = set(word, to - from);
                add(&mut groups, lanes(*place));
            }
            self.counters.add_groups(&groups);
        }
    }

    /// Sums up the lengths of words, and estimates their tokens.
    #[inline(always)]
    fn measure(&mut self) {
        let (mut bytes, mut long, mut tokens) = (0, 0, 0);
        for &[from, to] in self.edges.as_chunks().0.iter().take(self.words.len()) {
            bytes += to - from;
            long += u32::from(to - from > 8);
            tokens += tokens_of(to - from);
        }
        self.counters.word_bytes = bytes;
        self.counters.long_words = long;
        self.counters.tokens_64 += tokens - self.counters.counted_tokens_64;
    }

    /// Hashes numbers by their length, and estimates a token per three digits.
    #[inline(always)]
    fn read_numbers(&mut self) {
        let (spans, _) = self.edges.as_chunks();
        let (mut longest, mut tokens, mut counted) = (0, 0, 0);
        for &number in &self.numbers {
            let place = number as usize;
            if let (Some(&[from, to]), Some(word)) = (spans.get(place), self.words.get_mut(place)) {
                let digits = to - from;
                *word = number_hash(digits);
                longest = digits.max(longest);
                tokens += 64 * digits.div_ceil(3);
                counted += tokens_of(digits);
            }
        }
        self.counters.at_least(Feature::LongestNumber, longest);
        self.counters.tokens_64 += tokens;
        self.counters.counted_tokens_64 += counted;
    }
}

/// The hash of an ASCII word. Sixteen bytes can be read from its start, because the text is padded.
#[inline(always)]
fn hash(text: &[u8], from: u32, to: u32) -> u32 {
    let (length, from) = ((to - from) as usize, from as usize);
    if length > SHORT {
        return long_hash(text, from, length);
    }
    let Some(bytes) = text.get(from..from + SHORT) else { return UNHASHED };
    let (halves, _) = bytes.as_chunks::<8>();
    let a = (u64::from_le_bytes(halves[0]) | SPACES) & KEEP[0][length];
    let b = (u64::from_le_bytes(halves[1]) | SPACES) & KEEP[1][length];
    finish(step(start(length), a, b))
}

#[cold]
fn long_hash(text: &[u8], from: usize, length: usize) -> u32 {
    word_hash(&text[from..from + length])
}
