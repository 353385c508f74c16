//! Decodes runs with characters outside ASCII, one character at a time, and splits them by script.

use super::counters::tokens_of;
use super::hash::{UNHASHED, character_hash, hash_at, hash_of, number_hash, word_hash};
use super::scan::Scan;
use super::scripts::{Script, alphabet_of, script, script_of, small};
use super::spec::Feature;

impl Scan {
    /// Reads the word bytes from `from` to `to`. Letters of alphabetic scripts (and ASCII between them) form words; each character
    /// of a script without spaces is a word; all else ends a word.
    #[inline(never)]
    pub(super) fn foreign(&mut self, from: usize, to: usize) {
        if self.small_word(from, to) {
            return;
        }
        let (mut at, mut word) = (from, from);
        self.lower.clear();
        while at < to {
            let byte = self.text[at];
            if byte < 0x80 {
                if !self.lower.is_empty() {
                    self.lower.push(byte.to_ascii_lowercase());
                }
                at += 1;
                continue;
            }
            if byte <= 0xE0 {
                let end = self.letters(word, at, to);
                if end > at {
                    at = end;
                    continue;
                }
            }
            if self.text[at..to].first_chunk().and_then(|bytes| single(*bytes)).is_some() {
                if word < at {
                    self.flush(word, at, from);
                }
                at = self.characters(at, to);
                word = at;
                continue;
            }
            let Some((c, size)) = decode(&self.text[at..to]) else {
                self.counters.add(Feature::InvalidBytes, 1);
                self.counters.add(Feature::Characters, 1);
                self.flush(word, at, from);
                at += 1;
                word = at;
                continue;
            };
            self.counters.add(Feature::Characters, 1);
            let script = script(c);
            if script.is_alphabetic() {
                self.counters.add(letter(script), 1);
                self.counters.tokens_64 += 28;
                self.gather(c, word, at);
            } else {
                self.flush(word, at, from);
                self.symbol(script, at, at + size);
                word = at + size;
            }
            at += size;
        }
        self.flush(word, to, from);
    }

    /// Enters a run that is a word in small letters of one alphabet, as most words of other alphabets are. False for any other run.
    fn small_word(&mut self, from: usize, to: usize) -> bool {
        let run = &self.text[from..to];
        let word = match run {
            [0xC2..=0xDF, ..] => small_letters::<2>(run),
            [0xE0, 0xA0..=0xB7, ..] => small_letters::<3>(run),
            _ => None,
        };
        let Some((script, letters)) = word else { return false };
        self.counters.add(letter(script), letters);
        self.counters.add(Feature::Characters, letters);
        self.counters.tokens_64 += 28 * letters + 32;
        self.push(hash_at(&self.text, from, to - from), from, to);
        true
    }

    /// Enters the characters from `at` on that are words of their own, up to the first that is none. Returns the end.
    fn characters(&mut self, mut at: usize, to: usize) -> usize {
        let (words, most) = (self.words.len(), (to - at) / 3);
        if self.edges.len() < 2 * (words + most) {
            self.edges.resize(2 * (words + most), 0);
        }
        self.words.resize(words + most, UNHASHED);
        let (characters, _) = self.text[at..to].as_chunks();
        let places = self.edges[2 * words..].as_chunks_mut().0.iter_mut();
        let mut count = 0;
        for ((bytes, hash), place) in characters.iter().zip(&mut self.words[words..]).zip(places) {
            let Some(feature) = single(*bytes) else { break };
            *hash = character_hash(*bytes);
            self.counters.counts[feature as usize] += 1;
            *place = [at as u32, at as u32 + 3];
            at += 3;
            count += 1;
        }
        self.words.truncate(words + count);
        self.passed += count;
        self.counters.add(Feature::Characters, count as u32);
        self.counters.tokens_64 += 52 * count as u32;
        self.counters.counted_tokens_64 += tokens_of(3) * count as u32;
        at
    }

