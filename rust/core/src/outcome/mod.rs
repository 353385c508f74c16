//! Outcomes of queries, in a bounded queue until the host takes them.

mod plan_id;
mod reliability;

use crate::ladder::Ladder;
use crate::named::named;
use crate::{Error, Result};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use plan_id::PlanId;
pub use reliability::{Reliability, reliability};

named! {
    /// The source of a score.
    pub enum OutcomeKind as "outcome kind" {
        /// A reference answer or a test.
        Graded = "graded",
        /// A judge, such as another model.
        Judge = "judge",
        /// A user's thumb.
        Thumbs = "thumbs",
        /// The user asked again.
        Retry = "retry",
        /// A person or the run went up a rung.
        Escalation = "escalation",
    }
}

/// The result of one query on one rung.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The plan's id.
    pub plan_id: String,
    /// The rung's name.
    pub rung: String,
    /// Score of the answer, in [0, 1].
    pub score: f64,
    /// Source of the score.
    pub kind: OutcomeKind,
    /// Time of the report, in seconds of Unix time.
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

/// A queue of at most `most` outcomes; a full one drops the oldest and counts it.
#[derive(Debug)]
pub(crate) struct Outcomes {
    most: usize,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    outcomes: VecDeque<Outcome>,
    dropped: u64,
}

impl Outcomes {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, queue: Mutex::default() }
    }

    /// No code under the lock can panic, so a poisoned lock is usable.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, outcome: Outcome) {
        let mut queue = self.lock();
        queue.outcomes.push_back(outcome);
        if queue.outcomes.len() > self.most {
            queue.outcomes.pop_front();
            queue.dropped += 1;
        }
    }

    pub(crate) fn all(&self) -> Vec<Outcome> {
        self.lock().outcomes.iter().cloned().collect()
    }

    pub(crate) fn drain(&self) -> Vec<Outcome> {
        std::mem::take(&mut self.lock().outcomes).into()
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.lock().dropped
    }
}

#[cfg(test)]
#[path = "../../tests/unit/outcome.rs"]
mod tests;
