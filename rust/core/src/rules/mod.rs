//! The rules of the controller, as data: which evidence turns which dial, by how much, and which settles.

mod evidence;

use crate::digest::{Digest, Digestible};
use crate::ladder::Doubt;
use crate::signal::{ConfidenceGate, EntropyShift, LONGEST_PERIOD, Stall, StallRules, Steps};
use crate::vote::VoteRule;
use crate::{Error, Result};

pub use evidence::Evidence;

/// One way to buy more compute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Move {
    /// Gives up the weak one of several samples for another. At most so many times on one rung.
    Replace {
        /// Times on one rung.
        most: u32,
    },
    /// Another batch of the rung's samples. At most so many times on one rung.
    Samples {
        /// Times on one rung.
        most: u32,
    },
    /// A thinking budget so many times as large, as the ladder permits: raised, continued or restarted.
    Think {
        /// Times on one rung.
        most: u32,
        /// The factor, above 1.
        by: f64,
    },
    /// A round of revision: the next planned one, or one beyond the plan, within the ceiling's depth.
    Revise {
        /// Rounds beyond the plan.
        most: u32,
    },
    /// A round that verifies the answer.
    Verify {
        /// Times on one rung.
        most: u32,
    },
    /// The next rung up that the query may use and that is worth its price.
    Escalate,
}

/// What one kind of evidence leads to: the first of its moves that the ladder permits, the ceiling affords, and whose
/// expected gain is worth its price.
#[derive(Debug, Clone, PartialEq)]
pub struct RampRule {
    /// The evidence.
    pub on: Evidence,
    /// By what factor it changes the odds that the answer in hand is right, in (0, 1].
    pub odds: f64,
    /// The moves, the preferred one first.
    pub moves: Vec<Move>,
}

/// Which evidence ramps and which stops. Every number has a default that is meant to be replaced by one calibrated
/// on a deployment's own log.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Tokens in a confidence group. 256: answers of everyday length fill it (`DeepConf`'s 2048 suits long
    /// mathematics). No stream is judged before its first full group.
    pub window: usize,
    /// A stream whose lowest group confidence falls below this is weak. 5.0 nats: with the top 20 of a large
    /// vocabulary a sure token has about 15 to 20, and a flat top 20 about 3 to 4. None: confidence never ramps.
    pub low_confidence: Option<f64>,
    /// A stream whose own tokens' mean log-probability over a window falls below this is weak: with a window of 1, one
    /// whose least likely token is. It needs no top candidates. None: it never ramps.
    pub low_logprob: Option<f64>,
    /// By how much both bars fall, in nats, for each ramp that a rung has seen: evidence that has been acted on must
    /// be stronger to be acted on again. 0.5.
    pub hysteresis: f64,
    /// No stream is judged before it has written so many tokens. 0: the window is wait enough.
    pub dwell: u64,
    /// Rows of fewer log-probabilities than this say nothing about confidence (with one alone, a sure token and a
    /// flat one would trade places). 2.
    pub min_top: usize,
    /// A stream whose newest step scores average below this is weak. 0.3.
    pub low_steps: Option<f64>,
    /// How many of the newest steps that is, 1 to 3: 1 where workings are short and each step has to stand alone. 3.
    pub step_window: usize,
    /// The entropy that a sure stream's tokens have on the average, in nats. 0.2.
    pub entropy_level: f64,
    /// A stream whose entropy has exceeded that level by more than this, in nats summed over its tokens ([`EntropyShift`]), is
    /// uncertain. The bar depends on the model: take it from a log. None: never.
    pub entropy_rise: Option<f64>,
    /// A stream that turns back, branches or starts again more often than this, per 1,000 words, is branching. It is judged
    /// from 1,000 words on. 40 raises a false alarm on 2 in 100 ordinary reasoning texts. None: never.
    pub branching: Option<f64>,
    /// A stream that hedges more often than this, per 1,000 words, is hedging. It is judged from 1,000 words on. None: never.
    pub hedging: Option<f64>,
    /// The share of a rung's first streams whose confidence sets a bar; of the later ones, each that falls below it is stopped
    /// and does not vote (`DeepConf`'s gate: 0.9, or 0.1 to save more). It needs top candidates. None: no gate.
    pub gate: Option<f64>,
    /// How many streams set the gate's bar; further ones are granted once these have ended. 16.
    pub gate_warmup: u32,
    /// Whether a stream that repeats itself (`Loops`) is evidence. Yes.
    pub loops: bool,
    /// The longest period of such a repetition, in words. 1,024: reasoning models repeat whole passages, and two of three loops
    /// on record are longer than 256. A stream of words beyond that takes 4.6 KiB for it.
    pub loop_period: usize,
    /// So many equal probes in a row settle the answer (Dynasor's middle effort). 3; 0: probes never settle.
    pub equal_probes: u32,
    /// A probe whose own probability is known to be below this breaks the row. 0.
    pub probe_probability: f64,
    /// A probe whose probability reaches this settles the answer at once (DEER: 0.95). Take it from
    /// [`calibrate_exit`](crate::signal::calibrate_exit). None: never.
    pub exit: Option<f64>,
    /// A probe is asked for each time that a lone stream has written so many more tokens. 0: the host probes at its
    /// own schedule, and tells `Sample::probe`.
    pub probe_every: u64,
    /// Room for a probe's answer, in tokens. 20.
    pub probe_tokens: u64,
    /// When an agent's turns (`Run::turn`) are a stall, or its tools keep failing.
    pub stall: StallRules,
    /// An answer whose chance to be right is below this is verified before it settles. None: never.
    pub verify_below: Option<f64>,
    /// How samples vote. Beta.
    pub vote: VoteRule,
    /// The vote's confidence. 0.95.
    pub confidence: f64,
    /// The probability, at most, that the run ever certifies an answer that is not its rung's likeliest: it is split
    /// evenly among the rungs that the run may reach. 0.05.
    pub alpha: f64,
    /// How often a failed call is tried again on its rung. 1.
    pub retries: u32,
    /// What evidence leads to.
    pub ramps: Vec<RampRule>,
}

