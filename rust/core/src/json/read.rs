//! A pull reader of JSON that builds no tree: it checks the grammar, skips values that the caller does not read, and measures them.
//!
//! Where RFC 8259 leaves a choice: a byte-order mark at the start is skipped; a lone surrogate escape reads as U+FFFD; `NaN`,
//! infinities and nesting deeper than [`MAX_DEPTH`] are refused; skipped strings are not checked for UTF-8.

use super::text::{Fault, JsonText, Leniency};
use crate::Result;

/// The deepest nesting that is read. Requests stay far below it; a cyclic object of a host language would never end.
pub const MAX_DEPTH: u32 = 128;

/// Measures what is skipped.
pub trait Meter {
    /// A string, or the name of a field.
    fn text(&mut self, text: &JsonText<'_>);
    /// A number, as it is written.
    fn number(&mut self, numeral: &[u8]);
    /// `true`, `false` or `null`.
    fn word(&mut self);
}

impl Meter for () {
    fn text(&mut self, _: &JsonText<'_>) {}
    fn number(&mut self, _: &[u8]) {}
    fn word(&mut self) {}
}

/// A cursor over the bytes of a document.
///
/// # Errors
/// Its methods fail with [`Error::Malformed`](crate::Error::Malformed) where the bytes are no JSON, or no value of that kind.
#[derive(Debug)]
pub struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
    leniency: Leniency,
}

#[allow(clippy::missing_errors_doc)] // documented once, above
impl<'a> Json<'a> {
    /// A reader of a document, from its start.
    pub fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        Self { bytes, at, depth: 0, leniency: Leniency::default() }
    }

    /// A reader that accepts control characters in strings: models write line breaks there.
    pub fn lenient(bytes: &'a [u8]) -> Self {
        Self { leniency: Leniency { controls: true, ..Leniency::default() }, ..Self::new(bytes) }
    }

    /// True if a lone surrogate escape was read.
    pub fn repaired(&self) -> bool {
        self.leniency.repaired
    }

    /// Its position, in bytes from the start.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Its position and depth, for [`seek`](Self::seek).
    pub fn position(&self) -> (usize, u32) {
        (self.at, self.depth)
    }

    /// Goes back to a position.
    pub fn seek(&mut self, position: (usize, u32)) {
        (self.at, self.depth) = position;
    }

