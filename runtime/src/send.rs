//! One call, from the parts of a request to the whole answer. Everything that does not depend on the answer's type
//! happens here, once, not in generated code.

use crate::request::Parts;
use crate::transport::{Body, TransportError};
use crate::{Error, GatewayError, Reply, RequestError, path};
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderValue, Method};
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

pub(crate) async fn send(mut parts: Parts) -> Result<Reply, Fault> {
    let service = parts.service.clone();
    let gateway = service.gateway().inner();
    let operation = parts.operation;
    let timeout = parts.timeout.unwrap_or(gateway.timeout);
    let request = build(&mut parts).map_err(Fault::Request)?;
    let path = request.uri().path().to_owned();
    let exchange = async {
        let response = gateway.transport.send(request).await?;
        let (head, body) = response.into_parts();
        let body = body.collect().await?;
        Ok(Reply::new(head, body, operation, path))
    };
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(Fault::Transport(TransportError::new("calls need a Tokio runtime with time enabled")));
    }
    let reply = match tokio::time::timeout(timeout, exchange).await {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => return Err(Fault::Transport(error)),
        Err(_) => return Err(Fault::Timeout(timeout)),
    };
    judge(reply, gateway.endpoint.direct)
}

fn build(parts: &mut Parts) -> Result<http::Request<Body>, RequestError> {
    if let Some(error) = parts.error.take() {
        return Err(error);
    }
    let mut url = parts.service.url(&path::expand(parts.operation.path, &parts.path)?);
    for (index, pair) in parts.query.iter().enumerate() {
        url.push(if index == 0 { '?' } else { '&' });
        url.push_str(pair);
    }
    let invalid = |error: &dyn std::fmt::Display| RequestError::Http(error.to_string());
    let method = Method::from_bytes(parts.operation.method.as_str().as_bytes()).map_err(|e| invalid(&e))?;
    let body = parts.body.take().map_or_else(Body::empty, Body::from);
    let mut request = http::Request::builder().method(method).uri(url).body(body).map_err(|e| invalid(&e))?;
    *request.headers_mut() = std::mem::take(&mut parts.headers);
    if !parts.cookies.is_empty() {
        let cookies = HeaderValue::try_from(parts.cookies.join("; ")).map_err(|e| invalid(&e))?;
        request.headers_mut().insert(COOKIE, cookies);
    }
    if let Some(authorization) = &parts.service.gateway().inner().authorization {
        request.headers_mut().insert(AUTHORIZATION, authorization.clone());
    }
    Ok(request)
}

/// Tells success from error, and the gateway's answers from the service's.
fn judge(reply: Reply, direct: bool) -> Result<Reply, Fault> {
    if reply
        .pattern(reply.operation().success)
        .is_some_and(|found| found != "default" || reply.status().is_success())
    {
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
