//! A request for a governed model: decided, served by a run, and answered in the client's own form.

use crate::app::{App, Rules, with_scratch};
use crate::clock::unix;
use crate::decisions::Decision;
use crate::drive::{Asked, Drive};
use crate::parts::{Part, Parts};
use crate::reply;
use crate::settings::Arm;
use crate::traced;
use crate::upstream::{Lost, SESSION, TENANT};
use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body_util::StreamBody;
use rheostat::ladder::Ceiling;
use rheostat::ledger::Payer;
use rheostat::plan::{Plan, PlanOptions};
use rheostat::run::Run;
use rheostat_host::{Host, Reading, Together};
use rheostat_wire::body::Head;
use rheostat_wire::gateway::{self, Asked as Wanted, Decided, decide_and_rewrite};
use rheostat_wire::rewrite::Surface;
use std::fmt::Write;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// The header that says which surfaces a request could not be translated into.
const CLOSED: &str = "x-rheostat-closed";
/// The header with a request's side, where requests go live by a share.
pub(crate) const ARM: &str = "x-rheostat-arm";
/// The header that says what a translation leaves out, by surface.
const LEFT_OUT: &str = "x-rheostat-left-out";
/// Wait for a new file that is being put in place.
const RELOADS: Duration = Duration::from_millis(1);
/// Parts of a reply that wait for the client.
const PARTS: usize = 16;

/// Serves a request.
pub(crate) async fn serve(
    app: Arc<App>,
    rules: Arc<Rules>,
    mut asked: Asked,
    head: &Head,
    arm: Option<Arm>,
) -> Response<Body> {
    let surface = asked.surface;
    if let Some((param, why)) = head.unserved() {
        return reply::bad_request(Some(surface), &why, Some(param));
    }
    asked.bodies =
        rules.ways(surface).map(|ways| ways.bodies(&asked.body, head.prefilled)).unwrap_or_default();
    let Asked { body, bodies, headers, tenant, .. } = &asked;
    if bodies.models.as_ref().is_some_and(Vec::is_empty) && !bodies.closed.is_empty() {
        return reply::bad_request(Some(surface), &bodies.closed.join("; "), None);
    }
    let tenant = tenant.as_deref();
    let Some(route) = rules.settings.route(Some(surface), head.model.as_deref(), payer(tenant, headers))
    else {
        return reply::bad_request(Some(surface), "no route takes the request", None);
    };
    let open = route.open(bodies.models.as_deref());
    if open.as_ref().is_some_and(Vec::is_empty) {
        let why = format!("route {:?} allows no model that the request can be sent to", route.name);
        return reply::bad_request(Some(surface), &why, None);
    }
    let circumstances = Circumstances { open: open.as_deref(), ceiling: route.ceiling, headers, tenant };
    let decided = match decide(&app, surface, body, &circumstances, true) {
        Ok(decided) => decided,
        Err(error) => return reply::bad_request(Some(surface), &error.to_string(), None),
    };
    if let Some(plan) = &decided.plan
        && !same_ladder(plan, &rules)
    {
        // A new file came between the rules and the plan. Under the rules of one and the ladder of the other, an upstream might be missing.
        tokio::time::sleep(RELOADS).await;
        let rules = app.rules();
        return Box::pin(serve(app, rules, asked, head, arm)).await;
    }
    let mut headers = decided.headers();
    if !bodies.closed.is_empty() {
        headers.push((CLOSED, bodies.closed.join("; ")));
    }
    if let Some(arm) = arm {
        headers.push((ARM, arm.as_str().to_owned()));
    }
    if !bodies.left_out.is_empty() {
        headers.push((LEFT_OUT, bodies.left_out.join("; ")));
    }
    if let Some(refusal) = decided.reject {
        app.metrics.refused(refusal.kind.as_str());
        return reply::refused(refusal, headers);
    }
    let Some(plan) = decided.plan else {
        return reply::bad_request(Some(surface), "the body holds no request", None);
    };
    let now = app.now();
    let run = Run::start(&plan, now);
    let mut host = Host::new(run, false);
    let reading = Reading {
        surface: surface.as_str().to_owned(),
        reports_usage: head.reports_usage,
        judge: route.judge,
        hold_tokens: route.hold_tokens,
        hold_seconds: route.hold_seconds,
        together: Together::Known,
    };
    if let Err(error) = host.reads(reading, now) {
        return reply::bad_request(Some(surface), &error.to_string(), None);
    }
    // A translated request asks for one answer.
    host.asks_singly(bodies.translated.clone());
    let ask = asked_words(&app, &asked.body);
    let model = head.model.clone().unwrap_or_default();
    asked.concurrency = route.concurrency;
    asked.trace = app.otel.as_ref().map(|otel| otel.context(&asked.headers));
    let route = route.name.clone();
    let driven = Drive::new(Arc::clone(&app), Arc::clone(&rules), asked, host, head.streams);
    let (head, answer) = oneshot::channel();
    // The run goes on in a task of its own, so that it ends in order where the client leaves.
    tokio::spawn(Exchange { app, surface, headers, plan, driven, ask, model, route, arm }.serve(head));
    answer.await.unwrap_or_else(|_| {
        reply::error(
            Some(surface),
            StatusCode::INTERNAL_SERVER_ERROR,
            "the request ended without a reply",
            "api_error",
        )
    })
}

