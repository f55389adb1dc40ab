//! Sessions that renew themselves: once for all calls, before the token ends, and when the gateway refuses it.

use super::{Failure, LONG, burst, call, emulator, error_of, refresh_token};
use axum::Router;
use cloudrun_emulator::{Fault, axum};
use cloudrun_runtime::{Body, Credential, CredentialError, Error, Gateway, SignIn};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::time::sleep;

#[tokio::test]
async fn a_thousand_calls_over_an_ended_token_make_one_refresh() -> Result<(), Failure> {
    let emulator = emulator().access_token_life(Duration::from_millis(200)).start().await?;
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse"))?;
    call(&gateway).await?;
    emulator.set_access_token_life(LONG);
    sleep(Duration::from_millis(250)).await;
    assert_eq!(burst(&gateway, 1000).await?, (1000, vec![]));
    assert_eq!((emulator.counts().sign_ins(), emulator.counts().refreshes()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_token_that_the_gateway_refuses_is_renewed_once_for_all() -> Result<(), Failure> {
    let emulator = emulator().access_token_life(Duration::from_secs(2)).start().await?;
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse"))?;
    call(&gateway).await?;
    emulator.set_access_token_life(LONG);
    sleep(Duration::from_millis(1100)).await;
    // Here it seems to be valid still; only the gateway knows better.
    emulator.revoke_access_tokens();
    assert_eq!(burst(&gateway, 1000).await?, (1000, vec![]));
    assert_eq!((emulator.counts().sign_ins(), emulator.counts().refreshes()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_while_calls_go_on() -> Result<(), Failure> {
    let emulator = emulator().access_token_life(Duration::from_millis(1500)).start().await?;
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse"))?;
    let first = call(&gateway).await?;
    let mut last = first.clone();
    for _ in 0..60 {
        last = call(&gateway).await?;
        sleep(Duration::from_millis(50)).await;
    }
    assert_ne!(first, last);
    assert_eq!(emulator.counts().sign_ins(), 1);
    let refreshes = emulator.counts().refreshes();
    assert!((1..=4).contains(&refreshes), "{refreshes} refreshes in 3 seconds");
    Ok(())
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_lose_the_session() -> Result<(), Failure> {
    let emulator = emulator().access_token_life(Duration::from_millis(200)).start().await?;
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse"))?;
    call(&gateway).await?;
    emulator.set_access_token_life(LONG);
    sleep(Duration::from_millis(250)).await;
    emulator.faults().next(Fault::Delay(Duration::from_millis(200)));
    let impatient = gateway.service("echo")?.get("/").timeout(Duration::from_millis(50)).send().await;
    assert!(impatient.is_err_and(|error| error.is_timeout()));
    call(&gateway).await?;
    assert_eq!((emulator.counts().sign_ins(), emulator.counts().refreshes()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_refresh_that_fails_once_is_made_again() -> Result<(), Failure> {
    let emulator = emulator().access_token_life(Duration::from_millis(200)).start().await?;
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse"))?;
    call(&gateway).await?;
    emulator.set_access_token_life(LONG);
    sleep(Duration::from_millis(250)).await;
    emulator.faults().next(Fault::Status { status: 503, retry_after: None });
    assert_eq!(burst(&gateway, 50).await?, (50, vec![]));
    // The fault answered the first one before it was counted.
    assert_eq!((emulator.counts().sign_ins(), emulator.counts().refreshes()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_refused_refresh_fails_everybody_and_is_not_repeated() -> Result<(), Failure> {
    let emulator = emulator().start().await?;
    let gateway = emulator.gateway_with(SignIn::refresh_token("not one of yours"))?;
    let (succeeded, errors) = burst(&gateway, 100).await?;
    assert_eq!((succeeded, errors.len()), (0, 100));
    let text = "POST /v1/cloudrun/echo/: the sign-in was refused with 400 Bad Request: invalid_grant: The refresh token is \
                used or expired.; sign in again with a credential that is valid";
    assert!(errors.iter().all(|error| *error == text), "{}", errors[0]);
    assert_eq!(emulator.counts().refreshes(), 1);
    let error = error_of(&gateway).await?;
    assert!(error.is_auth() && !error.is_retryable(), "{error}");
    assert_eq!(emulator.counts().refreshes(), 1);
    Ok(())
}

/// Only the answer that the refresh token itself is no longer good ends a session; whatever else is refused may be a proxy, an
/// unpaid bill or a rule that is mended.
#[tokio::test]
async fn a_session_outlives_every_refusal_but_that_of_its_grant() -> Result<(), Failure> {
    let emulator = emulator().start().await?;
    let mut sessions = Vec::new();
    for status in [402, 403, 404, 408, 423] {
        let gateway = emulator.gateway_with(SignIn::refresh_token(refresh_token(&emulator).await?))?;
        emulator.faults().next(Fault::Code { status, code: "SOMETHING_ELSE".to_owned() });
        let first = call(&gateway).await;
        let passes = matches!(status, 408 | 423);
        assert_eq!(first.is_ok(), passes, "{status} is a status that passes: {first:?}");
        sessions.push((status, gateway));
    }
    sleep(Duration::from_millis(1100)).await;
    for (status, gateway) in sessions {
        call(&gateway).await.map_err(|error| format!("{status}: {error}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_sign_in_that_is_down_is_left_alone_for_a_while() -> Result<(), Failure> {
    let emulator = emulator().start().await?;
    emulator.faults().choose(|request| {
        request.uri().path().starts_with("/auth/").then_some(Fault::Status { status: 503, retry_after: None })
    });
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse"))?;
    let before = emulator.counts().requests();
    let (succeeded, errors) = burst(&gateway, 200).await?;
    assert_eq!((succeeded, errors.len()), (0, 200));
    let error = error_of(&gateway).await?;
    assert!(error.is_retryable() && !error.is_auth(), "{error}");
    assert_eq!(emulator.counts().requests() - before, 3, "three attempts for all");
    // When it is back, so are the calls.
    emulator.faults().clear();
    sleep(Duration::from_millis(1100)).await;
    call(&gateway).await?;
    Ok(())
}

#[tokio::test]
async fn a_session_stays_with_its_gateway() -> Result<(), Failure> {
    let (one, two) = (emulator().start().await?, emulator().start().await?);
    let credential = Credential::from(SignIn::password("ada", "correct horse"));
    call(&one.gateway_with(credential.clone())?).await?;
    let error = error_of(&two.gateway_with(credential)?).await?;
    assert!(
        matches!(&error, Error::Credential { error: CredentialError::OtherGateway { signed_in }, .. } if signed_in.starts_with(&one.url())),
        "{error}"
    );
    Ok(())
}

/// Two environments behind one URL, as the domain of a company may have them.
#[tokio::test]
async fn a_session_stays_with_its_environment() -> Result<(), Failure> {
    let emulator = emulator().start().await?;
    let credential = Credential::from(SignIn::password("ada", "correct horse"));
    let of = |id: &str| Gateway::at(emulator.url()).environment_id(id).credential(credential.clone()).build();
    call(&of("env-1")?).await?;
    let error = error_of(&of("env-2")?).await?;
    assert!(
        matches!(&error, Error::Credential { error: CredentialError::OtherGateway { signed_in }, .. } if signed_in.contains("env-1")),
        "{error}"
    );
    call(&of("env-1")?).await?;
    assert_eq!(emulator.counts().sign_ins(), 1);
    Ok(())
}

/// A service that says how many bytes it was sent, and counts its calls.
fn measuring(calls: Arc<AtomicU32>) -> Router {
    Router::new().fallback(async move |body: axum::body::Bytes| {
        calls.fetch_add(1, Ordering::Relaxed);
        body.len().to_string()
    })
}

#[tokio::test]
async fn a_stream_is_not_sent_a_second_time_when_its_token_is_refused() -> Result<(), Failure> {
    let calls = Arc::new(AtomicU32::new(0));
    let emulator = emulator().service("store", measuring(Arc::clone(&calls)));
    let emulator = emulator.access_token_life(Duration::from_secs(2)).start().await?;
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse"))?;
    let streamed = || {
        let pieces = ["one ", "two"].map(|piece| Ok::<_, std::io::Error>(axum::body::Bytes::from(piece)));
        Body::stream(futures_util::stream::iter(pieces))
    };
    let upload = |body: Body| -> Result<_, Failure> {
        Ok(gateway
            .service("store")?
            .post("/")
            .body("application/octet-stream", body)
            .idempotency_key("7")
            .send())
    };
    assert_eq!(upload(streamed())?.await?.text()?, "7");
    sleep(Duration::from_millis(1100)).await;
    emulator.revoke_access_tokens();
    let error = upload(streamed())?.await.err().ok_or("something was stored")?;
    assert_eq!((error.status().map(|status| status.as_u16()), calls.load(Ordering::Relaxed)), (Some(401), 1));
    // The token has been renewed all the same: for whoever makes the call again.
    assert_eq!(upload(streamed())?.await?.text()?, "7");
    sleep(Duration::from_millis(1100)).await;
    // Bytes can be sent as often as it takes.
    emulator.revoke_access_tokens();
    assert_eq!(upload(Body::from("bytes"))?.await?.text()?, "5");
    Ok(())
}
