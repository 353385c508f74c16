//! The state that decides now: a snapshot, and what watches its plans for drift.

use crate::Result;
use crate::estimate::Estimator;
use crate::learn::{Watch, Watching};
use crate::plan::{Drifted, Snapshot};
use std::sync::Arc;

/// One generation of a governor's state. It is swapped as a whole, so that a plan is watched by the watch of the estimator
/// that it was made with.
#[derive(Debug, Clone)]
pub(super) struct Current {
    pub(super) snapshot: Arc<Snapshot>,
    /// None where drift is not watched for. Shared by all generations that have one estimator.
    pub(super) watch: Option<Arc<Watch>>,
    watching: Watching,
}

impl Current {
    pub(super) fn new(snapshot: Arc<Snapshot>, watching: Watching) -> Result<Self> {
        let watch = Watch::new(&snapshot.estimator, watching)?;
        Ok(Self { snapshot, watch, watching })
    }

    /// Another snapshot, watched anew.
    pub(super) fn with_snapshot(&self, snapshot: Snapshot) -> Result<Self> {
        Self::new(Arc::new(snapshot), self.watching)
    }

    /// The snapshot with another estimator, watched anew.
    pub(super) fn with_estimator(&self, estimator: Arc<Estimator>) -> Result<Self> {
        self.with_snapshot(self.snapshot.with_estimator(estimator)?)
    }

    /// The snapshot with other drift flags; the watch goes on.
    pub(super) fn with_drifted(&self, drifted: Drifted) -> Self {
        Self { snapshot: Arc::new(self.snapshot.with_drifted(drifted)), ..self.clone() }
    }
}
