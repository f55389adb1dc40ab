//! The request as it is sent, but for its `Authorization`.

use super::trace::propagate;
use crate::request::error::RequestError;
use crate::request::parts::Parts;
use crate::transport::body::Body;
use http::header::COOKIE;
use http::{HeaderValue, Method};

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
    let body = parts.body.next()?;
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
    propagate(request.headers_mut());
    Ok(request)
}
