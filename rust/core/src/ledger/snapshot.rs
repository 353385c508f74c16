//! Snapshots: the whole state of a ledger as bytes, so that a journal can begin anew.
//!
//! ```text
//! magic "RHLS" · version u32 · shards u32 · seen u64 · denied u64 · spent cost
//! accounts u32, each:  scope u32 · name · seen u64
//!                      caps u32, each: period u64 (milliseconds, 0 is for ever) · spent cost
//!                                      past u32, each: window u64 · spent cost      windows before it, the oldest first
//! for each shard:      made u64 · settled u64 · expired u64 · late u64 · duplicate u64
//!                      slots u32, each: generation u32 · state u32 (0 empty, 1 live, 2 expired, and 256 · its parts);
//!                                       where there is a hold:
//!                                       claim cost · at u64 · expires u64 · query · session · tenant
//!                      awaited u32, each: slot u32 · generation u32      expired reservations, the oldest first
//! CRC-32 u32
//! ```
//!
//! Held amounts are not written: they are the sums of the claims. Spending is written by period, so it survives a change
//! of a cap's limit. A cap with a new period starts with the held amounts and no spending.

use super::book::Ledger;
use super::cap::{Cost, MAX_CAPS, MAX_KEY, Scope};
use super::holds::{Counters, Hold, Holds, Slot, Spot};
use super::journal::{Turns, cost, put_cost};
use super::options::LedgerOptions;
use super::page::{Page, REMEMBERED, StoredLine};
use super::shelf::Shelf;
use super::sync::MutexGuard;
use crate::artifact::bytes::{Bytes, put_str, put_u32, put_u64};
use crate::artifact::crc32;
use crate::{Error, Result};

const MAGIC: u32 = u32::from_le_bytes(*b"RHLS");
const VERSION: u32 = 3;
const LIMIT: usize = u32::MAX as usize;

impl Ledger {
    /// Writes the whole state, for [`restore`](Self::restore). All locks are held meanwhile.
    pub fn snapshot(&self) -> Vec<u8> {
        let shelves: Vec<_> = self.shelves().map(|(scope, _, shelf)| (scope, shelf.lock())).collect();
        let fleet = self.fleet.lock();
        let mut out = Vec::new();
        for number in [MAGIC, VERSION, self.options.shards] {
            put_u32(&mut out, number);
        }
        put_u64(&mut out, fleet.seen);
        put_u64(&mut out, fleet.denied);
        put_cost(&mut out, fleet.spent);
        let count = out.len();
        put_u32(&mut out, 0);
        let mut accounts = 0u32;
        let pages = shelves
            .iter()
            .flat_map(|(scope, shelf)| shelf.pages.iter().map(|(key, page)| (*scope, key, page)));
        for (scope, key, page) in pages.chain(fleet.page.as_ref().map(|page| (Scope::Fleet, "", page))) {
            if page.idle() && page.lines().all(|line| line.spent == Cost::default() && line.past.is_empty()) {
                continue;
            }
            put_u32(&mut out, scope as u32);
            put_str(&mut out, key);
            put_u64(&mut out, page.seen());
            put_u32(&mut out, page.rules().len() as u32);
            for line in page.lines() {
                put_u64(&mut out, line.period);
                put_cost(&mut out, line.spent);
                put_u32(&mut out, line.past.len() as u32);
                for (window, spent) in line.past {
                    put_u64(&mut out, window);
                    put_cost(&mut out, spent);
                }
            }
            accounts += 1;
        }
        if let Some(at) = out.get_mut(count..count + 4) {
            at.copy_from_slice(&accounts.to_le_bytes());
        }
        let name = |scope: usize, spot: Option<Spot>| {
            let spot = spot?;
            shelves.get(scope * self.options.shards as usize + spot.shard as usize)?.1.pages.key(spot.place)
        };
        for holds in &self.holds {
            put_holds(&mut out, &holds.lock(), name);
        }
        let crc = crc32(&out);
        put_u32(&mut out, crc);
        out
    }

