//! The learner: rows, and the prior that they are reckoned against.

use super::awaited::Awaited;
use super::codec::{read_learner, write_learner};
use super::design::Known;
use super::fit::{Options, Warm, fit};
use super::rows::{Place, Row, Rows, digest};
use super::sketch::Sketch;
use crate::estimate::{Curve, Estimator, Heads, Reference};
use crate::features::Scan;
use crate::ladder::{Ladder, dial_logits};
use crate::outcome::Outcome;
use crate::query::Structure;
use crate::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Learns from outcomes while it serves: add rows as they come, solve now and then, merge with the learners of other
/// processes. Memory is bounded by its capacity: about 600 bytes a row of a hundred words.
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
    awaited: Arc<Awaited>,
    /// Changes since the beginning, and how many of them had been made when it was solved last.
    changes: usize,
    solved: usize,
}

impl Learner {
    /// A learner that has seen nothing, on top of a prior. At most `capacity` outcomes are kept; with a half-life, in
    /// seconds, the weight of old ones fades.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a capacity or a half-life out of bounds.
    pub fn new(prior: &Estimator, capacity: usize, half_life: Option<f64>) -> Result<Self> {
        Ok(Self::of(Rows::new(capacity, half_life)?, prior))
    }

    fn of(rows: Rows, prior: &Estimator) -> Self {
        let version = prior.prior_version().to_owned();
        Self {
            awaited: Arc::new(Awaited::new(version.clone(), rows.most())),
            changes: rows.len(),
            rows,
            prior: version,
            curve: prior.curve(),
            warm: Warm::new(),
            solved: 0,
        }
    }

    /// What is kept of a scanned query. The estimator must have the learner's prior; its own heads, if it has any, do not
    /// matter.
    pub fn sketch(&self, estimator: &Estimator, scan: &Scan, structure: &Structure) -> Sketch {
        Sketch::new(scan, &estimator.estimate(scan, structure))
    }

    /// Adds an outcome; one of a query and rung that are known replaces it if it is newer. Returns whether it changed
    /// anything.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the field that is out of bounds.
    pub fn add(&mut self, row: Row) -> Result<bool> {
        let changed = self.rows.add(row)?;
        self.changes += usize::from(changed);
        Ok(changed)
    }

    /// The queries that are remembered until their outcome comes, by their plan's id alone: as many of the newest as outcomes are
    /// kept. They are not part of the artifact, nor of a merge; copies of a learner share them.
    pub fn awaited(&self) -> &Arc<Awaited> {
        &self.awaited
    }

    /// Adds an outcome of a query that is remembered; returns whether it was.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the ladder has no such rung, and as [`add`](Self::add).
    pub fn outcome(&mut self, outcome: &Outcome, ladder: &Ladder) -> Result<bool> {
        let rung = &ladder.rungs()[ladder.index(&outcome.rung)?];
        let query = digest(outcome.plan_id.as_bytes());
        let Some((group, sketch)) = self.awaited.get(query) else {
            return Ok(false);
        };
        let place = Arc::new(Place { rung: rung.name.clone(), model: rung.model.clone() });
        let Outcome { score, kind, at, .. } = *outcome;
        self.add(Row { query, group, place, score, weight: 1.0, kind, at, sketch })?;
        Ok(true)
    }

    /// Takes in what another learner has seen. Merging is commutative, associative and idempotent, so learners may meet in
    /// any order and more than once.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the other has another prior, capacity or half-life; nothing is taken in then.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        if self.prior != other.prior {
            return Err(Error::invalid(
                "prior",
                &other.prior,
                format!("{}, as that of the other", self.prior),
            ));
        }
        self.rows.merge(&other.rows)?;
        self.changes += other.rows.len();
        Ok(())
    }

    /// Fits heads for the rungs of a ladder to the outcomes that are kept. It takes from milliseconds to seconds: call it
    /// off the path that serves, then swap the result in. Later calls begin where the one before ended.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there are fewer than ten outcomes on the ladder's rungs, all of one score, or all of one
    /// group.
    pub fn solve(&mut self, ladder: &Ladder, now: f64, options: Options) -> Result<Heads> {
        self.solved = self.changes;
        let known = known(ladder, &self.rows);
        fit(&self.rows, &known, self.curve, now, options, &mut self.warm)
    }

    /// What the queries look like that outcomes were of: what an estimator with the solved heads is calibrated on. None of
    /// fewer than [`FEWEST_ESTIMATES`](super::FEWEST_ESTIMATES) different ones.
    pub fn reference(&self) -> Option<Reference> {
        let queries: BTreeMap<u64, &Sketch> = self.rows.iter().map(|row| (row.query, &*row.sketch)).collect();
        let seen = |sketch: &&Sketch| (f64::from(sketch.location), f64::from(sketch.evidence));
        Reference::of_sketches(&queries.values().map(seen).collect::<Vec<_>>()).ok()
    }

    /// Takes from a copy that has solved meanwhile where the next solution is to begin, and which outcomes it knew.
    pub fn keep_warm(&mut self, solved: Self) {
        self.warm = solved.warm;
        self.solved = solved.solved;
    }

    /// How many outcomes have come, or changed, since it was solved last.
    pub fn fresh(&self) -> usize {
        self.changes - self.solved
    }

    /// The outcomes that are kept.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The version of the prior.
    pub fn prior(&self) -> &str {
        &self.prior
    }

    /// The learner as an artifact.
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

/// The rungs of a ladder that have outcomes, as a fit wants them.
fn known(ladder: &Ladder, rows: &Rows) -> Vec<Known> {
    let rungs = ladder.rungs().iter().enumerate();
    rungs
        .filter(|(_, rung)| {
            rows.iter().any(|row| row.place.rung == rung.name && row.place.model == rung.model)
        })
        .map(|(i, rung)| Known {
            rung: rung.name.clone(),
            model: rung.model.clone(),
            ability: ladder.ability(i).logit,
            dials: dial_logits(rung),
        })
        .collect()
}