    /// Passes over the letters from `at` on of the alphabets whose characters have two bytes, and of those of India. Returns the end.
    fn letters(&mut self, word: usize, mut at: usize, to: usize) -> usize {
        let (mut count, mut begun, mut last) = (0, 0, None);
        while let Some((code, size)) = near(&self.text[at..to]) {
            let script = script_of(code);
            if last != Some(script) {
                if !script.is_alphabetic() {
                    break;
                }
                self.count_letters(last, count - begun);
                (last, begun) = (Some(script), count);
            }
            if (!script.is_uncased() || !self.lower.is_empty())
                && let Some(c) = char::from_u32(code)
            {
                self.gather(c, word, at);
            }
            at += size;
            count += 1;
        }
        self.count_letters(last, count - begun);
        self.counters.add(Feature::Characters, count);
        self.counters.tokens_64 += 28 * count;
        at
    }

    fn count_letters(&mut self, script: Option<Script>, count: u32) {
        if let Some(script) = script {
            self.counters.add(letter(script), count);
        }
    }

    /// Adds a letter at `at` to the word from `word` on, in small letters. They are gathered from the first letter on that is no small
    /// one: before it, the word is the text itself.
    fn gather(&mut self, c: char, word: usize, at: usize) {
        let mut bytes = [0; 4];
        let small = small(c);
        if self.lower.is_empty() {
            if small == Some(c) {
                return;
            }
            self.lower.extend_from_slice(&self.text[word..at]);
        }
        if let Some(small) = small {
            self.lower.extend_from_slice(small.encode_utf8(&mut bytes).as_bytes());
            return;
        }
        for lower in c.to_lowercase() {
            self.lower.extend_from_slice(lower.encode_utf8(&mut bytes).as_bytes());
        }
    }

    /// Enters the word from `from` to `to`, unless it is empty. A word at `run`, the start of the run, was counted from the masks
    /// already.
    fn flush(&mut self, from: usize, to: usize, run: usize) {
        if from == to {
            return;
        }
        let first = self.text[from];
        if from != run && first < 0x80 {
            self.counters.add(Feature::Numbers, u32::from(first.is_ascii_digit()));
            self.counters.add(Feature::CapitalWords, u32::from(first.is_ascii_uppercase()));
        }
        if first.is_ascii_digit() && self.text[from..to].iter().all(u8::is_ascii_digit) {
            let digits = (to - from) as u32;
            self.counters.at_least(Feature::LongestNumber, digits);
            self.push(number_hash(digits), from, to);
        } else if self.lower.is_empty() {
            self.push(hash_at(&self.text, from, to - from), from, to);
        } else {
            self.push(hash_of(&self.lower), from, to);
        }
        self.counters.tokens_64 += 32;
        self.lower.clear();
    }

    fn symbol(&mut self, script: Script, from: usize, to: usize) {
        let feature = match script {
            Script::Han => Feature::Han,
            Script::Kana => Feature::Kana,
            Script::Hangul => Feature::Hangul,
            Script::SoutheastAsian => Feature::SoutheastAsian,
            Script::Mathematics => Feature::MathSymbols,
            Script::Emoji => Feature::Emoji,
            Script::Question => Feature::QuestionMarks,
            _ => {
                if script == Script::SentenceEnd {
                    self.end_sentence(from);
                }
                self.counters.tokens_64 += 48;
                return;
            }
        };
        self.counters.add(feature, 1);
        self.counters.tokens_64 += 52;
        if script == Script::Question {
            self.end_sentence(from);
        }
        if script.one_word_a_character() {
            self.push(word_hash(&self.text[from..to]), from, to);
        }
    }
}

/// The script of a run of small letters of `SIZE` bytes each and their number, if all are of one alphabet below U+0E00.
#[inline]
fn small_letters<const SIZE: usize>(run: &[u8]) -> Option<(Script, u32)> {
    let (letters, rest) = run.as_chunks::<SIZE>();
    let script = alphabet_of(near(letters.first()?)?.0)?;
    // Without a branch on a letter: few runs have another one.
    let is_letter = |letter: &[u8; SIZE]| {
        let (code, size) = near(letter).unwrap_or_default();
        (size == SIZE) & (alphabet_of(code) == Some(script))
    };
    let all = letters.iter().fold(rest.is_empty(), |all, letter| all & is_letter(letter));
    all.then_some((script, letters.len() as u32))
}

