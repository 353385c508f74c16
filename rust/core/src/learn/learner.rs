//! The learner: rows of outcomes on top of a prior, solved for heads.

use super::codec::{read_learner, write_learner};
use super::design::FitRung;
use super::fit::{Options, Warm, fit};
use super::pending::PendingQueries;
use super::rows::{Place, Row, Rows, digest};
use super::sketch::Sketch;
use crate::estimate::{Curve, Estimator, Heads, Reference};
use crate::features::Scan;
use crate::ladder::Ladder;
use crate::outcome::Outcome;
use crate::query::Structure;
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Learns from outcomes while a governor serves. Add rows as they come, solve now and then, merge with the learners of other
/// processes. Memory is bounded by the capacity: about 600 bytes per row of a hundred words.
///
/// ```
/// use rheostat::estimate::Estimator;
/// use rheostat::features::Scan;
/// use rheostat::outcome::OutcomeKind;
/// use rheostat::ladder::{Ladder, Rung};
/// use rheostat::learn::{Learner, Options, Place, Row, digest};
/// use rheostat::query::Structure;
/// use rheostat::query::Window;
/// let prior = Estimator::shipped();
/// let mut learner = Learner::new(prior, 4_096, None)?;
/// let mut scan = Scan::new();
/// for i in 0..40 {
///     let text = format!("{} number {i}", if i % 2 == 0 { "an easy question" } else { "a riddle" });
///     scan.run(text.as_bytes(), Window::default());
///     let query = digest(text.as_bytes());
///     let place = Place { rung: "fast".into(), model: "small".into() }.into();
///     let score = f64::from(1 - i % 2);
///     let sketch = learner.sketch(prior, &scan, &Structure::default()).into();
///     learner.add(Row { query, group: query, place, score, weight: 1.0, kind: OutcomeKind::Graded, at: 0.0, sketch })?;
/// }
/// let ladder = Ladder::new(vec![Rung::new("fast", "small")], None, None)?;
/// let heads = learner.solve(&ladder, 0.0, Options::default())?;
/// assert!(heads.report().brier < heads.report().brier_prior);
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Learner {
    rows: Rows,
    prior: String,
    curve: Curve,
    warm: Warm,
    pending: Arc<PendingQueries>,
    /// Number of changes so far, and at the last solution.
    changes: usize,
    solved: usize,
}

impl Learner {
    /// An empty learner on top of a prior. It keeps at most `capacity` outcomes. With a half-life, in seconds, the weight of
    /// old outcomes fades.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a capacity or a half-life out of bounds.
    pub fn new(prior: &Estimator, capacity: usize, half_life: Option<f64>) -> Result<Self> {
        Ok(Self::of(Rows::new(capacity, half_life)?, prior))
    }

    fn of(rows: Rows, prior: &Estimator) -> Self {
        let version = prior.prior_version().to_owned();
        Self {
            pending: Arc::new(PendingQueries::new(version.clone(), rows.most())),
            changes: rows.len(),
            rows,
            prior: version,
            curve: prior.curve(),
            warm: Warm::new(),
            solved: 0,
        }
    }

    /// The sketch of a scanned query. The estimator must have the learner's prior; its heads do not matter.
    pub fn sketch(&self, estimator: &Estimator, scan: &Scan, structure: &Structure) -> Sketch {
        Sketch::new(scan, &estimator.estimate(scan, structure))
    }

    /// Adds an outcome. It replaces an older one of the same query and rung. Returns true if anything changed.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the field that is out of bounds.
    pub fn add(&mut self, row: Row) -> Result<bool> {
        let changed = self.rows.add(row)?;
        self.changes += usize::from(changed);
        Ok(changed)
    }

    /// The planned queries that wait for their outcome: at most as many as outcomes are kept. They are part of neither the
    /// artifact nor a merge; copies of a learner share them.
    pub fn pending(&self) -> &Arc<PendingQueries> {
        &self.pending
    }

