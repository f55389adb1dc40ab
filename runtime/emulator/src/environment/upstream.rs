//! A service behind the gateway: a router of this process, or a URL. Bodies pass through as they come, both ways.

use crate::answer::Refusal;
#[cfg(feature = "documents")]
use crate::document::Document;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, HOST, TRANSFER_ENCODING, UPGRADE};
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tower::ServiceExt;

#[derive(Clone, Debug)]
pub(crate) enum Upstream {
    Router(Router),
    Url(String),
    #[cfg(feature = "documents")]
    Mock(Document),
}

impl Upstream {
    pub(crate) async fn call(&self, client: &reqwest::Client, request: Request) -> Result<Response, Refusal> {
        match self {
            Self::Router(router) => match router.clone().oneshot(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            },
            Self::Url(url) => proxy(client, url, request).await,
            #[cfg(feature = "documents")]
            Self::Mock(document) => Ok(document.answer(request).await),
        }
    }
}

async fn proxy(client: &reqwest::Client, url: &str, mut request: Request) -> Result<Response, Refusal> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let upgrade =
        request.extensions_mut().remove::<OnUpgrade>().filter(|_| request.headers().contains_key(UPGRADE));
    let (head, body) = request.into_parts();
    let mut headers = head.headers;
    headers.remove(HOST);
    headers.remove(TRANSFER_ENCODING);
    if upgrade.is_none() {
        headers.remove(CONNECTION);
    }
    let mut call =
        client.request(head.method, format!("{}{path}", url.trim_end_matches('/'))).headers(headers);
    if upgrade.is_none() {
        call = call.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    let answer =
        call.send().await.map_err(|error| Refusal::unreachable_service(&error.without_url().to_string()))?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    if let (Some(upgrade), StatusCode::SWITCHING_PROTOCOLS) = (upgrade, answer.status()) {
        tokio::spawn(tunnel(upgrade, answer));
        return Ok(response);
    }
    for hop in [CONNECTION, TRANSFER_ENCODING] {
        response.headers_mut().remove(hop);
    }
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    Ok(response)
}

/// Passes bytes both ways once both sides have switched protocols. Ends when either side does.
async fn tunnel(caller: OnUpgrade, service: reqwest::Response) {
    if let (Ok(caller), Ok(mut service)) = (caller.await, service.upgrade().await) {
        // A connection that breaks is the end of the tunnel, not a failure of the gateway.
        let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(caller), &mut service).await;
    }
}
