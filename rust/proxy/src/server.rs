//! Routes requests, and holds their bodies to bounds.

use crate::app::{App, Rules, surface_of};
use crate::clock::unix;
use crate::decisions::visible;
use crate::drive::Asked;
use crate::govern::payer;
use crate::leasing::Leasing;
use crate::metrics::Elsewhere;
use crate::pass::{Passed, through};
use crate::queue::Place;
use crate::settings::Arm;
use crate::upstream::{MUTATE, SESSION};
use crate::ways::Bodies;
use crate::{decision, govern, hooks, openapi, origin, outcomes, pages, questions, reply, shadow};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::uri::PathAndQuery;
use http::{Method, Response, StatusCode};
use rheostat_wire::body::{self, Head};
use rheostat_wire::rewrite::Surface;
use serde_json::json;
use std::sync::Arc;

/// The paths that the proxy answers by itself, with their methods.
const OWN: [(&str, &str); 11] = [
    ("/metrics", "GET"),
    ("/live", "GET"),
    ("/decisions", "GET"),
    ("/openapi.json", "GET"),
    ("/v1/models", "GET"),
    ("/v1/route", "POST"),
    ("/v1/outcomes", "POST"),
    ("/v1/outcomes/langfuse", "POST"),
    ("/v1/outcomes/otel", "POST"),
    ("/v1/systemone", "POST"),
    ("/v1/decisions", "POST"),
];

/// Answers one request. One that goes to an upstream takes a place, which its response holds until it has been sent.
pub(crate) async fn answer(app: Arc<App>, request: Request, place: &mut Option<Place>) -> Response<Body> {
    let rules = app.rules();
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if let Some(response) = open(path) {
        return response;
    }
    let surface = surface_of(path);
    if rules.keys.is_empty() && origin::is_foreign(&head.headers, head.uri.host()) {
        let why = "a proxy without [[key]] answers no other site's pages: give clients keys";
        return reply::error(surface, StatusCode::FORBIDDEN, why, "permission_error");
    }
    let key = rules.keys.find(&head.headers);
    if !rules.keys.is_empty() && key.is_none() {
        return unknown_key(surface, &head.method);
    }
    if let Some(allowed) = refused_method(path, &head.method) {
        return reply::wrong_method(surface, allowed);
    }
    let Some(path_and_query) = head.uri.path_and_query().filter(|path| is_plain(path)) else {
        return reply::bad_request(surface, "the path is no path of the API", None);
    };
    let body = match read(&rules, &head.headers, body).await {
        Ok(body) => body,
        Err((status, why)) => return reply::error(surface, status, why, "invalid_request_error"),
    };
    let tenant = key.map(|key| key.tenant.clone());
    let tenant_name = tenant.as_deref();
    // Whose decisions and traffic the client may see; None: all.
    let seen = key.filter(|key| !key.operator).map(|key| key.tenant.as_str());
    match (&head.method, path.trim_end_matches('/')) {
        (&Method::GET, "/metrics") => {
            let spans = app.otel.as_ref().map_or(0, crate::otel::Otel::dropped);
            let elsewhere = Elsewhere {
                lines: app.log.dropped(),
                spans,
                waiting: rules.places.waiting(),
                leases: app.leasing().map(Leasing::counts),
            };
            text(app.metrics.text(&elsewhere, app.governor.snapshot().drifted))
        }
        (&Method::GET, "/live") => pages::live(&app, &rules, &head.headers, seen),
        (&Method::GET, "/decisions") => pages::decisions(&app, &head.headers, seen),
        (&Method::GET, one) if one.starts_with("/decisions/") => {
            pages::decision(&app, one.trim_start_matches("/decisions/"), &head.headers, seen)
        }
        (&Method::GET, "/v1/models") => models(&rules),
        (&Method::GET, "/openapi.json") => openapi::answer(&app, &rules),
        (&Method::POST, "/v1/route") => decision::route(&app, &body, &head.headers, tenant_name),
        (&Method::POST, "/v1/outcomes") => outcomes::take(&app, &body, seen),
        (&Method::POST, "/v1/outcomes/langfuse") => hooks::langfuse(&app, &body, seen),
        (&Method::POST, "/v1/outcomes/otel") => hooks::otel(&app, &body, seen),
        (&Method::POST, "/v1/systemone") => questions::system_one(&app, &body, tenant_name),
        (&Method::POST, "/v1/decisions") => questions::decisions(&app, &body, tenant_name),
        (&Method::POST, _) if surface.is_some() && is_on(&head.headers, MUTATE) => {
            let surface = surface.unwrap_or(Surface::OpenAiChat);
            decision::mutate(&app, &rules, surface, &body, &head.headers, tenant_name)
        }
        _ => {
            let asked = surface.filter(|_| head.method == Method::POST).and_then(|_| body::head(&body));
            let model = asked.as_ref().and_then(|asked| asked.model.as_deref());
            *place = rules.places.take(&rules.settings.limits).await;
            if place.is_none() {
                app.metrics.refused("overloaded");
                return reply::overloaded(surface);
            }
            let governed = model.is_some_and(|model| rules.settings.governs(model));
            let payer = payer(tenant_name, &head.headers);
            if let Some(error) = model.and_then(|model| rules.settings.out_of_route(surface, model, payer)) {
                return reply::bad_request(surface, &error.to_string(), Some("model"));
            }
            let arm = asked
                .as_ref()
                .filter(|_| !governed)
                .and_then(|asked| arm(&rules, asked, &head.headers, tenant_name));
            if let (Some(surface), Some(fields), true) =
                (surface, &asked, governed || arm == Some(Arm::Candidate))
            {
                let asked = Asked {
                    surface,
                    tenant,
                    path: path_and_query.clone(),
                    headers: head.headers,
                    body,
                    concurrency: 1,
                    trace: None,
                    bodies: Bodies::default(),
                };
                return govern::serve(app, rules, asked, fields, arm).await;
            }
            let (method, headers) = (head.method, &head.headers);
            let passed = Passed { method, path: path_and_query, headers, body, surface, model };
            pass(&app, &rules, passed, arm, tenant_name).await
        }
    }
}

