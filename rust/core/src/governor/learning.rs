//! Keeps a governor's estimator up to date with its outcomes: drain, learn, solve, replace, on a schedule.

use super::Governor;
use crate::estimate::Report;
use crate::ladder::Ladder;
use crate::learn::{Learner, Options, Schedule, supersedes};
use crate::math::sigmoid;
use crate::plan::Snapshot;
use crate::{Error, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Learns from a governor's outcomes on a schedule. The host calls [`step`](Self::step) from time to time, off the hot path.
///
/// ```
/// use rheostat::features::Scan;
/// use rheostat::governor::{Governor, Learning, Verdict};
/// use rheostat::ladder::{Ladder, Rung};
/// use rheostat::learn::{Learner, Options, Schedule};
/// use rheostat::outcome::{Outcome, OutcomeKind};
/// use rheostat::plan::PlanOptions;
/// use rheostat::query::Query;
/// use std::sync::{Arc, Mutex};
/// let ladder = Arc::new(Ladder::new(vec![Rung::new("fast", "small")], None, None)?);
/// let governor = Governor::builder(ladder).build()?;
/// let learner = Mutex::new(Learner::new(&governor.snapshot().estimator, 4_096, None)?);
/// let mut learning = Learning::new(&governor, &learner, Schedule::default(), Options::default(), 0.0)?;
/// let mut scan = Scan::new();
/// for i in 0..40 {
///     let text = format!("{} number {i}", if i % 2 == 0 { "an easy question" } else { "a riddle" });
///     let plan = governor.plan(&Query::text(&text, 16_384), &PlanOptions::default(), &mut scan)?;
///     let (plan_id, score) = (plan.id.to_string(), f64::from(1 - i % 2));
///     governor.outcome(Outcome { plan_id, rung: "fast".into(), score, kind: OutcomeKind::Graded, at: 0.0 })?;
/// }
/// let step = learning.step(&governor, &learner, 1.0);
/// assert!(matches!(step.verdict, Verdict::Replaced(_)));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug)]
pub struct Learning {
    schedule: Schedule,
    options: Options,
    solved_at: f64,
}

/// The result of one step.
#[derive(Debug, Clone)]
pub struct LearningStep {
    /// Outcomes that were read.
    pub outcomes: usize,
    /// Outcomes, of those, whose plan is not pending, or whose rung the ladder no longer has.
    pub unknown: usize,
    /// Outcomes that the learner keeps.
    pub rows: usize,
    /// Outcomes, of those, that came since the last solution.
    pub fresh: usize,
    /// The step's effect on the estimator.
    pub verdict: Verdict,
}

/// The effect of a step on the estimator.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It is not time to solve yet.
    Waiting,
    /// The solution failed, or could not be served. The estimator stays.
    Refused(Error),
    /// The solution is not served, because the serving estimator rests on more outcomes.
    Kept {
        /// Report of the solution.
        report: Box<Report>,
        /// Outcomes behind the serving estimator.
        serving: usize,
    },
    /// The solution serves.
    Replaced(Box<Replacement>),
}

/// The replacement of an estimator.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// Report of the new estimator.
    pub report: Report,
    /// Change in ability of each rung with outcomes, in the ladder's order.
    pub moved: Vec<(String, f64)>,
    /// The governor's version before.
    pub before: Arc<str>,
    /// The governor's version since.
    pub after: Arc<str>,
}

impl Verdict {
    /// The name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Refused(_) => "refused",
            Self::Kept { .. } => "kept",
            Self::Replaced(_) => "replaced",
        }
    }

    /// The reason why a due replacement did not happen.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Waiting | Self::Replaced(_) => None,
            Self::Refused(error) => Some(error.to_string()),
            Self::Kept { report, serving } => {
                let solved = report.outcomes;
                Some(format!("the serving estimator rests on {serving} outcomes, the solved one on {solved}"))
            }
        }
    }

    /// Report of the solution.
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Waiting | Self::Refused(_) => None,
            Self::Kept { report, .. } => Some(report),
            Self::Replaced(replacement) => Some(&replacement.report),
        }
    }
}

