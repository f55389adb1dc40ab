//! The request as it is sent, but for its `Authorization`.

use super::trace::propagate;
use crate::request::error::RequestError;
use crate::request::parts::Parts;
use crate::transport::body::Body;
use http::header::COOKIE;
use http::{HeaderValue, Method};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The request of these parts, to where the service has moved if it has.
pub(super) fn build(parts: &Parts, target: Option<&str>) -> Result<http::Request<Body>, RequestError> {
    if let Some(error) = &parts.error {
        return Err(error.clone());
    }
    let (mut headers, mut query, mut cookies) =
        (parts.headers.clone(), parts.query.clone(), parts.cookies.clone());
    let direct = parts.service.gateway().inner().endpoint.direct;
    let schemes = parts.operation.security;
    parts.service.secrets().apply(schemes, direct, &mut headers, &mut query, &mut cookies)?;
    let url = match target {
        // Where the service has moved to has a query of its own; the secrets are ours.
        Some(target) => {
            let secrets = query.get(parts.query.len()..).unwrap_or_default();
            let missing: Vec<String> =
                secrets.iter().filter(|pair| !has_pair(target, pair)).cloned().collect();
            with_query(target.to_owned(), &missing)
        }
        None => with_query(parts.service.url(&parts.path()?), &query),
    };
    let invalid = |error: &dyn std::fmt::Display| RequestError::Http(error.to_string());
    let method = Method::from_bytes(parts.operation.method.as_str().as_bytes()).map_err(|e| invalid(&e))?;
    let body = parts.body.next()?;
    let mut request =
        http::Request::builder().method(method).uri(as_sent(&url)).body(body).map_err(|e| invalid(&e))?;
    *request.headers_mut() = headers;
    // Layers and mocks may want to know what is called.
    if parts.written.is_none() {
        request.extensions_mut().insert(parts.operation);
    }
    if !cookies.is_empty() {
        // Those that the caller set by hand, and those of parameters and secrets.
        let by_hand = request.headers().get(COOKIE).map(HeaderValue::as_bytes);
        let all: Vec<&[u8]> = by_hand.into_iter().chain(cookies.iter().map(String::as_bytes)).collect();
        let mut all = HeaderValue::try_from(all.join(&b"; "[..])).map_err(|e| invalid(&e))?;
        all.set_sensitive(true);
        request.headers_mut().insert(COOKIE, all);
    }
    propagate(request.headers_mut());
    Ok(request)
}

/// What a query may not hold as it is: URL parsers would encode it on the way (WHATWG URL, "special-query percent-encode set"),
/// and a signature would be that of another URL.
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'\'');

/// A URL as no parser changes it any more. Paths are so already.
fn as_sent(url: &str) -> String {
    match url.split_once('?') {
        Some((path, query)) => format!("{path}?{}", utf8_percent_encode(query, QUERY)),
        None => url.to_owned(),
    }
}

/// Whether a URL's query has a pair of this one's name.
fn has_pair(url: &str, pair: &str) -> bool {
    let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
    url.split_once('?').is_some_and(|(_, query)| query.split('&').any(|known| name(known) == name(pair)))
}

/// A URL with more pairs in its query.
fn with_query(mut url: String, pairs: &[String]) -> String {
    let mut between = if url.contains('?') { '&' } else { '?' };
    for pair in pairs {
        url.push(between);
        url.push_str(pair);
        between = '&';
    }
    url
}
