//! The calls below `/auth/v1/`: sign-ins and refreshed sessions (<https://docs.cloudbase.net/http-api/auth/>).

use super::{Accounts, BadToken, Caller};
use crate::answer;
use crate::answer::Refusal;
use crate::counts::Counts;
use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where these calls are.
pub(crate) const PREFIX: &str = "/auth/v1/";
/// The longest body of a request that signs in.
const SIZE: usize = 64 << 10;

fn holder(accounts: &Accounts, headers: &HeaderMap) -> Result<Caller, BadToken> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer ")).ok_or(BadToken::Missing)?;
    accounts.holder(token)
}

/// A user as `/auth/v1/user/me` shows one (<https://docs.cloudbase.net/http-api/auth/>).
fn user(caller: &Caller) -> Value {
    match caller {
        Caller::User { id, scope } if scope == "anonymous" => {
            json!({"sub": id, "name": "anonymous", "groups": []})
        }
        Caller::User { id, .. } => json!({"sub": id, "name": id, "username": id, "groups": []}),
        Caller::ApiKey | Caller::PublishableKey | Caller::Signature { .. } | Caller::ServerToken { .. } => {
            json!({"sub": "", "groups": []})
        }
    }
}

/// Answers a request of the path below [`PREFIX`].
pub(crate) async fn answer(
    accounts: &Accounts,
    counts: &Counts,
    path: &str,
    request: Request,
    request_id: &str,
) -> Response {
    let (head, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, SIZE).await.unwrap_or_default();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let device = head.headers.get("x-device-id").and_then(|value| value.to_str().ok());
    let count = |counter: &AtomicU64| counter.fetch_add(1, Ordering::Relaxed);
    let result = match (&head.method, path) {
        (&Method::POST, "signin") => {
            count(&counts.sign_ins);
            accounts.sign_in(&body)
        }
        (&Method::POST, "signin/anonymously") => {
            count(&counts.sign_ins);
            accounts.sign_in_anonymously(device)
        }
        (&Method::POST, "token") => {
            count(&counts.refreshes);
            accounts.token(&body)
        }
        (&Method::POST, "token/clientCredential") => {
            count(&counts.sign_ins);
            accounts.client_credential(&head, &bytes, &body)
        }
        (&Method::POST, "signin/custom") => {
            count(&counts.sign_ins);
            accounts.sign_in_by_ticket(&body)
        }
        (&Method::POST, "verification") => accounts.codes.send(&body),
        (&Method::POST, "verification/verify") => accounts.codes.verify(&body),
        // The JS SDK asks for the user after every sign-in.
        (&Method::GET, "user/me") => match holder(accounts, &head.headers) {
            Ok(caller) => Ok(user(&caller)),
            Err(bad) => return Refusal::unauthorized(bad.code()).into_response(request_id),
        },
        _ => return Refusal::no_route().into_response(request_id),
    };
    match result {
        Ok(tokens) => answer::json(StatusCode::OK, &tokens, request_id),
        Err((status, error, description)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            let body = json!({
                "error": error, "error_code": status.as_u16(), "error_description": description,
            });
            answer::json(status, &body, request_id)
        }
    }
}
