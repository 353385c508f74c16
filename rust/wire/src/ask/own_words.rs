//! Texts that end in a word of their own, as most asks do. Such a text is no courtesy, and leans on nothing.
//!
//! From the last word on, each is folded from its last letter to its first, each run of a letter as one, into a number of [`BITS`]
//! bits. A table has a bit for each number: true if a word of the phrases, or one that leans, has it.

use super::{lean, phrases};
use std::sync::LazyLock;

/// Bits of a word's number. Of words that are in no table one in ten has the number of one that is.
const BITS: u32 = 14;
/// The most bytes of a word, and the most bytes at the end of a text that are looked at.
const LONGEST: usize = 20;
const MOST: usize = 64;

static KNOWN: LazyLock<[u64; 1 << BITS >> 6]> = LazyLock::new(|| {
    let mut known = [0; 1 << BITS >> 6];
    for word in phrases::words().chain(lean::words()) {
        let place = number(word.bytes().rev());
        known[place / 64] |= 1 << (place % 64);
    }
    known
});

/// The number of a word, from its last letter to its first.
fn number(letters: impl Iterator<Item = u8>) -> usize {
    letters.fold(Folded::default(), Folded::with).place()
}

/// A part of a word, from its last letter on.
#[derive(Clone, Copy, Default)]
struct Folded {
    hash: u64,
    last: u8,
    letters: usize,
}

impl Folded {
    #[inline]
    fn with(self, letter: u8) -> Self {
        let (letter, letters) = (letter | 0x20, self.letters + 1);
        if letter == self.last {
            return Self { letters, ..self };
        }
        let hash = (self.hash ^ u64::from(letter)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
        Self { hash, last: letter, letters }
    }

    #[inline]
    fn place(self) -> usize {
        (self.hash >> (u64::BITS - BITS)) as usize
    }

    /// True if the word is in no table. Letters and short numbers by themselves choose.
    #[inline]
    fn is_own(self) -> bool {
        let place = self.place();
        self.letters > 2 && KNOWN.get(place / 64).is_some_and(|known| known >> (place % 64) & 1 == 0)
    }
}

/// The kind of a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    /// A letter or a digit.
    Letter,
    /// It ends a word.
    Mark,
    /// A letter behind it may be a smiley's.
    Smiley,
    /// An apostrophe, which is a part of a word, and all that is not ASCII.
    Other,
}

const BYTES: [Byte; 256] = {
    let (mut bytes, mut i) = ([Byte::Other; 256], 0);
    while i < 0x80 {
        bytes[i] = match i as u8 {
            b'\'' => Byte::Other,
            b':' | b';' | b'=' | b'<' | b'-' => Byte::Smiley,
            byte if byte.is_ascii_alphanumeric() => Byte::Letter,
            _ => Byte::Mark,
        };
        i += 1;
    }
    bytes
};

/// True for most texts that end in a word of ASCII that is in no table of phrases or of words that lean; numbers and words of the tables
/// may stand behind it.
pub(super) fn ends_in_one(text: &[u8]) -> bool {
    let mut word = Folded::default();
    for &byte in text.iter().rev().take(MOST) {
        match BYTES[usize::from(byte)] {
            Byte::Letter if word.letters < LONGEST => word = word.with(byte),
            Byte::Letter | Byte::Other => return false,
            Byte::Smiley if word.letters > 0 => return false,
            _ if word.is_own() => return true,
            _ => word = Folded::default(),
        }
    }
    text.len() <= MOST && word.is_own()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_word_of_the_tables_is_a_texts_own() {
        for word in phrases::words().chain(lean::words()) {
            for text in [format!("ab {word}"), word.to_uppercase(), format!("a, {word}!")] {
                assert!(!ends_in_one(text.as_bytes()), "{text}");
            }
        }
        assert!(ends_in_one(b"Prove it for all primes."));
    }

    proptest! {
        #[test]
        fn texts_that_end_in_their_own_word_have_content(
            text in "([a-z]{1,9}|thanks|thaanks|yes|do it|why|again|don't|:D|[0-9]{1,3}|é|'|[ .,!?:;-]){1,6}",
        ) {
            if ends_in_one(text.as_bytes()) {
                prop_assert!(!phrases::may_be_phrases(text.as_bytes()));
                prop_assert!(lean::has_content(text.as_bytes()));
            }
        }
    }
}
