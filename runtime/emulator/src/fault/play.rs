//! What each fault does to a request and its answer.

use crate::answer::{self, Refusal};
use crate::environment::Running;
use crate::fault::Fault;
use crate::gateway::{Shared, respond};
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

pub(crate) async fn faulty(
    shared: &Shared,
    environment: &Running,
    connection: &Arc<Connection>,
    request: Request,
    fault: Fault,
    request_id: &str,
) -> Response {
    let status_of = |status: u16| StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match fault {
        Fault::Delay(time) => {
            sleep(time).await;
            respond(shared, environment, request, request_id).await
        }
        Fault::ResetBefore => {
            connection.reset();
            Response::new(Body::empty())
        }
        Fault::ResetAfter => {
            let response = respond(shared, environment, request, request_id).await;
            connection.reset();
            response
        }
        Fault::Garbage => {
            connection.garble();
            Response::new(Body::empty())
        }
        Fault::GoAway => {
            connection.leaving.notify_one();
            let is_http1 = request.version() < axum::http::Version::HTTP_2;
            let mut response = respond(shared, environment, request, request_id).await;
            if is_http1 {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
        Fault::Half => {
            cut(respond(shared, environment, request, request_id).await, |length| length / 2).await
        }
        Fault::WrongLength => {
            let response = respond(shared, environment, request, request_id).await;
            cut(response, |length| length.saturating_sub(1)).await
        }
        Fault::Slow(pause) => {
            let (head, body) = respond(shared, environment, request, request_id).await.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            let bytes = stream::iter(bytes).then(move |byte| async move {
                sleep(pause).await;
                Ok::<_, io::Error>(Bytes::from(vec![byte]))
            });
            Response::from_parts(head, Body::from_stream(bytes))
        }
        Fault::Status { status, retry_after } => {
            Refusal::bare(status_of(status), retry_after).into_response(request_id)
        }
        Fault::Code { status, code } => {
            Refusal::new(status_of(status), &code, "A fault that was asked for.").into_response(request_id)
        }
        Fault::Service { status } => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = status_of(status);
            answer::from_service(response, request.method(), request_id)
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
