//! The decision alone, for gateways that send the requests themselves.
//!
//! ```text
//! POST /v1/route                       a body of any provider → rung, model, ranked models, plan, headers
//!                                      (x-rheostat-path: the path that it will be sent to)
//! POST any path, x-rheostat-mutate     a body of that path    → the body to send
//! ```

use crate::app::{App, Rules, SURFACES, surface_of, with_scratch};
use crate::clock::unix;
use crate::decisions::Decision;
use crate::govern::{Circumstances, asked_words, decide, named, payer};
use crate::reply;
use crate::upstream::PATH;
use crate::ways::Ways;
use axum::body::Body;
use http::{HeaderMap, Response, StatusCode};
use rheostat::plan::{Plan, PlanOptions};
use rheostat_wire::body::{self, Head};
use rheostat_wire::rewrite::Surface;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::time::Instant;

/// Answers `/v1/route`.
pub(crate) fn route(app: &App, body: &[u8], headers: &HeaderMap, tenant: Option<&str>) -> Response<Body> {
    match plan(app, body, headers, tenant) {
        Ok((plan, open)) => {
            let routed = Routed::of(&plan, open.as_deref());
            let mut response =
                reply::json_of(StatusCode::OK, serde_json::to_string(&routed).unwrap_or_default());
            reply::add(response.headers_mut(), rheostat_wire::gateway::plan_headers(&plan));
            response
        }
        Err(error @ rheostat::Error::Denied { .. }) => {
            reply::error(None, StatusCode::TOO_MANY_REQUESTS, &error.to_string(), "rate_limit_error")
        }
        Err(error) => reply::bad_request(None, &error.to_string(), None),
    }
}

/// Plans the request in a body of any format. Returns the models that its route allows, too; None: all.
fn plan(
    app: &App,
    body: &[u8],
    headers: &HeaderMap,
    tenant: Option<&str>,
) -> rheostat::Result<(Plan, Option<Vec<String>>)> {
    let rules = app.rules();
    let asked = body::head(body);
    let model = asked.as_ref().and_then(|asked| asked.model.as_deref());
    let surface = surface(asked.as_ref(), headers)?;
    let payer = payer(tenant, headers);
    if let Some(error) = model.and_then(|model| rules.settings.out_of_route(surface, model, payer)) {
        return Err(error);
    }
    let route = rules.settings.route(surface, model, payer);
    let open = route.and_then(|route| route.open(None));
    let ceiling = route.and_then(|route| route.ceiling);
    let circumstances = Circumstances { open: open.as_deref(), ceiling, headers, tenant };
    let options = circumstances.options(app.now());
    let query = body::read(body, app.governor.snapshot().window.bytes)?;
    let began = Instant::now();
    let plan = with_scratch(|scratch| app.governor.plan_as(&query, &options, scratch, |plan| plan))?;
    app.metrics.decision.add(began.elapsed().as_secs_f64());
    app.metrics.planned(&plan, tenant);
    note(app, &plan, &options, body);
    Ok((plan, open))
}

/// The surface whose routes a request for a decision belongs to: that of the path which it names, or that which its form shows. Messages
/// of Anthropic look like those of chat completions; their version, which Anthropic asks for, tells them apart.
fn surface(asked: Option<&Head>, headers: &HeaderMap) -> rheostat::Result<Option<Surface>> {
    if let Some(path) = named(headers, PATH) {
        let known = || rheostat::Error::unknown(PATH, path, SURFACES.map(|(path, _)| path));
        return surface_of(path).ok_or_else(known).map(Some);
    }
    Ok(asked.and_then(|asked| match asked.lists_messages {
        Some(true) if headers.contains_key("anthropic-version") => Some(Surface::AnthropicMessages),
        Some(true) => Some(Surface::OpenAiChat),
        Some(false) => Some(Surface::OpenAiResponses),
        None => None,
    }))
}

