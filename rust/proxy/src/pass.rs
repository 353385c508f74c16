//! Requests that are not governed: sent on as they are, and answered with the upstream's response, byte for byte.

use crate::app::{App, Rules};
use crate::reply;
use crate::upstream::{self, Lost};
use axum::body::Body;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Response, StatusCode};
use rheostat_wire::rewrite::Surface;

/// A request to pass through.
#[derive(Debug)]
pub(crate) struct Passed<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a PathAndQuery,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Bytes,
    /// The format of the body, if it is one that is known.
    pub(crate) surface: Option<Surface>,
    /// The model that it asks for, if it does.
    pub(crate) model: Option<&'a str>,
}

/// Sends a request to the upstream that serves its surface and its model, and returns the response.
pub(crate) async fn through(app: &App, rules: &Rules, passed: Passed<'_>) -> Response<Body> {
    let Passed { method, path, headers, body, surface, model } = passed;
    let of_model = model.and_then(|model| rules.settings.upstream(surface, model));
    let Some(upstream) = of_model
        .or_else(|| rules.settings.upstreams.iter().find(|one| surface.is_none_or(|s| one.speaks(s))))
    else {
        let why = format!("no upstream takes {}", surface.map_or("this path", Surface::as_str));
        return reply::bad_request(surface, &why, None);
    };
    let Some(uri) = upstream.uri(path) else {
        return reply::error(
            surface,
            StatusCode::NOT_FOUND,
            "the path is no path of the API",
            "not_found_error",
        );
    };
    let sent = upstream::forwarded(headers, upstream, surface, !rules.keys.is_empty());
    match app.client.send(upstream::request(uri, method, sent, body)).await {
        Ok(response) => {
            let (mut head, body) = response.into_parts();
            head.headers = upstream::kept(&head.headers);
            head.version = http::Version::HTTP_11;
            Response::from_parts(head, Body::new(body))
        }
        Err(error) => {
            let why = format!("upstream {:?}: {}", upstream.name, Lost::unanswered(&error).words);
            reply::error(surface, StatusCode::BAD_GATEWAY, &why, "upstream_error")
        }
    }
}
