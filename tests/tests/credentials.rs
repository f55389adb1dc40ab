//! Sessions that renew themselves, signatures, and what callers bring: against the emulator's sign-in.

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use cloudrun_emulator::{Caller, Emulator, Fault, RunningEmulator, axum};
use cloudrun_runtime::transport::{BoxError, BoxFuture};
use cloudrun_runtime::{
    Body, Credential, CredentialError, Error, FileStore, Gateway, GatewayCode, RetryPolicy, SignIn,
    Signature, TokenStore, Tokens,
};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

type Failure = Box<dyn std::error::Error>;

const LONG: Duration = Duration::from_secs(7200);

/// A service that answers with the token that it was called with.
fn echo() -> Router {
    Router::new().fallback(async |headers: HeaderMap| {
        headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    })
}

fn emulator() -> Emulator {
    Emulator::new().service("echo", echo()).user("ada", "correct horse")
}

async fn call(gateway: &Gateway) -> Result<String, Failure> {
    let reply = gateway.service("echo")?.get("/").retry(RetryPolicy::never()).send().await?;
    Ok(reply.text()?.to_owned())
}

async fn error_of(gateway: &Gateway) -> Result<Error<std::convert::Infallible>, Failure> {
    let call = gateway.service("echo")?.get("/").retry(RetryPolicy::never());
    call.send().await.err().ok_or_else(|| "the call succeeded".into())
}

/// Makes calls at the same moment: how many succeeded, and the errors.
async fn burst(gateway: &Gateway, calls: usize) -> Result<(usize, Vec<String>), Failure> {
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

/// The refresh token of a user who has just signed in.
async fn refresh_token(emulator: &RunningEmulator) -> Result<String, Failure> {
    let body = serde_json::json!({"username": "ada", "password": "correct horse"});
    let answer =
        reqwest::Client::new().post(format!("{}/auth/v1/signin", emulator.url())).body(body.to_string());
    let tokens: serde_json::Value = serde_json::from_slice(&answer.send().await?.bytes().await?)?;
    Ok(tokens["refresh_token"].as_str().ok_or("no refresh token")?.to_owned())
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

/// A store that writes down what is done with it.
#[derive(Clone, Default)]
struct Memory {
    tokens: Arc<Mutex<Vec<Tokens>>>,
    fails: Arc<AtomicU32>,
}

impl Memory {
    fn last(&self) -> Option<Tokens> {
        self.tokens.lock().ok()?.last().cloned()
    }

    fn saved(&self) -> usize {
        self.tokens.lock().map(|tokens| tokens.len()).unwrap_or_default()
    }
}

impl TokenStore for Memory {
    fn load(&self) -> BoxFuture<'_, Result<Option<Tokens>, BoxError>> {
        Box::pin(async { Ok(self.last()) })
    }

    fn save<'a>(&'a self, tokens: &'a Tokens) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async {
            if self.fails.load(Ordering::Relaxed) > 0 {
                self.fails.fetch_sub(1, Ordering::Relaxed);
                return Err("the disk is full".into());
            }
            // Slow enough that a call would overtake it.
            sleep(Duration::from_millis(50)).await;
            if let Ok(mut all) = self.tokens.lock() {
                all.push(tokens.clone());
            }
            Ok(())
        })
    }
}

/// A service that fails where it is called with a token that the store does not have.
fn careful(store: Memory) -> Router {
    Router::new().fallback(async move |request: Request| {
        let token = request.headers()["authorization"].to_str().unwrap_or_default().replace("Bearer ", "");
        let is_stored = store.last().is_some_and(|tokens| tokens.access_token() == token);
        if is_stored {
            (axum::http::StatusCode::OK, token)
        } else {
            (axum::http::StatusCode::CONFLICT, token)
        }
    })
}

#[tokio::test]
async fn new_tokens_reach_the_store_before_they_are_used() -> Result<(), Failure> {
    let store = Memory::default();
    let emulator = Emulator::new().service("echo", careful(store.clone())).user("ada", "correct horse");
    let emulator = emulator.access_token_life(Duration::from_millis(300)).start().await?;
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse").store(store.clone()))?;
    for renewals in 1..=3 {
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            tasks.spawn(gateway.service("echo")?.get("/").send());
        }
        while let Some(result) = tasks.join_next().await {
            assert_eq!(result??.status(), 200);
        }
        assert_eq!(store.saved(), renewals);
        sleep(Duration::from_millis(350)).await;
    }
    // Another process goes on from there: the refresh token has not been used before.
    let tokens = store.last().ok_or("nothing was stored")?;
    let later =
        emulator.gateway_with(SignIn::refresh_token("the first one, used long ago").store(store.clone()))?;
    assert_ne!(call(&later).await?, format!("Bearer {}", tokens.access_token()));
    assert_eq!(emulator.counts().sign_ins(), 1);
    Ok(())
}

