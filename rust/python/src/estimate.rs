//! Estimates of one query, or of many.

use crate::convert::{reals, utf8};
use crate::error::{Result, wrong_type};
use crate::features::with_scratch;
use crate::getters::getters;
use crate::query::Source;
use crate::rung::Rung;
use crate::typed::{Array, named, typed};
use pyo3::prelude::*;
use pyo3::types::PyString;
use rheostat::Error;
use rheostat::estimate as core;
use rheostat::estimate::View;
use rheostat::ladder::{Ability, Ladder, Load};
use rheostat::plan::Plan;
use rheostat::query::Query;
use rheostat::query::Window;
use std::sync::Arc;

typed!(Domain(&'static str): "_Domain");
named!(TokenRange((u32, u32)));
named!(
    #[derive(Clone)]
    Contribution((String, f64, f64))
);

/// The estimate of a query, made before any compute is spent on it.
#[pyclass(frozen, module = "rheostat.types")]
pub(crate) struct Estimate {
    pub(crate) inner: core::Estimate,
    pub(crate) model: Arc<core::Estimator>,
    pub(crate) window: Window,
    pub(crate) source: Source,
    /// The plan that it is of.
    pub(crate) plan: Option<Arc<Plan>>,
}

getters! {
    Estimate, |this| {
        /// Difficulty of the query, in [0, 1].
        difficulty: f64 = this.inner.difficulty;
        /// Share of the query, in [0, 1], that is like anything in training. Near 0 the difficulty is a guess, which is not "easy".
        coverage: f64 = this.inner.coverage;
        /// Expected input tokens of the whole query.
        tokens: u32 = this.inner.input_tokens;
        /// Expected tokens of the answer, without thinking.
        output_tokens: u32 = this.inner.output_tokens;
        /// The range in which eight of ten such answers are expected to lie, in tokens.
        output_range: TokenRange = TokenRange(this.inner.output_range);
        /// Probability, in [0, 1], that thinking before the answer makes a wrong answer right.
        thinking_helps: f64 = this.inner.thinking_helps();
        /// Subject of the query, such as `"mathematics"` or `"unknown"`.
        domain: Domain = Domain(this.inner.domain.as_str());
    }
}

#[pymethods]
impl Estimate {
    /// Calibrated probability, in [0, 1], that a rung answers correctly.
    ///
    /// Args:
    ///     rung: A `Rung` or an ability above 0 and below 1; for the estimate of a plan also a rung's name.
    ///
    /// Raises:
    ///     InvalidValueError: The ability is out of bounds, or the rung has none and no ladder is known.
    ///     UnknownNameError: No rung of the plan's ladder has that name.
    #[pyo3(signature = (rung: "Rung | str | float"))]
    fn p_correct(&self, rung: &Bound<'_, PyAny>) -> Result<f64> {
        Ok(self.inner.p_correct_of(&view(
            rung,
            &self.model,
            self.plan.as_ref().map(|plan| &*plan.snapshot.ladder),
        )?))
    }

    /// The contribution of each feature and word to the difficulty.
    fn explain(&self, py: Python<'_>) -> Result<Explanation> {
        let explain = |query: &Query<'_>| {
            with_scratch(|scratch| {
                let scan = if let Some(plan) = &self.plan {
                    scratch.scan_of(plan, &query.ask)
                } else {
                    scratch.scan().run(&query.ask, self.window);
                    scratch.scan()
                };
                self.model.explain(scan, &query.structure)
            })
        };
        Ok(Explanation::new(self.source.with_query(py, self.window.bytes, explain)?))
    }

    fn __repr__(&self) -> String {
        let e = &self.inner;
        let (d, v, domain) = (e.difficulty, e.coverage, e.domain.as_str());
        format!("Estimate(difficulty={d:.3}, coverage={v:.3}, tokens={}, domain={domain:?})", e.input_tokens)
    }
}

/// View of a rung that is given as such, by its name, or as an ability.
pub(crate) fn view(
    rung: &Bound<'_, PyAny>,
    model: &core::Estimator,
    ladder: Option<&Ladder>,
) -> Result<View> {
    if let Ok(rung) = rung.cast::<Rung>() {
        return of_rung(&rung.get().inner, model, ladder);
    }
    if let Ok(name) = rung.cast::<PyString>() {
        let name = &*utf8(name)?.0;
        let learned = model.heads().and_then(|heads| heads.view_of(name));
        return match (ladder, learned, model.heads()) {
            (Some(ladder), ..) => {
                let place = ladder.index(name)?;
                Ok(model.view(&ladder.rungs()[place], ladder.ability(place)))
            }
            (None, Some(view), _) => Ok(view),
            (None, None, Some(heads)) => Err(Error::unknown("rung", name, heads.rungs()).into()),
            (None, None, None) => Err(wrong_type(
                "rung",
                rung,
                "a Rung or an ability (names need a plan's estimate, or a fitted model)",
            )),
        };
    }
    let Ok(ability) = rung.extract::<f64>() else {
        return Err(wrong_type("rung", rung, "a Rung, its name or an ability"));
    };
    if !(ability > 0.0 && ability < 1.0) {
        return Err(Error::invalid("ability", ability, "above 0 and below 1").into());
    }
    Ok(View::prior(core::logit(ability)))
}

fn of_rung(rung: &rheostat::ladder::Rung, model: &core::Estimator, ladder: Option<&Ladder>) -> Result<View> {
    if let Some((ladder, place)) = ladder.and_then(|ladder| Some((ladder, ladder.index(&rung.name).ok()?))) {
        return Ok(model.view(&ladder.rungs()[place], ladder.ability(place)));
    }
    let ability = rung.ability.unwrap_or(0.5);
    let known = Ability { value: ability, logit: core::logit(ability), assumed: rung.ability.is_none() };
    let view = model.view(rung, known);
    if view.learned() || rung.ability.is_some() {
        return Ok(view);
    }
    let what = format!("rung {:?}: ability", rung.name);
    Err(Error::invalid(what, "none", "given, or learned, or the rung on the plan's ladder").into())
}

/// The fields of `Estimate` as arrays, one value for each text.
#[pyclass(frozen, module = "rheostat.types")]
pub(crate) struct EstimateBatch {
    pub(crate) rows: Vec<core::Estimate>,
    model: Arc<core::Estimator>,
    /// Difficulty of each query, in [0, 1].
    #[pyo3(get)]
    difficulty: Array<f64>,
    /// Share of each query, in [0, 1], that is like anything in training.
    #[pyo3(get)]
    coverage: Array<f64>,
    /// Expected input tokens.
    #[pyo3(get)]
    tokens: Array<u32>,
    /// Expected tokens of the answer, without thinking.
    #[pyo3(get)]
    output_tokens: Array<u32>,
}

impl EstimateBatch {
    pub(crate) fn new(py: Python<'_>, rows: Vec<core::Estimate>, model: Arc<core::Estimator>) -> Self {
        let real = |f: fn(&core::Estimate) -> f64| Array::of(py, rows.iter().map(f));
        let count = |f: fn(&core::Estimate) -> u32| Array::of(py, rows.iter().map(f));
        Self {
            difficulty: real(|e| e.difficulty),
            coverage: real(|e| e.coverage),
            tokens: count(|e| e.input_tokens),
            output_tokens: count(|e| e.output_tokens),
            rows,
            model,
        }
    }
}

#[pymethods]
impl EstimateBatch {
    /// Subject of each query.
    #[getter]
    fn domain(&self) -> Vec<Domain> {
        self.rows.iter().map(|e| Domain(e.domain.as_str())).collect()
    }

    /// P(correct) of a rung for each query. As `Estimate.p_correct`, without a ladder.
    #[pyo3(signature = (rung: "Rung | str | float"))]
    fn p_correct(&self, rung: &Bound<'_, PyAny>) -> Result<Array<f64>> {
        let view = view(rung, &self.model, None)?;
        Ok(Array::of(rung.py(), self.rows.iter().map(|e| e.p_correct_of(&view))))
    }

    fn __len__(&self) -> usize {
        self.rows.len()
    }

    fn __repr__(&self) -> String {
        format!("EstimateBatch({} queries)", self.rows.len())
    }
}

/// The parts of an estimate's difficulty, in logits. The bias and all contributions sum to the location.
#[pyclass(frozen, get_all, module = "rheostat.types")]
pub(crate) struct Explanation {
    /// Difficulty of the query, in [0, 1].
    difficulty: f64,
    /// The difficulty in logits, before calibration of its scale.
    location: f64,
    /// Location of a query with average features, in logits.
    bias: f64,
    /// The features that contributed, the largest first.
    features: Vec<Contribution>,
    /// The words and pairs of words that contributed, with their counts, the largest first.
    words: Vec<Contribution>,
}

impl Explanation {
    fn new(core: core::Explanation) -> Self {
        let rows = |list: Vec<core::Contribution>| {
            list.into_iter().map(|c| Contribution((c.name, c.value, c.contribution))).collect()
        };
        Self {
            difficulty: core.estimate.difficulty,
            location: core.estimate.location,
            bias: core.bias,
            features: rows(core.features),
            words: rows(core.words),
        }
    }
}

#[pymethods]
impl Explanation {
    fn __repr__(&self) -> String {
        let (features, words) = (self.features.len(), self.words.len());
        format!("Explanation(difficulty={:.3}, {features} features, {words} words)", self.difficulty)
    }
}

/// Location and expected size of each query of a log.
pub(crate) fn queries(log: &Bound<'_, PyAny>) -> Result<Vec<(f64, Load)>> {
    let column = |name: &str| -> Result<Vec<f64>> {
        let values = log.getattr(name).map_err(|_| wrong_type("log", log, "an EstimateBatch"))?;
        reals(&values, &format!("log.{name}"))
    };
    let (difficulty, input, output) = (column("difficulty")?, column("tokens")?, column("output_tokens")?);
    if difficulty.len() != input.len() || input.len() != output.len() {
        let got = format!("{}, {} and {} numbers", difficulty.len(), input.len(), output.len());
        return Err(Error::invalid("log", got, "columns of one length").into());
    }
    let query = |((difficulty, input_tokens), output_tokens): ((f64, f64), f64)| {
        (core::logit(difficulty), Load { input_tokens, output_tokens, difficulty })
    };
    Ok(difficulty.into_iter().zip(input).zip(output).map(query).collect())
}
