//! Fitting an estimator to a log, and what a fit reports.

use crate::calibration::{compared_with, estimates};
use crate::convert::{self, Text, reals};
use crate::error::{Result, wrong_type};
use crate::estimator::{Estimator, shipped};
use crate::guarantee::digest;
use crate::ladder::Ladder;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use rheostat::outcome::OutcomeKind;
use rheostat::query::Query;
use rheostat::query::Window;
use rheostat::{Error, estimate, features, learn as core};
use std::sync::Arc;

/// A digest of each element that names a group.
pub(crate) fn digests(names: &Bound<'_, PyAny>, what: &str) -> Result<Vec<u64>> {
    let Ok(iterator) = names.try_iter() else {
        return Err(wrong_type(what, names, "an iterable of str, bytes or int"));
    };
    if names.is_instance_of::<PyString>() {
        return Err(wrong_type(what, names, "an iterable of str, bytes or int"));
    }
    iterator.enumerate().map(|(i, name)| digest(&name?, &format!("{what}[{i}]"))).collect()
}

/// Learns a deployment from its outcomes: an estimator whose chances are the prior's, moved by a head for each model.
///
/// Heads are fitted by ridge regression over hashed words, pairs of words and a few features, and are kept only as far as
/// they are not worse than the prior on texts held out of the fit; `report` says by how much they are better. Nothing is
/// kept of the texts but hashes' weights.
///
/// Args:
///     texts: The queries, as `str` or bytes.
///     outcomes: For each rung's name the scores of its answers, one for each text: in [0, 1], NaN where there is none.
///     ladder: The rungs.
///     groups: The independent unit of each text, such as a question that several texts ask or a user: a group is held out
///         as a whole. Texts of one ask are one group if not given.
///     weights: How many outcomes each text's count for, above 0.
///     kind: How the scores are known: `"graded"`, `"judge"`, `"thumbs"`, `"retry"` or `"escalation"`; each has a noise level.
///     estimator: The prior; the shipped model if not given.
///     folds: In how many parts the groups are held out in turn.
///     seed: What folds, and the draws of the report's interval, are drawn from.
///
/// Raises:
///     InvalidValueError: A score outside [0, 1] (the message names rung and row), columns of different lengths, fewer
///         than ten outcomes, all scores equal, or a single group.
///     UnknownNameError: No rung of that name on the ladder, or no such kind.
///
/// Example:
///     >>> import rheostat as rh
///     >>> ladder = rh.Ladder([rh.Rung("fast"), rh.Rung("deep")])
///     >>> texts = [f"Prove lemma {i}" if i % 2 else f"What is the capital of country {i}?" for i in range(60)]
///     >>> fitted = rh.fit(texts, {"fast": [float(i % 2 == 0) for i in range(60)], "deep": [1.0] * 60}, ladder)
///     >>> hard, easy = fitted.gain(["Prove lemma 99", "What is the capital of country 99?"], "fast", "deep")
///     >>> bool(hard > easy), fitted.report.outcomes
///     (True, 120)
#[pyfunction]
#[pyo3(signature = (
    texts: "Iterable[_Text]", outcomes, ladder, groups: "Iterable[_Name] | None" = None,
    weights: "_Numbers | None" = None, *, kind: "_OutcomeKind" = "graded", estimator = None, folds = 5, seed = 0
))]
pub(crate) fn fit(
    py: Python<'_>,
    texts: &Bound<'_, PyAny>,
    outcomes: &Bound<'_, PyDict>,
    ladder: &Bound<'_, Ladder>,
    groups: Option<&Bound<'_, PyAny>>,
    weights: Option<&Bound<'_, PyAny>>,
    kind: &str,
    estimator: Option<&Bound<'_, Estimator>>,
    #[pyo3(from_py_with = int)] folds: i128,
    #[pyo3(from_py_with = int)] seed: i128,
) -> Result<Estimator> {
    let log = Log::read(texts, outcomes, ladder, groups, weights, kind)?;
    let (prior, window) = prior(estimator);
    let ladder = ladder.get().inner.clone();
    let options = options(folds, seed)?;
    let fitted = py.detach(|| {
        let heads = log.learner(&prior, window)?.solve(&ladder, 0.0, options)?;
        let reference = estimates(&prior, &log.texts, window);
        Ok::<_, Error>(compared_with(prior.with_heads(Arc::new(heads)), &reference))
    })?;
    Ok(Estimator { inner: Arc::new(fitted), window })
}

