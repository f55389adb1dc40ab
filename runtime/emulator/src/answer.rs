//! Answers: those of services get the gateway's headers, those of the gateway itself its error body.

use crate::gateway::is_attachment;
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::json;

const REQUEST_ID: &str = "x-request-id";
const UPSTREAM_STATUS: &str = "x-cloudbase-upstream-status-code";

/// A service's answer as the gateway passes it on.
pub(crate) fn from_service(mut response: Response, method: &Method, request_id: &str) -> Response {
    let status = response.status();
    let attachment = is_attachment(method, response.headers());
    let headers = response.headers_mut();
    if attachment && status != StatusCode::SWITCHING_PROTOCOLS {
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    if let Ok(value) = HeaderValue::try_from(status.as_str()) {
        headers.insert(UPSTREAM_STATUS, value);
    }
    if let Ok(value) = HeaderValue::try_from(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    response
}

/// Why the gateway answers itself.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(crate) fn missing_credentials() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "MISSING_CREDENTIALS", "Credentials are missing.")
    }

    pub(crate) fn invalid_credentials() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "INVALID_CREDENTIALS", "Credentials are invalid.")
    }

    pub(crate) fn service_not_found(name: &str) -> Self {
        let message = format!("Service not found: the emulator has no service `{name}`.");
        Self::new(StatusCode::NOT_FOUND, "SERVICE_NOT_FOUND", message)
    }

    pub(crate) fn bad_name(name: &str) -> Self {
        let message = format!("`{name}` does not match ^[a-zA-Z][a-zA-Z0-9_-]{{0,58}}[a-zA-Z0-9]$.");
        Self::new(StatusCode::BAD_REQUEST, "INVALID_PARAM", message)
    }

    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "INVALID_HOST", "Only /v1/cloudrun/{name}{path} is served here.")
    }

    pub(crate) fn unreachable_service(reason: &str) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "SERVICE_LB_STATUS_ABNORMAL", reason)
    }

    pub(crate) fn into_response(self, request_id: &str) -> Response {
        let text = json!({"code": self.code, "message": self.message, "requestId": request_id}).to_string();
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        if let Ok(value) = HeaderValue::try_from(request_id) {
            headers.insert(REQUEST_ID, value);
        }
        response
    }
}
