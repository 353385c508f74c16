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
            self.at = special(self.bytes, self.at);
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
        let char = match text.get(1)? {
            b'n' => '\n',
            b'"' => '"',
            b'\\' => '\\',
            b'u' => return Self::read_unit(text),
            b'/' => '/',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            _ => return None,
        };
        Some(Self { raw: 2, char, lone: false })
    }

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

/// The code unit of a `\uXXXX` that `text` begins with.
fn unit(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

/// Where the next quote, backslash or control character stands at or after `at`; the end if there is none.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let (words, tail) = rest.as_chunks::<8>();
    for word in words {
        let x = u64::from_le_bytes(*word);
        let found = marks(x);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + tail.iter().position(|b| matches!(b, b'"' | b'\\' | ..0x20)).unwrap_or(tail.len())
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
