//! Outcomes by webhook, in the shapes that other programs send.
//!
//! ```text
//! POST /v1/outcomes/langfuse   a score of Langfuse, or a list of them
//! POST /v1/outcomes/otel       OpenTelemetry's logs as JSON, with events `gen_ai.evaluation.result`
//! ```
//!
//! The plan's id stands in the score's metadata (`rheostat_plan`) or is the trace's id; in an event it is the attribute `rheostat.plan.id`.
//! The rung may stand beside it (`rheostat_rung`, `rheostat.rung`); else it is that on which the decision's run ended, as long as the decision
//! is among the newest. Scores are between 0 and 1, or true and false; words are passed over.

use crate::app::App;
use crate::outcomes::keep;
use crate::reply;
use axum::body::Body;
use http::{Response, StatusCode};
use rheostat::outcome::OutcomeKind;
use serde_json::{Value, json};

/// The most scores of one request.
const MOST: usize = 10_000;

/// A score that belongs to a plan.
struct Scored<'a> {
    plan: &'a str,
    rung: Option<&'a str>,
    score: f64,
    kind: OutcomeKind,
}

/// Takes scores of Langfuse.
pub(crate) fn langfuse(app: &App, body: &[u8], tenant: Option<&str>) -> Response<Body> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return no_json() };
    let scores: Vec<&Value> = match body.as_array().or_else(|| body["data"].as_array()) {
        Some(several) => several.iter().collect(),
        None => vec![&body],
    };
    take(app, tenant, scores.len(), scores.into_iter().map(of_langfuse))
}

fn of_langfuse(score: &Value) -> Option<Scored<'_>> {
    let given = &score["metadata"];
    Some(Scored {
        plan: given["rheostat_plan"].as_str().or_else(|| score["traceId"].as_str())?,
        rung: given["rheostat_rung"].as_str(),
        score: number(&score["value"])?,
        // A person has annotated; all others are programs.
        kind: if score["source"] == "ANNOTATION" { OutcomeKind::Graded } else { OutcomeKind::Judge },
    })
}

/// Takes OpenTelemetry's events.
pub(crate) fn otel(app: &App, body: &[u8], tenant: Option<&str>) -> Response<Body> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return no_json() };
    let each = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut events = Vec::new();
    for resource in each(&body, "resourceLogs") {
        for scope in each(&resource, "scopeLogs") {
            events.extend(each(&scope, "logRecords").into_iter().filter(is_evaluation));
        }
    }
    take(app, tenant, events.len(), events.iter().map(of_event))
}

fn is_evaluation(event: &Value) -> bool {
    let name = event["eventName"].as_str().or_else(|| attribute(event, "event.name")?.as_str());
    name == Some("gen_ai.evaluation.result")
}

fn of_event(event: &Value) -> Option<Scored<'_>> {
    Some(Scored {
        plan: attribute(event, "rheostat.plan.id")?.as_str()?,
        rung: attribute(event, "rheostat.rung").and_then(Value::as_str),
        score: number(attribute(event, "gen_ai.evaluation.score.value")?)?,
        kind: OutcomeKind::Judge,
    })
}

/// The value of an attribute in OTLP's JSON, whatever its type.
fn attribute<'a>(event: &'a Value, key: &str) -> Option<&'a Value> {
    let found = event["attributes"].as_array()?.iter().find(|one| one["key"] == key)?;
    found["value"].as_object()?.values().next()
}

/// A score as a number. OTLP writes whole numbers as strings.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(so) => Some(f64::from(u8::from(*so))),
        Value::String(digits) => digits.parse::<i64>().ok().map(|whole| whole as f64),
        other => other.as_f64(),
    }
}

fn take<'a>(
    app: &App,
    tenant: Option<&str>,
    count: usize,
    scores: impl Iterator<Item = Option<Scored<'a>>>,
) -> Response<Body> {
    if count > MOST {
        let why = format!("{count} scores in one request; at most {MOST} are taken");
        return reply::bad_request(None, &why, None);
    }
    let (mut taken, foreign) = (0_usize, app.decisions.foreign(tenant));
    for scored in scores.flatten() {
        if foreign.contains(scored.plan) {
            continue;
        }
        let ended = || app.decisions.ended_on(scored.plan, tenant);
        let Some(rung) = scored.rung.map(str::to_owned).or_else(ended) else { continue };
        if let Err(error) = keep(app, scored.plan.to_owned(), rung, scored.score, scored.kind) {
            return reply::bad_request(None, &error.to_string(), None);
        }
        taken += 1;
    }
    reply::json_of(StatusCode::OK, json!({ "taken": taken, "passed_over": count - taken }).to_string())
}

fn no_json() -> Response<Body> {
    reply::bad_request(None, "the body is no JSON", None)
}