/// Below which a stream is weak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bars {
    pub(crate) confidence: Option<f64>,
    pub(crate) logprob: Option<f64>,
}

impl Digestible for Rules {
    fn write_to(&self, digest: &mut Digest) {
        let Self {
            window,
            low_confidence,
            low_logprob,
            hysteresis,
            dwell,
            min_top,
            low_steps,
            step_window,
            entropy_level,
            entropy_rise,
            branching,
            hedging,
            gate,
            gate_warmup,
            loops,
            loop_period,
            equal_probes,
            probe_probability,
            exit,
            probe_every,
            probe_tokens,
            stall: StallRules { calls, errors, idle },
            verify_below,
            vote,
            confidence,
            alpha,
            retries,
            ramps,
        } = self;
        digest.record("rules").put(window).put(low_confidence).put(low_logprob).put(hysteresis);
        digest.put(dwell).put(min_top).put(low_steps).put(step_window).put(entropy_level).put(entropy_rise);
        digest.put(branching).put(hedging).put(gate).put(gate_warmup).put(loops).put(loop_period);
        digest.put(equal_probes).put(probe_probability).put(exit).put(probe_every).put(probe_tokens);
        digest
            .put(calls)
            .put(errors)
            .put(idle)
            .put(verify_below)
            .put(vote.name())
            .put(confidence)
            .put(alpha)
            .put(retries)
            .put(ramps);
    }
}

impl Digestible for RampRule {
    fn write_to(&self, digest: &mut Digest) {
        let Self { on, odds, moves } = self;
        digest.record("ramp").put(on.as_str()).put(odds).put(moves);
    }
}

impl Digestible for Move {
    fn write_to(&self, digest: &mut Digest) {
        match self {
            Self::Replace { most } => digest.record("replace").put(most),
            Self::Samples { most } => digest.record("samples").put(most),
            Self::Think { most, by } => digest.record("think").put(most).put(by),
            Self::Revise { most } => digest.record("revise").put(most),
            Self::Verify { most } => digest.record("verify").put(most),
            Self::Escalate => digest.record("escalate"),
        };
    }
}

impl Default for Rules {
    fn default() -> Self {
        use Evidence::{
            Branching, Disagreement, Failure, Hedging, Loop, LowConfidence, LowSteps, NoAnswer, Refuted,
            Stall, ToolErrors, Uncertain,
        };
        let rule = |on, odds, moves: &[Move]| RampRule { on, odds, moves: moves.to_vec() };
        let weak = [Move::Replace { most: 4 }, Move::Think { most: 1, by: 2.0 }, Move::Escalate];
        Self {
            window: 256,
            low_confidence: Some(5.0),
            low_logprob: None,
            hysteresis: 0.5,
            dwell: 0,
            min_top: 2,
            low_steps: Some(0.3),
            step_window: Steps::RECENT,
            entropy_level: 0.2,
            entropy_rise: None,
            branching: None,
            hedging: None,
            gate: None,
            gate_warmup: 16,
            loops: true,
            loop_period: 1024,
            equal_probes: 3,
            probe_probability: 0.0,
            exit: None,
            probe_every: 0,
            probe_tokens: 20,
            stall: StallRules::default(),
            verify_below: None,
            vote: VoteRule::Beta,
            confidence: 0.95,
            alpha: 0.05,
            retries: 1,
            ramps: vec![
                rule(LowConfidence, 0.4, &weak),
                rule(LowSteps, 0.4, &weak),
                rule(Uncertain, 0.4, &weak),
                rule(Branching, 0.6, &[Move::Think { most: 1, by: 2.0 }, Move::Escalate]),
                rule(Hedging, 0.6, &[Move::Think { most: 1, by: 2.0 }, Move::Escalate]),
                rule(Loop, 0.05, &[Move::Replace { most: 4 }, Move::Escalate]),
                rule(
                    Disagreement,
                    0.4,
                    &[Move::Samples { most: 1 }, Move::Revise { most: 0 }, Move::Escalate],
                ),
                rule(NoAnswer, 0.01, &[Move::Think { most: 1, by: 2.0 }, Move::Escalate]),
                rule(Refuted, 0.2, &[Move::Revise { most: 1 }, Move::Escalate]),
                rule(Failure, 0.01, &[Move::Escalate]),
                rule(Stall, 0.2, &[Move::Escalate]),
                rule(ToolErrors, 0.3, &[Move::Escalate]),
            ],
        }
    }
}

