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

/// True for characters of scripts without spaces: each is a word.
pub(super) fn stands_alone(c: char) -> bool {
    c >= '\u{E00}' && script(c).one_word_a_character()
}

/// True for letters and digits of scripts with words.
pub(super) fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || (!c.is_ascii() && script(c).is_alphabetic())
}

/// The word being read: delimited by white space, or one character of a script without spaces.
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
    /// Reads on and reports each word that ends.
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

    /// Ends the word being read, if there is one.
    pub(super) fn close(&mut self) -> Option<u32> {
        let word = std::mem::take(self);
        word.open.then(|| short(word.hash))
    }
}

fn short(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}
