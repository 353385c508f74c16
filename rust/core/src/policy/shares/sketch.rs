//! The distribution of a deployment's difficulties: a fixed histogram that forgets.
//!
//! ```text
//! bins        1,024 over locations from −8 to 8 logits, each 1/64 wide; the ends take what lies beyond
//! note        adds 1 to a bin that waits                                   one atomic addition
//! fold        after 32 to 256 notes: count -= count · notes / 2,048, then the waiting bins are added and the cumulative
//!             shares are written anew                                      one thread; the others go on
//! quantile    between the two cumulative shares of the location's bin      two loads
//! ```
//!
//! Counts are integers, so equal notes in an equal order give equal quantiles on every machine. 2,048 notes of memory
//! estimate the quantile .95 within half a point (one standard error). 16 KiB per sketch, whatever the traffic.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

pub(super) const BINS: usize = 1_024;
/// Bins per logit.
const PER_LOGIT: f64 = 64.0;
/// Locations below −REACH and above REACH count as the ends.
const REACH: f64 = 8.0;
/// One note in the integer counts.
pub(super) const UNIT: u64 = 1 << 16;
/// Notes that are remembered.
pub(super) const MEMORY: u64 = 2_048;
/// Notes that the reference counts for. It has faded to a twentieth of all after a thousand queries.
const REFERENCE: u64 = 64;
/// Half the width over which one location of the reference is spread: a quarter of a logit.
const SPREAD: usize = 16;
/// Notes between two folds: at least, and at most.
const FOLD: (u32, u32) = (32, 256);
/// 1 in the published cumulative shares.
const WHOLE: u32 = 1 << 31;

/// A streaming sketch of difficulties. All methods may be called by many threads.
pub(super) struct Sketch {
    /// Notes since the last fold, by bin, and their sum.
    waiting: Box<[AtomicU32]>,
    noted: AtomicU32,
    /// The sum at which the next fold is due.
    due: AtomicU32,
    /// Share of the traffic below the lower end of each bin, and the whole at the end.
    below: Box<[AtomicU32]>,
    counts: Mutex<Box<[u64]>>,
}

impl fmt::Debug for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sketch").field("noted", &self.noted).finish_non_exhaustive()
    }
}

impl Sketch {
    /// A sketch that starts from a reference: the locations of everyday queries, in logits.
    pub(super) fn new(reference: &[f64]) -> Self {
        let mut counts = vec![0; BINS].into_boxed_slice();
        let each = (REFERENCE * UNIT) / (reference.len().max(1) as u64 * (2 * SPREAD as u64 + 1));
        for location in reference {
            let middle = place(*location).0;
            for bin in middle.saturating_sub(SPREAD)..=(middle + SPREAD).min(BINS - 1) {
                counts[bin] += each;
            }
        }
        Self::of(counts)
    }

    /// A sketch of these counts.
    pub(super) fn of(counts: Box<[u64]>) -> Self {
        let zeros = |count| (0..count).map(|_| AtomicU32::new(0)).collect();
        let sketch = Self {
            waiting: zeros(BINS),
            noted: AtomicU32::new(0),
            due: AtomicU32::new(FOLD.0),
            below: zeros(BINS + 1),
            counts: Mutex::new(counts),
        };
        sketch.publish(&lock(&sketch.counts));
        sketch
    }

    /// The share of the traffic that is easier than a location, in [0, 1].
    #[inline]
    pub(super) fn quantile(&self, location: f64) -> f64 {
        let (bin, within) = place(location);
        let low = self.below[bin].load(Relaxed);
        let high = self.below[bin + 1].load(Relaxed);
        // A fold in another thread may write between the two loads.
        let share = f64::from(low) + f64::from(high.saturating_sub(low)) * within;
        share / f64::from(WHOLE)
    }

    /// Counts one query.
    #[inline]
    pub(super) fn note(&self, location: f64) {
        self.waiting[place(location).0].fetch_add(1, Relaxed);
        if self.noted.fetch_add(1, Relaxed) + 1 >= self.due.load(Relaxed) {
            self.fold_if_free();
        }
    }

    /// Folds, unless another thread does.
    #[cold]
    fn fold_if_free(&self) {
        match self.counts.try_lock() {
            Ok(mut counts) => self.fold(&mut counts),
            Err(TryLockError::Poisoned(error)) => self.fold(&mut error.into_inner()),
            Err(TryLockError::WouldBlock) => {}
        }
    }

    /// Ages the counts and adds what waits.
    fn fold(&self, counts: &mut [u64]) {
        let mut notes = 0;
        let waiting = self.waiting.iter().map(|bin| bin.swap(0, Relaxed));
        let added: Vec<u64> = waiting.map(u64::from).inspect(|count| notes += count).collect();
        self.noted.store(0, Relaxed);
        let faded = notes.min(MEMORY);
        for (count, added) in counts.iter_mut().zip(added) {
            *count = *count - *count * faded / MEMORY + added * UNIT;
        }
        self.publish(counts);
    }

    /// Writes the cumulative shares anew.
    fn publish(&self, counts: &[u64]) {
        let total: u64 = counts.iter().sum();
        let mut sum = 0_u64;
        for (i, below) in self.below.iter().enumerate() {
            // Without a count each bin is as likely as any other.
            let share = if total > 0 {
                u128::from(sum) * u128::from(WHOLE) / u128::from(total)
            } else {
                i as u128 * u128::from(WHOLE) / BINS as u128
            };
            below.store(share as u32, Relaxed);
            sum += counts.get(i).copied().unwrap_or(0);
        }
        let due = (total / UNIT / 8).clamp(FOLD.0.into(), FOLD.1.into());
        self.due.store(due as u32, Relaxed);
    }

    /// The counts, with what waited.
    pub(super) fn counts(&self) -> Box<[u64]> {
        let mut counts = lock(&self.counts);
        if self.noted.load(Relaxed) > 0 {
            self.fold(&mut counts);
        }
        counts.clone()
    }

    /// Adds another sketch's counts. The sum is scaled down to what a sketch remembers.
    pub(super) fn absorb(&self, others: &[u64]) {
        let mut counts = lock(&self.counts);
        self.fold(&mut counts);
        for (count, other) in counts.iter_mut().zip(others) {
            *count = count.saturating_add(*other);
        }
        let total: u128 = counts.iter().map(|count| u128::from(*count)).sum();
        let most = u128::from(MEMORY * UNIT);
        if total > most {
            for count in counts.iter_mut() {
                *count = (u128::from(*count) * most / total) as u64;
            }
        }
        self.publish(&counts);
    }
}

/// The bin of a location and the place within it, in [0, 1]. NaN counts as the lowest.
#[inline]
fn place(location: f64) -> (usize, f64) {
    let at = ((location + REACH) * PER_LOGIT).max(0.0);
    let bin = (at as usize).min(BINS - 1);
    (bin, (at - bin as f64).min(1.0))
}

/// No code under the lock can panic half-way, so a poisoned lock is usable.
pub(super) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "../../../tests/unit/policy/shares/sketch.rs"]
mod tests;
