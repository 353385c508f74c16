//! The plan: the decision about one query.

mod chances;
mod dials;
mod drifted;
mod id;
mod reason;
mod record;
mod snapshot;

use crate::digest::{Digest, record};
use crate::estimate::Estimate;
use crate::ladder::{Ceiling, Dials, Limit, Rung};
use crate::ledger::Funding;
use crate::money::Usd;
use crate::outcome::PlanId;
use crate::policy::Policy;
use crate::query::{Turn, Wish};
use crate::session::{Purpose, Sessions};
use crate::strategy::Strategy;
use std::sync::Arc;

pub(crate) use dials::fit;
pub use dials::{Clamp, Field};
pub use drifted::Drifted;
pub use id::forked;
pub(crate) use id::{STEP, nonce_here, plan_id};
pub use reason::{PlanReason, PlanReasons};
pub use record::{About, Record};
pub use snapshot::Snapshot;
pub(crate) use snapshot::SnapshotParts;

/// Options of a plan: what comes with a query and is not part of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanOptions<'a> {
    /// A tighter ceiling for this query.
    pub ceiling: Option<Ceiling>,
    /// Models that may be used; None: all.
    pub models: Option<&'a [String]>,
    /// The user's own choice of a rung, which wins.
    pub rung: Option<&'a str>,
    /// The conversation that the query belongs to.
    pub session: Option<&'a str>,
    /// The customer that it belongs to.
    pub tenant: Option<&'a str>,
    /// The purpose; None: read from the query.
    pub purpose: Option<Purpose>,
    /// Difficulty in [0, 1] from a second stage, in place of the estimate's.
    pub difficulty: Option<f64>,
    /// P(correct) by rung from a second stage, in the ladder's order, in place of the estimate's. None where it has no value.
    pub p_correct: Option<&'a [Option<f64>]>,
    /// Time, in seconds of a monotonic clock; used by sessions and the ledger's windows only.
    pub at: f64,
}

// Decisions do not depend on the time.
record! { PlanOptions<'_>, "options": ceiling models rung session tenant purpose difficulty p_correct, without at }

impl PlanOptions<'_> {
    /// The digest for plan ids; 0 for no options.
    pub(crate) fn digest(&self) -> u64 {
        let Self { ceiling, models, rung, session, tenant, purpose, difficulty, p_correct, at: _ } = self;
        let none = ceiling.is_none()
            && models.is_none()
            && rung.is_none()
            && session.is_none()
            && tenant.is_none()
            && purpose.is_none()
            && difficulty.is_none()
            && p_correct.is_none();
        if none { 0 } else { Digest::of(self) }
    }
}

/// A plan: rung, dials and ceiling of one query, decided before any compute is spent. Immutable.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// The rung to start on, by index.
    pub rung: usize,
    /// The dials that it starts with.
    pub dials: Dials,
    /// Calibrated P(correct) of the rung with these dials, in [0, 1].
    pub p_correct: f64,
    /// Expected cost of the rung with these dials, in US dollars: from expected tokens, not caps.
    pub expected_usd: f64,
    /// Expected input tokens of the whole query.
    pub input_tokens: u32,
    /// The kind of the newest turn.
    pub turn: Turn,
    /// Cuts that fit the plan to the ceiling or the ladder.
    pub clamped: Vec<Clamp>,
    /// The reasons, as a set.
    pub why: PlanReasons,
    /// The estimate.
    pub estimate: Estimate,
    /// P(correct) of every rung, if a second stage gave any; None: those of the estimate.
    pub chances: Option<Arc<[f64]>>,
    /// The ceiling, with every limit resolved.
    pub limit: Limit,
    /// Rungs that this query may use, by index; None: all.
    pub allowed: Option<Arc<[bool]>>,
    /// Expected cost, in US dollars, of leaving the model that has the session's prefix cached.
    pub switch_usd: f64,
    /// Dollars that a dollar of compute counted as: 1, or more where a budget is short.
    pub price: f64,
    /// Share, in [0, 1], of this deployment's queries that were easier; None unless the policy is shares and decided.
    pub quantile: Option<f64>,
    /// Thinking to leave out of the history that is sent.
    pub strip: Strip,
    /// The purpose.
    pub purpose: Purpose,
    /// The client's own wishes for compute, which the plan does not follow.
    pub wish: Wish,
    /// The client's own limit on the tokens of one answer, which no rung raises.
    pub max_tokens: Option<u64>,
    /// The ledger and its payer; none without a ledger.
    pub funding: Option<Box<Funding>>,
    /// The session that learns where the run ends, by name.
    pub session: Option<Box<(Arc<Sessions>, Box<str>)>>,
    /// The state that decided.
    pub snapshot: Arc<Snapshot>,
}

