//! What the gateway does with a request: plays the fault that waits for it, checks origin, credential, rights and limits,
//! hands the request to the service, and marks the answer.
//!
//! May import from `wire`, `answer`, `limit`, `route`, `account`, `fault`, `environment`, `inspector`, `state`, `watch`.

mod authorize;

use crate::account::context::{self, Hidden};
use crate::account::{Caller, sign_in};
use crate::answer;
use crate::answer::Refusal;
use crate::environment::origin;
use crate::environment::running::Running;
use crate::fault::FAULT_HEADER;
use crate::gateway::authorize::authorize;
use crate::inspector;
use crate::limit::limited;
use crate::route::route;
use crate::state::Shared;
use crate::watch::Watch;
use crate::wire::Connection;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::time::timeout;

/// Answers a request that came over a connection.
pub(crate) async fn handle(shared: &Arc<Shared>, connection: &Arc<Connection>, request: Request) -> Response {
    if let Some(inspector) = &shared.inspector
        && request.uri().path().starts_with(inspector::PATH)
    {
        // What is made again was never for the inspector.
        let replay = |request| -> BoxFuture<'_, Response> {
            Box::pin(async move { observed(shared, &Arc::new(Connection::default()), request).await })
        };
        return inspector.answer(request, &replay).await;
    }
    observed(shared, connection, request).await
}

/// Answers a request. Whoever observes is told of it.
async fn observed(shared: &Arc<Shared>, connection: &Arc<Connection>, request: Request) -> Response {
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
    let request_id = format!("request-{number:08}");
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
            let respond = |request| respond(shared, environment, request, &request_id);
            fault.play(connection, request, &request_id, respond).await
        }
    };
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        connection.upgraded();
    }
    origin::allow(&environment.origins, &head, response)
}

/// The answer of a gateway that works.
async fn respond(shared: &Shared, environment: &Running, request: Request, request_id: &str) -> Response {
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
    let hidden = identify(environment, &caller, &name, &mut head.headers);
    head.uri = route(&head.uri)?.1;
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
    if is_too_large.load(Ordering::Relaxed) {
        return Err(Refusal::too_large(limit));
    }
    result.map(|mut response| {
        response.extensions_mut().insert(hidden);
        response
    })
}

/// Tells a service who calls, and nothing that the caller says of itself. What is secret in it is not to be shown.
fn identify(environment: &Running, caller: &Caller, service: &str, headers: &mut HeaderMap) -> Hidden {
    headers.remove(context::HEADER);
    let mut secret = Hidden::default();
    if environment.has_context {
        let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        if let Some((value, hidden)) = environment.accounts.context(caller, service, token) {
            headers.insert(context::HEADER, value);
            secret = hidden;
        }
    }
    if let Some(identity) = &environment.identity {
        for (name, value) in identity(caller) {
            // Not beside what a caller may have written there.
            headers.insert(name, value);
        }
    }
    secret
}
