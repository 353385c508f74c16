//! The names of plans.

use crate::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// Names one decision: a digest of what was decided about and by what, and a serial number that no other plan of any
/// governor is meant to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlanId {
    /// Depends on query, options and version alone: the same in every language.
    pub digest: u64,
    /// Tells plans about the same query apart.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let id = PlanId { digest: 0xAB, serial: u64::MAX };
        assert_eq!(id.to_string().parse::<PlanId>().unwrap(), id);
        for bad in ["", "ab", "+0000000000000ab-ffffffffffffffff", "00000000000000AB-ffffffffffffffff"] {
            assert!(
                bad.parse::<PlanId>().unwrap_err().to_string().contains("16 hexadecimal digits"),
                "{bad}"
            );
        }
    }
}