/// Thinking blocks that another model would refuse, since they are signed for the model that wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strip {
    /// None.
    #[default]
    Nothing,
    /// Those of the models of these rungs, by bit.
    Rungs(u64),
    /// The history holds signed thinking of an unknown model: all but the plan's own model's.
    Unknown,
}

/// The most that a rung may cost before anything fails or ramps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorstCase {
    /// Output tokens, thinking included.
    pub tokens: u64,
    /// US dollars.
    pub usd: f64,
    /// Requests: samples, revisions, scores.
    pub requests: u64,
}

impl Plan {
    /// The most that its rung may cost before anything fails or ramps: calls, and their tokens and dollars. The ceiling bounds the
    /// whole run.
    pub fn worst_case(&self) -> WorstCase {
        let (rung, one) = (self.rung_ref(), self.dials.max_tokens());
        let requests = u64::from(self.dials.samples) + u64::from(self.dials.depth) - 1;
        let (more, tokens, follow_up) = rung.follow_up(self.dials.samples, one, self.input_tokens.into());
        let usd = rung.prices().cost(self.input_tokens.into(), 0, one).times(requests);
        WorstCase {
            tokens: one.saturating_mul(requests).saturating_add(tokens),
            usd: usd.plus(follow_up).dollars(),
            requests: requests + more,
        }
    }

    /// The most answers of one request that the limits pay for: by tokens, by dollars with the input once, and by samples. At least 1.
    pub fn answers_paid(&self) -> u32 {
        let prices = self.rung_ref().prices();
        let one = self.dials.max_tokens();
        let left =
            Usd::from_dollars(self.limit.usd_on(self.rung)).less(prices.cost(self.input_tokens.into(), 0, 0));
        let by_usd = left.0.checked_div(prices.cost(0, 0, one).0).unwrap_or(u64::MAX);
        let by_tokens = self.limit.tokens.checked_div(one).unwrap_or(u64::MAX);
        let paid = u32::try_from(by_usd.min(by_tokens)).unwrap_or(u32::MAX);
        paid.min(self.limit.samples).max(1)
    }

    /// The most tokens of one answer, thinking included, that the limits and the context window leave.
    pub fn most_tokens(&self) -> u64 {
        let (rung, prices) = (self.rung_ref(), self.rung_ref().prices());
        let left =
            Usd::from_dollars(self.limit.usd_on(self.rung)).less(prices.cost(self.input_tokens.into(), 0, 0));
        let by_usd = left.0.checked_div(prices.output.0).unwrap_or(u64::MAX);
        let window =
            rung.context_window.map_or(u64::MAX, |window| window.saturating_sub(self.input_tokens.into()));
        self.limit.tokens.min(by_usd).min(window).max(self.dials.max_tokens())
    }

