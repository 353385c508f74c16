//! One scan of one text: masks, words, gaps, and the vector at the end.

use super::hash::{finish, number_hash, pair_hash, start, step, word_hash};
use super::seen::Seen;
use super::spec::{COUNT, Feature};
use super::tally::{Tally, squash};
use crate::simd::classify::{Masks, classify};
use crate::text::Window;

/// Stands for a word that the walk has found and that is not hashed yet.
const UNHASHED: u32 = 0;
const SPACES: u128 = u128::from_ne_bytes([0x20; 16]);
/// The first `i` bytes of sixteen.
const KEEP: [u128; 17] = {
    let mut keep = [u128::MAX; 17];
    let mut i = 0;
    while i < 16 {
        keep[i] = (1 << (8 * i)) - 1;
        i += 1;
    }
    keep
};
const NIBBLES: u128 = u128::from_ne_bytes([0xF0; 16]);
const ZEROS: u128 = u128::from_ne_bytes([b'0'; 16]);

/// What one pass over a text found. It is also the scratch of the pass: made once, used again for every text.
///
/// ```
/// use rheostat::features::{Scan, index};
/// use rheostat::text::Window;
/// let mut scan = Scan::new();
/// scan.run(b"Prove that 2 + 2 = 4.", Window::default());
/// assert_eq!(scan.values[index("words").unwrap()], 5.0);
/// assert_eq!(scan.values[index("reasoning_words").unwrap()], 1.0);
/// ```
#[derive(Debug, Clone)]
pub struct Scan {
    /// The raw vector, in the order of [`super::SPECS`].
    pub values: [f32; COUNT],
    /// The hash of each word, in order. Numbers are hashed by their length alone.
    pub words: Vec<u32>,
    /// The hash of each word with the one before it; the first is paired with 0.
    pub pairs: Vec<u32>,
    /// The byte range of each word in [`Scan::scanned`].
    pub spans: Vec<(u32, u32)>,
    /// Whether the text was longer than the window.
    pub truncated: bool,
    /// The size of the whole text in bytes.
    pub bytes_total: u64,
    pub(super) inputs: [f32; COUNT],
    pub(super) text: Vec<u8>,
    pub(super) length: usize,
    pub(super) lower: Vec<u8>,
    /// Pairs of neighbouring characters of scripts without spaces: words of two characters are listed as pairs.
    pub(super) characters: Vec<u32>,
    /// Where the last word that is one character of a script without spaces ended.
    pub(super) character_end: usize,
    pub(super) line: Line,
    pub(super) tally: Tally,
    masks: Vec<Masks>,
    seen_words: Seen,
    seen_pairs: Seen,
}

/// Where the scan is within a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// Nothing but white space has been met on this line.
    pub(super) empty: bool,
    /// White space met at the beginning of the line; a tab counts four.
    pub(super) indent: u32,
    /// The place of the line's first byte.
    pub(super) start: usize,
}

impl Scan {
    /// An empty scan. Buffers grow with the first texts and are kept.
    pub fn new() -> Self {
        Self {
            values: [0.0; COUNT],
            words: Vec::new(),
            pairs: Vec::new(),
            spans: Vec::new(),
            truncated: false,
            bytes_total: 0,
            inputs: [0.0; COUNT],
            text: Vec::new(),
            length: 0,
            lower: Vec::new(),
            characters: Vec::new(),
            character_end: 0,
            line: Line { empty: true, indent: 0, start: 0 },
            tally: Tally::new(),
            masks: Vec::new(),
            seen_words: Seen::new(),
            seen_pairs: Seen::new(),
        }
    }

    /// Reads `text`, which may be any bytes: what is not UTF-8 is counted and passed over. Of a text longer than the
    /// window its head and its tail are read.
    pub fn run(&mut self, text: &[u8], window: Window) {
        self.load(text, window);
        self.walk();
        self.tally.end_sentence(self.words.len());
        self.end_line();
        self.hash_words();
        self.look_up_words();
        self.find_repetition();
        self.tally.add(Feature::Bytes, self.length as u32);
        self.tally.values(self.words.len(), &mut self.values);
        squash(&self.values, &mut self.inputs);
    }

    /// What a linear model reads: log₂(1 + x) of counts (interpolated linearly between powers of two), shares and
    /// means as they are.
    pub fn inputs(&self) -> &[f32; COUNT] {
        &self.inputs
    }

    /// The bytes that were read: the text, or its head, a line feed, and its tail.
    pub fn scanned(&self) -> &[u8] {
        &self.text[..self.length]
    }

    /// Copies what the window lets through into the scratch, padded so that sixteen bytes can be read anywhere.
    fn load(&mut self, text: &[u8], window: Window) {
        self.seen_words.forget(&self.words);
        self.seen_pairs.forget(&self.pairs);
        let (head, tail) = window.split(text);
        self.truncated = text.len() > window.bytes;
        self.bytes_total = text.len() as u64;
        self.text.clear();
        self.text.extend_from_slice(head);
        if self.truncated {
            self.text.push(b'\n');
            self.text.extend_from_slice(tail);
        }
        self.length = self.text.len();
        // At least one block boundary and one load beyond the end, all of it outside any word.
        self.text.resize((self.length / 64 + 1) * 64 + 16, 0);
        self.words.clear();
        self.pairs.clear();
        self.spans.clear();
        self.characters.clear();
        self.character_end = usize::MAX;
        self.line = Line { empty: true, indent: 0, start: 0 };
        self.tally = Tally::new();
    }

