//! Calls and their samples: what the host sends, and what it tells of what comes back.

use crate::action::Action;
use crate::args;
use crate::clock::{At, now};
use crate::convert::{text, with_numbers, with_row, with_rows};
use crate::error::Result;
use crate::failure::report;
use crate::fork::detached;
use crate::getters::getters;
use crate::rung::{Rung, Rungs, rung};
use crate::show::or_none;
use crate::steps::StepChance;
use crate::typed::{named, typed};
use crate::whole::{Int, int, some_whole, whole};
use pyo3::prelude::*;
use rheostat::run as core;

typed!(CallKind(&'static str): "Literal['generate', 'revise', 'verify', 'probe', 'score', 'distil', 'refine']");
named!(AnswerVotes((String, u32)));

/// The furthest step that may be scored.
const MOST_STEP: u32 = 1 << 20;

/// One granted request: send it as it says, tell its samples what comes back, and say what it cost.
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Call {
    pub(crate) inner: core::Call,
    pub(crate) rungs: Rungs,
}

getters! {
    Call, |this| {
        /// Its number in the run, from 0.
        id: u32 = this.inner.id;
        /// Its purpose: `"generate"`, `"revise"`, `"verify"`, `"probe"`, `"score"`, `"distil"` or `"refine"`.
        kind: CallKind = CallKind(this.inner.kind.as_str());
        /// The rung that it is made on.
        rung(py): Result<Py<Rung>> = rung(py, &this.rungs, this.inner.rung as usize);
        /// The rung's model.
        model: &str = &this.inner.model;
        /// The upstream to send it to: the rung's deployment, or one of its fallbacks. None for the host's only one.
        deployment: Option<&str> = this.inner.deployment.as_deref();
        /// The most that each sample may write, in tokens, thinking included.
        max_tokens: u64 = this.inner.max_tokens;
        /// Tokens of `max_tokens` that are for thinking; the others are for the answer.
        thinking_tokens: u64 = this.inner.thinking_tokens;
        /// Number of samples to draw.
        samples: u32 = this.inner.samples;
        /// Samples of its rung that were asked for before, and that its answers are compared with: they must be able to differ. 0 where
        /// nothing is compared.
        drawn: u32 = this.inner.drawn;
        /// Seconds to wait before it is sent: a failed call that is tried again. 0 for any other.
        delay: f64 = this.inner.delay;
        /// Times that it was sent before: 0 for a first attempt.
        attempt: u32 = this.inner.attempt;
        /// The text to start from: the draft to revise, the answer to verify, the answer to score, the partial output to probe or
        /// continue. Or None.
        resume: Option<&str> = this.inner.resume.as_deref();
        /// The finding that a revision answers: a verifier's reply, or the words of `Run.observe`. Or None.
        finding: Option<&str> = this.inner.finding.as_deref();
        /// The number in the run of the sample that it is about: the one that is probed or scored. Or None.
        parent: Option<u32> = this.inner.parent;
    }
}

#[pymethods]
impl Call {
    /// Answers of lower rungs, the best last: for a host that shows them to the next model.
    #[getter]
    fn answers(&self) -> Vec<AnswerVotes> {
        self.inner.answers.iter().map(|(answer, votes)| AnswerVotes((answer.to_string(), *votes))).collect()
    }

    /// One of its streams, from 0.
    ///
    /// Raises:
    ///     InvalidValueError: The call has no such sample.
    #[pyo3(signature = (index = 0))]
    fn sample(&self, #[pyo3(from_py_with = int)] index: i128) -> Result<Sample> {
        Ok(Sample {
            inner: self.inner.sample(whole("sample", index, 0..=u32::MAX)?)?,
            rungs: self.rungs.clone(),
        })
    }

    /// Reports the provider's usage: tokens over all samples of the call, from its beginning. It may be reported more than
    /// once, and spending never falls: each field takes the maximum of its reports, a missing one changes nothing, and a
    /// zero for a stream that wrote something is not used (`Spent.invalid` counts it). `input` includes `cached` (read from
    /// the provider's cache) and `written` (written to it), `output` includes `reasoning`; where a part is the larger, the
    /// provider counts it apart, and all are added. `at` overrides the time, in seconds of a monotonic clock.
    ///
    /// Report it, or `Sample.usage`, before asking `Run.next` again. A stream that ended while its cost was not known keeps
    /// its whole grant reserved until then.
    #[pyo3(signature = (
        *, input = None, cached = None, written = None, output = None, reasoning = None, at = None
    ))]
    fn usage(
        &self,
        py: Python<'_>,
        input: Option<Int>,
        cached: Option<Int>,
        written: Option<Int>,
        output: Option<Int>,
        reasoning: Option<Int>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let usage = usage(input, cached, written, output, reasoning)?;
        Action::object(py, self.inner.report(usage, now(at)), &self.rungs)
    }

    /// Reports that the call failed: its open streams end without an answer.
    ///
    /// The kind says what follows: another attempt on the rung (within `Rules.retries`, the governor's retry budget and the
    /// ceiling; see `delay`), then the next rung, as a fallback. After `"permanent"` (a bad key, a bad request) the run ends,
    /// and `"refusal"` is not tried again on its rung.
    ///
    /// Args:
    ///     error: The error, kept in words for the trail.
    ///     kind: The kind; `"transient"` if not given.
    ///     sent: True if the request reached its engine, which may have spent the grant: then the grant stays reserved until
    ///         `usage` is reported, at most to the end of the run (in a ledger: until the reservation expires). False: the
    ///         grant is free again at once. By default the kind tells, and a stream that brought tokens was sent.
    ///     retry_after: Seconds that the provider asks to wait.
    ///     at: The time, in seconds of a monotonic clock.
    ///
    /// Raises:
    ///     StateError: It has ended or failed before.
    ///     UnknownNameError: No such kind.
    #[pyo3(signature = (error: "object", *, kind: "_FailureKind | None" = None, sent = None, retry_after = None, at = None))]
    fn fail(
        &self,
        error: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::some_choice::kind)] kind: Option<&str>,
        sent: Option<bool>,
        #[pyo3(from_py_with = args::some_real::retry_after)] retry_after: Option<f64>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let fail = |failure: &core::Failure<'_>| self.inner.fail_with(failure, now(at));
        Action::object(error.py(), report(error, kind, sent, retry_after, fail)?, &self.rungs)
    }

    fn __repr__(&self) -> String {
        let c = &self.inner;
        let (kind, model) = (c.kind.as_str(), &c.model);
        format!(
            "Call({}, {kind:?}, model={model:?}, max_tokens={}, samples={})",
            c.id, c.max_tokens, c.samples
        )
    }
}

