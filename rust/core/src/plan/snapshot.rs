//! What decides, as one immutable whole.

use super::Drifted;
use super::chances::{Chances, Views};
use crate::Result;
use crate::digest::{Digest, Digestible};
use crate::estimate::{Estimate, Estimator};
use crate::ladder::{Ceiling, Doubt, Ladder, Limit, Rung, RungCost};
use crate::money::Prices;
use crate::policy::Policy;
use crate::query::Window;
use crate::rules::Rules;
use std::sync::Arc;

/// Estimator, ladder, policy and ceiling, with what follows from them worked out once.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The model.
    pub estimator: Arc<Estimator>,
    /// The rungs.
    pub ladder: Arc<Ladder>,
    /// What weighs cost against quality.
    pub policy: Policy,
    /// What the operator set as the most.
    pub ceiling: Ceiling,
    /// How much of an ask is read.
    pub window: Window,
    /// What a run goes by.
    pub rules: Arc<Rules>,
    /// The model's version and a digest of the rest.
    pub version: Arc<str>,
    /// The digest of the version, for plan ids.
    pub(crate) digest: u64,
    /// The ceiling resolved for a query of no input.
    limit: Limit,
    /// What each input token adds to the money limit: nothing where the operator set one.
    usd_per_input: f64,
    costs: Box<[RungCost]>,
    /// How each rung's chance follows from an estimate.
    views: Views,
    /// What has been noticed of drift: a part of the version.
    pub drifted: Drifted,
    /// What is known of the doubts of each rung, where a run may go up a rung and something is known; else nothing.
    pub(crate) doubts: Box<[Doubt]>,
    /// Whether some rung has a context window or capabilities, so that fit has to be looked at.
    pub(crate) particular: bool,
}

/// What a snapshot is made of.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) estimator: Arc<Estimator>,
    pub(crate) ladder: Arc<Ladder>,
    pub(crate) policy: Policy,
    pub(crate) ceiling: Ceiling,
    pub(crate) window: Window,
    pub(crate) rules: Arc<Rules>,
}

impl Snapshot {
    /// What decides, made of its parts.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a policy, a rule or a ceiling out of bounds, or a policy that does not fit the ladder.
    pub(crate) fn new(parts: Parts) -> Result<Self> {
        let Parts { estimator, ladder, policy, ceiling, window, rules } = parts;
        ceiling.validate()?;
        rules.validate()?;
        policy.fits(ladder.rungs().len())?;
        let names: Vec<&str> = ladder.rungs().iter().map(|rung| rung.name.as_str()).collect();
        let policy = policy.held_to(estimator.version(), &names);
        let limit = ceiling.resolve(ladder.rungs(), 0);
        let usd_per_input = match ceiling.usd {
            Some(_) => 0.0,
            None => (ceiling.resolve(ladder.rungs(), 1_000_000).usd - limit.usd).max(0.0) / 1e6,
        };
        let digest = Digest::of(&Settings {
            ladder: &ladder,
            policy: &policy,
            ceiling: &ceiling,
            window,
            rules: &rules,
        });
        let version = format!("{}/{digest:016x}", estimator.version());
        let particular =
            ladder.rungs().iter().any(|r| r.context_window.is_some() || !r.capabilities.is_empty());
        let costs = ladder.rungs().iter().map(RungCost::of).collect();
        let abilities = ladder.abilities().iter();
        let rungs = ladder.rungs().iter().zip(abilities);
        let views = Views::new(rungs.map(|(rung, &ability)| estimator.view(rung, ability)));
        Ok(Self {
            digest: rapidhash::v3::rapidhash_v3(version.as_bytes()),
            version: version.into(),
            doubts: doubts(&ladder, limit),
            ladder,
            policy,
            ceiling,
            window,
            rules,
            limit,
            usd_per_input,
            costs,
            views,
            particular,
            drifted: Drifted::default(),
            estimator,
        })
    }

    /// The same with another model.
    pub(crate) fn with_estimator(&self, estimator: Arc<Estimator>) -> Result<Self> {
        Self::new(Parts {
            estimator,
            ladder: self.ladder.clone(),
            policy: self.policy.clone(),
            ceiling: self.ceiling,
            window: self.window,
            rules: self.rules.clone(),
        })
    }

    /// The same, with something else noticed: another version, for plans say so.
    pub(crate) fn with_drifted(&self, drifted: Drifted) -> Self {
        let suffix = self.drifted.suffix();
        let base = self.version.strip_suffix(suffix.as_str()).unwrap_or(&self.version);
        let version = format!("{base}{}", drifted.suffix());
        let digest = rapidhash::v3::rapidhash_v3(version.as_bytes());
        Self { drifted, version: version.into(), digest, ..self.clone() }
    }

    /// The ceiling, resolved for a query of so many input tokens.
    pub(crate) fn limit(&self, input_tokens: u32) -> Limit {
        Limit { usd: self.limit.usd + self.usd_per_input * f64::from(input_tokens), ..self.limit }
    }

    /// What a rung is expected to cost for a query, in US dollars: expected tokens, not caps.
    pub fn expected_usd(&self, estimate: &Estimate, rung: usize) -> f64 {
        self.costs.get(rung).map_or(0.0, |c| c.usd(&estimate.load()))
    }

    /// What tokens cost on a rung.
    pub(crate) fn prices(&self, rung: usize) -> Prices {
        self.costs.get(rung).map_or(Prices::default(), RungCost::prices)
    }

    /// The chance that a rung answers a query correctly.
    pub fn p_correct(&self, estimate: &Estimate, rung: usize) -> f64 {
        self.views.of(estimate, rung)
    }

    /// The chances of all rungs.
    pub(crate) fn chances(&self, estimate: &Estimate) -> Chances {
        self.views.all(estimate)
    }
}

/// What policies look ahead with.
fn doubts(ladder: &Ladder, limit: Limit) -> Box<[Doubt]> {
    let of = |rung: &Rung| rung.doubt.unwrap_or_default();
    let known = ladder.rungs().iter().any(|rung| of(rung).known());
    let goes_up = ladder.moves().model && limit.escalations > 0;
    if known && goes_up { ladder.rungs().iter().map(of).collect() } else { Box::default() }
}

/// Everything that decides besides the model.
struct Settings<'a> {
    ladder: &'a Ladder,
    policy: &'a Policy,
    ceiling: &'a Ceiling,
    window: Window,
    rules: &'a Rules,
}

impl Digestible for Settings<'_> {
    fn write_to(&self, digest: &mut Digest) {
        let Self { ladder, policy, ceiling, window: Window { bytes }, rules } = self;
        digest.record("settings").put(ladder).put(policy).put(ceiling).put(bytes).put(rules);
    }
}