    /// Replaces the whole state by a snapshot's. Settlements that are not written yet
    /// are made again when the next turn [begins](Self::begin).
    ///
    /// # Errors
    /// [`Error::Artifact`] when it is damaged, of another version, or was made with another number of shards; nothing has
    /// changed then.
    pub fn restore(&self, snapshot: &[u8]) -> Result<()> {
        let (body, crc) = snapshot.split_at_checked(snapshot.len().saturating_sub(4)).unwrap_or_default();
        if crc != crc32(body).to_le_bytes() {
            return Err(Error::artifact("ledger snapshot: its checksum is wrong"));
        }
        let state = Stored::read(body, &self.options)?;
        self.put(state);
        Ok(())
    }

    /// Replaces the state under all locks.
    fn put(&self, state: Stored<'_>) {
        let mut all = self.lock_all();
        for shelf in &mut all.shelves {
            **shelf = Shelf::default();
        }
        (all.fleet.seen, all.fleet.denied, all.fleet.spent) = (state.seen, state.denied, state.spent);
        all.fleet.page = self.rules.of(Scope::Fleet, "").map(|rules| Page::new(rules.clone()));
        if let Some(log) = &mut all.fleet.log {
            log.take();
            log.turns.iter_mut().for_each(Turns::restored);
        }
        for account in state.accounts {
            let Some(rules) = self.rules.of(account.scope, account.key) else { continue };
            let page = Page::restored(rules.clone(), account.seen, &account.lines);
            if account.scope == Scope::Fleet {
                all.fleet.page = Some(page);
                continue;
            }
            let (hash, shard) = self.hash(account.key);
            let at = account.scope as usize * self.options.shards as usize + shard as usize;
            if let Some(shelf) = all.shelves.get_mut(at) {
                shelf.pages.insert(hash, account.key, page);
            }
        }
        for (i, shard) in state.shards.into_iter().enumerate() {
            let slots = shard.slots.into_iter().map(|slot| {
                let hold = slot.hold.map(|(hold, names)| {
                    let spots = self.spots(&mut all.shelves, names);
                    Hold { spots, ..hold }
                });
                Slot { generation: slot.generation, hold, expired: slot.expired }
            });
            let slots = slots.collect();
            if let Some(holds) = all.holds.get_mut(i) {
                **holds = Holds::restored(slots, shard.awaited, shard.counters);
            }
        }
        all.hold_again();
    }

    /// Finds the accounts of a reservation. Creates those that the snapshot left out because they were empty.
    fn spots(&self, shelves: &mut [MutexGuard<'_, Shelf>], names: [&str; 3]) -> [Option<Spot>; 3] {
        let mut spots = [None; 3];
        for ((spot, key), scope) in spots.iter_mut().zip(names).zip(Scope::ALL) {
            let Some(rules) = (if key.is_empty() { None } else { self.rules.of(scope, key) }) else {
                continue;
            };
            let (hash, shard) = self.hash(key);
            let Some(shelf) = shelves.get_mut(scope as usize * self.options.shards as usize + shard as usize)
            else {
                continue;
            };
            let place = shelf.pages.find(hash, key);
            let place = place.unwrap_or_else(|| shelf.pages.insert(hash, key, Page::new(rules.clone())));
            *spot = Some(Spot { shard, place });
        }
        spots
    }
}

/// A snapshot as it was read.
struct Stored<'a> {
    seen: u64,
    denied: u64,
    spent: Cost,
    accounts: Vec<StoredAccount<'a>>,
    shards: Vec<StoredShard<'a>>,
}

struct StoredAccount<'a> {
    scope: Scope,
    key: &'a str,
    seen: u64,
    lines: Vec<StoredLine>,
}

struct StoredShard<'a> {
    counters: Counters,
    slots: Vec<StoredSlot<'a>>,
    awaited: Vec<(u32, u32)>,
}

