//! Who calls: every kind of credential against the emulator's sign-in. What its modules share is here.

mod codes;
mod context;
mod custom_login;
mod kinds;
mod server_token;
mod sessions;
mod signatures;
mod spoken;
mod stores;

use axum::Router;
use axum::http::HeaderMap;
use cloudrun_emulator::{Emulator, RunningEmulator, axum};
use cloudrun_runtime::{Error, Gateway, RetryPolicy};
use std::time::Duration;
use tokio::task::JoinSet;

pub(crate) type Failure = Box<dyn std::error::Error>;

pub(crate) const LONG: Duration = Duration::from_secs(7200);

/// A service that answers with the token that it was called with.
pub(crate) fn echo() -> Router {
    Router::new().fallback(async |headers: HeaderMap| {
        headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    })
}

pub(crate) fn emulator() -> Emulator {
    Emulator::new().service("echo", echo()).user("ada", "correct horse")
}

pub(crate) async fn call(gateway: &Gateway) -> Result<String, Failure> {
    let reply = gateway.service("echo")?.get("/").retry(RetryPolicy::never()).send().await?;
    Ok(reply.text()?.to_owned())
}

pub(crate) async fn error_of(gateway: &Gateway) -> Result<Error<std::convert::Infallible>, Failure> {
    let call = gateway.service("echo")?.get("/").retry(RetryPolicy::never());
    call.send().await.err().ok_or_else(|| "the call succeeded".into())
}

/// Makes calls at the same moment: how many succeeded, and the errors.
pub(crate) async fn burst(gateway: &Gateway, calls: usize) -> Result<(usize, Vec<String>), Failure> {
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let call =
            gateway.service("echo")?.post("/").retry(RetryPolicy::never()).timeout(Duration::from_secs(60));
        tasks.spawn(call.send());
    }
    let (mut succeeded, mut errors) = (0, Vec::new());
    while let Some(result) = tasks.join_next().await {
        match result? {
            Ok(_) => succeeded += 1,
            Err(error) => errors.push(error.to_string()),
        }
    }
    Ok((succeeded, errors))
}

/// The refresh token of a user who has just signed in.
pub(crate) async fn refresh_token(emulator: &RunningEmulator) -> Result<String, Failure> {
    let body = serde_json::json!({"username": "ada", "password": "correct horse"});
    let answer =
        reqwest::Client::new().post(format!("{}/auth/v1/signin", emulator.url())).body(body.to_string());
    let tokens: serde_json::Value = serde_json::from_slice(&answer.send().await?.bytes().await?)?;
    Ok(tokens["refresh_token"].as_str().ok_or("no refresh token")?.to_owned())
}
