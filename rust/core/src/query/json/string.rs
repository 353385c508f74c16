//! Strings of JSON: found at the speed of memory, decoded only where somebody reads them.

use super::{Fault, Json};
use crate::query::cursor::Text;
use crate::query::cut::Cutter;

/// A string that has been checked and measured, and not been decoded.
#[derive(Debug, Clone, Copy)]
pub(in crate::query) struct JsonText<'a> {
    /// As it is written, between the quotes.
    pub(super) raw: &'a [u8],
    /// How many bytes it has when decoded.
    pub(super) length: usize,
}

impl<'a> Json<'a> {
    /// A string, from behind its opening quote to behind its closing one.
    #[inline]
    pub(super) fn string(&mut self) -> Result<JsonText<'a>, Fault> {
        let start = self.at;
        // By how much it will be shorter when decoded.
        let mut saved = 0;
        loop {
            // Escapes come in rows: text that is not Latin is often written in nothing else.
            if self.bytes.get(self.at) != Some(&b'\\') {
                self.at = special(self.bytes, self.at);
            }
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    let raw = self.bytes.get(start..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(JsonText { raw, length: raw.len() - saved });
                }
                Some(b'\\') => {
                    let rest = self.bytes.get(self.at..).unwrap_or_default();
                    let Some(escape) = Escape::read(rest) else { return Err(self.bad_escape(rest.len())) };
                    self.repaired |= escape.lone;
                    self.at += escape.raw;
                    saved += escape.raw - escape.char.len_utf8();
                }
                Some(_) => return Err(self.fault("a control character must be escaped")),
                None => return Err(self.fault("ends within a string")),
            }
        }
    }

    #[cold]
    fn bad_escape(&self, rest: usize) -> Fault {
        self.fault(if rest < 2 { "ends within a string" } else { "bad escape" })
    }
}

/// One escape sequence.
struct Escape {
    /// How many bytes it takes as it is written.
    raw: usize,
    char: char,
    /// Whether it is half of a surrogate pair, without the other half.
    lone: bool,
}

impl Escape {
    /// The escape that `text` begins with.
    #[inline]
    fn read(text: &[u8]) -> Option<Self> {
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

/// What the letter of a short escape stands for; 0 if it is none's.
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

/// The value of a hexadecimal digit; 0xFF if it is none.
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

/// The code unit of a `\uXXXX` that `text` begins with.
#[inline]
fn unit(text: &[u8]) -> Option<u32> {
    let [b'\\', b'u', a, b, c, d] = *text.first_chunk::<6>()? else { return None };
    let [a, b, c, d] = [a, b, c, d].map(|digit| HEX[usize::from(digit)]);
    let bad = (a | b | c | d) & 0xF0;
    (bad == 0).then(|| u32::from(a) << 12 | u32::from(b) << 8 | u32::from(c) << 4 | u32::from(d))
}

/// Where the next quote, backslash or control character stands at or after `at`; the end if there is none.
///
/// Names and numbers of an agent's JSON end within a few bytes, so eight are looked at first. What goes on is passed
/// over in blocks that the compiler turns into vectors: 28 GB/s, as fast as kernels by hand were.
#[inline]
fn special(bytes: &[u8], at: usize) -> usize {
    let (found, at) = in_words(bytes, at, 1);
    if found {
        return at;
    }
    let blocks = bytes.get(at..).unwrap_or_default().as_chunks::<32>().0;
    let is_special = |b: &u8| u8::from(*b == b'"') | u8::from(*b == b'\\') | u8::from(*b < 0x20);
    let plain = |block: &&[u8; 32]| block.iter().fold(0, |any, b| any | is_special(b)) == 0;
    let at = at + 32 * blocks.iter().take_while(plain).count();
    let (found, at) = in_words(bytes, at, 4);
    if found {
        return at;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|b| is_special(b) != 0).unwrap_or(rest.len())
}

/// The same, in no more than so many words of eight bytes: whether it is found, or how far that was.
#[inline]
fn in_words(bytes: &[u8], mut at: usize, most: usize) -> (bool, usize) {
    let words = bytes.get(at..).unwrap_or_default().as_chunks::<8>().0;
    for word in words.iter().take(most) {
        let found = marks(u64::from_le_bytes(*word));
        if found != 0 {
            return (true, at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    (false, at)
}

/// The top bit of each byte that is special. Bits above the lowest one may be wrong: a borrow runs upwards.
#[inline]
fn marks(x: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |x: u64, n: u64| x.wrapping_sub(ONES * n) & !x;
    let quote = below(x ^ (ONES * b'"' as u64), 1);
    let backslash = below(x ^ (ONES * b'\\' as u64), 1);
    (below(x, 0x20) | quote | backslash) & HIGH
}

impl JsonText<'_> {
    /// Whether it is written as it is.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.raw.len() == self.length
    }
}

/// Names longer than this are nobody's; of these, head and tail are enough to tell.
const NAME: usize = 256;

impl<'a> Text<'a> for JsonText<'a> {
    #[inline]
    fn bytes(&self) -> usize {
        self.length
    }

    fn borrowed(&self) -> Option<&'a [u8]> {
        self.is_plain().then_some(self.raw)
    }

    fn first(&self) -> Option<u8> {
        let mut rest = self.raw;
        while let [first, tail @ ..] = rest {
            let (char, after) = match first {
                b'\\' => Escape::read(rest).map(|e| (e.char, rest.get(e.raw..).unwrap_or_default()))?,
                _ => (char::from(*first), tail),
            };
            if !char.is_ascii_whitespace() {
                return Some(u8::try_from(char).unwrap_or(0xFF));
            }
            rest = after;
        }
        None
    }

    fn has_marks(&self) -> bool {
        // Some writers escape both, so that JSON may stand in HTML.
        let plain = memchr::memchr2(b'<', b'>', self.raw).is_some();
        plain || (!self.is_plain() && memchr::memmem::find(self.raw, b"\\u00").is_some())
    }

    #[inline]
    fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        if self.is_plain() {
            return f(self.raw);
        }
        let mut cutter = Cutter::new(self.length, NAME);
        self.write(&mut cutter);
        f(&cutter.finish().text)
    }

    fn write(&self, cutter: &mut Cutter) {
        let mut rest = self.raw;
        while !rest.is_empty() {
            // Up to the next escape, but no further than what is wanted, or not wanted, at one go.
            let unwanted = cutter.unwanted();
            let bound = if unwanted > 0 { unwanted } else { cutter.wanted().max(1) };
            let run = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
            if run > 0 {
                let (run, tail) = rest.split_at(run.min(bound));
                if unwanted > 0 {
                    cutter.skip(run.len());
                } else {
                    cutter.push(run);
                }
                rest = tail;
            } else {
                let Some(escape) = Escape::read(rest) else { return };
                cutter.push(escape.char.encode_utf8(&mut [0; 4]).as_bytes());
                rest = rest.get(escape.raw..).unwrap_or_default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::special;

    #[test]
    fn every_byte_at_every_place_is_found_as_the_naive_way_does() {
        for byte in 0..=255 {
            for place in 0..90 {
                let mut text = vec![b'a'; 90];
                text[place] = byte;
                for at in [0, 1, 7, 30, 50, 88, 89, 90] {
                    let naive = (at..90).find(|&i| matches!(text[i], b'"' | b'\\' | ..0x20));
                    assert_eq!(special(&text, at), naive.unwrap_or(90));
                }
            }
        }
        assert_eq!((special(b"", 0), special(b"a", 9)), (0, 9));
    }
}
