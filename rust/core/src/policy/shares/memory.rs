//! The learned part of shares: sketches of difficulties by estimator, and the debts of a ladder's thresholds.

use super::keeper::Keeper;
use super::sketch::{Sketch, lock};
use std::sync::{Arc, Mutex, OnceLock};

/// Estimators whose sketches are kept.
pub(super) const MOST_SKETCHES: usize = 8;

/// The learned sketches and debts. They outlive the governors that use them.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// By the estimator's version without its heads, the least recently taken first.
    sketches: Mutex<Vec<(String, Arc<Sketch>)>>,
    keeper: Mutex<Option<Arc<Keeper>>>,
    /// The shares that the first governor of the policy chose.
    pub(super) chosen: OnceLock<Arc<[f64]>>,
}

impl Memory {
    /// The sketches by estimator.
    pub(super) fn sketches(&self) -> Vec<(String, Arc<Sketch>)> {
        lock(&self.sketches).clone()
    }

    /// The sketch of an estimator, or else a new one in the place of the least recently taken.
    pub(super) fn sketch(&self, estimator: &str, new: impl FnOnce() -> Sketch) -> Arc<Sketch> {
        let mut sketches = lock(&self.sketches);
        let place = sketches.iter().position(|(version, _)| version == estimator);
        let found = match place {
            Some(place) => sketches.remove(place),
            None => (estimator.to_owned(), Arc::new(new())),
        };
        let sketch = found.1.clone();
        sketches.push(found);
        if sketches.len() > MOST_SKETCHES {
            sketches.remove(0);
        }
        sketch
    }

    /// The debts, or new ones if they are not of as many rungs.
    pub(super) fn keeper(&self, rungs: usize) -> Arc<Keeper> {
        let mut kept = lock(&self.keeper);
        let fitting = kept.take().filter(|keeper| keeper.rungs() == rungs);
        let keeper = fitting.unwrap_or_else(|| Arc::new(Keeper::new(rungs)));
        *kept = Some(keeper.clone());
        keeper
    }
}
