//! The governor: makes plans. Its methods for outcomes and sessions stand with those nouns.

use crate::args::{self, instance};
use crate::callback::within;
use crate::ceiling::Ceiling;
use crate::clock::{At, now};
use crate::convert;
use crate::drift::DriftReport;
use crate::error::Result;
use crate::estimator::{Estimator, shipped};
use crate::features::{read_window, with_scan};
use crate::fork::detached;
use crate::getters::getters;
use crate::information::Information;
use crate::ladder::Ladder;
use crate::ledger::{self, Ledger};
use crate::plan::Plan;
use crate::plan_batch::PlanBatch;
use crate::policy;
use crate::query::{Source, of_batch, with_query};
use crate::rules::Rules;
use crate::rung::Rungs;
use crate::sessions::read_sessions;
use crate::sleep::Sleep;
use crate::typed::{named, typed};
use crate::whole::{Int, int, some_whole, whole};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use rheostat::governor as core;
use rheostat::plan::PlanOptions;
use rheostat::policy::Policy;
use rheostat::query::Window;
use rheostat::session::Purpose;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

typed!(Warnings<'py>(Bound<'py, PyTuple>): "tuple[str, ...]");
named!(SessionStats((usize, usize)));

/// Decides how much compute each query gets. Thread-safe; make one and share it.
///
/// Args:
///     ladder: The rungs that there are.
///     policy: Weighs cost against quality: `Shares`, `Threshold`, `Utility`, `Guaranteed` or `Paced` of `rheostat.policy`;
///         `Shares()` if not given.
///     ceiling: What no query may ever exceed; derived from the ladder where it is not given.
///     estimator: Another model than the shipped one.
///     rules: What runs go by: which evidence turns which dial, and which settles; see `Rules`.
///     window: The most bytes of a query that are read, head and tail; 16 KiB if not given.
///     outcomes: How many outcomes are kept until they are drained; the oldest are dropped and counted.
///     sessions: How sessions are kept: `Sessions`.
///     ledger: What plans are cut to and runs draw on: a `Ledger`, or a store that has one.
///     drift: How many of the newest queries, and of the newest outcomes, are looked at for `drift`: 0 for none, or from 100
///         to 16,384.
///     seed: Makes plan ids repeatable; drawn at random if not given. Decisions do not depend on it.
///     sleep: How it may precompute while nothing is asked: `rheostat.sleep.Sleep`. If not given, it does not.
///     overrides: False if no query may name its rung: a rung is then reached through the policy only.
///
/// Raises:
///     InvalidValueError: A value is out of bounds, or policy and ladder do not fit each other.
///     InvalidTypeError: Not a ladder, a policy, a ceiling or an estimator.
///
/// Warns:
///     UserWarning: A rung that no query can ever reach; and, once, when a plan is made: more than 95 % of the last 200
///         queries were planned on one rung.
///
/// Example:
///     >>> import rheostat as rh
///     >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
///     >>> governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0))
///     >>> governor.plan("What is the capital of France?").rung.name in ("fast", "deep")
///     True
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Governor {
    pub(crate) inner: core::Governor,
    ladder: Py<Ladder>,
    pub(crate) rungs: Rungs,
    pub(crate) window: Window,
    /// True if plans need the time, for a ledger's windows or a pacer's period.
    pub(crate) timed: bool,
    pub(crate) ledger: Option<Py<Ledger>>,
}

/// Warns at the line of the caller.
pub(crate) fn warn(py: Python<'_>, text: &str) -> PyResult<()> {
    within(py, || py.import("rheostat._checks")?.getattr("warn")?.call1((text,)).map(drop))
}

getters! {
    Governor, |this| {
        /// The sessions that are kept, and their memory.
        sessions: SessionStats = SessionStats(this.inner.sessions().size());
        /// Number of outcomes dropped because the buffer was full.
        outcomes_dropped: u64 = this.inner.outcomes_dropped();
        /// The ladder.
        ladder(py): Py<Ladder> = this.ladder.clone_ref(py);
        /// Comparison of queries with those of the estimator's fit or calibration, and of graded and judged answers of the planned rung
        /// with P(correct). None if `drift=0`. Noticed drift is part of the version and a reason of plans, until it is over or the
        /// estimator is replaced.
        drift: Option<DriftReport> = this.inner.drift().map(DriftReport::new);
        /// Name of the deciding state: equal versions give equal plans.
        version: String = this.inner.version().to_string();
    }
}

