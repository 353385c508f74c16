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

    /// The tenant of a request's key. All keys are compared, in constant time, so that a guess learns nothing from the time.
    pub(crate) fn tenant(&self, headers: &HeaderMap) -> Option<&str> {
        let given = headers
            .get("x-api-key")
            .map(http::HeaderValue::as_bytes)
            .or_else(|| headers.get(AUTHORIZATION)?.as_bytes().strip_prefix(b"Bearer "))?;
        let mut found = 0_u64;
        for (number, key) in (1..).zip(&self.0) {
            let same: Choice = key.secret.expose().as_bytes().ct_eq(given);
            found.conditional_assign(&number, same);
        }
        self.0.get(usize::try_from(found).ok()?.checked_sub(1)?).map(|key| key.tenant.as_str())
    }
}
