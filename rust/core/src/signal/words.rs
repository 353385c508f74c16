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
pub(crate) fn stands_alone(c: char) -> bool {
    c >= '\u{E00}' && script(c).one_word_a_character()
}

/// True for letters and digits of scripts with words.
pub(super) fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || (!c.is_ascii() && script(c).is_alphabetic())
}

/// Characters after which a word ends in any case: text without white space is cut into words of this length, and so is white
/// space, so that each may repeat itself.
const LONGEST: u8 = 32;
/// Characters of text before which no word is cut.
const SHORTEST: u8 = 16;
const PRIME_64: u64 = 0x9E37_79B9_7F4A_7C15;

/// The word being read: delimited by white space, one character of a script without spaces, or 32 characters of text or
/// of white space. One character of white space is a delimiter; it belongs to no word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    hash: u64,
    length: u8,
    form: Form,
    /// The newest four characters.
    newest: u64,
}

/// The form of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text between delimiters.
    Delimited,
    /// Text that is too long for a word.
    Cut,
    /// White space.
    Blank,
}

/// A word that has ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    pub(super) hash: u32,
    /// Characters.
    pub(super) length: u8,
    pub(super) form: Form,
}

impl Default for Word {
    fn default() -> Self {
        Self { hash: EMPTY, length: 0, form: Form::Delimited, newest: 0 }
    }
}

/// The ASCII characters that a text consists of nearly alone: letters, digits, and signs that neither open, close nor divide
/// anything. Bit `c` is character `c`.
const PLAIN: u128 = {
    let (mut set, mut c) = (0_u128, b'!');
    while c <= b'~' {
        if !matches!(c, b'[' | b']' | b'{' | b'}' | b'|' | b',' | b'`') {
            set |= 1 << c;
        }
        c += 1;
    }
    set
};

/// True for a byte that is a plain character; see [`PLAIN`].
fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && PLAIN >> byte & 1 == 1
}

impl Word {
    /// Reads on over plain characters of a word that is too short to be cut, which is nearly all of a text: no word ends in them.
    /// Returns how many they are.
    pub(super) fn feed_plain(&mut self, text: &[u8]) -> usize {
        let room = usize::from((SHORTEST - 1).saturating_sub(if self.form == Form::Blank {
            0
        } else {
            self.length
        }));
        let run = text.iter().take(room).take_while(|byte| is_plain(**byte)).count();
        if run > 0 && self.form == Form::Blank {
            *self = Self::default();
        }
        for &byte in text.iter().take(run) {
            self.hash = fold(self.hash, byte);
            self.newest = self.newest << 16 | u64::from(byte);
        }
        self.length += run as u8;
        run
    }

    /// Reads on by one character and reports each word that ends.
    pub(super) fn feed(&mut self, c: char, mut word: impl FnMut(Ended)) {
        if stands_alone(c) {
            self.close().map(&mut word);
            word(Ended { hash: short(fold_char(EMPTY, c)), length: 1, form: Form::Delimited });
            return;
        }
        let blank = c.is_whitespace();
        if blank != (self.form == Form::Blank) {
            self.close().map(&mut word);
            if blank {
                // The delimiter itself.
                self.form = Form::Blank;
                return;
            }
        }
        self.hash = fold_char(self.hash, c);
        self.length += 1;
        self.newest = self.newest << 16 | u64::from(c as u32 & 0xFFFF);
        // Long text is cut where its content says so, so that equal content is cut alike, whatever its period.
        let here = !blank && self.length >= SHORTEST && self.newest.wrapping_mul(PRIME_64) >> 60 == 0;
        if here || self.length == LONGEST {
            let form = if blank { Form::Blank } else { Form::Cut };
            word(Ended { hash: short(self.hash), length: self.length, form });
            let newest = self.newest;
            *self = Self { form: if blank { Form::Blank } else { Form::Cut }, newest, ..Self::default() };
        }
    }

    /// Ends the word being read, if there is one. Short white space is none.
    pub(super) fn close(&mut self) -> Option<Ended> {
        let Self { hash, length, form, .. } = std::mem::take(self);
        let text = length > 0 && form != Form::Blank;
        text.then(|| Ended { hash: short(hash), length, form })
    }
}

fn short(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}
