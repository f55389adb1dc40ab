//! A service behind the gateway: a router of this process, or a URL. Bodies pass through as they come, both ways.

use crate::answer::Refusal;
#[cfg(feature = "documents")]
use crate::document::Document;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONNECTION, HOST, UPGRADE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use reqwest::Url;
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

async fn proxy(client: &reqwest::Client, base: &str, mut request: Request) -> Result<Response, Refusal> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let url = below(base, path)?;
    let upgrade =
        request.extensions_mut().remove::<OnUpgrade>().filter(|_| request.headers().contains_key(UPGRADE));
    let (head, body) = request.into_parts();
    let mut headers = passed_on(&head.headers, upgrade.is_some());
    headers.remove(HOST);
    let mut call = client.request(head.method, url).headers(headers);
    if upgrade.is_none() {
        call = call.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    let answer =
        call.send().await.map_err(|error| Refusal::unreachable_service(&error.without_url().to_string()))?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    let is_switched = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
    *response.headers_mut() = passed_on(answer.headers(), is_switched);
    if let (Some(upgrade), true) = (upgrade, is_switched) {
        tokio::spawn(tunnel(upgrade, answer));
        return Ok(response);
    }
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    Ok(response)
}

/// The URL of a service's path. A URL has no `..`, in no spelling, so it may come out above the service's own.
fn below(base: &str, path: &str) -> Result<Url, Refusal> {
    let base = base.trim_end_matches('/');
    let parsed =
        |text: &str| Url::parse(text).map_err(|error| Refusal::unreachable_service(&error.to_string()));
    let (root, url) = (parsed(base)?, parsed(&format!("{base}{path}"))?);
    let root = format!("{}/", root.path().trim_end_matches('/'));
    if url.path().starts_with(&root) {
        return Ok(url);
    }
    let message = "The path leads out of the service's base URL.";
    Err(Refusal::new(StatusCode::BAD_REQUEST, "INVALID_PARAM", message))
}

/// The headers of a message without those that are between two machines only (RFC 9110, section 7.6.1).
fn passed_on(headers: &HeaderMap, is_upgrade: bool) -> HeaderMap {
    const HOPS: [&str; 8] = [
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    let listed = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let listed: Vec<&str> = listed.flat_map(|value| value.split(',')).map(str::trim).collect();
    let is_hop = |name: &HeaderName| {
        let is_named = |hop: &&str| hop.eq_ignore_ascii_case(name.as_str());
        let is_kept = is_upgrade && (*name == CONNECTION || *name == UPGRADE);
        !is_kept && (*name == CONNECTION || HOPS.iter().chain(&listed).any(is_named))
    };
    let mut passed = HeaderMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| !is_hop(name)) {
        passed.append(name, value.clone());
    }
    if is_upgrade {
        passed.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    }
    passed
}

/// Passes bytes both ways once both sides have switched protocols. Ends when either side does.
async fn tunnel(caller: OnUpgrade, service: reqwest::Response) {
    if let (Ok(caller), Ok(mut service)) = (caller.await, service.upgrade().await) {
        // A connection that breaks is the end of the tunnel, not a failure of the gateway.
        let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(caller), &mut service).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{below, passed_on};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    #[test]
    fn no_spelling_of_a_path_leaves_the_base() {
        let shown = |base, path| below(base, path).map(|url| url.to_string()).ok();
        for base in ["http://h/base", "http://h/base/"] {
            assert_eq!(shown(base, "/x/../y?z=.."), Some("http://h/base/y?z=..".to_owned()));
            for path in ["/..", "/../base2", "/%2e%2e/x", "/x/../../y", "/.%2E/x", "/..\\x"] {
                assert_eq!(shown(base, path), None, "{base} {path}");
            }
        }
        assert_eq!(shown("http://h", "/../x"), Some("http://h/x".to_owned()), "the root is all there is");
    }

    #[test]
    fn what_is_between_two_machines_stays_there() {
        let headers = |names: &[(&'static str, &'static str)]| {
            let pairs = names
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            pairs.collect::<HeaderMap>()
        };
        let given = headers(&[
            ("connection", "X-Private, keep-alive"),
            ("x-private", "1"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("proxy-authorization", "Basic eDp5"),
            ("upgrade", "websocket"),
            ("x-public", "2"),
        ]);
        assert_eq!(passed_on(&given, false), headers(&[("x-public", "2")]));
        let upgraded = headers(&[("upgrade", "websocket"), ("x-public", "2"), ("connection", "Upgrade")]);
        assert_eq!(passed_on(&given, true), upgraded);
    }
}
