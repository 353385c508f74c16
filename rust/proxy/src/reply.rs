//! Responses to clients.

use crate::store::StoreError;
use crate::upstream::{Lost, kept};
use axum::body::Body;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use rheostat::plan::Plan;
use rheostat::run::{FailureKind, Run};
use rheostat_wire::gateway::{self, Refusal};
use rheostat_wire::rewrite::Surface;
use serde_json::json;

/// Headers of an upstream that do not fit the body that the client gets.
const OF_BODY: [HeaderName; 3] = [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::CONTENT_TYPE];

/// The body of an error, in the form of its surface.
pub(crate) fn error_body(surface: Option<Surface>, why: &str, kind: &str, param: Option<&str>) -> Bytes {
    let body = if surface == Some(Surface::AnthropicMessages) {
        json!({"type": "error", "error": {"type": kind, "message": why}})
    } else {
        json!({"error": {"message": why, "type": kind, "param": param, "code": null}})
    };
    body.to_string().into()
}

/// An error of the proxy's own. The SDKs of OpenAI and Anthropic do not send such a request again.
pub(crate) fn error(surface: Option<Surface>, status: StatusCode, why: &str, kind: &str) -> Response<Body> {
    let mut response = json_of(status, error_body(surface, why, kind, None));
    response.headers_mut().insert("x-should-retry", HeaderValue::from_static("false"));
    response
}

/// A provider's error, for a client of another surface.
pub(crate) fn translated(
    surface: Surface,
    (status, headers, body): &(StatusCode, HeaderMap, Bytes),
) -> (StatusCode, HeaderMap, Bytes) {
    let read = serde_json::from_slice::<serde_json::Value>(body).unwrap_or_default();
    let inner = read.get("error").filter(|inner| inner.is_object()).unwrap_or(&read);
    let field = |name: &str, other: &str| {
        inner.get(name).and_then(|value| value.as_str()).unwrap_or(other).to_owned()
    };
    let why = field("message", &format!("status {}", status.as_u16()));
    let kind = field("type", "api_error");
    let mut kept = HeaderMap::new();
    kept.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(wait) = headers.get(header::RETRY_AFTER) {
        kept.insert(header::RETRY_AFTER, wait.clone());
    }
    (*status, kept, error_body(Some(surface), &why, &kind, None))
}

/// A request whose method is none of its path's.
pub(crate) fn wrong_method(surface: Option<Surface>, allowed: &'static str) -> Response<Body> {
    let why = format!("the method must be {allowed}");
    let body = error_body(surface, &why, "invalid_request_error", None);
    let mut response = json_of(StatusCode::METHOD_NOT_ALLOWED, body);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// A request that found no place. The SDKs of OpenAI and Anthropic send it again after the wait.
pub(crate) fn overloaded(surface: Option<Surface>) -> Response<Body> {
    let why = "the proxy serves as many requests as it may, and no more can wait";
    let body = error_body(surface, why, "overloaded_error", None);
    let mut response = json_of(StatusCode::SERVICE_UNAVAILABLE, body);
    response.headers_mut().insert(header::RETRY_AFTER, 1.into());
    response
}

/// A request that is none.
pub(crate) fn bad_request(surface: Option<Surface>, why: &str, param: Option<&str>) -> Response<Body> {
    json_of(StatusCode::BAD_REQUEST, error_body(surface, why, "invalid_request_error", param))
}

/// A request that was not sent, because its claim could not be written to the ledger's file.
pub(crate) fn unwritten(surface: Surface, error: &StoreError) -> Lost {
    let words = format!("the ledger cannot be used: {error}");
    let body = error_body(Some(surface), &words, "api_error", None);
    let mut headers = HeaderMap::new();
    headers.insert(header::RETRY_AFTER, 1.into());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let response = Some((StatusCode::SERVICE_UNAVAILABLE, headers, body));
    Lost { kind: FailureKind::Transient, words, retry_after: None, response }
}

/// A response of JSON.
pub(crate) fn json_of(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The governor's refusal.
pub(crate) fn refused(refusal: Refusal, headers: Vec<(&'static str, String)>) -> Response<Body> {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = json_of(status, refusal.body);
    add(response.headers_mut(), headers);
    response.headers_mut().insert("x-should-retry", HeaderValue::from_static("false"));
    if let Some(wait) = refusal.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    }
    response
}

/// The headers of an upstream's response, as far as they are true of what the client gets, and the decision's. `rung` is that of the
/// reply; without one it is the run's.
pub(crate) fn headers(
    of: Option<&HeaderMap>,
    decided: &[(&'static str, String)],
    plan: &Plan,
    run: &Run,
    rung: Option<usize>,
) -> HeaderMap {
    let mut headers = of.map(kept).unwrap_or_default();
    for name in OF_BODY {
        headers.remove(name);
    }
    add(&mut headers, decided.iter().cloned());
    add(&mut headers, gateway::run_headers(plan, run, rung.unwrap_or_else(|| run.rung())));
    headers
}

pub(crate) fn add(to: &mut HeaderMap, headers: impl IntoIterator<Item = (&'static str, String)>) {
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            to.insert(name, value);
        }
    }
}