/// True if a plan is of the same file as the rules.
fn same_ladder(plan: &Plan, rules: &Rules) -> bool {
    let (one, other) = (&plan.snapshot.ladder, &rules.settings.config.ladder);
    Arc::ptr_eq(one, other) || one == other
}

/// The payer of a request. A key's tenant wins over what its holder writes.
pub(crate) fn payer<'a>(tenant: Option<&'a str>, headers: &'a HeaderMap) -> Option<&'a str> {
    tenant.or_else(|| named(headers, TENANT))
}

fn tenant_of(asked: &Asked) -> Option<&str> {
    payer(asked.tenant.as_deref(), &asked.headers)
}

/// The text of a header.
pub(crate) fn named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The circumstances of a decision beside the body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    /// The models that it may be sent to; None: all.
    pub(crate) open: Option<&'a [String]>,
    /// The ceiling of its route.
    pub(crate) ceiling: Option<Ceiling>,
    pub(crate) headers: &'a HeaderMap,
    /// The tenant of the client's key.
    pub(crate) tenant: Option<&'a str>,
}

impl<'a> Circumstances<'a> {
    /// The options of a plan, at a time.
    pub(crate) fn options(&self, at: f64) -> PlanOptions<'a> {
        PlanOptions {
            models: self.open,
            ceiling: self.ceiling,
            session: named(self.headers, SESSION),
            tenant: payer(self.tenant, self.headers),
            at,
            ..PlanOptions::default()
        }
    }
}

/// Decides a body.
pub(crate) fn decide(
    app: &App,
    surface: Surface,
    body: &[u8],
    circumstances: &Circumstances<'_>,
    votes: bool,
) -> rheostat::Result<Decided> {
    let options = circumstances.options(app.now());
    let wanted = Wanted { options, votes, ..Wanted::new(surface) };
    let began = Instant::now();
    let decided = with_scratch(|scratch| decide_and_rewrite(&app.governor, body, &wanted, scratch))?;
    if let Some(plan) = &decided.plan {
        app.metrics.decision.add(began.elapsed().as_secs_f64());
        app.metrics.planned(plan, circumstances.tenant);
    }
    Ok(decided)
}

/// The words of a body's newest ask, if they are logged or sent to a collector: at most its first 2,000 characters.
pub(crate) fn asked_words(app: &App, body: &[u8]) -> Option<String> {
    if !app.log.prompts() && !app.otel.as_ref().is_some_and(|otel| otel.settings.prompts) {
        return None;
    }
    let query = rheostat_wire::body::read(body, app.governor.snapshot().window.bytes).ok()?;
    Some(String::from_utf8_lossy(&query.ask).chars().take(2_000).collect())
}

