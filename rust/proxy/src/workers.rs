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
use crate::server::answer;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Largest head of a request, in bytes, and the most headers in it.
const HEAD: (usize, usize) = (64 << 10, 128);

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
    let rules = app.rules();
    let settings = &rules.settings;
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(settings.read).max_buf_size(HEAD.0).max_headers(HEAD.1);
    while let Some(Connection { socket, place }) = given.recv().await {
        let Ok(socket) = TcpStream::from_std(socket) else { continue };
        let app = Arc::clone(&app);
        let service = service_fn(move |request: http::Request<Incoming>| {
            let app = Arc::clone(&app);
            async move { Ok::<_, Infallible>(answer(app, request.map(Body::new)).await) }
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(socket), service));
        let busy = Arc::clone(&busy);
        tokio::spawn(async move {
            // Errors of a connection are its client's.
            connection.await.ok();
            drop((place, busy));
        });
    }
    tokio::time::timeout(settings.drain, graceful.shutdown()).await.ok();
}
