//! The controller of one query: it grants calls within the ceiling, is told what comes back, ramps or stops.
//!
//! The host does the I/O. It asks [`Run::next`] for calls, sends them, tells each [`Sample`] what its stream says
//! and each [`Call`] what it cost, and does what the [`Action`] it gets says. Nothing here waits, sends or reads a
//! clock; every event brings its own time, in seconds of a monotonic clock (NaN or a step back counts as the last
//! time seen).
//!
//! One mutex per run, held for one event at a time. An event after the end is counted as spending and answered with
//! the reason for the end; it is never lost and never fails, except where a method says so.

mod action;
mod brief;
mod call;
mod conclude;
mod grant;
mod judge;
mod listen;
mod purse;
mod ramp;
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
pub use judge::Worth;
pub use sample::Sample;
pub use streams::Readings;
pub use trail::{Event, Phase};

/// A handle on the controller of one query. Clones share one run; it is `Send` and `Sync`.
#[derive(Debug, Clone)]
pub struct Run {
    state: Arc<Mutex<State>>,
}

/// What a run has spent so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// Output tokens, thinking included, over all calls.
    pub tokens: u64,
    /// Money, in US dollars.
    pub usd: f64,
    /// From the start to the newest event.
    pub seconds: f64,
    /// Samples that are open or gave all they had; those that failed or were given up are not counted.
    pub samples: u32,
    /// Calls granted.
    pub calls: u32,
}

impl Run {
    /// Starts a run from a brief; `now` in seconds.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the ladder is empty, the starting rung is not on it, or a rule is out of bounds.
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

    /// The calls to send now: what was planned or ramped and fits the ceiling. Empty when nothing is to be sent,
    /// because the run has ended or must first hear from what is in flight ([`done`](Self::done) tells which).
    ///
    /// # Errors
    /// [`Error::State`] once the run is closed.
    pub fn next(&self, now: f64) -> Result<Vec<Call>> {
        let granted = self.lock().next(now)?;
        Ok(granted.into_iter().map(|grant| Call::new(grant, self.state.clone())).collect())
    }

    /// Takes back calls that [`next`](Self::next) has just granted, because their claim could not be written to the
    /// ledger's file. They cost nothing, and `next` grants them again.
    pub fn take_back(&self, calls: &[Call]) {
        let mut state = self.lock();
        state.purse.unwritten();
        for call in calls {
            state.take_back(call.id);
        }
    }

    /// The `i`-th sample launched, over all calls. For a host of one stream: `sample(0)` before any
    /// [`next`](Self::next) grants the first calls itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] when so many samples have not been launched.
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

    /// Lets time pass; the way to learn that a deadline has come while no stream says anything.
    pub fn tick(&self, now: f64) -> Action {
        self.lock().tick(now)
    }

    /// One turn of the agent that the run serves: what was called, and its result or its error. The same call with the same
    /// result, or no new result for a while, is the evidence `Stall`; the same error again is `ToolErrors`
    /// ([`Rules::stall`]).
    pub fn turn(&self, call: &str, result: std::result::Result<&str, &str>, now: f64) -> Action {
        self.lock().turn(call, result, now)
    }

    /// Gives evidence that the host has and no stream shows. It leads to what its rule says.
    pub fn observe(&self, evidence: Evidence, now: f64) -> Action {
        self.lock().observe(evidence, now)
    }

    /// Sets what a dollar of compute counts as from now on: 1, or more where a budget is short. Ramps are weighed
    /// with it.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless it is a finite number of at least 0.
    pub fn set_price_of_compute(&self, price: f64) -> Result<()> {
        if !(price >= 0.0 && price.is_finite()) {
            return Err(Error::invalid("price_of_compute", price, "a finite number of at least 0"));
        }
        self.lock().judge.set_price_of_compute(price);
        Ok(())
    }

    /// Whether nothing is in flight and nothing more will be asked.
    pub fn done(&self) -> bool {
        self.lock().done()
    }

    /// The settled answer, or the best so far: the leader of the vote on the highest rung that has one, else the
    /// newest probe's.
    pub fn answer(&self) -> Option<String> {
        self.lock().judge.answer().map(str::to_owned)
    }

    /// Whether the answer is settled: evidence said that more compute is not needed.
    pub fn settled(&self) -> bool {
        self.lock().settled()
    }

    /// Whether the answer carries a certificate: with a probability of at most [`Rules::alpha`](crate::rules::Rules::alpha) a run ever certifies an
    /// answer that is not the likeliest of the model on its rung ([`crate::vote::Vote::certified`]). Any vote rule's
    /// answer may; it starts anew on each rung, and ends when a sample is given up for what it said or is granted less
    /// than the others.
    pub fn certified(&self) -> bool {
        self.lock().judge.round().certified()
    }

    /// What has been spent.
    pub fn spent(&self) -> Spent {
        self.lock().spent()
    }

    /// Where the run is.
    pub fn phase(&self) -> Phase {
        self.lock().phase()
    }

    /// The rung that is in use, by index.
    pub fn rung(&self) -> usize {
        self.lock().judge.round().rung()
    }

    /// How often the run has gone up a rung.
    pub fn escalations(&self) -> u32 {
        self.lock().judge.escalations()
    }

    /// Why the run ended, once it has.
    pub fn ended(&self) -> Option<Reason> {
        self.lock().ended()
    }

    /// Ends the run. What is in flight may still be reported, and is counted. Closing twice does nothing.
    pub fn close(&self, now: f64) {
        self.lock().close(now);
    }

    /// What happened, oldest first; at most the newest 256 events.
    pub fn trail(&self) -> Vec<Event> {
        self.lock().trail().events()
    }

    /// The run as one JSON object: what it spent, where and why it moved. Never a question, an answer or a host's words.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(1024);
        record::run(&mut out, &self.lock());
        out
    }

    /// How many older events the trail has lost.
    pub fn trail_dropped(&self) -> u64 {
        self.lock().trail().dropped()
    }
}

/// A state is only ever changed by whole events that cannot panic half-way on a caller's input, so a poisoned lock
/// (a panic elsewhere on the thread) is taken as it is.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
