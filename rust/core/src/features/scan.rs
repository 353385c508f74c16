//! One scan of one text: masks, words, gaps, and the vector at the end.
#![allow(clippy::inline_always)] // compiled again with the instructions of the caller (`simd::widest`)

use super::counters::{Counters, tokens_of};
use super::hash::UNHASHED;
use super::spec::{COUNT, Feature, WIDTH};
use crate::query::Window;
use crate::simd::classify::{Masks, classify};
use crate::simd::edges::edges;
use crate::simd::widest::{Work, widest};

/// Zero bytes behind a text: one block of masks and one load of sixteen bytes may read past its end.
const PADDING: usize = 64 + 16;

/// The words and features of one text. It is also the scratch of the pass: make it once, use it for every text.
///
/// ```
/// use rheostat::features::{Scan, index};
/// use rheostat::query::Window;
/// let mut scan = Scan::new();
/// scan.run(b"Prove that 2 + 2 = 4.", Window::default());
/// assert_eq!(scan.values()[index("words").unwrap()], 5.0);
/// assert_eq!(scan.values()[index("reasoning_words").unwrap()], 1.0);
/// ```
#[derive(Debug, Clone)]
pub struct Scan {
    /// The hash of each word, in order. Numbers are hashed by their length alone.
    pub words: Vec<u32>,
    /// The hash of each word with the one before it; the first is paired with 0.
    pub pairs: Vec<u32>,
    /// True if the text was longer than the window.
    pub truncated: bool,
    /// The size of the whole text in bytes.
    pub bytes_total: u64,
    values: [f32; WIDTH],
    inputs: [f32; WIDTH],
    /// Start and end of each word, in turn; the rest is spare room.
    pub(super) edges: Vec<u32>,
    pub(super) text: Vec<u8>,
    pub(super) length: usize,
    pub(super) lower: Vec<u8>,
    pub(super) counters: Counters,
    /// Number of words that have been passed.
    pub(super) passed: usize,
    masks: Vec<Masks>,
    /// Start and end of each run of word bytes, for texts where a run may hold several words.
    runs: Vec<u32>,
    /// True if the text has letters of ASCII.
    pub(super) ascii_letters: bool,
    /// Indices of the words that are all digits.
    pub(super) numbers: Vec<u32>,
    /// Where each sentence ends, in bytes.
    pub(super) ends: Vec<u32>,
    /// The set of groups of each word.
    pub(super) sets: Vec<u8>,
    /// Ranges of words that are only mentioned.
    pub(super) mentions: Vec<[u32; 2]>,
    /// Ranges of bytes with words on how to answer.
    pub(super) cuts: Vec<[u32; 2]>,
    /// For each word of a text of two languages, true in a stretch of the other than English; empty for other texts.
    pub(super) foreign: Vec<bool>,
}

impl Scan {
    /// An empty scan. Buffers grow with the first texts and are kept.
    pub fn new() -> Self {
        Self {
            words: Vec::new(),
            pairs: Vec::new(),
            truncated: false,
            bytes_total: 0,
            values: [0.0; WIDTH],
            inputs: [0.0; WIDTH],
            edges: Vec::new(),
            text: Vec::new(),
            length: 0,
            lower: Vec::new(),
            counters: Counters::new(),
            passed: 0,
            masks: Vec::new(),
            runs: Vec::new(),
            ascii_letters: false,
            numbers: Vec::new(),
            ends: Vec::new(),
            sets: Vec::new(),
            mentions: Vec::new(),
            cuts: Vec::new(),
            foreign: Vec::new(),
        }
    }

    /// Reads `text`. Bytes that are not UTF-8 are counted and skipped. If the text is longer than the window, head and tail are
    /// read.
    pub fn run(&mut self, text: &[u8], window: Window) {
        self.load(text, window);
        // One call, so that the pass is compiled once.
        let mut is_whole = true;
        loop {
            widest(Pass(self));
            if !is_whole || self.counters.heads == 0 || !self.leave_out_manner() {
                break;
            }
            is_whole = false;
        }
    }

