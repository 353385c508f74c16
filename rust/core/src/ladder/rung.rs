//! One level of compute.

use super::Doubt;
use crate::digest::{Digest, Digestible};
use crate::money::Prices;
use crate::query::CAPABILITIES;
use crate::strategy::Strategy;
use crate::{Error, Result};

/// Bound on counts of tokens: far above any model, far below where sums would overflow.
const MOST_TOKENS: u64 = 1 << 40;
/// Bound on the samples of one rung.
const MOST_SAMPLES: u32 = 1_024;
/// Bound on the rounds of one rung.
const MOST_DEPTH: u32 = 64;
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
        }
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
        if let Err(Error::Invalid { value, bound, .. }) = self.strategy.validate(self.samples) {
            return Err(Error::Invalid { what: field("agree"), value, bound });
        }
        count("depth", self.depth.into(), 1, MOST_DEPTH.into())?;
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
        self.doubt.map_or(Ok(()), |doubt| doubt.validate_as(|name| field(&format!("doubt: {name}"))))
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

    /// A thinking budget that the provider takes: the given one, or 0 if it is below the least.
    pub fn thinking(&self, tokens: u64) -> u64 {
        if tokens < self.thinking_least { 0 } else { tokens }
    }

    /// True if the model has a capability.
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|c| c.eq_ignore_ascii_case(capability))
    }
}