struct StoredSlot<'a> {
    generation: u32,
    expired: bool,
    hold: Option<(Hold, [&'a str; 3])>,
}

impl<'a> Stored<'a> {
    fn read(body: &'a [u8], options: &LedgerOptions) -> Result<Self> {
        let mut bytes = Bytes::new("ledger snapshot", body);
        if bytes.u32()? != MAGIC {
            return Err(bytes.refused("it does not begin as one"));
        }
        let version = bytes.u32()?;
        if version != VERSION {
            return Err(bytes.refused(&format!("version {version}; this library reads version {VERSION}")));
        }
        let shards = bytes.u32()?;
        if shards != options.shards {
            return Err(
                bytes.refused(&format!("made with {shards} shards; the ledger has {}", options.shards))
            );
        }
        let (seen, denied, spent) = (bytes.u64()?, bytes.u64()?, cost(&mut bytes)?);
        let accounts = (0..bytes.count(20, LIMIT)?).map(|_| account(&mut bytes)).collect::<Result<_>>()?;
        let shards = (0..shards).map(|_| shard(&mut bytes)).collect::<Result<_>>()?;
        bytes.end()?;
        Ok(Self { seen, denied, spent, accounts, shards })
    }
}

fn account<'a>(bytes: &mut Bytes<'a>) -> Result<StoredAccount<'a>> {
    let scope = bytes.u32()? as usize;
    let scope = Scope::ALL.get(scope).copied().ok_or_else(|| bytes.refused("an account of no scope"))?;
    let (key, seen) = (name(bytes)?, bytes.u64()?);
    let caps = bytes.count(36, MAX_CAPS)?;
    let lines = (0..caps).map(|_| line(bytes)).collect::<Result<_>>()?;
    Ok(StoredAccount { scope, key, seen, lines })
}

fn line(bytes: &mut Bytes<'_>) -> Result<StoredLine> {
    let (period, spent) = (bytes.u64()?, cost(bytes)?);
    let windows = bytes.count(32, REMEMBERED)?;
    let past = (0..windows).map(|_| Ok((bytes.u64()?, cost(bytes)?))).collect::<Result<_>>()?;
    Ok(StoredLine { period, spent, past })
}

fn shard<'a>(bytes: &mut Bytes<'a>) -> Result<StoredShard<'a>> {
    let [made, settled, expired, late, duplicate] =
        [bytes.u64()?, bytes.u64()?, bytes.u64()?, bytes.u64()?, bytes.u64()?];
    let counters = Counters { made, settled, expired, late, duplicate };
    let slots = (0..bytes.count(8, LIMIT)?).map(|_| slot(bytes)).collect::<Result<_>>()?;
    let awaited =
        (0..bytes.count(8, LIMIT)?).map(|_| Ok((bytes.u32()?, bytes.u32()?))).collect::<Result<_>>()?;
    Ok(StoredShard { counters, slots, awaited })
}

fn slot<'a>(bytes: &mut Bytes<'a>) -> Result<StoredSlot<'a>> {
    let (generation, state) = (bytes.u32()?, bytes.u32()?);
    let (state, parts) = (state & 0xFF, state >> 8);
    let hold = match state {
        0 => None,
        1 | 2 => {
            let (claim, at, expires) = (cost(bytes)?, bytes.u64()?, bytes.u64()?);
            let names = [name(bytes)?, name(bytes)?, name(bytes)?];
            Some((Hold { claim, at, expires, parts, spots: [None; 3] }, names))
        }
        _ => return Err(bytes.refused(&format!("a reservation in no state: {state}"))),
    };
    Ok(StoredSlot { generation, expired: state == 2, hold })
}

fn name<'a>(bytes: &mut Bytes<'a>) -> Result<&'a str> {
    let length = bytes.count(1, MAX_KEY)?;
    std::str::from_utf8(bytes.take(length)?).map_err(|_| bytes.refused("a name is not UTF-8"))
}

fn put_holds<'a>(out: &mut Vec<u8>, holds: &Holds, name: impl Fn(usize, Option<Spot>) -> Option<&'a str>) {
    let Counters { made, settled, expired, late, duplicate } = holds.counters;
    for number in [made, settled, expired, late, duplicate] {
        put_u64(out, number);
    }
    put_u32(out, holds.slots().len() as u32);
    for slot in holds.slots() {
        put_u32(out, slot.generation);
        let Some(hold) = slot.hold else {
            put_u32(out, 0);
            continue;
        };
        put_u32(out, 1 + u32::from(slot.expired) + (hold.parts << 8));
        put_cost(out, hold.claim);
        put_u64(out, hold.at);
        put_u64(out, hold.expires);
        for (scope, spot) in hold.spots.into_iter().enumerate() {
            put_str(out, name(scope, spot).unwrap_or_default());
        }
    }
    put_u32(out, holds.awaited().len() as u32);
    for (slot, generation) in holds.awaited() {
        put_u32(out, slot);
        put_u32(out, generation);
    }
}
