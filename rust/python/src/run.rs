//! The run of one query.

use crate::action::Action;
use crate::args;
use crate::call::{Call, Sample};
use crate::clock::{At, now};
use crate::convert::text;
use crate::error::Result;
use crate::getters::getters;
use crate::ledger::Ledger;
use crate::rung::{Rung, Rungs, rung};
use crate::show::truth;
use crate::typed::typed;
use crate::whole::{int, whole};
use pyo3::prelude::*;
use rheostat::rules::Evidence;
use rheostat::run as core;

typed!(Phase(&'static str): "_Phase");

/// One query being served under its plan. Ask it for calls, send them, report what comes back, and follow its actions.
///
/// A run is made by `Plan.start()` and is a context manager, which closes it. All methods may be used from several
/// threads. `at` overrides the time of an event, in seconds of a monotonic clock; whoever gives it once should give
/// it always.
///
/// Example:
///     >>> import rheostat as rh
///     >>> ladder = rh.Ladder([rh.Rung("fast")])
///     >>> governor = rh.Governor(ladder, policy=rh.policy.Utility(usd_per_error=2.0))
///     >>> with governor.plan("What is the capital of France?").start() as run:
///     ...     while calls := run.next():
///     ...         for call in calls:
///     ...             action = call.sample(0).finish(answer="Paris")
///     ...             action = call.usage(input=9, output=2)
///     >>> run.answer, run.settled, run.spent.tokens
///     ('Paris', True, 2)
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Run {
    pub(crate) inner: core::Run,
    pub(crate) rungs: Rungs,
    /// The ledger, if it is kept in a file.
    pub(crate) ledger: Option<Py<Ledger>>,
}

impl Run {
    /// Grants the next calls, in a turn if the ledger is kept in a file. Calls whose claim cannot be written are taken back.
    pub(crate) fn granted(&self, py: Python<'_>, now: f64) -> Result<Vec<core::Call>> {
        let Some(ledger) = &self.ledger else { return Ok(self.inner.next(now)?) };
        let mut calls = Vec::new();
        let written = ledger.get().turn(py, || {
            calls = self.inner.next(now)?;
            Ok(())
        });
        if let Err(error) = written {
            self.inner.take_back(&calls);
            return Err(error);
        }
        Ok(calls)
    }

    pub(crate) fn end(&self, py: Python<'_>, now: f64) -> Result<()> {
        self.inner.close(now);
        self.ledger.as_ref().map_or(Ok(()), |ledger| ledger.get().write_urgent(py))
    }
}

getters! {
    Run, |this| {
        /// True if nothing is in flight and no call will follow.
        done: bool = this.inner.done();
        /// The settled answer, or the best so far, or None.
        answer: Option<String> = this.inner.answer();
        /// True if the run ended by its rules, not at the ceiling.
        settled: bool = this.inner.settled();
        /// True if the answer is certified as the likeliest answer of the model on its rung, with an error probability of at most the
        /// rules' `alpha`. See `Vote.certified`.
        certified: bool = this.inner.certified();
        /// Phase of the run: `"started"`, `"sampling"`, `"thinking"`, `"escalating"`, `"settled"`, `"ceiling"`, `"exhausted"` or
        /// `"closed"`.
        phase: Phase = Phase(this.inner.phase().as_str());
        /// The rung in use.
        rung(py): Result<Py<Rung>> = rung(py, &this.rungs, this.inner.rung());
        /// Number of escalations so far.
        escalations: u32 = this.inner.escalations();
        /// Number of those escalations that were fallbacks: a call had failed, and the next rung was asked instead.
        fallbacks: u32 = this.inner.fallbacks();
        /// Seconds until an upstream may be asked that was left alone because it had failed too often, or None: each call had one.
        unavailable_for: Option<f64> = this.inner.unavailable_for();
        /// The reason of the end, in words, or None while the run goes on.
        ended: Option<&'static str> = this.inner.ended().map(core::Reason::as_str);
        /// The newest 256 events with their reasons, oldest first.
        trail(py): Result<Vec<Event>> =
            this.inner.trail().into_iter().map(|event| Event::new(py, &event, &this.rungs)).collect();
        /// Number of older events that the trail has lost.
        trail_dropped: u64 = this.inner.trail_dropped();
    }
}

#[pymethods]
impl Run {
    /// The calls to send now. Empty when nothing is to be sent: the run has ended, or must first hear from what is
    /// in flight; `done` tells which.
    ///
    /// Raises:
    ///     StateError: The run is closed.
    ///     StoreError: The ledger is kept in a file that is busy or broken. Nothing was granted; ask again.
    #[pyo3(signature = (*, at = None))]
    fn next(&self, py: Python<'_>, at: Option<At>) -> Result<Vec<Call>> {
        let calls = self.granted(py, now(at))?;
        Ok(calls.into_iter().map(|inner| Call { inner, rungs: self.rungs.clone() }).collect())
    }

    /// The `index`-th sample launched, over all calls. For a host of one stream: `sample(0)` before any `next()`
    /// grants the first calls itself.
    ///
    /// Raises:
    ///     InvalidValueError: Fewer samples have been launched.
    #[pyo3(signature = (index = 0))]
    fn sample(&self, py: Python<'_>, #[pyo3(from_py_with = int)] index: i128) -> Result<Sample> {
        let index = whole("sample", index, 0..=u32::MAX)?;
        if self.ledger.is_some() && self.inner.phase() == core::Phase::Started {
            // No number is the last time that the run has seen.
            self.granted(py, f64::NAN)?;
        }
        Ok(Sample { inner: self.inner.sample(index)?, rungs: self.rungs.clone() })
    }

    /// Lets time pass, so that a deadline is noticed while no stream reports.
    #[pyo3(signature = (*, at = None))]
    fn tick(&self, py: Python<'_>, at: Option<At>) -> Result<Py<Action>> {
        Action::object(py, self.inner.tick(now(at)), &self.rungs)
    }

    /// One turn of the agent that the run serves: what was called, and its result or its error. The same call with the same
    /// result, or no new result for a while, is the evidence `"stall"`; the same error again is `"tool_errors"`. Calls are
    /// equal when they are equal without white space, errors when they differ in numbers only.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> ladder = rh.Ladder([rh.Rung("fast"), rh.Rung("deep")])
    ///     >>> run = rh.Governor(ladder).plan("Mend the build.", rung="fast").start()
    ///     >>> [run.turn("make", error=f"line {line}: no rule").reason for line in (12, 14)]
    ///     ['nothing speaks against going on', "the agent's tools keep failing"]
    #[pyo3(signature = (call: "str", result: "str | None" = None, *, error: "str | None" = None, at = None))]
    fn turn(
        &self,
        py: Python<'_>,
        call: &Bound<'_, PyAny>,
        result: Option<&Bound<'_, PyAny>>,
        error: Option<&Bound<'_, PyAny>>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let call = text(call, "call")?;
        let result = result.map(|result| text(result, "result")).transpose()?;
        let error = error.map(|error| text(error, "error")).transpose()?;
        let outcome = error.as_deref().map_or(Ok(result.as_deref().unwrap_or("")), Err);
        Action::object(py, self.inner.turn(&call, outcome, now(at)), &self.rungs)
    }

    /// Reports evidence that no stream shows, of any kind that a `Ramp` may name. The run takes the ramp of its rule.
    ///
    /// Raises:
    ///     UnknownNameError: No such evidence.
    #[pyo3(signature = (evidence: "_Evidence", words = None, *, at = None))]
    fn observe(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = args::choice::evidence)] evidence: &str,
        #[pyo3(from_py_with = args::some_text::words)] words: Option<String>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let evidence = Evidence::from_name(evidence)?;
        let action = match words {
            Some(words) => self.inner.observe_with(evidence, &words, now(at)),
            None => self.inner.observe(evidence, now(at)),
        };
        Action::object(py, action, &self.rungs)
    }

    /// Sets the shadow price of a dollar of compute from now on: 1, or more if a budget is short. Ramps are weighed with it.
    ///
    /// Raises:
    ///     InvalidValueError: Not a finite number of at least 0.
    fn set_price_of_compute(&self, #[pyo3(from_py_with = args::real::price)] price: f64) -> Result<()> {
        Ok(self.inner.set_price_of_compute(price)?)
    }

    /// Notes that the host shows the stream in flight to its user, who must never see it taken back: from now on the run only goes on,
    /// raises that stream's thinking budget, or stops. It asks for no other sample, no revision and no other rung, and tries nothing
    /// again. Signals are still read, and a doubt still keeps the answer from being settled.
    ///
    /// Example:
    ///     >>> import rheostat as rh
    ///     >>> run = rh.Governor(rh.Ladder([rh.Rung("fast"), rh.Rung("deep")])).plan("Why?", rung="fast").start()
    ///     >>> sample = run.next()[0].sample(0)
    ///     >>> run.show()
    ///     >>> _ = sample.finish(None)
    ///     >>> run.next(), run.ended
    ///     ([], 'the user has seen the beginning of this answer')
    fn show(&self) {
        self.inner.show();
    }

    /// Ends the run. What is in flight may still be reported, and is counted. Closing twice does nothing.
    #[pyo3(signature = (*, at = None))]
    fn close(&self, py: Python<'_>, at: Option<At>) -> Result<()> {
        self.end(py, now(at))
    }

    /// Spending so far.
    #[getter]
    fn spent(&self) -> Spent {
        let s = self.inner.spent();
        Spent {
            tokens: s.tokens,
            usd: s.usd,
            escalated_usd: s.escalated_usd,
            seconds: s.seconds,
            samples: s.samples,
            calls: s.calls,
            estimated_tokens: s.estimated_tokens,
            estimated_usd: s.estimated_usd,
            invalid: s.invalid,
        }
    }

    /// The run as JSON: what it spent, where and why it moved. Never a question, an answer or a host's words.
    fn to_json(&self) -> String {
        self.inner.to_json()
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception: "object"))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) -> Result<()> {
        self.end(py, now(None))
    }

    fn __repr__(&self) -> String {
        let spent = self.inner.spent();
        let (phase, settled) = (self.inner.phase().as_str(), truth(self.inner.settled()));
        format!("Run({phase}, settled={settled}, tokens={}, usd={:.6})", spent.tokens, spent.usd)
    }
}

