//! One call, from the parts of a request to the whole answer. Everything that does not depend on the answer's type
//! happens here, once, not in generated code.

#[cfg(feature = "websocket")]
mod upgrade;

#[cfg(feature = "websocket")]
pub(crate) use upgrade::{Socket, SocketConnection, upgrade};

use crate::credential::Outgoing;
use crate::gateway::Inner as GatewayInner;
use crate::limits::ERROR_SIZE;
use crate::request::Parts;
use crate::trace::CallSpan;
use crate::transport::{Body, TransportError};
use crate::{
    CallInfo, CallReport, CredentialError, Error, GatewayError, Reply, RequestError, path, retry, rt,
};
use http::header::{AUTHORIZATION, COOKIE, LOCATION};
use http::{HeaderValue, Method, StatusCode};
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The header by which the gateway says that the service answered.
const UPSTREAM_STATUS: &str = "x-cloudbase-upstream-status-code";
/// How many redirects one request follows.
const REDIRECTS: u32 = 5;

/// Why an attempt has no documented success, before the operation's own error type comes in.
#[derive(Debug)]
pub(crate) enum Fault {
    Service(Reply),
    Unexpected(Reply),
    TooLarge(usize, Reply),
    Gateway(GatewayError),
    Timeout(Duration),
    Transport(TransportError),
    Credential(CredentialError),
    Request(RequestError),
}

impl Fault {
    /// The answer, if there was one.
    pub(crate) fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Service(reply) | Self::Unexpected(reply) | Self::TooLarge(_, reply) => Some(reply),
            Self::Gateway(error) => Some(error.reply()),
            Self::Timeout(_) | Self::Transport(_) | Self::Credential(_) | Self::Request(_) => None,
        }
    }

    fn reply_mut(&mut self) -> Option<&mut Reply> {
        match self {
            Self::Service(reply) | Self::Unexpected(reply) | Self::TooLarge(_, reply) => Some(reply),
            Self::Gateway(error) => Some(error.reply_mut()),
            Self::Timeout(_) | Self::Transport(_) | Self::Credential(_) | Self::Request(_) => None,
        }
    }

    /// The kind of the error in one word.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Service(_) => "service",
            Self::Unexpected(_) => "unexpected",
            Self::TooLarge(..) => "too_large",
            Self::Gateway(_) => "gateway",
            Self::Timeout(_) => "timeout",
            Self::Transport(_) => "transport",
            Self::Credential(_) => "credential",
            Self::Request(_) => "request",
        }
    }
}

/// A call that has failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) fault: Fault,
    pub(crate) call: CallInfo,
}

impl Failure {
    /// The public error, the service's answer read as one of the documented errors.
    pub(crate) fn into_typed<E>(self, read_error: crate::body::Read<E>) -> Error<E> {
        match self.fault {
            Fault::Service(reply) => match read_error(&reply) {
                Ok(error) => Error::Service { error, reply },
                Err(error) => Error::Decode { error, reply },
            },
            _ => self.into_error(),
        }
    }

    /// The public error. [`Fault::Service`] becomes [`Error::Unexpected`]: who reads error bodies takes it out before.
    pub(crate) fn into_error<E>(self) -> Error<E> {
        let call = self.call;
        match self.fault {
            Fault::Service(reply) | Fault::Unexpected(reply) => Error::Unexpected { reply },
            Fault::TooLarge(limit, reply) => Error::TooLarge { limit, reply },
            Fault::Gateway(error) => Error::Gateway(error),
            Fault::Timeout(after) => Error::Timeout { after, call },
            Fault::Transport(error) => Error::Transport { error, call },
            Fault::Credential(error) => Error::Credential { error, call },
            Fault::Request(error) => Error::Request { error, call },
        }
    }
}

/// How much of the answer a call waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Head,
    End,
}

/// An answer whose body may not have been read.
pub(crate) struct Opened {
    pub(crate) head: Reply,
    pub(crate) body: Body,
}

/// The whole answer of a documented success. A call that fails is made again where the policy says so.
pub(crate) async fn send(parts: Parts) -> Result<Reply, Failure> {
    call(&parts, || attempt(&parts, Until::End), |opened| &mut opened.head).await.map(|opened| opened.head)
}

