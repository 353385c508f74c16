//! The events of one request to a provider, as they come.

use crate::app::App;
use crate::upstream::Lost;
use bytes::Bytes;
use http::Request;
use http::header::HeaderMap;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tokio::sync::mpsc;

/// One thing that happened to a stream.
#[derive(Debug)]
pub(crate) enum Event {
    Head(HeaderMap),
    Bytes(Bytes),
    End,
    Lost(Lost),
}

/// Sends a request, and reports all that comes.
pub(crate) async fn read(
    app: &App,
    request: Request<Full<Bytes>>,
    stream: u32,
    to: &mpsc::Sender<(u32, Event)>,
) {
    let response = match app.client.send(request).await {
        Ok(response) if response.status().is_success() => response,
        Ok(response) => return drop(to.send((stream, Event::Lost(Lost::of(response).await))).await),
        Err(error) => return drop(to.send((stream, Event::Lost(Lost::unanswered(&error)))).await),
    };
    let (head, mut body) = response.into_parts();
    let mut event = Event::Head(head.headers);
    loop {
        let more = matches!(event, Event::Head(_) | Event::Bytes(_));
        if to.send((stream, event)).await.is_err() || !more {
            return;
        }
        event = frame(&mut body).await;
    }
}

/// The next event of a response.
async fn frame(body: &mut Incoming) -> Event {
    loop {
        match body.frame().await {
            None => return Event::End,
            Some(Err(error)) => return Event::Lost(Lost::broken(&error)),
            // Trailers, and parts without bytes, say nothing.
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data()
                    && !bytes.is_empty()
                {
                    return Event::Bytes(bytes);
                }
            }
        }
    }
}
