//! What the gateway does with a request: checks the route and the token, hands the request to the service, and marks
//! the answer.

use crate::answer::{self, Refusal};
use crate::upstream::Upstream;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use cloudrun_runtime::ServiceName;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const PREFIX: &str = "/v1/cloudrun/";

/// What all requests share.
pub(crate) struct Shared {
    services: HashMap<String, Upstream>,
    token: String,
    client: reqwest::Client,
    requests: AtomicU64,
}

impl Shared {
    pub(crate) fn new(services: HashMap<String, Upstream>, token: String) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .build()?;
        Ok(Self { services, token, client, requests: AtomicU64::new(0) })
    }
}

pub(crate) async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let number = shared.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let request_id = format!("emulator-{number:08}");
    let method = request.method().clone();
    match forward(&shared, request, &request_id).await {
        Ok(response) => answer::from_service(response, &method, &request_id),
        Err(refusal) => refusal.into_response(&request_id),
    }
}

async fn forward(shared: &Shared, request: Request, request_id: &str) -> Result<Response, Refusal> {
    let (name, path) = route(request.uri())?;
    authorize(request.headers(), &shared.token)?;
    let upstream = shared.services.get(&name).ok_or_else(|| Refusal::service_not_found(&name))?;
    let (mut head, body) = request.into_parts();
    head.uri = path;
    if let Ok(value) = request_id.parse() {
        head.headers.insert("x-request-id", value);
    }
    upstream.call(&shared.client, Request::from_parts(head, body)).await
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

fn authorize(headers: &HeaderMap, token: &str) -> Result<(), Refusal> {
    let value = headers.get(AUTHORIZATION).ok_or_else(Refusal::missing_credentials)?;
    let given = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    if given == Some(token) { Ok(()) } else { Err(Refusal::invalid_credentials()) }
}

/// Whether the gateway marks an answer as a download: every answer to a GET, and whatever is not one of three media
/// types; event streams are exempt.
pub(crate) fn is_attachment(method: &Method, headers: &HeaderMap) -> bool {
    const PLAIN: [&str; 3] = ["application/json", "application/x-www-form-urlencoded", "text/plain"];
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence != "text/event-stream" && (method == Method::GET || !PLAIN.contains(&essence.as_str()))
}