/// The head of a documented success, and its body as it arrives. The time limit ends with the head.
pub(crate) async fn open(parts: &Parts) -> Result<Opened, Failure> {
    call(parts, || attempt(parts, Until::Head), |opened| &mut opened.head).await
}

/// Makes attempts within the call's time, and tells what became of them.
async fn call<T, F: Future<Output = Result<T, Fault>>>(
    parts: &Parts,
    attempt: impl Fn() -> F,
    reply: impl Fn(&mut T) -> &mut Reply,
) -> Result<T, Failure> {
    let service = &parts.service;
    let gateway = service.gateway().inner();
    let limit = parts.timeout.unwrap_or(gateway.timeout);
    let policy = parts.retry.as_ref().unwrap_or(&gateway.retry);
    let span = CallSpan::new(parts);
    let made = AtomicU32::new(0);
    if !rt::is_there() {
        let error = TransportError::new("calls need a Tokio runtime with time enabled");
        return Err(Failure { fault: Fault::Transport(error), call: parts.call_info(0) });
    }
    let world = retry::Real::now();
    let attempt = async || {
        let number = made.fetch_add(1, Ordering::Relaxed);
        span.attempt(number);
        match policy.attempt_timeout() {
            Some(time) => rt::within(time, attempt()).await.unwrap_or(Err(Fault::Timeout(time))),
            None => attempt().await,
        }
    };
    let attempts = async {
        if parts.body.is_repeatable() {
            retry::repeat(policy, &world, limit, parts.is_safe(), attempt).await
        } else {
            attempt().await
        }
    };
    let mut result = rt::within(limit, span.around(attempts)).await.unwrap_or(Err(Fault::Timeout(limit)));
    let call = parts.call_info(made.into_inner());
    let head = match &mut result {
        Ok(value) => Some(reply(value)),
        Err(fault) => fault.reply_mut(),
    };
    let (mut status, mut request_id) = (None, None);
    if let Some(head) = head {
        head.with_call(&call);
        (status, request_id) = (Some(head.status()), head.request_id().map(str::to_owned));
    }
    let fault = result.as_ref().err().map(Fault::kind);
    span.end(status, request_id.as_deref(), fault, call.attempts());
    if let Some(observer) = &gateway.observer {
        let elapsed = retry::World::elapsed(&world);
        observer(&CallReport {
            service: service.name().as_str(),
            call: &call,
            status,
            error: fault,
            elapsed,
        });
    }
    result.map_err(|fault| Failure { fault, call })
}

