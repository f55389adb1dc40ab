//! Tokens that outlive the process, and that several processes share.

use super::{Failure, call, emulator, error_of, refresh_token};
use axum::Router;
use axum::extract::Request;
use cloudrun_emulator::{Emulator, Fault, axum};
use cloudrun_runtime::transport::{BoxError, BoxFuture};
use cloudrun_runtime::{CredentialError, Error, FileStore, Gateway, SignIn, TokenStore, Tokens};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// A store that writes down what is done with it.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    tokens: Arc<Mutex<Vec<Tokens>>>,
    fails: Arc<AtomicU32>,
}

impl Memory {
    pub(crate) fn last(&self) -> Option<Tokens> {
        self.tokens.lock().ok()?.last().cloned()
    }

    pub(crate) fn saved(&self) -> usize {
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

/// A refresh token is as good as a password: it goes to nobody but who gave it.
#[tokio::test]
async fn a_stored_session_of_another_gateway_or_environment_is_neither_used_nor_overwritten()
-> Result<(), Failure> {
    let (one, two) = (emulator().start().await?, emulator().start().await?);
    let store = Memory::default();
    let (first, second) = (one.url(), two.url());
    let of = |url: &str, id: &str| {
        let credential = SignIn::password("ada", "correct horse").store(store.clone());
        Gateway::at(url).environment_id(id).credential(credential).build()
    };
    call(&of(&first, "env-1")?).await?;
    for other in [of(&second, "env-1")?, of(&first, "env-2")?] {
        let error = error_of(&other).await?;
        let is_other = |error: &CredentialError| matches!(error, CredentialError::OtherGateway { signed_in } if signed_in.contains(&first));
        assert!(matches!(&error, Error::Credential { error, .. } if is_other(error)), "{error}");
        assert!(!error.is_retryable() && error.to_string().contains("a store of its own"), "{error}");
    }
    assert_eq!((store.saved(), one.counts().sign_ins(), two.counts().sign_ins()), (1, 1, 0));
    assert_eq!((one.counts().refreshes(), two.counts().refreshes()), (0, 0));
    // The next process of the first one goes on, also if an earlier version wrote nothing of where.
    call(&of(&first, "env-1")?).await?;
    let text = store.last().ok_or("nothing is stored")?.to_json();
    let mut json: serde_json::Value = serde_json::from_str(&text)?;
    json.as_object_mut().ok_or("no object")?.remove("signed_in_at");
    let older = Memory::default();
    older.save(&Tokens::from_json(&json.to_string())?).await.map_err(|error| error.to_string())?;
    call(&one.gateway_with(SignIn::password("ada", "correct horse").store(older))?).await?;
    assert_eq!(one.counts().sign_ins(), 1);
    Ok(())
}