    #[inline(always)]
    fn pass(&mut self) {
        self.counters = Counters::new();
        // The last block ends outside any word.
        classify(&self.text[..(self.length / 64 + 1) * 64], &mut self.masks);
        let plain = self.masks.iter().fold(0, |high, mask| high | mask.high) == 0;
        self.counters.add(Feature::Bytes, self.length as u32);
        self.count_masks();
        self.begin_line(0);
        if plain {
            self.walk_plain();
            self.read_words::<true>();
        } else {
            self.walk_any();
            self.read_words::<false>();
        }
        self.counters.fill(self.words.len(), &mut self.values, &mut self.inputs);
    }

    /// The raw vector, in the order of [`super::SPECS`].
    pub fn values(&self) -> &[f32; COUNT] {
        &self.values.as_chunks().0[0]
    }

    /// The vector as a linear model reads it: log₂(1 + x) of counts (interpolated linearly between powers of two), shares and means
    /// as they are.
    pub fn inputs(&self) -> &[f32; COUNT] {
        &self.inputs.as_chunks().0[0]
    }

    /// [`inputs`](Self::inputs), zero-padded to whole blocks.
    pub(crate) fn padded_inputs(&self) -> &[f32; WIDTH] {
        &self.inputs
    }

    /// Start and end of each word in [`Scan::scanned`], in bytes.
    pub fn spans(&self) -> &[[u32; 2]] {
        self.edges.as_chunks().0.get(..self.words.len()).unwrap_or_default()
    }

    /// The bytes that were read: the text, or its head, a line feed, and its tail.
    pub fn scanned(&self) -> &[u8] {
        &self.text[..self.length]
    }

    /// Copies the window's part of the text into the scratch, padded so that sixteen bytes can be read anywhere.
    fn load(&mut self, text: &[u8], window: Window) {
        let (head, tail) = window.split(text);
        self.truncated = text.len() > window.bytes;
        self.bytes_total = text.len() as u64;
        self.text.clear();
        self.text.extend_from_slice(head);
        if self.truncated {
            self.text.push(b'\n');
            self.text.extend_from_slice(tail);
        }
        self.rewind();
    }

    /// Takes the bytes of `cuts` out of the text, and white space at the ends of what remains.
    pub(super) fn cut(&mut self) {
        self.text.truncate(self.length);
        let (mut kept, mut at) = (0, 0);
        for &[from, to] in self.cuts.iter().chain([&[self.length as u32; 2]]) {
            // A cut that begins behind the word before it may begin in the cut before it.
            let from = at.max(from as usize);
            self.text.copy_within(at..from, kept);
            (kept, at) = (kept + from - at, to as usize);
        }
        self.text.truncate(kept);
        let kept = self.text.trim_ascii_end().len();
        self.text.truncate(kept);
        self.rewind();
    }

    /// Makes a loaded text ready for its pass.
    fn rewind(&mut self) {
        self.length = self.text.len();
        self.text.extend_from_slice(&[0; PADDING]);
        self.numbers.clear();
        self.ends.clear();
        self.passed = 0;
    }

    /// Counts the features that follow from the masks alone.
    #[inline(always)]
    fn count_masks(&mut self) {
        let (mut carry, mut small_before) = (0, 0);
        let (mut high, mut upper, mut digits, mut identifiers) = (0, 0, 0, 0);
        let (mut numbers, mut capitals, mut letters) = (0, 0, 0);
        for mask in &self.masks {
            let small = mask.word & !(mask.upper | mask.digit | mask.high | mask.underscore);
            let starts = mask.word & !(mask.word << 1 | carry);
            letters |= small | mask.upper;
            high += mask.high.count_ones();
            upper += mask.upper.count_ones();
            digits += mask.digit.count_ones();
            identifiers +=
                (mask.upper & (small << 1 | small_before)).count_ones() + mask.underscore.count_ones();
            numbers += (starts & mask.digit).count_ones();
            capitals += (starts & mask.upper).count_ones();
            small_before = small >> 63;
            carry = mask.word >> 63;
        }
        self.ascii_letters = letters != 0;
        self.counters.upper = upper;
        self.counters.add(Feature::Digits, digits);
        self.counters.add(Feature::Identifiers, identifiers);
        self.counters.add(Feature::Numbers, numbers);
        self.counters.add(Feature::CapitalWords, capitals);
        // Characters outside ASCII are counted where they are decoded.
        self.counters.add(Feature::Characters, self.length as u32 - high);
    }

