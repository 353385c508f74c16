//! Drift: traffic that differs from the reference, and chances that differ from outcomes.
//!
//! The newest window of queries is compared with a [`Reference`] by population stability indices; `bias.rs` tests the chances.
//! A query costs one atomic addition and one store, a report one pass over the window.

use super::bias::Bias;
use crate::estimate::{Estimate, Reference, TRACKED};
use crate::{Error, Result};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Population stability index above which traffic has shifted. In credit scoring, by custom, 0.1 is small and 0.25 large.
pub const SHIFTED: f64 = 0.25;
/// Without a shift, an index is about χ²₉ · (1 / window + 1 / reference). χ²₉ exceeds 34 once in ten thousand draws; windows
/// of a hundred have longer tails.
const CHANCE: f64 = 45.0;
/// Hysteresis: a shift ends when every index is below this share of the limit.
const OVER: f64 = 0.8;
/// A slot of the ring that was never written.
const EMPTY: u16 = u16::MAX;

/// Watches estimates and outcomes for drift. `Send` and `Sync`: an estimate takes no lock. Memory is one window.
///
/// An index counts as a shift above [`SHIFTED`], and above the value that chance alone reaches once in some thousand windows of
/// this size. Chances count as biased when an e-process ([`Betting`](crate::guarantee::Betting)) rejects them over at most a
/// window of outcomes; unbiased chances are rejected with a chance of at most 1 / 1,000 per window.
#[derive(Debug)]
pub struct Drift {
    reference: Option<Arc<Reference>>,
    /// Bins of the newest estimates, by serial number modulo the window.
    ring: Box<[AtomicU16]>,
    seen: AtomicU64,
    bias: Mutex<Bias>,
    window: usize,
}

/// The state of a [`Drift`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // each is a finding of its own
pub struct DriftReport {
    /// Index of each property, in the order of [`TRACKED_NAMES`](crate::estimate::TRACKED_NAMES). None until the window is full,
    /// and for a property that the reference does not have.
    pub stability: [Option<f64>; TRACKED],
    /// Index above which a property has shifted.
    pub limit: f64,
    /// True if an index is above the limit.
    pub shifted: bool,
    /// Mean and standard error of scores less chances, over the newest window of outcomes.
    pub bias: Option<(f64, f64)>,
    /// True if chances are too high on average.
    pub overconfident: bool,
    /// True if chances are too low on average.
    pub underconfident: bool,
    /// True if there is a reference.
    pub has_reference: bool,
    /// Size of the windows of estimates and of outcomes.
    pub window: usize,
    /// Estimates so far.
    pub seen: u64,
    /// Outcomes so far.
    pub outcomes: u64,
    /// Number of estimates at which a governor noticed the drift that it reports; None without drift.
    pub since: Option<u64>,
}

impl DriftReport {
    /// True if traffic or chances have drifted.
    pub fn drifted(&self) -> bool {
        self.shifted || self.overconfident || self.underconfident
    }

    /// True if a shift that was noticed is over.
    pub(crate) fn calm(&self) -> bool {
        self.stability.iter().flatten().all(|index| *index < OVER * self.limit)
    }

    /// The state in one word.
    pub fn verdict(&self) -> &'static str {
        if self.drifted() {
            "drifted"
        } else if !self.has_reference {
            "no reference"
        } else if self.stability.iter().all(Option::is_none) {
            "filling"
        } else {
            "steady"
        }
    }
}

impl Drift {
    /// Watches against a reference built from estimates.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the reference has at least 100 estimates, and the window from 100 to 1,000,000.
    pub fn new(reference: &[Estimate], window: usize) -> Result<Self> {
        Self::against(Some(Arc::new(Reference::new(reference)?)), window)
    }

    /// Watches against a reference; without one, outcomes only.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the window is from 100 to 1,000,000.
    pub fn against(reference: Option<Arc<Reference>>, window: usize) -> Result<Self> {
        if !(100..=1_000_000).contains(&window) {
            return Err(Error::invalid("window", window, "from 100 to 1,000,000"));
        }
        let slots = if reference.is_some() { window } else { 0 };
        Ok(Self {
            reference,
            ring: (0..slots).map(|_| AtomicU16::new(EMPTY)).collect(),
            seen: AtomicU64::new(0),
            bias: Mutex::new(Bias::new(window)),
            window,
        })
    }

