//! One level of compute.

use super::{Doubt, Params};
use crate::digest::{Digest, Digestible};
use crate::money::{Prices, Usd};
use crate::query::CAPABILITIES;
use crate::strategy::{Choose, Scorer, StepTable, Strategy};
use crate::{Error, Result};
use std::sync::Arc;

/// Bound on counts of tokens: far above any model, far below where sums would overflow.
const MOST_TOKENS: u64 = 1 << 40;
/// Bound on the samples of one rung.
const MOST_SAMPLES: u32 = 1_024;
/// Bound on the rounds of one rung.
const MOST_DEPTH: u32 = 64;
/// Bound on the deployments that stand in for a rung's own.
const MOST_FALLBACKS: usize = 16;
/// Bound on prices, in US dollars per million tokens.
const MOST_USD: f64 = 1e6;

/// A model with its dials, prices, limits and capabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// Name, unique on its ladder.
    pub name: String,
    /// Model that the host sends the request to.
    pub model: String,
    /// Thinking budget, in tokens per sample.
    pub thinking_tokens: u64,
    /// The least thinking budget that the provider takes, in tokens; 0 if any is taken. A budget that a ceiling cuts below
    /// this becomes 0.
    pub thinking_least: u64,
    /// Samples, at least 1.
    pub samples: u32,
    /// How the samples are spent.
    pub strategy: Strategy,
    /// The model that scores its answers, in calls of their own, where the strategy chooses by scores. None: the host scores them
    /// while it reads them ([`Sample::score`](crate::run::Sample::score)), and that costs the run nothing.
    pub scorer: Option<Scorer>,
    /// P(correct) by the scores of its model's steps. None: step scores rank its answers, and reject or pass none.
    pub steps: Option<Arc<StepTable>>,
    /// Rounds, at least 1: the first generates, each further one revises.
    pub depth: u32,
    /// Room for the final answer, in tokens per sample.
    pub answer_tokens: u64,
    /// US dollars per million input tokens.
    pub input_price: f64,
    /// US dollars per million output tokens, thinking included.
    pub output_price: f64,
    /// US dollars per million cached input tokens; the input price where it is not given.
    pub cached_price: Option<f64>,
    /// US dollars per million input tokens written to the provider's cache; the input price where it is not given.
    pub written_price: Option<f64>,
    /// The most input and output tokens together.
    pub context_window: Option<u64>,
    /// Capabilities besides text, such as `vision` or `tools`.
    pub capabilities: Vec<String>,
    /// Expected accuracy of the rung on the deployment's reference set, above 0 and below 1.
    pub ability: Option<f64>,
    /// The alarm on its streams; the rules' bars if not given.
    pub doubt: Option<Doubt>,
    /// Parameters of its provider that each of its requests carries.
    pub params: Params,
    /// The upstream that its requests go to, by the name that the host knows it by. None: the host's only one.
    pub deployment: Option<String>,
    /// The upstreams that are asked in its place, in order, where it fails or is not available.
    pub fallbacks: Vec<String>,
}

impl Digestible for Rung {
    fn write_to(&self, digest: &mut Digest) {
        let Self {
            name,
            model,
            thinking_tokens,
            thinking_least,
            samples,
            strategy,
            scorer,
            steps,
            depth,
            answer_tokens,
            input_price,
            output_price,
            cached_price,
            written_price,
            context_window,
            capabilities,
            ability,
            doubt,
            params,
            deployment,
            fallbacks,
        } = self;
        digest.record("rung").put(name).put(model);
        digest.put(thinking_tokens).put(samples).put(depth).put(answer_tokens);
        digest.put(input_price).put(output_price).put(cached_price);
        digest.put(context_window).put(capabilities).put(ability).put(doubt);
        // Absent, they are no part of the record: ladders without them keep their versions.
        if written_price.is_some() {
            digest.put(written_price);
        }
        if *thinking_least > 0 {
            digest.put(thinking_least);
        }
        if *strategy != Strategy::Vote {
            digest.put(strategy);
        }
        if let Some(scorer) = scorer {
            digest.put(scorer);
        }
        if let Some(steps) = steps {
            digest.put(&**steps);
        }
        if !params.is_empty() {
            digest.record("params").put(params);
        }
        if deployment.is_some() {
            digest.record("deployment").put(deployment).put(fallbacks);
        }
    }
}

impl Rung {
    /// Default of `answer_tokens`.
    pub const ANSWER_TOKENS: u64 = 4_096;

