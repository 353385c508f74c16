//! The decision about one query.

use super::decide::Decision;
use super::dials::Clamp;
use super::id::PlanId;
use super::json;
use super::reason::{PlanReason, PlanReasons};
use super::snapshot::Snapshot;
use crate::estimate::Estimate;
use crate::ladder::{Ceiling, Limit, Rung};
use crate::policy::Policy;
use crate::query::Turn;
use std::sync::Arc;

/// What comes with a query and is not part of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanOptions<'a> {
    /// A tighter ceiling for this query.
    pub ceiling: Option<Ceiling>,
    /// The models that may be used; all if not given.
    pub models: Option<&'a [String]>,
    /// The user's own choice of a rung, which wins.
    pub rung: Option<&'a str>,
    /// The conversation that the query belongs to.
    pub session: Option<&'a str>,
    /// The customer that it belongs to.
    pub tenant: Option<&'a str>,
}

impl PlanOptions<'_> {
    /// A digest for plan ids; 0 when nothing was given.
    pub(super) fn digest(&self) -> u64 {
        let Self { ceiling, models, rung, session, tenant } = self;
        if ceiling.is_none() && models.is_none() && rung.is_none() && session.is_none() && tenant.is_none() {
            return 0;
        }
        let text = format!("{ceiling:?}|{models:?}|{rung:?}|{session:?}|{tenant:?}");
        rapidhash::v3::rapidhash_v3(text.as_bytes())
    }
}

/// A plan: rung, dials and ceiling of one query, taken before any compute is spent on it. Immutable.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// The rung to start on, by its place on the ladder.
    pub rung: usize,
    /// Budget for thinking, in tokens per sample.
    pub thinking_tokens: u64,
    /// Room for one sample's final answer, in tokens.
    pub answer_tokens: u64,
    /// How many samples to draw.
    pub samples: u32,
    /// Rounds: the first generates, each further one revises.
    pub depth: u32,
    /// The calibrated chance, in [0, 1], that the rung answers correctly.
    pub p_correct: f64,
    /// What the rung is expected to cost, in US dollars: expected tokens, not caps.
    pub expected_usd: f64,
    /// Expected input tokens of the whole query.
    pub input_tokens: u32,
    /// What the newest turn is.
    pub turn: Turn,
    /// What was cut to fit the ceiling or the ladder.
    pub clamped: Vec<Clamp>,
    /// Why, as a set.
    pub why: PlanReasons,
    /// What was estimated of the query.
    pub estimate: Estimate,
    /// The ceiling of this query, with every limit resolved.
    pub limit: Limit,
    /// Which rungs this query may use, by place; none: all.
    pub allowed: Option<Arc<[bool]>>,
    /// What decided.
    pub snapshot: Arc<Snapshot>,
}

impl Plan {
    pub(super) fn new(id: PlanId, decision: Decision, turn: Turn, snapshot: Arc<Snapshot>) -> Self {
        let Decision { rung, dials, p_correct, expected_usd, clamped, why, estimate, limit, allowed } =
            decision;
        Self {
            id,
            rung,
            thinking_tokens: dials.thinking_tokens,
            answer_tokens: dials.answer_tokens,
            samples: dials.samples,
            depth: dials.depth,
            p_correct,
            expected_usd,
            input_tokens: estimate.input_tokens,
            turn,
            clamped,
            why,
            estimate,
            limit,
            allowed,
            snapshot,
        }
    }

    /// The rung to start on.
    pub fn rung_ref(&self) -> &Rung {
        &self.snapshot.ladder.rungs()[self.rung]
    }

    /// What decided: equal versions give equal plans.
    pub fn version(&self) -> &str {
        &self.snapshot.version
    }

    /// Why this rung, in words.
    pub fn reasons(&self) -> Vec<String> {
        self.why.iter().map(|reason| self.words(reason)).collect()
    }

    fn words(&self, reason: PlanReason) -> String {
        let ladder = &self.snapshot.ladder;
        let name = &self.rung_ref().name;
        match (reason, &self.snapshot.policy) {
            (PlanReason::Policy, Policy::Guaranteed(policy)) => format!(
                "guaranteed policy: {name:?}, at most {} lost with confidence {}: {}",
                policy.max_loss(),
                policy.confidence(),
                policy.reason()
            ),
            (PlanReason::Policy, _) => format!(
                "{} policy: {name:?} at difficulty {:.2}, P(correct) {:.2}, expected ${:.6}",
                self.snapshot.policy.name(),
                self.estimate.difficulty,
                self.p_correct,
                self.expected_usd
            ),
            (PlanReason::Chosen, _) => format!("the caller chose {name:?}"),
            (PlanReason::NoEvidence, _) => {
                format!("no evidence ({:.2}), which is not \"easy\": the ladder's default rung", self.estimate.evidence)
            }
            (PlanReason::Empty, _) => "nothing to read: the ladder's default rung".into(),
            (PlanReason::Continuation, _) => "the turn continues an earlier ask, which was scored".into(),
            (PlanReason::ToolResult, _) => "the turn brings tool results; the ask before it was scored".into(),
            (PlanReason::StartMax, _) => {
                let start_max = &ladder.rungs()[ladder.start_max()].name;
                format!("a prompt alone buys at most {start_max:?}")
            }
            (PlanReason::Models, _) => "rungs of models that may not be used were left out".into(),
            (PlanReason::Unfit, _) => "rungs that lack a capability or the context window were left out".into(),
            (PlanReason::NothingFits, _) => {
                "no rung has the capabilities and the context window that the query needs; it is planned all the same".into()
            }
            (PlanReason::Clamped, _) => "dials were cut to fit the ceiling".into(),
            (PlanReason::Assumed, _) => format!("the ability of {name:?} is assumed from its place on the ladder"),
            (PlanReason::Truncated, _) => {
                format!("only {} bytes of the ask were read, head and tail", self.snapshot.window.bytes)
            }
            (PlanReason::Repaired, _) => "what was not Unicode was replaced".into(),
        }
    }

    /// The plan as one JSON object: never the query's text.
    pub fn to_json(&self) -> String {
        json::plan(self)
    }
}
