//! One request that the host sends.

use super::action::Action;
use super::failure::Failure;
use super::lock;
use super::purse::Usage;
use super::sample::Sample;
use super::state::State;
use crate::ladder::Params;
use crate::ledger::Upstream;
use crate::named::named;
use crate::{Error, Result};
use std::ops::Deref;
use std::sync::{Arc, Mutex};

named! {
    /// The purpose of a call.
    pub enum CallKind {
        /// Answer the query.
        Generate = "generate",
        /// Improve the draft in `resume`.
        Revise = "revise",
        /// Judge the answer in `resume`, and finish with the judge's reply. A reply that says yes, or repeats the answer,
        /// confirms it; one that says no refutes it; any other is no verdict. An answer that is itself yes or no is confirmed
        /// by yes alone.
        Verify = "verify",
        /// Ask for the answer as it stands after `resume`, in the middle of the reasoning, and finish with it.
        Probe = "probe",
        /// Score the answer in `resume`, which the stream `parent` gave. The host reports a number in `[0, 1]`
        /// ([`Sample::score`], [`Sample::step`]) or finishes with a reply: a number, or a verdict.
        Score = "score",
        /// Distil the drafts in `resume` into the notes that an answer needs, within `max_tokens`, and finish with them.
        Distil = "distil",
        /// Answer the query by the notes in `resume`, which were distilled from drafts.
        Refine = "refine",
    }
}

/// The terms of one granted call.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its number in the run, from 0.
    pub id: u32,
    /// Its purpose.
    pub kind: CallKind,
    /// The rung, by index.
    pub rung: u32,
    /// The rung's model.
    pub model: Arc<str>,
    /// The upstream to send it to, by name. None: the host's only one.
    pub deployment: Option<Arc<str>>,
    /// Parameters of the rung's provider that its request carries.
    pub params: Params,
    /// Most tokens that each sample may write, thinking included.
    pub max_tokens: u64,
    /// Part of `max_tokens` that is for thinking; the rest is for the answer.
    pub thinking_tokens: u64,
    /// Number of samples.
    pub samples: u32,
    /// Samples of its rung that were asked for before and that its answers are compared with: they must be able to differ. 0 where
    /// nothing is compared.
    pub drawn: u32,
    /// Text to continue from: the draft to revise, the answer to verify or to score, the partial output to probe or to
    /// continue, the drafts to distil, the notes to refine.
    pub resume: Option<Arc<str>>,
    /// The finding that a revision answers: a verifier's reply, or the words of a failed check or a tool.
    pub finding: Option<Arc<str>>,
    /// Seconds to wait before it is sent: a retry of a failed call. 0 for any other. The wait ends before the run's deadline.
    pub delay: f64,
    /// Times that it was sent before: 0 for a first attempt.
    pub attempt: u32,
    /// Answers of lower rungs with their votes, the best last, for hosts that show them to the next model.
    pub answers: Arc<[(Arc<str>, u32)]>,
    /// The deployments of the rung that it was sent to, a bit for each place.
    pub(super) tried: u32,
    /// The stream that it is about, counted over the run: the one that a probe looks at, or whose answer is scored.
    pub parent: Option<u32>,
    /// Number of its first stream, counted over the run.
    pub(super) first: u32,
}

impl Grant {
    /// The upstream that it goes to, if it is a deployment.
    pub(super) fn upstream(&self) -> Option<Upstream<'_>> {
        Some(Upstream { deployment: self.deployment.as_deref()?, model: &self.model })
    }

    /// The numbers of its streams.
    pub(super) fn streams(&self) -> std::ops::Range<u32> {
        self.first..self.first + self.samples
    }
}

/// One granted request. The host sends it by its [`Grant`], reports its samples, and reports its usage.
#[derive(Debug, Clone)]
pub struct Call {
    grant: Grant,
    state: Arc<Mutex<State>>,
}

impl Deref for Call {
    type Target = Grant;

    fn deref(&self) -> &Grant {
        &self.grant
    }
}

impl Call {
    pub(super) fn new(grant: Grant, state: Arc<Mutex<State>>) -> Self {
        Self { grant, state }
    }

    /// One of its streams, from 0.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the call has no such sample.
    pub fn sample(&self, i: u32) -> Result<Sample> {
        if i >= self.samples {
            return Err(Error::invalid("sample", i, format!("below the call's {} samples", self.samples)));
        }
        Ok(Sample::new(self.first + i, self.state.clone()))
    }

    /// Reports the provider's usage, cumulative over all samples of the call. It replaces the count of the streams, and may
    /// be reported more than once; a field left out stays as it was. `input` includes `cached`, and `output` includes
    /// `reasoning`; where `reasoning` is the larger, the provider counts it apart and both are added.
    ///
    /// Report it before asking [`Run::next`](super::Run::next) again. A stream that finished without a counted token keeps its
    /// whole grant reserved until then.
    ///
    /// # Errors
    /// None today. Reports may come at any time, even after the run is closed.
    pub fn usage(
        &self,
        input: Option<u64>,
        cached: Option<u64>,
        output: Option<u64>,
        reasoning: Option<u64>,
        now: f64,
    ) -> Result<Action> {
        let usage = Usage { input, cached, output, reasoning, ..Usage::default() };
        Ok(self.report(usage, now))
    }

    /// As [`usage`](Self::usage), with every field.
    pub fn report(&self, usage: Usage, now: f64) -> Action {
        lock(&self.state).usage(self.id, usage, now)
    }

    /// Reports that the call failed: its open streams end without an answer. The kind says what follows
    /// ([`FailureKind`](super::FailureKind)): another attempt on its rung, within [`Rules::retries`](crate::rules::Rules::retries), the retry budget and
    /// the ceiling; then the next rung, as a fallback; or the end, with the best answer so far.
    ///
    /// # Errors
    /// [`Error::State`] when all its streams have ended, or it has failed before.
    pub fn fail_with(&self, failure: &Failure<'_>, now: f64) -> Result<Action> {
        lock(&self.state).fail(self.id, failure, now)
    }

    /// Reports a failure of unknown kind: its engine may have spent the grant.
    ///
    /// # Errors
    /// As [`fail_with`](Self::fail_with).
    pub fn fail(&self, error: &str, now: f64) -> Result<Action> {
        self.fail_with(&Failure::reported(error, None, None, None)?, now)
    }

    /// Reports that the host has not sent the call after all, or those of its streams that have not ended. They cost nothing. It is no
    /// failure: nothing is tried again, and no breaker counts it.
    ///
    /// # Errors
    /// As [`fail_with`](Self::fail_with).
    pub fn withdraw(&self, now: f64) -> Result<Action> {
        lock(&self.state).withdraw(self.id, now)
    }

    /// Reports that the request never reached its engine: it cost nothing, so its grant is free again at once.
    ///
    /// # Errors
    /// As [`fail_with`](Self::fail_with).
    pub fn fail_unsent(&self, error: &str, now: f64) -> Result<Action> {
        self.fail_with(&Failure::reported(error, None, Some(false), None)?, now)
    }
}
