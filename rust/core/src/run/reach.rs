//! The upstreams of a rung: which one gets a call, what its breaker learns of it, and what follows where none is available.

use super::action::Reason;
use super::call::{CallKind, Grant};
use super::failure::FailureKind;
use super::judge::Intent;
use super::state::State;
use crate::ledger::Upstream;
use crate::rules::Evidence;
use std::sync::Arc;

impl State {
    /// The deployment that gets a call: the first of the rung's that may be asked now, before all those that this call was not sent to
    /// yet. Returns the number of its place, too. None: no breaker lets it through.
    pub(super) fn reach(&mut self, intent: &Intent) -> Option<(u32, Option<Arc<str>>)> {
        let (brief, now) = (self.judge.brief(), self.now());
        let rung = brief.rungs.get(self.judge.round().rung())?;
        if intent.kind == CallKind::Score {
            // The rung's deployments serve its own model.
            return Some((0, None));
        }
        let mut soonest = f64::INFINITY;
        for again in [false, true] {
            for (place, deployment) in (0..).zip(rung.deployments()) {
                if was_tried(intent.tried, place) != again {
                    continue;
                }
                // The host's only upstream has no breaker: nothing could take its place.
                let Some(name) = deployment else { return Some((place, None)) };
                let upstream = Upstream { deployment: name, model: &rung.model };
                match brief.breakers.admit(upstream, now, brief.rules.breaker) {
                    Ok(()) => return Some((place, Some(Arc::from(name)))),
                    Err(left) => soonest = soonest.min(left),
                }
            }
        }
        self.set_available(now + soonest);
        None
    }

    /// True if a deployment of a call's rung may be asked now that the call was not sent to.
    pub(super) fn has_another(&self, grant: &Grant) -> bool {
        let brief = self.judge.brief();
        let rung = brief.rungs.get(grant.rung as usize).filter(|_| grant.kind != CallKind::Score);
        let Some(rung) = rung else { return false };
        (0..).zip(rung.deployments()).any(|(place, deployment)| {
            let Some(deployment) = deployment.filter(|_| !was_tried(grant.tried, place)) else {
                return false;
            };
            let upstream = Upstream { deployment, model: &rung.model };
            brief.breakers.allows(upstream, self.now(), brief.rules.breaker)
        })
    }

    /// Takes a call that has no upstream as one that failed for good: the next rung is asked, or the run ends.
    pub(super) fn unavailable(&mut self, intent: &Intent) {
        if intent.kind == CallKind::Probe {
            return;
        }
        let generates = intent.kind == CallKind::Generate;
        let first = self.judge.round().launched();
        self.judge.launched(intent.kind, intent.samples, false);
        for index in first..first.saturating_add(intent.samples) {
            if generates {
                self.judge.abstain(index);
            }
            self.judge.stream_ended();
        }
        self.note(Reason::Unavailable, None);
        if generates {
            self.judge.lost_for_good(intent.samples);
        }
        if self.judge.unanswered() {
            self.fall_short(Evidence::Failure);
        } else {
            self.round_over();
        }
    }

    /// Tells the breaker of a call's upstream that it failed, where the kind speaks against the upstream.
    pub(super) fn upstream_failed(&self, grant: &Grant, kind: FailureKind) {
        if let Some(upstream) = grant.upstream().filter(|_| kind.breaks()) {
            let brief = self.judge.brief();
            brief.breakers.failed(upstream, self.now(), brief.rules.breaker);
        }
    }

    /// Tells the breaker of a call's upstream that the call was not sent.
    pub(super) fn upstream_untried(&self, grant: &Grant) {
        if let Some(upstream) = grant.upstream() {
            self.judge.brief().breakers.untried(upstream);
        }
    }

    /// Tells the breaker of a call's upstream that it has served.
    pub(super) fn upstream_worked(&self, call: u32) {
        if let Some(upstream) = self.streams.grant(call).and_then(Grant::upstream) {
            self.judge.brief().breakers.worked(upstream);
        }
    }
}

/// True if a call was sent to the deployment at a place of its rung; `tried` has a bit for each.
fn was_tried(tried: u32, place: u32) -> bool {
    tried.checked_shr(place).is_some_and(|bits| bits & 1 == 1)
}
