//! Codes by SMS and email.

use super::{Failure, call, emulator, error_of};
use cloudrun_emulator::Caller;
use cloudrun_runtime::{CredentialError, Gateway};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn who_enters_the_code_is_signed_in() -> Result<(), Failure> {
    for recipient in ["+86 13800000000", "ada@example.com"] {
        let is_them = move |caller: &Caller| matches!(caller, Caller::User { id, .. } if id == recipient);
        let emulator = emulator().allow("echo", is_them).start().await?;
        // Nobody needs a credential to ask for a code.
        let gateway = Gateway::at(emulator.url()).build()?;
        let sent = gateway.auth_api().send_code(recipient).await?;
        let code = emulator.code_sent_to(recipient).ok_or("no code was sent")?;
        assert!(!format!("{sent:?}").contains(&code));
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let error = sent.verify(wrong).await.err().ok_or("any code is taken")?;
        assert!(error.to_string().contains("invalid_verification_code"), "{error}");
        let user = gateway.with_credential(sent.verify(&format!(" {code}\n")).await?)?;
        call(&user).await?;
        // The session goes on without another code.
        tokio::time::sleep(std::time::Duration::from_millis(5100)).await;
        emulator.revoke_access_tokens();
        call(&user).await?;
        assert_eq!((emulator.counts().sign_ins(), emulator.counts().refreshes()), (1, 1));
        assert!(sent.verify(&code).await.is_err(), "a code is valid once");
    }
    Ok(())
}

#[tokio::test]
async fn a_code_may_be_mistyped_five_times() -> Result<(), Failure> {
    let emulator = emulator().start().await?;
    let sent = emulator.gateway()?.auth_api().clone().send_code("ada@example.com").await?;
    let code = emulator.code_sent_to("ada@example.com").ok_or("no code was sent")?;
    for _ in 0..5 {
        assert!(sent.verify("no code").await.is_err());
    }
    let error = sent.verify(&code).await.err().ok_or("codes can be guessed")?;
    assert!(matches!(error, CredentialError::Refused { .. }), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_code_and_what_it_is_exchanged_for_end() -> Result<(), Failure> {
    let life = Duration::from_secs(2);
    let emulator = emulator().code_life(life).start().await?;
    let gateway = Gateway::at(emulator.url()).build()?;
    let sent = gateway.auth_api().send_code("ada@example.com").await?;
    let code = emulator.code_sent_to("ada@example.com").ok_or("no code was sent")?;
    let late = gateway.with_credential(sent.verify(&code).await?)?;
    let sent = gateway.auth_api().send_code("ada@example.com").await?;
    let code = emulator.code_sent_to("ada@example.com").ok_or("no code was sent")?;
    tokio::time::sleep(life).await;
    let error = sent.verify(&code).await.err().ok_or("a code never ends")?.to_string();
    assert!(error.contains("expired") && error.contains("have another one sent"), "{error}");
    let error = error_of(&late).await?.to_string();
    assert!(error.contains("invalid_verification_token"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_number_without_its_country_is_refused() -> Result<(), Failure> {
    let emulator = emulator().start().await?;
    let gateway = Gateway::at(emulator.url()).build()?;
    let error = gateway.auth_api().send_code("13911112222").await.err().ok_or("it was sent")?;
    assert!(error.to_string().contains("+86 13800000000"), "{error}");
    assert!(error_of(&gateway).await?.is_auth(), "nobody is signed in");
    Ok(())
}

/// What the gateway checks, whoever asks.
#[tokio::test]
async fn a_verified_code_signs_its_own_recipient_in_once() -> Result<(), Failure> {
    let emulator = emulator().start().await?;
    let api = Gateway::direct(emulator.url()).build()?;
    let post = async |path: &str, body: serde_json::Value| -> Result<_, Failure> {
        let reply = api.service("auth")?.post(&format!("/auth/v1/{path}")).json(&body).send().await?;
        Ok((reply.status().as_u16(), reply.json::<serde_json::Value>()?))
    };
    let (_, sent) = post("verification", json!({"email": "ada@example.com", "target": "ANY"})).await?;
    let code = emulator.code_sent_to("ada@example.com");
    let body = json!({"verification_id": sent["verification_id"], "verification_code": code});
    let (_, verified) = post("verification/verify", body).await?;
    let token = &verified["verification_token"];
    let mut statuses = Vec::new();
    for body in [
        json!({"username": "eve@example.com", "verification_token": token}),
        json!({"verification_token": "guessed"}),
        json!({"verification_token": token}),
        json!({"verification_token": token}),
    ] {
        statuses.push(post("signin", body).await?.0);
    }
    assert_eq!(statuses, [400, 400, 200, 400]);
    Ok(())
}
