//! The service that both sides call: it writes down what arrives, and answers as its path says.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use cloudrun_emulator::axum;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A request as the service received it.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, if there is one.
    pub query: Option<String>,
    /// The body; JSON where it is JSON.
    pub body: Value,
    /// The headers.
    pub headers: HeaderMap,
}

impl Received {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// What the service has received so far.
#[derive(Clone, Debug, Default)]
pub struct Log(Arc<Mutex<Vec<Received>>>);

impl Log {
    /// What has been received since this was asked last.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The service.
pub fn router(log: Log) -> Router {
    Router::new().fallback(answer).with_state(log)
}

async fn answer(State(log): State<Log>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let body = match serde_json::from_slice(&bytes) {
        Ok(value) => value,
        Err(_) if bytes.is_empty() => Value::Null,
        Err(_) => text.into(),
    };
    let path = head.uri.path().to_owned();
    let received = Received {
        method: head.method.to_string(),
        path: path.clone(),
        query: head.uri.query().map(str::to_owned),
        body,
        headers: head.headers,
    };
    let seen = json!({
        "method": received.method, "path": received.path, "query": received.query, "body": received.body,
        "own": received.header("x-own"),
    });
    log.0.lock().unwrap_or_else(PoisonError::into_inner).push(received);
    match path.as_str() {
        "/slow" => {
            tokio::time::sleep(Duration::from_secs(3)).await;
            axum::Json(seen).into_response()
        }
        "/binary" => {
            let every: Vec<u8> = (0..=255).collect();
            let mut response = Response::new(Body::from(every));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
            response
        }
        _ => axum::Json(seen).into_response(),
    }
}
