//! Whether traffic still looks like what was calibrated on, and whether chances still are what they say.

use super::bias::Bias;
use crate::estimate::{Estimate, Reference, SIGHTS};
use crate::{Error, Result};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A population stability index above this is a shift, by long custom of credit scoring: 0.1 is small, 0.25 large.
pub const SHIFTED: f64 = 0.25;
/// An index is about a χ² of nine degrees of freedom times the sum of one over the window and one over the reference where
/// nothing has changed. Such a χ² is above 34 once in ten thousand draws; in windows of a hundred tails are longer.
const CHANCE: f64 = 45.0;
/// A shift is over when every index is below this share of what makes one.
const OVER: f64 = 0.8;
/// A slot that no estimate has been in.
const EMPTY: u16 = u16::MAX;

/// Watches estimates and outcomes. `Send` and `Sync`: an estimate costs one addition and one store, and no lock; memory for
/// one window.
///
/// The newest estimates are compared with a [`Reference`] by population stability indices. An index is a shift when it is above
/// [`SHIFTED`], and above what it is by chance once in some thousand windows of this size. Chances are watched by gamblers who
/// bet that scores differ from them on average ([`Betting`](crate::guarantee::Betting)), each over at most a window of
/// outcomes; of a thousand pairs of gamblers one turns 1 into 1,000 against chances that are right, and is wrongly believed.
#[derive(Debug)]
pub struct Drift {
    reference: Option<Arc<Reference>>,
    /// The bins of the newest estimates, by number modulo the window.
    ring: Box<[AtomicU16]>,
    seen: AtomicU64,
    bias: Mutex<Bias>,
    window: usize,
}

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // each is a finding of its own
pub struct DriftReport {
    /// The index of each sight, in the order of [`SIGHT_NAMES`](super::SIGHT_NAMES); none until the window is full, and
    /// where the reference does not have it.
    pub stability: [Option<f64>; SIGHTS],
    /// The index above which a sight has shifted.
    pub limit: f64,
    /// Whether one of them is above it.
    pub shifted: bool,
    /// Scores less chances, over the newest window of outcomes: mean and standard error.
    pub bias: Option<(f64, f64)>,
    /// Whether chances are known to be too high on average, and whether too low.
    pub overconfident: bool,
    /// The same for too low.
    pub underconfident: bool,
    /// Whether there is anything to compare estimates with.
    pub has_reference: bool,
    /// How many of the newest estimates, and of the newest outcomes, are looked at.
    pub window: usize,
    /// Estimates seen.
    pub seen: u64,
    /// Outcomes seen.
    pub outcomes: u64,
    /// How many estimates had been seen when a governor noticed what it says now; none where nothing is to be said.
    pub since: Option<u64>,
}

impl DriftReport {
    /// Whether anything is wrong.
    pub fn drifted(&self) -> bool {
        self.shifted || self.overconfident || self.underconfident
    }

    /// Whether a shift that was noticed is over.
    pub(crate) fn calm(&self) -> bool {
        self.stability.iter().flatten().all(|index| *index < OVER * self.limit)
    }

    /// One word for it.
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
    /// A watch against a reference: estimates of the traffic that was calibrated on.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the reference has at least 100 estimates, and the window from 100 to 1,000,000.
    pub fn new(reference: &[Estimate], window: usize) -> Result<Self> {
        Self::against(Some(Arc::new(Reference::new(reference)?)), window)
    }

    /// The same against a reference that is known; without one only outcomes are watched.
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

    /// What is compared with.
    pub fn reference(&self) -> Option<&Arc<Reference>> {
        self.reference.as_ref()
    }

    /// One more estimate of the traffic. How many came before it is returned.
    pub fn update(&self, estimate: &Estimate) -> u64 {
        self.code(estimate).map_or(0, |code| self.see(code))
    }

    /// The bins of an estimate; none where nothing is compared.
    #[inline]
    pub(crate) fn code(&self, estimate: &Estimate) -> Option<u16> {
        self.reference.as_ref().map(|reference| reference.code(estimate))
    }

    /// One more estimate, by its bins.
    #[inline]
    pub(crate) fn see(&self, code: u16) -> u64 {
        let number = self.seen.fetch_add(1, Ordering::Relaxed);
        self.put(number, code);
        number
    }

