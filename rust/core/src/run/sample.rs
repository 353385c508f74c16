//! One stream of a call's output.

use super::action::Action;
use super::ending::{Ending, Finish};
use super::failure::Failure;
use super::lock;
use super::purse::Usage;
use super::state::State;
use super::streams::{Readings, Stream};
use crate::Result;
use crate::signal::{logit_stats, top_logprobs};
use std::sync::{Arc, Mutex};

/// Candidates read from a row of logits: the number that `DeepConf` uses.
const TOP: usize = 20;

/// A handle on one stream. Each event returns an action. Events after the stream's end are counted as spending.
#[derive(Debug, Clone)]
pub struct Sample {
    id: u32,
    state: Arc<Mutex<State>>,
}

impl Sample {
    pub(super) fn new(id: u32, state: Arc<Mutex<State>>) -> Self {
        Self { id, state }
    }

    /// Its number in the run, from 0.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Reports one token: its log-probability, those of the top candidates (natural logarithms, as many as the provider
    /// gives), and its text.
    pub fn token(&self, logprob: Option<f64>, top: &[f32], text: Option<&str>, now: f64) -> Action {
        lock(&self.state).event(self.id, now, (1, text.is_none_or(str::is_empty)), |s, rules| {
            s.add_own(logprob.into_iter(), rules);
            if top.is_empty() {
                s.add_unranked(logprob.into_iter());
            }
            s.add_top(top, None, rules);
            s.add_text(text.unwrap_or(""));
        })
    }

    /// Reports several tokens: a log-probability each, and `k` top candidates each in `tops` (`k = 0`: none). If the lengths
    /// do not fit, the tokens are counted, whole rows are read, and the rest counts as invalid.
    pub fn tokens(&self, logprobs: &[f32], tops: &[f32], k: usize, now: f64) -> Action {
        let rows = tops.len().checked_div(k).unwrap_or(0);
        let tokens = logprobs.len().max(rows) as u64;
        lock(&self.state).event(self.id, now, (tokens, true), |s, rules| {
            s.add_own(logprobs.iter().map(|&p| f64::from(p)), rules);
            let fits = tops.len() == rows * k && (logprobs.is_empty() || rows == 0 || rows == logprobs.len());
            s.add_invalid(u64::from(!fits));
            if rows == 0 {
                s.add_unranked(logprobs.iter().map(|&p| f64::from(p)));
            }
            for row in tops.chunks_exact(k.max(1)).take(rows) {
                s.add_top(row, None, rules);
            }
        })
    }

    /// Reports text, with its number of tokens if that is known. Otherwise four bytes count as one token, up to the grant,
    /// unless tokens of this stream were counted before. Text alone never makes a stream confident.
    pub fn text(&self, text: &str, tokens: Option<u64>, now: f64) -> Action {
        lock(&self.state).text(self.id, text, tokens, now)
    }

    /// Reports one token by its row of logits.
    pub fn logits(&self, row: &[f32], now: f64) -> Action {
        // The row is read before the lock: it is the only signal that takes more than a microsecond.
        let read = logit_stats(row).map(|stats| (stats, top_logprobs::<TOP>(row, stats.log_sum_exp)));
        lock(&self.state).event(self.id, now, (1, true), |s, rules| match read {
            Ok((stats, (top, len))) => {
                s.add_logits(stats);
                s.add_top(&top[..len.min(TOP)], Some(stats.entropy), rules);
            }
            Err(_) => s.add_invalid(1),
        })
    }

    /// Reports the score of one reasoning step, in `[0, 1]`: the next one.
    pub fn step(&self, score: f64, now: f64) -> Action {
        self.step_at(score, None, now)
    }

    /// Reports the score of the step at a place, from 0. Scores may come late and in any order, until the stream ends.
    pub fn step_at(&self, score: f64, at: Option<u32>, now: f64) -> Action {
        lock(&self.state).event(self.id, now, (0, false), |s, _| s.add_step(score, at))
    }

    /// Reports the score of its whole answer, in `[0, 1]`, before it ends: where the rung's strategy chooses by scores, no scorer is
    /// asked for it. On the stream of a score call, the score of the answer that it was asked about.
    pub fn score(&self, score: f64, now: f64) -> Action {
        lock(&self.state).event(self.id, now, (0, false), |s, _| s.set_score(score))
    }

    /// Reports the answer of a probe, with the model's probability of it if that is known.
    pub fn probe(&self, answer: &str, probability: Option<f64>, now: f64) -> Action {
        lock(&self.state).probe(self.id, answer, probability, now)
    }

    /// Reports the provider's usage of this stream, cumulative from its beginning. Report it before the stream ends, so that
    /// its cost is known then; see [`Call::usage`](super::Call::usage).
    pub fn usage(&self, usage: Usage, now: f64) -> Action {
        lock(&self.state).sample_usage(self.id, usage, now)
    }

    /// Ends the stream, with its answer if it has one (the whole text, for open questions).
    ///
    /// # Errors
    /// [`Error::State`](crate::Error::State) when it has ended before.
    pub fn finish(&self, answer: Option<&str>, now: f64) -> Result<Action> {
        self.finish_with(&Finish { answer, ..Finish::default() }, now)
    }

    /// Like [`finish`](Self::finish), with how its provider says that it ended. The words of a cut stream are kept as the answer
    /// of a run that gets no other, and settle nothing. So is a whole `text` that spent its grant, unless it is
    /// [`Complete`](super::Ending::Complete).
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn finish_with(&self, finish: &Finish<'_>, now: f64) -> Result<Action> {
        lock(&self.state).finish(self.id, finish, now)
    }

    /// Reports that the stream failed. It is tried again, replaced by the next rung as a fallback, or ends the run, as
    /// [`Call::fail_with`](super::Call::fail_with) says; the other streams of its call go on.
    ///
    /// # Errors
    /// [`Error::State`](crate::Error::State) when it has ended before.
    pub fn fail_with(&self, failure: &Failure<'_>, now: f64) -> Result<Action> {
        lock(&self.state).fail_stream(self.id, failure, now)
    }

    /// Reports that the stream's request was not sent after all: it cost nothing. See [`Call::withdraw`](super::Call::withdraw).
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn withdraw(&self, now: f64) -> Result<Action> {
        lock(&self.state).withdraw_stream(self.id, now)
    }

    /// Ends a stream that the host has closed before its end. Its cost is what came of it; on a rung that thinks, where tokens may
    /// be hidden, the thinking budget stays reserved until its usage is known.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub fn cancel(&self, now: f64) -> Result<Action> {
        self.finish_with(&Finish { ending: Ending::Cancelled, ..Finish::default() }, now)
    }

    /// Keeps the text of a stream that breaks off, before it ends: the answer of a run that gets no other. It settles nothing.
    pub fn keep(&self, text: &str) {
        let mut state = lock(&self.state);
        if let Some(kind) = state.streams.kind(self.id) {
            state.keep(kind, text);
        }
    }

    /// The readings of its signals so far.
    pub fn readings(&self) -> Readings {
        lock(&self.state).streams.get(self.id).map(Stream::readings).unwrap_or_default()
    }
}
