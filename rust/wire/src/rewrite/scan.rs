//! Finds the parameters of a body in one pass over its bytes.
//!
//! Only objects that the surface names are entered; all else is passed over: strings by searching their closing quote, nested values
//! by counting brackets. The body's reader checks the grammar; this checks as much of it as edits rely on.

use super::few::Few;
use super::field::{Field, Node};
use crate::body::List;
use memchr::memchr;
use rheostat::{Error, Result};
use std::ops::Range;

/// A member that the surface names.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Site {
    pub(super) node: Option<&'static Node>,
    /// The object that it is a member of.
    pub(super) object: usize,
    /// Its place among the members, from 0 on.
    pub(super) ordinal: usize,
    /// The end of the member before it, or of the opening bracket.
    pub(super) before: usize,
    /// The start of its name.
    pub(super) name: usize,
    /// Its value.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The start of the next member's name; none for the last member.
    pub(super) next: Option<usize>,
    /// The start of the last item, for an array.
    pub(super) item: usize,
}

/// An object that the surface names.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Object {
    pub(super) nodes: &'static [Node],
    /// The site whose value it is; none for the body.
    pub(super) site: Option<usize>,
    /// The end of its last member, or of its opening bracket.
    pub(super) end: usize,
    pub(super) members: usize,
    /// The parameters among its members, as a set of bits: a client may send any number of members.
    pub(super) has: u64,
}

/// The parameters of a body.
#[derive(Debug, Default)]
pub(super) struct Sites {
    pub(super) sites: Few<Site, 24>,
    pub(super) objects: Few<Object, 8>,
}

impl Site {
    pub(super) fn field(&self) -> Option<Field> {
        self.node.map(|node| node.field)
    }

    pub(super) fn value(&self) -> Range<usize> {
        self.start..self.end
    }
}

impl Sites {
    /// Finds them. A byte-order mark is passed over.
    pub(super) fn find(bytes: &[u8], nodes: &'static [Node], folds: bool) -> Result<Self> {
        Self::find_but(bytes, nodes, folds, None)
    }

    /// Finds them, and passes over a list whose place is known.
    pub(super) fn find_but(
        bytes: &[u8],
        nodes: &'static [Node],
        folds: bool,
        known: Option<List>,
    ) -> Result<Self> {
        let at = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let mut scan = Scan { bytes, at, folds, known, item: 0, found: Self::default() };
        if scan.peek() != Some(b'{') {
            return Err(scan.fault("expected an object"));
        }
        scan.object(nodes, None)?;
        match scan.peek() {
            None => Ok(scan.found),
            Some(_) => Err(scan.fault("unexpected bytes after the end of the document")),
        }
    }

    /// The sites of a parameter, in the order of the body.
    pub(super) fn of(&self, field: Field) -> impl Iterator<Item = &Site> {
        self.sites.iter().filter(move |site| site.field() == Some(field))
    }

