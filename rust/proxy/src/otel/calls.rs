//! Times and tokens of requests to providers, by model: the client metrics of the `GenAI` conventions.

use super::span::attributes;
use rheostat::run::Usage;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Bounds of times, in seconds, as the conventions have them.
const SECONDS: [f64; 14] =
    [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
/// The name of a counter, and its part of a report of usage.
type Tokens = (&'static str, fn(&Usage) -> Option<u64>);

const TOKENS: [Tokens; 5] = [
    ("gen_ai.client.inference.usage.input_tokens", |usage| usage.input),
    ("gen_ai.client.inference.usage.output_tokens", |usage| usage.output),
    ("gen_ai.client.inference.usage.cache_read.input_tokens", |usage| usage.cached),
    ("gen_ai.client.inference.usage.cache_write.input_tokens", |usage| usage.written),
    ("gen_ai.client.inference.usage.reasoning.output_tokens", |usage| usage.reasoning),
];

/// A histogram of seconds.
#[derive(Debug, Default, Clone)]
struct Times {
    counts: [u64; SECONDS.len() + 1],
    sum: f64,
}

impl Times {
    fn add(&mut self, seconds: f64) {
        if let Some(count) = self.counts.get_mut(SECONDS.partition_point(|bound| *bound < seconds)) {
            *count += 1;
        }
        self.sum += seconds.max(0.0);
    }
}

/// The requests for one model that ended alike.
#[derive(Debug, Default, Clone)]
struct OfModel {
    duration: Times,
    first_chunk: Times,
    tokens: [u64; TOKENS.len()],
}

/// The names by which requests are counted together. All are names of the configuration and of fixed sets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Of {
    provider: String,
    model: String,
    error: Option<&'static str>,
}

/// The requests to providers.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<BTreeMap<Of, OfModel>>);

impl Calls {
    /// Names what is counted together.
    pub(crate) fn of(provider: Option<&str>, model: String, error: Option<&'static str>) -> Of {
        Of { provider: provider.unwrap_or_default().to_owned(), model, error }
    }

    /// Counts a request that has ended: its seconds, those until its first chunk, and its usage.
    pub(crate) fn add(&self, of: Of, seconds: f64, first_chunk: Option<f64>, usage: &Usage) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = all.entry(of).or_default();
        one.duration.add(seconds);
        if let Some(first) = first_chunk {
            one.first_chunk.add(first);
        }
        for (count, (_, read)) in one.tokens.iter_mut().zip(TOKENS) {
            *count += read(usage).unwrap_or_default();
        }
    }

    /// OTLP's metrics; `since` and `now` are times as OTLP writes them.
    pub(super) fn metrics(&self, since: &str, now: &str) -> Vec<Value> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let histogram = |name: &str, read: fn(&OfModel) -> &Times| {
            let points: Vec<Value> = all
                .iter()
                .filter(|(_, one)| read(one).counts.iter().any(|count| *count > 0))
                .map(|(of, one)| {
                    let times = read(one);
                    point(since, now, of, &SECONDS, &times.counts, times.sum)
                })
                .collect();
            json!({"name": name, "unit": "s", "histogram": {"aggregationTemporality": 2, "dataPoints": points}})
        };
        let mut metrics = vec![
            histogram("gen_ai.client.operation.duration", |one| &one.duration),
            histogram("gen_ai.client.operation.time_to_first_chunk", |one| &one.first_chunk),
        ];
        for (at, (name, _)) in TOKENS.iter().enumerate() {
            let points: Vec<Value> = all
                .iter()
                .filter_map(|(of, one)| {
                    let count = one.tokens.get(at).filter(|count| **count > 0)?;
                    Some(
                        json!({"startTimeUnixNano": since, "timeUnixNano": now, "attributes": of.attributes(),
                                "asInt": count.to_string()}),
                    )
                })
                .collect();
            metrics.push(json!({"name": name, "unit": "{token}", "sum":
                {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": points}}));
        }
        metrics
    }
}

impl Of {
    fn attributes(&self) -> Vec<Value> {
        attributes(&[
            ("gen_ai.operation.name", "chat".into()),
            ("gen_ai.provider.name", self.provider.as_str().into()),
            ("gen_ai.request.model", self.model.as_str().into()),
            ("error.type", self.error.into()),
        ])
    }
}

fn point(since: &str, now: &str, of: &Of, bounds: &[f64], counts: &[u64], sum: f64) -> Value {
    let all: u64 = counts.iter().sum();
    let counts: Vec<String> = counts.iter().map(u64::to_string).collect();
    json!({"startTimeUnixNano": since, "timeUnixNano": now, "attributes": of.attributes(), "count": all.to_string(),
           "sum": sum, "bucketCounts": counts, "explicitBounds": bounds})
}
