//! Reports a governor's plans and outcomes to its drift watch, and swaps in a snapshot when a finding changes.

use super::Governor;
use super::current::Current;
use super::decide::Decision;
use crate::Result;
use crate::estimate::Estimate;
use crate::learn::{DriftReport, DriftWatch};
use crate::outcome::{Outcome, OutcomeKind, PlanId, reliability};
use std::sync::Arc;

impl Governor {
    /// Reports a plan.
    #[inline]
    pub(super) fn watch_plan(&self, current: &Arc<Current>, id: PlanId, decision: &Decision) {
        let Some(watch) = &current.watch else { return };
        watch.await_outcome(id, decision.rung, decision.p_correct);
        if decision.bins.is_some_and(|bins| watch.see(bins)) {
            self.update_drift(current, watch);
        }
    }

    /// Reports the asks of a batch.
    pub(super) fn watch_batch<'a>(
        &self,
        current: &Arc<Current>,
        estimates: impl ExactSizeIterator<Item = &'a Estimate>,
    ) {
        if let Some(watch) = &current.watch
            && watch.see_all(estimates)
        {
            self.update_drift(current, watch);
        }
    }

    /// Reports an outcome. Only graded and judged answers count: thumbs, retries and escalations come when an answer was bad or
    /// very good, which is a biased sample.
    pub(super) fn watch_outcome(&self, outcome: &Outcome) -> Result<()> {
        let current = self.current.load_full();
        let Some(watch) = &current.watch else { return Ok(()) };
        let flipped = match outcome.kind {
            OutcomeKind::Graded | OutcomeKind::Judge => reliability(outcome.kind).flipped,
            OutcomeKind::Thumbs | OutcomeKind::Retry | OutcomeKind::Escalation => return Ok(()),
        };
        let rung = current.snapshot.ladder.index(&outcome.rung)?;
        if let Some(chance) = watch.take_chance(outcome.plan_id.parse()?, rung) {
            watch.outcome(chance + flipped * (1.0 - 2.0 * chance), outcome.score)?;
            let drifted = current.snapshot.drifted;
            if watch.known() != (drifted.overconfident, drifted.underconfident) {
                self.update_drift(&current, watch);
            }
        }
        Ok(())
    }

    /// Swaps in a snapshot with the watch's findings, if they changed. A concurrent replacement of the snapshot wins.
    #[cold]
    fn update_drift(&self, current: &Arc<Current>, watch: &DriftWatch) {
        if let Some(drifted) = watch.changed(current.snapshot.drifted) {
            self.current.compare_and_swap(current, Arc::new(current.with_drifted(drifted)));
        }
    }

    /// The state of the drift watch; None if drift is switched off.
    pub fn drift(&self) -> Option<DriftReport> {
        self.current.load().watch.as_ref().map(|watch| watch.report())
    }
}
