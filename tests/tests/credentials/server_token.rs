//! A key pair of Tencent Cloud in exchange for an administrator's token, as a service outside CloudBase calls.

use super::stores::Memory;
use super::{Failure, burst, call, emulator, error_of};
use cloudrun_emulator::{Caller, Emulator};
use cloudrun_runtime::transport::{Body, BoxFuture, Transport, TransportError};
use cloudrun_runtime::{Credential, Gateway, SignIn, Signature, http, jiff};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::sleep;

const PAIR: (&str, &str) = ("AKIDserver", "planted secret key");

/// Only the owner of the pair may call the service, by its token.
fn with_pair() -> Emulator {
    let is_pair =
        |caller: &Caller| matches!(caller, Caller::ServerToken { secret_id } if secret_id == PAIR.0);
    emulator().key_pair(PAIR.0, PAIR.1).allow("echo", is_pair)
}

#[tokio::test]
async fn one_token_serves_all_calls_and_is_stored_until_it_ends() -> Result<(), Failure> {
    let (store, emulator) = (Memory::default(), with_pair().start().await?);
    let gateway = emulator.gateway_with(SignIn::server_token(PAIR.0, PAIR.1).store(store.clone()))?;
    assert_eq!(burst(&gateway, 200).await?, (200, vec![]));
    let tokens = store.last().ok_or("nothing was stored")?;
    assert_eq!((store.saved(), tokens.refresh_token()), (1, None));
    let left = tokens.expires_at().ok_or("it never ends")?.duration_since(jiff::Timestamp::now());
    assert!((431_900..=432_000).contains(&left.as_secs()), "five days: {left:?}");
    // The next process asks for none.
    let next = emulator.gateway_with(SignIn::server_token(PAIR.0, PAIR.1).store(store.clone()))?;
    assert_eq!(call(&next).await?, format!("Bearer {}", tokens.access_token()));
    assert_eq!(emulator.counts().sign_ins(), 1);
    Ok(())
}

#[tokio::test]
async fn a_server_token_that_is_refused_is_asked_for_once_more() -> Result<(), Failure> {
    let emulator = with_pair().start().await?;
    let gateway = emulator.gateway_with(Credential::server_token(PAIR.0, PAIR.1))?;
    call(&gateway).await?;
    // A token that was made a moment ago is refused for another reason.
    sleep(Duration::from_millis(5100)).await;
    emulator.revoke_access_tokens();
    assert_eq!(burst(&gateway, 200).await?, (200, vec![]));
    assert_eq!((emulator.counts().sign_ins(), emulator.counts().refreshes()), (2, 0));
    Ok(())
}

#[tokio::test]
async fn a_wrong_pair_is_told_without_its_key() -> Result<(), Failure> {
    let emulator = with_pair().start().await?;
    for (id, key) in [(PAIR.0, "planted but wrong"), ("AKIDplanted", PAIR.1)] {
        let credential = Credential::server_token(id, key);
        assert_eq!(format!("{credential:?}"), "Credential::ServerToken(<redacted>)");
        let error = error_of(&emulator.gateway_with(credential)?).await?;
        assert!(error.is_auth() && !error.is_retryable(), "{error}");
        let text = error.to_string();
        assert!(text.contains("401") && text.contains("check the SecretId and the SecretKey"), "{text}");
        assert!(!format!("{text} {error:?}").contains("planted"), "{error:?}");
    }
    Ok(())
}

/// As the official Node SDK asks for it. Calls without a gateway go to any path.
#[tokio::test]
async fn the_emulator_takes_a_signature_for_the_pair() -> Result<(), Failure> {
    let emulator = with_pair().start().await?;
    let ask = async |signature: Signature, grant: &str| -> Result<_, Failure> {
        let api = Gateway::direct(emulator.url()).credential(signature).build()?;
        let call =
            api.service("auth")?.post("/auth/v1/token/clientCredential").json(&json!({"grant_type": grant}));
        Ok(call.send().await)
    };
    let answer = ask(Signature::new(PAIR.0, PAIR.1), "client_credentials").await??;
    let answer: serde_json::Value = answer.json()?;
    assert_eq!((&answer["expires_in"], &answer["refresh_token"]), (&json!(432_000), &json!(null)));
    let token = answer["access_token"].as_str().ok_or("no token")?;
    call(&emulator.gateway_with(Credential::access_token(token))?).await?;
    for (key, grant, status) in [("another", "client_credentials", 401), (PAIR.1, "password", 400)] {
        assert_eq!(ask(Signature::new(PAIR.0, key), grant).await??.status(), status);
    }
    Ok(())
}

/// Writes down the headers of requests as a log of one's own might.
struct Logging(Arc<Mutex<String>>);

impl Transport for Logging {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        if let Ok(mut log) = self.0.lock() {
            log.push_str(&format!("{:?}", request.headers()));
        }
        Box::pin(async { Err(TransportError::new("nobody is there")) })
    }
}

#[tokio::test]
async fn a_transport_that_logs_headers_logs_no_pair() -> Result<(), Failure> {
    let log = Arc::new(Mutex::new(String::new()));
    let gateway = Gateway::builder("shop-1").transport(Logging(Arc::clone(&log)));
    let error = error_of(&gateway.credential(Credential::server_token(PAIR.0, PAIR.1)).build()?).await?;
    assert!(error.to_string().contains("nobody is there"), "{error}");
    let log = log.lock().map_err(|_| "poisoned")?;
    assert!(log.contains("authorization") && !log.contains("Basic"), "{log}");
    Ok(())
}