/// One governed request and the response to it.
#[derive(Debug)]
struct Exchange {
    app: Arc<App>,
    surface: Surface,
    /// The headers of the decision.
    headers: Vec<(&'static str, String)>,
    plan: Arc<Plan>,
    driven: Drive,
    /// The words of the newest ask, where they are logged.
    ask: Option<String>,
    /// The model that the client asked for.
    model: String,
    /// The name of its route.
    route: String,
    /// Its side, where requests go live by a share.
    arm: Option<Arm>,
}

impl Exchange {
    /// Serves the run; `head` gets the response as soon as its beginning is known.
    async fn serve(self, head: oneshot::Sender<Response<Body>>) {
        let app = Arc::clone(&self.app);
        app.metrics.requests(1);
        self.answer(head).await;
        app.metrics.requests(-1);
    }

    async fn answer(mut self, mut head: oneshot::Sender<Response<Body>>) {
        let first = tokio::select! {
            first = self.driven.news() => first,
            // The client has left.
            () = head.closed() => return self.end(),
        };
        if let Some(came) = self.driven.came {
            self.app.metrics.first_byte_added.add(self.app.now() - came);
        }
        let Some(first) = first else {
            self.end();
            let _ = head.send(self.answered());
            return;
        };
        let (out, parts) = mpsc::channel(PARTS);
        if head.send(self.streamed(parts)).is_ok() {
            self.relay(first, &out).await;
        }
        self.end();
    }

    /// Gives out a stream, from its first bytes to its end.
    async fn relay(&mut self, first: Bytes, out: &mpsc::Sender<Part>) {
        let mut news = Some(first);
        while let Some(part) = news.take() {
            if !self.give(Ok(part), out).await {
                return;
            }
            news = tokio::select! {
                news = self.driven.news() => news,
                () = out.closed() => return,
            };
        }
        self.driven.close();
        let rest = self.driven.host.rest();
        if !rest.is_empty() && !self.give(Ok(rest.into()), out).await {
            return;
        }
        if self.driven.host.shown().is_some_and(|shown| self.driven.failed(shown)) {
            // The client must not take for whole what broke off.
            self.give(Err(io::Error::other("the reply broke off")), out).await;
        }
    }

    /// Gives a part to the client, while time goes on. False if the client has left, or takes nothing for too long.
    async fn give(&mut self, part: Part, out: &mpsc::Sender<Part>) -> bool {
        let patience = tokio::time::sleep(self.driven.patience());
        tokio::select! {
            biased;
            sent = out.send(part) => sent.is_ok(),
            () = patience => false,
            () = self.driven.wait() => false,
        }
    }

    /// Ends the run, and counts what it has done.
    fn end(&mut self) {
        self.driven.close();
        self.app.settle();
        let run = self.driven.host.run();
        self.app.metrics.ended(&self.plan, run, self.driven.asked().tenant.as_deref());
        self.trace();
        let (run, asked) = (self.driven.host.run(), self.driven.asked());
        self.app.note(|| {
            let (surface, streams) = (self.surface.as_str(), self.driven.streams());
            let route = serde_json::Value::from(self.route.as_str());
            let mut fields = format!("\"surface\": \"{surface}\", \"stream\": {streams}, \"route\": {route}");
            if let Some(arm) = self.arm {
                let _ = write!(fields, ", \"arm\": \"{}\"", arm.as_str());
            }
            if let Some(ask) = self.ask.as_ref().filter(|_| self.app.log.prompts()) {
                let _ = write!(fields, ", \"ask\": {}", serde_json::Value::from(ask.as_str()));
            }
            let session = named(&asked.headers, SESSION);
            Decision::new(&self.plan, Some(run), unix(), session, tenant_of(asked), Some(&fields))
        });
    }

