//! Sign-ins of more than one step: a code on its way, and what is made of it.

use crate::answers::ANSWERS;
use crate::{Failure, is_a_line, leak, runs, secrets};
use cloudrun_emulator::axum::extract::Request;
use cloudrun_emulator::axum::{Json, Router, response::IntoResponse};
use cloudrun_runtime::transport::ReqwestTransport;
use cloudrun_runtime::{Credential, CredentialError, Gateway, RetryPolicy};
use serde_json::json;

/// All that an error says, of itself and of what is below it; its message is a line.
fn told(error: &CredentialError) -> String {
    let message = error.to_string();
    assert!(is_a_line(&message), "{message}");
    let mut text = format!("{message} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(below) = source {
        text.push_str(&format!(" {below} {below:?}"));
        source = below.source();
    }
    text
}

/// Each secret of the steps is refused by each answer, which repeats it.
#[tokio::test]
async fn nobody_sees_a_code_or_what_it_is_exchanged_for() -> Result<(), Failure> {
    let mut refused = 0;
    // One for all: setting up TLS takes longer than all calls of a step.
    let transport = ReqwestTransport::builder().no_proxy().build()?;
    for (index, answer) in ANSWERS.iter().enumerate() {
        for secret in secrets() {
            for step in ["/auth/v1/verification", "/auth/v1/verification/verify", "/auth/v1/signin"] {
                if step == "/auth/v1/verification" && !answer.names_it {
                    // Who asks for a code has no secret yet.
                    continue;
                }
                let planted = secret.clone();
                let router = Router::new().fallback(async move |request: Request| {
                    let path = request.uri().path();
                    if path == step {
                        return ANSWERS[index].response(&planted);
                    }
                    let id = json!({"verification_id": planted, "verification_token": planted});
                    Json(id).into_response()
                });
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
                let url = format!("http://{}", listener.local_addr()?);
                let task = tokio::spawn(async move {
                    // It ends with the test.
                    let _ = cloudrun_emulator::axum::serve(listener, router).await;
                });
                let gateway =
                    Gateway::at(&url).transport(transport.clone()).retry(RetryPolicy::never()).build()?;
                let shown = match signed_in(&gateway, &secret).await {
                    Ok(credential) => {
                        let signed = gateway.with_credential(credential)?;
                        let call = signed.service("shop")?.get("/").retry(RetryPolicy::never()).send();
                        call.await.err().map(|error| format!("{error} {error:?}")).unwrap_or_default()
                    }
                    Err(error) => told(&error),
                };
                refused += usize::from(shown.contains("refused"));
                assert_eq!(leak(&runs(&secret), &shown), None, "{step} × {}: {shown}", answer.name);
                task.abort();
            }
        }
    }
    assert!(refused > 50, "{refused}");
    Ok(())
}

async fn signed_in(gateway: &Gateway, code: &str) -> Result<Credential, CredentialError> {
    let sent = gateway.auth_api().send_code("ada@example.com").await?;
    assert_eq!(leak(&runs(code), &format!("{sent:?} {:?}", gateway.auth_api())), None);
    let user = sent.verify(code).await?;
    assert_eq!(leak(&runs(code), &format!("{user:?}")), None);
    Ok(user.into())
}
