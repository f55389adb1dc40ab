//! Fixed tokens, anonymous users, and a caller's own function.

use super::{Failure, burst, call, emulator, error_of};
use cloudrun_emulator::{Caller, Fault, RunningEmulator};
use cloudrun_runtime::{Credential, Gateway, GatewayCode, SignIn, Tokens};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::sleep;

#[tokio::test]
async fn an_anonymous_user_is_known_by_the_device() -> Result<(), Failure> {
    let only_anonymous = |caller: &Caller| matches!(caller, Caller::User { id, scope } if id == "anonymous-device-7" && scope == "anonymous");
    let emulator = emulator().allow("echo", only_anonymous).start().await?;
    call(&emulator.gateway_with(SignIn::anonymous("device-7"))?).await?;
    call(&emulator.gateway_with(SignIn::anonymous("device-7"))?).await?;
    let other = error_of(&emulator.gateway_with(SignIn::anonymous("device-8"))?).await?;
    assert_eq!((other.code(), other.is_auth()), (Some(&GatewayCode::ServiceForbidden), true));
    assert!(other.to_string().contains("roles need the policy `CloudrunHttpApiAllow`"), "{other}");
    let wrong = error_of(&emulator.gateway_with(SignIn::password("ada", "wrong"))?).await?;
    assert!(wrong.is_auth() && wrong.to_string().contains("invalid_username_or_password"), "{wrong}");
    Ok(())
}

#[tokio::test]
async fn a_callers_own_function_is_asked_once_for_all() -> Result<(), Failure> {
    let (emulator, asked) = (emulator().start().await?, Arc::new(AtomicU32::new(0)));
    let (token, count) = (emulator.token().to_owned(), Arc::clone(&asked));
    let credential = Credential::from_fn(move || {
        count.fetch_add(1, Ordering::Relaxed);
        let token = token.clone();
        async move {
            sleep(Duration::from_millis(20)).await;
            Ok::<_, std::io::Error>(Tokens::new(token))
        }
    });
    let gateway = emulator.gateway_with(credential)?;
    assert_eq!(burst(&gateway, 100).await?, (100, vec![]));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let failing =
        Credential::from_fn(async || Err::<Tokens, _>(std::io::Error::other("the vault is closed")));
    let error = error_of(&emulator.gateway_with(failing)?).await?;
    assert!(error.to_string().contains("the credential's own code failed: the vault is closed"), "{error}");
    Ok(())
}

#[test]
fn an_empty_secret_is_no_credential() {
    for credential in
        [Credential::api_key(""), Credential::access_token(" "), Credential::publishable_key("\t")]
    {
        let error = Gateway::builder("shop-1").credential(credential).build().err();
        assert_eq!(error, Some(cloudrun_runtime::ConfigError::Credential));
    }
}

/// Whoever holds the emulator's handle sees what was asked.
#[tokio::test]
async fn fixed_tokens_are_not_renewed() -> Result<(), Failure> {
    let emulator: RunningEmulator = emulator().start().await?;
    let error = error_of(&emulator.gateway_with(Credential::access_token("a.b.c"))?).await?;
    assert_eq!((error.code(), error.attempts()), (Some(&GatewayCode::InvalidCredentials), 1));
    assert_eq!(emulator.counts().requests(), 1);
    Ok(())
}

#[tokio::test]
async fn a_refused_anonymous_sign_in_tells_where_it_is_switched_on() -> Result<(), Failure> {
    let emulator = emulator().start().await?;
    for status in [400, 403] {
        emulator.faults().next(Fault::Code { status, code: "LOGIN_METHOD_OFF".to_owned() });
        let error = error_of(&emulator.gateway_with(SignIn::anonymous("device-7"))?).await?;
        assert!(error.to_string().contains("it is off by default in new environments"), "{error}");
    }
    // What passes by itself needs no advice.
    emulator.faults().choose(|request| {
        request.uri().path().starts_with("/auth/").then_some(Fault::Status { status: 503, retry_after: None })
    });
    let error = error_of(&emulator.gateway_with(SignIn::anonymous("device-7"))?).await?;
    assert!(!error.to_string().contains("off by default"), "{error}");
    Ok(())
}

/// As the official JS SDK does.
#[tokio::test]
async fn each_call_of_a_sign_in_carries_the_client_id_in_its_query() -> Result<(), Failure> {
    let targets = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&targets);
    let emulator = emulator()
        .environment_id("shop-1")
        .key_pair("AKID", "key")
        .access_token_life(Duration::from_millis(200))
        .on_exchange(move |exchange| {
            if let Ok(mut seen) = seen.lock() {
                seen.push(exchange.target().to_owned());
            }
        })
        .start()
        .await?;
    let sign_in = || SignIn::password("ada", "correct horse");
    let gateway = emulator.gateway_with(sign_in())?;
    call(&gateway).await?;
    sleep(Duration::from_millis(250)).await;
    call(&gateway).await?;
    call(&emulator.gateway_with(Credential::server_token("AKID", "key"))?).await?;
    call(&emulator.gateway_with(sign_in().client_id("my client&1"))?).await?;
    let url = emulator.url();
    let settings = Gateway::from_env_with(move |name| match name {
        "CLOUDBASE_GATEWAY_URL" => Some(url.clone()),
        "TCB_ENV" => Some("shop-1".to_owned()),
        "CLOUDBASE_APIKEY" => Some("a key".to_owned()),
        _ => None,
    })?;
    call(&settings.with_credential(sign_in())?).await?;
    // A URL says nothing of the environment.
    call(&Gateway::at(emulator.url()).credential(SignIn::anonymous("device-7")).build()?).await?;
    let mut targets = targets.lock().map_err(|_| "poisoned")?.clone();
    targets.retain(|target| target.starts_with("/auth/"));
    assert_eq!(
        targets,
        [
            "/auth/v1/signin?client_id=shop-1",
            "/auth/v1/token?client_id=shop-1",
            "/auth/v1/token/clientCredential?client_id=shop-1",
            "/auth/v1/signin?client_id=my%20client%261",
            "/auth/v1/signin?client_id=shop-1",
            "/auth/v1/signin/anonymously",
        ]
    );
    Ok(())
}