    /// Sends the request's spans to the collector, if there is one.
    fn trace(&mut self) {
        let (app, spans) = (Arc::clone(&self.app), std::mem::take(&mut self.driven.spans));
        let (Some(otel), Some(context)) = (&app.otel, self.driven.asked().trace) else { return };
        if !context.sampled {
            return;
        }
        let broken = self.driven.host.shown().is_some_and(|shown| self.driven.failed(shown));
        let asked = self.driven.asked();
        let about = traced::About {
            plan: &self.plan,
            run: self.driven.host.run(),
            path: asked.path.path(),
            model: &self.model,
            session: named(&asked.headers, SESSION),
            tenant: tenant_of(asked),
            route: &self.route,
            arm: self.arm,
            ask: self.ask.as_deref().filter(|_| otel.settings.prompts),
            failed: self.driven.lost.as_ref().filter(|_| self.driven.host.unanswered() || broken),
        };
        let mut trace = vec![traced::request(context, &about, app.now())];
        trace.extend(spans);
        otel.send(trace);
    }

    /// The response whose body is the stream that is shown.
    fn streamed(&self, parts: mpsc::Receiver<Part>) -> Response<Body> {
        let mut response = Response::new(Body::new(StreamBody::new(Parts::new(parts))));
        *response.headers_mut() = self.response_headers(self.driven.host.shown());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        response
    }

    /// The best reply, or why there is none.
    fn answered(&mut self) -> Response<Body> {
        let streams = self.driven.streams();
        let host = &mut self.driven.host;
        if host.unanswered()
            && let Some(lost) = self.driven.lost.take()
        {
            return self.lost(lost);
        }
        let Some(best) = host.best() else {
            return self.nothing();
        };
        let body = if streams { host.rest() } else { host.whole(best).unwrap_or_default() };
        let mut response = reply::json_of(StatusCode::OK, body);
        *response.headers_mut() = self.response_headers(Some(best));
        let kind = if streams { "text/event-stream" } else { "application/json" };
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        response
    }

    /// The response after a last failure. The run has tried again as often as it may.
    fn lost(&self, lost: Lost) -> Response<Body> {
        let mut response = match lost.response {
            Some((status, headers, body)) => {
                let mut response = reply::json_of(status, body);
                if let Some(kind) = headers.get(CONTENT_TYPE) {
                    response.headers_mut().insert(CONTENT_TYPE, kind.clone());
                }
                if let Some(wait) = headers.get(RETRY_AFTER) {
                    response.headers_mut().insert(RETRY_AFTER, wait.clone());
                }
                response
            }
            None => reply::error(Some(self.surface), StatusCode::BAD_GATEWAY, &lost.words, "upstream_error"),
        };
        self.note(&mut response);
        response
    }

    /// The response of a run that got no reply: its payer's cap was used up by others, or its time was over.
    fn nothing(&self) -> Response<Body> {
        let (run, asked) = (self.driven.host.run(), self.driven.asked());
        let session = named(&asked.headers, SESSION);
        let payer = Payer { query: None, session, tenant: tenant_of(asked) };
        let ledger = self.app.governor.ledger().map(|ledger| &**ledger);
        if let Some(refusal) = gateway::unserved(self.surface, run, ledger, &payer, self.app.now()) {
            return reply::refused(refusal, self.headers.clone());
        }
        let why =
            format!("no answer came: {}", run.ended().map_or("the run ended", |reason| reason.as_str()));
        let mut response =
            reply::error(Some(self.surface), StatusCode::SERVICE_UNAVAILABLE, &why, "upstream_error");
        if let Some(seconds) = run.unavailable_for() {
            response.headers_mut().insert(RETRY_AFTER, (seconds.ceil() as u64).into());
        }
        self.note(&mut response);
        response
    }

    fn response_headers(&self, stream: Option<u32>) -> HeaderMap {
        let of = stream.and_then(|stream| self.driven.head(stream));
        let rung =
            stream.and_then(|stream| self.driven.host.stream(stream)).map(|one| one.call().rung as usize);
        reply::headers(of, &self.headers, &self.plan, self.driven.host.run(), rung)
    }

    /// Adds the decision's headers.
    fn note(&self, response: &mut Response<Body>) {
        let headers = reply::headers(None, &self.headers, &self.plan, self.driven.host.run(), None);
        response.headers_mut().extend(headers);
        response.headers_mut().insert("x-should-retry", HeaderValue::from_static("false"));
    }
}
