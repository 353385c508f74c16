//! Traces and metrics for an OpenTelemetry collector, by OTLP over HTTP as JSON.
//!
//! ```text
//! span      one span, and the W3C trace context that it belongs to
//! calls     times and tokens of requests to providers: the metrics of the `GenAI` conventions
//! gauges    all counters as OTLP's metrics
//! export    the thread that sends them
//! ```
//!
//! A request never waits for the collector: its spans go into a bounded queue, and are dropped and counted where that is full. The
//! words of a query are in no span unless the settings say so. Names are those of the `GenAI` semantic conventions of November 2026
//! (`gen_ai.provider.name`, `gen_ai.client.inference.usage.*`), and `rheostat.*` for what they have no name for.

mod calls;
mod export;
mod gauges;
mod span;

pub(crate) use calls::Calls;
pub(crate) use export::start;
pub(crate) use span::{Context, Span, attributes};

use crate::settings::OtelSettings;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::{Notify, mpsc};

/// The spans of one request.
pub(crate) type Trace = Vec<Span>;

/// The measurements for a collector, and the queue to it.
#[derive(Debug)]
pub(crate) struct Otel {
    pub(crate) settings: OtelSettings,
    pub(crate) calls: Calls,
    queue: mpsc::Sender<Trace>,
    /// Taken by the thread that sends.
    waiting: Mutex<Option<mpsc::Receiver<Trace>>>,
    dropped: AtomicU64,
    ended: AtomicBool,
    end: Notify,
}

impl Otel {
    pub(crate) fn new(settings: OtelSettings) -> Self {
        let (queue, waiting) = mpsc::channel(settings.queue);
        Self {
            settings,
            calls: Calls::default(),
            queue,
            waiting: Mutex::new(Some(waiting)),
            dropped: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            end: Notify::new(),
        }
    }

    /// The context of a request: that of its header `traceparent`, or a new one.
    pub(crate) fn context(&self, headers: &http::HeaderMap) -> Context {
        Context::of(headers, self.settings.traces)
    }

    /// Queues the spans of a request.
    pub(crate) fn send(&self, trace: Trace) {
        let spans = trace.len() as u64;
        if self.queue.try_send(trace).is_err() {
            self.drop_spans(spans);
        }
    }

    fn drop_spans(&self, count: u64) {
        self.dropped.fetch_add(count, Ordering::Relaxed);
    }

    /// Spans that were dropped, because the queue was full or the collector did not take them.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Has what waits sent, and the thread end.
    pub(crate) fn close(&self) {
        self.ended.store(true, Ordering::Relaxed);
        self.end.notify_one();
    }

    fn receiver(&self) -> Option<mpsc::Receiver<Trace>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