    /// Checks that nothing but white space follows.
    pub fn end(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.fault("unexpected bytes after the end of the document").into()),
        }
    }

    #[cold]
    fn fault(&self, reason: &'static str) -> Fault {
        Fault { at: self.at, reason }
    }

    /// The next byte that is no white space.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Consumes the next byte, which must be `wanted`.
    #[inline]
    fn expect(&mut self, wanted: u8, reason: &'static str) -> Result<(), Fault> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        Err(self.fault(reason))
    }

    fn deeper(&mut self) -> Result<(), Fault> {
        if self.depth == MAX_DEPTH {
            return Err(self.fault("nested deeper than 128"));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// The quoted name before a value, and its colon.
    #[inline]
    fn name(&mut self) -> Result<JsonText<'a>, Fault> {
        self.expect(b'"', "expected a name in quotes")?;
        let name = self.string()?;
        self.expect(b':', "expected a colon")?;
        Ok(name)
    }

    /// Reads the comma or bracket after a value. True if another value follows.
    #[inline]
    fn more(&mut self, close: u8) -> Result<bool, Fault> {
        let next = self.peek();
        if next == Some(b',') {
            self.at += 1;
            return Ok(true);
        }
        if next == Some(close) {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        Err(self.fault("expected a comma or the end of the list"))
    }

    /// Consumes the closing bracket of an empty list or object. True if it is empty.
    #[inline]
    fn empty(&mut self, close: u8) -> bool {
        let empty = self.peek() == Some(close);
        if empty {
            self.at += 1;
            self.depth -= 1;
        }
        empty
    }

    fn literal(&mut self, literal: &'static [u8]) -> Result<(), Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(literal) {
            return Err(self.fault("expected a value"));
        }
        self.at += literal.len();
        Ok(())
    }

    /// A number, as it is written.
    fn numeral(&mut self) -> Result<&'a [u8], Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (end, is_numeral) = numeral(rest);
        self.at += end;
        if is_numeral { Ok(rest.get(..end).unwrap_or_default()) } else { Err(self.fault("expected a digit")) }
    }

    /// Skips a string, a number or a literal, and measures it.
    #[inline]
    fn scalar(&mut self, first: Option<u8>, meter: &mut impl Meter) -> Result<(), Fault> {
        match first {
            Some(b'"') => {
                self.at += 1;
                meter.text(&self.string()?);
                return Ok(());
            }
            Some(b'-' | b'0'..=b'9') => {
                meter.number(self.numeral()?);
                return Ok(());
            }
            Some(b't') => self.literal(b"true")?,
            Some(b'f') => self.literal(b"false")?,
            Some(b'n') => self.literal(b"null")?,
            Some(_) => return Err(self.fault("expected a value")),
            None => return Err(self.fault("ends where a value should begin")),
        }
        meter.word();
        Ok(())
    }

    /// Skips one value and measures everything in it, names included. Not recursive: a stack of bits holds the open brackets.
    pub fn pass(&mut self, meter: &mut impl Meter) -> Result<(), Fault> {
        let floor = self.depth;
        let mut objects: u128 = 0;
        loop {
            let first = self.peek();
            if let Some(open @ (b'{' | b'[')) = first {
                self.deeper()?;
                objects = objects << 1 | u128::from(open == b'{');
                let close = if open == b'{' { b'}' } else { b']' };
                if !self.empty(close) {
                    if open == b'{' {
                        meter.text(&self.name()?);
                    }
                    continue;
                }
                objects >>= 1;
            } else {
                self.scalar(first, meter)?;
            }
            loop {
                if self.depth == floor {
                    return Ok(());
                }
                let object = objects & 1 == 1;
                if self.more(if object { b'}' } else { b']' })? {
                    if object {
                        meter.text(&self.name()?);
                    }
                    break;
                }
                objects >>= 1;
            }
        }
    }

    #[inline]
    fn string(&mut self) -> Result<JsonText<'a>, Fault> {
        JsonText::read(self.bytes, &mut self.at, &mut self.leniency)
    }

    /// A string.
    pub fn read_string(&mut self) -> Result<JsonText<'a>> {
        self.expect(b'"', "expected a string")?;
        Ok(self.string()?)
    }

    /// `true`, `false` or `null`, as it is written.
    pub fn read_word(&mut self) -> Result<&'static str> {
        let word = match self.peek() {
            Some(b't') => "true",
            Some(b'f') => "false",
            _ => "null",
        };
        self.literal(word.as_bytes())?;
        Ok(word)
    }

    /// A number, as it is written.
    pub fn read_number(&mut self) -> Result<&'a str> {
        self.peek();
        Ok(std::str::from_utf8(self.numeral()?).unwrap_or_default())
    }

    /// Any value, as it is written.
    pub fn read_raw(&mut self) -> Result<&'a [u8]> {
        self.read_raw_by(|json| Ok(json.pass(&mut ())?))
    }

    /// Any value, read by `read`, as it is written.
    ///
    /// ```
    /// use rheostat::json::Json;
    /// let mut json = Json::new(b" [1, 2 ] ");
    /// let mut sum = 0;
    /// let raw = json.read_raw_by(|json| json.items(|json, _| {
    ///     sum += json.read_number()?.parse::<u32>().unwrap_or(0);
    ///     Ok(())
    /// }))?;
    /// assert_eq!((raw, sum), (&b"[1, 2 ]"[..], 3));
    /// # Ok::<(), rheostat::Error>(())
    /// ```
    pub fn read_raw_by(&mut self, read: impl FnOnce(&mut Self) -> Result<()>) -> Result<&'a [u8]> {
        self.peek();
        let start = self.at;
        read(self)?;
        Ok(self.bytes.get(start..self.at).unwrap_or_default())
    }

    /// The bytes that have not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Fails with the reason why no value begins here.
    pub fn no_value(&mut self) -> Result<()> {
        let first = self.peek();
        Ok(self.scalar(first, &mut ())?)
    }

    /// Reads an object: calls `each` with the reader on each value, and the value's name; `each` must read the value.
    #[inline]
    pub fn members(&mut self, mut each: impl FnMut(&mut Self, JsonText<'a>) -> Result<()>) -> Result<()> {
        if self.peek() != Some(b'{') {
            return Err(self.fault("expected an object").into());
        }
        self.deeper()?;
        if self.empty(b'}') {
            return Ok(());
        }
        loop {
            let name = self.name()?;
            each(self, name)?;
            if !self.more(b'}')? {
                return Ok(());
            }
        }
    }

    /// Reads an array: calls `each` with the reader on each value, and its index; `each` must read the value.
    #[inline]
    pub fn items(&mut self, mut each: impl FnMut(&mut Self, usize) -> Result<()>) -> Result<()> {
        if self.peek() != Some(b'[') {
            return Err(self.fault("expected an array").into());
        }
        self.deeper()?;
        if self.empty(b']') {
            return Ok(());
        }
        for index in 0.. {
            each(self, index)?;
            if !self.more(b']')? {
                break;
            }
        }
        Ok(())
    }
}

