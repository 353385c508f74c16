//! The controller of one query: grants calls within the ceiling, follows their streams, and ramps or stops them.
//!
//! The host does the I/O. It asks [`Run::next`] for calls and sends them, reports streams to [`Sample`] and costs to
//! [`Call`], and carries out each [`Action`]. Nothing here waits, sends or reads a clock: each event brings its time, in
//! seconds of a monotonic clock. NaN, or a step back, counts as the newest time seen; a step back of more than 5 seconds is
//! another clock, whose progress counts.
//!
//! One mutex per run is held for one event at a time. An event after the end is counted as spending and answered with the
//! reason for the end. It never fails, unless a method documents an error.

mod action;
mod backoff;
mod brief;
mod call;
mod conclude;
mod ending;
mod fail;
mod failure;
mod grant;
mod judge;
mod listen;
mod purse;
mod ramp;
mod reach;
mod record;
mod sample;
mod start;
mod state;
mod streams;
mod trail;

use crate::rules::Evidence;
use crate::{Error, Result};
use purse::Backing;
use state::State;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use action::{Action, ActionKind, Dial, Reason, Scope};
pub use brief::Brief;
pub use call::{Call, CallKind, Grant};
pub use ending::{Ending, Finish};
pub use failure::{Failure, FailureKind};
pub use judge::Worth;
pub use purse::Usage;
pub use sample::Sample;
pub use streams::Readings;
pub use trail::{Event, Phase};

/// A handle on the controller of one query. Clones share one run.
#[derive(Debug, Clone)]
pub struct Run {
    state: Arc<Mutex<State>>,
}

/// The spending of a run so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// Output tokens, thinking included, over all calls.
    pub tokens: u64,
    /// Money, in US dollars.
    pub usd: f64,
    /// The part of it for calls above the entry rung, in US dollars.
    pub escalated_usd: f64,
    /// Seconds from the start to the newest event.
    pub seconds: f64,
    /// Streams sent to generate an answer, those that failed or were abandoned included. A request that never reached its
    /// engine is none.
    pub samples: u32,
    /// Calls granted.
    pub calls: u32,
    /// The part of `tokens` that is estimated from text: neither counted nor reported by the provider.
    pub estimated_tokens: u64,
    /// The part of `usd` that is estimated: that of `estimated_tokens`, and of input that is not reported.
    pub estimated_usd: f64,
    /// Reported counts that were not used, because they cannot be true.
    pub invalid: u32,
}

