//! Time for a client's head, and between two requests of a connection.
//!
//! ```text
//!          a byte comes            the request is there         its response is sent
//! idle ───────────────────→ head ─────────────────────→ served ─────────────────────→ idle
//!  └ idle_seconds              └ read_seconds              └ no bound here
//! ```
//!
//! The HTTP library has one bound for both, from the last response to the end of the next head. Clients keep connections for a
//! minute and more, and no honest one takes so long for a head. The connection is closed by an error of its socket. One timer
//! serves a connection; it is set anew only where it fires too early, so that a request costs no timer.

use crate::queue::Place;
use crate::settings::Limits;
use http_body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

const IDLE: u32 = 0;
const HEAD: u32 = 1;
const SERVED: u32 = 2;
/// Bits of a phase; those above it count the changes.
const BITS: u32 = 2;

/// The phase of a connection, shared by its socket and its requests, and how often it has changed: an idle time is another one
/// after each request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phase(Arc<AtomicU32>);

impl Phase {
    /// Notes that a request is there; the connection is idle again once the guard is dropped.
    pub(crate) fn serve(&self) -> Serving {
        self.change(SERVED);
        Serving(self.clone())
    }

    fn change(&self, to: u32) {
        let changes = (self.0.load(Ordering::Relaxed) >> BITS).wrapping_add(1);
        self.0.store(changes << BITS | to, Ordering::Relaxed);
    }

    fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn is(&self, one: u32) -> bool {
        kind(self.get()) == one
    }
}

fn kind(phase: u32) -> u32 {
    phase & ((1 << BITS) - 1)
}

/// A request that is being served.
#[derive(Debug)]
pub(crate) struct Serving(Phase);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.change(IDLE);
    }
}

/// A socket whose reads have bounds of time.
#[derive(Debug)]
pub(crate) struct Patient<S> {
    socket: S,
    phase: Phase,
    head: Duration,
    idle: Duration,
    /// The phase at the last look, and when it began.
    seen: u32,
    since: Instant,
    timer: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    pub(crate) fn new(socket: S, phase: Phase, limits: &Limits) -> Self {
        let since = Instant::now();
        // A new connection has a request to send.
        phase.change(HEAD);
        let seen = phase.get();
        let timer = Box::pin(tokio::time::sleep_until(since + limits.read));
        Self { socket, phase, head: limits.read, idle: limits.idle, seen, since, timer }
    }

    /// Ready once the client has taken too long.
    fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let phase = self.phase.get();
        if phase != self.seen {
            (self.seen, self.since) = (phase, Instant::now());
        }
        let bound = match kind(phase) {
            IDLE => self.idle,
            HEAD => self.head,
            _ => return Poll::Pending,
        };
        let deadline = self.since + bound;
        loop {
            if deadline < self.timer.deadline() {
                self.timer.as_mut().reset(deadline);
            }
            ready!(self.timer.as_mut().poll(context));
            if Instant::now() >= deadline {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(deadline);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(context, buffer);
        if read.is_ready() {
            if buffer.filled().len() > before && self.phase.is(IDLE) {
                self.phase.change(HEAD);
            }
            return read;
        }
        ready!(self.poll_late(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client took too long")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }
}

/// A response's body, which keeps its connection served, and its place taken, until it has been sent or its client has left.
#[derive(Debug)]
pub(crate) struct Served<B> {
    pub(crate) body: B,
    #[allow(dead_code)] // held for their drop
    pub(crate) holds: (Serving, Option<Place>),
}

impl<B: Body + Unpin> Body for Served<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
