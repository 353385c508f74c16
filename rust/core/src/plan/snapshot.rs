//! The state that decides, as one immutable value.

use super::Drifted;
use super::chances::{Chances, Views};
use crate::Result;
use crate::digest::{Digest, Digestible};
use crate::estimate::{Estimate, Estimator};
use crate::ladder::{Ceiling, Doubt, Ladder, Limit, Rung, RungCost};
use crate::ledger::{Breakers, RetryBudget};
use crate::money::Prices;
use crate::policy::Policy;
use crate::query::Window;
use crate::rules::Rules;
use std::sync::Arc;

/// Estimator, ladder, policy, ceiling and rules, with the values derived from them.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The estimator.
    pub estimator: Arc<Estimator>,
    /// The ladder.
    pub ladder: Arc<Ladder>,
    /// The policy.
    pub policy: Policy,
    /// The operator's ceiling.
    pub ceiling: Ceiling,
    /// The window of an ask that is read.
    pub window: Window,
    /// The rules of runs.
    pub rules: Arc<Rules>,
    /// The estimator's version and a digest of the rest.
    pub version: Arc<str>,
    /// The digest of the version, for plan ids.
    pub(crate) digest: u64,
    /// The ceiling resolved for a query of no input.
    limit: Limit,
    /// US dollars that each input token adds to the money limit; 0 if the operator set one.
    usd_per_input: f64,
    costs: Box<[RungCost]>,
    /// The most that an answer of any rung takes: tokens, and US dollars without the input.
    answer: (u64, f64),
    /// The highest price of an input token, in US dollars.
    input_price: f64,
    /// The map from an estimate to each rung's chance.
    views: Views,
    /// Drift that was noticed; a part of the version.
    pub drifted: Drifted,
    /// The doubts of each rung, if a run may go up and any is known; else empty.
    pub(crate) doubts: Box<[Doubt]>,
    /// True if a rung has a context window or capabilities, so that rungs must be checked against the query.
    pub(crate) particular: bool,
    /// The retry budget of the governor's runs; no part of the version.
    pub(crate) retries: Arc<RetryBudget>,
    /// The breakers of the governor's upstreams; no part of the version.
    pub(crate) breakers: Arc<Breakers>,
}

/// The settings of a snapshot.
#[derive(Debug, Clone)]
pub(crate) struct SnapshotParts {
    pub(crate) estimator: Arc<Estimator>,
    pub(crate) ladder: Arc<Ladder>,
    pub(crate) policy: Policy,
    pub(crate) ceiling: Ceiling,
    pub(crate) window: Window,
    pub(crate) rules: Arc<Rules>,
}

impl Snapshot {
    /// Builds a snapshot.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a policy, a rule or a ceiling out of range, or a policy that does not fit the ladder.
    pub(crate) fn new(parts: SnapshotParts) -> Result<Self> {
        let SnapshotParts { estimator, ladder, policy, ceiling, window, rules } = parts;
        ceiling.validate()?;
        rules.validate()?;
        policy.fits(&ladder)?;
        // A share that was given for the top rung is meant, unless the ladder says otherwise.
        let open_top = policy.names_rungs() && !ladder.names_start_max();
        let ladder = if open_top { Arc::new(ladder.open_to_top()) } else { ladder };
        let policy = policy.held_to(&estimator, &ladder);
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
        let most = |of: &dyn Fn(&Rung) -> f64| ladder.rungs().iter().map(of).fold(0.0, f64::max);
        let answer_usd = most(&|rung| rung.answer_tokens as f64 * rung.output_price / 1e6);
        let input_price = most(&|rung| rung.input_price / 1e6);
        let answer = (ladder.rungs().iter().map(|rung| rung.answer_tokens).max().unwrap_or(0), answer_usd);
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
            answer,
            input_price,
            views,
            particular,
            drifted: Drifted::default(),
            retries: Arc::default(),
            breakers: Arc::default(),
            estimator,
        })
    }

    /// Copies the snapshot with another estimator.
    pub(crate) fn with_estimator(&self, estimator: Arc<Estimator>) -> Result<Self> {
        Self::new(SnapshotParts {
            estimator,
            ladder: self.ladder.clone(),
            policy: self.policy.clone(),
            ceiling: self.ceiling,
            window: self.window,
            rules: self.rules.clone(),
        })
    }

    /// Copies the snapshot with new drift flags. The version changes, because plans report drift.
    pub(crate) fn with_drifted(&self, drifted: Drifted) -> Self {
        let suffix = self.drifted.suffix();
        let base = self.version.strip_suffix(suffix.as_str()).unwrap_or(&self.version);
        let version = format!("{base}{}", drifted.suffix());
        let digest = rapidhash::v3::rapidhash_v3(version.as_bytes());
        Self { drifted, version: version.into(), digest, ..self.clone() }
    }

    /// The ceiling, resolved for a query of `input_tokens`.
    pub(crate) fn limit(&self, input_tokens: u32) -> Limit {
        Limit { usd: self.limit.usd + self.usd_per_input * f64::from(input_tokens), ..self.limit }
    }

    /// True if a limit pays the input and an answer of any length on every rung: the usual case, decided without looking at
    /// the rungs. A thousandth is left for rounding.
    pub(crate) fn pays_all(&self, input_tokens: u32, limit: &Limit) -> bool {
        let usd = self.answer.1 + self.input_price * f64::from(input_tokens);
        self.answer.0 <= limit.tokens && usd * 1.001 <= limit.usd
    }

    /// True if a query's money limit is the derived one: neither the operator nor the query nor a payer set another.
    pub(crate) fn derives_usd(&self, input_tokens: u32, usd: f64) -> bool {
        self.usd_per_input > 0.0 && usd >= self.limit(input_tokens).usd
    }

    /// Expected cost of a rung for a query, in US dollars: from expected tokens, not caps.
    pub fn expected_usd(&self, estimate: &Estimate, rung: usize) -> f64 {
        self.costs.get(rung).map_or(0.0, |c| c.usd(&estimate.load()))
    }

    /// Prices of a rung's tokens.
    pub(crate) fn prices(&self, rung: usize) -> Prices {
        self.costs.get(rung).map_or(Prices::default(), RungCost::prices)
    }

    /// P(correct) of a rung.
    pub fn p_correct(&self, estimate: &Estimate, rung: usize) -> f64 {
        self.views.of(estimate, rung)
    }

    /// P(correct) of all rungs.
    pub(crate) fn chances(&self, estimate: &Estimate) -> Chances {
        self.views.all(estimate)
    }
}

/// The doubts that policies look ahead with.
fn doubts(ladder: &Ladder, limit: Limit) -> Box<[Doubt]> {
    let of = |rung: &Rung| rung.doubt.unwrap_or_default();
    let known = ladder.rungs().iter().any(|rung| of(rung).known());
    let goes_up = ladder.moves().model && limit.escalations > 0;
    if known && goes_up { ladder.rungs().iter().map(of).collect() } else { Box::default() }
}

/// The settings that decide, besides the estimator.
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
