//! One scan of one text: masks, words, gaps, and the vector at the end.
#![allow(clippy::inline_always)] // so that it takes on the instructions of its caller (`simd::widest`)

use super::seen::Seen;
use super::spec::{COUNT, Feature};
use super::tally::{Tally, squash};
use super::words::tokens_of;
use crate::simd::classify::{Masks, classify};
use crate::simd::widest::{Work, widest};
use crate::text::Window;

/// Stands for a word that the walk has found and that is not hashed yet.
pub(super) const UNHASHED: u32 = 0;
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
    /// The runs after which something else than one space and the next run stands.
    gaps: Vec<u32>,
    pub(super) seen_words: Seen,
    pub(super) seen_pairs: Seen,
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
            gaps: Vec::new(),
            masks: Vec::new(),
            seen_words: Seen::new(),
            seen_pairs: Seen::new(),
        }
    }

    /// Reads `text`, which may be any bytes: what is not UTF-8 is counted and passed over. Of a text longer than the
    /// window its head and its tail are read.
    pub fn run(&mut self, text: &[u8], window: Window) {
        self.load(text, window);
        widest(Pass(self));
    }

    #[inline(always)]
    fn pass(&mut self) {
        self.find_runs();
        self.walk();
        self.read_words();
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
    #[inline(always)]
    fn find_runs(&mut self) {
        classify(&self.text, &mut self.masks);
        let (mut runs, mut gaps) = (std::mem::take(&mut self.runs), std::mem::take(&mut self.gaps));
        runs.clear();
        gaps.clear();
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
            let next = self.masks.get(i + 1).map_or(0, |next| next.word << 63);
            let mut odd = ends & !(mask.space & (mask.word >> 1 | next));
            while odd != 0 {
                let earlier = ends & ((odd & odd.wrapping_neg()) - 1);
                gaps.push(runs.len() as u32 + earlier.count_ones());
                odd &= odd - 1;
            }
            while ends != 0 {
                runs.push((from, block + ends.trailing_zeros()));
                ends &= ends - 1;
                // Where no run follows in this block, the next one sets its own beginning.
                from = block + starts.trailing_zeros();
                starts &= starts.wrapping_sub(1);
            }
        }
        (self.runs, self.gaps) = (runs, gaps);
        self.tally.upper = upper;
        self.tally.add(Feature::Digits, digits);
        self.tally.add(Feature::Identifiers, identifiers);
        self.tally.add(Feature::Numbers, numbers);
        self.tally.add(Feature::CapitalWords, capitals);
        // The characters outside ASCII are counted as they are decoded.
        self.tally.add(Feature::Characters, self.length as u32 - high);
    }

    /// Goes through runs and gaps in order.
    #[inline(always)]
    fn walk(&mut self) {
        self.begin_line(0);
        let end = if self.tally.get(Feature::Characters) == self.length as u32 {
            self.walk_ascii();
            self.spans.last().map_or(0, |&(_, to)| to as usize)
        } else {
            self.walk_any()
        };
        self.gap(end, self.length);
        self.tally.end_sentence(self.passed);
    }

    /// In plain ASCII every run is a word, and only the gaps that are not one space need be read.
    #[inline(always)]
    fn walk_ascii(&mut self) {
        std::mem::swap(&mut self.runs, &mut self.spans);
        self.words.resize(self.spans.len(), UNHASHED);
        let Some(&(first, _)) = self.spans.first() else { return };
        self.gap(0, first as usize);
        for i in 0..self.gaps.len() {
            self.passed = self.gaps[i] as usize + 1;
            // What stands after the last word is read by the walk.
            let Some(&(next, _)) = self.spans.get(self.passed) else { break };
            self.gap(self.spans[self.passed - 1].1 as usize, next as usize);
        }
        self.passed = self.spans.len();
    }

    /// Elsewhere a run may have to be decoded.
    fn walk_any(&mut self) -> usize {
        let runs = std::mem::take(&mut self.runs);
        let mut end = 0;
        for &(from, to) in &runs {
            let (from, to) = (from as usize, to as usize);
            if from != end + 1 || self.text[end] != b' ' {
                self.gap(end, from);
            }
            if self.is_ascii(from, to) {
                self.passed += 1;
                self.spans.push((from as u32, to as u32));
                self.words.push(UNHASHED);
            } else {
                self.foreign(from, to);
            }
            end = to;
        }
        self.runs = runs;
        end
    }

    /// Whether a run is ASCII; where it is, that is nearly always plain from the mask of its block.
    #[inline(always)]
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
        self.tally.counted_tokens_64 += tokens_of((to - from) as u32);
    }
}

/// One pass over what was loaded.
struct Pass<'a>(&'a mut Scan);

impl Work for Pass<'_> {
    type Found = ();

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
