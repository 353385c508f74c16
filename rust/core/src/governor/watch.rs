//! Drift as a governor sees it: what it plans, and what comes of it.

use super::Governor;
use super::id::{PlanId, STEP};
use super::outcome::{Outcome, OutcomeKind};
use super::snapshot::Snapshot;
use crate::Result;
use crate::estimate::{Estimate, Estimator};
use crate::learn::{Drift, DriftReport, reliability};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most plans that wait for an outcome.
const MOST_WAITING: usize = 1 << 16;
/// A chance as a whole number.
const SURE: u64 = (1 << 24) - 1;
/// No governor has noticed anything yet.
const NEVER: u64 = u64::MAX;

/// How a governor watches for drift.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    /// How many of the newest asks, and of the newest outcomes, are looked at; 0: none.
    pub(super) window: usize,
    /// How many plans wait for their outcome.
    pub(super) waiting: usize,
    /// The governor's, to find a plan's place by its serial.
    pub(super) nonce: u64,
}

/// What a governor has noticed, as a part of the state that decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drifted {
    /// Traffic does not look like what was calibrated on.
    pub shifted: bool,
    /// Chances are too high on average.
    pub overconfident: bool,
    /// Chances are too low on average.
    pub underconfident: bool,
}

impl Drifted {
    /// Whether anything was noticed.
    pub fn any(self) -> bool {
        self.shifted || self.overconfident || self.underconfident
    }

    /// What a version says of it: nothing where there is nothing.
    pub(super) fn suffix(self) -> String {
        let all = [
            ("+shifted", self.shifted),
            ("+overconfident", self.overconfident),
            ("+underconfident", self.underconfident),
        ];
        all.iter().filter(|(_, so)| *so).map(|(name, _)| *name).collect()
    }

    /// In words.
    pub(super) fn words(self) -> &'static str {
        match (self.shifted, self.overconfident, self.underconfident) {
            (true, false, false) => "traffic no longer looks like what was calibrated on",
            (false, true, false) => "outcomes bear out less than the chances say",
            (false, false, true) => "outcomes bear out more than the chances say",
            (false, ..) => "chances were too high for some of the newest outcomes, and too low for others",
            (true, ..) => {
                "traffic no longer looks like what was calibrated on, and outcomes do not bear out the chances"
            }
        }
    }
}

/// Watches one estimator's plans and their outcomes. Shared by all snapshots that have this estimator; it decides nothing
/// itself: what it notices becomes a part of the next snapshot.
#[derive(Debug)]
pub(super) struct Watch {
    drift: Drift,
    /// The newest plans' rungs and chances, by number: a digest of the plan in the upper half, then rung + 1, then chance.
    waiting: Box<[AtomicU64]>,
    nonce: u64,
    /// Every so many asks the window is walked.
    stride: u64,
    since: AtomicU64,
}

impl Watch {
    pub(super) fn new(estimator: &Estimator, options: Options) -> Result<Option<Arc<Self>>> {
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
    pub(super) fn code(&self, estimate: &Estimate) -> Option<u16> {
        self.drift.code(estimate)
    }

    /// One more ask; whether it is time to look at how things stand.
    #[inline]
    fn see(&self, code: u16) -> bool {
        (self.drift.see(code) + 1) & (self.stride - 1) == 0
    }

    /// A plan that an outcome may come for.
    #[inline]
    fn await_outcome(&self, id: PlanId, rung: usize, chance: f64) {
        let chance = (chance.clamp(0.0, 1.0) * SURE as f64) as u64;
        let entry = tag(id) << 32 | (rung as u64 + 1) << 24 | chance;
        self.slot(id).store(entry, Ordering::Relaxed);
    }

    fn slot(&self, id: PlanId) -> &AtomicU64 {
        let number = id.serial.wrapping_sub(self.nonce).wrapping_mul(STEP.1);
        &self.waiting[number as usize & (self.waiting.len() - 1)]
    }

    /// The chance that was planned with, of a plan that nothing was heard of since; none where it was another rung's.
    fn awaited(&self, id: PlanId, rung: usize) -> Option<f64> {
        let slot = self.slot(id);
        let entry = slot.load(Ordering::Relaxed);
        let wanted = tag(id) << 8 | (rung as u64 + 1);
        // Whoever takes it away has it: of two reports of one plan the first counts.
        let taken = entry >> 24 == wanted
            && slot.compare_exchange(entry, 0, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        taken.then_some((entry & SURE) as f64 / SURE as f64)
    }

    /// How things stand, and since when.
    pub(super) fn report(&self) -> DriftReport {
        let since = Some(self.since.load(Ordering::Relaxed)).filter(|since| *since != NEVER);
        DriftReport { since, ..self.drift.report() }
    }

    /// What is noticed now, where that differs from what was.
    fn changed(&self, was: Drifted) -> Option<Drifted> {
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

impl Governor {
    /// Takes note of a plan. `code` is there where the ask is to be compared.
    #[inline]
    pub(super) fn watch(
        &self,
        snapshot: &Arc<Snapshot>,
        id: PlanId,
        rung: usize,
        chance: f64,
        code: Option<u16>,
    ) {
        let Some(watch) = &snapshot.watch else { return };
        watch.await_outcome(id, rung, chance);
        if code.is_some_and(|code| watch.see(code)) {
            self.look(snapshot, watch);
        }
    }

    /// Takes note of a batch.
    pub(super) fn watch_all<'a>(
        &self,
        snapshot: &Arc<Snapshot>,
        estimates: impl ExactSizeIterator<Item = &'a Estimate>,
    ) {
        let Some(watch) = snapshot.watch.as_ref().filter(|watch| watch.drift.reference().is_some()) else {
            return;
        };
        let count = estimates.len() as u64;
        let first = watch.drift.see_all(estimates);
        if first / watch.stride != (first + count) / watch.stride {
            self.look(snapshot, watch);
        }
    }

    /// Takes note of an outcome: of graded and judged answers only, because who says something of their own accord does so
    /// because of how it turned out.
    pub(super) fn watch_outcome(&self, outcome: &Outcome) -> Result<()> {
        let snapshot = self.snapshot.load_full();
        let Some(watch) = &snapshot.watch else { return Ok(()) };
        let flipped = match outcome.kind {
            OutcomeKind::Graded | OutcomeKind::Judge => reliability(outcome.kind).flipped,
            OutcomeKind::Thumbs | OutcomeKind::Retry | OutcomeKind::Escalation => return Ok(()),
        };
        let rung = snapshot.ladder.index(&outcome.rung)?;
        if let Some(chance) = watch.awaited(outcome.plan_id.parse()?, rung) {
            watch.drift.outcome(chance + flipped * (1.0 - 2.0 * chance), outcome.score)?;
            if watch.drift.known() != (snapshot.drifted.overconfident, snapshot.drifted.underconfident) {
                self.look(&snapshot, watch);
            }
        }
        Ok(())
    }

    /// Swaps in a snapshot that says what has been noticed, where that has changed. Whoever replaces the snapshot at the
    /// same time wins.
    #[cold]
    fn look(&self, snapshot: &Arc<Snapshot>, watch: &Watch) {
        if let Some(drifted) = watch.changed(snapshot.drifted) {
            self.snapshot.compare_and_swap(snapshot, Arc::new(snapshot.with_drifted(drifted)));
        }
    }

    /// Whether the traffic still looks like what was calibrated on, and outcomes like the chances; none where the governor
    /// does not watch.
    pub fn drift(&self) -> Option<DriftReport> {
        self.snapshot.load().watch.as_ref().map(|watch| watch.report())
    }
}
