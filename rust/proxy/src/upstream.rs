//! Requests to providers: connections, headers, and what a failed request means.

use crate::clock::unix;
use crate::settings::Upstream;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as Pool, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rheostat::run::FailureKind;
use rheostat_wire::failure;
use rheostat_wire::rewrite::Surface;
use serde_json::Value;
use std::cell::OnceCell;
use std::time::Duration;

/// Largest body of a provider's error that is read, in bytes.
const MOST_ERROR: usize = 64 << 10;
/// Bound on the time in which it comes.
const ERROR_TIME: Duration = Duration::from_secs(10);

/// The version of Anthropic's API that a translated request is written for.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// Headers that belong to one connection.
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
];
/// Headers of a client that speak to the proxy.
pub(crate) const SESSION: &str = "x-rheostat-session";
pub(crate) const TENANT: &str = "x-rheostat-tenant";
pub(crate) const MUTATE: &str = "x-rheostat-mutate";
/// The path that a request for a decision alone will be sent to.
pub(crate) const PATH: &str = "x-rheostat-path";

type Connections = Pool<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The connections to all upstreams. Each thread has its own, so that it reads the replies that it asked for; where requests move
/// between threads, whose number changes, all share them.
#[derive(Debug)]
pub(crate) struct Client {
    connect: Duration,
    shared: Option<Connections>,
}

impl Client {
    pub(crate) fn new(connect: Duration, shares: bool) -> Self {
        Self { connect, shared: shares.then(|| connections(connect)) }
    }

    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Error> {
        thread_local! {
            static CONNECTIONS: OnceCell<Connections> = const { OnceCell::new() };
        }
        let own = || CONNECTIONS.with(|own| own.get_or_init(|| connections(self.connect)).clone());
        self.shared.clone().unwrap_or_else(own).request(request).await
    }
}

fn connections(connect: Duration) -> Connections {
    let mut http = HttpConnector::new();
    // Without this, each small write waits for the last one's acknowledgement: 40 ms.
    http.set_nodelay(true);
    http.set_connect_timeout(Some(connect));
    http.enforce_http(false);
    let https =
        HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(http);
    Pool::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(https)
}

/// A request that failed, and what the client may get of it.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) kind: FailureKind,
    pub(crate) words: String,
    pub(crate) retry_after: Option<f64>,
    /// The provider's response, if there was one.
    pub(crate) response: Option<(StatusCode, HeaderMap, Bytes)>,
}

impl Lost {
    /// A request without a response.
    pub(crate) fn unanswered(error: &Error) -> Self {
        let kind = if error.is_connect() { FailureKind::Unreached } else { FailureKind::Transient };
        Self { kind, words: chain(error), retry_after: None, response: None }
    }

    /// A reply that broke off.
    pub(crate) fn broken(error: &hyper::Error) -> Self {
        Self { kind: FailureKind::Transient, words: chain(error), retry_after: None, response: None }
    }

    /// A response that is an error.
    pub(crate) async fn of(response: Response<Incoming>) -> Self {
        let (head, body) = response.into_parts();
        let read = tokio::time::timeout(ERROR_TIME, Limited::new(body, MOST_ERROR).collect()).await;
        let body =
            read.ok().and_then(Result::ok).map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let codes = codes(&body);
        let kind = failure::read(Some(head.status.as_u16()), codes.iter().map(String::as_str))
            .unwrap_or(FailureKind::Transient);
        let words = format!("status {}", head.status.as_u16());
        Self {
            kind,
            words,
            retry_after: wait(&head.headers),
            response: Some((head.status, head.headers, body)),
        }
    }
}

/// An error with those behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut behind = error.source();
    while let Some(one) = behind {
        words = format!("{words}: {one}");
        behind = one.source();
    }
    words
}

/// The words of an error's body that may be a provider's code.
fn codes(body: &[u8]) -> Vec<String> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let inner = body.get("error").filter(|inner| inner.is_object()).unwrap_or(&body);
    let named = ["code", "type", "status"].into_iter().filter_map(|name| inner.get(name)?.as_str());
    named.map(str::to_owned).collect()
}

/// Seconds that a provider asks to wait.
fn wait(headers: &HeaderMap) -> Option<f64> {
    let read = |name: &str| failure::retry_after(headers.get(name)?.to_str().ok()?, unix());
    read("retry-after-ms").map(|wait| wait / 1e3).or_else(|| read("retry-after"))
}

/// The headers of a client's request as an upstream gets them. `opens` is true where the client's key is the proxy's.
pub(crate) fn forwarded(
    headers: &HeaderMap,
    upstream: &Upstream,
    surface: Option<Surface>,
    opens: bool,
) -> HeaderMap {
    let mut sent = kept(headers);
    for name in [header::HOST, header::CONTENT_LENGTH, header::EXPECT] {
        sent.remove(name);
    }
    for name in [SESSION, TENANT, MUTATE] {
        sent.remove(name);
    }
    let own = upstream.authorization(surface);
    if opens || own.is_some() {
        sent.remove(header::AUTHORIZATION);
        sent.remove("x-api-key");
    }
    if let Some((name, value)) = own {
        sent.insert(name, value);
    }
    sent
}

/// The headers of a request that was translated: those of the client, its key above all, are for its own provider alone.
pub(crate) fn translated(headers: &HeaderMap, upstream: &Upstream, surface: Surface) -> HeaderMap {
    let mut sent = HeaderMap::new();
    if let Some(agent) = headers.get(header::USER_AGENT) {
        sent.insert(header::USER_AGENT, agent.clone());
    }
    if surface == Surface::AnthropicMessages {
        sent.insert("anthropic-version", HeaderValue::from_static(ANTHROPIC_VERSION));
    }
    if let Some((name, value)) = upstream.authorization(Some(surface)) {
        sent.insert(name, value);
    }
    sent
}

/// A key in the header where an API wants it.
pub(crate) fn key_header(key: &str, is_anthropic: bool) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = if is_anthropic {
        (HeaderName::from_static("x-api-key"), key.to_owned())
    } else {
        (header::AUTHORIZATION, format!("Bearer {key}"))
    };
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

/// Headers without those of the connection.
pub(crate) fn kept(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.into_iter().chain(HOP_BY_HOP) {
        kept.remove(name);
    }
    kept.remove("keep-alive");
    kept
}

/// A request to an upstream.
pub(crate) fn request(
    uri: Uri,
    method: http::Method,
    mut headers: HeaderMap,
    body: Bytes,
) -> Request<Full<Bytes>> {
    // Some servers wait for a body where no length says that there is none.
    if body.is_empty() && matches!(method, http::Method::POST | http::Method::PUT | http::Method::PATCH) {
        headers.insert(header::CONTENT_LENGTH, 0.into());
    }
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    request
}
