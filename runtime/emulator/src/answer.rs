//! Answers: those of services get the gateway's headers, those of the gateway itself its error body.
//!
//! May import from `media`.

use crate::media::essence;
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

const REQUEST_ID: &str = "x-request-id";
/// The header by which the gateway says that the service answered.
pub(crate) const UPSTREAM_STATUS: &str = "x-cloudbase-upstream-status-code";

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

/// Whether the gateway marks an answer as a download: every answer to a GET, and whatever is not one of three media
/// types; event streams are exempt.
fn is_attachment(method: &Method, headers: &HeaderMap) -> bool {
    const PLAIN: [&str; 3] = ["application/json", "application/x-www-form-urlencoded", "text/plain"];
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = essence(content_type);
    essence != "text/event-stream" && (method == Method::GET || !PLAIN.contains(&essence.as_str()))
}

/// An answer of the gateway itself in JSON.
pub(crate) fn json(status: StatusCode, body: &Value, request_id: &str) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    if let Ok(value) = HeaderValue::try_from(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    response
}

/// Why the gateway answers itself.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: Option<String>,
    message: String,
    retry_after: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: Some(code.to_owned()), message: message.into(), retry_after: None }
    }

    /// An answer without a code, as a machine in front of the gateway might give it.
    pub(crate) fn bare(status: StatusCode, retry_after: Option<String>) -> Self {
        Self { status, code: None, message: String::new(), retry_after }
    }

    pub(crate) fn unauthorized(code: &str) -> Self {
        let message = match code {
            "MISSING_CREDENTIALS" => "Credentials are missing.",
            "ACCESS_TOKEN_EXPIRED" => "The access token is expired.",
            "ACCESS_TOKEN_INVALID" => "The access token is invalid.",
            "ACCESS_TOKEN_KID_INVALID" => "The access token is signed by an unknown key.",
            "AUTHENTICATION_FAILED" => "The signature does not match the request.",
            _ => "Credentials are invalid.",
        };
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }

    pub(crate) fn service_not_found(name: &str) -> Self {
        let message = format!("Service not found: the emulator has no service `{name}`.");
        Self::new(StatusCode::NOT_FOUND, "SERVICE_NOT_FOUND", message)
    }

    pub(crate) fn no_environment() -> Self {
        let message = "The host names no environment that the emulator has; it is 127.0.0.1, localhost, or a name that it was given \
                       (`emulate --host NAME`, `Emulator::host`).";
        Self::new(StatusCode::NOT_FOUND, "INVALID_HOST", message)
    }

    pub(crate) fn bad_name(name: &str) -> Self {
        let message = format!("`{name}` does not match ^[a-zA-Z][a-zA-Z0-9_-]{{0,58}}[a-zA-Z0-9]$.");
        Self::new(StatusCode::BAD_REQUEST, "INVALID_PARAM", message)
    }

    pub(crate) fn no_route() -> Self {
        let message = "Only /v1/cloudrun/{name}{path} and /auth/v1/… are served here.";
        Self::new(StatusCode::NOT_FOUND, "INVALID_HOST", message)
    }

    pub(crate) fn unreachable_service(reason: &str) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "SERVICE_LB_STATUS_ABNORMAL", reason)
    }

    pub(crate) fn too_large(limit: u64) -> Self {
        let message = format!("The request's body is larger than {limit} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "EXCEED_REQUEST_SIZE_LIMIT", message)
    }

    pub(crate) fn into_response(self, request_id: &str) -> Response {
        let mut response = match &self.code {
            Some(code) => {
                let body = json!({"code": code, "message": self.message, "requestId": request_id});
                json(self.status, &body, request_id)
            }
            None => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = self.status;
                response
            }
        };
        if let Some(value) = self.retry_after.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        response
    }
}
