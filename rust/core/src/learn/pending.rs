//! Sketches of planned queries, kept until their outcome comes.

use super::rows::{digest, group_of};
use super::sketch::Sketch;
use crate::estimate::Estimator;
use crate::features::Scan;
use crate::outcome::PlanId;
use crate::query::Query;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sketches by the id of their plan. The oldest leave when there are more than a bound.
///
/// A governor adds a sketch per plan, and a learner reads it when the outcome comes. Its lock is not the learner's, so that a
/// plan never waits for a learner that is copied or saved.
#[derive(Debug)]
pub struct PendingQueries {
    prior: String,
    most: usize,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    by_plan: BTreeMap<u64, (u64, Arc<Sketch>)>,
    order: VecDeque<u64>,
}

impl PendingQueries {
    pub(super) fn new(prior: String, most: usize) -> Self {
        Self { prior, most, queue: Mutex::default() }
    }

    /// Locks the queue. No code under the lock panics, so a poisoned lock is taken as it is.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Version of the model that sketches are made with.
    pub fn prior(&self) -> &str {
        &self.prior
    }

    /// Remembers a query by its plan's id, with its group: [`group_of`] the query where the host names none.
    pub fn remember(&self, plan_id: &str, group: u64, sketch: Sketch) {
        let query = digest(plan_id.as_bytes());
        let sketch = Arc::new(sketch);
        let mut queue = self.lock();
        if queue.by_plan.insert(query, (group, sketch)).is_none() {
            queue.order.push_back(query);
        }
        while queue.order.len() > self.most {
            if let Some(oldest) = queue.order.pop_front() {
                queue.by_plan.remove(&oldest);
            }
        }
    }

    /// Remembers a planned query, if the estimator's model is the learner's. `scan` holds the query.
    #[cold]
    pub(crate) fn remember_planned(&self, id: PlanId, query: &Query<'_>, estimator: &Estimator, scan: &Scan) {
        if estimator.prior_version() == self.prior {
            let sketch = Sketch::new(scan, &estimator.estimate(scan, &query.structure));
            self.remember(&id.to_string(), group_of(query), sketch);
        }
    }

    /// Group and sketch of a query. It stays, because a query may have outcomes on several rungs.
    pub(super) fn get(&self, query: u64) -> Option<(u64, Arc<Sketch>)> {
        self.lock().by_plan.get(&query).cloned()
    }

    /// Number of remembered queries.
    pub fn len(&self) -> usize {
        self.lock().order.len()
    }

    /// True if no query is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
