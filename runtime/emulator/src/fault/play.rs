//! What each fault does to a request and its answer.

use super::Fault;
use crate::answer;
use crate::answer::Refusal;
use crate::wire::Connection;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

impl Fault {
    /// The answer to a request with this fault; `respond` is the gateway that works.
    pub(crate) async fn play<F: Future<Output = Response>>(
        self,
        connection: &Arc<Connection>,
        request: Request,
        request_id: &str,
        respond: impl FnOnce(Request) -> F,
    ) -> Response {
        let status_of =
            |status: u16| StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self {
            Self::Delay(time) => {
                sleep(time).await;
                respond(request).await
            }
            Self::ResetBefore => {
                connection.reset();
                Response::new(Body::empty())
            }
            Self::ResetAfter => {
                let response = respond(request).await;
                connection.reset();
                response
            }
            Self::Garbage => {
                connection.garble();
                Response::new(Body::empty())
            }
            Self::GoAway => {
                connection.leaving.notify_one();
                let is_http1 = request.version() < axum::http::Version::HTTP_2;
                let mut response = respond(request).await;
                if is_http1 {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                response
            }
            Self::Half => cut(respond(request).await, |length| length / 2).await,
            Self::WrongLength => {
                let response = respond(request).await;
                cut(response, |length| length.saturating_sub(1)).await
            }
            Self::Slow(pause) => {
                let (head, body) = respond(request).await.into_parts();
                let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
                let bytes = stream::iter(bytes).then(move |byte| async move {
                    sleep(pause).await;
                    Ok::<_, io::Error>(Bytes::from(vec![byte]))
                });
                Response::from_parts(head, Body::from_stream(bytes))
            }
            Self::Status { status, retry_after } => {
                Refusal::bare(status_of(status), retry_after).into_response(request_id)
            }
            Self::Code { status, code } => {
                Refusal::new(status_of(status), &code, "A fault that was asked for.")
                    .into_response(request_id)
            }
            Self::Service { status } => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = status_of(status);
                answer::from_service(response, request.method(), request_id)
            }
        }
    }
}

/// The answer with its whole length in its head, and a part of its body before the connection breaks.
async fn cut(response: Response, kept: impl Fn(usize) -> usize) -> Response {
    let (mut head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    // An empty answer lacks a byte too.
    let length = bytes.len().max(1);
    head.headers.insert(CONTENT_LENGTH, length.into());
    let part = bytes.slice(..kept(length).min(bytes.len()));
    let broken = || io::Error::from(io::ErrorKind::ConnectionReset);
    let pieces = stream::iter([Ok(part)]).chain(stream::once(async move {
        // The part is sent before the connection breaks.
        sleep(Duration::from_millis(5)).await;
        Err(broken())
    }));
    Response::from_parts(head, Body::from_stream(pieces))
}
