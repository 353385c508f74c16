//! Going live: requests that are served as their clients wrote them and decided on paper, and the share of them that is governed.
//!
//! A request belongs to an arm by a stable hash, so that a conversation stays on one side, in every process:
//!
//! ```text
//! arm(key) = candidate  if  BLAKE2b-64(key, keyed by the salt) < share · 2⁶⁴,  else stable
//! ```
//!
//! A larger share includes the keys of a smaller one. `rheostat.records.Canary` has the same rule.

use crate::tables::ShadowTable;
use blake2::digest::consts::U8;
use blake2::digest::{FixedOutput, Update};
use blake2::{Blake2bMac, Blake2bVar};
use rheostat::{Error, Result};

/// Most bytes of a salt that count, as `BLAKE2b` takes no longer key.
const MOST_SALT: usize = 64;

/// The side that serves a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arm {
    /// Served as the client wrote it; the decision is on paper.
    Stable,
    /// Governed.
    Candidate,
}

impl Arm {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Candidate => "candidate",
        }
    }
}

/// The name that keeps a client on its side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sticky {
    /// The session, or else the tenant.
    Session,
    /// The tenant.
    Tenant,
}

/// The settings of a shadow.
#[derive(Debug, Clone)]
pub(crate) struct Shadow {
    /// Models whose requests are decided on paper; empty: every model that is not governed.
    models: Vec<String>,
    share: f64,
    sticky: Sticky,
    salt: Vec<u8>,
}

impl Shadow {
    pub(super) fn new(table: ShadowTable) -> Result<Self> {
        if !(0.0..=1.0).contains(&table.share) {
            return Err(Error::invalid("shadow: share", table.share, "between 0 and 1"));
        }
        if table.models.iter().any(String::is_empty) {
            return Err(Error::invalid("shadow: models", "an empty name", "the names of models"));
        }
        let sticky = match table.by.as_str() {
            "session" => Sticky::Session,
            "tenant" => Sticky::Tenant,
            other => return Err(Error::unknown("by", other, ["session", "tenant"]).within("shadow")),
        };
        if table.salt.len() > MOST_SALT {
            return Err(Error::invalid(
                "shadow: salt",
                format!("{} bytes", table.salt.len()),
                format!("at most {MOST_SALT} bytes long"),
            ));
        }
        Ok(Self { models: table.models, share: table.share, sticky, salt: table.salt.into_bytes() })
    }

    /// The arm of a request for a model that is not governed by its name; None if it is no business of the shadow's.
    pub(crate) fn arm(&self, model: &str, session: Option<&str>, tenant: Option<&str>) -> Option<Arm> {
        if !self.models.is_empty() && !self.models.iter().any(|one| one == model) {
            return None;
        }
        let key = match self.sticky {
            Sticky::Session => session.or(tenant),
            Sticky::Tenant => tenant,
        };
        // A client without a name would change sides from turn to turn.
        let is_candidate = key.is_some_and(|key| self.takes(key.as_bytes()));
        Some(if is_candidate { Arm::Candidate } else { Arm::Stable })
    }

    fn takes(&self, key: &[u8]) -> bool {
        // The product is exact, and whole numbers are below it where they are below its ceiling.
        self.share >= 1.0 || hash(&self.salt, key) < (self.share * 18_446_744_073_709_551_616.0).ceil() as u64
    }
}

fn hash(salt: &[u8], key: &[u8]) -> u64 {
    let mut digest = [0; 8];
    if salt.is_empty() {
        use blake2::digest::{Update as _, VariableOutput as _};
        if let Ok(mut plain) = Blake2bVar::new(8) {
            plain.update(key);
            plain.finalize_variable(&mut digest).ok();
        }
    } else if let Ok(mut keyed) = Blake2bMac::<U8>::new_with_salt_and_personal(salt, &[], &[]) {
        keyed.update(key);
        digest = keyed.finalize_fixed().into();
    }
    u64::from_be_bytes(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Python: `hashlib.blake2b(b"user-1", digest_size=8, key=salt).digest()`, as a big-endian number.
    #[test]
    fn the_hash_is_that_of_the_reference() {
        assert_eq!(hash(b"", b"user-1"), 0x9aac_5a86_21ea_e188);
        assert_eq!(hash(b"salt", b"user-1"), 0x4c21_36c9_348b_0684);
    }

    #[test]
    fn a_larger_share_includes_the_keys_of_a_smaller_one() {
        let of = |share| Shadow { models: Vec::new(), share, sticky: Sticky::Session, salt: Vec::new() };
        let taken = |share| {
            let shadow = of(share);
            (0..2_000).map(move |n| shadow.takes(format!("k{n}").as_bytes())).collect::<Vec<_>>()
        };
        let (few, some) = (taken(0.1), taken(0.3));
        assert!(few.iter().zip(&some).all(|(few, some)| !few || *some));
        let count = |taken: &[bool]| taken.iter().filter(|one| **one).count();
        assert!((140..260).contains(&count(&few)) && (500..700).contains(&count(&some)));
        assert_eq!((count(&taken(0.0)), count(&taken(1.0))), (0, 2_000));
    }
}