impl Run {
    /// Starts a run from a brief; `now` in seconds.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the ladder is empty, the starting rung is not on it, or a rule is out of range.
    pub fn from_brief(brief: Brief, now: f64) -> Result<Self> {
        brief.rules.validate()?;
        if brief.rung >= brief.rungs.len() {
            let bound = format!("below the ladder's {} rungs", brief.rungs.len());
            return Err(Error::invalid("rung", brief.rung, bound));
        }
        Ok(Self { state: Arc::new(Mutex::new(State::new(brief, Backing::default(), now))) })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The calls to send now: planned or ramped, and within the ceiling. Empty when the run has ended, or waits for calls in
    /// flight; [`done`](Self::done) tells which.
    ///
    /// # Errors
    /// [`Error::State`] once the run is closed.
    pub fn next(&self, now: f64) -> Result<Vec<Call>> {
        let granted = self.lock().next(now)?;
        Ok(granted.into_iter().map(|grant| Call::new(grant, self.state.clone())).collect())
    }

    /// True if calls wait to be granted: [`next`](Self::next) may have some.
    pub fn asks(&self) -> bool {
        !self.lock().judge.queue().is_empty()
    }

    /// Takes back calls that [`next`](Self::next) has just granted, because their claim could not be written to the ledger's
    /// file. They cost nothing, and `next` grants them again.
    pub fn take_back(&self, calls: &[Call]) {
        let mut state = self.lock();
        state.purse.unwritten();
        for call in calls {
            state.take_back(call.id);
        }
    }

    /// The `i`-th sample launched, over all calls. A host of one stream needs no [`next`](Self::next): `sample(0)` grants
    /// the first calls itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] when fewer samples have been launched.
    pub fn sample(&self, i: u32) -> Result<Sample> {
        let mut state = self.lock();
        state.first_calls();
        let launched = state.streams.launched();
        if i >= launched {
            return Err(Error::invalid("sample", i, format!("below the {launched} launched so far")));
        }
        drop(state);
        Ok(Sample::new(i, self.state.clone()))
    }

    /// True if a stream's answer is to be scored: its rung's strategy chooses by scores. A host with a scorer of its own reports
    /// [`Sample::score`] before the stream ends.
    pub fn wants_score(&self, sample: u32) -> bool {
        let state = self.lock();
        let round = state.judge.round();
        round.scores().is_some() && state.streams.generates(sample, round.number())
    }

    /// Lets time pass. A host calls it to learn of a deadline while its streams are silent.
    pub fn tick(&self, now: f64) -> Action {
        self.lock().tick(now)
    }

    /// Reports one turn of the agent that the run serves: the tool call, and its result or error. Repeated calls without a
    /// new result are the evidence `Stall`; a repeated error is `ToolErrors` ([`Rules::stall`]).
    pub fn turn(&self, call: &str, result: std::result::Result<&str, &str>, now: f64) -> Action {
        self.lock().turn(call, result, now)
    }

    /// Reports evidence that the host has and no stream shows. The rule of its kind decides.
    pub fn observe(&self, evidence: Evidence, now: f64) -> Action {
        self.lock().observe(evidence, None, now)
    }

    /// As [`observe`](Self::observe), with the words of what was found: a failed check, a tool's result. The next revision gets them
    /// ([`Grant::finding`]), cut to 16 KiB. Where the lone answer is still written and a revision is planned, they wait for it.
    pub fn observe_with(&self, evidence: Evidence, words: &str, now: f64) -> Action {
        self.lock().observe(evidence, Some(words), now)
    }

    /// Sets the price of compute: dollars that one dollar of compute counts as when ramps are weighed. 1, or more where a
    /// budget is short.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless it is finite and at least 0.
    pub fn set_price_of_compute(&self, price: f64) -> Result<()> {
        if !(price >= 0.0 && price.is_finite()) {
            return Err(Error::invalid("price_of_compute", price, "a finite number of at least 0"));
        }
        self.lock().judge.set_price_of_compute(price);
        Ok(())
    }

    /// Notes that the host shows the stream in flight to its user, who must never see it taken back: from now on the run only goes
    /// on, raises the thinking budget of that stream, or stops. It asks for no other sample, no revision and no other rung, and
    /// tries nothing again. Signals are still read, and a doubt still keeps the answer from being settled.
    pub fn show(&self) {
        self.lock().judge.show();
    }

    /// True if nothing is in flight and nothing more will be asked.
    pub fn done(&self) -> bool {
        self.lock().done()
    }

    /// The settled answer, or the best so far: the leader of the vote on the highest rung with answers, else the newest
    /// probe's, else the longest text of a stream that broke off ([`Sample::keep`]).
    pub fn answer(&self) -> Option<String> {
        self.lock().judge.best_text().map(str::to_owned)
    }

    /// True if evidence says that the answer needs no more compute.
    pub fn settled(&self) -> bool {
        self.lock().settled()
    }

    /// True if the answer carries a certificate: a run certifies an answer that is not the likeliest of the model on its
    /// rung with a probability of at most [`Rules::alpha`](crate::rules::Rules::alpha)
    /// ([`Vote::certified`](crate::vote::Vote::certified)). Each rung starts a new certificate. It ends when a sample is given
    /// up for its content or granted less than the others.
    pub fn certified(&self) -> bool {
        self.lock().judge.round().certified()
    }

    /// The spending so far.
    pub fn spent(&self) -> Spent {
        self.lock().spent()
    }

    /// The phase of the run.
    pub fn phase(&self) -> Phase {
        self.lock().phase()
    }

    /// The rung in use, by index.
    pub fn rung(&self) -> usize {
        self.lock().judge.round().rung()
    }

    /// True for a rung that is planned with one sample.
    pub fn draws_one(&self, rung: u32) -> bool {
        self.lock().judge.brief().draws_one(rung as usize)
    }

    /// Number of times that the run went up a rung.
    pub fn escalations(&self) -> u32 {
        self.lock().judge.escalations()
    }

    /// Number of those times that a failure was the reason: the next rung was asked as a fallback.
    pub fn fallbacks(&self) -> u32 {
        self.lock().judge.fallbacks()
    }

    /// The reason why the run ended, once it has.
    pub fn ended(&self) -> Option<Reason> {
        self.lock().ended()
    }

    /// Seconds until an upstream may be asked that was left alone because it has failed too often. None if each call had one.
    pub fn unavailable_for(&self) -> Option<f64> {
        self.lock().unavailable_for()
    }

    /// Ends the run. Calls in flight may still be reported and are counted. A second close does nothing.
    pub fn close(&self, now: f64) {
        self.lock().close(now);
    }

    /// The newest 256 events, oldest first.
    pub fn trail(&self) -> Vec<Event> {
        self.lock().trail().events()
    }

    /// The run as one JSON object: spending, moves and their reasons. It holds no question, no answer and no word of a host.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(1024);
        record::run(&mut out, &self.lock());
        out
    }

    /// Number of older events that the trail has dropped.
    pub fn trail_dropped(&self) -> u64 {
        self.lock().trail().dropped()
    }
}

/// Locks the state. Events change it as a whole and cannot panic half-way on a caller's input, so a poisoned lock is used
/// as it is.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