    /// Adds an outcome of a pending query. Returns false if the query is not pending.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a rung that is not on the ladder, and those of [`add`](Self::add).
    pub fn outcome(&mut self, outcome: &Outcome, ladder: &Ladder) -> Result<bool> {
        let rung = &ladder.rungs()[ladder.index(&outcome.rung)?];
        let query = digest(outcome.plan_id.as_bytes());
        let Some((group, sketch)) = self.pending.get(query) else {
            return Ok(false);
        };
        let place = Arc::new(Place { rung: rung.name.clone(), model: rung.model.clone() });
        let Outcome { score, kind, at, .. } = *outcome;
        self.add(Row { query, group, place, score, weight: 1.0, kind, at, sketch })?;
        Ok(true)
    }

    /// Adds the outcomes of another learner. Merging is commutative, associative and idempotent: learners may merge in any
    /// order and more than once.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another prior, capacity or half-life; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.prior != other.prior {
            let bound = format!("{}, as that of the other", self.prior);
            return Err(Error::invalid("prior", &other.prior, bound));
        }
        self.rows.merge(&other.rows)?;
        self.changes += other.rows.len();
        Ok(())
    }

    /// Fits heads for the rungs of a ladder. It takes milliseconds to seconds: call it off the path that serves, then swap the
    /// result in. A call starts from the solution of the call before.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a time that is not finite, fewer than ten outcomes on the ladder's rungs, outcomes of one score, or
    /// of one group.
    pub fn solve(&mut self, ladder: &Ladder, now: f64, options: Options) -> Result<Heads> {
        if !now.is_finite() {
            return Err(Error::invalid("at", now, "a finite time, in seconds"));
        }
        self.solved = self.changes;
        fit(&self.rows, &with_outcomes(ladder, &self.rows), self.curve, now, options, &mut self.warm)
    }

    /// The reference of an estimator with the solved heads: the distribution of the queries with outcomes. None for fewer than
    /// [`FEWEST_ESTIMATES`](crate::estimate::FEWEST_ESTIMATES) different queries.
    pub fn reference(&self) -> Option<Reference> {
        let queries: BTreeMap<u64, &Sketch> = self.rows.iter().map(|row| (row.query, &*row.sketch)).collect();
        let seen = |sketch: &&Sketch| (f64::from(sketch.location), f64::from(sketch.coverage));
        Reference::of_sketches(&queries.values().map(seen).collect::<Vec<_>>()).ok()
    }

    /// Takes over, from a copy that has solved meanwhile, the start of the next solution and the count of solved outcomes.
    pub fn keep_warm(&mut self, solved: Self) {
        self.warm = solved.warm;
        self.solved = solved.solved;
    }

    /// Number of outcomes that came or changed since the last solution.
    pub fn fresh(&self) -> usize {
        self.changes - self.solved
    }

    /// The outcomes.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Version of the prior.
    pub fn prior(&self) -> &str {
        &self.prior
    }

    /// Writes the learner as an artifact.
    pub fn to_bytes(&self) -> Vec<u8> {
        write_learner(&self.rows, &self.prior)
    }

    /// Reads a learner.
    ///
    /// # Errors
    /// [`Error::Artifact`] when it is damaged, larger than [`MOST_BYTES`](super::MOST_BYTES), or of another version, feature
    /// schema or prior than the estimator's.
    pub fn from_bytes(bytes: &[u8], prior: &Estimator) -> Result<Self> {
        let (rows, version) = read_learner(bytes)?;
        if version != prior.prior_version() {
            let has = prior.prior_version();
            return Err(Error::artifact(format!(
                "its outcomes were sketched with {version}, and the prior is {has}"
            )));
        }
        Ok(Self::of(rows, prior))
    }
}

/// The rungs of a ladder that have outcomes.
fn with_outcomes(ladder: &Ladder, rows: &Rows) -> Vec<FitRung> {
    let answered =
        |rung: &FitRung| rows.iter().any(|row| row.place.rung == rung.rung && row.place.model == rung.model);
    FitRung::of(ladder).into_iter().filter(answered).collect()
}
