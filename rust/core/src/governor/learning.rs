//! What keeps a governor's estimator up to date with its outcomes: remember, drain, learn, solve, replace.

use super::Governor;
use crate::estimate::Report;
use crate::ladder::Ladder;
use crate::learn::{Learner, Options, Schedule, supersedes};
use crate::math::sigmoid;
use crate::plan::Snapshot;
use crate::{Error, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Learns from a governor's outcomes on a schedule. The host calls [`step`](Self::step) now and then, off the path that serves.
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

/// What one step read, and what followed.
#[derive(Debug, Clone)]
pub struct Step {
    /// Outcomes that were read.
    pub outcomes: usize,
    /// Of them, those of plans that are not remembered, or of rungs that the ladder no longer has.
    pub unknown: usize,
    /// Outcomes that the learner keeps.
    pub rows: usize,
    /// Of them, those that no solution knows yet.
    pub fresh: usize,
    /// What followed.
    pub verdict: Verdict,
}

/// What followed from a step.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It is not time to solve yet.
    Waiting,
    /// Nothing could be solved, or served: the estimator stays. The reason is in the error.
    Refused(Error),
    /// What was solved is not served, because the estimator that serves rests on more outcomes.
    Kept {
        /// How it was fitted.
        report: Box<Report>,
        /// On how many outcomes the estimator that serves rests.
        serving: usize,
    },
    /// What was solved serves.
    Replaced(Box<Replacement>),
}

/// What changed when the estimator was replaced.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// How the estimator that serves now was fitted.
    pub report: Report,
    /// By how much the ability of each rung with outcomes moved, in the ladder's order.
    pub moved: Vec<(String, f64)>,
    /// The governor's version before.
    pub before: Arc<str>,
    /// The governor's version since.
    pub after: Arc<str>,
}

impl Verdict {
    /// Its name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Refused(_) => "refused",
            Self::Kept { .. } => "kept",
            Self::Replaced(_) => "replaced",
        }
    }

    /// Why the estimator stays, where it was time to replace it.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Waiting | Self::Replaced(_) => None,
            Self::Refused(error) => Some(error.to_string()),
            Self::Kept { report, serving } => {
                let solved = report.outcomes;
                Some(format!(
                    "the estimator that serves rests on {serving} outcomes, the solved one on {solved}"
                ))
            }
        }
    }

    /// How the solved estimator was fitted.
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Waiting | Self::Refused(_) => None,
            Self::Kept { report, .. } => Some(report),
            Self::Replaced(replacement) => Some(&replacement.report),
        }
    }
}

impl Learning {
    /// Learns from a governor's outcomes, from `now` on: each plan's query is remembered for `learner`, until its outcome comes.
    /// Times are in seconds of Unix time, as those of outcomes are.
    ///
    /// # Errors
    /// [`Error::Invalid`] for options out of bounds, or a learner with another prior than the governor's; [`Error::State`] when the governor remembers its
    /// plans for another learner.
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

    /// Reads the outcomes that have come, adds them to the learner and, when it is time, solves and replaces the governor's
    /// estimator. Solving takes from milliseconds to seconds; the learner can be used meanwhile, and plans are not held up.
    pub fn step(&mut self, governor: &Governor, learner: &Mutex<Learner>, now: f64) -> Step {
        let (snapshot, drained) = (governor.snapshot(), governor.drain_outcomes());
        let mut held = lock(learner);
        let known =
            drained.iter().filter(|outcome| matches!(held.outcome(outcome, &snapshot.ladder), Ok(true)));
        let unknown = drained.len() - known.count();
        let (rows, fresh) = (held.rows().len(), held.fresh());
        let mut step = Step { outcomes: drained.len(), unknown, rows, fresh, verdict: Verdict::Waiting };
        // A clock that was set back must not keep the schedule waiting.
        self.solved_at = self.solved_at.min(now);
        if self.schedule.due(fresh, rows, now - self.solved_at) {
            let copy = held.clone();
            drop(held);
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

/// By how much each rung's ability differs from that of an earlier fit, or else from the ladder's.
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
        let awaited = self.awaited.get_or_init(|| learner.awaited().clone());
        if Arc::ptr_eq(awaited, learner.awaited()) {
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

/// Nothing that runs under the lock can panic, so a poisoned one is taken as it is.
fn lock(learner: &Mutex<Learner>) -> MutexGuard<'_, Learner> {
    learner.lock().unwrap_or_else(PoisonError::into_inner)
}
