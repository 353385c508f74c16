//! Words of a text that comes in chunks, as hashes.

use crate::features::script;

const START: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01B3;

/// FNV-1a, one byte at a time, so that a word may come in pieces.
pub(super) const fn fold(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(PRIME)
}

/// The hash of a character's UTF-8 bytes, on top of what came before.
pub(super) fn fold_char(hash: u64, c: char) -> u64 {
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().fold(hash, fold)
}

/// The hash of nothing.
pub(super) const EMPTY: u64 = START;

/// Whether the character is a word by itself, since its script has no spaces between words.
pub(super) fn stands_alone(c: char) -> bool {
    c >= '\u{E00}' && script(c).one_word_a_character()
}

/// Whether the character is a letter or digit of a script that has words.
pub(super) fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || (!c.is_ascii() && script(c).is_alphabetic())
}

/// The word that is being read: what white space separates, or one character of a script without spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    hash: u64,
    open: bool,
}

impl Default for Word {
    fn default() -> Self {
        Self { hash: EMPTY, open: false }
    }
}

impl Word {
    /// Reads on, and tells of each word that ends.
    pub(super) fn feed(&mut self, chunk: &str, mut word: impl FnMut(u32)) {
        for c in chunk.chars() {
            let alone = stands_alone(c);
            if alone || c.is_whitespace() {
                self.close().map(&mut word);
            }
            if alone {
                word(short(fold_char(EMPTY, c)));
            } else if !c.is_whitespace() {
                self.hash = fold_char(self.hash, c);
                self.open = true;
            }
        }
    }

    /// Ends the word that is being read, if one is.
    pub(super) fn close(&mut self) -> Option<u32> {
        let word = std::mem::take(self);
        word.open.then(|| short(word.hash))
    }
}

fn short(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}