/// Spending of a run.
#[pyclass(frozen, get_all, module = "rheostat.types")]
pub(crate) struct Spent {
    /// Output tokens, thinking included, over all calls.
    tokens: u64,
    /// US dollars.
    usd: f64,
    /// The part of them for calls above the entry rung, the lowest that has what the query needs.
    escalated_usd: f64,
    /// Seconds from the start to the newest event.
    seconds: f64,
    /// Streams sent to generate an answer, those that failed or were abandoned included.
    samples: u32,
    /// Calls granted.
    calls: u32,
    /// The part of `tokens` that is estimated from text: neither counted nor reported by the provider.
    estimated_tokens: u64,
    /// The part of `usd` that is estimated: that of `estimated_tokens`, and of input that is not reported.
    estimated_usd: f64,
    /// Reported counts that were not used, because they cannot be true.
    invalid: u32,
}

#[pymethods]
impl Spent {
    fn __repr__(&self) -> String {
        let Self { tokens, usd, seconds, samples, calls, .. } = self;
        format!(
            "Spent(tokens={tokens}, usd={usd:.6}, seconds={seconds:.3}, samples={samples}, calls={calls})"
        )
    }
}

/// One transition or decision of a run.
#[pyclass(frozen, get_all, module = "rheostat.types")]
pub(crate) struct Event {
    /// Seconds since the start.
    at: f64,
    /// The phase after it.
    phase: Phase,
    /// Why, in words.
    reason: &'static str,
    /// The rung that it concerns.
    rung: Py<Rung>,
    /// The call that it concerns, by number, or None.
    call: Option<u32>,
    /// The host's own words, such as an error's, or None.
    detail: Option<String>,
}

impl Event {
    fn new(py: Python<'_>, event: &core::Event, rungs: &Rungs) -> Result<Self> {
        Ok(Self {
            at: event.at,
            phase: Phase(event.phase.as_str()),
            reason: event.reason.as_str(),
            rung: rung(py, rungs, event.rung as usize)?,
            call: event.call,
            detail: event.detail.as_deref().map(str::to_owned),
        })
    }
}

#[pymethods]
impl Event {
    fn __repr__(&self) -> String {
        format!("Event({:.3} s, {}: {})", self.at, self.phase.0, self.reason)
    }
}
