//! Code of a caller that repeats what it was given: a transport, a store, a function that signs in. Nobody sees more of that.

use crate::Failure;
use cloudrun_emulator::Emulator;
use cloudrun_runtime::transport::{Body, BoxError, BoxFuture, Transport, TransportError};
use cloudrun_runtime::{Credential, Gateway, RetryPolicy, SignIn, TokenStore, Tokens, http};

/// A transport that tells whole requests in its errors, the last of them far down.
struct Talkative;

impl Transport for Talkative {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let headers: Vec<String> = head
                .headers
                .values()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect();
            let body = body.collect().await.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            let text = format!("{}{} {}", "x".repeat(3_000), headers.join(" "), body.unwrap_or_default());
            Err(TransportError::from_source("it did not go", std::io::Error::other(text)))
        })
    }
}

/// A store that tells what it could not keep.
struct Full;

impl TokenStore for Full {
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, BoxError>> {
        Box::pin(async { Ok(None) })
    }

    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async { Err(format!("the disk is full: {}", tokens.to_json()).into()) })
    }
}

/// All that an error says, of itself and of what is below it.
async fn told(gateway: &Gateway) -> Result<String, Failure> {
    let call = gateway.service("shop")?.get("/").retry(RetryPolicy::never());
    let error = call.send().await.err().ok_or("the call succeeded")?;
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(&error);
    while let Some(below) = source {
        text.push_str(&format!(" {below} {below:?}"));
        source = below.source();
    }
    Ok(text)
}

#[tokio::test]
async fn a_transport_that_repeats_a_sign_in_gives_nothing_away() -> Result<(), Failure> {
    let secrets =
        ["planted-password", "planted-refresh", "planted-ticket-9", "planted-key-id-7", "planted-secret-key"];
    let sign_ins: [Credential; 4] = [
        SignIn::password("ada", secrets[0]).into(),
        SignIn::refresh_token(secrets[1]).into(),
        SignIn::ticket(secrets[2]).into(),
        Credential::server_token(secrets[3], secrets[4]),
    ];
    for credential in sign_ins {
        let gateway = Gateway::builder("env-1").credential(credential).transport(Talkative).build()?;
        let told = told(&gateway).await?;
        assert!(told.contains("it did not go"), "{told}");
        for secret in secrets {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
        assert!(!told.contains("cGxhbnRlZC1rZXktaWQtNzpwbGFudGVkLXNlY3JldC1rZXk"), "{told}");
    }
    Ok(())
}

#[tokio::test]
async fn a_store_that_repeats_its_tokens_gives_nothing_away() -> Result<(), Failure> {
    let emulator = Emulator::new().user("ada", "correct horse").start().await?;
    let session = SignIn::password("ada", "correct horse").store(Full);
    let gateway = Gateway::at(emulator.url()).credential(session).build()?;
    let told = told(&gateway).await?;
    assert!(told.contains("the disk is full") && told.contains("<redacted>"), "{told}");
    assert!(!told.contains("eyJ"), "{told}");
    Ok(())
}

#[tokio::test]
async fn a_function_that_repeats_a_secret_by_its_name_gives_nothing_away() -> Result<(), Failure> {
    let own = Credential::from_fn(|| async { Err::<Tokens, _>("400 for /login?password=hunter2&user=ada") });
    let gateway = Gateway::builder("env-1").credential(own).build()?;
    let told = told(&gateway).await?;
    assert!(told.contains("user=ada") && !told.contains("hunter2"), "{told}");
    Ok(())
}
