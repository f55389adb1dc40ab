//! A service behind the gateway: a router of this process, or a URL. Bodies pass through as they come, both ways.

use crate::answer::Refusal;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONNECTION, HOST, TRANSFER_ENCODING};
use axum::response::Response;
use tower::ServiceExt;

#[derive(Clone, Debug)]
pub(crate) enum Upstream {
    Router(Router),
    Url(String),
}

impl Upstream {
    pub(crate) async fn call(&self, client: &reqwest::Client, request: Request) -> Result<Response, Refusal> {
        match self {
            Self::Router(router) => match router.clone().oneshot(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            },
            Self::Url(url) => proxy(client, url, request).await,
        }
    }
}

async fn proxy(client: &reqwest::Client, url: &str, request: Request) -> Result<Response, Refusal> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let (head, body) = request.into_parts();
    let mut headers = head.headers;
    for hop in [HOST, CONNECTION, TRANSFER_ENCODING] {
        headers.remove(hop);
    }
    let answer = client
        .request(head.method, format!("{}{path}", url.trim_end_matches('/')))
        .headers(headers)
        .body(reqwest::Body::wrap_stream(body.into_data_stream()))
        .send()
        .await
        .map_err(|error| Refusal::unreachable_service(&error.without_url().to_string()))?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    let mut headers = answer.headers().clone();
    for hop in [CONNECTION, TRANSFER_ENCODING] {
        headers.remove(hop);
    }
    *response.headers_mut() = headers;
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    Ok(response)
}
