//! The thread that sends spans and metrics to the collector.
//!
//! Spans go out when there are enough of them or after some seconds, and metrics as often. A collector that is away for a while gets
//! the spans later, as far as the queue holds them; one that refuses them does not get them again (OTLP 1.9, "Failures").

use super::{Otel, Trace, gauges};
use crate::app::App;
use crate::upstream::{Client, request};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc;

/// Spans of one request to the collector, at most.
const BATCH: usize = 512;
/// Bound on the time of one such request, and on that of the last ones together.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest response of a collector that is read, in bytes.
const MOST_SAID: usize = 64 << 10;

/// Starts the thread, if the settings name a collector.
pub(crate) fn start(app: Arc<App>) -> std::io::Result<Option<JoinHandle<()>>> {
    let Some(traces) = app.otel.as_ref().and_then(Otel::receiver) else { return Ok(None) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new()
        .name("otel".into())
        .spawn(move || runtime.block_on(Exporter::new(app).serve(traces)))
        .map(Some)
}

struct Exporter {
    app: Arc<App>,
    client: Client,
    since: f64,
    /// Spans that have not been sent yet, as JSON.
    spans: Vec<Value>,
    /// True while the collector takes what it gets; the log has each change once.
    well: bool,
}

/// The result of a request to the collector.
#[derive(Debug, PartialEq)]
enum Sent {
    Taken,
    /// It may be sent again.
    Later(String),
    Refused(String),
}

impl Exporter {
    fn new(app: Arc<App>) -> Self {
        let (client, since) = (Client::new(PATIENCE, false), app.now());
        Self { app, client, since, spans: Vec::new(), well: true }
    }

    async fn serve(mut self, mut traces: mpsc::Receiver<Trace>) {
        let app = Arc::clone(&self.app);
        let Some(otel) = &app.otel else { return };
        let mut ticks = tokio::time::interval(otel.settings.every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        ticks.tick().await;
        loop {
            tokio::select! {
                Some(trace) = traces.recv() => {
                    self.take(otel, &trace);
                    if self.spans.len() >= BATCH && self.well {
                        self.send_spans(otel).await;
                    }
                }
                _ = ticks.tick() => {
                    self.send_spans(otel).await;
                    self.send_metrics(otel).await;
                }
                () = otel.end.notified() => {}
            }
            if otel.ended.load(Ordering::Relaxed) {
                break;
            }
        }
        while let Ok(trace) = traces.try_recv() {
            self.take(otel, &trace);
        }
        let rest = async {
            self.send_spans(otel).await;
            self.send_metrics(otel).await;
        };
        tokio::time::timeout(PATIENCE, rest).await.ok();
    }

    /// Keeps spans until they are sent, within the bound of the queue.
    fn take(&mut self, otel: &Otel, trace: &Trace) {
        self.spans.extend(trace.iter().map(super::Span::to_json));
        let beyond = self.spans.len().saturating_sub(otel.settings.queue);
        self.spans.drain(..beyond);
        otel.drop_spans(beyond as u64);
    }

    async fn send_spans(&mut self, otel: &Otel) {
        while !self.spans.is_empty() {
            let batch = self.spans.get(..BATCH.min(self.spans.len())).unwrap_or_default();
            let count = batch.len();
            let (resource, scope) = of(otel);
            let body = json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": batch}]}]});
            match self.post(otel, "/v1/traces", body.to_string()).await {
                Sent::Taken => {
                    self.spans.drain(..count);
                    self.note(None);
                }
                Sent::Later(why) => return self.note(Some(&why)),
                Sent::Refused(why) => {
                    self.spans.drain(..count);
                    otel.drop_spans(count as u64);
                    self.note(Some(&why));
                }
            }
        }
    }

    async fn send_metrics(&mut self, otel: &Otel) {
        let (resource, scope) = of(otel);
        let body = gauges::all(&self.app, self.since, &resource, &scope).to_string();
        match self.post(otel, "/v1/metrics", body).await {
            Sent::Taken => {}
            // The next ones say all that these do.
            Sent::Later(why) | Sent::Refused(why) => self.note(Some(&why)),
        }
    }

    async fn post(&self, otel: &Otel, path: &str, body: String) -> Sent {
        let whole = format!("{}{path}", otel.settings.endpoint);
        let Ok(uri) = whole.parse::<Uri>() else { return Sent::Refused(format!("{whole} is no address")) };
        let mut headers: HeaderMap = otel.settings.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let asked = request(uri, Method::POST, headers, Bytes::from(body));
        let answered = tokio::time::timeout(PATIENCE, async {
            let response = self.client.send(asked).await.map_err(|error| error.to_string())?;
            let (head, body) = response.into_parts();
            // Read to its end, so that the connection serves again.
            Limited::new(body, MOST_SAID).collect().await.map_err(|error| error.to_string())?;
            Ok::<_, String>(head.status)
        });
        match answered.await {
            Err(_) => Sent::Later("the collector did not answer in time".to_owned()),
            Ok(Err(why)) => Sent::Later(why),
            Ok(Ok(status)) if status.is_success() => Sent::Taken,
            Ok(Ok(status)) => {
                let why = format!("the collector said status {}", status.as_u16());
                let again = [
                    StatusCode::TOO_MANY_REQUESTS,
                    StatusCode::BAD_GATEWAY,
                    StatusCode::SERVICE_UNAVAILABLE,
                    StatusCode::GATEWAY_TIMEOUT,
                ];
                if again.contains(&status) { Sent::Later(why) } else { Sent::Refused(why) }
            }
        }
    }

    fn note(&mut self, error: Option<&str>) {
        if let (Some(why), true) = (error, self.well) {
            self.app.log.say(true, &format!("traces and metrics are not taken: {why}"));
        }
        self.well = error.is_none();
    }
}

/// Resource and scope of all that is sent.
fn of(otel: &Otel) -> (Value, Value) {
    let resource = super::attributes(&[
        ("service.name", otel.settings.service.as_str().into()),
        ("service.version", env!("CARGO_PKG_VERSION").into()),
        ("telemetry.sdk.name", "rheostat".into()),
        ("telemetry.sdk.language", "rust".into()),
        ("telemetry.sdk.version", env!("CARGO_PKG_VERSION").into()),
    ]);
    (json!({"attributes": resource}), json!({"name": "rheostat.proxy", "version": env!("CARGO_PKG_VERSION")}))
}
