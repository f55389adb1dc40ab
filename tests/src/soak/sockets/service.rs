//! The service: it does to each socket and stream what its fate is, and counts who is with it.

use super::fate::{Fate, count, word};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

/// How long a dead peer keeps its connection: longer than anybody should take to notice.
const DEAD: Duration = Duration::from_secs(8);
/// How often a connection that is opened again broke off before.
pub(super) const BREAKS: u8 = 2;
/// The code that ends such a one for good.
pub(super) const LAST: u16 = 1008;

/// What the service knows.
pub(super) struct Book {
    pub(super) seed: u64,
    /// Sockets and streams that it holds now.
    pub(super) held: AtomicU64,
    /// How often each was opened.
    pub(super) opened: Vec<AtomicU8>,
}

/// A socket or stream that the service holds.
struct Held(Arc<Book>);

impl Held {
    fn new(book: &Arc<Book>) -> Self {
        book.held.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(book))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(super) fn service(book: Arc<Book>) -> Router {
    Router::new()
        .route("/socket/{number}", get(socket))
        .route("/stream/{number}", get(pieces))
        .with_state(book)
}

fn opening(book: &Arc<Book>, number: usize) -> u8 {
    book.opened.get(number).map_or(0, |times| times.fetch_add(1, Ordering::Relaxed))
}

async fn socket(
    State(book): State<Arc<Book>>,
    Path(number): Path<usize>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let fate = Fate::of(book.seed, number, true);
    let before = opening(&book, number);
    upgrade.on_upgrade(async move |socket| {
        let _held = Held::new(&book);
        // Whoever is gone in the middle is so by fate; what the other side saw is judged there.
        let _ = talk(socket, number, fate, before).await;
    })
}

async fn talk(mut socket: WebSocket, number: usize, fate: Fate, before: u8) -> Result<(), axum::Error> {
    match fate {
        Fate::Echo => {
            while let Some(Ok(message)) = socket.recv().await {
                if matches!(message, Message::Text(_) | Message::Binary(_)) {
                    socket.send(message).await?;
                }
            }
            return Ok(());
        }
        Fate::Dropped => {
            for index in 0.. {
                socket.send(Message::text(word(number, index))).await?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        _ => {
            for index in 0..count(number) {
                socket.send(Message::text(word(number, index))).await?;
            }
        }
    }
    let code = match fate {
        Fate::Close(code) => code,
        Fate::SlowReader => 1000,
        // What the caller did wrong it does not do again.
        Fate::Reopened if before == BREAKS => LAST,
        Fate::Dead | Fate::DeadToSenders => {
            tokio::time::sleep(DEAD).await;
            return Ok(());
        }
        _ => return Ok(()),
    };
    let frame = (code != 1005).then(|| CloseFrame { code, reason: number.to_string().into() });
    socket.send(Message::Close(frame)).await?;
    while let Some(Ok(_)) = socket.recv().await {}
    Ok(())
}

async fn pieces(State(book): State<Arc<Book>>, Path(number): Path<usize>, headers: HeaderMap) -> Response {
    let fate = Fate::of(book.seed, number, false);
    let before = opening(&book, number);
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<usize>().ok());
    let media_type = match fate {
        Fate::Bytes | Fate::BytesBroken | Fate::Silent => "application/octet-stream",
        _ => "text/event-stream",
    };
    let length = (0..count(number)).map(|index| word(number, index).len()).sum::<usize>();
    let promised = matches!(fate, Fate::Bytes | Fate::BytesBroken).then(|| length.to_string());
    let first = last.map_or(0, |last| last + 1);
    let body =
        Body::from_stream(stream::unfold((first, Held::new(&book)), move |(index, held)| async move {
            let piece = piece(number, fate, before, first, index).await?;
            Some((piece, (index + 1, held)))
        }));
    let mut response = ([("content-type", media_type)], body).into_response();
    if let Some(length) = promised.and_then(|length| length.parse().ok()) {
        response.headers_mut().insert("content-length", length);
    }
    response
}

/// The piece of this index, counted through all openings; `None` at the end.
async fn piece(
    number: usize,
    fate: Fate,
    before: u8,
    first: usize,
    index: usize,
) -> Option<io::Result<Bytes>> {
    let breaks = || Some(Err(io::Error::other("the service is gone")));
    match fate {
        Fate::EventsReopened if before < BREAKS && index > first => return breaks(),
        Fate::EventsBroken | Fate::BytesBroken if index + 1 == count(number) => {
            // What was said before goes out before.
            tokio::time::sleep(Duration::from_millis(20)).await;
            return breaks();
        }
        Fate::Silent if index > 0 => std::future::pending::<()>().await,
        Fate::EventsDropped => tokio::time::sleep(Duration::from_millis(5)).await,
        _ if index >= count(number) => return None,
        _ => {}
    }
    Some(Ok(Bytes::from(match fate {
        Fate::Bytes | Fate::BytesBroken | Fate::Silent => word(number, index),
        _ => format!("id: {index}\nretry: 5\ndata: {}\n\n", word(number, index)),
    })))
}