pub(crate) fn prior(estimator: Option<&Bound<'_, Estimator>>) -> (Arc<estimate::Estimator>, Window) {
    estimator.map_or_else(|| (shipped(), Window::default()), |e| (e.get().inner.clone(), e.get().window))
}

pub(crate) fn options(folds: i128, seed: i128) -> Result<core::Options> {
    let (folds, seed) = (whole("folds", folds, 0..=usize::MAX)?, whole("seed", seed, 0..=u64::MAX)?);
    Ok(core::Options { folds, seed, ..core::Options::default() })
}

fn of_length<T>(values: Vec<T>, length: usize, what: &str) -> Result<Vec<T>> {
    if values.len() == length {
        return Ok(values);
    }
    Err(Error::invalid(what, format!("{} values", values.len()), format!("one for each of {length} texts"))
        .into())
}

/// What `fit` and its kin are given.
pub(crate) struct Log {
    pub(crate) texts: Vec<Text>,
    pub(crate) columns: Vec<(String, Arc<core::Place>, Vec<f64>)>,
    groups: Option<Vec<u64>>,
    weights: Option<Vec<f64>>,
    kind: OutcomeKind,
}

impl Log {
    pub(crate) fn read(
        texts: &Bound<'_, PyAny>,
        outcomes: &Bound<'_, PyDict>,
        ladder: &Bound<'_, Ladder>,
        groups: Option<&Bound<'_, PyAny>>,
        weights: Option<&Bound<'_, PyAny>>,
        kind: &str,
    ) -> Result<Self> {
        let texts = convert::texts(texts)?;
        let ladder = &ladder.get().inner;
        let mut columns = Vec::new();
        for (rung, scores) in outcomes {
            let rung: String =
                rung.extract().map_err(|_| wrong_type("outcomes: a rung's name", &rung, "str"))?;
            let place = &ladder.rungs()[ladder.index(&rung)?];
            let place = core::Place { rung: rung.clone(), model: place.model.clone() };
            let what = format!("outcomes[{rung:?}]");
            let scores = of_length(reals(&scores, &what)?, texts.len(), &what)?;
            columns.push((what, Arc::new(place), scores));
        }
        let groups =
            groups.map(|groups| of_length(digests(groups, "groups")?, texts.len(), "groups")).transpose()?;
        let weights = weights
            .map(|weights| of_length(reals(weights, "weights")?, texts.len(), "weights"))
            .transpose()?;
        Ok(Self { texts, columns, groups, weights, kind: OutcomeKind::from_name(kind)? })
    }

    /// The independent unit of a text.
    pub(crate) fn group(&self, i: usize, window: Window) -> u64 {
        let ask = || core::group_of(&Query::bytes(self.texts[i].as_bytes(), window.bytes));
        self.groups.as_ref().map_or_else(ask, |groups| groups[i])
    }

    fn learner(&self, prior: &estimate::Estimator, window: Window) -> rheostat::Result<core::Learner> {
        let mut learner = core::Learner::new(prior, core::MOST_ROWS, None)?;
        let mut scan = features::Scan::new();
        for (i, text) in self.texts.iter().enumerate() {
            let bytes = text.as_bytes();
            let query = Query::bytes(bytes, window.bytes);
            scan.run(&query.ask, window);
            let sketch = Arc::new(learner.sketch(prior, &scan, &query.structure));
            for (what, place, scores) in &self.columns {
                if scores[i].is_nan() {
                    continue;
                }
                let row = core::Row {
                    query: i as u64,
                    group: self.group(i, window),
                    place: place.clone(),
                    score: scores[i],
                    weight: self.weights.as_ref().map_or(1.0, |weights| weights[i]),
                    kind: self.kind,
                    at: 0.0,
                    sketch: sketch.clone(),
                };
                learner.add(row).map_err(|error| at_row(error, what, i))?;
            }
        }
        Ok(learner)
    }
}

