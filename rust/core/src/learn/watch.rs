//! Watches one estimator's plans and their outcomes for drift.

use super::{Drift, DriftReport};
use crate::Result;
use crate::estimate::{Estimate, Estimator};
use crate::outcome::PlanId;
use crate::plan::{Drifted, STEP, nonce_here};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest number of plans that wait for an outcome.
const MOST_WAITING: usize = 1 << 16;
/// The chance 1 as a 24-bit integer.
const ONE: u64 = (1 << 24) - 1;
/// Value of `since` before any drift.
const NEVER: u64 = u64::MAX;

/// Options of a governor's drift watch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DriftOptions {
    /// Number of newest asks, and of newest outcomes, that are compared; 0 switches the watch off.
    pub(crate) window: usize,
    /// Number of plans that wait for an outcome.
    pub(crate) waiting: usize,
    /// The governor's nonce, from which a plan's slot follows.
    pub(crate) nonce: u64,
}

/// Watches one estimator's plans and their outcomes. All snapshots with this estimator share it. It decides nothing: the
/// governor puts its findings into the next snapshot.
#[derive(Debug)]
pub(crate) struct DriftWatch {
    drift: Drift,
    /// The newest plans by serial number. An entry is 32 bits of the plan's digest, 8 bits of rung + 1, 24 bits of chance.
    waiting: Box<[AtomicU64]>,
    nonce: u64,
    /// Number of asks between two reports: a power of two near half a window.
    stride: u64,
    since: AtomicU64,
}

impl DriftWatch {
    pub(crate) fn new(estimator: &Estimator, options: DriftOptions) -> Result<Option<Arc<Self>>> {
        if options.window == 0 {
            return Ok(None);
        }
        let drift = Drift::against(estimator.reference().cloned(), options.window)?;
        let waiting = options.waiting.clamp(1, MOST_WAITING).next_power_of_two();
        Ok(Some(Arc::new(Self {
            drift,
            waiting: (0..waiting).map(|_| AtomicU64::new(0)).collect(),
            nonce: options.nonce,
            stride: (options.window as u64 / 2).next_power_of_two(),
            since: AtomicU64::new(NEVER),
        })))
    }

    /// The bins of an estimate; None without a reference.
    #[inline]
    pub(crate) fn code(&self, estimate: &Estimate) -> Option<u16> {
        self.drift.code(estimate)
    }

    /// Adds an ask. Returns true if a report is due.
    #[inline]
    pub(crate) fn see(&self, code: u16) -> bool {
        (self.drift.see(code) + 1) & (self.stride - 1) == 0
    }

    /// Adds a batch of asks. Returns true if a report is due.
    pub(crate) fn see_all<'a>(&self, estimates: impl ExactSizeIterator<Item = &'a Estimate>) -> bool {
        if self.drift.reference().is_none() {
            return false;
        }
        let count = estimates.len() as u64;
        let first = self.drift.see_all(estimates);
        first / self.stride != (first + count) / self.stride
    }

    /// Adds an outcome: the planned chance and the score.
    ///
    /// # Errors
    /// Those of [`Drift::outcome`].
    pub(crate) fn outcome(&self, chance: f64, score: f64) -> Result<()> {
        self.drift.outcome(chance, score)
    }

    /// Two verdicts: chances are too high on average, and too low.
    pub(crate) fn known(&self) -> (bool, bool) {
        self.drift.known()
    }

    /// Notes a plan, whose outcome may come.
    #[inline]
    pub(crate) fn await_outcome(&self, id: PlanId, rung: usize, chance: f64) {
        let chance = (chance.clamp(0.0, 1.0) * ONE as f64) as u64;
        let entry = tag(id) << 32 | (rung as u64 + 1) << 24 | chance;
        self.slot(id).store(entry, Ordering::Relaxed);
    }

    fn slot(&self, id: PlanId) -> &AtomicU64 {
        let number = id.serial.wrapping_sub(nonce_here(self.nonce)).wrapping_mul(STEP.1);
        &self.waiting[number as usize & (self.waiting.len() - 1)]
    }

    /// Takes the planned chance of a plan. None if it was taken already or overwritten, or if the outcome is another rung's.
    pub(crate) fn take_chance(&self, id: PlanId, rung: usize) -> Option<f64> {
        let slot = self.slot(id);
        let entry = slot.load(Ordering::Relaxed);
        let wanted = tag(id) << 8 | (rung as u64 + 1);
        // The swap succeeds once: of two outcomes of one plan the first counts.
        let taken = entry >> 24 == wanted
            && slot.compare_exchange(entry, 0, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        taken.then_some((entry & ONE) as f64 / ONE as f64)
    }

    /// The state, with the number of asks since which it has drifted.
    pub(crate) fn report(&self) -> DriftReport {
        let since = Some(self.since.load(Ordering::Relaxed)).filter(|since| *since != NEVER);
        DriftReport { since, ..self.drift.report() }
    }

    /// The flags of now, if they differ from those before.
    pub(crate) fn changed(&self, was: Drifted) -> Option<Drifted> {
        let report = self.drift.report();
        let now = Drifted {
            // Hysteresis: an index just below the limit may pass it again.
            shifted: report.shifted || was.shifted && !report.calm(),
            overconfident: report.overconfident,
            underconfident: report.underconfident,
        };
        if now == was {
            return None;
        }
        self.since.store(if now.any() { report.seen } else { NEVER }, Ordering::Relaxed);
        Some(now)
    }
}

/// Distinguishes plans that share a slot.
fn tag(id: PlanId) -> u64 {
    id.digest & 0xFFFF_FFFF
}