#[tokio::test]
async fn tokens_that_cannot_be_stored_are_kept_until_they_can() -> Result<(), Failure> {
    let store = Memory::default();
    store.fails.store(1, Ordering::Relaxed);
    let emulator = emulator().start().await?;
    let gateway = emulator.gateway_with(SignIn::password("ada", "correct horse").store(store.clone()))?;
    let error = error_of(&gateway).await?;
    assert!(
        matches!(&error, Error::Credential { error: CredentialError::Store(_), .. })
            && error.to_string().contains("the disk is full"),
        "{error}"
    );
    sleep(Duration::from_millis(1100)).await;
    call(&gateway).await?;
    assert_eq!((store.saved(), emulator.counts().sign_ins()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn stored_tokens_are_used_without_signing_in() -> Result<(), Failure> {
    let (store, emulator) = (Memory::default(), emulator().start().await?);
    let sign_in = || SignIn::password("ada", "correct horse").store(store.clone());
    let first = call(&emulator.gateway_with(sign_in())?).await?;
    let second = call(&emulator.gateway_with(sign_in())?).await?;
    assert_eq!((first, emulator.counts().sign_ins()), (second, 1));
    Ok(())
}

/// What a command line, a timer or a cloud function does: it starts, finds tokens of yesterday, and calls at once.
#[tokio::test]
async fn a_stored_token_that_is_refused_is_renewed_once_by_each_new_process() -> Result<(), Failure> {
    let (store, emulator) = (Memory::default(), emulator().start().await?);
    let sign_in = || SignIn::password("ada", "correct horse").store(store.clone());
    call(&emulator.gateway_with(sign_in())?).await?;
    for renewals in 1..=2 {
        emulator.revoke_access_tokens();
        call(&emulator.gateway_with(sign_in())?).await?;
        assert_eq!((emulator.counts().sign_ins(), emulator.counts().refreshes()), (1, renewals));
    }
    // A new token that is refused too is not made again and again.
    let gateway = emulator.gateway_with(sign_in())?;
    emulator.revoke_access_tokens();
    emulator.faults().choose(|request| {
        let is_service = request.uri().path().starts_with("/v1/");
        is_service.then(|| Fault::Code { status: 401, code: "ACCESS_TOKEN_INVALID".to_owned() })
    });
    for _ in 0..5 {
        assert!(error_of(&gateway).await?.is_auth());
    }
    assert_eq!(emulator.counts().refreshes(), 3);
    Ok(())
}

#[tokio::test]
async fn processes_that_share_a_store_share_its_session() -> Result<(), Failure> {
    let (store, emulator) = (Memory::default(), emulator().start().await?);
    let first = refresh_token(&emulator).await?;
    let process = || emulator.gateway_with(SignIn::refresh_token(first.clone()).store(store.clone()));
    let processes = [process()?, process()?, process()?];
    for _ in 0..2 {
        for gateway in &processes {
            call(gateway).await?;
        }
        // A token is not renewed that was made a moment ago.
        sleep(Duration::from_millis(5100)).await;
        emulator.revoke_access_tokens();
        // All at once: those whose refresh token was used a moment ago find the new tokens in the store.
        let [one, two, three] = &processes;
        let (one, two, three) = tokio::join!(call(one), call(two), call(three));
        let one = one?;
        assert_eq!([&two?, &three?], [&one; 2]);
    }
    assert_eq!(emulator.counts().sign_ins(), 1);
    Ok(())
}

#[tokio::test]
async fn a_session_that_is_over_lives_again_by_what_another_process_stores() -> Result<(), Failure> {
    let (store, emulator) = (Memory::default(), emulator().start().await?);
    let dead = emulator.gateway_with(SignIn::refresh_token("not one of yours").store(store.clone()))?;
    assert!(error_of(&dead).await?.is_auth());
    let asked = emulator.counts().refreshes();
    call(&emulator.gateway_with(SignIn::password("ada", "correct horse").store(store.clone()))?).await?;
    sleep(Duration::from_millis(1100)).await;
    call(&dead).await?;
    assert_eq!(emulator.counts().refreshes(), asked, "a token that is dead is not tried again");
    Ok(())
}

#[tokio::test]
async fn a_file_keeps_a_session_for_its_owner_alone() -> Result<(), Failure> {
    let (folder, emulator) = (tempfile::tempdir()?, emulator().start().await?);
    let path = folder.path().join("session.json");
    let process =
        || emulator.gateway_with(SignIn::password("ada", "correct horse").store(FileStore::new(&path)));
    let processes = [process()?, process()?, process()?, process()?];
    for renewals in 0..2 {
        let [one, two, three, four] = &processes;
        let (one, two, three, four) = tokio::join!(call(one), call(two), call(three), call(four));
        let one = one?;
        assert_eq!([&two?, &three?, &four?], [&one; 3]);
        assert_eq!(
            (emulator.counts().sign_ins(), emulator.counts().refreshes()),
            (1, renewals),
            "one at a time"
        );
        sleep(Duration::from_millis(5100)).await;
        emulator.revoke_access_tokens();
    }
    let files: Vec<_> = std::fs::read_dir(folder.path())?.collect::<Result<_, _>>()?;
    assert_eq!(files.iter().map(|file| file.file_name()).collect::<Vec<_>>(), ["session.json"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    }
    Ok(())
}

#[tokio::test]
async fn half_a_file_is_replaced_by_signing_in_and_told_to_who_cannot() -> Result<(), Failure> {
    let (folder, emulator) = (tempfile::tempdir()?, emulator().start().await?);
    let path = folder.path().join("session.json");
    std::fs::write(&path, "{\"access_token\":\"abc")?;
    let lost = emulator.gateway_with(SignIn::refresh_token("used long ago").store(FileStore::new(&path)))?;
    let error = error_of(&lost).await?;
    assert!(
        matches!(&error, Error::Credential { error: CredentialError::Store(_), .. })
            && error.to_string().contains("session.json"),
        "{error}"
    );
    let gateway =
        emulator.gateway_with(SignIn::password("ada", "correct horse").store(FileStore::new(&path)))?;
    call(&gateway).await?;
    Tokens::from_json(&std::fs::read_to_string(&path)?)?;
    Ok(())
}

#[tokio::test]
async fn a_lock_that_a_dead_process_left_holds_nobody_for_ever() -> Result<(), Failure> {
    let (folder, emulator) = (tempfile::tempdir()?, emulator().start().await?);
    let path = folder.path().join("session.json");
    let lock = std::fs::File::create(folder.path().join("session.json.lock"))?;
    lock.set_modified(std::time::SystemTime::now() - Duration::from_secs(120))?;
    let gateway =
        emulator.gateway_with(SignIn::password("ada", "correct horse").store(FileStore::new(&path)))?;
    call(&gateway).await?;
    assert!(!folder.path().join("session.json.lock").exists());
    Ok(())
}

#[tokio::test]
async fn an_anonymous_user_is_known_by_the_device() -> Result<(), Failure> {
    let only_anonymous = |caller: &Caller| matches!(caller, Caller::User { id, scope } if id == "anonymous-device-7" && scope == "anonymous");
    let emulator = emulator().allow("echo", only_anonymous).start().await?;
    call(&emulator.gateway_with(SignIn::anonymous("device-7"))?).await?;
    call(&emulator.gateway_with(SignIn::anonymous("device-7"))?).await?;
    let other = error_of(&emulator.gateway_with(SignIn::anonymous("device-8"))?).await?;
    assert_eq!((other.code(), other.is_auth()), (Some(&GatewayCode::ServiceForbidden), true));
    assert!(other.to_string().contains("allow this caller's role"), "{other}");
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

#[tokio::test]
async fn signed_requests_are_accepted_as_they_were_signed() -> Result<(), Failure> {
    let emulator = emulator().key_pair("AKIDexample", "secret key").start().await?;
    let gateway =
        emulator.gateway_with(Signature::new("AKIDexample", "secret key").session_token("a token"))?;
    let service = gateway.service("echo")?;
    let signed = service.get("/a b/云?limit=10&tag=a%20b").send().await?;
    assert!(signed.text()?.ends_with("Token=a token"), "{signed:?}");
    let body = serde_json::json!({"name": "云", "size": 3});
    for call in [
        service.post("/").json(&body),
        service.put("/x").body("text/plain; charset=UTF-8", "Text"),
        service.delete("/x"),
    ] {
        assert_eq!(call.send().await?.status(), 200);
    }
    let stranger = emulator.gateway_with(Signature::new("AKIDexample", "another key"))?;
    assert_eq!(error_of(&stranger).await?.code(), Some(&GatewayCode::AuthenticationFailed));
    let file = cloudrun_runtime::Body::stream(futures_util::stream::once(async {
        Ok::<_, std::io::Error>(cloudrun_runtime::Bytes::from_static(b"x"))
    }));
    let error = service.post("/").body("text/plain", file).send().await.err();
    assert!(
        matches!(&error, Some(Error::Credential { error: CredentialError::Unsignable, .. })),
        "{error:?}"
    );
    Ok(())
}

#[tokio::test]
async fn what_is_signed_is_what_is_sent() -> Result<(), Failure> {
    let emulator = emulator().key_pair("AKIDexample", "secret key").start().await?;
    let gateway = emulator.gateway_with(Signature::new("AKIDexample", "secret key"))?;
    let service = gateway.service("echo")?;
    // Everything that can be typed, but what ends a path or a query, or stands for something in it.
    for (place, strange) in [("path", "/?\\%"), ("query", "%")] {
        for character in (b' '..=b'~').map(char::from).filter(|character| !strange.contains(*character)) {
            let path =
                if place == "path" { format!("/a{character}b") } else { format!("/a?b=c{character}d") };
            let reply = service.get(&path).send().await.map_err(|error| format!("{path}: {error}"))?;
            assert_eq!(reply.status(), 200, "{path}");
        }
    }
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

#[tokio::test]
async fn a_session_stays_with_its_gateway() -> Result<(), Failure> {
    let (one, two) = (emulator().start().await?, emulator().start().await?);
    let credential = Credential::from(SignIn::password("ada", "correct horse"));
    call(&one.gateway_with(credential.clone())?).await?;
    let error = error_of(&two.gateway_with(credential)?).await?;
    assert!(
        matches!(&error, Error::Credential { error: CredentialError::OtherGateway { signed_in }, .. } if *signed_in == one.url()),
        "{error}"
    );
    Ok(())
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
