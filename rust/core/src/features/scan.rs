//! One scan of one text: masks, words, gaps, and the vector at the end.

use super::hash::{finish, number_hash, pair_hash, start, step, word_hash};
use super::seen::Seen;
use super::spec::{COUNT, Feature};
use super::tally::{Tally, squash};
use crate::simd::classify::{Masks, classify};
use crate::text::Window;

/// Stands for a word that the walk has found and that is not hashed yet.
const UNHASHED: u32 = 0;
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
    pub(super) tally: Tally,
    /// How many words have been passed.
    pub(super) passed: usize,
    masks: Vec<Masks>,
    runs: Vec<(u32, u32)>,
    seen_words: Seen,
    seen_pairs: Seen,
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
            tally: Tally::new(),
            passed: 0,
            runs: Vec::new(),
            masks: Vec::new(),
            seen_words: Seen::new(),
            seen_pairs: Seen::new(),
        }
    }

    /// Reads `text`, which may be any bytes: what is not UTF-8 is counted and passed over. Of a text longer than the
    /// window its head and its tail are read.
    pub fn run(&mut self, text: &[u8], window: Window) {
        self.load(text, window);
        self.find_runs();
        self.walk();
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
        self.passed = 0;
        self.tally = Tally::new();
    }

    /// Finds the runs of word bytes, and counts what the masks alone can tell.
    fn find_runs(&mut self) {
        classify(&self.text, &mut self.masks);
        self.runs.clear();
        let (mut carry, mut small_before) = (0, 0);
        let (mut high, mut upper, mut digits, mut identifiers) = (0, 0, 0, 0);
        let (mut numbers, mut capitals) = (0, 0);
        let mut from = 0;
        for (i, mask) in self.masks.iter().enumerate() {
            let small = mask.word & !(mask.upper | mask.digit | mask.high | mask.underscore);
            let before = mask.word << 1 | carry;
            let (mut starts, mut ends) = (mask.word & !before, before & !mask.word);
            high += mask.high.count_ones();
            upper += mask.upper.count_ones();
            digits += mask.digit.count_ones();
            identifiers +=
                (mask.upper & (small << 1 | small_before)).count_ones() + mask.underscore.count_ones();
            numbers += (starts & mask.digit).count_ones();
            capitals += (starts & mask.upper).count_ones();
            small_before = small >> 63;
            let block = i as u32 * 64;
            if carry == 0 && starts != 0 {
                from = block + starts.trailing_zeros();
                starts &= starts - 1;
            }
            carry = mask.word >> 63;
            while ends != 0 {
                self.runs.push((from, block + ends.trailing_zeros()));
                ends &= ends - 1;
                // Where no run follows in this block, the next one sets its own beginning.
                from = block + starts.trailing_zeros();
                starts &= starts.wrapping_sub(1);
            }
        }
        self.tally.upper = upper;
        self.tally.add(Feature::Digits, digits);
        self.tally.add(Feature::Identifiers, identifiers);
        self.tally.add(Feature::Numbers, numbers);
        self.tally.add(Feature::CapitalWords, capitals);
        // The characters outside ASCII are counted as they are decoded.
        self.tally.add(Feature::Characters, self.length as u32 - high);
    }

    /// Goes through runs and gaps in order. In plain ASCII a run is a word; otherwise it may have to be decoded.
    fn walk(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        let ascii = self.tally.get(Feature::Characters) == self.length as u32;
        let mut end = 0;
        self.begin_line(0);
        for &(from, to) in &runs {
            let (from, to) = (from as usize, to as usize);
            // Between most words stands one space.
            if from != end + 1 || self.text[end] != b' ' {
                self.gap(end, from);
            }
            if ascii || self.is_ascii(from, to) {
                self.passed += 1;
                if !ascii {
                    self.spans.push((from as u32, to as u32));
                    self.words.push(UNHASHED);
                }
            } else {
                self.foreign(from, to);
            }
            end = to;
        }
        self.gap(end, self.length);
        self.tally.end_sentence(self.passed);
        self.runs = runs;
        if ascii {
            std::mem::swap(&mut self.runs, &mut self.spans);
            self.words.resize(self.spans.len(), UNHASHED);
        }
    }

    /// Whether a run is ASCII; where it is, that is nearly always plain from the mask of its block.
    fn is_ascii(&self, from: usize, to: usize) -> bool {
        let (first, last) = (from / 64, (to - 1) / 64);
        let high = self.masks[first].high >> (from % 64);
        let within = if first == last { high & (u64::MAX >> (64 - (to - from))) } else { high };
        within == 0 && (first == last || self.text[from..to].is_ascii())
    }

    /// Enters a word that is hashed already.
    pub(super) fn push(&mut self, hash: u32, from: usize, to: usize) {
        self.words.push(hash);
        self.spans.push((from as u32, to as u32));
        self.passed += 1;
    }

    /// Hashes the words that the walk only found.
    fn hash_words(&mut self) {
        let text = &self.text[..];
        let (mut tokens, mut longest) = (0, 0);
        for (word, &(from, to)) in self.words.iter_mut().zip(&self.spans) {
            if *word != UNHASHED {
                continue;
            }
            let length = to - from;
            let run = &text[from as usize..];
            if run[0].is_ascii_digit() && run[..length as usize].iter().all(u8::is_ascii_digit) {
                *word = number_hash(length);
                longest = longest.max(length);
                // A number takes a token for three digits.
                tokens += 64 * length.div_ceil(3);
                continue;
            }
            let (Some(bytes), Some(&[low, high])) = (run.first_chunk::<16>(), KEEP.get(length as usize))
            else {
                *word = word_hash(&run[..length as usize]);
                tokens += 64 + 10 * (length - 6);
                continue;
            };
            let (halves, _) = bytes.as_chunks::<8>();
            let a = (u64::from_le_bytes(halves[0]) | SPACES) & low;
            let b = (u64::from_le_bytes(halves[1]) | SPACES) & high;
            *word = finish(step(start(length as usize), a, b));
            tokens += 64 + 10 * length.saturating_sub(6);
        }
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
        self.tally.look_up_words(&self.words, &self.spans);
        self.tally.look_up_pairs(&self.characters);
    }

    fn find_repetition(&mut self) {
        let mut before = 0;
        self.pairs
            .extend(self.words.iter().map(|&word| pair_hash(std::mem::replace(&mut before, word), word)));
        let limited = self.words.len().min(Seen::LIMIT);
        self.tally.distinct = self.seen_words.count_new(&self.words[..limited]);
        self.tally.repeated_pairs = limited as u32 - self.seen_pairs.count_new(&self.pairs[..limited]);
    }
}

impl Default for Scan {
    fn default() -> Self {
        Self::new()
    }
}
