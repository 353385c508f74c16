//! The journal: a write-ahead log with one record for each change, so that a host can keep a ledger in a file.
//!
//! The ledger writes records to memory ([`Ledger::record`](super::Ledger::record)). The host appends them to its file ([`Ledger::recorded`](super::Ledger::recorded)) and
//! plays them back when it starts ([`Ledger::replay`](super::Ledger::replay)). A record holds the effect of a change, not the request. Replay
//! does not check the caps, so a journal stays valid when they change.
//!
//! ```text
//! record   length u32 · CRC-32 u32 · payload
//! payload  1 · hold u64 · at u64 · expires u64 · cost · query · session · tenant    a reservation is made
//!          2 · hold u64 · at u64 · expires u64 · cost · parts u32                   its claim changes
//!          3 · hold u64 · at u64 · cost · late u32                                  it ends, with its spending
//!          4 · hold u64 · at u64                                                    it ends by itself
//!          5 · now u64 · latest u64                                                 the clock was set right
//!          6 · hold u64 · at u64 · expires u64 · cost · cost · parts u32            a part is settled: its spending, the rest of its claim
//! cost     tokens u64 · picodollars u64 · picodollars above the entry rung u64
//! name     length u32 · UTF-8; empty where the payer has none
//! ```
//!
//! All numbers are little-endian, times are in milliseconds, a payload begins with its kind as a u32. Playing the newest
//! records twice changes nothing: a hold's number carries a generation, so a record that is old is recognised.

use super::cap::{Cost, MAX_KEY};
use super::hold_id::HoldId;
use super::payer::Payer;
use crate::artifact::bytes::{Bytes, put_str, put_u32, put_u64};
use crate::artifact::crc32;
use crate::money::Usd;
use crate::{Error, Result};
use std::collections::HashMap;

const HEADER: usize = 8;
/// The longest payload: a new hold with three names of the longest kind.
const MOST: usize = 4 + 6 * 8 + 3 * (4 + MAX_KEY);

/// One change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    Made {
        id: HoldId,
        at: u64,
        expires: u64,
        claim: Cost,
        payer: Payer<'a>,
    },
    Resized {
        id: HoldId,
        at: u64,
        expires: u64,
        claim: Cost,
        /// Partial settlements before it.
        parts: u32,
    },
    /// `late`: it had expired before.
    Settled {
        id: HoldId,
        at: u64,
        spent: Cost,
        late: bool,
    },
    Expired {
        id: HoldId,
        at: u64,
    },
    Rebased {
        now: u64,
        latest: u64,
    },
    /// It goes on with the claim `rest`.
    Parted {
        id: HoldId,
        at: u64,
        expires: u64,
        spent: Cost,
        rest: Cost,
        /// Its number among those of the reservation, from 1.
        parts: u32,
    },
}

impl<'a> Entry<'a> {
    fn encode(&self, out: &mut Vec<u8>) {
        let numbers = |out: &mut Vec<u8>, kind: u32, all: &[u64]| {
            put_u32(out, kind);
            for &number in all {
                put_u64(out, number);
            }
        };
        match *self {
            Self::Made { id, at, expires, claim, payer } => {
                numbers(out, 1, &[id.to_bits(), at, expires, claim.tokens, claim.usd.0, claim.escalated.0]);
                for name in [payer.query, payer.session, payer.tenant] {
                    put_str(out, name.unwrap_or_default());
                }
            }
            Self::Resized { id, at, expires, claim, parts } => {
                numbers(out, 2, &[id.to_bits(), at, expires, claim.tokens, claim.usd.0, claim.escalated.0]);
                put_u32(out, parts);
            }
            Self::Settled { id, at, spent, late } => {
                numbers(out, 3, &[id.to_bits(), at, spent.tokens, spent.usd.0, spent.escalated.0]);
                put_u32(out, u32::from(late));
            }
            Self::Expired { id, at } => numbers(out, 4, &[id.to_bits(), at]),
            Self::Rebased { now, latest } => numbers(out, 5, &[now, latest]),
            Self::Parted { id, at, expires, spent, rest, parts } => {
                numbers(out, 6, &[id.to_bits(), at, expires]);
                put_cost(out, spent);
                put_cost(out, rest);
                put_u32(out, parts);
            }
        }
    }