    fn walk(&mut self) {
        let mut masks = std::mem::take(&mut self.masks);
        classify(&self.text, &mut masks);
        let (mut carry, mut small_before) = (0, 0);
        let (mut inside, mut from, mut end) = (false, 0, 0);
        let mut high_near = 0;
        let (mut high, mut upper, mut digits, mut identifiers) = (0, 0, 0, 0);
        for (i, mask) in masks.iter().enumerate() {
            // A run that ends in this block may have begun in an earlier one.
            high_near = if inside { high_near | mask.high } else { mask.high };
            let small = mask.word & !(mask.upper | mask.digit | mask.high | mask.underscore);
            high += mask.high.count_ones();
            upper += mask.upper.count_ones();
            digits += mask.digit.count_ones();
            identifiers +=
                (mask.upper & (small << 1 | small_before)).count_ones() + mask.underscore.count_ones();
            small_before = small >> 63;
            let mut edges = mask.word ^ (mask.word << 1 | carry);
            carry = mask.word >> 63;
            while edges != 0 {
                let at = i * 64 + edges.trailing_zeros() as usize;
                edges &= edges - 1;
                if inside {
                    self.word_bytes(from, at, high_near);
                    end = at;
                } else {
                    self.gap(end, at);
                    from = at;
                }
                inside = !inside;
            }
        }
        self.gap(end, self.length);
        self.tally.upper = upper;
        self.tally.add(Feature::Digits, digits);
        self.tally.add(Feature::Identifiers, identifiers);
        // The characters outside ASCII were counted as they were decoded.
        self.tally.add(Feature::Characters, self.length as u32 - high);
        self.masks = masks;
    }

    /// A run of word bytes: one ASCII word, which is hashed later, or a run that has to be decoded.
    #[inline]
    fn word_bytes(&mut self, from: usize, to: usize, high: u64) {
        if high != 0 && !self.text[from..to].is_ascii() {
            return self.foreign(from, to);
        }
        self.begin_on_line();
        self.push(UNHASHED, from, to);
    }

    /// Enters a word.
    #[inline]
    pub(super) fn push(&mut self, hash: u32, from: usize, to: usize) {
        self.words.push(hash);
        self.spans.push((from as u32, to as u32));
    }

    /// Hashes the words that the walk only found, and counts what their bytes say.
    fn hash_words(&mut self) {
        let (mut numbers, mut capitals, mut longest, mut tokens) = (0, 0, 0, 0);
        for (word, &(from, to)) in self.words.iter_mut().zip(&self.spans) {
            let (from, length) = (from as usize, to - from);
            let Some(bytes) = self.text[from..].first_chunk::<16>() else { continue };
            numbers += u32::from(bytes[0].is_ascii_digit());
            capitals += u32::from(bytes[0].is_ascii_uppercase());
            if *word != UNHASHED {
                continue;
            }
            let number;
            if length <= 16 {
                let keep = KEEP[length as usize];
                let block = u128::from_le_bytes(*bytes) & keep;
                number = block & NIBBLES == ZEROS & keep;
                *word = finish(step(start(length as usize), (block | SPACES) & keep));
            } else {
                let run = &self.text[from..from + length as usize];
                number = run.iter().all(u8::is_ascii_digit);
                *word = word_hash(run);
            }
            tokens += 64 + 10 * length.saturating_sub(6);
            if number {
                *word = number_hash(length);
                longest = longest.max(length);
                // A number takes a token for three digits.
                tokens = tokens + 64 * (length.div_ceil(3) - 1) - 10 * length.saturating_sub(6);
            }
        }
        self.tally.add(Feature::Numbers, numbers);
        self.tally.add(Feature::CapitalWords, capitals);
        self.tally.at_least(Feature::LongestNumber, longest);
        self.tally.tokens_64 += tokens;
    }

    fn look_up_words(&mut self) {
        let (mut bytes, mut long) = (0, 0);
        for &(from, to) in &self.spans {
            bytes += to - from;
            long += u32::from(to - from > 8);
        }
        self.tally.word_bytes = bytes;
        self.tally.long_words = long;
        let (spans, text) = (&self.spans, &self.text);
        self.tally.unknown_words = self.tally.look_up(&self.words, |i| {
            let (from, to) = spans[i];
            let first = text[from as usize];
            (to - from >= 5) & !first.is_ascii_digit() & (first != b'_')
        });
        self.tally.look_up(&self.characters, |_| false);
    }

    fn find_repetition(&mut self) {
        let mut before = 0;
        self.pairs
            .extend(self.words.iter().map(|&word| pair_hash(std::mem::replace(&mut before, word), word)));
        let (mut distinct, mut repeated) = (0, 0);
        for (&word, &pair) in self.words.iter().zip(&self.pairs).take(Seen::LIMIT) {
            distinct += u32::from(self.seen_words.is_new(word));
            repeated += u32::from(!self.seen_pairs.is_new(pair));
        }
        self.tally.distinct = distinct;
        self.tally.repeated_pairs = repeated;
    }

    /// Something that is not white space stands on this line.
    #[inline]
    pub(super) fn begin_on_line(&mut self) {
        if self.line.empty {
            self.line.empty = false;
            self.tally.add(Feature::Lines, 1);
            self.tally.add(Feature::Indented, u32::from(self.line.indent >= 4));
        }
    }
}

impl Default for Scan {
    fn default() -> Self {
        Self::new()
    }
}
