//! The lounge.

use axum::body::Body;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[derive(Clone, Default)]
struct Guests(Arc<Mutex<Vec<Value>>>);

impl Guests {
    fn all(&self) -> Json<Vec<Value>> {
        Json(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn sign(&self, body: &Value) -> Response {
        let name = body["name"].as_str().unwrap_or_default().trim();
        if name.is_empty() {
            let problem = json!({"title": "A guest needs a name."});
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response();
        }
        let mut guests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let guest = json!({"number": guests.len() + 1, "name": name});
        guests.push(guest.clone());
        (StatusCode::CREATED, Json(guest)).into_response()
    }
}

pub(crate) fn router() -> Router {
    let guests = Guests::default();
    let (list, sign) = (guests.clone(), guests);
    let list = async move || list.all();
    let sign = async move |Json(body): Json<Value>| sign.sign(&body);
    let room = async |upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(async |mut socket| {
            while let Some(Ok(message)) = socket.recv().await {
                if matches!(message, Message::Text(_)) && socket.send(message).await.is_err() {
                    return;
                }
            }
        })
    };
    Router::new()
        .route("/guests", get(list).post(sign))
        .route("/ticks", get(async || ticks()))
        .route("/room", get(room))
}

/// A tick every fifth of a second, without an end.
fn ticks() -> Response {
    let ticks = stream::iter(1..).then(async |number: u32| {
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok::<_, io::Error>(format!("data: {}\n\n", json!({"number": number})))
    });
    ([("content-type", "text/event-stream")], Body::from_stream(ticks)).into_response()
}