/// The feature that counts the letters of an alphabetic script.
#[inline]
fn letter(script: Script) -> Feature {
    match script {
        Script::Latin => Feature::Latin,
        Script::Greek => Feature::Greek,
        Script::Cyrillic => Feature::Cyrillic,
        Script::Hebrew => Feature::Hebrew,
        Script::Arabic => Feature::Arabic,
        Script::Indic => Feature::Indic,
        _ => Feature::OtherScript,
    }
}

/// The feature that counts a character of three bytes, if it is a word of its own: most of Chinese, Japanese, Korean, Thai and Lao,
/// without decoding it. None for any other bytes.
#[inline]
fn single([lead, second, third]: [u8; 3]) -> Option<Feature> {
    if second & 0xC0 != 0x80 || third & 0xC0 != 0x80 {
        return None;
    }
    match (lead, second, third) {
        // U+4E00 to U+9FFF.
        (0xE5..=0xE9, ..) | (0xE4, 0xB8.., _) => Some(Feature::Han),
        // U+3041 to U+30FA, and from U+30FC.
        (0xE3, 0x81, 0x81..) | (0xE3, 0x82, _) | (0xE3, 0x83, ..=0xBA | 0xBC..) => Some(Feature::Kana),
        // U+0E00 to U+0EFF.
        (0xE0, 0xB8..=0xBB, _) => Some(Feature::SoutheastAsian),
        // U+AC00 to U+D7FF.
        (0xEB | 0xEC, ..) | (0xEA, 0xB0.., _) | (0xED, ..=0x9F, _) => Some(Feature::Hangul),
        _ => None,
    }
}

/// The code of the first character of `bytes` and its length in bytes, if it is one of U+0080 to U+0DFF.
#[inline]
pub(super) fn near(bytes: &[u8]) -> Option<(u32, usize)> {
    match *bytes {
        [lead @ 0xC2..=0xDF, second @ 0x80..=0xBF, ..] => {
            Some((u32::from(lead & 0x1F) << 6 | u32::from(second & 0x3F), 2))
        }
        [0xE0, second @ 0xA0..=0xB7, third @ 0x80..=0xBF, ..] => {
            Some((u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F), 3))
        }
        _ => None,
    }
}

/// The first character of `bytes` and its length in bytes; `None` if it is not well-formed UTF-8 (Unicode 15, table 3-7).
#[inline]
pub(super) fn decode(bytes: &[u8]) -> Option<(char, usize)> {
    let first = *bytes.first()?;
    let size = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let rest = bytes.get(1..size)?;
    let mut code = u32::from(first) & (0x7F >> size);
    for &byte in rest {
        if byte & 0xC0 != 0x80 {
            return None;
        }
        code = code << 6 | u32::from(byte & 0x3F);
    }
    let smallest = [0x80, 0x800, 0x1_0000][size - 2];
    if code < smallest { None } else { char::from_u32(code).map(|c| (c, size)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_characters_are_those_of_their_scripts() {
        for code in 0x800..=0xFFFF {
            let Some(c) = char::from_u32(code) else { continue };
            let mut bytes = [0; 3];
            c.encode_utf8(&mut bytes);
            let feature = match script(c) {
                Script::Han => Some(Feature::Han),
                Script::Kana => Some(Feature::Kana),
                Script::Hangul => Some(Feature::Hangul),
                Script::SoutheastAsian => Some(Feature::SoutheastAsian),
                _ => None,
            };
            let fast = single(bytes).map(|feature| feature as usize);
            let common = matches!(code, 0xE00..=0xEFF | 0x3041..=0x30FA | 0x30FC..=0x30FF | 0x4E00..=0x9FFF | 0xAC00..=0xD7FF);
            assert_eq!(fast, feature.map(|feature| feature as usize).filter(|_| common), "{c}");
        }
    }
}
