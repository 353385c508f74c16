//! Queries whose outcome is not known yet, within bounds.

use super::rows::{digest, group_of};
use super::sketch::Sketch;
use crate::estimate::Estimator;
use crate::features::Scan;
use crate::outcome::PlanId;
use crate::query::Query;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sketches by the id of their plan: the newest, up to a bound; the oldest are let go.
///
/// A governor fills it while plans are made, and a learner reads it when outcomes come. It has a lock of its own, so that a plan
/// never waits for a learner that is being copied or saved.
#[derive(Debug)]
pub struct Awaited {
    prior: String,
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    known: BTreeMap<u64, (u64, Arc<Sketch>)>,
    order: VecDeque<u64>,
}

impl Awaited {
    pub(super) fn new(prior: String, most: usize) -> Self {
        Self { prior, most, kept: Mutex::default() }
    }

    /// Nothing that runs under the lock can panic, so a poisoned one is taken as it is.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The version of the model that sketches are made with.
    pub fn prior(&self) -> &str {
        &self.prior
    }

    /// Remembers a query by its plan's id, and the group that it belongs to: [`group_of`] it where the host names none.
    pub fn remember(&self, plan_id: &str, group: u64, sketch: Sketch) {
        let query = digest(plan_id.as_bytes());
        let sketch = Arc::new(sketch);
        let mut kept = self.lock();
        if kept.known.insert(query, (group, sketch)).is_none() {
            kept.order.push_back(query);
        }
        while kept.order.len() > self.most {
            if let Some(oldest) = kept.order.pop_front() {
                kept.known.remove(&oldest);
            }
        }
    }

    /// Remembers a query that was planned with an estimator, if that is of the learner's model. `scan` has just read the query.
    #[cold]
    pub(crate) fn remember_planned(&self, id: PlanId, query: &Query<'_>, estimator: &Estimator, scan: &Scan) {
        if estimator.prior_version() == self.prior {
            let sketch = Sketch::new(scan, &estimator.estimate(scan, &query.structure));
            self.remember(&id.to_string(), group_of(query), sketch);
        }
    }

    /// The group and the sketch of a query. It stays: a query may have outcomes on several rungs.
    pub(super) fn get(&self, query: u64) -> Option<(u64, Arc<Sketch>)> {
        self.lock().known.get(&query).cloned()
    }

    /// How many queries are remembered.
    pub fn len(&self) -> usize {
        self.lock().order.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Structure;
    use crate::query::Window;

    #[test]
    fn the_oldest_are_let_go() {
        let mut scan = Scan::new();
        scan.run(b"a text", Window::default());
        let sketch = Sketch::new(&scan, &Estimator::shipped().estimate(&scan, &Structure::default()));
        let awaited = Awaited::new("a model".into(), 3);
        for (plan, group) in [("1", 10), ("2", 20), ("1", 10), ("3", 30), ("4", 40)] {
            awaited.remember(plan, group, sketch.clone());
        }
        assert_eq!((awaited.len(), awaited.get(digest(b"1"))), (3, None));
        assert_eq!(awaited.get(digest(b"2")).map(|known| known.0), Some(20));
    }
}
