//! What the gateway does with a request: plays the fault that waits for it, checks origin, credential, rights and limits,
//! hands the request to the service, and marks the answer.

use crate::account::{Accounts, BadToken, Caller};
use crate::answer::{self, Refusal};
use crate::fault::{FAULT_HEADER, Fault, Faults};
use crate::origin::{self, Origins};
use crate::signature::Claim;
use crate::upstream::Upstream;
use crate::wire::Connection;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use cloudrun_runtime::ServiceName;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{sleep, timeout};

const PREFIX: &str = "/v1/cloudrun/";
/// The longest body of a request that signs in.
const SIGN_IN_SIZE: usize = 64 << 10;

type Rule = dyn Fn(&Caller) -> bool + Send + Sync;

/// A service behind the gateway, and who may call it.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) upstream: Upstream,
    pub(crate) rule: Option<Arc<Rule>>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({:?})", self.upstream)
    }
}

/// What the gateway allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) request_size: u64,
    pub(crate) request_time: Duration,
    pub(crate) requests_at_once: usize,
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) services: HashMap<String, Service>,
    pub(crate) accounts: Accounts,
    pub(crate) origins: Origins,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) counts: Arc<Counts>,
    pub(crate) client: reqwest::Client,
    pub(crate) running: AtomicUsize,
}

/// How often the gateway was asked for what.
#[derive(Debug, Default)]
pub struct Counts {
    pub(crate) requests: AtomicU64,
    pub(crate) passed_on: AtomicU64,
    pub(crate) sign_ins: AtomicU64,
    pub(crate) refreshes: AtomicU64,
    pub(crate) connections: AtomicU64,
    pub(crate) open_connections: AtomicU64,
}

impl Counts {
    /// Requests of any kind.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Requests that a service has seen.
    pub fn passed_on(&self) -> u64 {
        self.passed_on.load(Ordering::Relaxed)
    }

    /// Requests that sign in.
    pub fn sign_ins(&self) -> u64 {
        self.sign_ins.load(Ordering::Relaxed)
    }

    /// Requests that renew a session.
    pub fn refreshes(&self) -> u64 {
        self.refreshes.load(Ordering::Relaxed)
    }

    /// Connections since the start.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Connections that are open now.
    pub fn open_connections(&self) -> u64 {
        self.open_connections.load(Ordering::Relaxed)
    }
}

/// Answers a request that came over a connection.
pub(crate) async fn handle(shared: &Shared, connection: &Arc<Connection>, mut request: Request) -> Response {
    let number = shared.counts.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let request_id = format!("emulator-{number:08}");
    let mut head = axum::http::Request::new(());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.headers_mut() = request.headers().clone();
    let fault = shared.faults.of(&head);
    request.headers_mut().remove(FAULT_HEADER);
    let response = match fault {
        None => respond(shared, request, &request_id).await,
        Some(fault) => faulty(shared, connection, request, fault, &request_id).await,
    };
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        connection.upgraded();
    }
    origin::allow(&shared.origins, &head, response)
}