    /// Many at once; how many came before them is returned.
    pub(crate) fn see_all<'a>(&self, estimates: impl ExactSizeIterator<Item = &'a Estimate>) -> u64 {
        let count = estimates.len();
        let first = self.seen.fetch_add(count as u64, Ordering::Relaxed);
        // What would be pushed out of the window by the others is left out.
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

    /// How an answer turned out, and the chance of it that was estimated.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless both are in [0, 1].
    pub fn outcome(&self, chance: f64, score: f64) -> Result<()> {
        for (what, value) in [("chance", chance), ("score", score)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(Error::invalid(what, value, "between 0 and 1"));
            }
        }
        self.bias().update(chance, score);
        Ok(())
    }

    /// Whether chances are known to be too high on average, and whether too low.
    pub(crate) fn known(&self) -> (bool, bool) {
        self.bias().known()
    }

    /// Nothing that runs under the lock can panic, so a poisoned one is taken as it is.
    fn bias(&self) -> MutexGuard<'_, Bias> {
        self.bias.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How things stand: one walk over the window.
    pub fn report(&self) -> DriftReport {
        let seen = self.seen.load(Ordering::Relaxed);
        let mut stability = [None; SIGHTS];
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

    /// How many of the window's estimates are in each bin of each sight; none until it is full.
    fn counts(&self) -> Option<[[u32; 16]; SIGHTS]> {
        // Two sights at once: half as many additions.
        let mut pairs = [[0_u32; 256]; SIGHTS / 2];
        for slot in &self.ring {
            let code = slot.load(Ordering::Relaxed);
            if code == EMPTY {
                return None;
            }
            for (pair, byte) in pairs.iter_mut().zip(code.to_le_bytes()) {
                pair[usize::from(byte)] += 1;
            }
        }
        let mut counts = [[0; 16]; SIGHTS];
        for (pair, two) in pairs.iter().zip(counts.as_chunks_mut::<2>().0) {
            for (byte, &count) in pair.iter().enumerate() {
                two[0][byte & 15] += count;
                two[1][byte >> 4] += count;
            }
        }
        Some(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Estimator;
    use crate::features::Scan;
    use crate::query::Structure;
    use crate::query::Window;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    fn estimates() -> Vec<Estimate> {
        let mut scan = Scan::new();
        let one = |i: u32| {
            let text = format!(
                "Prove lemma {} of {} in {} steps.",
                i,
                "a long and hard theory ".repeat(i as usize % 7),
                i
            );
            scan.run(text.as_bytes(), Window::default());
            Estimator::shipped().estimate(&scan, &Structure::default())
        };
        (0..400).map(one).collect()
    }

    /// The index by its formula, of a window that is really kept.
    fn naive(reference: &[f64], window: &[f64]) -> f64 {
        let mut sorted = reference.to_vec();
        sorted.sort_by(f64::total_cmp);
        let ends: Vec<f64> = (1..10).map(|i| sorted[i * sorted.len() / 10]).collect();
        let share = |values: &[f64], bin: usize| {
            let within = values.iter().filter(|&&v| ends.iter().filter(|&&end| v >= end).count() == bin);
            (within.count() as f64 / values.len() as f64 + 1e-3) / 1.01
        };
        (0..10).map(|b| (share(window, b), share(reference, b))).map(|(q, p)| (q - p) * (q / p).ln()).sum()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_index_is_that_of_the_window(window in 100_usize..150, picks in prop::collection::vec(0_usize..400, 0..400)) {
            let pool = estimates();
            let drift = Drift::new(&pool[..200], window).unwrap();
            let mut kept = VecDeque::new();
            for (i, &pick) in picks.iter().enumerate() {
                prop_assert_eq!(drift.update(&pool[pick]), i as u64);
                kept.push_back(&pool[pick]);
                if kept.len() > window {
                    kept.pop_front();
                }
            }
            let report = drift.report();
            prop_assert_eq!(report.seen, picks.len() as u64);
            prop_assert_eq!(report.stability[0].is_some(), picks.len() >= window);
            if let [Some(difficulty), Some(evidence), Some(tokens), Some(_)] = report.stability {
                for (found, sight) in [
                    (difficulty, (|e| e.difficulty) as fn(&Estimate) -> f64),
                    (evidence, |e| e.evidence),
                    (tokens, |e| e.output_tokens.into()),
                ] {
                    let of = |these: &mut dyn Iterator<Item = &Estimate>| these.map(sight).collect::<Vec<_>>();
                    let wanted = naive(&of(&mut pool[..200].iter()), &of(&mut kept.iter().copied()));
                    prop_assert!((found - wanted).abs() < 1e-9, "{found} {wanted}");
                }
            }
            // Many at once are the same as one after another.
            let at_once = Drift::new(&pool[..200], window).unwrap();
            at_once.see_all(picks.iter().map(|&pick| &pool[pick]).collect::<Vec<_>>().into_iter());
            prop_assert_eq!(at_once.report(), report);
        }
    }

    #[test]
    fn threads_lose_nothing() {
        let pool = estimates();
        let drift = Drift::new(&pool, 4_000).unwrap();
        std::thread::scope(|scope| {
            for part in pool.chunks(100) {
                let drift = &drift;
                scope.spawn(move || (0..10).for_each(|_| part.iter().for_each(|one| _ = drift.update(one))));
            }
        });
        let report = drift.report();
        assert_eq!(report.seen, 4_000);
        // Each of the reference came ten times.
        assert!(report.stability.iter().all(|index| index.unwrap() < 1e-12), "{report:?}");
    }

    #[test]
    fn sameness_is_no_shift_in_a_small_window() {
        let pool = estimates();
        let mut state = 7_u64;
        let mut drawn = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            &pool[(state >> 33) as usize % pool.len()]
        };
        let reference: Vec<Estimate> = (0..100).map(|_| *drawn()).collect();
        let drift = Drift::new(&reference, 100).unwrap();
        for _ in 0..200 {
            (0..100).for_each(|_| _ = drift.update(drawn()));
            assert!(!drift.report().shifted, "{:?}", drift.report());
        }
    }
}