    /// Makes a free rung of one sample without thinking; set its fields.
    pub fn new(name: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            model: model.into(),
            thinking_tokens: 0,
            thinking_least: 0,
            samples: 1,
            strategy: Strategy::Vote,
            scorer: None,
            steps: None,
            depth: 1,
            answer_tokens: Self::ANSWER_TOKENS,
            input_price: 0.0,
            output_price: 0.0,
            cached_price: None,
            written_price: None,
            context_window: None,
            capabilities: Vec::new(),
            ability: None,
            doubt: None,
            params: Params::default(),
            deployment: None,
            fallbacks: Vec::new(),
        }
    }

    /// Sets its provider's parameters from a JSON object.
    ///
    /// # Errors
    /// Those of [`Params::read`], with the rung's name.
    pub fn set_params(&mut self, json: &[u8]) -> Result<()> {
        self.params = Params::read(json).map_err(|error| match error {
            Error::Invalid { what, value, bound } => {
                Error::Invalid { what: format!("rung {:?}: {what}", self.name), value, bound }
            }
            other => other,
        })?;
        Ok(())
    }

    /// Lets scores choose among its samples, `"score"` or `"vote"`; in place of probing first.
    ///
    /// # Errors
    /// [`Error::Unknown`] for another word, [`Error::Invalid`] where equal answers are to settle the rung.
    pub fn choose_best(&mut self, by: &str) -> Result<()> {
        if self.strategy.probes() {
            let bound = "left out where `agree` settles the rung";
            return Err(Error::invalid(format!("rung {:?}: best", self.name), format!("{by:?}"), bound));
        }
        self.strategy = Strategy::BestOf { by: Choose::from_name(by)? };
        Ok(())
    }

    /// Takes its samples as drafts, which a distillation of at most `tokens` sums up for the answer; in place of probing first and of
    /// scores.
    ///
    /// # Errors
    /// [`Error::Invalid`] where equal answers or scores are to settle the rung.
    pub fn distil(&mut self, tokens: u64) -> Result<()> {
        if self.strategy.plans() {
            let bound = "left out where `agree` or `best` settles the rung";
            return Err(Error::invalid(format!("rung {:?}: distil", self.name), tokens, bound));
        }
        self.strategy = Strategy::Distil { tokens };
        Ok(())
    }

    /// The upstreams that may serve it, in order of preference; one without a name if it names none.
    pub fn deployments(&self) -> impl Iterator<Item = Option<&str>> + Clone {
        let fallbacks = self.fallbacks.iter().map(|name| Some(name.as_str()));
        std::iter::once(self.deployment.as_deref()).chain(fallbacks)
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming rung and field; [`Error::Unknown`] for a capability that no query needs.
    pub fn validate(&self) -> Result<()> {
        let field = |field: &str| format!("rung {:?}: {field}", self.name);
        if self.name.trim().is_empty() || self.name.len() > 128 {
            return Err(Error::invalid(
                field("name"),
                format!("{:?}", self.name),
                "1 to 128 bytes, not blank",
            ));
        }
        if self.model.trim().is_empty() {
            return Err(Error::invalid(field("model"), format!("{:?}", self.model), "not blank"));
        }
        let count = |name: &str, value: u64, least: u64, most: u64| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            Err(Error::invalid(field(name), value, format!("between {least} and {most}")))
        };
        count("thinking_tokens", self.thinking_tokens, 0, MOST_TOKENS)?;
        let thinks = self.thinking_tokens > 0;
        count(
            "thinking_least",
            self.thinking_least,
            0,
            if thinks { self.thinking_tokens } else { MOST_TOKENS },
        )?;
        count("samples", self.samples.into(), 1, MOST_SAMPLES.into())?;
        if let Err(Error::Invalid { what, value, bound }) = self.strategy.validate(self.samples) {
            return Err(Error::Invalid { what: field(&what), value, bound });
        }
        if let Some(steps) = self.steps.as_ref().filter(|steps| steps.model != self.model) {
            let bound = format!("calibrated for its model, {:?}", self.model);
            return Err(Error::invalid(field("steps"), format!("one for {:?}", steps.model), bound));
        }
        if let Some(scorer) = &self.scorer {
            if self.strategy.scores().is_none() {
                let bound = "left out where no strategy chooses by scores";
                return Err(Error::invalid(field("scorer"), format!("{:?}", scorer.model), bound));
            }
            scorer.validate().map_err(|error| match error {
                Error::Invalid { what, value, bound } => Error::Invalid { what: field(&what), value, bound },
                other => other,
            })?;
        }
        count("depth", self.depth.into(), 1, MOST_DEPTH.into())?;
        if self.strategy.distils().is_some() && self.depth > 1 {
            return Err(Error::invalid(field("depth"), self.depth, "1 where `distil` refines the answer"));
        }
        count("answer_tokens", self.answer_tokens, 1, MOST_TOKENS)?;
        if let Some(window) = self.context_window {
            count("context_window", window, 1, MOST_TOKENS)?;
        }
        let known = |name: &&String| CAPABILITIES.iter().any(|known| known.eq_ignore_ascii_case(name));
        if let Some(unknown) = self.capabilities.iter().find(|name| !known(name)) {
            let place = format!("rung {:?}", self.name);
            return Err(Error::unknown("capability", unknown, CAPABILITIES).within(&place));
        }
        let prices = [
            ("input_price", Some(self.input_price)),
            ("output_price", Some(self.output_price)),
            ("cached_price", self.cached_price),
            ("written_price", self.written_price),
        ];
        for (name, price) in prices {
            if let Some(price) = price.filter(|price| !(0.0..=MOST_USD).contains(price)) {
                let bound = format!("between 0 and {MOST_USD} US dollars per million tokens");
                return Err(Error::invalid(field(name), price, bound));
            }
        }
        if let Some(ability) = self.ability.filter(|ability| !(*ability > 0.0 && *ability < 1.0)) {
            return Err(Error::invalid(field("ability"), ability, "above 0 and below 1"));
        }
        self.validate_deployments()?;
        self.doubt.map_or(Ok(()), |doubt| doubt.validate_as(|name| field(&format!("doubt: {name}"))))
    }

    fn validate_deployments(&self) -> Result<()> {
        let refused = |field: &str, value: &dyn std::fmt::Debug, bound: &str| {
            Err(Error::invalid(format!("rung {:?}: {field}", self.name), format!("{value:?}"), bound))
        };
        let named = |name: &str| !name.trim().is_empty() && name.len() <= 128;
        if let Some(name) = self.deployment.as_ref().filter(|name| !named(name)) {
            return refused("deployment", name, "1 to 128 bytes, not blank");
        }
        if self.deployment.is_none() && !self.fallbacks.is_empty() {
            return refused("fallbacks", &self.fallbacks, "empty without a deployment");
        }
        if self.fallbacks.len() > MOST_FALLBACKS {
            return refused(
                "fallbacks",
                &self.fallbacks.len(),
                &format!("at most {MOST_FALLBACKS} deployments"),
            );
        }
        for (at, name) in self.fallbacks.iter().enumerate() {
            if !named(name) {
                return refused("fallbacks", name, "names of 1 to 128 bytes, not blank");
            }
            if self.deployments().take(at + 1).any(|other| other == Some(name)) {
                return refused("fallbacks", name, "deployments that are named once");
            }
        }
        Ok(())
    }

    /// Prices per token.
    pub fn prices(&self) -> Prices {
        Prices::per_million(self.input_price, self.cached_price, self.output_price)
            .with_written(self.written_price)
    }

    /// The most tokens of one sample in one round.
    pub fn max_tokens(&self) -> u64 {
        self.thinking_tokens.saturating_add(self.answer_tokens)
    }

    /// The most samples that the plan draws: the rung's, within the scorer's width.
    pub fn most_samples(&self) -> u32 {
        self.scorer
            .as_ref()
            .and_then(|scorer| scorer.width)
            .map_or(self.samples, |width| width.min(self.samples))
    }

    /// The most that scoring `answers` of `tokens` each may cost: tokens of the replies, and dollars. Nothing for a lone answer,
    /// which is not scored.
    pub fn scoring(&self, answers: u32, tokens: u64, input_tokens: u64) -> (u64, Usd) {
        let Some(scorer) = self.scorer.as_ref().filter(|_| answers > 1) else { return (0, Usd(0)) };
        let each = scorer.prices().cost(input_tokens.saturating_add(tokens), 0, scorer.tokens);
        (scorer.tokens.saturating_mul(answers.into()), each.times(answers.into()))
    }

    /// The most that follows `samples` of `tokens` each: scores, or a distillation and the answer refined from it. Requests, tokens and
    /// dollars; nothing behind a lone answer.
    pub fn follow_up(&self, samples: u32, tokens: u64, input_tokens: u64) -> (u64, u64, Usd) {
        let Some(distilled) = self.strategy.distils().filter(|_| samples > 1) else {
            let scores = if self.scorer.is_some() && samples > 1 { samples } else { 0 };
            let (tokens, usd) = self.scoring(samples, tokens, input_tokens);
            return (scores.into(), tokens, usd);
        };
        let prices = self.prices();
        let drafts = input_tokens.saturating_add(tokens.saturating_mul(samples.into()));
        let distils = prices.cost(drafts, 0, distilled);
        let refines = prices.cost(input_tokens.saturating_add(distilled), 0, tokens);
        (2, distilled.saturating_add(tokens), distils.plus(refines))
    }

    /// The most samples of `tokens` each that one request can read beside `input_tokens`: drafts that are distilled have to fit the
    /// context window together.
    pub fn most_drafts(&self, tokens: u64, input_tokens: u64) -> u32 {
        let Some((distilled, window)) = self.strategy.distils().zip(self.context_window) else {
            return u32::MAX;
        };
        let room = window.saturating_sub(input_tokens).saturating_sub(distilled);
        u32::try_from(room / tokens.max(1)).unwrap_or(u32::MAX)
    }

    /// A thinking budget that the provider takes: the given one, or 0 if it is below the least.
    pub fn thinking(&self, tokens: u64) -> u64 {
        if tokens < self.thinking_least { 0 } else { tokens }
    }

    /// True if the model has a capability.
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|c| c.eq_ignore_ascii_case(capability))
    }
}
