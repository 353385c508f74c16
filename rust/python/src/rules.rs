//! The controller's rules, as values that a governor is made with.

use crate::args;
use crate::error::{Result, wrong_type};
use crate::getters::getters;
use crate::ramp::Ramp;
use crate::show::or_none;
use crate::signal::exits::ExitRule;
use crate::typed::typed;
use crate::values::{Arguments, hashed, keywords};
use crate::whole::{int, whole};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rheostat::ladder;
use rheostat::ledger::BreakerRules;
use rheostat::rules as core;
use rheostat::signal::StallRules;
use rheostat::vote::VoteRule;

typed!(Vote(&'static str): "_VoteRule");
hashed!(Rules);

/// The rules of a run, as data: which evidence turns which dial, and which settles. What is not given has a default.
///
/// Args:
///     window: Tokens in a group of `low_confidence` and `low_logprob`. A shorter stream is judged by the tokens that it has, with a
///         margin that shrinks as one over their number.
///     low_confidence: A stream whose lowest group confidence falls below this, in nats, is weak. The scale depends on the number of
///         candidates (`top_logprobs`) that the host asks for. None: never.
///     low_logprob: A stream whose own tokens' mean log-probability over a window falls below this is weak; with
///         `window=1`, one whose least likely token is. It needs no top candidates. None: never.
///     low_top_logprob: A stream is weak if the mean log-probability of each token's likeliest candidate, over the newest 256
///         tokens, falls below this, in nats. It is the same for any number of candidates. A token without candidates counts with
///         its own log-probability. A bar in a rung's `Doubt` takes its place. None: never.
///     hysteresis: By how much these bars fall, in nats, for each ramp that a rung has seen.
///     dwell: Tokens that a stream writes before it is judged.
///     low_steps: A stream whose steps' chance to be right, by the estimate of the rung's table (`Rung(steps=…)`), is below this is weak.
///         Without a table, step scores rank answers and are evidence of nothing. None: never.
///     reject_below: Early rejection: a stream is given up once the upper bound of its steps' chance is below this, so at most this share
///         of the rejected paths was right. It needs calibrated steps (`Rung(steps=…)`); other scores reject nothing. None: never.
///     pass_steps: An answer counts only if the lower bound of its steps' chance is at least this; without calibrated scores none does.
///         None: answers count, whatever their steps.
///     enough: Where scores choose among a rung's samples, the first answer's steps tell how many are drawn: as many as make one right with
///         this probability, within the rung's samples. At least 0 and below 1. None: all.
///     step_window: Newest steps that must have scores before `low_steps` judges a stream, 1 to 3.
///     entropy_level: The entropy that a sure stream's tokens have on the average, in nats.
///     entropy_rise: A stream whose entropy has exceeded that level by more than this, in nats summed over its tokens, is
///         uncertain. The bar depends on the model. None: never.
///     branching: A stream that turns back, branches or starts again more often than this, per 1,000 words, is branching;
///         it is judged from 1,000 words on. 40 is a bar that few ordinary texts reach. None: never.
///     hedging: A stream that hedges more often than this, per 1,000 words, is hedging. None: never.
///     gate: The share of a rung's first streams that sets a bar of confidence, above 0 and at most 1 (DeepConf: 0.9 or
///         0.1). Of the later ones, each that falls below the bar is stopped and does not vote. None: no gate.
///     gate_warmup: How many streams set that bar, from 1 to 4,096; further ones are granted once these have ended.
///     loops: True if a stream that repeats itself is evidence.
///     loop_period: The longest period of such a repetition, in words, from 1 to 4,096.
///     equal_probes: Number of equal probes in a row that settle the answer. 0: probes never settle.
///     probe_prob: A probe whose known probability is below this ends the row.
///     exit: A probe whose probability reaches this settles the answer at once: a number, or what `calibrate_exit`
///         returned. None: never.
///     probe_every: Tokens of a lone stream between two probes that the run asks for. 0: the host probes on its own schedule.
///     probe_tokens: Room for a probe's answer.
///     stall_calls: The same call with the same result, so often among an agent's last 32 turns (`Run.turn`), is a stall;
///         from 2 to 32.
///     stall_errors: The same error so often in a row means that the agent's tools keep failing; at least 2.
///     stall_idle: Number of turns in a row without a new result that are a stall; at least 2.
///     revise_on_finding: True: a planned revision needs a finding against the answer: a verifier's reply, or `Run.observe` with words.
///         False: each planned round revises.
///     verify_below: An answer with P(correct) below this is verified before it settles. None: never.
///     vote: The rule by which samples vote, such as `"horizon"` or `"certified"`.
///     confidence: Confidence level of the vote.
///     alpha: The probability, at most, that the run ever certifies an answer that is not its rung's likeliest.
///     retries: How often a failed call is tried again on its rung.
///     breaker_failures: Failures in a row (`"overloaded"`, `"unreached"` or `"transient"`) that open the breaker of an upstream, which is
///         a deployment and a model: then it is left alone. 0: never.
///     breaker_seconds: Seconds until an open breaker lets one request through, as a trial, above 0 and at most 86,400. Doubled
///         after each trial that fails, up to 16 times as long.
///     ramps: `Ramp` objects. Evidence without one leads to nothing.
///
/// Raises:
///     InvalidValueError: A number out of bounds; the message names it.
///     UnknownNameError: No such vote rule.
///
/// Example:
///     >>> import rheostat as rh
///     >>> rules = rh.Rules(low_confidence=6.0, ramps=[rh.Ramp("disagreement", [rh.Move("samples", most=2)])])
///     >>> [ramp.on for ramp in rules.ramps]
///     ['disagreement']
#[pyclass(frozen, eq, hash, module = "rheostat")]
#[derive(PartialEq)]
pub(crate) struct Rules {
    pub(crate) inner: core::Rules,
}

getters! {
    Rules, |this| {
        /// The ramps.
        ramps: Vec<Ramp> = this.inner.ramps.iter().map(|ramp| Ramp { inner: ramp.clone() }).collect();
        /// The rule by which samples vote.
        vote: Vote = Vote(this.inner.vote.as_str());
    }
}

#[pymethods]
impl Rules {
    #[new]
    #[pyo3(signature = (
        *, window = 256, low_confidence = None, low_logprob = None, low_top_logprob: "float | None" = -0.9,
        hysteresis = 0.5, dwell = 0, low_steps: "float | None" = 0.3,
        reject_below = None, pass_steps = None, enough = None, step_window = 3, entropy_level = 0.2, entropy_rise = None, branching = None, hedging = None, gate = None,
        gate_warmup = 16, loops = true, loop_period = 1024, equal_probes = 3, probe_prob = 0.0,
        exit: "float | ExitRule | None" = None, probe_every = 0, probe_tokens = 20, stall_calls = 3, stall_errors = 2,
        stall_idle = 5, revise_on_finding = false, verify_below = None, vote: "_VoteRule" = "horizon", confidence = 0.9, alpha = 0.05, retries = 1,
        breaker_failures = 5, breaker_seconds = 5.0,
        ramps: "Iterable[Ramp] | None" = None
    ))]
    fn new(
        #[pyo3(from_py_with = int)] window: i128,
        #[pyo3(from_py_with = args::some_real::low_confidence)] low_confidence: Option<f64>,
        #[pyo3(from_py_with = args::some_real::low_logprob)] low_logprob: Option<f64>,
        #[pyo3(from_py_with = args::some_real::low_top_logprob)] low_top_logprob: Option<f64>,
        #[pyo3(from_py_with = args::real::hysteresis)] hysteresis: f64,
        #[pyo3(from_py_with = int)] dwell: i128,
        #[pyo3(from_py_with = args::some_real::low_steps)] low_steps: Option<f64>,
        #[pyo3(from_py_with = args::some_real::reject_below)] reject_below: Option<f64>,
        #[pyo3(from_py_with = args::some_real::pass_steps)] pass_steps: Option<f64>,
        #[pyo3(from_py_with = args::some_real::enough)] enough: Option<f64>,
        #[pyo3(from_py_with = int)] step_window: i128,
        #[pyo3(from_py_with = args::real::entropy_level)] entropy_level: f64,
        #[pyo3(from_py_with = args::some_real::entropy_rise)] entropy_rise: Option<f64>,
        #[pyo3(from_py_with = args::some_real::branching)] branching: Option<f64>,
        #[pyo3(from_py_with = args::some_real::hedging)] hedging: Option<f64>,
        #[pyo3(from_py_with = args::some_real::gate)] gate: Option<f64>,
        #[pyo3(from_py_with = int)] gate_warmup: i128,
        #[pyo3(from_py_with = args::flag::loops)] loops: bool,
        #[pyo3(from_py_with = int)] loop_period: i128,
        #[pyo3(from_py_with = int)] equal_probes: i128,
        #[pyo3(from_py_with = args::real::probe_prob)] probe_prob: f64,
        exit: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = int)] probe_every: i128,
        #[pyo3(from_py_with = int)] probe_tokens: i128,
        #[pyo3(from_py_with = int)] stall_calls: i128,
        #[pyo3(from_py_with = int)] stall_errors: i128,
        #[pyo3(from_py_with = int)] stall_idle: i128,
        #[pyo3(from_py_with = args::flag::revise_on_finding)] revise_on_finding: bool,
        #[pyo3(from_py_with = args::some_real::verify_below)] verify_below: Option<f64>,
        #[pyo3(from_py_with = args::choice::vote)] vote: &str,
        #[pyo3(from_py_with = args::real::confidence)] confidence: f64,
        #[pyo3(from_py_with = args::real::alpha)] alpha: f64,
        #[pyo3(from_py_with = int)] retries: i128,
        #[pyo3(from_py_with = int)] breaker_failures: i128,
        #[pyo3(from_py_with = args::real::breaker_seconds)] breaker_seconds: f64,
        ramps: Option<&Bound<'_, PyAny>>,
    ) -> Result<Self> {
        let mut inner = core::Rules {
            window: whole("window", window, 0..=usize::MAX)?,
            low_confidence,
            low_logprob,
            low_top_logprob,
            hysteresis,
            dwell: whole("dwell", dwell, 0..=u64::MAX)?,
            low_steps,
            reject_below,
            pass_steps,
            enough,
            step_window: whole("step_window", step_window, 0..=usize::MAX)?,
            entropy_level,
            entropy_rise,
            branching,
            hedging,
            gate,
            gate_warmup: whole("gate_warmup", gate_warmup, 0..=u32::MAX)?,
            loops,
            loop_period: whole("loop_period", loop_period, 0..=usize::MAX)?,
            equal_probes: whole("equal_probes", equal_probes, 0..=u32::MAX)?,
            probe_prob,
            exit: read_exit(exit)?,
            probe_every: whole("probe_every", probe_every, 0..=u64::MAX)?,
            probe_tokens: whole("probe_tokens", probe_tokens, 0..=u64::MAX)?,
            stall: StallRules {
                calls: whole("stall_calls", stall_calls, 0..=u32::MAX)?,
                errors: whole("stall_errors", stall_errors, 0..=u32::MAX)?,
                idle: whole("stall_idle", stall_idle, 0..=u32::MAX)?,
            },
            revise_on_finding,
            verify_below,
            vote: VoteRule::from_name(vote)?,
            confidence,
            alpha,
            retries: whole("retries", retries, 0..=u32::MAX)?,
            breaker: BreakerRules {
                failures: whole("breaker_failures", breaker_failures, 0..=u32::MAX)?,
                seconds: breaker_seconds,
            },
            ..core::Rules::default()
        };
        if let Some(ramps) = ramps {
            inner.ramps =
                args::instances(ramps, "ramps", "an iterable of Ramp", |ramp: &Bound<'_, Ramp>| {
                    ramp.get().inner.clone()
                })?;
        }
        inner.validate()?;
        Ok(Self { inner })
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<Arguments<'py>> {
        let r = &self.inner;
        let keywords = keywords! {
            py, window = r.window, low_confidence = r.low_confidence, low_logprob = r.low_logprob, low_top_logprob = r.low_top_logprob,
            hysteresis = r.hysteresis, dwell = r.dwell, low_steps = r.low_steps,
            reject_below = r.reject_below, pass_steps = r.pass_steps, enough = r.enough, step_window = r.step_window,
            entropy_level = r.entropy_level, entropy_rise = r.entropy_rise, branching = r.branching,
            hedging = r.hedging, gate = r.gate, gate_warmup = r.gate_warmup, loops = r.loops,
            loop_period = r.loop_period, equal_probes = r.equal_probes, probe_prob = r.probe_prob,
            exit = r.exit, probe_every = r.probe_every, probe_tokens = r.probe_tokens,
            stall_calls = r.stall.calls, stall_errors = r.stall.errors, stall_idle = r.stall.idle,
            revise_on_finding = r.revise_on_finding, verify_below = r.verify_below, vote = r.vote.as_str(), confidence = r.confidence, alpha = r.alpha,
            retries = r.retries, breaker_failures = r.breaker.failures,
            breaker_seconds = r.breaker.seconds, ramps = self.ramps(),
        };
        Ok((PyTuple::empty(py), keywords))
    }

    fn __repr__(&self) -> String {
        let r = &self.inner;
        let bar = or_none(r.low_confidence, |bar| format!("{bar:?}"));
        format!(
            "Rules(window={}, low_confidence={bar}, vote={:?}, {} ramps)",
            r.window,
            r.vote.as_str(),
            r.ramps.len()
        )
    }
}

/// An exit's threshold: a number, or that of a calibrated rule, which may have none.
fn read_exit(exit: Option<&Bound<'_, PyAny>>) -> Result<Option<f64>> {
    let Some(exit) = exit else { return Ok(None) };
    match exit.cast::<ExitRule>() {
        Ok(rule) => Ok(rule.get().threshold),
        Err(_) => {
            exit.extract().map(Some).map_err(|_| wrong_type("exit", exit, "a number, an ExitRule or None"))
        }
    }
}

/// The forbidden dials, without thinking, which has a setting of its own.
pub(crate) fn forbidden(moves: &ladder::Moves) -> Vec<&'static str> {
    let dials = [("samples", moves.samples), ("depth", moves.depth), ("model", moves.model)];
    dials.into_iter().filter(|(_, free)| !free).map(|(name, _)| name).collect()
}
