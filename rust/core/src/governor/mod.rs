//! The governor owns estimator, ladder, policy and ceiling. It makes plans and collects their outcomes.
//!
//! A plan is made from an immutable [`Snapshot`] behind an atomic swap. Reconfiguration and plans never wait for each other,
//! and a plan keeps the version that it was made with. The way of one plan:
//!
//! ```text
//! Governor::plan
//!   circumstances.rs   the session's rung, the payer's room, the price of compute
//!   decide.rs          scan and estimate; the limits of this query
//!     open.rs          the rungs that it may use
//!     pick.rs          the rung; asks the policy
//!     plan/dials.rs    the rung's dials, cut to the limits
//!   drift.rs           notes the ask and its chance
//!   commit.rs          updates session and pacer; the plan
//! ```

mod batch;
mod builder;
mod circumstances;
mod commit;
mod current;
mod decide;
mod drift;
mod information;
mod learning;
#[cfg(test)]
mod levels;
mod open;
mod pick;
mod reach;
mod scratch;
mod switch;

use crate::estimate::Estimator;
use crate::features::Scan;
use crate::learn::{Grading, PendingQueries};
use crate::ledger::{Breaker, Ledger};
use crate::outcome::{Outcome, Outcomes};
use crate::plan::{Plan, PlanOptions, PlanReason, PlanReasons, Snapshot, plan_id};
use crate::query::Query;
use crate::session::Sessions;
use crate::sleep::Sleeper;
use crate::{Error, Result};
use arc_swap::ArcSwap;
use current::Current;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use switch::{SwitchWatch, may_be_switch};

pub use batch::BatchRow;
pub use builder::Builder;
pub use information::{Information, MOST_SPREAD};
pub use learning::{Learning, LearningStep, Replacement, Verdict};
pub use pick::MIN_COVERAGE;
pub use scratch::Scratch;

/// Decides how much compute each query gets. `Send` and `Sync`: make one and share it.
///
/// ```
/// use rheostat::features::Scan;
/// use rheostat::governor::Governor;
/// use rheostat::ladder::{Ladder, Rung};
/// use rheostat::plan::PlanOptions;
/// use rheostat::policy::Policy;
/// use rheostat::query::Query;
/// let ladder = Ladder::new(vec![Rung::new("fast", "small"), Rung::new("deep", "large")], None, None)?;
/// let governor = Governor::builder(ladder.into()).policy(Policy::Utility { usd_per_error: 2.0 }).build()?;
/// let query = Query::text("What is the capital of France?", 16_384);
/// let plan = governor.plan(&query, &PlanOptions::default(), &mut Scan::new())?;
/// assert!(plan.p_correct > 0.0 && plan.p_correct < 1.0);
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug)]
pub struct Governor {
    current: Arc<ArcSwap<Current>>,
    nonce: u64,
    planned: AtomicU64,
    outcomes: Outcomes,
    sessions: Arc<Sessions>,
    ledger: Option<Arc<Ledger>>,
    switch: SwitchWatch,
    /// Set once, by the first [`Learning`].
    pending: OnceLock<Arc<PendingQueries>>,
    sleeper: Option<Mutex<Sleeper>>,
    /// False if no query may name its rung.
    overrides: bool,
}

impl Governor {
    /// Plans one query. `scan` is scratch: once it is warm, only clamps, new sessions and payers' names allocate.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`] for a rung, or for models none of which is on the ladder; [`crate::Error::Invalid`]
    /// for a ceiling, a session or a tenant out of bounds; [`crate::Error::Denied`] when a cap of the ledger is used up;
    /// [`crate::Error::State`] for a rung, if the governor takes no [overrides](Builder::overrides).
    pub fn plan(&self, query: &Query<'_>, options: &PlanOptions<'_>, scan: &mut Scan) -> Result<Plan> {
        let current = self.current.load();
        self.plan_by(&current, query, options, scan, |plan| plan)
    }

    /// Like [`plan`](Self::plan), for a host that makes many plans. `scratch` also caches the snapshot. `make` receives the plan
    /// where it was built, so that it is moved once, into a box or an object.
    ///
    /// # Errors
    /// Those of [`plan`](Self::plan).
    pub fn plan_as<T>(
        &self,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        scratch: &mut Scratch,
        make: impl FnOnce(Plan) -> T,
    ) -> Result<T> {
        let Scratch { scan, scanned, cached } = scratch;
        // Before the scan is overwritten, not after: a refused plan must not leave the name of the one before.
        *scanned = None;
        self.plan_by(cached.current(&self.current), query, options, scan, |plan| {
            *scanned = Some(plan.id);
            make(plan)
        })
    }

    #[inline]
    fn plan_by<T>(
        &self,
        current: &Arc<Current>,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        scan: &mut Scan,
        make: impl FnOnce(Plan) -> T,
    ) -> Result<T> {
        let snapshot = &current.snapshot;
        let circumstances = self.circumstances(snapshot, query, options)?;
        let mut named = None;
        let made = current.decide(query, options, &circumstances, scan, |decision| {
            let serial = self.planned.fetch_add(1, Ordering::Relaxed);
            let id = plan_id(snapshot, query, options, self.nonce, serial);
            named = Some(id);
            self.watch_plan(current, id, &decision);
            self.watch_switch(snapshot, decision.rung, decision.why);
            let ties = self.commit(snapshot, query, options, &circumstances, &decision);
            make(decision.plan(id, query, Arc::clone(snapshot), &circumstances, ties))
        })?;
        if let (Some(pending), Some(id)) = (self.pending.get(), named) {
            pending.remember_planned(id, query, &snapshot.estimator, scan);
        }
        Ok(made)
    }

