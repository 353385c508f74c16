//! Values that a rewrite writes.

use crate::write::quoted;
use std::fmt;

/// A value of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number.
    Number(u64),
    /// A string.
    Text(&'a str),
    /// A boolean.
    Flag(bool),
}

impl Value<'_> {
    /// Appends it as JSON.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Number(number) => {
                let mut digits = [0; 20];
                let mut at = digits.len();
                let mut rest = number;
                loop {
                    at -= 1;
                    digits[at] = b'0' + (rest % 10) as u8;
                    rest /= 10;
                    if rest == 0 {
                        break;
                    }
                }
                out.extend_from_slice(&digits[at..]);
            }
            Self::Text(text) => quoted(out, text),
            Self::Flag(flag) => out.extend_from_slice(if flag { b"true" } else { b"false" }),
        }
    }

    /// The most bytes that it is written in.
    pub(super) fn bound(self) -> usize {
        match self {
            Self::Number(_) => 20,
            Self::Text(text) => 6 * text.len() + 2,
            Self::Flag(_) => 5,
        }
    }

    /// True if `raw`, which is JSON, is this value, in any spelling.
    pub(super) fn is(self, raw: &[u8]) -> bool {
        match self {
            Self::Number(number) => whole(raw) == Some(number),
            Self::Text(text) => match raw {
                [b'"', inner @ .., b'"'] if inner == text.as_bytes() => true,
                _ => serde_json::from_slice::<String>(raw).is_ok_and(|string| string == text),
            },
            Self::Flag(flag) => raw == if flag { &b"true"[..] } else { b"false" },
        }
    }
}

/// A whole number of at least 0, in any spelling; servers that read protocol buffers take one in quotes, too.
pub(super) fn count(raw: &[u8]) -> Option<u64> {
    whole(unquoted(raw).unwrap_or(raw))
}

/// Content of a string, as it is written, without its quotes.
pub(super) fn unquoted(raw: &[u8]) -> Option<&[u8]> {
    raw.strip_prefix(b"\"").and_then(|raw| raw.strip_suffix(b"\""))
}

/// A number, in any spelling.
pub(super) fn number(raw: &[u8]) -> Option<f64> {
    std::str::from_utf8(raw).ok()?.parse().ok()
}

/// A whole number of at least 0, in any spelling.
pub(super) fn whole(raw: &[u8]) -> Option<u64> {
    let spelled = || number(raw).filter(|x| x.fract() == 0.0 && (0.0..1.8e19).contains(x)).map(|x| x as u64);
    std::str::from_utf8(raw).ok()?.parse().ok().or_else(spelled)
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut json = Vec::with_capacity(self.bound());
        self.write(&mut json);
        f.write_str(&String::from_utf8_lossy(&json))
    }
}
