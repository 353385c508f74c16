//! Rungs, the ladder's own fields, and the ceiling.

use super::set;
use rheostat::Result;
use rheostat::ladder::{Ceiling, Doubt, EFFORTS, Ladder, Moves, Rung, ThinkingMove};
use rheostat::query::CAPABILITIES;
use rheostat::strategy::{Choose, Scorer, Strategy};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// One level of compute: a model, how far its dials are turned, and what it costs.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RungTable {
    /// Name, unique on its ladder.
    name: String,
    /// Model that the host sends the request to; the rung's name if not given.
    model: Option<String>,
    /// Thinking budget, in tokens per sample; 0 if not given.
    thinking_tokens: Option<u64>,
    /// Thinking budget by its level, in place of `thinking_tokens`.
    #[schemars(extend("enum" = EFFORTS.map(|(name, _)| name)))]
    effort: Option<String>,
    /// The least thinking budget that the provider takes. A budget that a ceiling cuts below this becomes 0.
    thinking_least: Option<u64>,
    /// Samples, at least 1; 1 if not given.
    samples: Option<u32>,
    /// Rounds, at least 1: the first generates, each further one revises. 1 if not given.
    depth: Option<u32>,
    /// Equal answers that settle the rung, from 2 to `samples`. If they cannot, the run goes up at once.
    agree: Option<u32>,
    /// True draws only as many samples at once as may decide, which costs less and takes longer.
    in_turn: Option<bool>,
    /// Scores choose among its samples: the answer with the highest score, or the answer with the largest sum of scores.
    #[schemars(extend("enum" = Choose::ALL.map(Choose::as_str)))]
    best: Option<String>,
    /// Takes its samples as drafts: the most tokens of their distillation, which the answer is refined from.
    distil: Option<u64>,
    /// The model that scores its answers, where scores choose; if not given, the host scores them.
    scorer: Option<ScorerTable>,
    /// Room for the final answer, in tokens per sample; 4,096 if not given.
    answer_tokens: Option<u64>,
    /// US dollars per million input tokens; 0 if not given.
    input_price: Option<f64>,
    /// US dollars per million output tokens, thinking included; 0 if not given.
    output_price: Option<f64>,
    /// US dollars per million cached input tokens; the input price if not given.
    cached_price: Option<f64>,
    /// US dollars per million input tokens written to the provider's cache; the input price if not given.
    written_price: Option<f64>,
    /// The most input and output tokens together.
    context_window: Option<u64>,
    /// Abilities of the model besides text.
    #[schemars(extend("items" = { "type": "string", "enum": CAPABILITIES }))]
    capabilities: Option<Vec<String>>,
    /// Expected accuracy on your reference set, above 0 and below 1; assumed from the rung's place if not given.
    ability: Option<f64>,
    /// When its streams are weak, and what that has been worth; the bars in `rules` if not given.
    doubt: Option<DoubtTable>,
    /// Parameters of its provider that each of its requests carries, as in the body of a request.
    params: Option<Map<String, Value>>,
    /// The upstream that its requests go to, by the name that the host knows it by; the host's only one if not given.
    deployment: Option<String>,
    /// Deployments that are asked in its place, in order, where it fails or is not available.
    fallbacks: Option<Vec<String>>,
}

/// A model that scores answers, in calls of their own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ScorerTable {
    /// Model that the host sends the answers to.
    model: String,
    /// Room for one reply, in tokens; 16 if not given.
    tokens: Option<u64>,
    /// US dollars per million input tokens; 0 if not given.
    input_price: Option<f64>,
    /// US dollars per million output tokens; 0 if not given.
    output_price: Option<f64>,
    /// The most answers among which it is asked to choose; as many as the rung has samples if not given.
    width: Option<u32>,
}

/// A rung's bars for weak streams, and the measured worth of the alarm.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DoubtTable {
    /// A stream whose lowest group confidence falls below this, in nats, is weak. `false`, or not given: the bar in `rules`.
    low_confidence: Option<super::Bar>,
    /// A stream whose own tokens' mean log-probability over a window falls below this is weak.
    low_logprob: Option<f64>,
    /// A stream is weak if the mean log-probability of each token's likeliest candidate, over the newest 256 tokens, falls below this.
    /// Not given: the bar in `rules`, or none where the rung has one of the other two.
    low_top_logprob: Option<f64>,
    /// Share of the rung's wrong answers that are doubted, from 0 to 1. 0: unknown.
    caught: Option<f64>,
    /// Share of its right answers that are doubted, from 0 to 1.
    false_alarms: Option<f64>,
}

