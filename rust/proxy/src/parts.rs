//! The body of a streamed reply.

use bytes::Bytes;
use hyper::body::Frame;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// A part of a streamed reply.
pub(crate) type Part = io::Result<Bytes>;

/// The parts of a body, as they come. An error waits for a turn, so that the parts before it are written out.
pub(crate) struct Parts {
    parts: mpsc::Receiver<Part>,
    error: Option<io::Error>,
}

impl Parts {
    pub(crate) fn new(parts: mpsc::Receiver<Part>) -> Self {
        Self { parts, error: None }
    }
}

impl futures_core::Stream for Parts {
    type Item = io::Result<Frame<Bytes>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(error) = self.error.take() {
            return Poll::Ready(Some(Err(error)));
        }
        match self.parts.poll_recv(context) {
            Poll::Ready(Some(Err(error))) => {
                self.error = Some(error);
                context.waker().wake_by_ref();
                Poll::Pending
            }
            other => other.map(|part| part.map(|part| part.map(Frame::data))),
        }
    }
}