#[pymethods]
impl Governor {
    #[new]
    #[pyo3(signature = (
        ladder: "Ladder", policy: "Shares | Threshold | Utility | Guaranteed | Paced | None" = None,
        ceiling: "Ceiling | None" = None, *, estimator: "Estimator | None" = None, rules: "Rules | None" = None,
        window = None, outcomes = 65_536, sessions: "Sessions | None" = None, ledger: "Any" = None, drift = 1_024,
        seed = None, sleep: "Sleep | None" = None, overrides = true
    ))]
    fn new(
        py: Python<'_>,
        ladder: &Bound<'_, PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
        ceiling: Option<&Bound<'_, PyAny>>,
        estimator: Option<&Bound<'_, PyAny>>,
        rules: Option<&Bound<'_, PyAny>>,
        window: Option<Int>,
        #[pyo3(from_py_with = int)] outcomes: i128,
        sessions: Option<&Bound<'_, PyAny>>,
        ledger: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = int)] drift: i128,
        seed: Option<Int>,
        sleep: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::flag::overrides)] overrides: bool,
    ) -> Result<Self> {
        let ladder = instance::<Ladder>(ladder, "ladder", "a Ladder")?;
        let window = read_window(window)?;
        let estimator = estimator.map(read_estimator).transpose()?.unwrap_or_else(shipped);
        let mut builder = core::Governor::builder(ladder.get().inner.clone())
            .estimator(estimator)
            .window(window)
            .outcomes(whole("outcomes", outcomes, 0..=usize::MAX)?)
            .drift(whole("drift", drift, 0..=usize::MAX)?)
            .nonce(some_whole("seed", seed, 0..=u64::MAX)?.unwrap_or_else(|| RandomState::new().hash_one(0)));
        if let Some(sessions) = sessions {
            builder = builder.sessions(read_sessions(sessions)?);
        }
        let ledger = ledger.map(ledger::read).transpose()?;
        if let Some(ledger) = &ledger {
            builder = builder.ledger(ledger.get().inner.clone());
        }
        builder = builder.overrides(overrides);
        if let Some(sleep) = sleep {
            builder = builder.sleep(instance::<Sleep>(sleep, "sleep", "a Sleep")?.get().inner.clone());
        }
        if let Some(policy) = policy {
            builder = builder.policy(policy::read(policy)?);
        }
        if let Some(rules) = rules {
            builder = builder.rules(instance::<Rules>(rules, "rules", "a Rules")?.get().inner.clone());
        }
        if let Some(ceiling) = ceiling {
            builder = builder.ceiling(read_ceiling(ceiling)?);
        }
        let inner = builder.build()?;
        for warning in inner.warnings() {
            warn(py, &warning)?;
        }
        let rungs = ladder.get().rungs.clone();
        let paced = matches!(inner.snapshot().policy, Policy::Paced(_));
        let timed = paced || inner.ledger().is_some();
        Ok(Self { inner, ladder: ladder.clone().unbind(), rungs, window, timed, ledger })
    }

    /// Decides the budget of one query, before any compute is spent on it. Give exactly one of text, messages and
    /// body.
    ///
    /// Args:
    ///     text: The query as `str` (or bytes, which need not be UTF-8).
    ///     messages: Chat messages in the shapes of OpenAI or Anthropic. The newest human ask is what is scored.
    ///     body: A chat-completions, responses or messages request: its raw JSON bytes, or the parsed request as a dict or another
    ///         mapping, which is read where it is. Both make the same plan.
    ///     session: The conversation that it belongs to.
    ///     tenant: The customer that it belongs to. `Plan.reasons` says if it changes nothing: the ledger caps no tenant, and
    ///         the policy is not `Paced`.
    ///     ceiling: A tighter ceiling for this query. What is looser than the governor's is cut to it, and said.
    ///     models: The models that may be used.
    ///     rung: The user's own choice of a rung, which wins. The plan's reasons and its record say so.
    ///     purpose: `"answer"`, `"planning"` (at least the default rung), `"housekeeping"` (the lowest rung, and no part of the
    ///         session) or `"compaction"` (the session's rung, and no part of it). In a session it is recognised if not given.
    ///     difficulty: How hard it is, in [0, 1], from a second stage (`rheostat.second_stage`): it takes the place of the
    ///         estimate's.
    ///     p_correct: P(correct), in [0, 1], by the names of rungs, from a second stage: each takes the place of the estimate's.
    ///     at: The time that the run starts from, in seconds of a monotonic clock; the clock's if not given.
    ///
    /// Raises:
    ///     InvalidValueError: Not exactly one query, or a value out of bounds.
    ///     InvalidTypeError: Something of a wrong type.
    ///     UnknownNameError: No such rung, or no rung has one of the models.
    ///     MalformedError: The body is not such JSON; the message says at which byte.
    ///     DeniedError: A cap of the ledger is used up.
    ///     StateError: A rung, where the governor takes no overrides.
    #[pyo3(signature = (
        text: "_Text | None" = None, *, messages: "_Messages | None" = None, body: "_Body | None" = None,
        session = None, tenant = None, ceiling: "Ceiling | None" = None, models = None, rung = None,
        purpose: "_Purpose | None" = None, difficulty = None, p_correct = None, at = None
    ))]
    fn plan<'py>(
        slf: &Bound<'py, Self>,
        text: Option<&Bound<'_, PyAny>>,
        messages: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::some_text::session)] session: Option<String>,
        #[pyo3(from_py_with = args::some_text::tenant)] tenant: Option<String>,
        ceiling: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::some_names::models)] models: Option<Vec<String>>,
        #[pyo3(from_py_with = args::some_text::rung)] rung: Option<String>,
        #[pyo3(from_py_with = args::some_choice::purpose)] purpose: Option<&str>,
        #[pyo3(from_py_with = args::some_real::difficulty)] difficulty: Option<f64>,
        #[pyo3(from_py_with = args::some_table::p_correct)] p_correct: Option<BTreeMap<String, f64>>,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<Bound<'py, Plan>> {
        let (session, tenant, rung) = (session.as_deref(), tenant.as_deref(), rung.as_deref());
        let governor = slf.get();
        let alone = messages.is_none()
            & body.is_none()
            & session.is_none()
            & tenant.is_none()
            & ceiling.is_none()
            & models.is_none()
            & rung.is_none()
            & purpose.is_none()
            & difficulty.is_none()
            & p_correct.is_none();
        if let Some(text) = text.filter(|_| alone).and_then(|text| text.cast::<PyString>().ok()) {
            return Plan::of_text(slf, text, at);
        }
        let ceiling = ceiling.map(read_ceiling).transpose()?;
        let purpose = purpose.map(Purpose::from_name).transpose()?;
        let models = models.as_deref();
        let p_correct = p_correct.map(|chances| governor.in_order(&chances)).transpose()?;
        let options = PlanOptions {
            ceiling,
            models,
            rung,
            session,
            tenant,
            purpose,
            difficulty,
            p_correct: p_correct.as_deref(),
            at: governor.now(session, at),
        };
        with_query(text, messages, body, governor.window.bytes, |query| {
            Plan::decide(slf, query, &options, at, || Source::keep(text, query))
        })?
    }

    /// The value of a second opinion on a query's difficulty. Nothing is planned or remembered.
    ///
    /// Args:
    ///     text, messages, body, session, tenant, ceiling, models, rung, purpose, at: As for `plan`.
    ///     spread: By how many logits the opinion moves the difficulty from the estimate's: one standard deviation, at most 8.
    ///
    /// Raises:
    ///     InvalidValueError: What `plan` raises it for, or a spread out of bounds.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> ladder = rh.Ladder([rh.Rung("fast", output_price=0.4), rh.Rung("deep", output_price=10.0)])
    ///     >>> governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=0.0))
    ///     >>> chat = [{"role": "user", "content": "What is the capital of France?"}]
    ///     >>> governor.information(messages=chat, spread=1.0)
    ///     Information(usd=0.0, change=0.0)
    #[pyo3(signature = (
        text: "_Text | None" = None, *, spread, messages: "_Messages | None" = None, body: "_Body | None" = None,
        session = None, tenant = None, ceiling: "Ceiling | None" = None, models = None, rung = None,
        purpose: "_Purpose | None" = None, at = None
    ))]
    fn information(
        &self,
        text: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::real::spread)] spread: f64,
        messages: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::some_text::session)] session: Option<String>,
        #[pyo3(from_py_with = args::some_text::tenant)] tenant: Option<String>,
        ceiling: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = args::some_names::models)] models: Option<Vec<String>>,
        #[pyo3(from_py_with = args::some_text::rung)] rung: Option<String>,
        #[pyo3(from_py_with = args::some_choice::purpose)] purpose: Option<&str>,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<Information> {
        let (session, tenant, rung) = (session.as_deref(), tenant.as_deref(), rung.as_deref());
        let ceiling = ceiling.map(read_ceiling).transpose()?;
        let purpose = purpose.map(Purpose::from_name).transpose()?;
        let at = self.now(session, at);
        let models = models.as_deref();
        let options =
            PlanOptions { ceiling, models, rung, session, tenant, purpose, at, ..PlanOptions::default() };
        with_query(text, messages, body, self.window.bytes, |query| {
            let known = with_scan(|scan| self.inner.information(query, &options, spread, scan))?;
            let ask = String::from_utf8_lossy(&query.ask).into_owned();
            Ok(Information::new(known, ask))
        })?
    }

    /// Decides many texts at once, on all cores. The interpreter is let go meanwhile.
    ///
    /// Args:
    ///     texts: An iterable of `str` or bytes.
    ///     threads: How many threads to use; one per core if not given.
    ///
    /// Raises:
    ///     InvalidTypeError: An element is neither; the message says which.
    #[pyo3(signature = (texts: "Iterable[_Text]", *, threads = None))]
    fn plan_batch(
        &self,
        py: Python<'_>,
        texts: &Bound<'_, PyAny>,
        threads: Option<Int>,
    ) -> Result<PlanBatch> {
        let texts = convert::texts(texts)?;
        let workers = convert::threads(threads)?;
        let rows = detached(py, || self.inner.plan_batch(&texts, of_batch, workers));
        self.tell(py)?;
        Ok(PlanBatch::new(py, &rows, self.rungs.clone()))
    }

    /// Uses another estimator from now on, such as one that a `Learner` has solved for. Plans that are being made, and runs
    /// of plans made before, keep theirs.
    ///
    /// Raises:
    ///     InvalidTypeError: Not an estimator.
    #[pyo3(signature = (estimator: "Estimator"))]
    fn replace_estimator(&self, estimator: &Bound<'_, PyAny>) -> Result<()> {
        Ok(self.inner.replace_estimator(read_estimator(estimator)?)?)
    }

    /// Rungs that no query can reach, in words.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Warnings<'py>> {
        PyTuple::new(py, self.inner.warnings()).map(Warnings)
    }

    /// Refuses to be pickled, and says what to do.
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "cannot pickle 'rheostat.Governor' object: its sessions, its ledger and its learning are those of one process. Make \
             one in each worker, such as by rheostat.config.load(FILE).governor(), with caps in stores.SQLite or stores.Redis",
        ))
    }

    fn __repr__(&self) -> String {
        format!("Governor({} rungs, version={:?})", self.rungs.len(), self.inner.version())
    }
}

