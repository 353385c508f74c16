//! Strings of JSON. They are found at the speed of memory, and decoded only when they are read.

use crate::Error;
use crate::simd::special::{self, TOGETHER};
use crate::simd::widest::{Work, widest};
use std::borrow::Cow;

/// A fault of the document and its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub(super) at: usize,
    pub(super) reason: &'static str,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::malformed("body", fault.at, fault.reason)
    }
}

/// A string that is checked and measured, but not decoded.
#[derive(Debug, Clone, Copy)]
pub struct JsonText<'a> {
    /// The bytes between the quotes, with escapes.
    pub raw: &'a [u8],
    /// Bytes of the decoded string.
    pub length: usize,
}

/// Options of a reader of strings, and a flag that it sets.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Leniency {
    /// True if strings may contain control characters without an escape.
    pub(super) controls: bool,
    /// True if a lone surrogate escape was read.
    pub(super) repaired: bool,
}

impl<'a> JsonText<'a> {
    /// Reads a string from `at`, after its opening quote, past its closing one.
    #[inline]
    pub(super) fn read(bytes: &'a [u8], at: &mut usize, leniency: &mut Leniency) -> Result<Self, Fault> {
        let start = *at;
        // Bytes that decoding will save.
        let mut saved = 0;
        loop {
            // Escapes come in rows: some writers escape every character outside ASCII.
            if bytes.get(*at) != Some(&b'\\') {
                *at = special(bytes, *at);
            }
            match bytes.get(*at) {
                Some(b'"') => {
                    let raw = bytes.get(start..*at).unwrap_or_default();
                    *at += 1;
                    return Ok(Self { raw, length: raw.len() - saved });
                }
                Some(b'\\') => {
                    let rest = bytes.get(*at..).unwrap_or_default();
                    let Some(escape) = Escape::read(rest) else { return Err(bad_escape(*at, rest.len())) };
                    leniency.repaired |= escape.lone;
                    *at += escape.raw;
                    saved += escape.raw - escape.char.len_utf8();
                }
                Some(_) if leniency.controls => *at += 1,
                Some(_) => return Err(Fault { at: *at, reason: "a control character must be escaped" }),
                None => return Err(Fault { at: *at, reason: "ends within a string" }),
            }
        }
    }

    /// True if it has no escapes.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.raw.len() == self.length
    }

    /// True if it has a lone surrogate escape.
    pub fn has_lone(&self) -> bool {
        let mut rest = if self.is_plain() { &[] } else { self.raw };
        while let Some(at) = memchr::memchr(b'\\', rest) {
            let Some(escape) = Escape::read(rest.get(at..).unwrap_or_default()) else { return false };
            if escape.lone {
                return true;
            }
            rest = rest.get(at + escape.raw..).unwrap_or_default();
        }
        false
    }

    /// Decodes the string.
    pub fn decoded(&self) -> Cow<'a, [u8]> {
        if self.is_plain() {
            return Cow::Borrowed(self.raw);
        }
        let (mut out, mut rest) = (Vec::with_capacity(self.length), self.raw);
        while let Some(at) = memchr::memchr(b'\\', rest) {
            let (run, tail) = rest.split_at(at);
            out.extend_from_slice(run);
            let Some(escape) = Escape::read(tail) else { break };
            out.extend_from_slice(escape.char.encode_utf8(&mut [0; 4]).as_bytes());
            rest = tail.get(escape.raw..).unwrap_or_default();
        }
        out.extend_from_slice(rest);
        Cow::Owned(out)
    }
}

#[cold]
fn bad_escape(at: usize, rest: usize) -> Fault {
    Fault { at, reason: if rest < 2 { "ends within a string" } else { "bad escape" } }
}

/// One escape sequence.
pub struct Escape {
    /// Bytes of the escape.
    pub raw: usize,
    /// The character that it stands for.
    pub char: char,
    /// True for half a surrogate pair.
    lone: bool,
}

