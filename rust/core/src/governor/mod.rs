//! The governor: owns estimator, ladder, policy and ceiling; makes plans, and keeps what became of them.
//!
//! A plan is made from an immutable [`Snapshot`] behind an atomic swap, so that a reconfiguration never waits for a
//! plan nor a plan for it, and a plan keeps the version that it was made with.

mod batch;
mod builder;
mod chances;
mod decide;
mod dials;
mod id;
mod information;
mod open;
mod outcome;
mod plan;
mod reach;
mod reason;
mod record;
mod scratch;
mod session;
mod snapshot;
mod watch;

use crate::Result;
use crate::estimate::Estimator;
use crate::features::Scan;
use crate::learn::Grading;
use crate::ledger::Ledger;
use crate::query::Query;
use crate::session::Sessions;
use arc_swap::ArcSwap;
use outcome::Outcomes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use batch::BatchRow;
pub use builder::Builder;
pub use decide::NO_EVIDENCE;
pub use dials::{Clamp, Field};
pub use id::PlanId;
pub use information::{Information, MOST_SPREAD};
pub use outcome::{Outcome, OutcomeKind};
pub use plan::{Plan, PlanOptions, Strip};
pub use reason::{PlanReason, PlanReasons};
pub use record::{About, Record};
pub use scratch::Scratch;
pub use snapshot::Snapshot;
pub use watch::Drifted;

/// Decides how much compute each query gets. `Send` and `Sync`; make one and share it.
///
/// ```
/// use rheostat::features::Scan;
/// use rheostat::governor::{Governor, PlanOptions};
/// use rheostat::ladder::{Ladder, Rung};
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
    snapshot: Arc<ArcSwap<Snapshot>>,
    nonce: u64,
    planned: AtomicU64,
    outcomes: Outcomes,
    sessions: Arc<Sessions>,
    ledger: Option<Arc<Ledger>>,
}

impl Governor {
    /// Begins a governor over a ladder.
    pub fn builder(ladder: Arc<crate::ladder::Ladder>) -> Builder {
        Builder::new(ladder)
    }

    /// Decides the budget of one query. `scan` is scratch that is used again: with a warm one nothing is allocated
    /// but what a clamp has to say, a new session, and the names of who pays.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`] for a rung, or for models none of which is on the ladder; [`crate::Error::Invalid`]
    /// for a ceiling, a session or a tenant out of bounds; [`crate::Error::Denied`] when a cap of the ledger is used up.
    pub fn plan(&self, query: &Query<'_>, options: &PlanOptions<'_>, scan: &mut Scan) -> Result<Plan> {
        let snapshot = self.snapshot.load();
        self.plan_by(&snapshot, query, options, scan, |plan| plan)
    }

    /// As [`plan`](Self::plan), for a host that makes many: `scratch` also holds on to what decides, and `make` is called where
    /// the plan is, so that it is not moved from one place to the next on its way into a box or an object.
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
        let Scratch { scan, held } = scratch;
        self.plan_by(held.snapshot(&self.snapshot), query, options, scan, make)
    }

    #[inline]
    fn plan_by<T>(
        &self,
        snapshot: &Arc<Snapshot>,
        query: &Query<'_>,
        options: &PlanOptions<'_>,
        scan: &mut Scan,
        make: impl FnOnce(Plan) -> T,
    ) -> Result<T> {
        let around = self.circumstances(snapshot, query, options)?;
        snapshot.decide(query, options, &around, scan, |decision| {
            let serial = self.planned.fetch_add(1, Ordering::Relaxed);
            let id = PlanId::new(snapshot, query, options, self.nonce, serial);
            self.watch(snapshot, id, decision.rung, decision.p_correct, decision.seen);
            let easier = decision.easier;
            let mut plan = Plan::new(id, decision, query.turn, Arc::clone(snapshot));
            self.remember(query, options, &around, easier, &mut plan);
            make(plan)
        })
    }

    /// Decides many texts, on `threads` threads; results in order, equal to those of [`plan`](Self::plan).
    pub fn plan_batch(&self, texts: &[&[u8]], threads: usize) -> Vec<BatchRow> {
        let snapshot = self.snapshot.load_full();
        let rows = batch::plan(&snapshot, texts, threads);
        self.watch_all(&snapshot, rows.iter().map(|row| &row.estimate));
        rows
    }

    /// Reports how a query turned out. Outcomes are kept, within bounds, until they are drained.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the score is outside [0, 1], the time is no number or the id is no plan's;
    /// [`crate::Error::Unknown`] for a rung that is not on the ladder.
    pub fn outcome(&self, outcome: Outcome) -> Result<()> {
        outcome.validate(&self.snapshot.load().ladder)?;
        self.watch_outcome(&outcome)?;
        self.outcomes.add(outcome);
        Ok(())
    }

    /// The outcomes that are kept, oldest first.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.outcomes.all()
    }

    /// The outcomes that are kept, oldest first; they are kept no longer.
    pub fn drain_outcomes(&self) -> Vec<Outcome> {
        self.outcomes.drain()
    }

    /// How many outcomes were dropped because nobody drained them in time.
    pub fn outcomes_dropped(&self) -> u64 {
        self.outcomes.dropped()
    }

    /// What decides now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Replaces what decides, as a whole: plans that are being made, and runs of plans made before, keep the old one.
    pub fn replace(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
    }

    /// Whether a plan's answer should be graded, as one of about `rate` of all: those from which most is learned are drawn
    /// more often, each with a known chance ([`Grading`]). `query` is the plan's.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] unless the rate is above 0 and at most 1.
    pub fn should_grade(
        &self,
        plan: &Plan,
        query: &Query<'_>,
        rate: f64,
        scan: &mut Scan,
    ) -> Result<Grading> {
        let snapshot = &plan.snapshot;
        scan.run(&query.ask, snapshot.window);
        Grading::decide(snapshot.estimator.heads().map(|heads| &**heads), scan, &plan.id.to_string(), rate)
    }

    /// Replaces the estimator alone.
    ///
    /// # Errors
    /// None today: whatever can be loaded fits.
    pub fn replace_estimator(&self, estimator: Arc<Estimator>) -> Result<()> {
        let now = self.snapshot.load_full();
        self.replace(now.with_estimator(estimator)?);
        Ok(())
    }

    /// Rungs that no query can reach, and rungs that pay more for less, in words.
    pub fn warnings(&self) -> Vec<String> {
        reach::warnings(&self.snapshot.load())
    }

    /// What decides: equal versions give equal plans.
    pub fn version(&self) -> Arc<str> {
        self.snapshot.load().version.clone()
    }
}
