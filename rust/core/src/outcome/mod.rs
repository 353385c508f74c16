//! How queries turned out, kept within bounds until the host takes them.

mod plan_id;
mod reliability;

use crate::ladder::Ladder;
use crate::{Error, Result};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use plan_id::PlanId;
pub use reliability::{Reliability, reliability};

/// How a score is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutcomeKind {
    /// Against a reference answer or a test.
    Graded,
    /// By a judge, such as another model.
    Judge,
    /// By a user's thumb.
    Thumbs,
    /// The user asked again.
    Retry,
    /// Somebody, or the run, had to go up a rung.
    Escalation,
}

impl OutcomeKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Graded, Self::Judge, Self::Thumbs, Self::Retry, Self::Escalation];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Graded => "graded",
            Self::Judge => "judge",
            Self::Thumbs => "thumbs",
            Self::Retry => "retry",
            Self::Escalation => "escalation",
        }
    }

    /// The kind of a name.
    ///
    /// # Errors
    /// [`Error::Unknown`], listing the names.
    pub fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| Error::unknown("outcome kind", name, Self::ALL.map(Self::as_str)))
    }
}

/// How one query turned out on one rung.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The plan's id.
    pub plan_id: String,
    /// The rung's name.
    pub rung: String,
    /// How good the answer was, in [0, 1].
    pub score: f64,
    /// How that is known.
    pub kind: OutcomeKind,
    /// When it was reported, in seconds of Unix time.
    pub at: f64,
}

impl Outcome {
    pub(crate) fn validate(&self, ladder: &Ladder) -> Result<()> {
        self.plan_id.parse::<PlanId>()?;
        ladder.index(&self.rung)?;
        if !(0.0..=1.0).contains(&self.score) {
            return Err(Error::invalid("score", self.score, "between 0 and 1"));
        }
        if !self.at.is_finite() {
            return Err(Error::invalid("at", self.at, "a finite number of seconds"));
        }
        Ok(())
    }
}

#[derive(Debug)]
pub(crate) struct Outcomes {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    list: VecDeque<Outcome>,
    dropped: u64,
}

impl Outcomes {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, kept: Mutex::default() }
    }

    /// Nothing that runs under the lock can panic, so a poisoned one is taken as it is.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, outcome: Outcome) {
        let mut kept = self.lock();
        kept.list.push_back(outcome);
        if kept.list.len() > self.most {
            kept.list.pop_front();
            kept.dropped += 1;
        }
    }

    pub(crate) fn all(&self) -> Vec<Outcome> {
        self.lock().list.iter().cloned().collect()
    }

    pub(crate) fn drain(&self) -> Vec<Outcome> {
        std::mem::take(&mut self.lock().list).into()
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.lock().dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::refuses;
    use crate::ladder::Rung;

    fn outcome(score: f64) -> Outcome {
        Outcome {
            plan_id: PlanId { digest: 1, serial: 2 }.to_string(),
            rung: "fast".into(),
            score,
            kind: OutcomeKind::Graded,
            at: 0.0,
        }
    }

    #[test]
    fn the_oldest_are_dropped_and_counted() {
        let outcomes = Outcomes::new(2);
        for score in [0.1, 0.2, 0.3] {
            outcomes.add(outcome(score));
        }
        assert_eq!(outcomes.all().iter().map(|o| o.score).collect::<Vec<_>>(), [0.2, 0.3]);
        assert_eq!((outcomes.drain().len(), outcomes.drain().len(), outcomes.dropped()), (2, 0, 1));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let ladder = Ladder::new(vec![Rung::new("fast", "m")], None, None).unwrap();
        let text = |o: Outcome| o.validate(&ladder).unwrap_err().to_string();
        assert!(refuses(&text(outcome(f64::NAN)), "score", "NaN"));
        assert!(text(Outcome { rung: "x".into(), ..outcome(1.0) }).starts_with("unknown rung"));
        assert!(refuses(&text(Outcome { plan_id: "7".into(), ..outcome(1.0) }), "plan", "\"7\""));
        assert!(refuses(&text(Outcome { at: f64::INFINITY, ..outcome(1.0) }), "at", "inf"));
        assert!(OutcomeKind::from_name("grade").unwrap_err().to_string().contains("known: graded, judge"));
    }
}
