//! Watches what a governor plans, and what comes of it, for drift.

use super::Governor;
use super::current::Current;
use crate::Result;
use crate::estimate::Estimate;
use crate::learn::{DriftReport, Watch};
use crate::outcome::{Outcome, OutcomeKind, PlanId, reliability};
use std::sync::Arc;

impl Governor {
    /// Notes a plan that an outcome may come for. `code` is the ask's bins, where it is to be compared.
    #[inline]
    pub(super) fn watch_plan(
        &self,
        current: &Arc<Current>,
        id: PlanId,
        rung: usize,
        chance: f64,
        code: Option<u16>,
    ) {
        let Some(watch) = &current.watch else { return };
        watch.await_outcome(id, rung, chance);
        if code.is_some_and(|code| watch.see(code)) {
            self.look(current, watch);
        }
    }

    /// Notes the asks of a batch.
    pub(super) fn watch_batch<'a>(
        &self,
        current: &Arc<Current>,
        estimates: impl ExactSizeIterator<Item = &'a Estimate>,
    ) {
        if let Some(watch) = &current.watch
            && watch.see_all(estimates)
        {
            self.look(current, watch);
        }
    }

    /// Takes note of an outcome: of graded and judged answers only, because who says something of their own accord does so
    /// because of how it turned out.
    pub(super) fn watch_outcome(&self, outcome: &Outcome) -> Result<()> {
        let current = self.current.load_full();
        let Some(watch) = &current.watch else { return Ok(()) };
        let flipped = match outcome.kind {
            OutcomeKind::Graded | OutcomeKind::Judge => reliability(outcome.kind).flipped,
            OutcomeKind::Thumbs | OutcomeKind::Retry | OutcomeKind::Escalation => return Ok(()),
        };
        let rung = current.snapshot.ladder.index(&outcome.rung)?;
        if let Some(chance) = watch.awaited(outcome.plan_id.parse()?, rung) {
            watch.outcome(chance + flipped * (1.0 - 2.0 * chance), outcome.score)?;
            let drifted = current.snapshot.drifted;
            if watch.known() != (drifted.overconfident, drifted.underconfident) {
                self.look(&current, watch);
            }
        }
        Ok(())
    }

    /// Swaps in a snapshot that says what has been noticed, where that has changed. Whoever replaces the snapshot at the
    /// same time wins.
    #[cold]
    fn look(&self, current: &Arc<Current>, watch: &Watch) {
        if let Some(drifted) = watch.changed(current.snapshot.drifted) {
            self.current.compare_and_swap(current, Arc::new(current.with_drifted(drifted)));
        }
    }

    /// Whether the traffic still looks like what was calibrated on, and outcomes like the chances; none where the governor
    /// does not watch.
    pub fn drift(&self) -> Option<DriftReport> {
        self.current.load().watch.as_ref().map(|watch| watch.report())
    }
}
