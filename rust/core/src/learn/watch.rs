//! Drift as it is watched: what is planned, and what comes of it.

use super::{Drift, DriftReport};
use crate::Result;
use crate::estimate::{Estimate, Estimator};
use crate::outcome::PlanId;
use crate::plan::{Drifted, STEP};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most plans that wait for an outcome.
const MOST_WAITING: usize = 1 << 16;
/// A chance as a whole number.
const SURE: u64 = (1 << 24) - 1;
/// No governor has noticed anything yet.
const NEVER: u64 = u64::MAX;

/// How drift is watched for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watching {
    /// How many of the newest asks, and of the newest outcomes, are looked at; 0: none.
    pub(crate) window: usize,
    /// How many plans wait for their outcome.
    pub(crate) waiting: usize,
    /// The governor's, to find a plan's place by its serial.
    pub(crate) nonce: u64,
}

/// Watches one estimator's plans and their outcomes. Shared by all snapshots that have this estimator; it decides nothing
/// itself: what it notices becomes a part of the next snapshot.
#[derive(Debug)]
pub(crate) struct Watch {
    drift: Drift,
    /// The newest plans' rungs and chances, by number: a digest of the plan in the upper half, then rung + 1, then chance.
    waiting: Box<[AtomicU64]>,
    nonce: u64,
    /// Every so many asks the window is walked.
    stride: u64,
    since: AtomicU64,
}

impl Watch {
    pub(crate) fn new(estimator: &Estimator, options: Watching) -> Result<Option<Arc<Self>>> {
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

    /// The bins of an estimate, where there is something to compare them with.
    #[inline]
    pub(crate) fn code(&self, estimate: &Estimate) -> Option<u16> {
        self.drift.code(estimate)
    }

    /// One more ask; whether it is time to look at how things stand.
    #[inline]
    pub(crate) fn see(&self, code: u16) -> bool {
        (self.drift.see(code) + 1) & (self.stride - 1) == 0
    }

    /// A batch of asks; whether it is time to look at how things stand.
    pub(crate) fn see_all<'a>(&self, estimates: impl ExactSizeIterator<Item = &'a Estimate>) -> bool {
        if self.drift.reference().is_none() {
            return false;
        }
        let count = estimates.len() as u64;
        let first = self.drift.see_all(estimates);
        first / self.stride != (first + count) / self.stride
    }

    /// The score of an outcome, and the chance that it was expected with.
    ///
    /// # Errors
    /// Those of [`Drift::outcome`].
    pub(crate) fn outcome(&self, chance: f64, score: f64) -> Result<()> {
        self.drift.outcome(chance, score)
    }

    /// Whether chances are known to be too high, and too low.
    pub(crate) fn known(&self) -> (bool, bool) {
        self.drift.known()
    }

    /// A plan that an outcome may come for.
    #[inline]
    pub(crate) fn await_outcome(&self, id: PlanId, rung: usize, chance: f64) {
        let chance = (chance.clamp(0.0, 1.0) * SURE as f64) as u64;
        let entry = tag(id) << 32 | (rung as u64 + 1) << 24 | chance;
        self.slot(id).store(entry, Ordering::Relaxed);
    }

    fn slot(&self, id: PlanId) -> &AtomicU64 {
        let number = id.serial.wrapping_sub(self.nonce).wrapping_mul(STEP.1);
        &self.waiting[number as usize & (self.waiting.len() - 1)]
    }

    /// The chance that was planned with, of a plan that nothing was heard of since; none where it was another rung's.
    pub(crate) fn awaited(&self, id: PlanId, rung: usize) -> Option<f64> {
        let slot = self.slot(id);
        let entry = slot.load(Ordering::Relaxed);
        let wanted = tag(id) << 8 | (rung as u64 + 1);
        // Whoever takes it away has it: of two reports of one plan the first counts.
        let taken = entry >> 24 == wanted
            && slot.compare_exchange(entry, 0, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        taken.then_some((entry & SURE) as f64 / SURE as f64)
    }

    /// How things stand, and since when.
    pub(crate) fn report(&self) -> DriftReport {
        let since = Some(self.since.load(Ordering::Relaxed)).filter(|since| *since != NEVER);
        DriftReport { since, ..self.drift.report() }
    }

    /// What is noticed now, where that differs from what was.
    pub(crate) fn changed(&self, was: Drifted) -> Option<Drifted> {
        let report = self.drift.report();
        let now = Drifted {
            // What has just come back below the limit may pass it again: it is over when it is well below.
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

/// What tells plans apart that have one place.
fn tag(id: PlanId) -> u64 {
    id.digest & 0xFFFF_FFFF
}
