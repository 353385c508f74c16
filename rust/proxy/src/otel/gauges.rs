//! The proxy's counters as OTLP's metrics. They are those of `/metrics`, under OpenTelemetry's names.

use super::span::{attributes, nanos};
use crate::app::App;
use crate::histogram::{BOUNDS, Histogram};
use crate::metrics::OfRung;
use serde_json::{Value, json};

/// A name, its unit, and the number of a rung.
type Counter = (&'static str, &'static str, fn(&OfRung) -> Value);

const OF_RUNG: [Counter; 5] = [
    ("rheostat.plans", "{plan}", |one| json!({"asInt": one.plans.to_string()})),
    ("rheostat.runs", "{run}", |one| json!({"asInt": one.runs.to_string()})),
    ("rheostat.runs.settled", "{run}", |one| json!({"asInt": one.settled.to_string()})),
    ("rheostat.tokens", "{token}", |one| json!({"asInt": one.tokens.to_string()})),
    ("rheostat.cost", "{USD}", |one| json!({"asDouble": one.usd})),
];

/// All metrics of now, as a request to a collector.
pub(super) fn all(app: &App, since: f64, resource: &Value, scope: &Value) -> Value {
    let (since, now) = (nanos(since), nanos(app.now()));
    let mut metrics = app.otel.as_ref().map_or_else(Vec::new, |otel| otel.calls.metrics(&since, &now));
    for (name, histogram) in [
        ("rheostat.decide.duration", &app.metrics.decision),
        ("rheostat.first_chunk_added.duration", &app.metrics.first_byte_added),
        ("rheostat.run.duration", &app.metrics.run),
    ] {
        metrics.push(of_times(name, histogram, &since, &now));
    }
    let rungs = app.metrics.by_rung(None);
    for (name, unit, read) in OF_RUNG {
        let points = rungs.iter().map(|(rung, one)| {
            let named = attributes(&[("rheostat.rung", rung.as_str().into())]);
            point(read(one), named, &since, &now)
        });
        metrics.push(sum(name, unit, points.collect()));
    }
    let actions = app.metrics.counted().into_iter().map(|(action, reason, count)| {
        let named = attributes(&[("rheostat.action", action.into()), ("rheostat.reason", reason.into())]);
        point(json!({"asInt": count.to_string()}), named, &since, &now)
    });
    metrics.push(sum("rheostat.actions", "{action}", actions.collect()));
    json!({"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"scope": scope, "metrics": metrics}]}]})
}

fn point(mut number: Value, named: Vec<Value>, since: &str, now: &str) -> Value {
    number["startTimeUnixNano"] = since.into();
    number["timeUnixNano"] = now.into();
    number["attributes"] = named.into();
    number
}

fn sum(name: &str, unit: &str, points: Vec<Value>) -> Value {
    json!({"name": name, "unit": unit, "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": points}})
}

fn of_times(name: &str, histogram: &Histogram, since: &str, now: &str) -> Value {
    let (counts, sum) = histogram.read();
    let all: u64 = counts.iter().sum();
    let counts: Vec<String> = counts.iter().map(u64::to_string).collect();
    let bounds: Vec<f64> = BOUNDS.iter().map(|bound| *bound as f64 / 1e6).collect();
    json!({"name": name, "unit": "s", "histogram": {"aggregationTemporality": 2, "dataPoints": [
        {"startTimeUnixNano": since, "timeUnixNano": now, "count": all.to_string(), "sum": sum, "bucketCounts": counts,
         "explicitBounds": bounds}]}})
}
