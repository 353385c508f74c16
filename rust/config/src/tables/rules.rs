//! The rules of runs.

use super::{Bar, set};
use rheostat::Result;
use rheostat::rules::{Evidence, Move, RampRule, Rules};
use rheostat::vote::VoteRule;
use schemars::JsonSchema;
use serde::Deserialize;

/// Rules of a run: the evidence that ramps, the dial that it turns, and what settles.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesTable {
    /// Tokens in a group of `low_confidence` and `low_logprob`; 256 if not given.
    window: Option<usize>,
    /// A stream whose lowest group confidence falls below this, in nats, is weak. `false`, or not given: never.
    low_confidence: Option<Bar>,
    /// A stream whose own tokens' mean log-probability over a window falls below this is weak. Not given: never.
    low_logprob: Option<f64>,
    /// A stream is weak if the mean log-probability of each token's likeliest candidate falls below this; -0.9 if not given.
    low_top_logprob: Option<Bar>,
    /// Nats by which these bars fall for each ramp that a rung has seen; 0.5 if not given.
    hysteresis: Option<f64>,
    /// Tokens that a stream writes before it is judged; 0 if not given.
    dwell: Option<u64>,
    /// A stream whose steps' calibrated chance is below this is weak; 0.3 if not given.
    low_steps: Option<Bar>,
    /// A stream is given up once the upper bound of its steps' calibrated chance is below this. Not given: never.
    reject_below: Option<f64>,
    /// An answer counts only if the lower bound of its steps' calibrated chance is at least this. Not given: whatever its steps.
    pass_steps: Option<f64>,
    /// Probability that one of the answers that scores choose among is right: the first one's steps tell how many are drawn. Not given: all.
    enough: Option<f64>,
    /// Newest steps that must have scores before `low_steps` judges a stream, 1 to 3; 3 if not given.
    step_window: Option<usize>,
    /// Mean entropy of a sure stream's tokens, in nats; 0.2 if not given.
    entropy_level: Option<f64>,
    /// A stream whose entropy exceeded that level by more than this, summed over its tokens in nats, is uncertain. Not given: never.
    entropy_rise: Option<f64>,
    /// A stream with more turns of its reasoning per 1,000 words than this is branching. Not given: never.
    branching: Option<f64>,
    /// A stream with more hedges per 1,000 words than this is hedging. Not given: never.
    hedging: Option<f64>,
    /// Share of a rung's first streams that sets a bar of confidence; later streams below it are stopped. Not given: no gate.
    gate: Option<f64>,
    /// Streams that set that bar, 1 to 4,096; 16 if not given.
    gate_warmup: Option<u32>,
    /// True if a stream that repeats itself is evidence; true if not given.
    loops: Option<bool>,
    /// Longest period of such a repetition, in words, 1 to 4,096; 1,024 if not given.
    loop_period: Option<usize>,
    /// Equal probes in a row that settle the answer; 3 if not given, 0: probes never settle.
    equal_probes: Option<u32>,
    /// A probe whose known probability is below this ends the row; 0 if not given.
    probe_prob: Option<f64>,
    /// A probe whose probability reaches this settles the answer at once. Not given: never.
    exit: Option<f64>,
    /// Tokens of a lone stream between two probes that the run asks for; 0 if not given: the host probes on its own schedule.
    probe_every: Option<u64>,
    /// Room for a probe's answer, in tokens; 20 if not given.
    probe_tokens: Option<u64>,
    /// True: a planned revision needs a finding against the answer; false if not given.
    revise_on_finding: Option<bool>,
    /// Times that one call with one result, among an agent's last 32 turns, is a stall; 3 if not given.
    stall_calls: Option<u32>,
    /// Times in a row that one error means that the agent's tools keep failing; 2 if not given.
    stall_errors: Option<u32>,
    /// Turns in a row without a new result that are a stall; 5 if not given.
    stall_idle: Option<u32>,
    /// An answer with P(correct) below this is verified before it settles. Not given: never.
    verify_below: Option<f64>,
    /// The rule by which samples vote; `horizon` if not given.
    #[schemars(extend("enum" = VoteRule::ALL.map(VoteRule::as_str)))]
    vote: Option<String>,
    /// Confidence level of the vote; 0.9 if not given.
    confidence: Option<f64>,
    /// The largest probability that the run certifies an answer which is not its rung's likeliest; 0.05 if not given.
    alpha: Option<f64>,
    /// Retries of a failed call on its rung; 1 if not given.
    retries: Option<u32>,
    /// Failures in a row that open the breaker of a deployment; 5 if not given, 0: never.
    breaker_failures: Option<u32>,
    /// Seconds until an open breaker lets one request through, above 0 and at most 86,400; 5 if not given.
    breaker_seconds: Option<f64>,
    /// The moves that each kind of evidence leads to, in place of all the usual ones.
    ramps: Option<Vec<RampTable>>,
}

