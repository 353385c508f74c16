//! A log of texts and scores by rung: fits heads, calibrates chances, certifies a policy.
//!
//! Each of the three scans every text once. A text without a group belongs to the [group of its ask](super::group_of), as rows
//! of a [`Learner`] do, so that cross-validation never has one ask on both sides.

use super::calibration::CalibrationReport;
use super::fit::Options;
use super::learner::Learner;
use super::recalibrate::{RungScores, recalibrated, uncalibrated};
use super::rows::{MOST_ROWS, Place, Row, group_of};
use super::sketch::Sketch;
use crate::estimate::{Estimate, Estimator, Reference};
use crate::features::Scan;
use crate::ladder::{Ladder, Rung, RungCost};
use crate::outcome::OutcomeKind;
use crate::policy::{Graded, Guaranteed};
use crate::query::{Reader, Window};
use crate::{Error, Result};
use std::sync::Arc;

/// Texts, with the scores of some rungs' answers.
///
/// ```
/// use rheostat::estimate::Estimator;
/// use rheostat::ladder::{Ladder, Rung};
/// use rheostat::learn::{Log, Options};
/// use rheostat::query::{Query, Window};
/// let texts = (0..60).map(|i| format!("{} number {i}", if i % 2 == 0 { "an easy question" } else { "a riddle" }));
/// let ladder = Ladder::new(vec![Rung::new("fast", "small")], None, None)?;
/// let mut log = Log::new(texts.collect(), |text: &String, cap| Query::text(text, cap), ladder.into());
/// log.add("fast", (0..60).map(|i| f64::from(1 - i % 2)).collect())?;
/// let fitted = log.fit(Estimator::shipped(), Window::default(), Options::default())?;
/// assert!(fitted.heads().is_some_and(|heads| heads.report().brier < heads.report().brier_prior));
/// # Ok::<(), rheostat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Log<T> {
    texts: Vec<T>,
    read: Reader<T>,
    ladder: Arc<Ladder>,
    columns: Vec<Column>,
    groups: Option<Vec<Option<u64>>>,
    weights: Option<Vec<f64>>,
    kind: OutcomeKind,
}

/// The scores of one rung, one per text; NaN where there is none.
#[derive(Debug, Clone)]
struct Column {
    rung: usize,
    place: Arc<Place>,
    scores: Vec<f64>,
}

impl Column {
    fn name(&self) -> String {
        column_name(&self.place.rung)
    }

    /// The rows with a score.
    fn scored(&self) -> impl Iterator<Item = (usize, f64)> {
        self.scores.iter().copied().enumerate().filter(|(_, score)| !score.is_nan())
    }
}

fn column_name(rung: &str) -> String {
    format!("outcomes[{rung:?}]")
}

/// The estimate and the group of one text.
struct ScoredText {
    estimate: Estimate,
    group: u64,
}