impl Learning {
    /// Starts to learn from a governor's outcomes. From now on the governor remembers each plan's query for `learner`. `now`
    /// is in seconds of Unix time, like the times of outcomes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for options out of bounds, or a learner with another prior than the governor's; [`Error::State`] if
    /// the governor remembers its plans for another learner.
    pub fn new(
        governor: &Governor,
        learner: &Mutex<Learner>,
        schedule: Schedule,
        options: Options,
        now: f64,
    ) -> Result<Self> {
        options.validate()?;
        governor.remember_for(&lock(learner))?;
        Ok(Self { schedule, options, solved_at: now })
    }

    /// Drains the outcomes into the learner and, when it is time, solves and replaces the governor's estimator. Solving takes
    /// milliseconds to seconds; it works on a copy, so that neither the learner nor plans wait.
    pub fn step(&mut self, governor: &Governor, learner: &Mutex<Learner>, now: f64) -> LearningStep {
        let (snapshot, drained) = (governor.snapshot(), governor.drain_outcomes());
        let mut locked = lock(learner);
        let known =
            drained.iter().filter(|outcome| matches!(locked.outcome(outcome, &snapshot.ladder), Ok(true)));
        let unknown = drained.len() - known.count();
        let (rows, fresh) = (locked.rows().len(), locked.fresh());
        let mut step =
            LearningStep { outcomes: drained.len(), unknown, rows, fresh, verdict: Verdict::Waiting };
        // If the clock was set back, the schedule must not wait for the old time to come again.
        self.solved_at = self.solved_at.min(now);
        if self.schedule.due(fresh, rows, now - self.solved_at) {
            let copy = locked.clone();
            drop(locked);
            self.solved_at = now;
            step.verdict =
                self.solve(governor, &snapshot, learner, copy, now).unwrap_or_else(Verdict::Refused);
        }
        step
    }

    fn solve(
        &self,
        governor: &Governor,
        snapshot: &Snapshot,
        learner: &Mutex<Learner>,
        mut copy: Learner,
        now: f64,
    ) -> Result<Verdict> {
        let serving = &snapshot.estimator;
        same_prior(copy.prior(), serving.prior_version())?;
        let (heads, reference) = (copy.solve(&snapshot.ladder, now, self.options), copy.reference());
        lock(learner).keep_warm(copy);
        let heads = Arc::new(heads?);
        let report = heads.report().clone();
        let earlier = serving.heads().map(|heads| heads.report());
        if !supersedes(&report, earlier, snapshot.drifted.any()) {
            let serving = earlier.map_or(0, |earlier| earlier.outcomes);
            return Ok(Verdict::Kept { report: report.into(), serving });
        }
        let moved = moved(&report, earlier, &snapshot.ladder);
        let mut solved = serving.with_heads(heads);
        if let Some(reference) = reference {
            solved = solved.with_reference(Arc::new(reference));
        }
        governor.replace_estimator(Arc::new(solved))?;
        let (before, after) = (snapshot.version.clone(), governor.version());
        Ok(Verdict::Replaced(Replacement { report, moved, before, after }.into()))
    }
}

/// Change of each rung's ability from an earlier fit, or else from the ladder.
fn moved(report: &Report, earlier: Option<&Report>, ladder: &Ladder) -> Vec<(String, f64)> {
    let before = |name: &str| {
        let known = earlier.and_then(|earlier| earlier.rungs.iter().find(|rung| rung.rung == name));
        known
            .map(|rung| rung.ability)
            .or_else(|| Some(sigmoid(ladder.ability(ladder.index(name).ok()?).logit)))
    };
    let rungs = report.rungs.iter();
    rungs.filter_map(|rung| Some((rung.rung.clone(), rung.ability - before(&rung.rung)?))).collect()
}

impl Governor {
    fn remember_for(&self, learner: &Learner) -> Result<()> {
        same_prior(learner.prior(), self.snapshot().estimator.prior_version())?;
        let pending = self.pending.get_or_init(|| learner.pending().clone());
        if Arc::ptr_eq(pending, learner.pending()) {
            return Ok(());
        }
        Err(Error::state("the governor remembers its plans for another learner"))
    }
}

fn same_prior(learner: &str, governor: &str) -> Result<()> {
    if learner == governor {
        return Ok(());
    }
    Err(Error::invalid("learner", learner, format!("on top of the governor's model, {governor}")))
}

/// Locks a learner. No code under the lock panics, so a poisoned lock is taken as it is.
fn lock(learner: &Mutex<Learner>) -> MutexGuard<'_, Learner> {
    learner.lock().unwrap_or_else(PoisonError::into_inner)
}
