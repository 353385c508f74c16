//! The rules of a run, as data: the evidence that ramps, the dial it turns, and what settles.

mod evidence;

use crate::digest::{Digest, Digestible, record};
use crate::ladder::Doubt;
use crate::ledger::BreakerRules;
use crate::signal::{ConfidenceGate, EntropyShift, LONGEST_PERIOD, Stall, StallRules, Steps};
use crate::vote::VoteRule;
use crate::{Error, Result};

pub use evidence::Evidence;

/// One way to buy more compute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Move {
    /// Gives up the weak one of several samples for another.
    Replace {
        /// Times on one rung.
        most: u32,
    },
    /// Another batch of the rung's samples.
    Samples {
        /// Times on one rung.
        most: u32,
    },
    /// A larger thinking budget: raised, continued or restarted, as the ladder permits.
    Think {
        /// Times on one rung.
        most: u32,
        /// The factor, above 1.
        by: f64,
    },
    /// A round of revision: the next planned one, or one beyond the plan within the ceiling's depth.
    Revise {
        /// Rounds beyond the plan.
        most: u32,
    },
    /// A round that verifies the answer.
    Verify {
        /// Times on one rung.
        most: u32,
    },
    /// The next rung up that the query may use and whose gain exceeds its price.
    Escalate,
}

/// The rule of one kind of evidence: the first of its moves is taken that the ladder permits, the ceiling affords, and whose
/// expected gain exceeds its price.
#[derive(Debug, Clone, PartialEq)]
pub struct RampRule {
    /// The evidence.
    pub on: Evidence,
    /// Factor that multiplies the odds of a right answer, in (0, 1].
    pub odds: f64,
    /// The moves, in order of preference.
    pub moves: Vec<Move>,
}

/// Evidence and its effects. Every number has a default, to be replaced by one calibrated on a deployment's log.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Tokens in a group. 256 (`DeepConf`'s 2048 suits long mathematics). A shorter stream is judged by the tokens that it has, with a
    /// margin that shrinks as one over their number ([`Likelihood::upper`](crate::signal::Likelihood::upper)).
    pub window: usize,
    /// A stream whose lowest group confidence falls below this is weak. The scale depends on the number of candidates: of one stream it may
    /// be 1.8 nats over 2, 3.3 over 5 and 5.6 over 20. None: never, which is the default.
    pub low_confidence: Option<f64>,
    /// A stream whose own tokens' mean log-probability over a window falls below this is weak; with a window of 1, the least
    /// likely token counts. It needs no candidates. None: never, which is the default.
    pub low_logprob: Option<f64>,
    /// A stream is weak if the mean log-probability of each token's likeliest candidate, over the newest 256 tokens, falls below this.
    /// It is the same for any number of candidates, and hardly depends on the temperature. A token without candidates counts with its
    /// own. A rung's doubt with a bar of its own takes its place. None: never. -0.9 nats.
    pub low_top_logprob: Option<f64>,
    /// Nats by which these bars fall for each ramp on a rung, so that evidence must be stronger to be acted on again. 0.5.
    pub hysteresis: f64,
    /// Tokens before a stream is judged. 0: the window is enough.
    pub dwell: u64,
    /// Least log-probabilities in a row; shorter rows are ignored (with one alone, a sure token looks like a flat one). 2.
    pub min_top: usize,
    /// A stream is weak if its steps' chance to be right, by the estimate of the rung's table ([`Rung::steps`](crate::ladder::Rung::steps)),
    /// is below this. Without a table, step scores are evidence of nothing. 0.3.
    pub low_steps: Option<f64>,
    /// Early rejection: a stream is given up once the upper bound of its steps' chance ([`Rung::steps`](crate::ladder::Rung::steps)) is
    /// below this, so at most this share of the rejected paths was right. Without a table, step scores reject nothing. None: never.
    pub reject_below: Option<f64>,
    /// An answer counts only if the lower bound of its steps' chance is at least this; without a table, or without scores, none does.
    /// None: answers count, whatever their steps.
    pub pass_steps: Option<f64>,
    /// Probability that one of the answers that a rung chooses among is right: the first answer's steps tell how many are drawn
    /// ([`answers_needed`](crate::strategy::answers_needed)), within the rung's samples. Without a table all are. None: all are.
    pub enough: Option<f64>,
    /// Newest steps that must have scores before `low_steps` judges a stream, 1 to 3; 1 where workings are short. 3.
    pub step_window: usize,
    /// Mean entropy of a sure stream's tokens, in nats. 0.2.
    pub entropy_level: f64,
    /// A stream whose entropy exceeded that level by more than this, summed over its tokens in nats ([`EntropyShift`]), is
    /// uncertain. The bar depends on the model: take it from a log. None: never.
    pub entropy_rise: Option<f64>,
    /// A stream with more turns of its reasoning per 1,000 words than this is branching. It is judged from 1,000 words on. 40
    /// raises a false alarm on 2 in 100 ordinary reasoning texts. None: never.
    pub branching: Option<f64>,
    /// A stream with more hedges per 1,000 words than this is hedging. It is judged from 1,000 words on. None: never.
    pub hedging: Option<f64>,
    /// Share of a rung's first streams that reach the bar they set (`DeepConf`'s gate: 0.9, or 0.1 to save more). A later stream
    /// below the bar is stopped and does not vote. It needs top candidates. None: no gate.
    pub gate: Option<f64>,
    /// Streams that set the gate's bar; others are granted after they have ended. 16.
    pub gate_warmup: u32,
    /// True if a stream that repeats itself ([`Loops`](crate::signal::Loops)) is evidence. True.
    pub loops: bool,
    /// Longest period of a repetition, in words. 1,024: reasoning models repeat whole passages, and two of three recorded loops
    /// are longer than 256. Longer streams take 4.6 KiB for it.
    pub loop_period: usize,
    /// Equal probes in a row that settle the answer (Dynasor's middle effort). 3; 0: probes never settle.
    pub equal_probes: u32,
    /// A probe whose known probability is below this ends the row. 0.
    pub probe_prob: f64,
    /// A probe whose probability reaches this settles the answer at once (DEER: 0.95). Take it from
    /// [`calibrate_exit`](crate::signal::calibrate_exit). None: never.
    pub exit: Option<f64>,
    /// Tokens of a lone stream between two probes. 0: the host probes on its own schedule, with `Sample::probe`.
    pub probe_every: u64,
    /// Room for a probe's answer, in tokens. 20.
    pub probe_tokens: u64,
    /// Limits of an agent's repetitions (`Run::turn`).
    pub stall: StallRules,
    /// True: a planned revision needs a finding against the answer (a verifier's reply, a failed check, a tool's result), because a
    /// revision on nothing turns right answers into wrong ones. False: each planned round revises.
    pub revise_on_finding: bool,
    /// An answer whose P(correct) is below this is verified before it settles. None: never.
    pub verify_below: Option<f64>,
    /// The vote's stop rule. Horizon.
    pub vote: VoteRule,
    /// The vote's confidence. 0.9: three equal answers settle, unless others speak against them. On recorded votes it takes a quarter
    /// fewer samples than 0.95 (4.3 against 5.8 of 40, gpt-4o-mini on GSM8K; `Beta` takes 4.6 and 6.3) and loses nothing.
    pub confidence: f64,
    /// Largest probability that a run ever certifies an answer which is not its rung's likeliest; split evenly among the rungs
    /// that the run may reach. 0.05.
    pub alpha: f64,
    /// Retries of a failed call on its rung. 1.
    pub retries: u32,
    /// When an upstream that fails is left alone, and for how long.
    pub breaker: BreakerRules,
    /// The rules of evidence.
    pub ramps: Vec<RampRule>,
}