    /// Models whose thinking must be left out of the history that is sent, because another model refuses blocks that are
    /// signed for them. `"*"` stands for all but the plan's own, where the history's models are not known.
    pub fn strip_thinking(&self) -> Vec<&str> {
        let mask = match self.strip {
            Strip::Nothing => return Vec::new(),
            Strip::Unknown => return vec!["*"],
            Strip::Rungs(mask) => mask,
        };
        let rungs = self.snapshot.ladder.rungs().iter().enumerate();
        let mut models: Vec<&str> = Vec::new();
        for (_, rung) in rungs.filter(|(i, _)| mask >> i & 1 == 1) {
            if rung.model != self.rung_ref().model && !models.contains(&rung.model.as_str()) {
                models.push(&rung.model);
            }
        }
        models
    }

    /// P(correct) of a rung: of the plan's own with its dials, of another with all of its dials.
    pub fn p_correct_of(&self, rung: usize) -> f64 {
        if rung == self.rung {
            return self.p_correct;
        }
        match self.chances.as_ref().and_then(|chances| chances.get(rung)) {
            Some(chance) => *chance,
            None => self.snapshot.p_correct(&self.estimate, rung),
        }
    }

    /// The rung to start on.
    pub fn rung_ref(&self) -> &Rung {
        &self.snapshot.ladder.rungs()[self.rung]
    }

    /// The version of the state that decided; equal versions give equal plans.
    pub fn version(&self) -> &str {
        &self.snapshot.version
    }

    /// The reasons, in words.
    pub fn reasons(&self) -> Vec<String> {
        self.why.iter().map(|reason| self.words(reason)).collect()
    }

    fn wish_words(&self) -> String {
        let Wish { effort, thinking_tokens, samples } = self.wish;
        let effort = effort.map(|effort| format!("effort {effort:?}"));
        let thinking = thinking_tokens.map(|tokens| format!("{tokens} tokens of thinking"));
        let samples = samples.map(|samples| format!("{samples} answers"));
        let wishes: Vec<String> = [effort, thinking, samples].into_iter().flatten().collect();
        format!("the client asked for {}; the plan decides", wishes.join(", "))
    }