impl Escape {
    /// Reads the escape at the start of `text`.
    #[inline]
    pub fn read(text: &[u8]) -> Option<Self> {
        let second = *text.get(1)?;
        match SHORT[usize::from(second)] {
            0 if second == b'u' => Self::read_unit(text),
            0 => None,
            char => Some(Self { raw: 2, char: char::from(char), lone: false }),
        }
    }

    #[inline]
    fn read_unit(text: &[u8]) -> Option<Self> {
        let first = unit(text)?;
        if let Some(char) = char::from_u32(first) {
            return Some(Self { raw: 6, char, lone: false });
        }
        let second = text.get(6..).and_then(unit).filter(|u| (0xDC00..0xE000).contains(u));
        if let (0xD800..0xDC00, Some(second)) = (first, second) {
            let char = char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))?;
            return Some(Self { raw: 12, char, lone: false });
        }
        Some(Self { raw: 6, char: char::REPLACEMENT_CHARACTER, lone: true })
    }
}

/// The character of a short escape, by its letter; 0 for other letters.
const SHORT: [u8; 256] = {
    let mut table = [0; 256];
    let pairs = b"\"\"\\\\//b\x08f\x0Cn\nr\rt\t";
    let mut i = 0;
    while i < pairs.len() {
        table[pairs[i] as usize] = pairs[i + 1];
        i += 2;
    }
    table
};

/// The value of a hexadecimal digit; 0xFF for other bytes.
const HEX: [u8; 256] = {
    let mut table = [0xFF; 256];
    let digits = b"0123456789abcdef";
    let mut i = 0;
    while i < digits.len() {
        table[digits[i] as usize] = i as u8;
        table[digits[i].to_ascii_uppercase() as usize] = i as u8;
        i += 1;
    }
    table
};

/// The code unit of the `\uXXXX` at the start of `text`.
#[inline]
fn unit(text: &[u8]) -> Option<u32> {
    let [b'\\', b'u', a, b, c, d] = *text.first_chunk::<6>()? else { return None };
    let [a, b, c, d] = [a, b, c, d].map(|digit| HEX[usize::from(digit)]);
    let bad = (a | b | c | d) & 0xF0;
    (bad == 0).then(|| u32::from(a) << 12 | u32::from(b) << 8 | u32::from(c) << 4 | u32::from(d))
}

/// The position of the next quote, backslash or control character at or after `at`; the end if there is none.
///
/// Names and numbers end within a few bytes, so 32 are looked at first; then blocks of 64 bytes, as long as they hold none.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> usize {
    loop {
        for _ in 0..2 {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(together) = rest.first_chunk::<TOGETHER>() else {
                let end = rest.iter().position(|b| matches!(b, b'"' | b'\\' | ..0x20));
                return at + end.unwrap_or(rest.len());
            };
            if let Some(place) = special::special(together) {
                return at + place;
            }
            at += TOGETHER;
        }
        at += widest(PlainBlocks(bytes.get(at..).unwrap_or_default()));
    }
}

/// Counts the bytes of the whole blocks at the start of a text that have no special byte.
struct PlainBlocks<'a>(&'a [u8]);

impl Work for PlainBlocks<'_> {
    type Output = usize;

    #[inline(always)]
    #[allow(clippy::inline_always)] // as the trait asks
    fn run(self) -> usize {
        let is_special = |b: &u8| u8::from(*b == b'"') | u8::from(*b == b'\\') | u8::from(*b < 0x20);
        let blocks = self.0.as_chunks::<64>().0.iter();
        64 * blocks.take_while(|block| block.iter().fold(0, |any, b| any | is_special(b)) == 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::special;

    #[test]
    fn every_byte_at_every_place_is_found_as_the_naive_way_does() {
        for byte in 0..=255 {
            for place in 0..190 {
                let mut text = vec![b'a'; 190];
                text[place] = byte;
                for at in [0, 1, 7, 30, 50, 188, 189, 190] {
                    let naive = (at..text.len()).find(|&i| matches!(text[i], b'"' | b'\\' | ..0x20));
                    assert_eq!(special(&text, at), naive.unwrap_or(text.len()));
                }
            }
        }
        assert_eq!((special(b"", 0), special(b"a", 9)), (0, 9));
    }
}
