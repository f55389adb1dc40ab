//! The calls below `/auth/v1/`: sign-ins and refreshed sessions (<https://docs.cloudbase.net/http-api/auth/>).

use crate::account::Accounts;
use crate::answer::{self, Refusal};
use crate::counts::Counts;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where these calls are.
pub(crate) const PREFIX: &str = "/auth/v1/";
/// The longest body of a request that signs in.
const SIZE: usize = 64 << 10;

/// Answers a request of the path below [`PREFIX`].
pub(crate) async fn answer(
    accounts: &Accounts,
    counts: &Counts,
    path: &str,
    request: Request,
    request_id: &str,
) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, SIZE).await.unwrap_or_default();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let device = head.headers.get("x-device-id").and_then(|value| value.to_str().ok());
    let count = |counter: &AtomicU64| counter.fetch_add(1, Ordering::Relaxed);
    let result = match (head.method, path) {
        (Method::POST, "signin") => {
            count(&counts.sign_ins);
            accounts.sign_in(&body)
        }
        (Method::POST, "signin/anonymously") => {
            count(&counts.sign_ins);
            accounts.sign_in_anonymously(device)
        }
        (Method::POST, "token") => {
            count(&counts.refreshes);
            accounts.token(&body)
        }
        _ => return Refusal::no_route().into_response(request_id),
    };
    match result {
        Ok(tokens) => answer::json(StatusCode::OK, &tokens, request_id),
        Err((status, error, description)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            let body = serde_json::json!({
                "error": error, "error_code": status.as_u16(), "error_description": description,
            });
            answer::json(status, &body, request_id)
        }
    }
}