fn usage(
    input: Option<Int>,
    cached: Option<Int>,
    written: Option<Int>,
    output: Option<Int>,
    reasoning: Option<Int>,
) -> Result<core::Usage> {
    let tokens = |what, given| some_whole(what, given, 0..=u64::MAX);
    Ok(core::Usage {
        input: tokens("input", input)?,
        cached: tokens("cached", cached)?,
        written: tokens("written", written)?,
        output: tokens("output", output)?,
        reasoning: tokens("reasoning", reasoning)?,
    })
}

/// One stream of a call's output. Each event tells what came and returns what to do. `at` overrides the time of an
/// event, in seconds of a monotonic clock.
#[pyclass(frozen, module = "rheostat")]
pub(crate) struct Sample {
    pub(crate) inner: core::Sample,
    pub(crate) rungs: Rungs,
}

getters! {
    Sample, |this| {
        /// Its number in the run, from 0.
        id: u32 = this.inner.id();
        /// Values of its signals so far.
        readings: Readings = Readings { inner: this.inner.readings() };
    }
}

#[pymethods]
impl Sample {
    /// One token: its own log-probability, those of the top candidates (natural logarithms, as many as the provider
    /// gives), and its text.
    #[pyo3(signature = (
        logprob = None, top_logprobs: "_Numbers | None" = None, text: "str | None" = None, *, at = None
    ))]
    fn token(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = args::some_real::logprob)] logprob: Option<f64>,
        top_logprobs: Option<&Bound<'_, PyAny>>,
        text: Option<&Bound<'_, PyAny>>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let now = now(at);
        let text = text.map(|given| crate::convert::text(given, "text")).transpose()?;
        let text = text.as_deref();
        let action = match top_logprobs {
            None => self.inner.token(logprob, &[], text, now),
            Some(top) => with_numbers(top, "top_logprobs", |top| self.inner.token(logprob, top, text, now))?,
        };
        Action::object(py, action, &self.rungs)
    }

    /// Many tokens at once: one log-probability each, and a row of top ones each where they are known.
    #[pyo3(signature = (logprobs: "_Numbers", top_logprobs: "_Rows | None" = None, *, at = None))]
    fn tokens(
        &self,
        py: Python<'_>,
        logprobs: &Bound<'_, PyAny>,
        top_logprobs: Option<&Bound<'_, PyAny>>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let now = now(at);
        let action = with_row(logprobs, "logprobs", |own| match top_logprobs {
            None => Ok(self.inner.tokens(own, &[], 0, now)),
            Some(top) => with_rows(top, "top_logprobs", |rows, k| self.inner.tokens(own, rows, k, now)),
        })??;
        Action::object(py, action, &self.rungs)
    }

    /// Text, with its tokens where they are known. Without them four bytes count as one token, unless tokens that were
    /// reported without text explain it; with `tokens=0` it is not counted, because its tokens are reported elsewhere.
    #[pyo3(signature = (text: "str", tokens = None, *, at = None))]
    fn text(
        &self,
        py: Python<'_>,
        text: &Bound<'_, PyAny>,
        tokens: Option<Int>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let text = crate::convert::text(text, "text")?;
        let tokens = some_whole("tokens", tokens, 0..=u64::MAX)?;
        Action::object(py, self.inner.text(&text, tokens, now(at)), &self.rungs)
    }

    /// One token, by its full row of logits.
    #[pyo3(signature = (logits: "_Numbers", *, at = None))]
    fn logits(&self, py: Python<'_>, logits: &Bound<'_, PyAny>, at: Option<At>) -> Result<Py<Action>> {
        let now = now(at);
        let action = with_row(logits, "logits", |row| detached(py, || self.inner.logits(row, now)))?;
        Action::object(py, action, &self.rungs)
    }

    /// The score of one reasoning step, in [0, 1]: the next one, or the one at `at_step`, from 0. Scores may come late and in any order,
    /// until the stream ends.
    #[pyo3(signature = (score, *, at_step = None, at = None))]
    fn step(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = args::real::score)] score: f64,
        at_step: Option<Int>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let at_step = some_whole("at_step", at_step, 0..=MOST_STEP)?;
        Action::object(py, self.inner.step_at(score, at_step, now(at)), &self.rungs)
    }

    /// The score of its whole answer, in [0, 1], before it ends: where scores choose among a rung's answers, no scorer is asked for it.
    /// On the sample of a call of kind `"score"`, the score of the answer that it asks about.
    #[pyo3(signature = (score, *, at = None))]
    fn score(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = args::real::score)] score: f64,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        Action::object(py, self.inner.score(score, now(at)), &self.rungs)
    }

    /// The answer that a probe gave in the middle of the reasoning, with the model's own probability for it where
    /// that is known.
    #[pyo3(signature = (answer: "str", prob = None, *, at = None))]
    fn probe(
        &self,
        py: Python<'_>,
        answer: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::some_real::prob)] prob: Option<f64>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let answer = text(answer, "answer")?;
        Action::object(py, self.inner.probe(&answer, prob, now(at)), &self.rungs)
    }

    /// Reports that the stream failed; the other streams of its call go on. See `Call.fail`.
    ///
    /// Raises:
    ///     StateError: It had ended before.
    ///     UnknownNameError: No such kind.
    #[pyo3(signature = (error: "object", *, kind: "_FailureKind | None" = None, sent = None, retry_after = None, at = None))]
    fn fail(
        &self,
        error: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = args::some_choice::kind)] kind: Option<&str>,
        sent: Option<bool>,
        #[pyo3(from_py_with = args::some_real::retry_after)] retry_after: Option<f64>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let fail = |failure: &core::Failure<'_>| self.inner.fail_with(failure, now(at));
        Action::object(error.py(), report(error, kind, sent, retry_after, fail)?, &self.rungs)
    }

    /// Ends a stream that was closed before its end, because it is not needed any more. Its cost is what came of it; on a rung
    /// that thinks, where tokens may be hidden, the thinking budget stays reserved until its usage is known.
    ///
    /// Raises:
    ///     StateError: It had ended before.
    #[pyo3(signature = (*, at = None))]
    fn cancel(&self, py: Python<'_>, at: Option<At>) -> Result<Py<Action>> {
        Action::object(py, self.inner.cancel(now(at))?, &self.rungs)
    }

    /// Keeps the text of a stream that breaks off, before it ends: the answer of a run that gets no other. It settles nothing.
    #[pyo3(signature = (text: "str"))]
    fn keep(&self, text: &Bound<'_, PyAny>) -> Result<()> {
        self.inner.keep(&crate::convert::text(text, "text")?);
        Ok(())
    }

    /// Reports the provider's usage of this stream, cumulative from its beginning; see `Call.usage`. Report it before the
    /// stream ends, so that its cost is known then. Other streams of the call keep their estimates.
    #[pyo3(signature = (
        *, input = None, cached = None, written = None, output = None, reasoning = None, at = None
    ))]
    fn usage(
        &self,
        py: Python<'_>,
        input: Option<Int>,
        cached: Option<Int>,
        written: Option<Int>,
        output: Option<Int>,
        reasoning: Option<Int>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let usage = usage(input, cached, written, output, reasoning)?;
        Action::object(py, self.inner.usage(usage, now(at)), &self.rungs)
    }

    /// Says that the stream has ended, with its answer if it has one.
    ///
    /// The words of a cut stream are kept as the answer of a run that gets no other. They settle nothing.
    ///
    /// Args:
    ///     answer: The answer, where the host can tell it from the text.
    ///     text: The whole text, which is the answer to an open question. If it spent the grant, it counts as cut, unless
    ///         `finish_reason` says that it is complete.
    ///     finish_reason: The provider's word for the end, such as `"stop"` or `"max_tokens"`. A word that is not known says
    ///         nothing.
    ///     at: The time, in seconds of a monotonic clock.
    ///
    /// Raises:
    ///     StateError: It had ended before.
    #[pyo3(signature = (answer: "str | None" = None, *, text: "str | None" = None, finish_reason: "str | None" = None, at = None))]
    fn finish(
        &self,
        py: Python<'_>,
        answer: Option<&Bound<'_, PyAny>>,
        text: Option<&Bound<'_, PyAny>>,
        finish_reason: Option<&Bound<'_, PyAny>>,
        at: Option<At>,
    ) -> Result<Py<Action>> {
        let answer = answer.map(|answer| crate::convert::text(answer, "answer")).transpose()?;
        let text = text.map(|text| crate::convert::text(text, "text")).transpose()?;
        let word = finish_reason.map(|word| crate::convert::text(word, "finish_reason")).transpose()?;
        let finish = core::Finish {
            answer: answer.as_deref(),
            text: text.as_deref(),
            ending: word.map_or(core::Ending::Unknown, |word| rheostat_wire::ending::read(&word)),
        };
        Action::object(py, self.inner.finish_with(&finish, now(at))?, &self.rungs)
    }

    fn __repr__(&self) -> String {
        format!("Sample({}, tokens={})", self.inner.id(), self.inner.readings().tokens)
    }
}

