//! Drives one governed request: sends what the host opens, feeds it what comes, and gives out what the client may see.
//!
//! ```text
//!            ┌ next ──→ a task for each stream: waits, sends, reads ──┐
//! host ──────┤                                                        │ events, through a bounded channel
//!            └ take ──→ the client                                    │
//!       ▲────────────────────────────────────────────────────────────┘
//! ```
//!
//! While a client that reads slowly is waited for, no event is taken: the channel fills, and the upstreams are read no further. Time
//! goes on all the while, so that a deadline is met. A client that leaves ends the run, which closes its streams.

use crate::app::{App, Rules, path_of};
use crate::clock::{ticks, unix};
use crate::events::{Event, read};
use crate::otel::{Context, Span};
use crate::reply;
use crate::traced::{self, Closed};
use crate::upstream::{self, Lost};
use crate::ways::{Bodies, serving};
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::uri::PathAndQuery;
use http::{Method, Request};
use http_body_util::Full;
use rheostat::run::{Failure, FailureKind};
use rheostat_host::{Command, Host, Stream};
use rheostat_wire::rewrite::{Prompts, Surface, rewrite_call};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

/// Seconds that a stream gets to report its usage after its last granted token or its end.
const GRACE: f64 = 1.0;
/// Events that wait for the run, of all streams of a request.
const EVENTS: usize = 32;

/// A stream that is open.
#[derive(Debug)]
struct Open {
    app: Arc<App>,
    task: AbortHandle,
    /// When something last came of it.
    heard: f64,
    /// Its span, where it is measured, and when its first bytes came.
    span: Option<Box<Span>>,
    first: Option<f64>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.app.metrics.streams(-1);
        self.task.abort();
    }
}

/// The client's request, as it is sent on.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) surface: Surface,
    /// The payer, by the client's key.
    pub(crate) tenant: Option<String>,
    pub(crate) path: PathAndQuery,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The most streams at once.
    pub(crate) concurrency: usize,
    /// The trace that the request belongs to, where there is a collector.
    pub(crate) trace: Option<Context>,
    /// The body on the surfaces of other upstreams.
    pub(crate) bodies: Bodies,
}

/// A governed request on its way.
#[derive(Debug)]
pub(crate) struct Drive {
    app: Arc<App>,
    rules: Arc<Rules>,
    asked: Asked,
    pub(crate) host: Host,
    open: BTreeMap<u32, Open>,
    /// True if the client wants a stream.
    streams: bool,
    ticks: watch::Receiver<()>,
    events: mpsc::Receiver<(u32, Event)>,
    sender: mpsc::Sender<(u32, Event)>,
    heads: BTreeMap<u32, HeaderMap>,
    /// The last failure of a stream.
    pub(crate) lost: Option<Lost>,
    /// Streams of another surface than the client's.
    translated: Vec<u32>,
    /// When the first byte of a reply came.
    pub(crate) came: Option<f64>,
    /// The spans of streams that are closed, where there is a collector.
    pub(crate) spans: Vec<Span>,
}

impl Drive {
    pub(crate) fn new(app: Arc<App>, rules: Arc<Rules>, asked: Asked, host: Host, streams: bool) -> Self {
        let (sender, events) = mpsc::channel(EVENTS);
        Self {
            app,
            rules,
            asked,
            host,
            open: BTreeMap::new(),
            streams,
            ticks: ticks(),
            events,
            sender,
            heads: BTreeMap::new(),
            lost: None,
            translated: Vec::new(),
            came: None,
            spans: Vec::new(),
        }
    }

    /// Serves the run until there is something for the client to see; None once the run has nothing more to do. It may be dropped at
    /// any time and called again.
    pub(crate) async fn news(&mut self) -> Option<Bytes> {
        loop {
            let news = if self.streams { self.host.take(self.app.now()) } else { Vec::new() };
            if !news.is_empty() {
                return Some(news.into());
            }
            // Each question to a ledger in a file is a turn of the file.
            let has_room = self.open.len() < self.asked.concurrency;
            if !self.host.steady() || has_room && self.host.holds_back() {
                self.ask();
                self.follow();
            }
            if self.host.over() || self.open.is_empty() {
                return None;
            }
            tokio::select! {
                Some((stream, event)) = self.events.recv() => self.hear(stream, event),
                _ = self.ticks.changed() => self.tick(),
            }
            self.follow();
        }
    }

    /// Lets time pass while the client is waited for; the streams wait, too. Never ready.
    pub(crate) async fn wait(&mut self) {
        loop {
            self.ticks.changed().await.ok();
            let now = self.app.now();
            self.host.tick(now);
            // What they have sent meanwhile waits here: they are not silent.
            self.open.values_mut().for_each(|one| one.heard = now);
            self.follow();
        }
    }