/// The bars below which a stream is weak.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bars {
    pub(crate) confidence: Option<f64>,
    pub(crate) logprob: Option<f64>,
    /// For the likeliest candidates.
    pub(crate) top: Option<f64>,
}

impl Digestible for Rules {
    #[rustfmt::skip] // one name a line would be a page
    fn write_to(&self, digest: &mut Digest) {
        let Self {
            window, low_confidence, low_logprob, low_top_logprob, hysteresis, dwell, min_top, low_steps, step_window,
            reject_below, pass_steps, enough, revise_on_finding, entropy_level, entropy_rise, branching, hedging, gate, gate_warmup, loops, loop_period, equal_probes, probe_prob,
            exit, probe_every, probe_tokens, stall, verify_below, vote, confidence, alpha, retries, ramps,
            // Says when a service is asked, not what is decided.
            breaker: _,
        } = self;
        digest.record("rules");
        digest.put(window).put(low_confidence).put(low_logprob).put(low_top_logprob).put(hysteresis).put(dwell).put(min_top);
        digest.put(low_steps).put(step_window).put(entropy_level).put(entropy_rise).put(branching).put(hedging).put(gate);
        digest.put(gate_warmup).put(loops).put(loop_period).put(equal_probes).put(probe_prob).put(exit).put(probe_every);
        digest.put(probe_tokens).put(stall).put(verify_below).put(vote).put(confidence).put(alpha).put(retries).put(ramps);
        if *revise_on_finding {
            digest.record("revise on finding");
        }
        if self.asks_steps() {
            digest.record("step rules").put(reject_below).put(pass_steps).put(enough);
        }
    }
}
record! { RampRule, "ramp": on odds moves }