impl Governor {
    /// Warns of a policy that is a switch, once.
    #[inline]
    pub(crate) fn tell(&self, py: Python<'_>) -> PyResult<()> {
        match self.inner.take_notice() {
            Some(notice) => warn(py, &notice),
            None => Ok(()),
        }
    }

    /// The time of a plan. The clock is read only for sessions, ledgers and pacers.
    #[inline]
    pub(crate) fn now(&self, session: Option<&str>, at: Option<At>) -> f64 {
        if self.timed || session.is_some() { now(at) } else { 0.0 }
    }

    /// Puts values by rung name into the ladder's order.
    fn in_order(&self, chances: &BTreeMap<String, f64>) -> Result<Vec<Option<f64>>> {
        let snapshot = self.inner.snapshot();
        let mut ordered = vec![None; snapshot.ladder.rungs().len()];
        for (name, &chance) in chances {
            if let Some(slot) = ordered.get_mut(snapshot.ladder.index(name)?) {
                *slot = Some(chance);
            }
        }
        Ok(ordered)
    }
}

pub(crate) fn read_ceiling(ceiling: &Bound<'_, PyAny>) -> Result<rheostat::ladder::Ceiling> {
    Ok(instance::<Ceiling>(ceiling, "ceiling", "a Ceiling")?.get().inner)
}

fn read_estimator(estimator: &Bound<'_, PyAny>) -> Result<Arc<rheostat::estimate::Estimator>> {
    Ok(instance::<Estimator>(estimator, "estimator", "an Estimator")?.get().inner.clone())
}
