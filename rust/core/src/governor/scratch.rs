//! Per-thread buffers. Reusing them keeps `plan` free of allocations.

use super::current::Current;
use crate::features::Scan;
use crate::outcome::PlanId;
use crate::plan::Plan;
use arc_swap::{ArcSwap, Cache};
use std::sync::Arc;

/// Buffers of one thread: a scan, and the snapshot of the governor that it was last used with.
///
/// It keeps that snapshot alive until it is used with another governor or after a reconfiguration.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    pub(super) scan: Scan,
    /// The plan whose ask the scan holds.
    pub(super) scanned: Option<PlanId>,
    pub(super) cached: SnapshotCache,
}

impl Scratch {
    /// The scan, for another text.
    pub fn scan(&mut self) -> &mut Scan {
        self.scanned = None;
        &mut self.scan
    }

    /// The scan of a plan's ask. It reads the ask again only if the thread has scanned another text since.
    pub fn scan_of(&mut self, plan: &Plan, ask: &[u8]) -> &Scan {
        if self.scanned != Some(plan.id) {
            self.scan.run(ask, plan.snapshot.window);
            self.scanned = Some(plan.id);
        }
        &self.scan
    }
}

/// A cached snapshot. Checking it is one load of a pointer; borrowing it anew would add two atomic operations to a plan's two.
#[derive(Debug, Clone, Default)]
pub(super) struct SnapshotCache(Option<Cache<Arc<ArcSwap<Current>>, Arc<Current>>>);

impl SnapshotCache {
    /// The owner's current snapshot.
    #[inline]
    pub(super) fn current(&mut self, owner: &Arc<ArcSwap<Current>>) -> &Arc<Current> {
        // The cache keeps the owner alive, so no other governor can get its address.
        if self.0.as_ref().is_some_and(|cache| !std::ptr::eq(cache.arc_swap(), &raw const **owner)) {
            self.0 = None;
        }
        self.0.get_or_insert_with(|| Cache::new(owner.clone())).load()
    }
}