    /// Ends the run, and closes what is open.
    pub(crate) fn close(&mut self) {
        self.host.close(self.app.now());
        while let Some((stream, _)) = self.open.first_key_value() {
            let stream = *stream;
            self.shut(stream, Closed::Given);
        }
    }

    /// The client's request.
    pub(crate) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The longest that a client may take nothing of what is there.
    pub(crate) fn patience(&self) -> Duration {
        self.rules.settings.limits.write
    }

    /// True if the client wants a stream.
    pub(crate) fn streams(&self) -> bool {
        self.streams
    }

    /// The headers of a stream's response.
    pub(crate) fn head(&self, stream: u32) -> Option<&HeaderMap> {
        self.heads.get(&self.host.lead_of(stream))
    }

    /// True if a stream ended with an error.
    pub(crate) fn failed(&self, stream: u32) -> bool {
        self.host.stream(stream).is_some_and(Stream::failed)
    }

    /// Sends what may be sent now.
    fn ask(&mut self) {
        let room = self.asked.concurrency.saturating_sub(self.open.len());
        let now = self.app.now();
        if !self.host.asks(now) {
            return;
        }
        let mut granted = Ok(Vec::new());
        let written = self.app.turn(|| granted = self.host.run().next(now));
        match (granted, written) {
            (Ok(calls), Ok(())) => {
                for stream in self.host.granted(calls, room) {
                    self.send(stream, now);
                }
            }
            (calls, written) => {
                // Calls whose claim is in no file are not made. The streams that are open go on, and the run asks again.
                self.host.run().take_back(&calls.unwrap_or_default());
                self.lost = written.err().map(|error| reply::unwritten(self.asked.surface, &error));
                if self.open.is_empty() {
                    self.host.close(now);
                }
            }
        }
    }

    fn send(&mut self, stream: u32, now: f64) {
        let Some(one) = self.host.stream(stream) else { return };
        let delay = Duration::try_from_secs_f64(one.call().delay).unwrap_or_default();
        self.host.waits(stream, now);
        let sender = self.sender.clone();
        let mut span = self.span(stream, now + delay.as_secs_f64());
        let task = match self.request(stream, span.as_deref_mut()) {
            Ok(request) => {
                let app = Arc::clone(&self.app);
                tokio::spawn(async move {
                    if !delay.is_zero() {
                        tokio::time::sleep(delay).await;
                    }
                    read(&app, request, stream, &sender).await;
                })
            }
            Err(words) => {
                let lost = Lost { kind: FailureKind::Permanent, words, retry_after: None, response: None };
                tokio::spawn(async move { drop(sender.send((stream, Event::Lost(lost))).await) })
            }
        };
        self.app.metrics.streams(1);
        let open = Open {
            app: Arc::clone(&self.app),
            task: task.abort_handle(),
            heard: now + delay.as_secs_f64(),
            span,
            first: None,
        };
        self.open.insert(stream, open);
    }

    /// The request of a stream.
    fn request(&mut self, stream: u32, span: Option<&mut Span>) -> Result<Request<Full<Bytes>>, String> {
        let one = self.host.stream(stream).ok_or("no such stream")?;
        let (call, asked, settings) = (one.call(), &self.asked, &self.rules.settings);
        let opens = !self.rules.keys.is_empty();
        let (upstream, surface) = serving(settings, asked.surface, call.deployment.as_deref(), &call.model)
            .ok_or_else(|| {
            format!("no upstream serves {:?} on {}", call.model, asked.surface.as_str())
        })?;
        let is_own = surface == asked.surface;
        let body = if is_own { Some(&asked.body) } else { asked.bodies.of(surface) };
        let body = body.ok_or_else(|| format!("the request cannot be said on {}", surface.as_str()))?;
        let path = if is_own { Some(asked.path.clone()) } else { path_of(surface) };
        let uri = path.and_then(|path| upstream.uri(&path)).ok_or("the path is no path")?;
        let answers = self.host.answers(call.id);
        let written = rewrite_call(body, surface, call, &Prompts::default(), true, one.index(), answers);
        let body = written.map_err(|error| error.to_string())?.body.map_or_else(|| body.clone(), Bytes::from);
        let mut headers = if is_own {
            upstream::forwarded(&asked.headers, upstream, Some(surface), opens)
        } else {
            upstream::translated(&asked.headers, upstream, surface)
        };
        // The reply is read here.
        headers.remove(header::ACCEPT_ENCODING);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(span) = span {
            span.context.inject(span.id, &mut headers);
            traced::sent_to(span, surface, &upstream.name, &uri);
        }
        if !is_own {
            self.host.translates(stream, surface, unix() as u64).map_err(|error| error.to_string())?;
            self.translated.push(stream);
        }
        Ok(upstream::request(uri, Method::POST, headers, body))
    }