/// They stand among the fields of the rules.
impl Digestible for StallRules {
    fn write_to(&self, digest: &mut Digest) {
        let Self { calls, errors, idle } = self;
        digest.put(calls).put(errors).put(idle);
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
            low_confidence: None,
            low_logprob: None,
            low_top_logprob: Some(-0.9),
            hysteresis: 0.5,
            dwell: 0,
            min_top: 2,
            low_steps: Some(0.3),
            step_window: Steps::RECENT,
            reject_below: None,
            pass_steps: None,
            enough: None,
            entropy_level: 0.2,
            entropy_rise: None,
            branching: None,
            hedging: None,
            gate: None,
            gate_warmup: 16,
            loops: true,
            loop_period: 1024,
            equal_probes: 3,
            probe_prob: 0.0,
            exit: None,
            probe_every: 0,
            probe_tokens: 20,
            stall: StallRules::default(),
            revise_on_finding: false,
            verify_below: None,
            vote: VoteRule::Horizon,
            confidence: 0.9,
            alpha: 0.05,
            retries: 1,
            breaker: BreakerRules::default(),
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
                    &[Move::Escalate, Move::Samples { most: 1 }, Move::Revise { most: 0 }],
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

/// Most times that a move may be allowed on one rung.
const MOST: u32 = 100;

impl Move {
    /// Every move's name.
    pub const NAMES: [&str; 6] = ["replace", "samples", "think", "revise", "verify", "escalate"];

    /// The move with a name. `most` is left out of an escalation, and `by` of all but thinking.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a name that there is not, [`Error::Invalid`] for a number out of bounds.
    pub fn from_name(name: &str, most: u32, by: f64) -> Result<Self> {
        let made = match name {
            "replace" => Self::Replace { most },
            "samples" => Self::Samples { most },
            "think" => Self::Think { most, by },
            "revise" => Self::Revise { most },
            "verify" => Self::Verify { most },
            "escalate" => Self::Escalate,
            _ => return Err(Error::unknown("move", name, Self::NAMES)),
        };
        RampRule { on: Evidence::Loop, odds: 1.0, moves: vec![made] }.validate()?;
        Ok(made)
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Replace { .. } => "replace",
            Self::Samples { .. } => "samples",
            Self::Think { .. } => "think",
            Self::Revise { .. } => "revise",
            Self::Verify { .. } => "verify",
            Self::Escalate => "escalate",
        }
    }
}

impl Rules {
    /// Tokens over which the likeliest candidates are averaged.
    pub(crate) const TOP_WINDOW: usize = 256;

    /// The rule of a kind of evidence, if there is one.
    pub(crate) fn on(&self, evidence: Evidence) -> Option<&RampRule> {
        self.ramps.iter().find(|rule| rule.on == evidence)
    }

    /// The bars of a rung: its own, or the rules'.
    pub(crate) fn bars(&self, doubt: Option<Doubt>) -> Bars {
        let own = doubt.unwrap_or_default();
        Bars {
            confidence: own.low_confidence.or(self.low_confidence),
            logprob: own.low_logprob.or(self.low_logprob),
            top: own
                .low_top_logprob
                .or(self.low_top_logprob.filter(|_| own.low_confidence.or(own.low_logprob).is_none())),
        }
    }

    /// True if a rule needs calibrated step scores.
    pub(crate) fn asks_steps(&self) -> bool {
        self.reject_below.or(self.pass_steps).or(self.enough).is_some()
    }

    /// Most batches and replacements of samples that all rules may ask for on one rung.
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
            // A vote takes a little less, for its split among rungs.
            return Err(Error::invalid("alpha", self.alpha, "at least 1e-12 and below 1"));
        }
        let (rule, confidence, alpha) = (self.vote, self.confidence, self.alpha);
        crate::vote::VoteOptions { rule, confidence, alpha, ..Default::default() }.validate()?;
        let Self { low_confidence, low_logprob, low_top_logprob, .. } = *self;
        Doubt { low_confidence, low_logprob, low_top_logprob, ..Doubt::default() }.validate()?;
        let bounds = [
            ("hysteresis", Some(self.hysteresis), 100.0),
            ("low_steps", self.low_steps, 1.0),
            ("reject_below", self.reject_below, 1.0),
            ("pass_steps", self.pass_steps, 1.0),
            ("entropy_rise", self.entropy_rise, 1e6),
            ("branching", self.branching, 1e3),
            ("hedging", self.hedging, 1e3),
            ("exit", self.exit, 1.0),
            ("probe_prob", Some(self.probe_prob), 1.0),
            ("verify_below", self.verify_below, 1.0),
        ];
        for (name, value, most) in bounds {
            if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
                return Err(Error::invalid(name, value, format!("between 0 and {most}")));
            }
        }
        if let Some(enough) = self.enough.filter(|enough| !(0.0..1.0).contains(enough)) {
            return Err(Error::invalid("enough", enough, "at least 0 and below 1"));
        }
        if self.min_top < 2 {
            return Err(Error::invalid("min_top", self.min_top, "at least 2"));
        }
        if self.retries > MOST {
            return Err(Error::invalid("retries", self.retries, format!("at most {MOST}")));
        }
        let BreakerRules { failures: _, seconds } = self.breaker;
        if !(seconds > 0.0 && seconds <= 86_400.0) {
            return Err(Error::invalid("breaker_seconds", seconds, "above 0 and at most 86400"));
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
