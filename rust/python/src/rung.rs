//! A rung, and its Python object on a ladder.

use crate::args;
use crate::doubt::Doubt;
use crate::error::Result;
use crate::getters::getters;
use crate::scorer::Scorer;
use crate::steps::StepTable;
use crate::typed::typed;
use crate::values::{Arguments, JsonObject, arguments, read_json, write_json};
use crate::whole::{Int, int, some_whole, whole};
use pyo3::prelude::*;
use pyo3::types::PyString;
use rheostat::strategy::Strategy;
use rheostat::{Error, ladder as core};
use std::sync::Arc;

typed!(Effort(&'static str): "_Effort");
typed!(Fallbacks(Vec<String>): "list[str]");
typed!(Choose(&'static str): "Literal['score', 'vote']");

/// The rungs of a ladder as Python has them: a plan's rung is the very object that the user made.
pub(crate) type Rungs = Arc<[Py<Rung>]>;

/// One level of compute: a model, how far its dials are turned, and what it costs.
///
/// Args:
///     name: What the rung is called, unique on its ladder.
///     model: What the host sends the request to. The rung's name if not given.
///     thinking_tokens: Budget for thinking, per sample. 0 is none.
///     effort: The budget by its level: `"none"`, `"minimal"` (512 tokens), `"low"` (1,024), `"medium"` (8,192), `"high"`
///         (24,576), `"xhigh"` (32,768) or `"max"` (65,536). In place of `thinking_tokens`.
///     thinking_least: The least thinking budget that the provider takes, such as 1,024. A budget that a ceiling cuts
///         below this becomes 0, and the plan's `clamped` and P(correct) show it. 0 if any is taken.
///     samples: How many samples are drawn, at least 1.
///     depth: Rounds, at least 1: the first generates, each further one revises.
///     agree: Probe first: the number of equal answers that settles the rung, from 2 to `samples`. If they cannot, the
///         run goes up at once. None leaves it to the vote's stop rule.
///     best: Best of n: scores choose among the samples. `"score"` takes the answer with the highest score, `"vote"` the answer with the
///         largest sum of scores. In place of `agree`.
///     distil: Parallel, distil, refine: the samples are drafts, and this is the most tokens of their distillation, by which one more
///         request answers. Needs 2 or more `samples` and a `depth` of 1; in place of `agree` and `best`.
///     scorer: The model that scores the answers, in calls of their own. None: the host scores them (`serve(score=…)`,
///         `Sample.score`), and that costs the run nothing.
///     steps: P(correct) by the scores of the model's steps, as `learn.StepCalibration` learned it. None: step scores rank the answers,
///         and reject or pass none.
///     in_turn: True draws only as many probes at once as may decide, which costs less and takes longer.
///     answer_tokens: Room for one sample's final answer.
///     input_price: US dollars per million input tokens.
///     output_price: US dollars per million output tokens, thinking included.
///     cached_price: US dollars per million cached input tokens; the input price if not given.
///     written_price: US dollars per million input tokens written to the cache; the input price if not given.
///     context_window: The most tokens that model takes in and gives out together.
///     capabilities: Abilities of the model besides text: `"vision"`, `"audio"`, `"files"`, `"tools"`, `"json"`.
///     ability: Expected accuracy on your reference set, above 0 and below 1. If not given it is assumed from the
///         rung's place on the ladder, and marked as assumed.
///     doubt: When its streams are weak, and what that has been worth; the bars in `Rules` if not given.
///     params: Parameters of its provider that each of its requests carries, as in the body of a request:
///         `{"service_tier": "flex"}`. A value takes the place of the client's; a dict joins the client's object member by
///         member. What the governor writes itself (the model, limits, thinking, `n`, `stream`) and the conversation are
///         refused. At most 64 KiB as JSON.
///     deployment: The upstream that its requests go to, by the name that the host knows it by: see `deployments` of
///         `rheostat.httpx.govern`. The client's own if not given.
///     fallbacks: Deployments of the same model that are asked in its place, in order, where it fails or its breaker is open.
///         At most 16.
///
/// Raises:
///     InvalidTypeError: `params` cannot be written as JSON.
///     InvalidValueError: A value is out of bounds; the message names rung and field.
///     UnknownNameError: No query needs such a capability, or there is no such effort.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rh.Rung("fast", model="small-model", output_price=0.40).samples
///     1
#[pyclass(frozen, eq, module = "rheostat")]
#[derive(PartialEq)]
pub(crate) struct Rung {
    pub(crate) inner: core::Rung,
}

getters! {
    Rung, |this| {
        /// The rung's name.
        name: &str = &this.inner.name;
        /// Name of the model that the host sends requests to.
        model: &str = &this.inner.model;
        /// Budget for thinking, in tokens per sample.
        thinking_tokens: u64 = this.inner.thinking_tokens;
        /// The level of effort that stands for its thinking budget, or None.
        effort: Option<Effort> = this.inner.effort().map(Effort);
        /// The least thinking budget that the provider takes, in tokens; 0 if any is taken.
        thinking_least: u64 = this.inner.thinking_least;
        /// Number of samples.
        samples: u32 = this.inner.samples;
        /// Rounds: the first generates, each further one revises.
        depth: u32 = this.inner.depth;
        /// Equal answers that settle the rung, or None when the vote's stop rule does.
        agree: Option<u32> = this.probes().map(|(agree, _)| agree);
        /// How scores choose among the samples, or None.
        best: Option<Choose> = this.inner.strategy.scores().map(|by| Choose(by.as_str()));
        /// The most tokens of the distillation of its drafts, or None where samples are no drafts.
        distil: Option<u64> = this.inner.strategy.distils();
        /// The model that scores the answers, or None.
        scorer: Option<Scorer> = this.inner.scorer.clone().map(|inner| Scorer { inner });
        /// P(correct) by the scores of the model's steps, or None.
        steps: Option<StepTable> = this.inner.steps.clone().map(|inner| StepTable { inner });
        /// True if probes are drawn in turn rather than at once.
        in_turn: bool = this.probes().is_some_and(|(_, in_turn)| in_turn);
        /// Room for one sample's final answer, in tokens.
        answer_tokens: u64 = this.inner.answer_tokens;
        /// Thinking and answer of one sample in one round, in tokens.
        max_tokens: u64 = this.inner.max_tokens();
        /// US dollars per million input tokens.
        input_price: f64 = this.inner.input_price;
        /// US dollars per million output tokens.
        output_price: f64 = this.inner.output_price;
        /// US dollars per million cached input tokens, or None when it is the input price.
        cached_price: Option<f64> = this.inner.cached_price;
        /// US dollars per million input tokens written to the cache, or None when it is the input price.
        written_price: Option<f64> = this.inner.written_price;
        /// The most tokens in and out together, or None.
        context_window: Option<u64> = this.inner.context_window;
        /// Abilities of the model besides text.
        capabilities: Vec<String> = this.inner.capabilities.clone();
        /// Expected accuracy on the reference set, or None when it is to be assumed.
        ability: Option<f64> = this.inner.ability;
        /// When its streams are weak, and what that has been worth, or None.
        doubt: Option<Doubt> = this.inner.doubt.map(|inner| Doubt { inner });
        /// The upstream that its requests go to, or None for the client's own.
        deployment: Option<&str> = this.inner.deployment.as_deref();
        /// Deployments that are asked in its place, in order.
        fallbacks: Fallbacks = Fallbacks(this.inner.fallbacks.clone());
    }
}

#[pymethods]
impl Rung {
    #[new]
    #[pyo3(signature = (
        name, model = None, *, thinking_tokens = 0, effort: "_Effort | None" = None, thinking_least = 0, samples = 1, depth = 1, agree = None,
        best: "_Choose | None" = None, distil = None, scorer = None, steps = None, in_turn = false, answer_tokens = None,
        input_price = 0.0, output_price = 0.0, cached_price = None, written_price = None, context_window = None,
        capabilities = None, ability = None, doubt = None, params: "Mapping[str, object] | None" = None, deployment = None,
        fallbacks: "Iterable[str] | None" = None
    ))]
    fn new(
        #[pyo3(from_py_with = args::text::name)] name: String,
        #[pyo3(from_py_with = args::some_text::model)] model: Option<String>,
        #[pyo3(from_py_with = int)] thinking_tokens: i128,
        #[pyo3(from_py_with = args::some_choice::effort)] effort: Option<&str>,
        #[pyo3(from_py_with = int)] thinking_least: i128,
        #[pyo3(from_py_with = int)] samples: i128,
        #[pyo3(from_py_with = int)] depth: i128,
        agree: Option<Int>,
        #[pyo3(from_py_with = args::some_choice::best)] best: Option<&str>,
        distil: Option<Int>,
        scorer: Option<Scorer>,
        steps: Option<StepTable>,
        in_turn: bool,
        answer_tokens: Option<Int>,
        #[pyo3(from_py_with = args::real::input_price)] input_price: f64,
        #[pyo3(from_py_with = args::real::output_price)] output_price: f64,
        #[pyo3(from_py_with = args::some_real::cached_price)] cached_price: Option<f64>,
        #[pyo3(from_py_with = args::some_real::written_price)] written_price: Option<f64>,
        context_window: Option<Int>,
        #[pyo3(from_py_with = args::some_names::capabilities)] capabilities: Option<Vec<String>>,
        #[pyo3(from_py_with = args::some_real::ability)] ability: Option<f64>,
        doubt: Option<Doubt>,
        params: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::some_text::deployment)] deployment: Option<String>,
        #[pyo3(from_py_with = args::some_names::fallbacks)] fallbacks: Option<Vec<String>>,
    ) -> Result<Self> {
        let field = |field: &str| format!("rung {name:?}: {field}");
        let mut inner = core::Rung::new(name.clone(), model.unwrap_or_else(|| name.clone()));
        inner.thinking_tokens = whole(&field("thinking_tokens"), thinking_tokens, 0..=u64::MAX)?;
        if let Some(effort) = effort {
            inner.set_effort(effort)?;
        }
        inner.thinking_least = whole(&field("thinking_least"), thinking_least, 0..=u64::MAX)?;
        inner.samples = whole(&field("samples"), samples, 1..=u32::MAX)?;
        inner.depth = whole(&field("depth"), depth, 1..=u32::MAX)?;
        if let Some(agree) = agree {
            let agree = whole(&field("agree"), agree, 2..=u32::MAX)?;
            inner.strategy = Strategy::ProbeFirst { agree, in_turn };
        }
        if let Some(best) = best {
            inner.choose_best(best)?;
        }
        if let Some(tokens) = distil {
            inner.distil(whole(&field("distil"), tokens, 1..=u64::MAX)?)?;
        }
        inner.scorer = scorer.map(|scorer| scorer.inner);
        inner.steps = steps.map(|steps| steps.inner);
        if let Some(tokens) = answer_tokens {
            inner.answer_tokens = whole(&field("answer_tokens"), tokens, 1..=u64::MAX)?;
        }
        inner.context_window = some_whole(&field("context_window"), context_window, 1..=u64::MAX)?;
        inner.input_price = input_price;
        inner.output_price = output_price;
        inner.cached_price = cached_price;
        inner.written_price = written_price;
        inner.capabilities = capabilities.unwrap_or_default();
        inner.ability = ability;
        inner.doubt = doubt.map(|doubt| doubt.inner);
        if let Some(params) = params {
            inner.set_params(&write_json(&field("params"), params)?)?;
        }
        inner.deployment = deployment;
        inner.fallbacks = fallbacks.unwrap_or_default();
        inner.validate()?;
        Ok(Self { inner })
    }

    /// Parameters of its provider that each of its requests carries, as a new dict.
    #[getter]
    fn params<'py>(&self, py: Python<'py>) -> PyResult<JsonObject<'py>> {
        read_json(py, &self.inner.params.to_string())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, &self.inner.name).hash()
    }

    fn __getnewargs_ex__<'py>(slf: &Bound<'py, Self>) -> PyResult<Arguments<'py>> {
        let names = "name model thinking_tokens thinking_least samples depth agree best distil scorer steps in_turn answer_tokens input_price \
                     output_price cached_price written_price context_window capabilities ability doubt params deployment \
                     fallbacks";
        arguments(slf, names)
    }

    fn __repr__(&self) -> String {
        let r = &self.inner;
        let agree = self.probes().map_or_else(String::new, |(agree, _)| format!(", agree={agree}"));
        let thinking = match r.effort() {
            Some(level) if r.thinking_tokens > 0 => format!("effort={level:?}"),
            _ => format!("thinking_tokens={}", r.thinking_tokens),
        };
        format!(
            "Rung({:?}, model={:?}, {thinking}, samples={}, depth={}{agree})",
            r.name, r.model, r.samples, r.depth
        )
    }
}

impl Rung {
    /// The numbers of a rung that probes first.
    fn probes(&self) -> Option<(u32, bool)> {
        match self.inner.strategy {
            Strategy::ProbeFirst { agree, in_turn } => Some((agree, in_turn)),
            _ => None,
        }
    }
}

/// The Python object of a rung, by index.
pub(crate) fn rung(py: Python<'_>, rungs: &Rungs, index: usize) -> Result<Py<Rung>> {
    match rungs.get(index) {
        Some(rung) => Ok(rung.clone_ref(py)),
        None => Err(Error::invalid("rung", index, format!("below {}", rungs.len())).into()),
    }
}
