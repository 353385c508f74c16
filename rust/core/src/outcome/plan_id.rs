//! Plan ids.

use crate::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// Names one plan: a digest of its inputs, and a serial number that is meant to be unique among all governors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlanId {
    /// Digest of query, options and version, equal in every language.
    pub digest: u64,
    /// Separates plans for equal queries.
    pub serial: u64,
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:016x}", self.digest, self.serial)
    }
}

impl FromStr for PlanId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = || {
            Error::invalid("plan", format!("{text:?}"), "a plan's id: 16 hexadecimal digits, \"-\", 16 more")
        };
        let number = |part: &str| {
            let digits = part.len() == 16 && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            if digits { u64::from_str_radix(part, 16).map_err(|_| refused()) } else { Err(refused()) }
        };
        let (digest, serial) = text.split_once('-').ok_or_else(refused)?;
        Ok(Self { digest: number(digest)?, serial: number(serial)? })
    }
}
