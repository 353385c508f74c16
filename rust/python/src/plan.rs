//! The decision about one query.

use crate::args;
use crate::callback::within;
use crate::clock::{At, now};
use crate::convert::utf8;
use crate::error::Result;
use crate::estimate::Estimate;
use crate::features::with_scratch;
use crate::getters::getters;
use crate::governor::Governor;
use crate::query::Source;
use crate::run::Run;
use crate::rung::{Rung, rung};
use crate::typed::{named, typed};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use rheostat::plan as core;
use rheostat::query::{Query, Structure};
use rheostat_wire::ask;

named!(Clamp((&'static str, f64, f64)));
named!(WorstCase((u64, f64, u64)));
use std::sync::Arc;

typed!(Sizes<'py>(Bound<'py, PyDict>): "dict[str, int]");
typed!(Turn(&'static str): "Literal['ask', 'continuation', 'tool_result', 'empty']");
typed!(PurposeName(&'static str): "_Purpose");

/// The decision about one query, taken before any compute is spent on it. Immutable.
///
/// Example:
///     >>> import rheostat as rh
///     >>> governor = rh.Governor(rh.Ladder([rh.Rung("only", model="m")]), policy=rh.policy.Utility(2.0))
///     >>> plan = governor.plan("What is the capital of France?")
///     >>> plan.rung.name, plan.samples, 0.0 <= plan.p_correct <= 1.0
///     ('only', 1, True)
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Plan {
    pub(crate) inner: Arc<core::Plan>,
    /// The governor that made it, which has the rungs.
    pub(crate) governor: Py<Governor>,
    pub(crate) source: Source,
    pub(crate) at: Option<At>,
}

impl Plan {
    /// Plans a text without options, the common case. A function of its own, so that the compiler does not merge it with the
    /// path of options.
    #[inline(never)]
    pub(crate) fn of_text<'py>(
        by: &Bound<'py, Governor>,
        text: &Bound<'_, PyString>,
        at: Option<At>,
    ) -> Result<Bound<'py, Self>> {
        let governor = by.get();
        let options = core::PlanOptions { at: governor.now(None, at), ..core::PlanOptions::default() };
        let (utf8, repaired) = utf8(text)?;
        let mut query = ask::text(&utf8, governor.window.bytes);
        query.structure.repaired |= repaired;
        Self::decide(by, &query, &options, at, || Source::of_text(text, &query))
    }

    /// Plans a query: the one tail of both paths. It is generic in `source`, so each path has its own copy of it and of `plan_as`,
    /// from which the compiler leaves out what a text without options does not need.
    #[allow(clippy::redundant_closure)] // a path to `Arc::new` would be one type for both
    pub(crate) fn decide<'py>(
        by: &Bound<'py, Governor>,
        query: &Query<'_>,
        options: &core::PlanOptions<'_>,
        at: Option<At>,
        source: impl FnOnce() -> Source,
    ) -> Result<Bound<'py, Self>> {
        // A plan is some hundreds of bytes: it is built in its place, and only the pointer moves.
        let inner =
            with_scratch(|scratch| by.get().inner.plan_as(query, options, scratch, |plan| Arc::new(plan)))?;
        by.get().tell(by.py())?;
        Ok(Bound::new(by.py(), Self { inner, governor: by.clone().unbind(), source: source(), at })?)
    }
}

/// A plan without its query.
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct PlanRecord {
    pub(crate) inner: Arc<core::Plan>,
}

#[pymethods]
impl PlanRecord {
    /// The plan's id.
    #[getter]
    fn id(&self) -> String {
        self.inner.id.to_string()
    }
}

getters! {
    Plan, |this| {
        /// Names this decision; the first half depends on query, options and version alone.
        id: String = this.inner.id.to_string();
        /// The rung to start on.
        rung(py): Result<Py<Rung>> = rung(py, &this.governor.get().rungs, this.inner.rung);
        /// Budget for thinking, in tokens per sample.
        thinking_tokens: u64 = this.inner.dials.thinking_tokens;
        /// Room for one sample's final answer, in tokens.
        answer_tokens: u64 = this.inner.dials.answer_tokens;
        /// Number of samples to draw.
        samples: u32 = this.inner.dials.samples;
        /// Rounds: the first generates, each further one revises.
        depth: u32 = this.inner.dials.depth;
        /// Calibrated probability, in [0, 1], that the rung answers correctly.
        p_correct: f64 = this.inner.p_correct;
        /// Expected cost of the rung, in US dollars, from expected tokens, not caps.
        expected_usd: f64 = this.inner.expected_usd;
        /// The most that the rung may cost before anything fails or ramps: tokens, dollars, requests. `limit` bounds the whole run.
        worst_case: WorstCase = WorstCase::of(this.inner.worst_case());
        /// Expected input tokens of the whole query.
        input_tokens: u32 = this.inner.input_tokens;
        /// Kind of the newest turn: `"ask"`, `"continuation"`, `"tool_result"` or `"empty"`.
        turn: Turn = Turn(this.inner.turn.as_str());
        /// The fields that were cut to fit the ceiling or the ladder.
        clamped: Vec<Clamp> =
            this.inner.clamped.iter().map(|c| Clamp((c.field.as_str(), c.wanted, c.got))).collect();
        /// Reasons for the rung, in words.
        reasons: Vec<String> = this.inner.reasons();
        /// Effort that the client asked for (`"none"` to `"max"`), or None. The plan does not follow it; `rung=` does.
        asked_effort: Option<&'static str> = this.inner.wish.effort;
        /// Tokens of thinking that the client asked for, or None.
        asked_thinking_tokens: Option<u64> = this.inner.wish.thinking_tokens;
        /// Answers per request that the client asked for, or None for one.
        asked_samples: Option<u64> = this.inner.wish.samples;
        /// Purpose of the turn: `"answer"`, `"planning"`, `"housekeeping"` or `"compaction"`.
        purpose: PurposeName = PurposeName(this.inner.purpose.as_str());
        /// Share, in [0, 1], of this deployment's queries that were easier; None unless the policy is `Shares` and decided.
        quantile: Option<f64> = this.inner.quantile;
        /// Expected cost, in US dollars, of leaving the model that has the session's prefix cached; 0 if it stays or nothing is cached.
        switch_usd: f64 = this.inner.switch_usd;
        /// The models whose thinking blocks must be left out of the history that is sent, because another model refuses
        /// what is signed for them. `"*"` is every model but the plan's own, where the history's are not known.
        strip_thinking: Vec<&str> = this.inner.strip_thinking();
        /// Name of the deciding state: the model's version and a digest of ladder, policy and ceiling.
        version: &str = this.inner.version();
        /// The ceiling of this query, with every limit resolved.
        limit: Limit = Limit::new(&this.inner.limit);
    }
}

impl WorstCase {
    fn of(case: core::WorstCase) -> Self {
        Self((case.tokens, case.usd, case.requests))
    }
}

#[pymethods]
impl Plan {
    /// The estimate of the query.
    #[getter]
    fn estimate(&self, py: Python<'_>) -> Estimate {
        let snapshot = &self.inner.snapshot;
        Estimate {
            inner: self.inner.estimate,
            model: snapshot.estimator.clone(),
            window: snapshot.window,
            source: self.source.clone_ref(py),
            plan: Some(self.inner.clone()),
        }
    }

    /// Sizes and counts of what came with the ask: messages, history, tools, images and so on.
    #[getter]
    fn structure<'py>(&self, py: Python<'py>) -> Result<Sizes<'py>> {
        let cap = self.inner.snapshot.window.bytes;
        Ok(Sizes(structure(py, &self.source.with_query(py, cap, |query| query.structure)?)?))
    }

    /// Starts the run. `at` is the time in seconds of a monotonic clock; what `plan()` was given, or the clock's, if
    /// it is not given.
    #[pyo3(signature = (*, at = None))]
    fn start(&self, py: Python<'_>, #[pyo3(from_py_with = args::some_time::at)] at: Option<At>) -> Run {
        let (now, governor) = (now(at.or(self.at)), self.governor.get());
        let ledger = governor.ledger.as_ref().filter(|ledger| ledger.get().is_kept());
        Run {
            inner: rheostat::run::Run::start(&self.inner, now),
            rungs: governor.rungs.clone(),
            ledger: ledger.map(|ledger| ledger.clone_ref(py)),
        }
    }

    /// The plan without its query, for a queue of records: it keeps no text alive.
    #[pyo3(signature = () -> "object")]
    fn _recorded(&self) -> PlanRecord {
        PlanRecord { inner: self.inner.clone() }
    }

    /// The plan as JSON.
    fn to_json(&self) -> String {
        self.inner.to_json()
    }

    /// The plan as a dictionary of plain values.
    #[pyo3(signature = () -> "dict[str, Any]")]
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        within(py, || py.import("json")?.call_method1("loads", (self.inner.to_json(),)))
    }

    fn __repr__(&self) -> String {
        let (p, rung) = (&self.inner, &self.inner.rung_ref().name);
        format!(
            "Plan(rung={rung:?}, thinking_tokens={}, samples={}, depth={}, p_correct={:.3}, difficulty={:.3})",
            p.dials.thinking_tokens, p.dials.samples, p.dials.depth, p.p_correct, p.estimate.difficulty
        )
    }
}