async fn attempt(parts: &Parts, until: Until) -> Result<Opened, Fault> {
    let gateway = parts.service.gateway().inner();
    let permit = gateway.limits.enter().await;
    let Opened { head, body } = exchange(parts, gateway).await?;
    let body = gateway.limits.guard(body, permit);
    let is_success = is_success(&head);
    if until == Until::Head && is_success {
        return Ok(Opened { head, body });
    }
    let limit =
        if is_success { gateway.limits.response_size } else { ERROR_SIZE.min(gateway.limits.response_size) };
    let length =
        head.headers().get(http::header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if is_success && length.is_some_and(|length: usize| length > limit) {
        return Err(Fault::TooLarge(limit, head));
    }
    let body = body.collect_up_to(limit).await.map_err(Fault::Transport)?;
    if is_success && !body.is_whole {
        return Err(Fault::TooLarge(limit, head));
    }
    let head = judge(head.with_body(body.bytes), gateway.endpoint.direct)?;
    Ok(Opened { head, body: Body::empty() })
}

/// One request and its answer: authorized, once more if the token was refused, and led on to where the service moved.
async fn exchange(parts: &Parts, gateway: &GatewayInner) -> Result<Opened, Fault> {
    let direct = gateway.endpoint.direct;
    let mut target = None;
    let (mut redirects, mut is_second) = (0, false);
    loop {
        let request = build(parts, target.as_deref()).map_err(Fault::Request)?;
        let path = request.uri().path().to_owned();
        let (request, used) = authorized(gateway, request).await?;
        let secrets = request.headers().values().filter(|value| value.is_sensitive()).cloned().collect();
        let response = gateway.transport.send(request).await.map_err(Fault::Transport)?;
        let (head, body) = response.into_parts();
        let head = Reply::new(head, bytes::Bytes::new(), parts.call_info_at(path, 1), secrets);
        if head.status() == StatusCode::UNAUTHORIZED
            && !is_second
            && (direct || !is_from_service(&head))
            && let (Some(authority), Some(used)) = (&gateway.authority, &used)
            && authority.refused(used)
            && parts.body.is_repeatable()
        {
            is_second = true;
            continue;
        }
        match redirect(parts, &head).filter(|_| redirects < REDIRECTS) {
            Some(next) => {
                redirects += 1;
                target = Some(next);
            }
            None => return Ok(Opened { head, body }),
        }
    }
}

/// The request with its `Authorization`, and what that is if it came from the gateway's credential.
async fn authorized(
    gateway: &GatewayInner,
    request: http::Request<Body>,
) -> Result<(http::Request<Body>, Option<HeaderValue>), Fault> {
    let Some(authority) = &gateway.authority else { return Ok((request, None)) };
    // A direct call may carry the service's own instead.
    if gateway.endpoint.direct && request.headers().contains_key(AUTHORIZATION) {
        return Ok((request, None));
    }
    let (mut head, body) = request.into_parts();
    let outgoing =
        Outgoing { method: &head.method, uri: &head.uri, headers: &mut head.headers, body: body.to_bytes() };
    let value = authority.authorize(outgoing, &gateway.auth_api).await.map_err(Fault::Credential)?;
    head.headers.insert(AUTHORIZATION, value.clone());
    Ok((http::Request::from_parts(head, body), Some(value)))
}

/// Where the service has moved to, if the same request may be made there: of the same service, by a method that changes
/// nothing, and not if the document says what such an answer means. The token goes nowhere else.
fn redirect(parts: &Parts, head: &Reply) -> Option<String> {
    let status = head.status().as_u16();
    let method = parts.operation.method.as_str();
    if !matches!(status, 301 | 302 | 303 | 307 | 308) || !matches!(method, "GET" | "HEAD") || is_success(head)
    {
        return None;
    }
    let location = head.headers().get(LOCATION)?.to_str().ok()?;
    let prefix = parts.service.url("");
    let base = &parts.service.gateway().inner().endpoint.base;
    // The service knows its own paths, not the gateway's.
    let rest = match location.strip_prefix(prefix.as_str()) {
        Some(rest) => rest,
        None if location.starts_with('/') && !location.starts_with("//") => {
            let inside = prefix.strip_prefix(base.as_str()).unwrap_or_default();
            location.strip_prefix(inside).filter(|rest| rest.starts_with('/')).unwrap_or(location)
        }
        None => return None,
    };
    let rest = rest.split('#').next().filter(|rest| rest.starts_with('/'))?;
    let written = path::written(rest).ok()?;
    let query = written.query.map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{prefix}{}{query}", written.path))
}

fn build(parts: &Parts, target: Option<&str>) -> Result<http::Request<Body>, RequestError> {
    if let Some(error) = &parts.error {
        return Err(error.clone());
    }
    let (mut headers, mut query, mut cookies) =
        (parts.headers.clone(), parts.query.clone(), parts.cookies.clone());
    let direct = parts.service.gateway().inner().endpoint.direct;
    let schemes = parts.operation.security;
    parts.service.secrets().apply(schemes, direct, &mut headers, &mut query, &mut cookies)?;
    let url = match target {
        Some(target) => target.to_owned(),
        None => {
            let mut url = parts.service.url(&parts.path()?);
            for (index, pair) in query.iter().enumerate() {
                url.push(if index == 0 { '?' } else { '&' });
                url.push_str(pair);
            }
            url
        }
    };
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
    crate::trace::propagate(request.headers_mut());
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
    if direct || is_from_service(&reply) {
        Err(Fault::Service(reply))
    } else {
        Err(Fault::Gateway(GatewayError::new(reply)))
    }
}

fn is_from_service(reply: &Reply) -> bool {
    let upstream = reply.headers().get(UPSTREAM_STATUS).map(HeaderValue::as_bytes);
    upstream == Some(reply.status().as_str().as_bytes())
}

fn is_success(reply: &Reply) -> bool {
    let found = reply.pattern(reply.operation().success);
    found.is_some_and(|found| found != "default" || reply.status().is_success())
}
