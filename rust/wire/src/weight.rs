//! Weighs text: its bytes, and an estimate of its tokens by what it is.
//!
//! A state machine over bytes counts runs of letters and digits, marks, line ends, and characters by script, each at the rate
//! that byte-pair tokenizers (`cl100k`, `o200k`) have on it; `docs/query.md` has the measured ratios. Of a long text the
//! first 128 bytes of each 4 KiB are read, so a hundred kilobytes of history take a few microseconds.

use rheostat::query::Sink;
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

/// The class of a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Space,
    Line,
    Mark,
    /// The first byte of a character outside ASCII.
    Lead,
    /// A further byte of one.
    Rest,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Mark; 256];
    let mut i = 0;
    while i < 256 {
        classes[i] = match i as u8 {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\t' => Class::Space,
            b'\n' | b'\r' => Class::Line,
            0x80..=0xBF => Class::Rest,
            0xC0.. => Class::Lead,
            _ => Class::Mark,
        };
        i += 1;
    }
    classes
};

/// Tokens of a character outside ASCII, in 64ths, by its first byte: between those of `cl100k` and `o200k` on its script.
const fn by_script(lead: u8) -> u64 {
    match lead {
        0xCC | 0xCD => 40,
        0xCE | 0xCF => 50,
        0xD0..=0xD3 => 28,
        0xD6 | 0xD7 => 52,
        0xD8..=0xDB => 38,
        0xE0 => 66,
        0xE1 => 70,
        0xE2..=0xE9 => 64,
        0xEA..=0xEF => 68,
        0xF0.. => 140,
        // Latin with diacritics stands within words.
        _ => 56,
    }
}

/// [`by_script`] of each first byte.
const SCRIPTS: [u8; 256] = {
    let mut tokens = [0; 256];
    let mut lead = 0;
    while lead < 256 {
        tokens[lead] = by_script(lead as u8) as u8;
        lead += 1;
    }
    tokens
};

/// Tokens of a character, in 64ths, where the second byte tells scripts apart.
#[inline]
fn by_lead(lead: u8, second: Option<&u8>) -> u64 {
    match (lead, second) {
        // Georgian, Ethiopic, Burmese, Khmer and others; then Latin with two diacritics, as Vietnamese has it.
        (0xE1, Some(0x80..=0xB7)) => 130,
        // Braille.
        (0xE2, Some(0xA0..=0xA3)) => 160,
        _ => u64::from(SCRIPTS[usize::from(lead)]),
    }
}

/// Tokens that the letters of a word add, in 64ths, up to the one at `place`.
const fn by_length(place: u64) -> u64 {
    10 * place.saturating_sub(6) + 12 * place.saturating_sub(7)
}

/// A run of letters and digits.
#[derive(Default)]
struct Run {
    length: u64,
    /// Changes between letters and digits, and from small letters to capitals.
    changes: u64,
    tokens_64: u64,
}

impl Run {
    /// Random letters and digits, as in base64 and hashes, have 1.4 bytes a token.
    fn end(&mut self) -> u64 {
        let Self { length, changes, tokens_64 } = std::mem::take(self);
        if changes >= 3 && length >= 8 && changes * 6 >= length { length * 45 } else { tokens_64 }
    }
}

/// Estimated tokens of a text, in 64ths.
fn tokens_64(text: &[u8]) -> u64 {
    let mut padded = [0; SAMPLE + WORD];
    let text = text.get(..SAMPLE).unwrap_or(text);
    padded.split_at_mut(text.len()).0.copy_from_slice(text);
    count::<true>(&padded, text.len())
}

/// Bytes that are read at once.
const WORD: usize = 8;

/// The letters of the word at a place, in small letters but for the first, and the byte behind it: a space or a mark. None for any
/// other beginning. Behind the text are zeros.
#[inline]
fn word(padded: &[u8], at: usize) -> Option<(usize, u8)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut letters = 0;
    loop {
        let mut bytes = u64::from_le_bytes(*padded.get(at + letters..at + letters + WORD)?.first_chunk()?);
        if letters == 0 && (bytes as u8).is_ascii_uppercase() {
            bytes |= 0x20;
        }
        // Within seven bits, no sum carries into the next byte.
        let low = bytes & (0x7F * ONES);
        let (from_a, past_z) = (low + (0x80 - 0x61) * ONES, low + (0x80 - 0x7B) * ONES);
        let others = !(from_a & !past_z & !bytes) & (0x80 * ONES);
        if others == 0 {
            letters += WORD;
            continue;
        }
        let more = others.trailing_zeros() / 8;
        let end = (bytes >> (8 * more)) as u8;
        letters += more as usize;
        let ends = end == b' ' || end > 0 && CLASSES[usize::from(end)] == Class::Mark;
        return (ends && letters > 0).then_some((letters, end));
    }
}

