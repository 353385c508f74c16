//! The ceiling: the limits that one query never exceeds.

use super::rung::Rung;
use crate::digest::record;
use crate::money::Usd;
use crate::strategy::Strategy;
use crate::{Error, Result};

/// Limits set by an operator or a request. A limit that is not given is derived from the ladder, never infinite.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ceiling {
    /// Output tokens, thinking included, over all samples, retries, discarded restarts and probes.
    pub tokens: Option<u64>,
    /// US dollars: input, cached and output tokens at the rungs' prices.
    pub usd: Option<f64>,
    /// Seconds from the run's start.
    pub seconds: Option<f64>,
    /// Streams sent to generate an answer, over all calls, those that fail or are given up included. Revisions are bounded by
    /// `depth`, verifications and probes by their rules.
    pub samples: Option<u32>,
    /// Rounds on one rung.
    pub depth: Option<u32>,
    /// Number of times that the run may go up a rung.
    pub escalations: Option<u32>,
}

/// A ceiling with every limit resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// Output tokens, thinking included.
    pub tokens: u64,
    /// US dollars.
    pub usd: f64,
    /// Seconds from the run's start.
    pub seconds: f64,
    /// Streams sent to generate an answer, over all calls.
    pub samples: u32,
    /// Rounds on one rung.
    pub depth: u32,
    /// Number of times that the run may go up a rung.
    pub escalations: u32,
    /// The entry rung, by index: the lowest one that has what the query needs. Money for calls above it is escalated spend.
    pub entry: usize,
    /// US dollars of escalated spend; infinite unless a cap of the ledger bounds it.
    pub escalated_usd: f64,
}

/// Times that a derived limit holds each request of each rung: once, and once more because it failed. A failed request keeps
/// its grant until its usage is known, and must not take the next rung's room.
const TIMES: u64 = 2;
/// The slowest stream that a derived time limit waits for, and the rest of a round's time.
const TOKENS_PER_SECOND: f64 = 20.0;
const SECONDS_PER_ROUND: f64 = 30.0;

record! { Ceiling, "ceiling": tokens usd seconds samples depth escalations }

impl Ceiling {
    /// Checks every limit.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the limit.
    pub fn validate(&self) -> Result<()> {
        let counts = [
            ("tokens", self.tokens),
            ("samples", self.samples.map(u64::from)),
            ("depth", self.depth.map(u64::from)),
        ];
        for (name, value) in counts {
            if value == Some(0) {
                return Err(Error::invalid(format!("ceiling: {name}"), 0, "at least 1"));
            }
        }
        for (name, value) in [("usd", self.usd), ("seconds", self.seconds)] {
            if let Some(value) = value.filter(|v| !(*v > 0.0 && v.is_finite())) {
                return Err(Error::invalid(format!("ceiling: {name}"), value, "a finite number above 0"));
            }
        }
        Ok(())
    }

    /// Derives the limits that are not given from the ladder, so that a run which uses up every rung still has room for the top
    /// one. `input_tokens` are those of one request; their price is part of derived money.
    pub(crate) fn resolve(&self, rungs: &[Rung], input_tokens: u64) -> Limit {
        let most = |of: fn(&Rung) -> u32| rungs.iter().map(of).max().unwrap_or(1);
        let per_sample = rungs.iter().map(Rung::max_tokens).max().unwrap_or(1);
        let (samples, depth) = (most(|r| r.samples), most(|r| r.depth));
        let requests = u64::from(samples) + u64::from(depth) - 1;
        let tokens = self.tokens.unwrap_or_else(|| {
            let rung =
                |r: &Rung| r.max_tokens().saturating_mul(requests_of(r)).saturating_add(follow_up(r, 0).0);
            let all = rungs.iter().map(|r| rung(r).saturating_mul(TIMES));
            let all = all.fold(0_u64, u64::saturating_add);
            per_sample.saturating_mul(requests).saturating_mul(TIMES).max(all)
        });
        let usd = self.usd.unwrap_or_else(|| {
            let price =
                |r: &Rung| r.prices().cost(input_tokens, 0, per_sample).times(requests * TIMES).dollars();
            let whole = |r: &Rung| {
                let requests = r.prices().cost(input_tokens, 0, r.max_tokens()).times(requests_of(r));
                requests.plus(follow_up(r, input_tokens).1).times(TIMES).dollars()
            };
            rungs.iter().map(price).fold(0.0, f64::max).max(rungs.iter().map(whole).sum())
        });
        let seconds = self.seconds.unwrap_or_else(|| {
            let round = |tokens: u64| tokens as f64 / TOKENS_PER_SECOND + SECONDS_PER_ROUND;
            let all: f64 = rungs.iter().map(|r| round(r.max_tokens()) * f64::from(most_rounds(r))).sum();
            (round(per_sample) * f64::from(depth) * TIMES as f64).max(all)
        });
        Limit {
            tokens,
            usd,
            seconds,
            samples: self.samples.unwrap_or_else(|| {
                let all = rungs.iter().map(|r| r.samples).fold(0, u32::saturating_add);
                all.saturating_mul(TIMES as u32)
            }),
            depth: self.depth.unwrap_or(depth),
            escalations: self.escalations.unwrap_or(rungs.len().saturating_sub(1) as u32),
            entry: 0,
            escalated_usd: f64::INFINITY,
        }
    }
}

/// The requests of a rung whose samples are all drawn.
fn requests_of(rung: &Rung) -> u64 {
    u64::from(rung.samples) + u64::from(rung.depth) - 1
}

/// The most that follows a rung's samples: tokens and dollars.
fn follow_up(rung: &Rung, input_tokens: u64) -> (u64, Usd) {
    let (_, tokens, usd) = rung.follow_up(rung.most_samples(), rung.max_tokens(), input_tokens);
    (tokens, usd)
}

/// The most rounds of a rung that wait for each other, with one more for failed requests.
fn most_rounds(rung: &Rung) -> u32 {
    let rounds = match rung.strategy {
        Strategy::ProbeFirst { in_turn: true, .. } => rung.samples.saturating_add(rung.depth - 1),
        // The scores wait for the answers.
        Strategy::BestOf { .. } => rung.depth.saturating_add(1),
        // The distillation waits for the drafts, and the answer for it.
        Strategy::Distil { .. } => rung.depth.saturating_add(2),
        Strategy::Vote | Strategy::ProbeFirst { .. } => rung.depth,
    };
    rounds.saturating_add(1)
}

impl Limit {
    /// The money that one rung may use, in US dollars.
    pub(crate) fn usd_on(&self, rung: usize) -> f64 {
        if rung > self.entry { self.usd.min(self.escalated_usd) } else { self.usd }
    }

    /// Tightens this limit by a ceiling. `looser` receives each field in which the ceiling asked for more than this
    /// limit allows, with the values wanted and granted.
    pub(crate) fn tightened(
        mut self,
        ceiling: &Ceiling,
        mut looser: impl FnMut(&'static str, f64, f64),
    ) -> Self {
        macro_rules! lay {
            ($field:ident) => {
                match ceiling.$field {
                    Some(wanted) if wanted <= self.$field => self.$field = wanted,
                    Some(wanted) => {
                        looser(concat!("ceiling.", stringify!($field)), wanted as f64, self.$field as f64);
                    }
                    None => {}
                }
            };
        }
        lay!(tokens);
        lay!(usd);
        lay!(seconds);
        lay!(samples);
        lay!(depth);
        lay!(escalations);
        self
    }
}

#[cfg(test)]
#[path = "../../tests/unit/ladder/ceiling.rs"]
mod tests;