    /// The reference.
    pub fn reference(&self) -> Option<&Arc<Reference>> {
        self.reference.as_ref()
    }

    /// Adds an estimate. Returns the number of estimates before it.
    pub fn update(&self, estimate: &Estimate) -> u64 {
        self.code(estimate).map_or(0, |code| self.see(code))
    }

    /// The bins of an estimate; None without a reference.
    #[inline]
    pub(crate) fn code(&self, estimate: &Estimate) -> Option<u16> {
        self.reference.as_ref().map(|reference| reference.code(estimate))
    }

    /// Adds an estimate by its bins.
    #[inline]
    pub(crate) fn see(&self, code: u16) -> u64 {
        let number = self.seen.fetch_add(1, Ordering::Relaxed);
        self.put(number, code);
        number
    }

    /// Adds many estimates. Returns the number of estimates before them.
    pub(crate) fn see_all<'a>(&self, estimates: impl ExactSizeIterator<Item = &'a Estimate>) -> u64 {
        let count = estimates.len();
        let first = self.seen.fetch_add(count as u64, Ordering::Relaxed);
        // Estimates that later ones of the batch would overwrite are skipped.
        let skipped = count.saturating_sub(self.window);
        for (i, estimate) in estimates.enumerate().skip(skipped) {
            if let Some(code) = self.code(estimate) {
                self.put(first.wrapping_add(i as u64), code);
            }
        }
        first
    }

    #[inline]
    fn put(&self, number: u64, code: u16) {
        if let Some(slot) = self.ring.get((number % self.window as u64) as usize) {
            slot.store(code, Ordering::Relaxed);
        }
    }

    /// Adds an outcome: the estimated chance and the score of an answer.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless both are in [0, 1].
    pub fn outcome(&self, p_correct: f64, score: f64) -> Result<()> {
        for (what, value) in [("p_correct", p_correct), ("score", score)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::invalid(what, value, "between 0 and 1"));
            }
        }
        self.bias().update(p_correct, score);
        Ok(())
    }

    /// Two verdicts: chances are too high on average, and too low.
    pub(crate) fn known(&self) -> (bool, bool) {
        self.bias().known()
    }

    /// Locks the bias. No code under the lock panics, so a poisoned lock is taken as it is.
    fn bias(&self) -> MutexGuard<'_, Bias> {
        self.bias.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports the state, in one pass over the window.
    pub fn report(&self) -> DriftReport {
        let seen = self.seen.load(Ordering::Relaxed);
        let mut stability = [None; TRACKED];
        let mut limit = SHIFTED;
        if let Some(reference) = &self.reference {
            let (window, estimates) = (self.window as f64, f64::from(reference.estimates()));
            limit = SHIFTED.max(CHANCE * (1.0 / window + 1.0 / estimates));
            if let Some(counts) = self.counts() {
                stability = reference.stability(&counts);
            }
        }
        let bias = self.bias();
        let (overconfident, underconfident) = bias.known();
        DriftReport {
            stability,
            limit,
            shifted: stability.iter().flatten().any(|index| *index > limit),
            bias: bias.mean(),
            overconfident,
            underconfident,
            has_reference: self.reference.is_some(),
            window: self.window,
            seen,
            outcomes: bias.seen(),
            since: None,
        }
    }

    /// Number of the window's estimates per property and bin; None until the window is full.
    fn counts(&self) -> Option<[[u32; 16]; TRACKED]> {
        // Two properties per byte: half as many additions.
        let mut pairs = [[0_u32; 256]; TRACKED / 2];
        for slot in &self.ring {
            let code = slot.load(Ordering::Relaxed);
            if code == EMPTY {
                return None;
            }
            for (pair, byte) in pairs.iter_mut().zip(code.to_le_bytes()) {
                pair[usize::from(byte)] += 1;
            }
        }
        let mut counts = [[0; 16]; TRACKED];
        for (pair, two) in pairs.iter().zip(counts.as_chunks_mut::<2>().0) {
            for (byte, &count) in pair.iter().enumerate() {
                two[0][byte & 15] += count;
                two[1][byte >> 4] += count;
            }
        }
        Some(counts)
    }
}