/// Values of the signals of one stream. None: not measured yet.
#[pyclass(frozen, module = "rheostat.types")]
pub(crate) struct Readings {
    inner: core::Readings,
}

getters! {
    Readings, |this| {
        /// Tokens counted, or estimated from text.
        tokens: u64 = this.inner.tokens;
        /// The newest group confidence, in nats.
        group: Option<f64> = this.inner.group;
        /// The lowest group confidence, in nats.
        lowest: Option<f64> = this.inner.lowest;
        /// The lowest mean log-probability of its own tokens over a window, with the margin of a short stream: up to 1.5 nats over the
        /// number of tokens. None while no bar asks for it.
        lowest_logprob: Option<f64> = this.inner.lowest_logprob;
        /// Like `lowest_logprob`, of each token's likeliest candidate since its grant was last raised; None while no bar asks for it.
        lowest_top_logprob: Option<f64> = this.inner.lowest_top_logprob;
        /// The largest rise of its entropy over the rules' level, in nats times tokens; None while no bar asks for it.
        entropy_rise: Option<f64> = this.inner.entropy_rise;
        /// Turns of the reasoning per 1,000 words, the newest words weighing most; None while no bar asks for markers.
        turns: Option<f64> = this.inner.turns;
        /// Hedges per 1,000 words; None while no bar asks for markers.
        hedges: Option<f64> = this.inner.hedges;
        /// The entropy of the newest row of logits, in nats.
        entropy: Option<f64> = this.inner.logits.map(|logits| logits.entropy);
        /// The mean score of the newest reasoning steps, in [0, 1].
        steps: Option<f64> = this.inner.steps;
        /// P(correct) by its steps: a lower bound, the estimate, an upper bound; None without scores or calibration.
        chance: Option<StepChance> = this.inner.chance.map(StepChance::of);
        /// Equal probes in a row.
        equal_probes: u32 = this.inner.equal_probes;
        /// Values that were no log-probabilities, logits or scores.
        invalid: u64 = this.inner.invalid;
    }
}

#[pymethods]
impl Readings {
    fn __repr__(&self) -> String {
        let shown = |x: Option<f64>| or_none(x, |x| format!("{x:.3}"));
        let core::Readings { tokens, group, lowest, invalid, .. } = self.inner;
        let (group, lowest) = (shown(group), shown(lowest));
        format!("Readings(tokens={tokens}, group={group}, lowest={lowest}, invalid={invalid})")
    }
}
