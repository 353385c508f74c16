//! JSON, equal up to the order of keys, white space, escapes and the spelling of numbers.

use super::number;
use std::collections::BTreeMap;

/// Deeper nesting is not read.
const DEPTH: u32 = 64;

/// The canonical form of a JSON object or array; None for anything else, and for an object that has a key twice.
pub(super) fn canonical(text: &str) -> Option<String> {
    let mut reader = Reader { rest: text.trim() };
    if !reader.rest.starts_with(['{', '[']) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    reader.value(&mut out, 0)?;
    reader.rest.trim_start().is_empty().then_some(out)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn value(&mut self, out: &mut String, depth: u32) -> Option<()> {
        self.rest = self.rest.trim_start();
        match self.rest.as_bytes().first()? {
            b'{' if depth < DEPTH => self.object(out, depth),
            b'[' if depth < DEPTH => self.array(out, depth),
            b'"' => {
                let text = self.string()?;
                write_string(&text, out);
                Some(())
            }
            b'-' | b'0'..=b'9' => self.number(out),
            _ => {
                let word = ["true", "false", "null"].into_iter().find(|word| self.rest.starts_with(word))?;
                self.rest = &self.rest[word.len()..];
                out.push_str(word);
                Some(())
            }
        }
    }

    fn object(&mut self, out: &mut String, depth: u32) -> Option<()> {
        let mut fields = BTreeMap::new();
        self.take('{')?;
        if self.take('}').is_none() {
            loop {
                self.rest = self.rest.trim_start();
                let key = self.string()?;
                self.take(':')?;
                let mut value = String::new();
                self.value(&mut value, depth + 1)?;
                if fields.insert(key, value).is_some() {
                    return None;
                }
                if self.take(',').is_none() {
                    self.take('}')?;
                    break;
                }
            }
        }
        out.push('{');
        for (i, (key, value)) in fields.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            write_string(key, out);
            out.push(':');
            out.push_str(value);
        }
        out.push('}');
        Some(())
    }

    fn array(&mut self, out: &mut String, depth: u32) -> Option<()> {
        self.take('[')?;
        out.push('[');
        if self.take(']').is_none() {
            loop {
                self.value(out, depth + 1)?;
                if self.take(',').is_none() {
                    self.take(']')?;
                    break;
                }
                out.push(',');
            }
        }
        out.push(']');
        Some(())
    }

    fn number(&mut self, out: &mut String) -> Option<()> {
        let end = self.rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E')));
        let (number, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        out.push_str(&number::canonical(number)?);
        self.rest = rest;
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        let mut text = String::new();
        self.rest = self.rest.strip_prefix('"')?;
        loop {
            let at = self.rest.find(['"', '\\'])?;
            text.push_str(&self.rest[..at]);
            let escape = self.rest.as_bytes().get(at) == Some(&b'\\');
            self.rest = &self.rest[at + 1..];
            if !escape {
                return Some(text);
            }
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let high = self.unit()?;
                if !(0xd800..0xdc00).contains(&high) {
                    return char::from_u32(high);
                }
                self.rest = self.rest.strip_prefix("\\u")?;
                let low = self.unit().filter(|low| (0xdc00..0xe000).contains(low))?;
                return char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.rest = &self.rest[4..];
        u32::from_str_radix(digits, 16).ok()
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        self.rest = self.rest.trim_start();
        self.rest = self.rest.strip_prefix(wanted)?;
        Some(())
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => {
                out.push_str("\\u00");
                out.extend([4, 0].map(|shift| char::from_digit(c as u32 >> shift & 15, 16).unwrap_or('0')));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