    /// The rung of asks that give no evidence.
    fn default_words(&self) -> &'static str {
        let default = self.snapshot.ladder.default();
        if self.snapshot.policy.has_share(default) {
            "the ladder's default rung"
        } else {
            "the rung with a share nearest to the default"
        }
    }

    fn policy_words(&self, rung: &str) -> String {
        if let Policy::Guaranteed(policy) = &self.snapshot.policy {
            let (loss, confidence, reason) = (policy.max_loss(), policy.confidence(), policy.reason());
            return format!(
                "guaranteed policy: {rung:?}, at most {loss} lost with confidence {confidence}: {reason}"
            );
        }
        if let Some(quantile) = self.quantile {
            // Rounded down: nothing is harder than 100 %.
            let percent = (100.0 * quantile) as u32;
            return format!(
                "shares policy: {rung:?}, harder than {percent} % of this deployment's queries; expected ${:.6}",
                self.expected_usd
            );
        }
        format!(
            "{} policy: {rung:?} at difficulty {:.2}, P(correct) {:.2}, expected ${:.6}",
            self.snapshot.policy.name(),
            self.estimate.difficulty,
            self.p_correct,
            self.expected_usd
        )
    }

    fn words(&self, reason: PlanReason) -> String {
        let ladder = &self.snapshot.ladder;
        let name = &self.rung_ref().name;
        match reason {
            PlanReason::Policy => self.policy_words(name),
            PlanReason::Chosen => format!("the caller chose {name:?}"),
            PlanReason::LowCoverage => {
                format!("coverage is too low ({:.2}): {}", self.estimate.coverage, self.default_words())
            }
            PlanReason::Empty => format!("nothing to read: {}", self.default_words()),
            PlanReason::Courtesy => "thanks, or a word of agreement, alone: the lowest rung that is used".into(),
            PlanReason::Complaint => format!("the message objects to the last answer: the session goes up to {name:?}"),
            PlanReason::Bare => {
                format!("the words say nothing by themselves: at least {}", self.default_words())
            }
            PlanReason::Moved => {
                "a threshold had moved to keep the shares: the rank alone gives another rung".into()
            }
            PlanReason::Continuation => "the turn continues an earlier ask, which was scored".into(),
            PlanReason::ToolResult => "the turn brings tool results; the ask before it was scored".into(),
            PlanReason::StartMax => {
                let start_max = &ladder.rungs()[ladder.start_max()].name;
                format!("a prompt alone buys at most {start_max:?}")
            }
            PlanReason::Models => "rungs of models that may not be used were left out".into(),
            PlanReason::Unfit => "rungs that lack a capability or the context window were left out".into(),
            PlanReason::TenantUnused => {
                "the tenant changes nothing: the ledger caps no tenant, and the policy is not paced".into()
            }
            PlanReason::Unlisted => {
                "no rung lists a capability that the query needs; it is planned all the same".into()
            }
            PlanReason::NothingFits => {
                "no rung has the capabilities and the context window that the query needs; it is planned all the same".into()
            }
            PlanReason::Unpaid => "rungs of which the ceiling does not pay an answer were left out".into(),
            PlanReason::Clamped if self.why.has(PlanReason::Once) => {
                "dials were cut: to one sample, or to fit the ceiling".into()
            }
            PlanReason::Clamped => match ladder.rungs()[self.rung].strategy {
                Strategy::ProbeFirst { agree, .. } if self.dials.samples < agree => {
                    let samples = self.dials.samples;
                    format!("dials were cut to fit the ceiling: {samples} of the {agree} samples that must agree fit, so the probes can no longer agree")
                }
                _ if self.dials.samples == self.rung_ref().most_samples() && self.dials.samples < self.rung_ref().samples => {
                    format!("the scorer of {name:?} can tell at most {} answers apart", self.dials.samples)
                }
                _ => "dials were cut to fit the ceiling".into(),
            },
            PlanReason::Assumed => format!("the ability of {name:?} is assumed from its place on the ladder"),
            PlanReason::Truncated => {
                format!("only {} bytes of the ask were read, head and tail", self.snapshot.window.bytes)
            }
            PlanReason::Repaired => "what was not Unicode was replaced".into(),
            PlanReason::Session => format!("the session stays on {name:?}"),
            PlanReason::Housekeeping => "a chore of the program around the conversation: the lowest rung".into(),
            PlanReason::Planning => "work is being planned: at least the ladder's default rung".into(),
            PlanReason::Compaction => "a program summarises the conversation: no ask of the session".into(),
            PlanReason::Asked => self.wish_words(),
            PlanReason::Ledger => "the payer has less left than the query's ceiling".into(),
            PlanReason::SecondStage => {
                let (difficulty, chance) = (self.estimate.difficulty, self.p_correct);
                match self.chances {
                    None => format!("a second stage put the difficulty at {difficulty:.2}"),
                    Some(_) => format!("a second stage put P(correct) of {name:?} at {chance:.2}"),
                }
            }
            PlanReason::Drifted => self.snapshot.drifted.words().into(),
            PlanReason::Once => {
                "the request changes something at its provider: one sample, and nothing is sent twice".into()
            }
            PlanReason::Uncalibrated => {
                format!("the step scores of {name:?} are not calibrated: they rank answers, and reject or pass none")
            }
            PlanReason::Escalated => {
                let (entry, left) = (&ladder.rungs()[self.limit.entry].name, self.limit.escalated_usd);
                format!("the cap on escalated spend leaves ${left:.6} for calls above {entry:?}: rungs that it does not pay were left out")
            }
            PlanReason::LooksAhead => {
                let caught = self.rung_ref().doubt.map_or(0.0, |doubt| doubt.caught);
                format!("{name:?} is tried first: its signals notice {:.0} % of what it gets wrong", 100.0 * caught)
            }
        }
    }
}