    /// Walks plain ASCII, where every run is a word. Between words, all bytes but spaces are read.
    #[inline(always)]
    fn walk_plain(&mut self) {
        let words = edges(&self.masks, &mut self.edges) / 2;
        self.words.resize(words, UNHASHED);
        let masks = std::mem::take(&mut self.masks);
        let (mut passed, mut carry) = (0, 0);
        for (i, mask) in masks.iter().enumerate() {
            let block = i * 64;
            let starts = mask.word & !(mask.word << 1 | carry);
            // Number of words that start before the lowest bit.
            let before = |bits: u64| passed + (starts & ((bits - 1) & !bits)).count_ones();
            let mut numbers = starts & mask.digit;
            while numbers != 0 {
                let (at, word) = (numbers.trailing_zeros(), before(numbers));
                let ends = ((mask.word >> at).trailing_ones(), (mask.digit >> at).trailing_ones());
                if if at + ends.1 < 64 { ends.0 == ends.1 } else { self.is_number(word) } {
                    self.numbers.push(word);
                }
                numbers &= numbers - 1;
            }
            let within = 1_u64.checked_shl((self.length - block) as u32).map_or(u64::MAX, |end| end - 1);
            let mut marks = within & !(mask.word | mask.space);
            while marks != 0 {
                self.passed = before(marks) as usize;
                self.mark(block + marks.trailing_zeros() as usize);
                marks &= marks - 1;
            }
            passed += starts.count_ones();
            carry = mask.word >> 63;
        }
        self.masks = masks;
        self.passed = words;
        self.end_sentence(self.length);
    }

    /// Walks any other text, where a run may have to be decoded.
    fn walk_any(&mut self) {
        self.words.clear();
        let mut runs = std::mem::take(&mut self.runs);
        let count = edges(&self.masks, &mut runs) / 2;
        let mut end = 0;
        for &[from, to] in runs.as_chunks().0.iter().take(count) {
            let (from, to) = (from as usize, to as usize);
            if from != end + 1 || self.text[end] != b' ' {
                self.gap(end, from);
            }
            if self.is_ascii(from, to) {
                self.enter(UNHASHED, from, to);
                let word = self.words.len() as u32 - 1;
                if self.is_number(word) {
                    self.numbers.push(word);
                }
            } else {
                self.foreign(from, to);
            }
            end = to;
        }
        self.runs = runs;
        self.gap(end, self.length);
        self.end_sentence(self.length);
    }

    /// Ends the current sentence at a byte, if it has words.
    pub(super) fn end_sentence(&mut self, at: usize) {
        if self.counters.end_sentence(self.passed) {
            self.ends.push(at as u32);
        }
    }

    /// True if a word is all digits.
    fn is_number(&self, word: u32) -> bool {
        let span = self.edges.as_chunks().0.get(word as usize);
        span.is_some_and(|&[from, to]| self.text[from as usize..to as usize].iter().all(u8::is_ascii_digit))
    }

    /// True if a run is ASCII. The mask of its block usually decides it.
    #[inline(always)]
    fn is_ascii(&self, from: usize, to: usize) -> bool {
        let (first, last) = (from / 64, (to - 1) / 64);
        let high = self.masks[first].high >> (from % 64);
        let within = if first == last { high & (u64::MAX >> (64 - (to - from))) } else { high };
        within == 0 && (first == last || self.text[from..to].is_ascii())
    }

    /// Enters a word with its hash.
    pub(super) fn push(&mut self, hash: u32, from: usize, to: usize) {
        self.enter(hash, from, to);
        self.counters.counted_tokens_64 += tokens_of((to - from) as u32);
    }

    fn enter(&mut self, hash: u32, from: usize, to: usize) {
        let edges = 2 * self.words.len();
        if self.edges.len() < edges + 2 {
            self.edges.resize(2 * (edges + 2), 0);
        }
        self.edges[edges] = from as u32;
        self.edges[edges + 1] = to as u32;
        self.words.push(hash);
        self.passed += 1;
    }
}

/// One pass over the loaded text.
struct Pass<'a>(&'a mut Scan);

impl Work for Pass<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.0.pass();
    }
}

impl Default for Scan {
    fn default() -> Self {
        Self::new()
    }
}
