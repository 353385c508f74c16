//! The names of plans.

use super::plan::PlanOptions;
use super::snapshot::Snapshot;
use crate::query::Query;
use crate::{Error, Result};
use rapidhash::v3::rapidhash_v3;
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

/// What a counter counts in, and its inverse. An odd factor makes steps large; the sum with a random nonce keeps governors
/// apart.
pub(super) const STEP: (u64, u64) = (0x9E37_79B9_7F4A_7C15, 0xF1DE_83E1_9937_733D);
const _: () = assert!(STEP.0.wrapping_mul(STEP.1) == 1);

impl PlanId {
    pub(super) fn new(
        snapshot: &Snapshot,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        nonce: u64,
        count: u64,
    ) -> Self {
        let (s, request) = (&query.structure, &query.request);
        let needs = request.needs().iter().fold(0, |bits, need| bits << 1 | u64::from(need.is_some()));
        let fields = [
            snapshot.digest,
            rapidhash_v3(&query.ask),
            s.ask_bytes,
            s.total_bytes,
            s.system_bytes,
            s.history_bytes,
            s.tool_result_bytes,
            s.document_bytes,
            u64::from(s.messages) << 32 | u64::from(s.images),
            u64::from(s.tools_offered) << 32 | u64::from(s.tool_calls),
            s.tool_bytes,
            request.max_tokens.unwrap_or(0),
            needs << 8 | query.turn as u64,
            options.digest(),
        ];
        let mut bytes = [0; 14 * 8];
        for (to, field) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(fields) {
            *to = field.to_le_bytes();
        }
        let serial = nonce.wrapping_add(count.wrapping_mul(STEP.0));
        Self { digest: rapidhash_v3(&bytes), serial }
    }
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