    /// Adds an outcome. Outcomes are kept, within bounds, until they are drained.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a score outside [0, 1], a time that is not finite or an id that is no plan's;
    /// [`crate::Error::Unknown`] for a rung that is not on the ladder.
    pub fn outcome(&self, outcome: Outcome) -> Result<()> {
        outcome.validate(&self.current.load().snapshot.ladder)?;
        self.watch_outcome(&outcome)?;
        self.outcomes.add(outcome);
        Ok(())
    }

    /// Records outcomes, all or none.
    ///
    /// # Errors
    /// Those of [`outcome`](Self::outcome), with the index of the first one that is refused; none is recorded.
    pub fn record(&self, outcomes: Vec<Outcome>) -> std::result::Result<(), (usize, Error)> {
        let snapshot = self.snapshot();
        for (index, one) in outcomes.iter().enumerate() {
            one.validate(&snapshot.ladder).map_err(|error| (index, error))?;
        }
        for (index, one) in outcomes.into_iter().enumerate() {
            self.outcome(one).map_err(|error| (index, error))?;
        }
        Ok(())
    }

    /// Copies the outcomes, oldest first.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.outcomes.all()
    }

    /// Removes and returns the outcomes, oldest first.
    pub fn drain_outcomes(&self) -> Vec<Outcome> {
        self.outcomes.drain()
    }

    /// Number of outcomes that were dropped because the buffer was full.
    pub fn outcomes_dropped(&self) -> u64 {
        self.outcomes.dropped()
    }

    /// Moves a session up to the rung that its run has reached. It stays there until several easier asks in a row bring it
    /// down.
    pub fn escalated(&self, session: &str, rung: usize, now: f64) {
        let snapshot = self.snapshot();
        let thinks = snapshot.ladder.rungs().get(rung).is_some_and(|rung| rung.thinking_tokens > 0);
        self.sessions.escalated(session, rung, thinks, now);
    }

    /// The sessions.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Asks the sleeper, which decides what to precompute.
    ///
    /// # Errors
    /// [`Error::State`] when the governor was built without [`Builder::sleep`], and those of `ask`.
    pub fn sleeper<T>(&self, ask: impl FnOnce(&mut Sleeper) -> Result<T>) -> Result<T> {
        let without = || Error::state("sleep: the governor was made without it: give it settings of sleep");
        let sleeper = self.sleeper.as_ref().ok_or_else(without)?;
        ask(&mut sleeper.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ledger.
    pub fn ledger(&self) -> Option<&Arc<Ledger>> {
        self.ledger.as_ref()
    }

    /// The current snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load().snapshot.clone()
    }

    /// The upstreams that have failed of late, with their breakers; `now` in seconds of the runs' clock.
    pub fn breakers(&self, now: f64) -> Vec<Breaker> {
        let snapshot = self.snapshot();
        snapshot.breakers.list(now, snapshot.rules.breaker)
    }

    /// Replaces the snapshot. Plans in progress, and runs of earlier plans, keep the old one.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] if drift cannot be watched with the snapshot's estimator.
    pub fn replace(&self, snapshot: Snapshot) -> Result<()> {
        let current = self.current.load().with_snapshot(snapshot)?;
        self.current.store(Arc::new(current));
        Ok(())
    }

    /// Decides if a plan's answer should be graded, at about `rate` of all answers. Informative ones are drawn more often, each
    /// with a known chance ([`Grading`]). `ask` is the plan's.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] unless the rate is above 0 and at most 1.
    pub fn should_grade(&self, plan: &Plan, ask: &[u8], rate: f64, scratch: &mut Scratch) -> Result<Grading> {
        let heads = plan.snapshot.estimator.heads().map(|heads| &**heads);
        Grading::decide(heads, scratch.scan_of(plan, ask), &plan.id.to_string(), rate)
    }

    /// Replaces the estimator alone.
    ///
    /// # Errors
    /// Those of [`replace`](Self::replace).
    pub fn replace_estimator(&self, estimator: Arc<Estimator>) -> Result<()> {
        let mut current = self.current.load_full();
        loop {
            // A snapshot that was replaced meanwhile stays, with this estimator.
            let next = Arc::new(current.with_estimator(estimator.clone())?);
            let before = self.current.compare_and_swap(&current, next);
            if Arc::ptr_eq(&before, &current) {
                return Ok(());
            }
            current = Arc::clone(&before);
        }
    }

    /// Warnings about rungs that no query can reach, that exceed the ceiling, that are less able than a lower rung, whose prices look
    /// like prices per token, or whose model takes no budget for thinking.
    pub fn warnings(&self) -> Vec<String> {
        reach::warnings(&self.current.load().snapshot)
    }

    /// A warning that the policy planned more than 95 % of the last 200 queries on one rung, with what to do; once per governor.
    pub fn take_notice(&self) -> Option<String> {
        if !self.switch.waits() {
            return None;
        }
        let current = self.current.load();
        self.switch.take(&current.snapshot.policy, &current.snapshot.ladder)
    }

    /// Counts a plan for [`take_notice`](Self::take_notice), if the policy decided it.
    #[inline]
    fn watch_switch(&self, snapshot: &Snapshot, rung: usize, why: PlanReasons) {
        if why.has(PlanReason::Policy) && may_be_switch(&snapshot.policy, &snapshot.ladder) {
            self.switch.see(rung);
        }
    }

    /// Version of the snapshot: equal versions give equal plans.
    pub fn version(&self) -> Arc<str> {
        self.current.load().snapshot.version.clone()
    }
}