async fn faulty(
    shared: &Shared,
    connection: &Arc<Connection>,
    request: Request,
    fault: Fault,
    request_id: &str,
) -> Response {
    let status_of = |status: u16| StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match fault {
        Fault::Delay(time) => {
            sleep(time).await;
            respond(shared, request, request_id).await
        }
        Fault::ResetBefore => {
            connection.reset();
            Response::new(Body::empty())
        }
        Fault::ResetAfter => {
            let response = respond(shared, request, request_id).await;
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
            let mut response = respond(shared, request, request_id).await;
            if is_http1 {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
        Fault::Half => cut(respond(shared, request, request_id).await, |length| length / 2).await,
        Fault::WrongLength => {
            let response = respond(shared, request, request_id).await;
            cut(response, |length| length.saturating_sub(1)).await
        }
        Fault::Slow(pause) => {
            let (head, body) = respond(shared, request, request_id).await.into_parts();
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

/// The answer of a gateway that works.
async fn respond(shared: &Shared, request: Request, request_id: &str) -> Response {
    let method = request.method().clone();
    if let Some(preflight) = origin::preflight(&shared.origins, &request) {
        return preflight.unwrap_or_else(|refusal| refusal.into_response(request_id));
    }
    if let Err(refusal) = origin::check(&shared.origins, &request) {
        return refusal.into_response(request_id);
    }
    if let Some(path) = request.uri().path().strip_prefix("/auth/v1/") {
        let path = path.to_owned();
        return sign_in(shared, &path, request, request_id).await;
    }
    match forward(shared, request, request_id).await {
        Ok(response) => answer::from_service(response, &method, request_id),
        Err(refusal) => refusal.into_response(request_id),
    }
}

async fn sign_in(shared: &Shared, path: &str, request: Request, request_id: &str) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, SIGN_IN_SIZE).await.unwrap_or_default();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let accounts = &shared.accounts;
    let device = head.headers.get("x-device-id").and_then(|value| value.to_str().ok());
    let count = |counter: &AtomicU64| counter.fetch_add(1, Ordering::Relaxed);
    let result = match (head.method, path) {
        (Method::POST, "signin") => {
            count(&shared.counts.sign_ins);
            accounts.sign_in(&body)
        }
        (Method::POST, "signin/anonymously") => {
            count(&shared.counts.sign_ins);
            accounts.sign_in_anonymously(device)
        }
        (Method::POST, "token") => {
            count(&shared.counts.refreshes);
            accounts.token(&body)
        }
        _ => return Refusal::no_route().into_response(request_id),
    };
    match result {
        Ok(tokens) => answer::json(StatusCode::OK, &tokens, request_id),
        Err((status, error, description)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            let body = serde_json::json!({
                "error": error, "error_code": status.as_u16(), "error_description": description,
            });
            answer::json(status, &body, request_id)
        }
    }
}

async fn forward(shared: &Shared, request: Request, request_id: &str) -> Result<Response, Refusal> {
    let (name, path) = route(request.uri())?;
    let limit = shared.limits.request_size;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > limit) {
        return Err(Refusal::too_large(limit));
    }
    let (caller, request) = authorize(&shared.accounts, request, limit).await?;
    let service = shared.services.get(&name).ok_or_else(|| Refusal::service_not_found(&name))?;
    if service.rule.as_ref().is_some_and(|rule| !rule(&caller)) {
        let message = format!("This caller may not call the service `{name}`.");
        return Err(Refusal::new(StatusCode::FORBIDDEN, "SERVICE_FORBIDDEN", message));
    }
    let _place = Place::take(shared)?;
    let (mut head, body) = request.into_parts();
    head.uri = path;
    if let Ok(value) = request_id.parse() {
        head.headers.insert("x-request-id", value);
    }
    let (body, is_too_large) = limited(body, limit);
    shared.counts.passed_on.fetch_add(1, Ordering::Relaxed);
    let call = service.upstream.call(&shared.client, Request::from_parts(head, body));
    let result = timeout(shared.limits.request_time, call).await.unwrap_or_else(|_| {
        let message = format!("The service did not answer within {:?}.", shared.limits.request_time);
        Err(Refusal::new(StatusCode::GATEWAY_TIMEOUT, "SERVICE_TIMEOUT", message))
    });
    if is_too_large.load(Ordering::Relaxed) { Err(Refusal::too_large(limit)) } else { result }
}

/// A request that is under way.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(shared: &'a Shared) -> Result<Self, Refusal> {
        let before = shared.running.fetch_add(1, Ordering::AcqRel);
        let place = Self(&shared.running);
        if before < shared.limits.requests_at_once {
            return Ok(place);
        }
        let message = "Too many requests at the same time.";
        Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "EXCEED_CONCURRENT_REQUEST_LIMIT", message))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The body, which breaks off where it becomes larger than allowed, and whether it has.
fn limited(body: Body, limit: u64) -> (Body, Arc<AtomicBool>) {
    let is_too_large = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_too_large);
    let mut left = limit;
    let pieces = body.into_data_stream().map_err(io::Error::other).map(move |piece| {
        let piece = piece?;
        match left.checked_sub(piece.len() as u64) {
            Some(rest) => {
                left = rest;
                Ok(piece)
            }
            None => {
                seen.store(true, Ordering::Relaxed);
                Err(io::Error::other("the body is larger than the gateway takes"))
            }
        }
    });
    (Body::from_stream(pieces), is_too_large)
}

/// The service's name and its own path and query, untouched.
fn route(uri: &Uri) -> Result<(String, Uri), Refusal> {
    let rest = uri.path().strip_prefix(PREFIX).ok_or_else(Refusal::no_route)?;
    let (name, path) = match rest.find('/') {
        Some(slash) => (&rest[..slash], &rest[slash..]),
        None => (rest, "/"),
    };
    if !ServiceName::is_valid(name) {
        return Err(Refusal::bad_name(name));
    }
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    target.parse().map(|path| (name.to_owned(), path)).map_err(|_| Refusal::no_route())
}

/// Who calls. A signed request is read whole, since its body is signed too.
async fn authorize(accounts: &Accounts, request: Request, limit: u64) -> Result<(Caller, Request), Refusal> {
    let value =
        request.headers().get(AUTHORIZATION).ok_or_else(|| Refusal::unauthorized("MISSING_CREDENTIALS"))?;
    let value = value.to_str().unwrap_or_default().to_owned();
    if let Some(token) = value.strip_prefix("Bearer ") {
        let caller = accounts.holder(token).map_err(|bad| {
            Refusal::unauthorized(match bad {
                BadToken::Credentials => "INVALID_CREDENTIALS",
                BadToken::Invalid => "ACCESS_TOKEN_INVALID",
                BadToken::Expired => "ACCESS_TOKEN_EXPIRED",
                BadToken::KeyId => "ACCESS_TOKEN_KID_INVALID",
            })
        })?;
        return Ok((caller, request));
    }
    let failed = || Refusal::unauthorized("AUTHENTICATION_FAILED");
    let claim = Claim::read(&value).ok_or_else(|| Refusal::unauthorized("INVALID_CREDENTIALS"))?;
    let secret_key = accounts.key_pairs.get(claim.secret_id).ok_or_else(failed)?;
    let (head, body) = request.into_parts();
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let body = axum::body::to_bytes(body, most).await.map_err(|_| Refusal::too_large(limit))?;
    if !claim.is_of(secret_key, &head, &body) {
        return Err(failed());
    }
    let caller = Caller::Signature { secret_id: claim.secret_id.to_owned() };
    Ok((caller, Request::from_parts(head, Body::from(body))))
}