impl TryFrom<RungTable> for Rung {
    type Error = rheostat::Error;

    fn try_from(table: RungTable) -> Result<Self> {
        let model = table.model.unwrap_or_else(|| table.name.clone());
        let mut rung = Self::new(table.name, model);
        set! { table => rung: thinking_tokens thinking_least samples depth answer_tokens input_price output_price capabilities }
        rung.cached_price = table.cached_price;
        rung.written_price = table.written_price;
        rung.context_window = table.context_window;
        rung.ability = table.ability;
        if let Some(effort) = table.effort {
            rung.set_effort(&effort)?;
        }
        if let Some(agree) = table.agree {
            rung.strategy = Strategy::ProbeFirst { agree, in_turn: table.in_turn.unwrap_or(false) };
        }
        if let Some(best) = table.best {
            rung.choose_best(&best)?;
        }
        if let Some(tokens) = table.distil {
            rung.distil(tokens)?;
        }
        if let Some(table) = table.scorer {
            let mut scorer = Scorer { width: table.width, ..Scorer::new(table.model) };
            set! { table => scorer: tokens input_price output_price }
            rung.scorer = Some(scorer);
        }
        if let Some(table) = table.doubt {
            let (low_logprob, low_top_logprob) = (table.low_logprob, table.low_top_logprob);
            let mut doubt = Doubt { low_logprob, low_top_logprob, ..Doubt::default() };
            set! { table => doubt: low_confidence caught false_alarms }
            rung.doubt = Some(doubt);
        }
        if let Some(params) = table.params {
            if params.values().any(has_null) {
                let field = format!("rung {:?}: params", rung.name);
                return Err(rheostat::Error::invalid(field, "nan or inf", "of numbers that JSON has"));
            }
            rung.set_params(Value::Object(params).to_string().as_bytes())?;
        }
        rung.deployment = table.deployment;
        rung.fallbacks = table.fallbacks.unwrap_or_default();
        rung.validate()?;
        Ok(rung)
    }
}

/// True if a value has a number that JSON lacks: `serde_json` reads nan and inf as null, which TOML has not.
fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(fields) => fields.values().any(has_null),
        _ => false,
    }
}

/// The ladder's own fields, which stand before the first table.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct LadderTable {
    /// Name of the rung for queries of which the estimate knows nothing; the middle one if not given, but never the lowest of several.
    default: Option<String>,
    /// Name of the highest rung that a prompt alone may start at; if not given, the top one of up to two rungs, and the one below the
    /// top of more.
    start_max: Option<String>,
    /// How engines let a sample think longer; `restart` if not given.
    #[schemars(extend("enum" = ThinkingMove::ALL.map(ThinkingMove::as_str)))]
    thinking: Option<String>,
    /// Dials that no run may turn.
    #[schemars(extend("items" = { "type": "string", "enum": Moves::DIALS }))]
    forbid: Option<Vec<String>>,
}

impl LadderTable {
    /// The names of its fields.
    pub(crate) const FIELDS: [&str; 4] = ["default", "start_max", "thinking", "forbid"];

    pub(crate) fn ladder(&self, rungs: Vec<Rung>) -> Result<Ladder> {
        let thinking = self.thinking.as_deref().unwrap_or(ThinkingMove::default().as_str());
        let moves = Moves::without(thinking, self.forbid.as_deref().unwrap_or_default())?;
        Ok(Ladder::new(rungs, self.default.as_deref(), self.start_max.as_deref())?.with_moves(moves))
    }
}

/// The hard limits of one query. A limit that is not given is derived from the ladder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CeilingTable {
    /// Output tokens, thinking included, over all samples, retries and probes.
    tokens: Option<u64>,
    /// US dollars: input, cached and output tokens at the rungs' prices.
    usd: Option<f64>,
    /// Seconds from the run's start to its newest event.
    seconds: Option<f64>,
    /// Streams sent to generate an answer, over all calls.
    samples: Option<u32>,
    /// Rounds on one rung.
    depth: Option<u32>,
    /// Escalations to a higher rung; 0: none.
    escalations: Option<u32>,
}

impl TryFrom<CeilingTable> for Ceiling {
    type Error = rheostat::Error;

    fn try_from(table: CeilingTable) -> Result<Self> {
        let CeilingTable { tokens, usd, seconds, samples, depth, escalations } = table;
        let ceiling = Self { tokens, usd, seconds, samples, depth, escalations };
        ceiling.validate()?;
        Ok(ceiling)
    }
}
