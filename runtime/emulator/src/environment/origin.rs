//! Pages in browsers: only origins that are security domains of the environment may call, and only their pages may read the
//! answers (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>).

use crate::answer::Refusal;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;

/// The security domains: hosts, with their ports where they are not the usual ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins(pub(crate) Vec<String>);

impl Origins {
    /// The origin of a request, if its pages may call.
    fn allowed<'a>(&self, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        let host = origin.to_str().ok()?.split_once("://")?.1;
        self.0.iter().any(|domain| domain == host).then_some(origin)
    }
}

/// The answer to a preflight request, if this is one.
pub(crate) fn preflight(origins: &Origins, request: &Request) -> Option<Result<Response, Refusal>> {
    let headers = request.headers();
    let method =
        headers.get(ACCESS_CONTROL_REQUEST_METHOD).filter(|_| request.method() == Method::OPTIONS)?;
    Some(check(origins, request).map(|()| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let answer = response.headers_mut();
        answer.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
        if let Some(names) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
        }
        answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        response
    }))
}

/// Refuses pages of other origins.
pub(crate) fn check(origins: &Origins, request: &Request) -> Result<(), Refusal> {
    if request.headers().contains_key(ORIGIN) && origins.allowed(request.headers()).is_none() {
        let message = "The request's origin is no security domain of this environment.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "INVALID_REQUEST_SOURCE", message));
    }
    Ok(())
}

/// Lets the calling page read the answer.
pub(crate) fn allow(
    origins: &Origins,
    request: &axum::http::Request<()>,
    mut response: Response,
) -> Response {
    if let Some(origin) = origins.allowed(request.headers()) {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.append(VARY, HeaderValue::from_static("Origin"));
        let exposed = headers.keys().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        if let Ok(exposed) = HeaderValue::try_from(exposed) {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }
    response
}