    /// True if the request is an object within the body: that has no conversation of its own.
    pub(super) fn is_wrapped(&self, body: &[u8]) -> bool {
        self.of(Field::Wrap).any(|site| body.get(site.start) == Some(&b'{'))
            && self.of(Field::Talk).next().is_none()
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// True if names fit without regard to case.
    folds: bool,
    known: Option<List>,
    /// The start of the last item of the array that was passed over last.
    item: usize,
    found: Sites,
}

impl Scan<'_> {
    #[cold]
    fn fault(&self, reason: &'static str) -> Error {
        Error::malformed("body", self.at, reason)
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    /// Reads an object whose members the surface names. As deep as the table of places: three levels.
    fn object(&mut self, nodes: &'static [Node], site: Option<usize>) -> Result<()> {
        self.at += 1;
        let index = self.found.objects.len();
        self.found.objects.push(Object { nodes, site, end: self.at, members: 0, has: 0 });
        let (mut before, mut ordinal, mut last) = (self.at, 0, None::<usize>);
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.fault("expected a name in quotes"));
            }
            let name = self.at;
            self.string()?;
            if let Some(site) = last.take().and_then(|last| self.found.sites.get_mut(last)) {
                site.next = Some(name);
            }
            let raw = self.bytes.get(name + 1..self.at - 1).unwrap_or_default();
            let node = find(nodes, raw, self.folds);
            if self.peek() != Some(b':') {
                return Err(self.fault("expected a colon"));
            }
            self.at += 1;
            let first = self.peek();
            let start = self.at;
            if let Some(node) = node {
                if let Some(object) = self.found.objects.get_mut(index) {
                    object.has |= node.field.bit();
                }
                last = Some(self.found.sites.len());
                let site = Site {
                    node: Some(node),
                    object: index,
                    ordinal,
                    before,
                    name,
                    start,
                    end: start,
                    next: None,
                    item: start,
                };
                self.found.sites.push(site);
            }
            match node {
                Some(node) if !node.inner.is_empty() && first == Some(b'{') => {
                    self.object(node.inner, last)?;
                }
                _ => self.value(first)?,
            }
            before = self.at;
            ordinal += 1;
            if let Some(site) = last.and_then(|last| self.found.sites.get_mut(last)) {
                (site.end, site.item) = (before, self.item);
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                _ => return Err(self.fault("expected a comma or the end of the object")),
            }
        }
        if let Some(object) = self.found.objects.get_mut(index) {
            (object.end, object.members) = (before, ordinal);
        }
        Ok(())
    }

    /// Passes over a string, from its opening quote on. A quote closes it unless an odd number of backslashes stands before it:
    /// so escapes of other characters, of which prose has many, cost nothing.
    #[inline]
    fn string(&mut self) -> Result<()> {
        let open = self.at + 1;
        let mut from = open;
        loop {
            let Some(quote) = quote(self.bytes, from) else {
                return Err(self.fault("a string that does not end"));
            };
            from = quote + 1;
            if self.bytes.get(quote - 1) != Some(&b'\\') || !self.is_escaped(open, quote) {
                self.at = from;
                return Ok(());
            }
        }
    }

    /// True if an odd number of backslashes stands before a position.
    fn is_escaped(&self, open: usize, at: usize) -> bool {
        let text = self.bytes.get(open..at).unwrap_or_default();
        text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
    }

    /// Passes over a value.
    fn value(&mut self, first: Option<u8>) -> Result<()> {
        match first {
            Some(b'"') => self.string(),
            Some(b'{' | b'[') => self.nested(),
            Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\t' | b'\r');
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
                Ok(())
            }
            _ => Err(self.fault("expected a value")),
        }
    }

    /// Passes over an array or an object.
    fn nested(&mut self) -> Result<()> {
        if let Some(known) = self.known.filter(|known| known.start == self.at) {
            (self.at, self.item) = (known.end, known.item);
            return Ok(());
        }
        let mut depth = 0_usize;
        self.item = self.at + 1;
        loop {
            match self.byte() {
                Some(b'"') => {
                    self.string()?;
                    continue;
                }
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => depth -= 1,
                Some(b',') if depth == 1 => self.item = self.at + 1,
                Some(_) => {}
                None => return Err(self.fault("an array or object that does not end")),
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
    }
}

/// The next quote from a position on. Most strings are short: the first 32 bytes are searched in place, eight at a time, since a call
/// of `memchr` costs as much as 40 bytes.
#[inline]
fn quote(bytes: &[u8], mut from: usize) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    for _ in 0..4 {
        let Some(chunk) = bytes.get(from..).and_then(|rest| rest.first_chunk::<8>()) else { break };
        // A byte that equals the quote is 0 now; the lowest one that borrows is the first.
        let zero = u64::from_le_bytes(*chunk) ^ (EACH * b'"' as u64);
        let found = zero.wrapping_sub(EACH) & !zero & EACH << 7;
        if found != 0 {
            return Some(from + found.trailing_zeros() as usize / 8);
        }
        from += 8;
    }
    memchr(b'"', bytes.get(from..)?).map(|at| from + at)
}

/// The node with a name. `raw` is the name as it is written.
fn find(nodes: &'static [Node], raw: &[u8], folds: bool) -> Option<&'static Node> {
    if raw.contains(&b'\\') {
        let quoted = [b"\"", raw, b"\""].concat();
        let name: String = serde_json::from_slice(&quoted).ok()?;
        return if folds { folded(nodes, &name) } else { nodes.iter().find(|node| node.name == name) };
    }
    let found = nodes.iter().find(|node| node.name.as_bytes() == raw);
    if folds && found.is_none() { folded(nodes, std::str::from_utf8(raw).ok()?) } else { found }
}

/// The node with a name in letters of any case, as Go compares names: the long s and the sign of kelvin are letters, too.
fn folded(nodes: &'static [Node], name: &str) -> Option<&'static Node> {
    let fold = |letter: char| match letter {
        'ſ' => 's',
        '\u{212A}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    nodes.iter().find(|node| name.chars().map(fold).eq(node.name.chars()))
}
