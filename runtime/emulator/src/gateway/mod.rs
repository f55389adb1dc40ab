//! What the gateway does with a request: plays the fault that waits for it, checks origin, credential, rights and limits,
//! hands the request to the service, and marks the answer.

use crate::account::{Accounts, BadToken, Caller};
use crate::answer::{self, Refusal};
use crate::counts::Counts;
use crate::environment::{Environments, Rule, Running};
use crate::exchange::{Observer, Watch};
use crate::fault::{FAULT_HEADER, Faults};
use crate::faulty::faulty;
use crate::inspector::{self, Inspector};
use crate::limit::{Limits, limited};
use crate::signature::Claim;
use crate::upstream::Upstream;
use crate::wire::Connection;
use crate::{origin, sign_in};
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, UPGRADE};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::Response;
use cloudrun_runtime::ServiceName;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::time::timeout;

pub(crate) const PREFIX: &str = "/v1/cloudrun/";
/// Pages cannot set a header of a WebSocket; they give the token as RFC 6750, section 2.3, has it.
const TOKEN_PARAMETER: &str = "access_token=";

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

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) environments: Environments,
    pub(crate) limits: Limits,
    pub(crate) faults: Faults,
    pub(crate) counts: Arc<Counts>,
    pub(crate) client: reqwest::Client,
    pub(crate) observers: Vec<Arc<Observer>>,
    pub(crate) inspector: Option<Arc<Inspector>>,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
}

/// Answers a request that came over a connection. Whoever observes is told of it.
pub(crate) async fn handle(shared: &Arc<Shared>, connection: &Arc<Connection>, request: Request) -> Response {
    if let Some(inspector) = &shared.inspector
        && request.uri().path().starts_with(inspector::PATH)
    {
        return inspector.answer(shared, request).await;
    }
    let number = shared.counts.requests.fetch_add(1, Ordering::Relaxed) + 1;
    if shared.observers.is_empty() {
        return exchange(shared, connection, number, request, None).await;
    }
    let (mut watch, request) = Watch::begin(shared, number, request).await;
    let response = exchange(shared, connection, number, request, Some(&mut watch)).await;
    watch.answered(response)
}

async fn exchange(
    shared: &Shared,
    connection: &Arc<Connection>,
    number: u64,
    mut request: Request,
    mut watch: Option<&mut Watch>,
) -> Response {
    let request_id = format!("emulator-{number:08}");
    let Some(environment) = shared.environments.of(request.uri(), request.headers()) else {
        return Refusal::no_environment().into_response(&request_id);
    };
    if let Some(watch) = &mut watch {
        watch.in_environment(environment.id());
    }
    let mut head = axum::http::Request::new(());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.headers_mut() = request.headers().clone();
    let fault = shared.faults.of(&head);
    request.headers_mut().remove(FAULT_HEADER);
    let response = match fault {
        None => respond(shared, environment, request, &request_id).await,
        Some(fault) => {
            if let Some(watch) = &mut watch {
                watch.with_fault(fault.to_string());
            }
            faulty(shared, environment, connection, request, fault, &request_id).await
        }
    };
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        connection.upgraded();
    }
    origin::allow(&environment.origins, &head, response)
}

/// The answer of a gateway that works.
pub(crate) async fn respond(
    shared: &Shared,
    environment: &Running,
    request: Request,
    request_id: &str,
) -> Response {
    let method = request.method().clone();
    if let Some(preflight) = origin::preflight(&environment.origins, &request) {
        return preflight.unwrap_or_else(|refusal| refusal.into_response(request_id));
    }
    if let Err(refusal) = origin::check(&environment.origins, &request) {
        return refusal.into_response(request_id);
    }
    if let Some(path) = request.uri().path().strip_prefix(sign_in::PREFIX) {
        let path = path.to_owned();
        return sign_in::answer(&environment.accounts, &shared.counts, &path, request, request_id).await;
    }
    match forward(shared, environment, request, request_id).await {
        Ok(response) => answer::from_service(response, &method, request_id),
        Err(refusal) => refusal.into_response(request_id),
    }
}

async fn forward(
    shared: &Shared,
    environment: &Running,
    request: Request,
    request_id: &str,
) -> Result<Response, Refusal> {
    let (name, _) = route(request.uri())?;
    let limit = shared.limits.request_size;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > limit) {
        return Err(Refusal::too_large(limit));
    }
    let (caller, request) = authorize(&environment.accounts, request, limit).await?;
    let service = environment.services.get(&name).ok_or_else(|| Refusal::service_not_found(&name))?;
    if service.rule.as_ref().is_some_and(|rule| !rule(&caller)) {
        let message = format!("This caller may not call the service `{name}`.");
        return Err(Refusal::new(StatusCode::FORBIDDEN, "SERVICE_FORBIDDEN", message));
    }
    let _place = shared.limits.enter()?;
    let (mut head, body) = request.into_parts();
    head.uri = route(&head.uri)?.1;
    if let Ok(value) = request_id.parse() {
        head.headers.insert("x-request-id", value);
    }
    if let Some(identity) = &environment.identity {
        for (name, value) in identity(&caller) {
            // Not beside what a caller may have written there.
            head.headers.insert(name, value);
        }
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
async fn authorize(
    accounts: &Accounts,
    mut request: Request,
    limit: u64,
) -> Result<(Caller, Request), Refusal> {
    if let Some((value, uri)) = of_page(&request) {
        request.headers_mut().insert(AUTHORIZATION, value);
        *request.uri_mut() = uri;
    }
    let value = request
        .headers()
        .get(AUTHORIZATION)
        .ok_or_else(|| Refusal::unauthorized(BadToken::Missing.code()))?;
    let value = value.to_str().unwrap_or_default().to_owned();
    if let Some(token) = value.strip_prefix("Bearer ") {
        let caller = accounts.holder(token).map_err(|bad| Refusal::unauthorized(bad.code()))?;
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

/// The token of a WebSocket that a page opens, as a header, and the URL without it.
fn of_page(request: &Request) -> Option<(HeaderValue, Uri)> {
    let is_socket = request.headers().contains_key(UPGRADE) && !request.headers().contains_key(AUTHORIZATION);
    let (path, query) = (request.uri().path(), request.uri().query().filter(|_| is_socket)?);
    let (tokens, others): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|pair| pair.starts_with(TOKEN_PARAMETER));
    let token = percent_decode_str(tokens.first()?.strip_prefix(TOKEN_PARAMETER)?).decode_utf8().ok()?;
    let value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    let rest = if others.is_empty() { path.to_owned() } else { format!("{path}?{}", others.join("&")) };
    Some((value, rest.parse().ok()?))
}
