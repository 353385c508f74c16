//! The current state of a governor: a snapshot, and the drift watch of its plans.

use crate::Result;
use crate::estimate::Estimator;
use crate::learn::{DriftOptions, DriftWatch};
use crate::plan::{Drifted, Snapshot};
use std::sync::Arc;

/// One generation of a governor's state. It is swapped as a whole, so that a plan always goes to the watch of its own
/// estimator.
#[derive(Debug, Clone)]
pub(super) struct Current {
    pub(super) snapshot: Arc<Snapshot>,
    /// None if drift is switched off. Generations with one estimator share it.
    pub(super) watch: Option<Arc<DriftWatch>>,
    watching: DriftOptions,
}

impl Current {
    pub(super) fn new(snapshot: Arc<Snapshot>, watching: DriftOptions) -> Result<Self> {
        let watch = DriftWatch::new(&snapshot.estimator, watching)?;
        Ok(Self { snapshot, watch, watching })
    }

    /// Makes the next generation with another snapshot and a new watch. Retries go on from the same budget, and breakers
    /// stay as they are.
    pub(super) fn with_snapshot(&self, mut snapshot: Snapshot) -> Result<Self> {
        snapshot.retries = self.snapshot.retries.clone();
        snapshot.breakers = self.snapshot.breakers.clone();
        Self::new(Arc::new(snapshot), self.watching)
    }

    /// Makes the next generation with another estimator and a new watch.
    pub(super) fn with_estimator(&self, estimator: Arc<Estimator>) -> Result<Self> {
        self.with_snapshot(self.snapshot.with_estimator(estimator)?)
    }

    /// Makes the next generation with other drift flags; the watch goes on.
    pub(super) fn with_drifted(&self, drifted: Drifted) -> Self {
        Self { snapshot: Arc::new(self.snapshot.with_drifted(drifted)), ..self.clone() }
    }
}