/// The end of the number at the start of a text, and true; or the place where a digit is missing, and false.
#[inline]
fn numeral(text: &[u8]) -> (usize, bool) {
    if let Some(end) = short_numeral(text) {
        return (end, true);
    }
    let start = usize::from(text.first() == Some(&b'-'));
    let mut at = if text.get(start) == Some(&b'0') { start + 1 } else { digits(text, start) };
    let mut found = at > start;
    if found && text.get(at) == Some(&b'.') {
        let from = at + 1;
        at = digits(text, from);
        found = at > from;
    }
    if found && matches!(text.get(at), Some(b'e' | b'E')) {
        let from = at + 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at = digits(text, from);
        found = at > from;
    }
    (at, found)
}

/// The end of a whole number of up to three digits that a comma or a bracket follows, as lists of bytes have them.
#[inline]
fn short_numeral(text: &[u8]) -> Option<usize> {
    let [first, second, third, fourth] = text.first_chunk()?;
    let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}');
    match (first, second, third) {
        (b'0'..=b'9', end, _) if ends(end) => Some(1),
        (b'1'..=b'9', b'0'..=b'9', end) if ends(end) => Some(2),
        (b'1'..=b'9', b'0'..=b'9', b'0'..=b'9') if ends(fourth) => Some(3),
        _ => None,
    }
}

/// The end of the digits from a place on. Eight are looked at together: a log-probability has some seventeen.
#[inline]
fn digits(text: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 0xFF;
    while let Some(eight) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        // Digits become 0 to 9. A byte above that gets its highest bit, and no carry reaches the next one.
        let values = u64::from_le_bytes(*eight) ^ (ONES * 0x30);
        let others = (((values & (ONES * 0x7F)) + ONES * 0x76) | values) & (ONES * 0x80);
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while text.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A number by its grammar, letter by letter.
    fn naive(text: &[u8]) -> (usize, bool) {
        let digits = |from: usize| from + text.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
        let start = usize::from(text.first() == Some(&b'-'));
        let mut at = if text.get(start) == Some(&b'0') { start + 1 } else { digits(start) };
        let parts: [(&[u8], &[u8]); 2] = [(b".", b""), (b"eE", b"+-")];
        let mut found = at > start;
        for (mark, signs) in parts {
            if found && text.get(at).is_some_and(|b| mark.contains(b)) {
                let from = at + 1 + usize::from(text.get(at + 1).is_some_and(|b| signs.contains(b)));
                at = digits(from);
                found = at > from;
            }
        }
        (at, found)
    }

    proptest! {
        #[test]
        fn numbers_end_as_the_naive_way_says(text in "-?[0-9]{0,20}(\\.[0-9]{0,20})?([eE][+-]?[0-9]{0,3})?[,\\]} x:/\u{80}]?[0-9]{0,9}") {
            prop_assert_eq!(numeral(text.as_bytes()), naive(text.as_bytes()));
        }

        #[test]
        fn digits_end_at_any_other_byte(count in 0..30_usize, other: u8, more in prop::collection::vec(any::<u8>(), 0..20)) {
            let text = [&vec![b'7'; count][..], &[other], &more].concat();
            let naive = text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
            prop_assert_eq!(digits(&text, 0), naive);
        }
    }
}
