//! Sleep-time compute: its settings, and the governor's calls.

use crate::args;
use crate::cap::{Amount, Cap, cost};
use crate::clock::{At, wall};
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::governor::Governor;
use crate::typed::named;
use crate::whole::{Int, int, whole};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use rheostat::sleep as core;

named!(SleepJob((u64, usize, String, u64, f64, f64, f64)));
named!(SleepRefusal((usize, &'static str, f64, Option<f64>)));
named!(SleepPlan((Vec<SleepJob>, Vec<SleepRefusal>, f64, f64)));
named!(Woken((bool, Option<u64>, f64, &'static str)));
named!(KeepAlive((bool, f64, f64, f64)));

/// How a governor sleeps: what may be precomputed while nothing is asked, and from which budget.
///
/// Args:
///     cap: Bound on what sleep may spend. It is sleep's own, whatever its scope and key: live queries are served from others.
///     usd_per_second: Worth of one second that a user waits less, in US dollars.
///     usd_per_error: Cost of a wrong answer that a hit causes, in US dollars.
///     confidence: Confidence of the lower bound on the chance of a hit, from 0.5 to 0.999999.
///     contexts: Most contexts that are remembered; the least recently used go first.
///     forms: The ways in which a provider runs work: its name, the factor on its price, and the seconds until the result is there
///         at the latest. A batch at half the price within a day is `("batch", 0.5, 86_400)`. If not given, at once.
///
/// Raises:
///     InvalidValueError: A value is out of bounds.
///
/// Example:
///     >>> import rheostat as rh
///     >>> sleep = rh.sleep.Sleep(rh.Cap("fleet", usd=20, per=86_400), forms=[("now", 1, 0), ("batch", 0.5, 7_200)])
///     >>> governor = rh.Governor(rh.Ladder([rh.Rung("fast")]), sleep=sleep)
///     >>> summary = rh.sleep.Candidate("summary", usd=0.02, live_usd=0.05, hit_usd=0.005)
///     >>> governor.sleep("report", [summary], fingerprint="v1", ttl=3_600, at=0).refused[0].reason
///     'no_evidence'
#[pyclass(frozen, module = "rheostat.sleep")]
pub(crate) struct Sleep {
    pub(crate) inner: core::SleepOptions,
}

getters! {
    Sleep, |this| {
        /// Bound on what sleep may spend.
        cap: Cap = Cap { inner: this.inner.cap.clone() };
    }
}

#[pymethods]
impl Sleep {
    #[new]
    #[pyo3(signature = (
        cap: "Cap", *, usd_per_second = 0.0, usd_per_error = 0.0, confidence = 0.9, contexts = 10_000,
        forms: "Iterable[tuple[str, float, float]] | None" = None
    ))]
    fn new(
        cap: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::real::usd_per_second)] usd_per_second: f64,
        #[pyo3(from_py_with = args::real::usd_per_error)] usd_per_error: f64,
        #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
        #[pyo3(from_py_with = int)] contexts: i128,
        forms: Option<&Bound<'_, PyAny>>,
    ) -> Result<Self> {
        let cap = args::instance::<Cap>(cap, "cap", "a Cap")?.get().inner.clone();
        let contexts = whole("sleep: contexts", contexts, 0..=usize::MAX)?;
        let mut inner = core::SleepOptions {
            usd_per_second,
            usd_per_error,
            confidence,
            contexts,
            ..core::SleepOptions::new(cap)
        };
        if let Some(forms) = forms {
            inner.forms =
                args::read_list(forms, "forms", "triples of a name, a factor and seconds", |item, what| {
                    let parts = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>)>();
                    let (name, factor, seconds) = parts
                        .map_err(|_| wrong_type(what, item, "a triple of a name, a factor and seconds"))?;
                    Ok(core::Form {
                        name: args::read_text(&name, what)?,
                        factor: args::read_real(&factor, what)?,
                        seconds: args::read_real(&seconds, what)?,
                    })
                })?;
        }
        core::Sleeper::new(inner.clone())?;
        Ok(Self { inner })
    }

    fn __repr__(&self) -> String {
        format!("Sleep(cap of {}, {} forms)", self.inner.cap.scope, self.inner.forms.len())
    }
}

/// A predicted query of a context: what precomputing its answer would cost, and what a hit would save.
///
/// Args:
///     key: Names the query. A wake with the same key is a hit: a digest of the query's normal form, or of a cluster of queries.
///     usd: US dollars that precomputing may cost at once, writes to a provider's cache included.
///     tokens: Output tokens that it may cost, where the cap bounds them.
///     live_usd: Cost of a live answer, in US dollars.
///     hit_usd: Cost of an answer with the artefact.
///     seconds: Seconds that a user waits less.
///     weight: How likely it is among the predicted ones, in [0, 1]. Only ratios count.
///
/// Raises:
///     InvalidValueError: A number is negative; other bounds are checked by `Governor.sleep`.
#[pyclass(frozen, module = "rheostat.sleep")]
pub(crate) struct Candidate {
    inner: core::Candidate,
}

getters! {
    Candidate, |this| {
        /// Names the query.
        key: &str = &this.inner.key;
    }
}