impl<T> Log<T> {
    /// A log of graded texts without scores; `read` reads each text.
    pub fn new(texts: Vec<T>, read: Reader<T>, ladder: Arc<Ladder>) -> Self {
        Self {
            texts,
            read,
            ladder,
            columns: Vec::new(),
            groups: None,
            weights: None,
            kind: OutcomeKind::Graded,
        }
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True if there is no text.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Adds the scores of a rung's answers, one per text: in [0, 1], NaN where there is none.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a rung that is not on the ladder; [`Error::Invalid`] unless there is one score per text.
    pub fn add(&mut self, rung: &str, scores: Vec<f64>) -> Result<()> {
        let index = self.ladder.index(rung)?;
        let model = self.ladder.rungs()[index].model.clone();
        let scores = self.of_length(scores, &column_name(rung))?;
        self.columns.push(Column {
            rung: index,
            place: Place { rung: rung.to_owned(), model }.into(),
            scores,
        });
        Ok(())
    }

    /// Sets the independent unit of each text: a [`digest`](super::digest) of a question's or a user's name. None: the group of
    /// the ask.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there is one group per text.
    pub fn group_by(&mut self, groups: Vec<Option<u64>>) -> Result<()> {
        self.groups = Some(self.of_length(groups, "groups")?);
        Ok(())
    }

    /// Sets the weight of each text's scores, in outcomes; 1 without it.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there is one weight per text.
    pub fn weigh(&mut self, weights: Vec<f64>) -> Result<()> {
        self.weights = Some(self.of_length(weights, "weights")?);
        Ok(())
    }

    /// Sets the kind of the scores; graded without it.
    pub fn set_kind(&mut self, kind: OutcomeKind) {
        self.kind = kind;
    }

    fn of_length<V>(&self, values: Vec<V>, what: &str) -> Result<Vec<V>> {
        let length = self.texts.len();
        if values.len() == length {
            return Ok(values);
        }
        let bound = format!("one for each of {length} texts");
        Err(Error::invalid(what, format!("{} values", values.len()), bound))
    }

    /// Fits heads to the log. Returns the prior with those heads, and with the log's texts as its reference.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a score or weight out of bounds, naming column and row, and those of [`Learner::solve`].
    pub fn fit(&self, prior: &Estimator, window: Window, options: Options) -> Result<Estimator> {
        let mut learner = Learner::new(prior, MOST_ROWS, None)?;
        let mut estimates = Vec::with_capacity(self.texts.len());
        let mut row = 0;
        self.read(prior, window, |scan, seen| {
            let sketch = Arc::new(Sketch::new(scan, &seen.estimate));
            estimates.push(seen.estimate);
            row += 1;
            self.teach(&mut learner, row - 1, seen.group, &sketch)
        })?;
        let heads = learner.solve(&self.ladder, 0.0, options)?;
        Ok(with_reference(prior.with_heads(Arc::new(heads)), &estimates))
    }

    /// Adds a text's outcomes to a learner.
    fn teach(&self, learner: &mut Learner, row: usize, group: u64, sketch: &Arc<Sketch>) -> Result<()> {
        for column in self.columns.iter().filter(|column| !column.scores[row].is_nan()) {
            let outcome = Row {
                query: row as u64,
                group,
                place: column.place.clone(),
                score: column.scores[row],
                weight: self.weights.as_ref().map_or(1.0, |weights| weights[row]),
                kind: self.kind,
                at: 0.0,
                sketch: sketch.clone(),
            };
            learner.add(outcome).map_err(|error| at_row(error, column, row))?;
        }
        Ok(())
    }

    /// Calibrates the chances of each rung of the log. Returns the estimator with the maps that are better on held-out outcomes
    /// and with the log's texts as its reference, and a report per rung.
    ///
    /// # Errors
    /// Those of [`recalibrated`].
    pub fn calibrate(
        &self,
        estimator: &Estimator,
        window: Window,
    ) -> Result<(Estimator, Vec<(String, CalibrationReport)>)> {
        let base = uncalibrated(estimator, &self.ladder)?;
        let seen = self.seen(&base, window)?;
        let scored = |column: &Column| {
            let view = base.view(&self.ladder.rungs()[column.rung], self.ladder.ability(column.rung));
            let mut scored = RungScores { rung: column.place.rung.clone(), ..RungScores::default() };
            for (row, score) in column.scored() {
                scored.chances.push(seen[row].estimate.p_correct_of(&view));
                scored.scores.push(score);
                scored.groups.push(seen[row].group);
            }
            scored
        };
        let scored: Vec<RungScores> = self.columns.iter().map(scored).collect();
        let (calibrated, reports) = recalibrated(estimator, &self.ladder, &scored)?;
        let estimates: Vec<Estimate> = seen.iter().map(|seen| seen.estimate).collect();
        let named = scored.into_iter().map(|scored| scored.rung).zip(reports).collect();
        Ok((with_reference(calibrated, &estimates), named))
    }

    /// Certifies a policy for an estimator: [`Guaranteed::calibrated`] on the texts with a score of every rung.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a rung of the ladder without a column, and those of [`Guaranteed::calibrated`].
    pub fn certify(&self, policy: &Guaranteed, estimator: &Estimator, window: Window) -> Result<Guaranteed> {
        let rungs = self.ladder.rungs();
        let column = |rung: &Rung| {
            let found = self.columns.iter().find(|column| column.place.rung == rung.name);
            found.ok_or_else(|| Error::invalid(column_name(&rung.name), "none", "scores of every rung"))
        };
        let columns = rungs.iter().map(column).collect::<Result<Vec<_>>>()?;
        let costs: Vec<_> = rungs.iter().map(RungCost::of).collect();
        let views: Vec<_> =
            rungs.iter().zip(self.ladder.abilities()).map(|(rung, &a)| estimator.view(rung, a)).collect();
        let graded = self.seen(estimator, window)?.into_iter().enumerate().map(|(row, seen)| Graded {
            chances: views.iter().map(|view| seen.estimate.p_correct_of(view)).collect(),
            usd: costs.iter().map(|cost| cost.usd(&seen.estimate.load())).collect(),
            scores: columns.iter().map(|column| column.scores[row]).collect(),
            group: seen.group,
        });
        let whole: Vec<_> =
            graded.filter(|graded| !graded.scores.iter().any(|score| score.is_nan())).collect();
        policy.calibrated(&whole, estimator.version(), &self.ladder)
    }

    fn seen(&self, estimator: &Estimator, window: Window) -> Result<Vec<ScoredText>> {
        let mut all = Vec::with_capacity(self.texts.len());
        self.read(estimator, window, |_, seen| {
            all.push(seen);
            Ok(())
        })?;
        Ok(all)
    }

    /// Calls `f` with the scan of each text, in order.
    fn read(
        &self,
        estimator: &Estimator,
        window: Window,
        mut f: impl FnMut(&Scan, ScoredText) -> Result<()>,
    ) -> Result<()> {
        let mut scan = Scan::new();
        for (row, text) in self.texts.iter().enumerate() {
            let query = (self.read)(text, window.bytes);
            scan.run(&query.ask, window);
            let named = self.groups.as_ref().and_then(|groups| groups[row]);
            let group = named.unwrap_or_else(|| group_of(&query));
            f(&scan, ScoredText { estimate: estimator.estimate(&scan, &query.structure), group })?;
        }
        Ok(())
    }
}

/// Adds estimates as the reference, if there are enough of them.
fn with_reference(estimator: Estimator, estimates: &[Estimate]) -> Estimator {
    match Reference::new(estimates) {
        Ok(reference) => estimator.with_reference(Arc::new(reference)),
        Err(_) => estimator,
    }
}

/// Adds column and row to an error.
fn at_row(error: Error, column: &Column, row: usize) -> Error {
    match error {
        Error::Invalid { what, value, bound } if what == "score" => {
            Error::invalid(format!("{}[{row}]", column.name()), value, format!("{bound}, or NaN"))
        }
        Error::Invalid { what, value, bound } => Error::invalid(format!("{what}s[{row}]"), value, bound),
        other => other,
    }
}