/// Sends a request on as it is. Where requests go live by a share, it is decided on paper, too.
async fn pass(
    app: &App,
    rules: &Rules,
    passed: Passed<'_>,
    arm: Option<Arm>,
    tenant: Option<&str>,
) -> Response<Body> {
    app.metrics.passed();
    let paper = arm.zip(passed.model).map(|(arm, model)| {
        shadow::decide(app, rules, passed.surface, model, arm, &passed.body, passed.headers, tenant)
    });
    let (method, path) = (passed.method.clone(), passed.path.path());
    let mut response = through(app, rules, passed).await;
    reply::add(response.headers_mut(), paper.unwrap_or_default());
    if app.log.on() {
        let status = response.status().as_u16();
        let line = json!({"kind": "passed", "at": unix(), "method": method.as_str(), "path": path, "status": status});
        app.log.line(visible(&line.to_string()));
    }
    response
}

/// The side of a request for a model that is not governed by its name, where requests go live by a share.
fn arm(rules: &Rules, asked: &Head, headers: &http::HeaderMap, tenant: Option<&str>) -> Option<Arm> {
    let (shadow, model) = (rules.settings.shadow.as_ref()?, asked.model.as_deref()?);
    let arm = shadow.arm(model, govern::named(headers, SESSION), payer(tenant, headers))?;
    // A client that asks for several answers at once would be refused where it is governed.
    let several = asked.n.as_deref().is_some_and(|n| n != "1");
    Some(if several { Arm::Stable } else { arm })
}

/// The method of a path of the proxy's own, if a request has another one. TRACE and CONNECT go to no upstream: they would show it the
/// proxy's headers, or open a way through it.
fn refused_method(path: &str, method: &Method) -> Option<&'static str> {
    if matches!(*method, Method::TRACE | Method::CONNECT) {
        return Some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    }
    let path = path.trim_end_matches('/');
    let own = OWN.iter().find(|(one, _)| *one == path).map(|(_, method)| *method);
    let own = own.or_else(|| path.starts_with("/decisions/").then_some("GET"));
    own.filter(|own| *own != method.as_str())
}

/// The response to a path that needs no key.
fn open(path: &str) -> Option<Response<Body>> {
    matches!(path, "/healthz" | "/readyz").then(|| text("ok\n".to_owned()))
}

/// True for a header that switches something on.
fn is_on(headers: &http::HeaderMap, name: &str) -> bool {
    govern::named(headers, name).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
}

/// True for a path that means the same to every server on its way: none that goes up, and no escapes.
fn is_plain(path: &PathAndQuery) -> bool {
    let path = path.path();
    path.starts_with('/') && !path.contains(['%', '\\']) && path.split('/').all(|part| part != "..")
}

/// The body of a request, within the bounds of size and time.
async fn read(
    rules: &Rules,
    headers: &http::HeaderMap,
    body: Body,
) -> Result<Bytes, (StatusCode, &'static str)> {
    let most = rules.settings.limits.max_body;
    let too_large = (StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than the proxy takes");
    let said = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|said| said > most as u64) {
        return Err(too_large);
    }
    match tokio::time::timeout(rules.settings.limits.read, to_bytes(body, most)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(too_large),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body did not come in time")),
    }
}

fn unknown_key(surface: Option<Surface>, method: &Method) -> Response<Body> {
    let mut response =
        reply::error(surface, StatusCode::UNAUTHORIZED, "the key is not known", "authentication_error");
    // A browser asks its user for a key; programs send theirs.
    let way = if method == Method::GET { "Basic realm=\"rheostat\", charset=\"UTF-8\"" } else { "Bearer" };
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(way));
    response
}

/// The governed models, and those of the ladder.
fn models(rules: &Rules) -> Response<Body> {
    let rungs = rules.settings.config.ladder.rungs().iter().map(|rung| &rung.model);
    let mut names: Vec<&String> = Vec::new();
    for name in rules.settings.governed().chain(rungs) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let data: Vec<_> = names
        .iter()
        .map(|name| json!({"id": name, "object": "model", "created": 0, "owned_by": "rheostat"}))
        .collect();
    reply::json_of(StatusCode::OK, json!({"object": "list", "data": data}).to_string())
}

fn text(body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