/// An error that says which row it is about.
fn at_row(error: Error, column: &str, row: usize) -> Error {
    match error {
        Error::Invalid { what, value, bound } if what == "score" => {
            Error::invalid(format!("{column}[{row}]"), value, format!("{bound}, or NaN"))
        }
        Error::Invalid { what, value, bound } => Error::invalid(format!("{what}s[{row}]"), value, bound),
        other => other,
    }
}

/// How heads were fitted, and how well they do on queries that were held out of the fit. Brier scores are mean squared
/// errors of chances.
#[pyclass(frozen, get_all, module = "rheostat")]
pub(crate) struct FitReport {
    /// Outcomes on rungs of the ladder.
    outcomes: usize,
    /// Different queries among them.
    queries: usize,
    /// Independent groups among them.
    groups: usize,
    /// In how many parts groups were held out in turn.
    folds: usize,
    /// How much of what was learned is kept in chances, in [0, 1]: as much as held-out outcomes bear out.
    share: f64,
    /// Whether nothing is: chances are the prior's, but for each rung's level.
    kept_prior: bool,
    /// The prior's Brier score on held-out queries, with each rung's level learned.
    brier_prior: f64,
    /// The same with heads; never above the prior's.
    brier: f64,
    /// By rung: name, outcomes, mean score, ability, Brier score of the prior, and with heads.
    rungs: Vec<(String, usize, f64, f64, f64, f64)>,
    /// The two rungs whose gain was ranked: (lower, higher); None without enough queries that both answered.
    pair: Option<(String, String)>,
    /// How many queries both answered.
    pairs: usize,
    /// Their mean difference in score.
    mean_gain: f64,
    /// Average performance gap recovered on held-out queries in the prior's order (0.5 is random); NaN without a pair.
    apgr_prior: f64,
    /// The same in the heads' order; it leans to below what they do on new queries.
    apgr: f64,
    /// A bootstrap interval (95 %, over groups) of the difference of the two.
    interval: (f64, f64),
}

impl FitReport {
    pub(crate) fn new(report: &estimate::Report) -> Self {
        let gain = report.gain.as_ref();
        let number = |f: fn(&estimate::GainReport) -> f64| gain.map_or(f64::NAN, f);
        let rung = |r: &estimate::RungReport| {
            (r.rung.clone(), r.outcomes, r.mean_score, r.ability, r.brier_prior, r.brier)
        };
        Self {
            outcomes: report.outcomes,
            queries: report.queries,
            groups: report.groups,
            folds: report.folds,
            share: report.share,
            kept_prior: report.kept_prior,
            brier_prior: report.brier_prior,
            brier: report.brier,
            rungs: report.rungs.iter().map(rung).collect(),
            pair: gain.map(|g| (g.low.clone(), g.high.clone())),
            pairs: gain.map_or(0, |g| g.pairs),
            mean_gain: number(|g| g.mean),
            apgr_prior: number(|g| g.apgr_prior),
            apgr: number(|g| g.apgr),
            interval: gain.map_or((f64::NAN, f64::NAN), |g| g.interval),
        }
    }
}

#[pymethods]
impl FitReport {
    fn __repr__(&self) -> String {
        let kept = if self.kept_prior { ", kept_prior=True" } else { "" };
        format!(
            "FitReport(outcomes={}, queries={}, brier={:.4}, brier_prior={:.4}, apgr={:.3}, apgr_prior={:.3}{kept})",
            self.outcomes, self.queries, self.brier, self.brier_prior, self.apgr, self.apgr_prior
        )
    }
}
