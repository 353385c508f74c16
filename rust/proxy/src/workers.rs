//! The threads that serve: one for each processor, each with its own connections of clients and to providers.
//!
//! ```text
//! the listener ──→ the worker with the fewest connections ──→ its client, and the providers that it asks
//! ```
//!
//! A request, its run and its streams stay in one thread. Between threads, each part of a reply would wake the other one, which costs
//! more than reading it. With a ledger in a file, whose turns block, one worker has all processors, and moves its requests out of the
//! way of a turn.

use crate::app::App;
use crate::patience::{Patient, Phase, Served};
use crate::server::answer;
use crate::settings::Limits;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;

/// The most threads that wait for the ledger's file, or for the address of an upstream.
const BLOCKED: usize = 16;

/// The longest time for a head that a setting allows.
const LONGEST: Duration = Duration::from_secs(86_400);

/// The threads that serve.
#[derive(Debug)]
pub(crate) struct Workers(Vec<Worker>);

/// A client's connection, and its place among those that there may be.
#[derive(Debug)]
struct Connection {
    socket: std::net::TcpStream,
    place: OwnedSemaphorePermit,
}

#[derive(Debug)]
struct Worker {
    connections: mpsc::UnboundedSender<Connection>,
    /// Held by each of its connections.
    busy: Arc<()>,
    thread: JoinHandle<()>,
}

impl Workers {
    /// Starts the workers.
    pub(crate) fn start(app: &Arc<App>) -> io::Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let count = if app.store().is_some() { 1 } else { processors };
        (0..count).map(|_| Worker::start(Arc::clone(app))).collect::<io::Result<_>>().map(Self)
    }

    /// Gives out the connections that come until `end` is ready. A connection waits in the listener's queue while `most` are there.
    pub(crate) async fn serve(&self, listener: TcpListener, most: usize, end: impl Future<Output = ()>) {
        let places = Arc::new(Semaphore::new(most));
        tokio::pin!(end);
        loop {
            let place = tokio::select! {
                () = &mut end => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let accepted = tokio::select! {
                () = &mut end => break,
                accepted = listener.accept() => accepted,
            };
            let (Ok((socket, _)), Ok(place)) = (accepted, place) else {
                // Out of file handles, most likely: some will be free soon.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            socket.set_nodelay(true).ok();
            if let (Ok(socket), Some(worker)) =
                (socket.into_std(), self.0.iter().min_by_key(|one| one.load()))
            {
                // A worker ends only with the process.
                worker.connections.send(Connection { socket, place }).ok();
            }
        }
    }

    /// Lets the requests in flight come to their end, within the time to drain.
    pub(crate) fn end(self) {
        // No more connections come: all drain at once.
        let threads: Vec<_> = self.0.into_iter().map(|worker| worker.thread).collect();
        for thread in threads {
            thread.join().ok();
        }
    }
}

impl Worker {
    fn start(app: Arc<App>) -> io::Result<Self> {
        let mut runtime = match app.store() {
            Some(_) => Builder::new_multi_thread(),
            None => Builder::new_current_thread(),
        };
        // Each turn of the ledger's file hands its thread's work to another one. Turns come one after the other, so that few are enough;
        // the library's 512 would each keep buffers and connections.
        runtime.max_blocking_threads(BLOCKED);
        let runtime = runtime.enable_all().build()?;
        let (connections, given) = mpsc::unbounded_channel();
        let busy = Arc::new(());
        let held = Arc::clone(&busy);
        let thread = std::thread::Builder::new().name("worker".into()).spawn(move || {
            runtime.block_on(serve(app, given, held));
            // Streams that have not drained in time are dropped with their runs, which settles them.
            runtime.shutdown_timeout(Duration::from_secs(1));
        })?;
        Ok(Self { connections, busy, thread })
    }

    /// Number of its connections.
    fn load(&self) -> usize {
        Arc::strong_count(&self.busy)
    }
}

async fn serve(app: Arc<App>, mut given: mpsc::UnboundedReceiver<Connection>, busy: Arc<()>) {
    let graceful = GracefulShutdown::new();
    while let Some(Connection { socket, place }) = given.recv().await {
        let Ok(socket) = TcpStream::from_std(socket) else { continue };
        let (app, watcher, held) = (Arc::clone(&app), graceful.watcher(), (place, Arc::clone(&busy)));
        tokio::spawn(async move {
            // A connection keeps the settings that it began with.
            let rules = app.rules();
            let limits = &rules.settings.limits;
            match &rules.settings.tls {
                None => talk(app, watcher, socket, limits).await,
                Some(tls) => {
                    let accepted = TlsAcceptor::from(Arc::clone(&tls.0)).accept(socket);
                    if let Ok(Ok(socket)) = tokio::time::timeout(limits.read, accepted).await {
                        talk(app, watcher, socket, limits).await;
                    }
                }
            }
            drop(held);
        });
    }
    let drain = app.rules().settings.limits.drain;
    tokio::time::timeout(drain, graceful.shutdown()).await.ok();
}

/// Answers the requests of one connection.
async fn talk<S>(app: Arc<App>, watcher: Watcher, socket: S, limits: &Limits)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let phase = Phase::default();
    let socket = Patient::new(socket, phase.clone(), limits);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (app, serving) = (Arc::clone(&app), phase.serve());
        async move {
            let mut place = None;
            let response = answer(app, request.map(Body::new), &mut place).await;
            Ok::<_, Infallible>(response.map(|body| Served { body, holds: (serving, place) }))
        }
    });
    let mut http = http1::Builder::new();
    // The bounds of time are those of `Patient`. With one of its own the library looks at the socket after each response.
    http.timer(TokioTimer::new())
        .header_read_timeout(LONGEST)
        .max_buf_size(limits.max_head)
        .max_headers(limits.max_headers);
    // Errors of a connection are its client's.
    watcher.watch(http.serve_connection(TokioIo::new(socket), service)).await.ok();
}
