//! Fitting an estimator to a log, and what a fit reports.

use crate::args::{self, read_list};
use crate::convert::{self, Text, reals};
use crate::error::{Result, wrong_type};
use crate::estimator::{Estimator, shipped};
use crate::getters::getters;
use crate::guarantee::digest;
use crate::ladder::Ladder;
use crate::query::of_batch;
use crate::typed::named;
use crate::whole::{Int, int, some_whole, whole};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rheostat::outcome::OutcomeKind;
use rheostat::query::Window;
use rheostat::{Error, estimate, learn as core};
use std::cell::Cell;
use std::sync::Arc;

named!(RungFit((String, usize, f64, f64, f64, f64)));
named!(RungPair((String, String)));
named!(Interval((f64, f64)));

/// A digest of each element that names a group, for `most` rows.
pub(crate) fn digests(names: &Bound<'_, PyAny>, what: &str, most: usize) -> Result<Vec<u64>> {
    groups(names, what, most, digest)
}

/// Reads the groups of `most` rows. One more is refused at once: the iterable may be endless.
fn groups<T>(
    names: &Bound<'_, PyAny>,
    what: &str,
    most: usize,
    read: impl Fn(&Bound<'_, PyAny>, &str) -> Result<T>,
) -> Result<Vec<T>> {
    let wanted = "an iterable of str, bytes or int";
    let count = Cell::new(0);
    read_list(names, what, wanted, |name, what_item| {
        count.set(count.get() + 1);
        if count.get() > most {
            return Err(Error::invalid(what, "more", format!("one for each of {most} rows")).into());
        }
        read(name, what_item)
    })
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
///         as a whole. Texts of one ask are one group where it is None, or not given.
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
    texts: "Iterable[_Text]", outcomes, ladder, groups: "Iterable[_Name | None] | None" = None,
    weights: "_Numbers | None" = None, *, kind: "_OutcomeKind" = "graded", estimator = None, folds = 5, seed = 0
))]
pub(crate) fn fit(
    py: Python<'_>,
    texts: &Bound<'_, PyAny>,
    outcomes: &Bound<'_, PyDict>,
    ladder: &Bound<'_, Ladder>,
    groups: Option<&Bound<'_, PyAny>>,
    weights: Option<&Bound<'_, PyAny>>,
    #[pyo3(from_py_with = args::choice::kind)] kind: &str,
    estimator: Option<&Bound<'_, Estimator>>,
    #[pyo3(from_py_with = int)] folds: i128,
    #[pyo3(from_py_with = int)] seed: i128,
) -> Result<Estimator> {
    let mut log = log(texts, outcomes, ladder, groups)?;
    if let Some(weights) = weights {
        log.weigh(reals(weights, "weights")?)?;
    }
    log.set_kind(OutcomeKind::from_name(kind)?);
    let (prior, window) = prior(estimator);
    let options = options(folds, seed)?;
    let fitted = py.detach(|| log.fit(&prior, window, options))?;
    Ok(Estimator { inner: Arc::new(fitted), window })
}

pub(crate) fn prior(estimator: Option<&Bound<'_, Estimator>>) -> (Arc<estimate::Estimator>, Window) {
    estimator.map_or_else(|| (shipped(), Window::default()), |e| (e.get().inner.clone(), e.get().window))
}

pub(crate) fn options(folds: i128, seed: i128) -> Result<core::Options> {
    let (folds, seed) = (whole("folds", folds, 0..=usize::MAX)?, whole("seed", seed, 0..=u64::MAX)?);
    Ok(core::Options { folds, seed, ..core::Options::default() })
}

/// The log that `fit` and its kin are given.
pub(crate) fn log(
    texts: &Bound<'_, PyAny>,
    outcomes: &Bound<'_, PyDict>,
    ladder: &Bound<'_, Ladder>,
    groups: Option<&Bound<'_, PyAny>>,
) -> Result<core::Log<Text>> {
    let mut log = core::Log::new(convert::texts(texts)?, of_batch, ladder.get().inner.clone());
    for (rung, scores) in outcomes {
        let rung: String = rung.extract().map_err(|_| wrong_type("outcomes: a rung's name", &rung, "str"))?;
        log.add(&rung, reals(&scores, &format!("outcomes[{rung:?}]"))?)?;
    }
    if let Some(groups) = groups {
        let group = |name: &Bound<'_, PyAny>, what: &str| {
            if name.is_none() { Ok(None) } else { digest(name, what).map(Some) }
        };
        let count = log.len();
        log.group_by(self::groups(groups, "groups", count, group)?)?;
    }
    Ok(log)
}

