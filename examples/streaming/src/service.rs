//! The chat service. It cuts its connections on purpose: the first event stream in the middle of a word, every second
//! socket after two messages.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::{Stream, StreamExt, stream};
use serde_json::json;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const WORDS: [&str; 6] = ["It", "works", "through", "broken", "connections", "too."];

pub(crate) fn router() -> Router {
    let (calls, sockets) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let answer = async move |headers: HeaderMap| answer(&headers, calls.fetch_add(1, Ordering::Relaxed));
    let join = async move |upgrade: WebSocketUpgrade| -> Response {
        let number = sockets.fetch_add(1, Ordering::Relaxed);
        upgrade.on_upgrade(async move |socket| talk(socket, number.is_multiple_of(2)).await)
    };
    Router::new().route("/answers", post(answer)).route("/rooms/{room}", get(join))
}

/// All at once, or from the word after the last one that the caller has.
fn answer(headers: &HeaderMap, call: usize) -> Response {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header("accept") != "text/event-stream" {
        return axum::Json(json!({"text": WORDS.join(" ")})).into_response();
    }
    let first = header("last-event-id").parse().map_or(0, |last: usize| last + 1);
    let cut_at = (call == 0).then_some(3);
    ([("content-type", "text/event-stream")], Body::from_stream(events(first, cut_at))).into_response()
}

fn events(first: usize, cut_at: Option<usize>) -> impl Stream<Item = io::Result<Bytes>> {
    let end = WORDS.len();
    let event = move |number: usize| match number {
        number if Some(number) == cut_at => Err(io::Error::other("cut on purpose")),
        number if number == end => Ok(Bytes::from("data: [DONE]\n\n")),
        number => {
            Ok(Bytes::from(format!("id: {number}\nretry: 20\ndata: {}\n\n", json!({"text": WORDS[number]}))))
        }
    };
    stream::iter(first..=end).then(move |number| async move {
        tokio::time::sleep(Duration::from_millis(30)).await;
        event(number)
    })
}

async fn talk(mut socket: WebSocket, cuts: bool) {
    let mut number = 0;
    while let Some(Ok(message)) = socket.recv().await {
        let Message::Text(text) = message else { continue };
        let said: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        number += 1;
        let answer = json!({"number": number, "text": said["text"]}).to_string();
        if socket.send(Message::text(answer)).await.is_err() || (cuts && number == 2) {
            return;
        }
    }
}
