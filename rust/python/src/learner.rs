//! The learner: outcomes kept, merged and solved for.

use crate::args::{self, instance, read_list};
use crate::clock::{At, wall};
use crate::error::Result;
use crate::estimator::Estimator;
use crate::features::{with_scan, with_scratch};
use crate::files;
use crate::fit::{options, prior};
use crate::fork::detached;
use crate::guarantee::digest;
use crate::ladder::Ladder;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::query::with_query;
use crate::rung::Rung;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyBytes;
use rheostat::features::Scan;
use rheostat::outcome::OutcomeKind;
use rheostat::query::Query;
use rheostat::query::Window;
use rheostat::{Error, estimate, learn as core};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Default number of outcomes that are kept.
const CAPACITY: usize = 8_192;

/// Learns from outcomes while it serves. Thread-safe; memory is bounded by its capacity.
///
/// Args:
///     estimator: The prior that is learned on top of; the shipped model if not given.
///     capacity: How many outcomes are kept, at most 65,536. Of more, a sample is kept.
///     half_life: In how many seconds the weight of an outcome halves; it does not fade if not given.
///
/// Raises:
///     InvalidValueError: A value out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> fast = rh.Rung("fast", model="small")
///     >>> learner = rh.learn.Learner()
///     >>> for i in range(40):
///     ...     _ = learner.add(f"{'Prove' if i % 2 else 'Name'} number {i}", fast, float(i % 2 == 0))
///     >>> len(learner), learner.solve(rh.Ladder([fast])).report.outcomes
///     (40, 40)
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct Learner {
    pub(crate) inner: Mutex<core::Learner>,
    prior: Arc<estimate::Estimator>,
    window: Window,
}

/// Outcomes that are learned from while the learner is locked.
const SOME: usize = 64;

/// The sketch of a query, and the names of its row.
struct Sketched {
    sketch: core::Sketch,
    query: u64,
    group: u64,
}