fn structure<'py>(py: Python<'py>, structure: &Structure) -> PyResult<Bound<'py, PyDict>> {
    let s = structure;
    let dict = PyDict::new(py);
    dict.set_item("messages", s.messages)?;
    dict.set_item("images", s.images)?;
    dict.set_item("tools_offered", s.tools_offered)?;
    dict.set_item("tool_calls", s.tool_calls)?;
    dict.set_item("tool_errors", s.tool_errors)?;
    dict.set_item("ask_bytes", s.ask_bytes)?;
    dict.set_item("system_bytes", s.system_bytes)?;
    dict.set_item("history_bytes", s.history_bytes)?;
    dict.set_item("tool_result_bytes", s.tool_result_bytes)?;
    dict.set_item("document_bytes", s.document_bytes)?;
    dict.set_item("tool_bytes", s.tool_bytes)?;
    dict.set_item("total_bytes", s.total_bytes)?;
    dict.set_item("repaired", s.repaired)?;
    Ok(dict)
}

/// A ceiling with every limit resolved.
#[pyclass(frozen, get_all, module = "rheostat.types")]
pub(crate) struct Limit {
    /// Output tokens, thinking included.
    tokens: u64,
    /// US dollars.
    usd: f64,
    /// Seconds.
    seconds: f64,
    /// Samples.
    samples: u32,
    /// Rounds on one rung.
    depth: u32,
    /// Escalations to a higher rung.
    escalations: u32,
    /// US dollars for calls above the entry rung, or None where no cap bounds them.
    escalated_usd: Option<f64>,
}

impl Limit {
    fn new(l: &rheostat::ladder::Limit) -> Self {
        let rheostat::ladder::Limit {
            tokens,
            usd,
            seconds,
            samples,
            depth,
            escalations,
            entry: _,
            escalated_usd,
        } = *l;
        let escalated_usd = escalated_usd.is_finite().then_some(escalated_usd);
        Self { tokens, usd, seconds, samples, depth, escalations, escalated_usd }
    }
}

#[pymethods]
impl Limit {
    fn __repr__(&self) -> String {
        let Self { tokens, usd, seconds, samples, depth, escalations, escalated_usd: _ } = self;
        format!(
            "Limit(tokens={tokens}, usd={usd}, seconds={seconds}, samples={samples}, depth={depth}, \
             escalations={escalations})"
        )
    }
}
