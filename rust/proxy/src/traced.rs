//! The spans of a governed request: its own, of kind server, and one of kind client for each request to a provider.

use crate::otel::{Calls, Context, Otel, Span};
use crate::settings::Arm;
use crate::upstream::Lost;
use http::Uri;
use rheostat::plan::Plan;
use rheostat::run::{Call, Reason, Run, Usage};
use rheostat_wire::rewrite::Surface;
use serde_json::Value;

/// The end of a request to a provider.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Closed<'a> {
    Ended,
    /// Given up by the run, or with it.
    Given,
    /// The kind of the failure, and what was said.
    Failed(&'static str, &'a str),
}

/// How a request to a provider ended.
#[derive(Debug)]
pub(crate) struct Ended<'a> {
    pub(crate) at: f64,
    /// When its first bytes came.
    pub(crate) first: Option<f64>,
    pub(crate) usage: Usage,
    pub(crate) closed: Closed<'a>,
}

/// Begins the span of a call; `answers` is the number of samples that the request is for.
pub(crate) fn call(context: Context, call: &Call, answers: usize, began: f64) -> Span {
    let mut span = Span::child(context, format!("chat {}", call.model), began);
    span.attributes = vec![
        ("gen_ai.operation.name", "chat".into()),
        ("gen_ai.request.model", Value::from(&*call.model)),
        ("gen_ai.request.max_tokens", call.max_tokens.into()),
        ("gen_ai.request.choice.count", if answers > 1 { answers.into() } else { Value::Null }),
        ("rheostat.call.kind", call.kind.as_str().into()),
        ("rheostat.call.attempt", call.attempt.into()),
        ("rheostat.thinking_tokens", call.thinking_tokens.into()),
    ];
    span
}

/// Notes where the request goes.
pub(crate) fn sent_to(span: &mut Span, surface: Surface, upstream: &str, uri: &Uri) {
    span.attributes.extend([
        ("gen_ai.provider.name", provider(surface).into()),
        ("rheostat.upstream", upstream.into()),
        ("server.address", uri.host().into()),
        ("server.port", uri.port_u16().into()),
    ]);
}

/// The provider whose format a surface is, as the conventions name it.
fn provider(surface: Surface) -> &'static str {
    if surface == Surface::AnthropicMessages { "anthropic" } else { "openai" }
}

/// Ends the span of a call, and counts it. None for a trace that is not sent.
pub(crate) fn end(otel: &Otel, mut span: Span, ended: &Ended<'_>) -> Option<Span> {
    let text = |span: &Span, name: &str| {
        let found = span.attributes.iter().find(|(key, _)| *key == name)?;
        found.1.as_str().map(str::to_owned)
    };
    let error = match ended.closed {
        Closed::Failed(kind, words) => {
            span.error = Some(words.to_owned());
            Some(kind)
        }
        Closed::Ended | Closed::Given => None,
    };
    let of = Calls::of(
        text(&span, "gen_ai.provider.name").as_deref(),
        text(&span, "gen_ai.request.model").unwrap_or_default(),
        error,
    );
    let seconds = |at: f64| (at - span.began).max(0.0);
    otel.calls.add(of, seconds(ended.at), ended.first.map(seconds), &ended.usage);
    let usage = &ended.usage;
    span.ended = ended.at;
    span.attributes.extend([
        ("gen_ai.usage.input_tokens", usage.input.into()),
        ("gen_ai.usage.output_tokens", usage.output.into()),
        ("gen_ai.usage.reasoning.output_tokens", usage.reasoning.into()),
        ("gen_ai.usage.cache_read.input_tokens", usage.cached.into()),
        ("gen_ai.usage.cache_write.input_tokens", usage.written.into()),
        ("error.type", error.into()),
        ("rheostat.cancelled", if matches!(ended.closed, Closed::Given) { true.into() } else { Value::Null }),
    ]);
    span.context.sampled.then_some(span)
}

/// The contents of a request's own span.
#[derive(Debug)]
pub(crate) struct About<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) run: &'a Run,
    pub(crate) path: &'a str,
    pub(crate) model: &'a str,
    pub(crate) session: Option<&'a str>,
    pub(crate) tenant: Option<&'a str>,
    pub(crate) route: &'a str,
    pub(crate) arm: Option<Arm>,
    /// The words of the newest ask, where they are sent.
    pub(crate) ask: Option<&'a str>,
    /// The failure that the client got.
    pub(crate) failed: Option<&'a Lost>,
}

/// The span of a request that has ended. Each event of its run is one of the span's.
pub(crate) fn request(context: Context, about: &About<'_>, now: f64) -> Span {
    let About { plan, run, .. } = about;
    let spent = run.spent();
    let rungs = plan.snapshot.ladder.rungs();
    let named = |at: usize| rungs.get(at).map(|rung| rung.name.as_str());
    let mut span = Span::root(context, format!("POST {}", about.path), now - spent.seconds);
    span.ended = now;
    span.error = about.failed.map(|lost| lost.words.clone());
    span.attributes = vec![
        ("http.request.method", "POST".into()),
        ("url.path", about.path.into()),
        ("gen_ai.operation.name", "chat".into()),
        ("gen_ai.request.model", about.model.into()),
        ("gen_ai.conversation.id", about.session.into()),
        ("error.type", about.failed.map(|lost| lost.kind.as_str()).into()),
        ("rheostat.plan.id", plan.id.to_string().into()),
        ("rheostat.plan.version", plan.version().into()),
        ("rheostat.plan.rung", plan.rung_ref().name.as_str().into()),
        ("rheostat.rung", named(run.rung()).into()),
        ("rheostat.difficulty", plan.estimate.difficulty.into()),
        ("rheostat.p_correct", plan.p_correct.into()),
        ("rheostat.reasons", plan.reasons().into()),
        ("rheostat.settled", run.settled().into()),
        ("rheostat.ended", run.ended().map(Reason::as_str).into()),
        ("rheostat.ceiling.hit", run.ended().is_some_and(Reason::is_ceiling).into()),
        ("rheostat.spent.tokens", spent.tokens.into()),
        ("rheostat.spent.usd", spent.usd.into()),
        ("rheostat.spent.calls", spent.calls.into()),
        ("rheostat.expected_usd", plan.expected_usd.into()),
        ("rheostat.tenant", about.tenant.into()),
        ("rheostat.route", about.route.into()),
        ("rheostat.arm", about.arm.map(Arm::as_str).into()),
        ("rheostat.ask", about.ask.into()),
    ];
    let began = span.began;
    span.events = run
        .trail()
        .into_iter()
        .map(|event| {
            let given = vec![
                ("rheostat.phase", event.phase.as_str().into()),
                ("rheostat.reason", event.reason.as_str().into()),
                ("rheostat.rung", named(event.rung as usize).into()),
                ("rheostat.call", event.call.into()),
            ];
            (began + event.at, "rheostat.action", given)
        })
        .collect();
    span
}