impl Learner {
    /// Locks the learner. The interpreter runs on while the thread waits, because a copy or a merge holds the lock for long.
    fn lock(&self) -> MutexGuard<'_, core::Learner> {
        Python::attach(|py| self.inner.lock_py_attached(py)).unwrap_or_else(PoisonError::into_inner)
    }

    /// Copies the learner, for work that takes long.
    fn copy(&self, py: Python<'_>) -> core::Learner {
        detached(py, || self.inner.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// An empty learner on top of an estimator, with the defaults of [`new`](Self::new).
    pub(crate) fn over(prior: Arc<estimate::Estimator>, window: Window) -> Result<Self> {
        let inner = Mutex::new(core::Learner::new(&prior, CAPACITY, None)?);
        Ok(Self { inner, prior, window })
    }

    fn sketch(&self, scan: &Scan, query: &Query<'_>, names: (u64, u64)) -> Sketched {
        let sketch = core::Sketch::new(scan, &self.prior.estimate(scan, &query.structure));
        Sketched { sketch, query: names.0, group: names.1 }
    }

    fn sketch_plan(
        &self,
        py: Python<'_>,
        plan: &Plan,
        id: Option<u64>,
        group: Option<u64>,
    ) -> Result<Sketched> {
        plan.source.with_query(py, self.window.bytes, |query| {
            let names = core::row_names(query, Some(plan.inner.id), id, group);
            with_scratch(|scratch| self.sketch(scratch.scan_of(&plan.inner, &query.ask), query, names))
        })
    }

    fn read(py: Python<'_>, bytes: &[u8], estimator: Option<&Bound<'_, Estimator>>) -> Result<Self> {
        let (prior, window) = prior(estimator);
        let learner = py.detach(|| core::Learner::from_bytes(bytes, &prior))?;
        Ok(Self { inner: Mutex::new(learner), prior, window })
    }
}

#[pymethods]
impl Learner {
    #[new]
    #[pyo3(signature = (estimator = None, *, capacity = 8_192, half_life = None))]
    fn new(
        estimator: Option<&Bound<'_, Estimator>>,
        #[pyo3(from_py_with = int)] capacity: i128,
        #[pyo3(from_py_with = args::some_real::half_life)] half_life: Option<f64>,
    ) -> Result<Self> {
        let (prior, window) = prior(estimator);
        Ok(Self {
            inner: Mutex::new(core::Learner::new(
                &prior,
                whole("capacity", capacity, 1..=core::MOST_ROWS)?,
                half_life,
            )?),
            prior,
            window,
        })
    }

    /// Adds an outcome. One of the same query and rung as another replaces it if it is newer.
    ///
    /// Args:
    ///     query: The text, or the plan that was made for it.
    ///     rung: The rung that answered.
    ///     score: How good the answer was, in [0, 1].
    ///     kind: How that is known: `"graded"`, `"judge"`, `"thumbs"`, `"retry"` or `"escalation"`.
    ///     at: When, in seconds of Unix time; now if not given.
    ///     id: What names the query; the plan's id, or else the text itself, if not given.
    ///     group: The independent unit that it belongs to, such as a user; the ask itself if not given.
    ///     weight: How many outcomes it counts for.
    ///
    /// Returns:
    ///     Whether anything changed.
    ///
    /// Raises:
    ///     InvalidValueError: A value out of bounds.
    ///     UnknownNameError: No such kind.
    #[pyo3(signature = (
        query: "_Text | Plan", rung, score, *, kind: "_OutcomeKind" = "graded", at = None, id: "_Name | None" = None,
        group: "_Name | None" = None, weight = 1.0
    ))]
    fn add(
        &self,
        py: Python<'_>,
        query: &Bound<'_, PyAny>,
        rung: &Bound<'_, Rung>,
        #[pyo3(from_py_with = args::real::score)] score: f64,
        #[pyo3(from_py_with = args::choice::kind)] kind: &str,
        at: Option<At>,
        id: Option<&Bound<'_, PyAny>>,
        group: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::real::weight)] weight: f64,
    ) -> Result<bool> {
        let kind = OutcomeKind::from_name(kind)?;
        let id = id.map(|id| digest(id, "id")).transpose()?;
        let group = group.map(|group| digest(group, "group")).transpose()?;
        let Sketched { sketch, query, group } = match query.cast::<Plan>() {
            Ok(plan) => self.sketch_plan(py, plan.get(), id, group)?,
            Err(_) => with_query(Some(query), None, None, self.window.bytes, |query| {
                with_scan(|scan| {
                    scan.run(&query.ask, self.window);
                    self.sketch(scan, query, core::row_names(query, None, id, group))
                })
            })?,
        };
        let row = core::Row {
            query,
            group,
            place: Arc::new(core::Place {
                rung: rung.get().inner.name.clone(),
                model: rung.get().inner.model.clone(),
            }),
            score,
            weight,
            kind,
            at: wall(at),
            sketch: Arc::new(sketch),
        };
        // Nothing of Python's runs under the lock.
        Ok(self.lock().add(row)?)
    }

    /// Remembers a plan's query until its outcome comes, by the plan's id alone. As many of the newest plans are remembered as
    /// outcomes are kept; they are neither saved nor merged.
    ///
    /// Args:
    ///     plan: The plan.
    ///     group: The independent unit that it belongs to, such as a user; the ask itself if not given.
    #[pyo3(signature = (plan, *, group: "_Name | None" = None))]
    fn remember(
        &self,
        py: Python<'_>,
        plan: &Bound<'_, Plan>,
        group: Option<&Bound<'_, PyAny>>,
    ) -> Result<()> {
        let plan = plan.get();
        let group = group.map(|group| digest(group, "group")).transpose()?;
        let Sketched { sketch, group, .. } = self.sketch_plan(py, plan, None, group)?;
        let pending = self.lock().pending().clone();
        pending.remember(&plan.inner.id.to_string(), group, sketch);
        Ok(())
    }

    /// Adds outcomes of plans that are remembered, such as `governor.drain_outcomes()`.
    ///
    /// Args:
    ///     outcomes: The outcomes.
    ///     ladder: The rungs that they name.
    ///
    /// Returns:
    ///     How many of them were of plans that are remembered.
    ///
    /// Raises:
    ///     UnknownNameError: The ladder has no such rung.
    #[pyo3(signature = (outcomes: "Iterable[Outcome]", ladder))]
    fn learn(
        &self,
        py: Python<'_>,
        outcomes: &Bound<'_, PyAny>,
        ladder: &Bound<'_, Ladder>,
    ) -> Result<usize> {
        let outcomes = read_list(outcomes, "outcomes", "an iterable of Outcome", |item, what| {
            Ok(instance::<Outcome>(item, what, "an Outcome")?.get().inner.clone())
        })?;
        let ladder = ladder.get().inner.clone();
        // Thousands take a tenth of a second: the interpreter runs on, and a plan that is remembered waits for some of them only.
        let known = detached(py, || {
            let mut known = 0;
            for some in outcomes.chunks(SOME) {
                let mut learner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
                for outcome in some {
                    known += usize::from(learner.outcome(outcome, &ladder)?);
                }
            }
            Ok::<_, Error>(known)
        });
        Ok(known?)
    }

    /// Takes in what another learner has seen: in any order, any number of times.
    ///
    /// Raises:
    ///     InvalidValueError: The other has another prior, capacity or half-life.
    fn merge(&self, py: Python<'_>, other: &Bound<'_, Self>) -> Result<()> {
        let other = other.get().copy(py);
        Ok(detached(py, || self.inner.lock().unwrap_or_else(PoisonError::into_inner).merge(&other))?)
    }

    /// Fits heads to the outcomes that are kept: an estimator, for a governor to use from now on. It takes from
    /// milliseconds to seconds, and the interpreter is let go meanwhile.
    ///
    /// Args:
    ///     ladder: The rungs.
    ///     at: Time from which ages are counted, in seconds of Unix time; now if not given.
    ///     folds: Number of parts of the cross-validation.
    ///     seed: Seed of the folds, and of the report's interval.
    ///
    /// Raises:
    ///     InvalidValueError: Fewer than ten outcomes on the ladder's rungs, all scores equal, or a single group.
    #[pyo3(signature = (ladder, *, at = None, folds = 5, seed = 0))]
    fn solve(
        &self,
        py: Python<'_>,
        ladder: &Bound<'_, Ladder>,
        at: Option<At>,
        #[pyo3(from_py_with = int)] folds: i128,
        #[pyo3(from_py_with = int)] seed: i128,
    ) -> Result<Estimator> {
        let options = options(folds, seed)?;
        let (ladder, now) = (ladder.get().inner.clone(), wall(at));
        // On a copy, so that outcomes can be added meanwhile.
        let mut learner = self.copy(py);
        let (heads, reference) =
            py.detach(|| Ok::<_, Error>((learner.solve(&ladder, now, options)?, learner.reference())))?;
        self.lock().keep_warm(learner);
        let mut solved = self.prior.with_heads(Arc::new(heads));
        if let Some(reference) = reference {
            solved = solved.with_reference(Arc::new(reference));
        }
        Ok(Estimator { inner: Arc::new(solved), window: self.window })
    }

    /// Writes the learner to a file.
    ///
    /// Raises:
    ///     OSError: The file cannot be written.
    fn save(&self, py: Python<'_>, path: PathBuf) -> Result<()> {
        let learner = self.copy(py);
        files::write(py, &path, &py.detach(|| learner.to_bytes()))
    }

    /// Reads a learner from a file.
    ///
    /// Raises:
    ///     OSError: The file cannot be read.
    ///     ArtifactError: It is damaged, too large, or of another version or prior.
    #[staticmethod]
    #[pyo3(signature = (path, estimator = None))]
    fn load(py: Python<'_>, path: PathBuf, estimator: Option<&Bound<'_, Estimator>>) -> Result<Self> {
        Self::read(py, &files::read(py, &path, core::MOST_BYTES)?, estimator)
    }

    /// The learner as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let learner = self.copy(py);
        PyBytes::new(py, &py.detach(|| learner.to_bytes()))
    }

    /// Reads a learner from bytes.
    ///
    /// Raises:
    ///     ArtifactError: It is damaged, too large, or of another version or prior.
    #[staticmethod]
    #[pyo3(signature = (data, estimator = None))]
    fn from_bytes(py: Python<'_>, data: &[u8], estimator: Option<&Bound<'_, Estimator>>) -> Result<Self> {
        Self::read(py, data, estimator)
    }

    fn __len__(&self) -> usize {
        self.lock().rows().len()
    }

    fn __repr__(&self) -> String {
        let learner = self.lock();
        format!("Learner({} of at most {} outcomes)", learner.rows().len(), learner.rows().most())
    }
}
