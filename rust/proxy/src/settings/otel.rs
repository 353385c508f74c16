//! The OpenTelemetry collector, and what it gets.

use super::limits::seconds;
use crate::tables::OtelTable;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::uri::Uri;
use rheostat::{Error, Result};
use std::time::Duration;

/// The most spans that wait.
const MOST_QUEUE: usize = 1 << 20;

/// The settings of traces and metrics.
#[derive(Debug, Clone)]
pub(crate) struct OtelSettings {
    /// The collector's address, without a slash at the end.
    pub(crate) endpoint: String,
    /// Headers of each request to it; their values are secret.
    pub(crate) headers: HeaderMap,
    pub(crate) service: String,
    /// Share of the traces that is sent, where the client has not decided.
    pub(crate) traces: f64,
    /// Time between two requests.
    pub(crate) every: Duration,
    /// The most requests whose spans wait.
    pub(crate) queue: usize,
    /// True to send the newest ask, too.
    pub(crate) prompts: bool,
}

impl OtelSettings {
    pub(super) fn new(table: OtelTable) -> Result<Self> {
        Self::read(table).map_err(|error| error.within("otel"))
    }

    fn read(table: OtelTable) -> Result<Self> {
        let endpoint = table.endpoint.trim_end_matches('/').to_owned();
        let plain = endpoint.parse::<Uri>().ok().filter(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
                && uri.query().is_none()
        });
        if plain.is_none() {
            let bound = "an http or https address without a user's name, such as http://127.0.0.1:4318";
            let shown = if endpoint.contains('@') { "an address with a user's name" } else { &*endpoint };
            return Err(Error::invalid("endpoint", shown, bound));
        }
        if !(0.0..=1.0).contains(&table.traces) {
            return Err(Error::invalid("traces", table.traces, "between 0 and 1"));
        }
        if !(1..=MOST_QUEUE).contains(&table.queue) {
            return Err(Error::invalid("queue", table.queue, format!("between 1 and {MOST_QUEUE}")));
        }
        Ok(Self {
            endpoint,
            headers: table.headers_env.as_deref().map(headers).transpose()?.unwrap_or_default(),
            service: table.service,
            traces: table.traces,
            every: seconds("seconds", table.seconds, 0.1)?,
            queue: table.queue,
            prompts: table.prompts,
        })
    }
}

/// The headers in an environment variable, in the form of `OTEL_EXPORTER_OTLP_HEADERS`: `name=value,name=value`.
fn headers(env: &str) -> Result<HeaderMap> {
    let text = std::env::var(env)
        .map_err(|_| Error::state(format!("headers_env: the environment variable {env} is not set")))?;
    let mut headers = HeaderMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let read = pair.split_once('=').and_then(|(name, value)| {
            let name: HeaderName = name.trim().parse().ok()?;
            let mut value = HeaderValue::from_str(value.trim()).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        });
        // What is wrong may be a secret.
        let (name, value) = read.ok_or_else(|| {
            Error::state(format!(
                "headers_env: the environment variable {env} must be like name=value,name=value"
            ))
        })?;
        headers.insert(name, value);
    }
    Ok(headers)
}