/// The moves that one kind of evidence leads to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RampTable {
    /// The evidence.
    #[schemars(extend("enum" = Evidence::ALL.map(Evidence::as_str)))]
    on: String,
    /// The moves, the preferred one first.
    moves: Vec<MoveTable>,
    /// Factor that the evidence puts on the odds that the answer in hand is right, above 0 and at most 1; 0.4 if not given.
    odds: Option<f64>,
}

/// One way to buy more compute.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MoveTable {
    /// The move.
    #[schemars(extend("enum" = Move::NAMES))]
    name: String,
    /// Times that it may be made on one rung, at most 100; 1 if not given.
    most: Option<u32>,
    /// For `think`: the factor on the thinking budget, above 1; 2 if not given.
    by: Option<f64>,
}

impl TryFrom<RulesTable> for Rules {
    type Error = rheostat::Error;

    fn try_from(table: RulesTable) -> Result<Self> {
        let mut rules = Self::default();
        set! {
            table => rules:
            window low_confidence low_top_logprob hysteresis dwell low_steps step_window entropy_level gate_warmup loops loop_period
            equal_probes probe_prob probe_every probe_tokens confidence alpha retries
            revise_on_finding
        }
        rules.low_logprob = table.low_logprob;
        rules.reject_below = table.reject_below;
        rules.pass_steps = table.pass_steps;
        rules.enough = table.enough;
        rules.entropy_rise = table.entropy_rise;
        rules.branching = table.branching;
        rules.hedging = table.hedging;
        rules.gate = table.gate;
        rules.exit = table.exit;
        rules.verify_below = table.verify_below;
        let stall = &mut rules.stall;
        stall.calls = table.stall_calls.unwrap_or(stall.calls);
        stall.errors = table.stall_errors.unwrap_or(stall.errors);
        stall.idle = table.stall_idle.unwrap_or(stall.idle);
        if let Some(vote) = table.vote {
            rules.vote = VoteRule::from_name(&vote)?;
        }
        if let Some(ramps) = table.ramps {
            rules.ramps = each("ramps", ramps)?;
        }
        if let Some(failures) = table.breaker_failures {
            rules.breaker.failures = failures;
        }
        if let Some(seconds) = table.breaker_seconds {
            rules.breaker.seconds = seconds;
        }
        rules.validate()?;
        Ok(rules)
    }
}

impl TryFrom<RampTable> for RampRule {
    type Error = rheostat::Error;

    fn try_from(table: RampTable) -> Result<Self> {
        let on = Evidence::from_name(&table.on)?;
        let ramp = Self { on, odds: table.odds.unwrap_or(0.4), moves: each("moves", table.moves)? };
        ramp.validate()?;
        Ok(ramp)
    }
}

impl TryFrom<MoveTable> for Move {
    type Error = rheostat::Error;

    fn try_from(table: MoveTable) -> Result<Self> {
        Self::from_name(&table.name, table.most.unwrap_or(1), table.by.unwrap_or(2.0))
    }
}

/// Converts the tables of a list; errors name the table by its index.
pub(crate) fn each<T, U: TryFrom<T, Error = rheostat::Error>>(name: &str, tables: Vec<T>) -> Result<Vec<U>> {
    let made = tables.into_iter().enumerate();
    made.map(|(i, table)| U::try_from(table).map_err(|error| error.within(&format!("{name}[{i}]")))).collect()
}