/// Keeps and logs a decision that the client carries out.
fn note(app: &App, plan: &Plan, options: &PlanOptions<'_>, body: &[u8]) {
    app.note(|| {
        let ask = asked_words(app, body)
            .filter(|_| app.log.prompts())
            .map(|ask| format!("\"ask\": {}", Value::from(ask)));
        Decision::new(plan, None, unix(), options.session, options.tenant, ask.as_deref())
    });
}

/// A plan as the client of `/v1/route` gets it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Routed {
    /// The plan's id, by which an outcome is reported.
    id: String,
    /// The rung to start on, and its model.
    rung: String,
    model: String,
    /// The ladder's models that the route allows, best first: the plan's, those above it, then those below it.
    models: Vec<String>,
    /// The dials: tokens of thinking per sample, samples, and rounds.
    thinking_tokens: u64,
    samples: u32,
    depth: u32,
    /// The most tokens of an answer.
    answer_tokens: u64,
    /// Difficulty, and the chance that the rung's answer is right.
    #[schemars(range(min = 0.0, max = 1.0))]
    difficulty: f64,
    #[schemars(range(min = 0.0, max = 1.0))]
    p_correct: f64,
    /// Expected cost, in US dollars.
    expected_usd: f64,
    /// The whole plan, with its reasons.
    #[schemars(with = "Value")]
    plan: Option<Box<RawValue>>,
}

impl Routed {
    fn of(plan: &Plan, open: Option<&[String]>) -> Self {
        let rung = plan.rung_ref();
        Self {
            id: plan.id.to_string(),
            rung: rung.name.clone(),
            model: rung.model.clone(),
            models: ranked(plan, open).into_iter().map(str::to_owned).collect(),
            thinking_tokens: plan.dials.thinking_tokens,
            samples: plan.dials.samples,
            depth: plan.dials.depth,
            answer_tokens: rung.answer_tokens,
            difficulty: plan.estimate.difficulty,
            p_correct: plan.p_correct,
            expected_usd: plan.expected_usd,
            plan: RawValue::from_string(plan.to_json()).ok(),
        }
    }
}

/// The ladder's models that are open, best first: the plan's, those above it, then those below it.
fn ranked<'a>(plan: &'a Plan, open: Option<&[String]>) -> Vec<&'a str> {
    let rungs = plan.snapshot.ladder.rungs();
    let (below, above) = rungs.split_at(plan.rung.min(rungs.len()));
    let mut models: Vec<&str> = Vec::with_capacity(rungs.len());
    for rung in above.iter().chain(below.iter().rev()) {
        let may = open.is_none_or(|open| open.contains(&rung.model));
        if may && !models.contains(&rung.model.as_str()) {
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
    let asked = body::head(body);
    let model = asked.as_ref().and_then(|asked| asked.model.as_deref());
    let payer = payer(tenant, given);
    if let Some(error) = model.and_then(|model| rules.settings.out_of_route(Some(surface), model, payer)) {
        return reply::bad_request(Some(surface), &error.to_string(), Some("model"));
    }
    let route = rules.settings.route(Some(surface), model, payer);
    let direct = rules.ways(surface).and_then(Ways::direct);
    let open = route.map_or_else(|| direct.map(<[String]>::to_vec), |route| route.open(direct));
    let ceiling = route.and_then(|route| route.ceiling);
    let circumstances = Circumstances { open: open.as_deref(), ceiling, headers: given, tenant };
    let decided = match decide(app, surface, body, &circumstances, false) {
        Ok(decided) => decided,
        Err(error) => return reply::bad_request(Some(surface), &error.to_string(), None),
    };
    let headers = decided.headers();
    if let Some(plan) = &decided.plan {
        note(app, plan, &circumstances.options(0.0), body);
    }
    if let Some(refusal) = decided.reject {
        return reply::refused(refusal, headers);
    }
    let mut response = reply::json_of(StatusCode::OK, decided.body.unwrap_or_else(|| body.to_vec()));
    reply::add(response.headers_mut(), headers);
    response
}
