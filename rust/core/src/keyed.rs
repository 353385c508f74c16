//! A hash map in order of use, for least-recently-used (LRU) eviction. Callers bound its size.
//!
//! Slots live in one vector and are linked by index: a touch is a few writes, and an entry takes its key, its value and about 50
//! bytes. A reused slot gets a new generation, so that a stale [`Place`] finds nothing.

use hashbrown::HashTable;
use std::hash::{DefaultHasher, Hasher};

const NONE: u32 = u32::MAX;

/// The hash of a key. The secret seed keeps clients, who choose the keys, from provoking collisions.
pub(crate) fn hash(seed: u64, key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_u64(seed);
    hasher.write(key.as_bytes());
    hasher.finish()
}

/// The place of an entry. It finds nothing once the entry is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    slot: u32,
    generation: u32,
}

#[derive(Debug)]
struct Slot<V> {
    hash: u64,
    key: Box<str>,
    older: u32,
    newer: u32,
    generation: u32,
    value: Option<V>,
}

/// Values by name, least recently used first.
#[derive(Debug)]
pub(crate) struct Keyed<V> {
    index: HashTable<u32>,
    slots: Vec<Slot<V>>,
    free: Vec<u32>,
    oldest: u32,
    newest: u32,
}

impl<V> Default for Keyed<V> {
    fn default() -> Self {
        Self { index: HashTable::new(), slots: Vec::new(), free: Vec::new(), oldest: NONE, newest: NONE }
    }
}

impl<V> Keyed<V> {
    /// Number of entries.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// Finds the entry of a key, without a change to the order of use.
    pub(crate) fn find(&self, hash: u64, key: &str) -> Option<Place> {
        let slots = &self.slots;
        let same = |&slot: &u32| slots.get(slot as usize).is_some_and(|s| s.hash == hash && *s.key == *key);
        let slot = *self.index.find(hash, same)?;
        let generation = self.slots.get(slot as usize)?.generation;
        Some(Place { slot, generation })
    }

    pub(crate) fn get(&self, place: Place) -> Option<&V> {
        let slot = self.slots.get(place.slot as usize)?;
        if slot.generation == place.generation { slot.value.as_ref() } else { None }
    }

    pub(crate) fn get_mut(&mut self, place: Place) -> Option<&mut V> {
        let slot = self.slots.get_mut(place.slot as usize)?;
        if slot.generation == place.generation { slot.value.as_mut() } else { None }
    }

    pub(crate) fn key(&self, place: Place) -> Option<&str> {
        let slot = self.slots.get(place.slot as usize)?;
        (slot.generation == place.generation).then_some(&*slot.key)
    }

    /// Adds an entry as the newest. The caller has checked that the key is absent.
    pub(crate) fn insert(&mut self, hash: u64, key: &str, value: V) -> Place {
        let slot = if let Some(slot) = self.free.pop() {
            slot
        } else {
            let slot = self.slots.len() as u32;
            self.slots.push(Slot {
                hash,
                key: "".into(),
                older: NONE,
                newer: NONE,
                generation: 0,
                value: None,
            });
            slot
        };
        let mut place = Place { slot, generation: 0 };
        if let Some(s) = self.slots.get_mut(slot as usize) {
            s.hash = hash;
            s.key = key.into();
            s.value = Some(value);
            place.generation = s.generation;
        }
        let slots = &self.slots;
        self.index.insert_unique(hash, slot, |&other| slots.get(other as usize).map_or(0, |s| s.hash));
        self.link(slot);
        place
    }

    /// Makes an entry the most recently used.
    pub(crate) fn touch(&mut self, place: Place) {
        if self.newest != place.slot && self.get(place).is_some() {
            self.unlink(place.slot);
            self.link(place.slot);
        }
    }

    pub(crate) fn remove(&mut self, place: Place) -> Option<V> {
        self.get(place)?;
        self.unlink(place.slot);
        let slot = self.slots.get_mut(place.slot as usize)?;
        if let Ok(found) = self.index.find_entry(slot.hash, |&other| other == place.slot) {
            found.remove();
        }
        slot.generation = slot.generation.wrapping_add(1);
        slot.key = "".into();
        self.free.push(place.slot);
        slot.value.take()
    }

    /// The least recently used entry.
    pub(crate) fn oldest(&self) -> Option<Place> {
        self.place(self.oldest)
    }

    /// The entry that was used next after this one.
    pub(crate) fn newer(&self, place: Place) -> Option<Place> {
        self.place(self.slots.get(place.slot as usize)?.newer)
    }

    /// The entries, least recently used first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        let step = |at: &Place| self.newer(*at);
        std::iter::successors(self.oldest(), step).filter_map(|at| Some((self.key(at)?, self.get(at)?)))
    }

    /// Calls `each` on every value, in no particular order.
    pub(crate) fn for_each(&mut self, mut each: impl FnMut(&mut V)) {
        self.slots.iter_mut().filter_map(|slot| slot.value.as_mut()).for_each(&mut each);
    }

    /// Bytes in use, with keys and without what values own on the heap.
    pub(crate) fn bytes(&self) -> usize {
        let keys: usize = self.slots.iter().map(|slot| slot.key.len()).sum();
        self.slots.capacity() * size_of::<Slot<V>>()
            + self.index.allocation_size()
            + self.free.capacity() * 4
            + keys
    }

    fn place(&self, slot: u32) -> Option<Place> {
        self.slots.get(slot as usize).map(|s| Place { slot, generation: s.generation })
    }

    fn link(&mut self, slot: u32) {
        let before = self.newest;
        if let Some(s) = self.slots.get_mut(slot as usize) {
            s.older = before;
            s.newer = NONE;
        }
        match self.slots.get_mut(before as usize) {
            Some(s) => s.newer = slot,
            None => self.oldest = slot,
        }
        self.newest = slot;
    }

    fn unlink(&mut self, slot: u32) {
        let Some(s) = self.slots.get(slot as usize) else { return };
        let (older, newer) = (s.older, s.newer);
        match self.slots.get_mut(older as usize) {
            Some(s) => s.newer = newer,
            None => self.oldest = newer,
        }
        match self.slots.get_mut(newer as usize) {
            Some(s) => s.older = older,
            None => self.newest = older,
        }
    }
}

#[cfg(test)]
#[path = "../tests/unit/keyed.rs"]
mod tests;
