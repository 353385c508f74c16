//! Decodes runs with characters outside ASCII, one character at a time, and splits them by script.

use super::hash::{character_hash, number_hash, word_hash};
use super::scan::Scan;
use super::scripts::{Script, script};
use super::spec::Feature;

impl Scan {
    /// Reads the word bytes from `from` to `to`. Letters of alphabetic scripts (and ASCII between them) form words; each character
    /// of a script without spaces is a word; all else ends a word.
    #[cold]
    pub(super) fn foreign(&mut self, from: usize, to: usize) {
        let (mut at, mut word) = (from, from);
        self.lower.clear();
        while at < to {
            let byte = self.text[at];
            if byte < 0x80 {
                self.lower.push(byte.to_ascii_lowercase());
                at += 1;
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
                self.letter(c, script);
            } else {
                self.flush(word, at, from);
                self.symbol(c, script, at, at + size);
                word = at + size;
            }
            at += size;
        }
        self.flush(word, to, from);
    }

    fn letter(&mut self, c: char, script: Script) {
        let feature = match script {
            Script::Latin => Feature::Latin,
            Script::Greek => Feature::Greek,
            Script::Cyrillic => Feature::Cyrillic,
            Script::Hebrew => Feature::Hebrew,
            Script::Arabic => Feature::Arabic,
            Script::Indic => Feature::Indic,
            _ => Feature::OtherScript,
        };
        self.counters.add(feature, 1);
        self.counters.tokens_64 += 28;
        let mut bytes = [0; 4];
        for lower in c.to_lowercase() {
            self.lower.extend_from_slice(lower.encode_utf8(&mut bytes).as_bytes());
        }
    }

    /// Enters the gathered word, if there is one. A word at `run`, the start of the run, was counted from the masks already.
    fn flush(&mut self, from: usize, to: usize, run: usize) {
        if self.lower.is_empty() {
            return;
        }
        let first = self.text[from];
        self.counters.add(Feature::Numbers, u32::from(from != run && first.is_ascii_digit()));
        self.counters.add(Feature::CapitalWords, u32::from(from != run && first.is_ascii_uppercase()));
        if self.lower.iter().all(u8::is_ascii_digit) {
            self.counters.at_least(Feature::LongestNumber, self.lower.len() as u32);
            self.push(number_hash(self.lower.len() as u32), from, to);
        } else {
            self.push(word_hash(&self.lower), from, to);
        }
        self.counters.tokens_64 += 32;
        self.lower.clear();
    }

    fn symbol(&mut self, c: char, script: Script, from: usize, to: usize) {
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
                    self.counters.end_sentence(self.passed);
                }
                self.counters.tokens_64 += 48;
                return;
            }
        };
        self.counters.add(feature, 1);
        self.counters.tokens_64 += 52;
        if script == Script::Question {
            self.counters.end_sentence(self.passed);
        }
        if script.one_word_a_character() {
            self.push(character_hash(c, to - from), from, to);
        }
    }
}

/// The first character of `bytes` and its length in bytes; `None` if it is not well-formed UTF-8 (Unicode 15, table 3-7).
#[inline]
fn decode(bytes: &[u8]) -> Option<(char, usize)> {
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