/// The state machine over the first `length` bytes of a text with zeros behind it; `RUNS` takes the small letters of a word in a
/// loop of their own, which changes no count.
fn count<const RUNS: bool>(padded: &[u8], length: usize) -> u64 {
    let text = padded.get(..length).unwrap_or_default();
    let (mut tokens, mut run, mut before, mut mark) = (0, Run::default(), Class::Space, 0);
    let mut place = 0_u64;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let class = CLASSES[usize::from(byte)];
        if RUNS && class == Class::Lead {
            // So are characters outside ASCII: those of some scripts are all of a text.
            tokens += run.end();
            while let Some(&lead) = text.get(at).filter(|byte| **byte >= 0xC0) {
                tokens += by_lead(lead, text.get(at + 1));
                at += 1;
                while text.get(at).is_some_and(|byte| CLASSES[usize::from(*byte)] == Class::Rest) {
                    at += 1;
                }
            }
            before = Class::Lead;
            continue;
        }
        let starts = matches!(class, Class::Lower | Class::Upper);
        if RUNS && starts && !matches!(before, Class::Lower | Class::Upper | Class::Digit) {
            // Most of prose is words and what stands behind them: they are counted without a jump by class, which a processor
            // predicts badly.
            let from = at;
            while let Some((letters, end)) = word(padded, at) {
                tokens += 67 + by_length(letters as u64);
                at += letters + 1;
                before = Class::Space;
                if end != b' ' {
                    (tokens, mark, before) = (tokens + 56, end, Class::Mark);
                    if text.get(at) == Some(&b' ') {
                        (at, before) = (at + 1, Class::Space);
                    }
                }
            }
            if at > from {
                continue;
            }
        }
        at += 1;
        match class {
            Class::Lower | Class::Upper => {
                let joint = class == Class::Upper && before == Class::Lower;
                run.changes += u64::from(joint || before == Class::Digit);
                if joint || !matches!(before, Class::Lower | Class::Upper) {
                    place = 0;
                    run.tokens_64 += if joint { 56 } else { 67 };
                }
                place += 1;
                run.tokens_64 += match (before, class) {
                    // Capitals in a row: an acronym, then a title or a sequence.
                    (Class::Upper, Class::Upper) => {
                        if place > 4 {
                            28
                        } else {
                            14
                        }
                    }
                    _ => by_length(place) - by_length(place - 1),
                };
                run.length += 1;
                if RUNS && class == Class::Lower {
                    let rest = text.get(at..).unwrap_or_default();
                    let more = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
                    at += more;
                    let longest = place + more as u64;
                    run.tokens_64 += by_length(longest) - by_length(place);
                    run.length += more as u64;
                    place = longest;
                }
            }
            Class::Digit => {
                if before != Class::Digit {
                    place = 0;
                    run.changes += u64::from(matches!(before, Class::Lower | Class::Upper));
                    // Tokenizers leave the space before a number to itself.
                    run.tokens_64 += if before == Class::Space { 40 } else { 0 };
                }
                run.tokens_64 += if place.is_multiple_of(3) { 64 } else { 0 };
                place += 1;
                run.length += 1;
            }
            Class::Rest => continue,
            Class::Lead => tokens += run.end() + by_lead(byte, text.get(at)),
            Class::Space => tokens += run.end() + if before == Class::Space { 4 } else { 0 },
            Class::Line => tokens += run.end() + if before == Class::Line { 8 } else { 38 },
            Class::Mark => {
                tokens += run.end();
                tokens += match before {
                    Class::Mark if byte == mark => 12,
                    Class::Mark => 34,
                    _ => 56,
                };
                mark = byte;
            }
        }
        before = class;
    }
    tokens + run.end()
}

#[cfg(test)]
mod tests {
    use super::{SAMPLE, count, tokens_64};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_count_as_their_letters_do(text in "([a-zA-Z]{0,12}[ 0-9.,\\né漢]{0,3}){0,12}", bytes: Vec<u8>) {
            for text in [text.as_bytes(), &bytes] {
                let sample = text.get(..SAMPLE).unwrap_or(text);
                prop_assert_eq!(tokens_64(text), count::<false>(sample, sample.len()));
            }
        }
    }
}