/// Average performance gap recovered: the area under the recovered gain over the share of calls to the stronger model.
///
/// Args:
///     score: One per query; the highest go to the stronger model first. Equal scores count as in random order.
///     gain: The stronger model's outcome less the weaker one's, one per query.
///     bins: Number of equal shares of a trapezoid; the exact integral if not given.
///
/// Raises:
///     InvalidValueError: Lengths differ, or the mean gain is not above 0.
#[pyfunction]
#[pyo3(signature = (score: "_Numbers", gain: "_Numbers", *, bins = None))]
pub(crate) fn apgr(score: &Bound<'_, PyAny>, gain: &Bound<'_, PyAny>, bins: Option<Int>) -> Result<f64> {
    let bins = some_whole("bins", bins, 1..=100_000)?;
    let recovery = core::Recovery::new(&reals(score, "score")?, &reals(gain, "gain")?)?;
    Ok(bins.map_or_else(|| recovery.apgr(), |bins| recovery.binned_apgr(bins)))
}

/// Call-performance threshold: the smallest share of calls to the stronger model that recovers `share` of the whole gain.
///
/// Args:
///     score: As in `apgr`.
///     gain: As in `apgr`.
///     share: Share of the gain, above 0 and at most 1.
///
/// Raises:
///     InvalidValueError: As `apgr`, or a share out of bounds.
#[pyfunction]
#[pyo3(signature = (score: "_Numbers", gain: "_Numbers", share))]
pub(crate) fn cpt(
    score: &Bound<'_, PyAny>,
    gain: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = args::real::share)] share: f64,
) -> Result<f64> {
    let recovery = core::Recovery::new(&reals(score, "score")?, &reals(gain, "gain")?)?;
    Ok(recovery.calls_for(share)?)
}

/// How heads were fitted, and how well they do on queries that were held out of the fit. Brier scores are mean squared
/// errors of chances.
#[pyclass(frozen, module = "rheostat.learn")]
pub(crate) struct FitReport {
    inner: estimate::Report,
}

impl FitReport {
    pub(crate) fn new(report: &estimate::Report) -> Self {
        Self { inner: report.clone() }
    }

    fn of_gain<T>(&self, none: T, read: impl FnOnce(&estimate::GainReport) -> T) -> T {
        self.inner.gain.as_ref().map_or(none, read)
    }

    fn rung_fit(rung: &estimate::RungReport) -> RungFit {
        RungFit((
            rung.rung.clone(),
            rung.outcomes,
            rung.mean_score,
            rung.ability,
            rung.brier_prior,
            rung.brier,
        ))
    }
}

getters! {
    FitReport, |this| {
        /// Outcomes on rungs of the ladder.
        outcomes: usize = this.inner.outcomes;
        /// Different queries among them.
        queries: usize = this.inner.queries;
        /// Independent groups among them.
        groups: usize = this.inner.groups;
        /// In how many parts groups were held out in turn.
        folds: usize = this.inner.folds;
        /// Share, in [0, 1], of the learned change in P(correct) that is kept: as much as held-out outcomes support.
        share: f64 = this.inner.share;
        /// True if no change is kept: P(correct) is the prior's, with each rung's level learned.
        kept_prior: bool = this.inner.kept_prior;
        /// The prior's Brier score on held-out queries, with each rung's level learned.
        brier_prior: f64 = this.inner.brier_prior;
        /// Brier score with heads on held-out queries; never above the prior's.
        brier: f64 = this.inner.brier;
        /// Each rung's part of the fit.
        rungs: Vec<RungFit> = this.inner.rungs.iter().map(Self::rung_fit).collect();
        /// The two rungs whose gain was ranked; None without enough queries that both answered.
        pair: Option<RungPair> = this.of_gain(None, |gain| Some(RungPair((gain.low.clone(), gain.high.clone()))));
        /// Number of queries that both answered.
        pairs: usize = this.of_gain(0, |gain| gain.pairs);
        /// Their mean difference in score.
        mean_gain: f64 = this.of_gain(f64::NAN, |gain| gain.mean);
        /// Average performance gap recovered on held-out queries in the prior's order (0.5 is random); NaN without a pair.
        apgr_prior: f64 = this.of_gain(f64::NAN, |gain| gain.apgr_prior);
        /// Average performance gap recovered in the heads' order; a little below that on new queries.
        apgr: f64 = this.of_gain(f64::NAN, |gain| gain.apgr);
        /// A bootstrap interval (95 %, over groups) of the difference of the two.
        interval: Interval = Interval(this.of_gain((f64::NAN, f64::NAN), |gain| gain.interval));
    }
}

#[pymethods]
impl FitReport {
    fn __repr__(&self) -> String {
        let r = &self.inner;
        let kept = if r.kept_prior { ", kept_prior=True" } else { "" };
        format!(
            "FitReport(outcomes={}, queries={}, brier={:.4}, brier_prior={:.4}, apgr={:.3}, apgr_prior={:.3}{kept})",
            r.outcomes,
            r.queries,
            r.brier,
            r.brier_prior,
            self.apgr(),
            self.apgr_prior()
        )
    }
}
