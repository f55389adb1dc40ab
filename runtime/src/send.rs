//! One call, from the parts of a request to the whole answer. Everything that does not depend on the answer's type
//! happens here, once, not in generated code.

use crate::request::Parts;
use crate::retry;
use crate::transport::{Body, TransportError};
use crate::{Error, GatewayError, Reply, RequestError, path};
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderValue, Method};
use std::future::Future;
use std::time::Duration;

/// The header by which the gateway says that the service answered.
const UPSTREAM_STATUS: &str = "x-cloudbase-upstream-status-code";

/// Why a call has no documented success, before the operation's own error type comes in.
#[derive(Debug)]
pub(crate) enum Fault {
    Service(Reply),
    Unexpected(Reply),
    Gateway(GatewayError),
    Timeout(Duration),
    Transport(TransportError),
    Request(RequestError),
}

impl Fault {
    /// The answer, if there was one.
    pub(crate) fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Service(reply) | Self::Unexpected(reply) => Some(reply),
            Self::Gateway(error) => Some(error.reply()),
            Self::Timeout(_) | Self::Transport(_) | Self::Request(_) => None,
        }
    }

    /// The public error, the service's answer read as one of the documented errors.
    pub(crate) fn into_typed<E>(self, read_error: crate::body::Read<E>) -> Error<E> {
        match self {
            Self::Service(reply) => match read_error(&reply) {
                Ok(error) => Error::Service { error, reply },
                Err(error) => Error::Decode { error, reply },
            },
            fault => fault.into_error(),
        }
    }

    /// The public error. [`Fault::Service`] becomes [`Error::Unexpected`]: who reads error bodies takes it out before.
    pub(crate) fn into_error<E>(self) -> Error<E> {
        match self {
            Self::Service(reply) | Self::Unexpected(reply) => Error::Unexpected { reply },
            Self::Gateway(error) => Error::Gateway(error),
            Self::Timeout(after) => Error::Timeout { after },
            Self::Transport(error) => Error::Transport(error),
            Self::Request(error) => Error::Request(error),
        }
    }
}

/// The whole answer of a documented success. A call that fails is made again where the policy says so.
pub(crate) async fn send(parts: Parts) -> Result<Reply, Fault> {
    let gateway = parts.service.gateway().clone();
    let gateway = gateway.inner();
    let timeout = parts.timeout.unwrap_or(gateway.timeout);
    let direct = gateway.endpoint.direct;
    let attempt = || async {
        let Opened { head, body } = exchange(&parts).await?;
        let body = body.collect().await.map_err(Fault::Transport)?;
        judge(head.with_body(body), direct)
    };
    limited(timeout, async {
        if !parts.body.is_repeatable() {
            return attempt().await;
        }
        let world = retry::Real::now();
        retry::repeat(&gateway.retry, &world, timeout, parts.is_safe(), attempt).await
    })
    .await
}

/// An answer whose body has not been read.
pub(crate) struct Opened {
    pub(crate) head: Reply,
    pub(crate) body: Body,
}

/// The head of a documented success, and its body as it arrives. The time limit ends with the head.
pub(crate) async fn open(parts: &Parts) -> Result<Opened, Fault> {
    let timeout = parts.timeout.unwrap_or(parts.service.gateway().inner().timeout);
    let direct = parts.service.gateway().inner().endpoint.direct;
    let opening = async {
        let Opened { head, body } = exchange(parts).await?;
        if is_success(&head) {
            return Ok(Opened { head, body });
        }
        let body = body.collect().await.map_err(Fault::Transport)?;
        // What is no success is a fault, whatever its body holds.
        let head = judge(head.with_body(body), direct)?;
        Ok(Opened { head, body: Body::empty() })
    };
    limited(timeout, opening).await
}

async fn limited<T>(timeout: Duration, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(Fault::Transport(TransportError::new("calls need a Tokio runtime with time enabled")));
    }
    tokio::time::timeout(timeout, call).await.unwrap_or(Err(Fault::Timeout(timeout)))
}

async fn exchange(parts: &Parts) -> Result<Opened, Fault> {
    let service = parts.service.clone();
    let request = build(parts).map_err(Fault::Request)?;
    let path = request.uri().path().to_owned();
    let response = service.gateway().inner().transport.send(request).await.map_err(Fault::Transport)?;
    let (head, body) = response.into_parts();
    Ok(Opened { head: Reply::new(head, bytes::Bytes::new(), parts.operation, path), body })
}

