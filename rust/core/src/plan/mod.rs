//! The decision about one query.

mod chances;
mod dials;
mod drifted;
mod id;
mod reason;
mod record;
mod snapshot;

use crate::digest::{Digest, Digestible};
use crate::estimate::Estimate;
use crate::ladder::{Ceiling, Dials, Limit, Rung};
use crate::ledger::Funding;
use crate::outcome::PlanId;
use crate::policy::Policy;
use crate::query::Turn;
use crate::session::{Purpose, Sessions};
use std::sync::Arc;

pub(crate) use dials::fit;
pub use dials::{Clamp, Field};
pub use drifted::Drifted;
pub(crate) use id::{STEP, plan_id};
pub use reason::{PlanReason, PlanReasons};
pub use record::{About, Record};
pub(crate) use snapshot::Parts;
pub use snapshot::Snapshot;

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
    /// What it is for; found out where it is not given.
    pub purpose: Option<Purpose>,
    /// The difficulty, in [0, 1], from a second stage: it takes the place of the estimate's.
    pub difficulty: Option<f64>,
    /// P(correct) by rung, in the ladder's order, from a second stage: each takes the place of the estimate's. None where it has
    /// nothing to say of a rung.
    pub chances: Option<&'a [Option<f64>]>,
    /// The time, in seconds of a monotonic clock. Only sessions and the ledger's windows look at it.
    pub at: f64,
}

impl Digestible for PlanOptions<'_> {
    fn write_to(&self, digest: &mut Digest) {
        // The time is no part of what is decided about.
        let Self { ceiling, models, rung, session, tenant, purpose, difficulty, chances, at: _ } = self;
        digest.record("options").put(ceiling).put(models).put(rung).put(session).put(tenant);
        digest.put(&purpose.map(Purpose::as_str)).put(difficulty).put(chances);
    }
}

impl PlanOptions<'_> {
    /// The digest for plan ids; 0 for no options.
    pub(crate) fn digest(&self) -> u64 {
        let Self { ceiling, models, rung, session, tenant, purpose, difficulty, chances, at: _ } = self;
        let none = ceiling.is_none()
            && models.is_none()
            && rung.is_none()
            && session.is_none()
            && tenant.is_none()
            && purpose.is_none()
            && difficulty.is_none()
            && chances.is_none();
        if none { 0 } else { Digest::of(self) }
    }
}

/// A plan: rung, dials and ceiling of one query, taken before any compute is spent on it. Immutable.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// The rung to start on, by its place on the ladder.
    pub rung: usize,
    /// The dials that it starts with.
    pub dials: Dials,
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
    /// P(correct) of every rung, where a second stage has said it of some; none: those of the estimate.
    pub chances: Option<Arc<[f64]>>,
    /// The ceiling of this query, with every limit resolved.
    pub limit: Limit,
    /// Which rungs this query may use, by place; none: all.
    pub allowed: Option<Arc<[bool]>>,
    /// What leaving the model that the session's prefix is cached with is expected to cost, in US dollars.
    pub switch_usd: f64,
    /// What a dollar of compute counted as, in dollars: 1, or more where a budget is short.
    pub price: f64,
    /// Whose thinking must be left out of the history that is sent.
    pub strip: Strip,
    /// What it is for.
    pub purpose: Purpose,
    /// Who pays, and from which ledger; none when the governor has none.
    pub purse: Option<Box<Funding>>,
    /// The session that learns where its run ends, by name.
    pub session: Option<Box<(Arc<Sessions>, Box<str>)>>,
    /// What decided.
    pub snapshot: Arc<Snapshot>,
}

/// Whose thinking blocks another model would refuse: they are signed for the model that wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strip {
    /// Nobody's.
    #[default]
    Nothing,
    /// That of the models of these rungs, by bit.
    Rungs(u64),
    /// The history holds signed thinking, and whose it is is not known: all that is not of the plan's own model.
    Unknown,
}

impl Plan {
    /// The models whose thinking must be left out of the history that is sent: another model refuses what is signed
    /// for them. `"*"` stands for all models but the plan's own, where the history's are not known.
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

    /// The chance that a rung answers the query correctly.
    pub fn p_correct_of(&self, rung: usize) -> f64 {
        match self.chances.as_ref().and_then(|chances| chances.get(rung)) {
            Some(chance) => *chance,
            None => self.snapshot.p_correct(&self.estimate, rung),
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

    fn policy_words(&self, rung: &str) -> String {
        if let Policy::Guaranteed(policy) = &self.snapshot.policy {
            let (loss, confidence, reason) = (policy.max_loss(), policy.confidence(), policy.reason());
            return format!(
                "guaranteed policy: {rung:?}, at most {loss} lost with confidence {confidence}: {reason}"
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
            PlanReason::NoEvidence => {
                format!("no evidence ({:.2}), which is not \"easy\": the ladder's default rung", self.estimate.evidence)
            }
            PlanReason::Empty => "nothing to read: the ladder's default rung".into(),
            PlanReason::Continuation => "the turn continues an earlier ask, which was scored".into(),
            PlanReason::ToolResult => "the turn brings tool results; the ask before it was scored".into(),
            PlanReason::StartMax => {
                let start_max = &ladder.rungs()[ladder.start_max()].name;
                format!("a prompt alone buys at most {start_max:?}")
            }
            PlanReason::Models => "rungs of models that may not be used were left out".into(),
            PlanReason::Unfit => "rungs that lack a capability or the context window were left out".into(),
            PlanReason::NothingFits => {
                "no rung has the capabilities and the context window that the query needs; it is planned all the same".into()
            }
            PlanReason::Clamped => "dials were cut to fit the ceiling".into(),
            PlanReason::Assumed => format!("the ability of {name:?} is assumed from its place on the ladder"),
            PlanReason::Truncated => {
                format!("only {} bytes of the ask were read, head and tail", self.snapshot.window.bytes)
            }
            PlanReason::Repaired => "what was not Unicode was replaced".into(),
            PlanReason::Session => format!("the session stays on {name:?}"),
            PlanReason::Housekeeping => "a chore of the program around the conversation: the lowest rung".into(),
            PlanReason::Planning => "work is being planned: at least the ladder's default rung".into(),
            PlanReason::Ledger => "the payer has less left than the query's ceiling".into(),
            PlanReason::SecondStage => {
                let (difficulty, chance) = (self.estimate.difficulty, self.p_correct);
                match self.chances {
                    None => format!("a second stage put the difficulty at {difficulty:.2}"),
                    Some(_) => format!("a second stage put P(correct) of {name:?} at {chance:.2}"),
                }
            }
            PlanReason::Drifted => self.snapshot.drifted.words().into(),
            PlanReason::LooksAhead => {
                let caught = self.rung_ref().doubt.map_or(0.0, |doubt| doubt.caught);
                format!("{name:?} is tried first: its signals notice {:.0} % of what it gets wrong", 100.0 * caught)
            }
        }
    }
}