    /// Tells the host what happened.
    fn hear(&mut self, stream: u32, event: Event) {
        let now = self.app.now();
        let Some(open) = self.open.get_mut(&stream) else { return };
        open.heard = now;
        if matches!(event, Event::Bytes(_)) {
            open.first.get_or_insert(now);
            self.came.get_or_insert(now);
        }
        match event {
            Event::Head(head) => {
                self.heads.insert(stream, head);
            }
            Event::Bytes(bytes) => {
                let goes_on = self.host.feed(stream, &bytes, now);
                // Of several samples in one request some have ended.
                for one in self.host.finished() {
                    self.end_one(one);
                }
                if !goes_on || self.host.closed(stream) {
                    self.end(stream);
                }
            }
            Event::End => {
                self.host.feed(stream, &[], now);
                self.end(stream);
            }
            Event::Lost(lost) => self.fail(stream, lost),
        }
    }

    fn end(&mut self, stream: u32) {
        let members = self.host.members(stream);
        for one in &members {
            self.note_broken(*one);
        }
        let broken = self.host.broken(stream).map(str::to_owned);
        self.shut(
            stream,
            broken.as_deref().map_or(Closed::Ended, |words| Closed::Failed("transient", words)),
        );
        let members: Vec<_> = members.into_iter().map(|one| (one, None)).collect();
        // It fails only if somebody else has ended the sample, and no other code does.
        self.host.end_all(stream, &members, self.app.now()).ok();
    }

    /// Ends a sample, while its request goes on for others.
    fn end_one(&mut self, stream: u32) {
        self.note_broken(stream);
        self.host.end(stream, None, self.app.now()).ok();
    }

    fn note_broken(&mut self, stream: u32) {
        if let Some(words) = self.host.broken(stream) {
            let kind = FailureKind::Transient;
            self.lost = Some(Lost { kind, words: words.to_owned(), retry_after: None, response: None });
        }
    }

    fn fail(&mut self, stream: u32, mut lost: Lost) {
        let now = self.app.now();
        self.shut(stream, Closed::Failed(lost.kind.as_str(), &lost.words));
        self.host.tick(now);
        let members = self.host.members(stream);
        if self.translated.contains(&stream) {
            lost.response = lost.response.map(|response| reply::translated(self.asked.surface, &response));
        }
        let failure = Failure { retry_after: lost.retry_after, ..Failure::new(lost.kind, &lost.words) };
        match members.as_slice() {
            [one] => self.host.fail(*one, &failure, None, now).ok(),
            all => {
                let all: Vec<_> = all.iter().map(|one| (*one, None)).collect();
                self.host.fail_all(stream, &failure, &all, now).ok()
            }
        };
        if members.iter().any(|one| self.failed(*one)) {
            self.lost = Some(lost);
        }
    }

    /// Lets time pass, and ends streams that owe their usage alone and are silent.
    fn tick(&mut self) {
        let now = self.app.now();
        self.host.tick(now);
        let ending = |number: u32| self.host.ending(number);
        let silent: Vec<u32> = self
            .open
            .iter()
            .filter(|(number, one)| now - one.heard > GRACE && ending(**number))
            .map(|(number, _)| *number)
            .collect();
        for stream in silent {
            // Its end was not seen, and need not be: nothing more of it is wanted.
            self.end(stream);
        }
    }

    /// Does what the host asks for.
    fn follow(&mut self) {
        while let Some(command) = self.host.poll() {
            if let Command::Report { action, .. } = command {
                self.app.metrics.action(action);
            }
        }
        for stream in self.host.cancelled() {
            self.shut(stream, Closed::Given);
        }
    }

    /// Begins the span of a stream, where there is a collector.
    fn span(&self, stream: u32, began: f64) -> Option<Box<Span>> {
        let call = self.host.stream(stream)?.call();
        Some(Box::new(traced::call(self.asked.trace?, call, self.host.members(stream).len(), began)))
    }

    /// Closes a stream, and measures it.
    fn shut(&mut self, stream: u32, closed: Closed<'_>) {
        let Some(mut open) = self.open.remove(&stream) else { return };
        if let (Some(span), Some(otel)) = (open.span.take(), &self.app.otel) {
            let usage = self.host.stream(stream).and_then(rheostat_host::Stream::usage).unwrap_or_default();
            let ended = traced::Ended { at: self.app.now(), first: open.first, usage, closed };
            self.spans.extend(traced::end(otel, *span, &ended));
        }
    }
}