#[pymethods]
impl Candidate {
    #[new]
    #[pyo3(signature = (key, *, usd, live_usd, hit_usd = 0.0, tokens = 0, seconds = 0.0, weight = 1.0))]
    fn new(
        #[pyo3(from_py_with = args::text::key)] key: String,
        #[pyo3(from_py_with = args::real::usd)] usd: f64,
        #[pyo3(from_py_with = args::real::live_usd)] live_usd: f64,
        #[pyo3(from_py_with = args::real::hit_usd)] hit_usd: f64,
        #[pyo3(from_py_with = int)] tokens: i128,
        #[pyo3(from_py_with = args::real::seconds)] seconds: f64,
        #[pyo3(from_py_with = args::real::weight)] weight: f64,
    ) -> Result<Self> {
        let cost = cost("tokens", tokens, usd)?;
        Ok(Self { inner: core::Candidate { key, weight, cost, live_usd, hit_usd, seconds } })
    }

    fn __repr__(&self) -> String {
        format!(
            "Candidate({:?}, usd={}, live_usd={})",
            self.inner.key,
            self.inner.cost.usd.dollars(),
            self.inner.live_usd
        )
    }
}

#[pymethods]
impl Governor {
    /// Decides what to precompute for a context while nothing is asked. Needs a governor with `sleep=`.
    ///
    /// A candidate is granted where its cost, at the price of compute, is below what its hits are expected to save before the sources
    /// change. How often predictions hit is learned from wakes, so that sleep refuses at first. Costs are claimed from sleep's own
    /// cap, best value per dollar first. Run each job in its form, and report it by `slept`.
    ///
    /// Args:
    ///     context: Names the context: a document, a repository, a conversation.
    ///     candidates: The predicted queries, at most 256.
    ///     fingerprint: Identifies the state of the sources, 1 to 64 bytes or characters, such as a digest of them.
    ///     ttl: Seconds for which an artefact may be used.
    ///     query_rate: Queries per second; learned from wakes if not given.
    ///     change_rate: Changes of the sources per second; learned from fingerprints if not given.
    ///     at: The time, in seconds from 0 to 1e11; Unix time if not given.
    ///
    /// Raises:
    ///     InvalidValueError: A value is out of bounds.
    ///     StateError: The governor was made without `sleep=`.
    #[pyo3(signature = (
        context, candidates: "Iterable[Candidate]", *, fingerprint: "str | bytes", ttl, query_rate = None, change_rate = None, at = None
    ))]
    #[allow(clippy::too_many_arguments)] // keywords
    fn sleep(
        &self,
        #[pyo3(from_py_with = args::text::context)] context: String,
        candidates: &Bound<'_, PyAny>,
        fingerprint: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::real::ttl)] ttl: f64,
        #[pyo3(from_py_with = args::some_real::query_rate)] query_rate: Option<f64>,
        #[pyo3(from_py_with = args::some_real::change_rate)] change_rate: Option<f64>,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<SleepPlan> {
        let read = |candidate: &Bound<'_, Candidate>| candidate.get().inner.clone();
        let candidates = args::instances(candidates, "candidates", "an iterable of Candidate", read)?;
        let fingerprint = bytes(fingerprint)?;
        let (context, candidates, fingerprint) = (context.as_str(), &*candidates, &*fingerprint);
        let price = self.inner.snapshot().policy.price(None);
        let ask = core::SleepAsk { context, fingerprint, candidates, query_rate, change_rate, ttl, price };
        let (plan, forms) = self
            .inner
            .sleeper(|sleeper| Ok((sleeper.sleep(&ask, wall(at))?, sleeper.options().forms.clone())))?;
        let job = |job: core::Job| {
            let form = forms.get(job.form).map_or_else(String::new, |form| form.name.clone());
            SleepJob((
                job.id,
                job.candidate,
                form,
                job.claim.tokens,
                job.claim.usd.dollars(),
                job.value,
                job.chance,
            ))
        };
        let refused =
            |r: core::Refused| SleepRefusal((r.candidate, r.reason.as_str(), r.chance, r.break_even));
        Ok(SleepPlan((
            plan.jobs.into_iter().map(job).collect(),
            plan.refused.into_iter().map(refused).collect(),
            plan.queries,
            plan.predicted,
        )))
    }

    /// Reports a job of `sleep`. Its artefact may be used from now on, unless the sources have changed meanwhile.
    ///
    /// Args:
    ///     job: The job's id, which is the artefact's.
    ///     tokens: Output tokens that it has cost.
    ///     usd: US dollars that it has cost.
    ///     made: False if it failed.
    ///     at: The time, as for `sleep`.
    ///
    /// Raises:
    ///     StateError: There is no such job in flight.
    #[pyo3(signature = (job: "int", *, tokens = 0, usd = 0.0, made = true, at = None))]
    fn slept(
        &self,
        job: Int,
        #[pyo3(from_py_with = int)] tokens: i128,
        #[pyo3(from_py_with = args::real::usd)] usd: f64,
        #[pyo3(from_py_with = args::flag::made)] made: bool,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<()> {
        let (job, spent) = (whole("job", job, 0..=u64::MAX)?, cost("tokens", tokens, usd)?);
        Ok(self.inner.sleeper(|sleeper| sleeper.finish(job, spent, made, wall(at)))?)
    }

    /// Looks for an artefact for a live query. A hit was made from sources with this very fingerprint, within its life; a stale one is
    /// never returned. Call it for each query of the context, also where nothing was precomputed: it teaches how often predictions hit.
    ///
    /// Args:
    ///     context: The context.
    ///     key: The query's key, as in its `Candidate`.
    ///     fingerprint: Identifies the state of the sources now.
    ///     at: The time, as for `sleep`.
    ///
    /// Raises:
    ///     InvalidValueError: A value is out of bounds.
    ///     StateError: The governor was made without `sleep=`.
    #[pyo3(signature = (context, key, *, fingerprint: "str | bytes", at = None))]
    fn wake(
        &self,
        #[pyo3(from_py_with = args::text::context)] context: String,
        #[pyo3(from_py_with = args::text::key)] key: String,
        fingerprint: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::some_time::at)] at: Option<At>,
    ) -> Result<Woken> {
        let fingerprint = bytes(fingerprint)?;
        let woken = self.inner.sleeper(|sleeper| sleeper.wake(&context, &key, &fingerprint, wall(at)))?;
        Ok(match woken {
            core::Wake::Hit { artefact, age } => Woken((true, Some(artefact), age, "hit")),
            core::Wake::Miss(miss) => Woken((false, None, 0.0, miss.as_str())),
        })
    }

    /// Notes how the answer of a hit turned out.
    ///
    /// Args:
    ///     context: The context.
    ///     right: True if the answer was right.
    ///
    /// Raises:
    ///     StateError: The context is not known, or the governor was made without `sleep=`.
    #[pyo3(signature = (context, *, right))]
    fn woke(
        &self,
        #[pyo3(from_py_with = args::text::context)] context: String,
        #[pyo3(from_py_with = args::flag::right)] right: bool,
    ) -> Result<()> {
        Ok(self.inner.sleeper(|sleeper| sleeper.judge(&context, right))?)
    }

    /// Weighs a refresh of a context's prefix in a provider's cache: it pays where the chance of a query within the cache's life is
    /// above `read / (write - read)`.
    ///
    /// Args:
    ///     context: The context.
    ///     read_usd: Price of reading the prefix from the cache once, in US dollars.
    ///     write_usd: Price of writing it to the cache.
    ///     ttl: Seconds for which the provider keeps it after a read.
    ///     query_rate: Queries per second; the context's if not given.
    ///
    /// Raises:
    ///     InvalidValueError: A value is out of bounds.
    ///     StateError: The governor was made without `sleep=`.
    #[pyo3(signature = (context, *, read_usd, write_usd, ttl, query_rate = None))]
    fn keep_alive(
        &self,
        #[pyo3(from_py_with = args::text::context)] context: String,
        #[pyo3(from_py_with = args::real::read_usd)] read_usd: f64,
        #[pyo3(from_py_with = args::real::write_usd)] write_usd: f64,
        #[pyo3(from_py_with = args::real::ttl)] ttl: f64,
        #[pyo3(from_py_with = args::some_real::query_rate)] query_rate: Option<f64>,
    ) -> Result<KeepAlive> {
        let core::KeepAlive { pays, chance, break_even, usd } = self
            .inner
            .sleeper(|sleeper| sleeper.keep_alive(&context, read_usd, write_usd, ttl, query_rate))?;
        Ok(KeepAlive((pays, chance, break_even, usd)))
    }

    /// The knowledge of sleep about each context, its spending and its jobs in flight, as bytes for `restore_sleep`. Artefacts are not
    /// in it: the host keeps them.
    ///
    /// Raises:
    ///     StateError: The governor was made without `sleep=`.
    fn sleep_state<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.inner.sleeper(|sleeper| Ok(sleeper.state()))?))
    }

    /// Goes on from a state of sleep. Jobs have new ids from then on, also where the state is older than the newest job.
    ///
    /// Raises:
    ///     ArtifactError: The state is damaged. Nothing has changed then.
    ///     StateError: The governor was made without `sleep=`.
    fn restore_sleep(&self, state: &[u8]) -> Result<()> {
        Ok(self.inner.sleeper(|sleeper| {
            *sleeper = core::Sleeper::restore(sleeper.options().clone(), state)?;
            Ok(())
        })?)
    }

    /// Spending of sleep since the governor was made. None without `sleep=`.
    #[getter]
    fn sleep_spent(&self) -> Option<Amount> {
        self.inner.sleeper(|sleeper| Ok(Amount::of(sleeper.spent().0))).ok()
    }
}

/// Reads a fingerprint: a text, or bytes.
fn bytes(value: &Bound<'_, PyAny>) -> Result<Vec<u8>> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(crate::convert::utf8(text)?.0.into_owned().into_bytes());
    }
    let bytes = value.cast::<PyBytes>().map_err(|_| wrong_type("fingerprint", value, "str or bytes"))?;
    Ok(bytes.as_bytes().to_vec())
}