/// No move is made more often than this on one rung.
const MOST: u32 = 100;

impl Rules {
    /// The rule for a kind of evidence; none: it leads to nothing.
    pub(crate) fn on(&self, evidence: Evidence) -> Option<&RampRule> {
        self.ramps.iter().find(|rule| rule.on == evidence)
    }

    /// The bars on a rung: its own, or else the rules'.
    pub(crate) fn bars(&self, doubt: Option<Doubt>) -> Bars {
        let own = doubt.unwrap_or_default();
        Bars {
            confidence: own.low_confidence.or(self.low_confidence),
            logprob: own.low_logprob.or(self.low_logprob),
        }
    }

    /// How often all rules together may ask for more samples of one rung: (batches, replacements).
    pub(crate) fn most_samples(&self) -> (u32, u32) {
        let moves = self.ramps.iter().flat_map(|rule| &rule.moves);
        moves.fold((0, 0), |(batches, replacements), step| match step {
            Move::Samples { most } => (batches.max(*most), replacements),
            Move::Replace { most } => (batches, replacements.max(*most)),
            _ => (batches, replacements),
        })
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the first field that is out of bounds.
    pub fn validate(&self) -> Result<()> {
        crate::signal::Confidence::new(self.window)?;
        EntropyShift::new(self.entropy_level)?;
        ConfidenceGate::new(self.gate_warmup, self.gate.unwrap_or(1.0))?;
        Stall::new(self.stall)?;
        if !(1..=LONGEST_PERIOD).contains(&self.loop_period) {
            let bound = format!("between 1 and {LONGEST_PERIOD} words");
            return Err(Error::invalid("loop_period", self.loop_period, bound));
        }
        if !(1..=Steps::RECENT).contains(&self.step_window) {
            let bound = format!("between 1 and {} steps", Steps::RECENT);
            return Err(Error::invalid("step_window", self.step_window, bound));
        }
        if self.alpha < 1e-12 {
            // A vote takes a little less, so that it can be split among rungs.
            return Err(Error::invalid("alpha", self.alpha, "at least 1e-12 and below 1"));
        }
        let (rule, confidence, alpha) = (self.vote, self.confidence, self.alpha);
        crate::vote::VoteOptions { rule, confidence, alpha, ..Default::default() }.validate()?;
        let (low_confidence, low_logprob) = (self.low_confidence, self.low_logprob);
        Doubt { low_confidence, low_logprob, ..Doubt::default() }.validate()?;
        let bounds = [
            ("hysteresis", Some(self.hysteresis), 100.0),
            ("low_steps", self.low_steps, 1.0),
            ("entropy_rise", self.entropy_rise, 1e6),
            ("branching", self.branching, 1e3),
            ("hedging", self.hedging, 1e3),
            ("exit", self.exit, 1.0),
            ("probe_probability", Some(self.probe_probability), 1.0),
            ("verify_below", self.verify_below, 1.0),
        ];
        for (name, value, most) in bounds {
            if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
                return Err(Error::invalid(name, value, format!("between 0 and {most}")));
            }
        }
        if self.min_top < 2 {
            return Err(Error::invalid("min_top", self.min_top, "at least 2"));
        }
        if self.retries > MOST {
            return Err(Error::invalid("retries", self.retries, format!("at most {MOST}")));
        }
        if self.probe_tokens == 0 {
            return Err(Error::invalid("probe_tokens", 0, "at least 1"));
        }
        self.ramps.iter().try_for_each(RampRule::validate)
    }
}

impl RampRule {
    /// Checks the odds and every move.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming evidence and field.
    pub fn validate(&self) -> Result<()> {
        let field = |field: &str| format!("ramps: {}: {field}", self.on.as_str());
        if !(self.odds > 0.0 && self.odds <= 1.0) {
            return Err(Error::invalid(field("odds"), self.odds, "above 0 and at most 1"));
        }
        for step in &self.moves {
            let most = match *step {
                Move::Think { by, .. } if !(by > 1.0 && by <= 1_000.0) => {
                    return Err(Error::invalid(field("think: by"), by, "above 1 and at most 1000"));
                }
                Move::Replace { most }
                | Move::Samples { most }
                | Move::Think { most, .. }
                | Move::Revise { most }
                | Move::Verify { most } => most,
                Move::Escalate => 0,
            };
            if most > MOST {
                return Err(Error::invalid(field("most"), most, format!("at most {MOST}")));
            }
        }
        Ok(())
    }
}