fn build(parts: &Parts) -> Result<http::Request<Body>, RequestError> {
    if let Some(error) = &parts.error {
        return Err(error.clone());
    }
    let (mut headers, mut query, mut cookies) =
        (parts.headers.clone(), parts.query.clone(), parts.cookies.clone());
    let direct = parts.service.gateway().inner().endpoint.direct;
    let schemes = parts.operation.security;
    parts.service.secrets().apply(schemes, direct, &mut headers, &mut query, &mut cookies)?;
    let mut url = match &parts.written {
        Some(path) => parts.service.url(path),
        None => parts.service.url(&path::expand(parts.operation.path, &parts.path)?),
    };
    for (index, pair) in query.iter().enumerate() {
        url.push(if index == 0 { '?' } else { '&' });
        url.push_str(pair);
    }
    let invalid = |error: &dyn std::fmt::Display| RequestError::Http(error.to_string());
    let method = Method::from_bytes(parts.operation.method.as_str().as_bytes()).map_err(|e| invalid(&e))?;
    let body = parts.body.next();
    let mut request = http::Request::builder().method(method).uri(url).body(body).map_err(|e| invalid(&e))?;
    *request.headers_mut() = headers;
    // Layers and mocks may want to know what is called.
    if parts.written.is_none() {
        request.extensions_mut().insert(parts.operation);
    }
    if !cookies.is_empty() {
        let cookies = HeaderValue::try_from(cookies.join("; ")).map_err(|e| invalid(&e))?;
        request.headers_mut().insert(COOKIE, cookies);
    }
    if let Some(authorization) = &parts.service.gateway().inner().authorization {
        // A direct call may carry the service's own instead.
        if !(direct && request.headers().contains_key(AUTHORIZATION)) {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
    }
    Ok(request)
}

/// Tells success from error, and the gateway's answers from the service's.
fn judge(reply: Reply, direct: bool) -> Result<Reply, Fault> {
    if is_success(&reply) {
        return Ok(reply);
    }
    if reply.status().is_success() {
        return Err(Fault::Unexpected(reply));
    }
    let upstream = reply.headers().get(UPSTREAM_STATUS).map(HeaderValue::as_bytes);
    if direct || upstream == Some(reply.status().as_str().as_bytes()) {
        Err(Fault::Service(reply))
    } else {
        Err(Fault::Gateway(GatewayError::new(reply)))
    }
}

fn is_success(reply: &Reply) -> bool {
    let found = reply.pattern(reply.operation().success);
    found.is_some_and(|found| found != "default" || reply.status().is_success())
}

/// The connection of a WebSocket, and the head of the answer that opened it.
#[cfg(feature = "websocket")]
pub(crate) async fn upgrade(parts: &Parts) -> Result<(Reply, Box<dyn crate::transport::Connection>), Fault> {
    use crate::transport::Upgrade;
    use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
    use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
    let service = parts.service.clone();
    let gateway = service.gateway().inner();
    let timeout = parts.timeout.unwrap_or(gateway.timeout);
    let key = generate_key();
    let opening = async {
        let mut request = build(parts).map_err(Fault::Request)?;
        let path = request.uri().path().to_owned();
        let headers = request.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        if let Ok(key) = HeaderValue::try_from(&key) {
            headers.insert(SEC_WEBSOCKET_KEY, key);
        }
        match gateway.transport.upgrade(request).await.map_err(Fault::Transport)? {
            Upgrade::Switched(head, connection) => {
                let reply = Reply::new(head.into_parts().0, bytes::Bytes::new(), parts.operation, path);
                let accepted = reply.headers().get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
                if accepted == Some(derive_accept_key(key.as_bytes()).as_bytes()) {
                    return Ok((reply, connection));
                }
                let message =
                    "the answer is not that of a WebSocket: its `Sec-WebSocket-Accept` does not fit the key";
                Err(Fault::Transport(TransportError::new(message)))
            }
            Upgrade::Refused(response) => {
                let (head, body) = response.into_parts();
                let body = body.collect().await.map_err(Fault::Transport)?;
                let reply = Reply::new(head, body, parts.operation, path);
                Err(match judge(reply, gateway.endpoint.direct) {
                    Ok(reply) => Fault::Unexpected(reply),
                    Err(fault) => fault,
                })
            }
        }
    };
    limited(timeout, opening).await
}
