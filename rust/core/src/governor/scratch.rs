//! What a thread that plans uses again from one plan to the next.

use super::current::Current;
use crate::features::Scan;
use arc_swap::{ArcSwap, Cache};
use std::sync::Arc;

/// Scratch of one thread: a scan, and what decides as the governor that it was last used with has it.
///
/// It keeps one snapshot alive, until it is used with another governor or after a reconfiguration; plans are those of
/// [`Governor::plan`](super::Governor::plan).
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    /// The scan.
    pub scan: Scan,
    pub(super) held: Held,
}

/// A snapshot that need not be borrowed anew for each plan, which would be two atomic operations of a plan's four: one look at
/// a pointer says whether it still decides.
#[derive(Debug, Clone, Default)]
pub(super) struct Held(Option<Cache<Arc<ArcSwap<Current>>, Arc<Current>>>);

impl Held {
    /// What decides now, as its owner has it.
    #[inline]
    pub(super) fn current(&mut self, owner: &Arc<ArcSwap<Current>>) -> &Arc<Current> {
        // The owner is kept alive with its snapshot, so that its place is nobody else's.
        if self.0.as_ref().is_some_and(|held| !std::ptr::eq(held.arc_swap(), &raw const **owner)) {
            self.0 = None;
        }
        self.0.get_or_insert_with(|| Cache::new(owner.clone())).load()
    }
}

#[cfg(test)]
mod tests {
    use crate::governor::{Governor, Scratch};
    use crate::ladder::{Ladder, Rung};
    use crate::plan::PlanOptions;
    use crate::policy::Policy;
    use crate::query::Query;
    use std::sync::Arc;

    fn governor(seed: u64) -> Governor {
        let ladder =
            Ladder::new(vec![Rung::new("fast", "small"), Rung::new("deep", "large")], None, None).unwrap();
        let builder = Governor::builder(ladder.into()).policy(Policy::Utility { usd_per_error: 2.0 });
        builder.nonce(seed).build().unwrap()
    }

    #[test]
    fn what_is_held_is_what_decides() {
        let (a, b) = (governor(1), governor(2));
        let query = Query::text("What is the capital of France?", 16_384);
        let mut scratch = Scratch::default();
        let mut holds = |governor: &Governor| {
            let plan = governor.plan_as(&query, &PlanOptions::default(), &mut scratch, |plan| plan).unwrap();
            assert!(Arc::ptr_eq(&plan.snapshot, &governor.snapshot()));
        };
        for _ in 0..2 {
            holds(&a);
            holds(&a);
            holds(&b);
            let before = a.snapshot();
            a.replace_estimator(before.estimator.clone()).unwrap();
            assert!(!Arc::ptr_eq(&before, &a.snapshot()));
            holds(&a);
        }
    }

    #[test]
    fn one_snapshot_is_held_and_no_more() {
        let (a, b) = (governor(1), governor(2));
        let query = Query::text("What is the capital of France?", 16_384);
        let mut scratch = Scratch::default();
        let mut plan = |governor: &Governor| {
            governor.plan_as(&query, &PlanOptions::default(), &mut scratch, drop).unwrap();
        };
        plan(&a);
        let of_a = Arc::downgrade(&a.snapshot());
        drop(a);
        assert!(of_a.upgrade().is_some());
        plan(&b);
        assert!(of_a.upgrade().is_none());
    }
}
