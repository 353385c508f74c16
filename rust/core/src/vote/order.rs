//! Launch order: the samples that have been consumed, and those that wait for their turn.

use crate::{Error, Result};
use std::collections::VecDeque;

/// The state of one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slot {
    /// Not in yet.
    Missing,
    /// Without an answer, for a reason that lies in this sample alone.
    Abstained,
    /// Stopped because of its own or another sample's output.
    Cut,
    Answer {
        id: u32,
        weight: f64,
    },
}

/// The samples of a vote by launch order.
#[derive(Debug, Clone, Default)]
pub(super) struct Order {
    consumed: Vec<Slot>,
    /// Its front is the sample after those consumed.
    waiting: VecDeque<Slot>,
}

impl Order {
    pub(super) fn consumed(&self) -> &[Slot] {
        &self.consumed
    }

    pub(super) fn waiting(&self) -> impl ExactSizeIterator<Item = &Slot> {
        self.waiting.iter()
    }

    /// Checks an index, or finds the first after all known ones. Fewer than `cap` samples have been consumed.
    #[inline]
    pub(super) fn place(&self, index: Option<u32>, cap: u32) -> Result<u32> {
        if index.is_none() && self.waiting.is_empty() {
            return Ok(self.consumed.len() as u32);
        }
        self.find(index, cap)
    }

    fn find(&self, index: Option<u32>, cap: u32) -> Result<u32> {
        let consumed = self.consumed.len() as u32;
        let index = index.unwrap_or(consumed + self.waiting.len() as u32);
        if index >= cap {
            return Err(Error::invalid("index", index, format!("below the cap of {cap}")));
        }
        let known = match index.checked_sub(consumed) {
            None => true,
            Some(ahead) => self.waiting.get(ahead as usize).is_some_and(|slot| *slot != Slot::Missing),
        };
        if known {
            return Err(Error::state(format!("sample {index} has already voted")));
        }
        Ok(index)
    }

    /// Puts a sample into the place that [`place`](Self::place) gave; true if it is the next to be consumed.
    pub(super) fn put(&mut self, index: u32, slot: Slot) -> bool {
        let ahead = index as usize - self.consumed.len();
        if ahead >= self.waiting.len() {
            self.waiting.resize(ahead + 1, Slot::Missing);
        }
        if let Some(place) = self.waiting.get_mut(ahead) {
            *place = slot;
        }
        ahead == 0
    }

    /// Consumes a sample at once if it is the next and none waits: the usual case.
    #[inline]
    pub(super) fn pass(&mut self, index: u32, slot: Slot) -> bool {
        let next = self.waiting.is_empty() && index as usize == self.consumed.len();
        if next {
            if self.consumed.capacity() == 0 {
                self.consumed.reserve(16);
            }
            self.consumed.push(slot);
        }
        next
    }

    /// Consumes the next sample, if its turn has come.
    pub(super) fn next(&mut self) -> Option<Slot> {
        let slot = *self.waiting.front().filter(|slot| **slot != Slot::Missing)?;
        self.waiting.pop_front();
        self.consumed.push(slot);
        Some(slot)
    }
}
