//! Lets the JSON reader be walked as a [`Cursor`].

use super::cursor::{Cursor, ValueKind};
use crate::text::LazyText;
use crate::weight::{Sampler, Weight};
use rheostat::json::{Escape, Json, JsonText, Meter};
use rheostat::query::{Cutter, Sink};
use rheostat::{Error, Result};

impl<'a> Cursor<'a> for Json<'a> {
    type Text = JsonText<'a>;
    type Mark = (usize, u32);

    fn kind(&mut self) -> Result<ValueKind> {
        Ok(match self.peek() {
            Some(b'"') => ValueKind::String,
            Some(b'{') => ValueKind::Object,
            Some(b'[') => ValueKind::Array,
            Some(b't' | b'f') => ValueKind::Bool,
            Some(b'n') => ValueKind::Null,
            Some(b'-' | b'0'..=b'9') => ValueKind::Number,
            _ => {
                self.no_value()?;
                ValueKind::Other
            }
        })
    }

    fn text(&mut self) -> Result<JsonText<'a>> {
        self.read_string()
    }

    fn flag(&mut self) -> Result<bool> {
        Ok(self.read_word()? == "true")
    }

    fn number(&mut self) -> Result<Option<i64>> {
        let number = self.read_number()?;
        let spelled = || number.parse::<f64>().ok().filter(|x| x.fract() == 0.0).map(|x| x as i64);
        Ok(number.parse().ok().or_else(spelled))
    }

    #[inline]
    fn object(&mut self, mut each: impl FnMut(&mut Self, &[u8]) -> Result<()>) -> Result<()> {
        self.members(|json, name| name.with(|name| each(json, name)))
    }

    #[inline]
    fn array(&mut self, each: impl FnMut(&mut Self, usize) -> Result<()>) -> Result<()> {
        self.items(each)
    }

    fn measure(&mut self) -> Result<Weight> {
        let mut weight = Weight::default();
        self.pass(&mut weight)?;
        Ok(weight)
    }

    fn skip(&mut self) -> Result<()> {
        Ok(self.pass(&mut ())?)
    }

    fn mark(&mut self) -> (usize, u32) {
        self.position()
    }

    fn go_to(&mut self, mark: &(usize, u32)) {
        self.seek(*mark);
    }

    fn offset(mark: &(usize, u32)) -> usize {
        mark.0
    }

    fn close(&mut self) -> Result<()> {
        self.end()
    }

    fn type_name(&mut self) -> String {
        let name = match self.peek() {
            Some(b'"') => "a string",
            Some(b'{') => "an object",
            Some(b'[') => "an array",
            Some(b't' | b'f') => "a boolean",
            Some(b'n') => "null",
            _ => "a number",
        };
        name.to_owned()
    }

    fn explain(&self, error: Error) -> Error {
        Error::malformed("body", self.at(), error.to_string())
    }
}

impl Meter for Weight {
    fn text(&mut self, text: &JsonText<'_>) {
        *self += Self::of_string(text.length, || text.weight());
    }

    fn number(&mut self, numeral: &[u8]) {
        *self += Self::of_number(numeral.len());
    }

    fn word(&mut self) {
        *self += Self::of_word();
    }
}

/// The most bytes of a name. No known name is longer, so a longer one may be cut.
const NAME: usize = 256;

impl<'a> LazyText<'a> for JsonText<'a> {
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

    fn is_repaired(&self) -> bool {
        self.has_lone()
    }

    fn has_marks(&self) -> bool {
        // Some writers escape both, so that JSON may stand in HTML.
        let plain = memchr::memchr2(b'<', b'>', self.raw).is_some();
        plain || (!self.is_plain() && memchr::memmem::find(self.raw, b"\\u00").is_some())
    }

    fn raw(&self) -> &[u8] {
        self.raw
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

    fn write<S: Sink>(&self, cutter: &mut S) {
        write_while(self.raw, cutter, |_| true);
    }

    fn weight(&self) -> Weight {
        if self.is_plain() {
            return Weight::of(self.raw);
        }
        let mut sampler = Sampler::default();
        write_while(self.raw, &mut sampler, |sampler| sampler.wants_more(self.length));
        sampler.finish_at(self.length)
    }
}

/// Writes a string with escapes to a sink, piece by piece, as long as that wants more.
fn write_while<S: Sink>(raw: &[u8], cutter: &mut S, wants_more: impl Fn(&S) -> bool) {
    let mut rest = raw;
    while !rest.is_empty() && wants_more(cutter) {
        // Up to the next escape, but at most what the cutter takes or skips in one step.
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
