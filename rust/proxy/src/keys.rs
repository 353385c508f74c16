//! The keys of clients, and who pays.

use crate::settings::Key;
use http::header::{AUTHORIZATION, HeaderMap};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// The keys that open the proxy.
#[derive(Debug)]
pub(crate) struct Keys(Vec<Key>);

impl Keys {
    pub(crate) fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// True if clients need no key of the proxy's.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A request's key. All keys are compared, in constant time, so that a guess learns nothing from the time.
    pub(crate) fn find(&self, headers: &HeaderMap) -> Option<&Key> {
        let basic = password(headers);
        let given = headers
            .get("x-api-key")
            .map(http::HeaderValue::as_bytes)
            .or_else(|| headers.get(AUTHORIZATION)?.as_bytes().strip_prefix(b"Bearer "))
            .or(basic.as_deref())?;
        let mut found = 0_u64;
        for (number, key) in (1..).zip(&self.0) {
            let same: Choice = key.secret.expose().as_bytes().ct_eq(given);
            found.conditional_assign(&number, same);
        }
        self.0.get(usize::try_from(found).ok()?.checked_sub(1)?)
    }
}

/// The password of a browser, which asks for one where a page wants a key. The user's name may be anything.
fn password(headers: &HeaderMap) -> Option<Vec<u8>> {
    let given = headers.get(AUTHORIZATION)?.as_bytes().strip_prefix(b"Basic ")?;
    let mut decoded = unbase64(given)?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    Some(decoded.split_off(colon + 1))
}

/// Bytes of their Base64 form (RFC 4648, section 4).
fn unbase64(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in digits {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        (bits, count) = (bits << 6 | u32::from(digit), count + 6);
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    text.len().is_multiple_of(4).then_some(out)
}
