//! The inspector: a page at `/_inspector` with the latest exchanges, for the developer at this machine. In come exchanges,
//! out go the page, its data with secrets masked, and replays. It is served to this machine's own names only, so that no page
//! elsewhere reaches it under a name of its own.
//!
//! May import from `account`, `exchange`, `environment`.

mod curl;
mod mask;
mod view;

use crate::environment::running::{Environments, host, is_this_machine};
use crate::exchange::Exchange;
use crate::inspector::view::View;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::stream;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

pub(crate) const PATH: &str = "/_inspector";
/// How many exchanges are kept.
const KEPT: usize = 500;
/// What a page of another origin cannot set without being asked.
const OWN_HEADER: &str = "x-inspector";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Makes a request once more, by the gateway.
pub(crate) type Replay<'a> = dyn Fn(Request) -> BoxFuture<'a, Response> + Send + Sync + 'a;

/// The latest exchanges, and whoever waits for the next one.
pub(crate) struct Inspector {
    kept: Mutex<VecDeque<Arc<Exchange>>>,
    news: broadcast::Sender<Arc<Exchange>>,
    view: View,
}

impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inspector({} exchanges)", self.lock().len())
    }
}

impl Inspector {
    /// The inspector of these environments; `scheme` is that of the emulator's URL.
    pub(crate) fn new(environments: Arc<Environments>, scheme: &'static str) -> Self {
        let view = View { environments, scheme };
        Self { kept: Mutex::default(), news: broadcast::channel(KEPT).0, view }
    }

    pub(crate) fn keep(&self, exchange: Arc<Exchange>) {
        let mut kept = self.lock();
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Arc::clone(&exchange));
        drop(kept);
        // Nobody may be waiting.
        let _ = self.news.send(exchange);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Exchange>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, number: &str) -> Option<Arc<Exchange>> {
        let number: u64 = number.parse().ok()?;
        self.lock().iter().find(|exchange| exchange.number == number).cloned()
    }

    /// Answers a request below [`PATH`].
    pub(crate) async fn answer(&self, request: Request, replay: &Replay<'_>) -> Response {
        if !host(request.uri(), request.headers()).is_some_and(|host| is_this_machine(&host)) {
            let message = "the inspector is for this machine: open it by 127.0.0.1 or localhost";
            return error(StatusCode::FORBIDDEN, message);
        }
        let path = request.uri().path().strip_prefix(PATH).unwrap_or_default().to_owned();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let is_own = request.headers().contains_key(OWN_HEADER);
        match (request.method(), parts.as_slice()) {
            (&Method::GET, []) => text("text/html; charset=utf-8", include_str!("page.html")),
            (&Method::GET, ["page.css"]) => text("text/css; charset=utf-8", include_str!("page.css")),
            (&Method::GET, ["page.js"]) => text("text/javascript; charset=utf-8", include_str!("page.js")),
            (&Method::GET, ["exchanges"]) => {
                let all: Vec<Value> =
                    self.lock().iter().map(|exchange| self.view.summary(exchange)).collect();
                json_answer(StatusCode::OK, &Value::Array(all))
            }
            (&Method::GET, ["exchanges", number]) => match self.find(number) {
                Some(exchange) => json_answer(StatusCode::OK, &self.view.detail(&exchange)),
                None => error(StatusCode::NOT_FOUND, "this exchange is no longer kept"),
            },
            (&Method::GET, ["events"]) => self.events(),
            (&Method::POST, ["exchanges", number, "replay"]) if is_own => match self.find(number) {
                Some(exchange) => again(&exchange, replay).await,
                None => error(StatusCode::NOT_FOUND, "this exchange is no longer kept"),
            },
            (&Method::DELETE, ["exchanges"]) if is_own => {
                self.lock().clear();
                json_answer(StatusCode::OK, &json!({}))
            }
            _ => error(StatusCode::NOT_FOUND, "the inspector has no such page"),
        }
    }

    /// Exchanges as they end, as Server-Sent Events.
    fn events(&self) -> Response {
        let (news, view) = (self.news.subscribe(), self.view.clone());
        let events = stream::unfold((news, view), async |(mut news, view)| {
            loop {
                match news.recv().await {
                    Ok(exchange) => {
                        let event = format!("data: {}\n\n", view.summary(&exchange));
                        return Some((Ok::<_, std::io::Error>(event), (news, view)));
                    }
                    // A slow page misses some; it finds them when it asks for all.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        });
        let mut response = text("text/event-stream", "");
        *response.body_mut() = Body::from_stream(events);
        response
    }
}

/// Makes a request once more, as it came.
async fn again(exchange: &Exchange, replay: &Replay<'_>) -> Response {
    if !exchange.request.is_whole() || exchange.status == 101 {
        return error(StatusCode::CONFLICT, "only a request whose whole body is kept can be made again");
    }
    let mut request = Request::new(Body::from(exchange.request.body.clone()));
    *request.method_mut() = exchange.method.clone();
    *request.uri_mut() = exchange.uri.clone();
    *request.headers_mut() = exchange.request.headers.clone();
    let answer = replay(request).await;
    let status = answer.status().as_u16();
    // An endless answer ends with the part that is kept.
    let _ = axum::body::to_bytes(answer.into_body(), 1 << 20).await;
    json_answer(StatusCode::OK, &json!({"status": status}))
}

fn text(media_type: &'static str, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn json_answer(status: StatusCode, value: &Value) -> Response {
    let mut response = text("application/json", "");
    *response.status_mut() = status;
    *response.body_mut() = Body::from(value.to_string());
    response
}

fn error(status: StatusCode, message: &str) -> Response {
    json_answer(status, &json!({"error": message}))
}
