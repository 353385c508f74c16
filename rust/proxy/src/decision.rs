//! The decision alone, for gateways that send the requests themselves.
//!
//! ```text
//! POST /v1/route                       a body of any provider → rung, model, ranked models, plan, headers
//! POST any path, x-rheostat-mutate     a body of that path    → the body to send
//! ```

use crate::app::{App, Rules, with_scratch};
use crate::clock::unix;
use crate::decisions::Decision;
use crate::govern::{asked_words, decide, named};
use crate::reply;
use crate::upstream::{SESSION, TENANT};
use crate::ways::Ways;
use axum::body::Body;
use http::{HeaderMap, Response, StatusCode};
use rheostat::plan::{Plan, PlanOptions};
use rheostat_wire::body;
use rheostat_wire::rewrite::Surface;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::time::Instant;

/// Answers `/v1/route`.
pub(crate) fn route(app: &App, body: &[u8], headers: &HeaderMap, tenant: Option<&str>) -> Response<Body> {
    match plan(app, body, headers, tenant) {
        Ok(plan) => {
            let described = described(&plan);
            let mut response = reply::json_of(StatusCode::OK, described.to_string());
            reply::add(response.headers_mut(), rheostat_wire::gateway::plan_headers(&plan));
            response
        }
        Err(error @ rheostat::Error::Denied { .. }) => {
            reply::error(None, StatusCode::TOO_MANY_REQUESTS, &error.to_string(), "rate_limit_error")
        }
        Err(error) => reply::bad_request(None, &error.to_string(), None),
    }
}

/// Plans the request in a body of any format.
pub(crate) fn plan(
    app: &App,
    body: &[u8],
    headers: &HeaderMap,
    tenant: Option<&str>,
) -> rheostat::Result<Plan> {
    let query = body::read(body, app.governor.snapshot().window.bytes)?;
    let options = PlanOptions {
        session: named(headers, SESSION),
        tenant: tenant.or_else(|| named(headers, TENANT)),
        at: app.now(),
        ..PlanOptions::default()
    };
    let began = Instant::now();
    let plan = with_scratch(|scratch| app.governor.plan_as(&query, &options, scratch, |plan| plan))?;
    app.metrics.decision.add(began.elapsed().as_secs_f64());
    app.metrics.planned(&plan);
    note(app, &plan, &options, body);
    Ok(plan)
}

/// Keeps and logs a decision that the client carries out.
fn note(app: &App, plan: &Plan, options: &PlanOptions<'_>, body: &[u8]) {
    app.note(|| {
        let ask = asked_words(app, body).map(|ask| format!("\"ask\": {}", Value::from(ask)));
        Decision::new(plan, None, unix(), options.session, options.tenant, ask.as_deref())
    });
}

/// A plan as the client of `/v1/route` gets it.
fn described(plan: &Plan) -> Value {
    let rung = plan.rung_ref();
    let whole = RawValue::from_string(plan.to_json()).ok();
    json!({
        "id": plan.id.to_string(),
        "rung": rung.name,
        "model": rung.model,
        "models": ranked(plan),
        "thinking_tokens": plan.dials.thinking_tokens,
        "samples": plan.dials.samples,
        "depth": plan.dials.depth,
        "answer_tokens": rung.answer_tokens,
        "difficulty": plan.estimate.difficulty,
        "p_correct": plan.p_correct,
        "expected_usd": plan.expected_usd,
        "plan": whole,
    })
}

/// The ladder's models, best first: the plan's, those above it, then those below it.
fn ranked(plan: &Plan) -> Vec<&str> {
    let rungs = plan.snapshot.ladder.rungs();
    let (below, above) = rungs.split_at(plan.rung.min(rungs.len()));
    let mut models: Vec<&str> = Vec::with_capacity(rungs.len());
    for rung in above.iter().chain(below.iter().rev()) {
        if !models.contains(&rung.model.as_str()) {
            models.push(&rung.model);
        }
    }
    models
}

/// Answers a request whose body is to be rewritten and not sent.
pub(crate) fn mutate(
    app: &App,
    rules: &Rules,
    surface: Surface,
    body: &[u8],
    given: &HeaderMap,
    tenant: Option<&str>,
) -> Response<Body> {
    let open = rules.ways(surface).and_then(Ways::direct);
    let decided = match decide(app, surface, body, open, given, tenant, false) {
        Ok(decided) => decided,
        Err(error) => return reply::bad_request(Some(surface), &error.to_string(), None),
    };
    let headers = decided.headers();
    if let Some(plan) = &decided.plan {
        let options = PlanOptions {
            session: named(given, SESSION),
            tenant: tenant.or_else(|| named(given, TENANT)),
            ..PlanOptions::default()
        };
        note(app, plan, &options, body);
    }
    if let Some(refusal) = decided.reject {
        return reply::refused(refusal, headers);
    }
    let mut response = reply::json_of(StatusCode::OK, decided.body.unwrap_or_else(|| body.to_vec()));
    reply::add(response.headers_mut(), headers);
    response
}