    pub(super) fn decode(payload: &'a [u8]) -> Result<Self> {
        let mut bytes = Bytes::new("journal", payload);
        let kind = bytes.u32()?;
        let entry = match kind {
            1 => {
                let (id, at, expires, claim) = hold(&mut bytes)?;
                let (query, session, tenant) = (name(&mut bytes)?, name(&mut bytes)?, name(&mut bytes)?);
                Self::Made { id, at, expires, claim, payer: Payer { query, session, tenant } }
            }
            2 => {
                let (id, at, expires, claim) = hold(&mut bytes)?;
                Self::Resized { id, at, expires, claim, parts: bytes.u32()? }
            }
            3 => {
                let (id, at) = (HoldId::from_bits(bytes.u64()?), bytes.u64()?);
                Self::Settled { id, at, spent: cost(&mut bytes)?, late: bytes.flag()? }
            }
            4 => Self::Expired { id: HoldId::from_bits(bytes.u64()?), at: bytes.u64()? },
            5 => Self::Rebased { now: bytes.u64()?, latest: bytes.u64()? },
            6 => {
                let (id, at, expires, spent) = hold(&mut bytes)?;
                Self::Parted { id, at, expires, spent, rest: cost(&mut bytes)?, parts: bytes.u32()? }
            }
            _ => return Err(bytes.refused(&format!("unknown kind of record {kind}"))),
        };
        bytes.end()?;
        Ok(entry)
    }

    pub(super) fn id(&self) -> Option<HoldId> {
        match *self {
            Self::Made { id, .. }
            | Self::Resized { id, .. }
            | Self::Settled { id, .. }
            | Self::Parted { id, .. }
            | Self::Expired { id, .. } => Some(id),
            Self::Rebased { .. } => None,
        }
    }
}

fn hold(bytes: &mut Bytes<'_>) -> Result<(HoldId, u64, u64, Cost)> {
    Ok((HoldId::from_bits(bytes.u64()?), bytes.u64()?, bytes.u64()?, cost(bytes)?))
}

pub(super) fn put_cost(out: &mut Vec<u8>, cost: Cost) {
    for part in [cost.tokens, cost.usd.0, cost.escalated.0] {
        put_u64(out, part);
    }
}

pub(super) fn cost(bytes: &mut Bytes<'_>) -> Result<Cost> {
    Ok(Cost { tokens: bytes.u64()?, usd: Usd(bytes.u64()?), escalated: Usd(bytes.u64()?) })
}

fn name<'a>(bytes: &mut Bytes<'a>) -> Result<Option<&'a str>> {
    let length = bytes.count(1, MAX_KEY)?;
    let name = std::str::from_utf8(bytes.take(length)?).map_err(|_| bytes.refused("a name is not UTF-8"))?;
    Ok((!name.is_empty()).then_some(name))
}

/// The records of a ledger. They are kept with the fleet's account: every change holds its lock.
#[derive(Debug, Default)]
pub(super) struct Journal {
    records: Vec<u8>,
    pub(super) turns: Option<Turns>,
}

/// A settlement that is not in the file yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owed {
    pub(super) spent: Cost,
    /// Milliseconds.
    pub(super) at: u64,
    /// The claim that goes on, and when it expires.
    pub(super) rest: Option<(Cost, u64)>,
}

/// The turns of a ledger whose file other processes share; see [`Ledger::share`](super::Ledger::share).
#[derive(Debug, Default)]
pub(super) struct Turns {
    pub(super) open: bool,
    /// Something owed went past its claim.
    pub(super) urgent: bool,
    /// Settled, and not yet in the file: with its spending and its time.
    pub(super) owed: HashMap<HoldId, Owed>,
    /// Those of `owed` that the host is writing.
    pub(super) writing: HashMap<HoldId, Owed>,
    /// Settled before the ledger was restored, and to be settled again.
    pub(super) again: HashMap<HoldId, Owed>,
}

impl Journal {
    pub(super) fn write(&mut self, entry: &Entry<'_>) {
        let begin = self.records.len();
        self.records.extend_from_slice(&[0; HEADER]);
        entry.encode(&mut self.records);
        let payload = self.records.get(begin + HEADER..).unwrap_or_default();
        let (length, crc) = (payload.len() as u32, crc32(payload));
        if let Some(header) = self.records.get_mut(begin..begin + HEADER) {
            header[..4].copy_from_slice(&length.to_le_bytes());
            header[4..].copy_from_slice(&crc.to_le_bytes());
        }
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.records)
    }
}

/// The first record's payload, and the record's length; none when it is cut short.
pub(super) fn first(journal: &[u8]) -> Result<Option<(&[u8], usize)>> {
    let number = |at: usize| {
        let bytes = journal.get(at..at + 4).and_then(|four| four.try_into().ok());
        bytes.map(u32::from_le_bytes)
    };
    let (Some(length), Some(crc)) = (number(0), number(4)) else { return Ok(None) };
    if length as usize > MOST {
        return Err(Error::artifact(format!("journal: a record of {length} bytes; the longest has {MOST}")));
    }
    let end = HEADER + length as usize;
    let Some(payload) = journal.get(HEADER..end) else { return Ok(None) };
    if crc32(payload) != crc {
        return Err(Error::artifact("journal: a record's checksum is wrong"));
    }
    Ok(Some((payload, end)))
}

#[cfg(test)]
#[path = "../../tests/unit/ledger/journal.rs"]
mod tests;
