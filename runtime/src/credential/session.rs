//! Sessions: in comes how to sign in, out go access tokens that are valid. Whoever finds that the token ends starts one
//! renewal, in a task of its own, so that a caller who goes away does not lose the new refresh token; everybody else waits
//! for its outcome. Each new refresh token reaches the caller's store before its access token is used.

use super::api::AuthApi;
use super::error::CredentialError;
use super::sign_in::{Grant, SignIn, without_nulls};
use super::store::TokenStore;
use super::tokens::{Freshness, Tokens};
use super::{Authorize, Credential, Outgoing};
use crate::rt;
use crate::transport::BoxFuture;
use http::HeaderValue;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How often one renewal calls the gateway, if it gets no answer or is told to come later.
const ATTEMPTS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest time that a failed renewal stands for those who come later.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

type Outcome = Option<Result<HeaderValue, CredentialError>>;

impl From<SignIn> for Credential {
    fn from(sign_in: SignIn) -> Self {
        let name = sign_in.name;
        Self::source(name, Session(Arc::new(Shared { sign_in, state: Mutex::default() })))
    }
}

struct Session(Arc<Shared>);

struct Shared {
    sign_in: SignIn,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The tokens in use: what they are, and the header that they make.
    current: Option<(Tokens, HeaderValue)>,
    /// Tokens that have not reached the store yet.
    unsaved: Option<Tokens>,
    /// The refresh token that the gateway will never take again, and what it said.
    dead: Option<(SecretString, CredentialError)>,
    /// Whether the gateway refused the current token.
    is_refused: bool,
    renewal: Option<watch::Receiver<Outcome>>,
    failure: Option<Failure>,
    /// Where the session is.
    home: Option<String>,
}

/// A renewal that failed: the reason stands for everyone until the pause is over.
struct Failure {
    error: CredentialError,
    until: Option<rt::Instant>,
    count: u32,
}

impl State {
    fn freshness(&self, now: Timestamp) -> Freshness {
        match &self.current {
            Some((tokens, _)) if !self.is_refused => tokens.state(now),
            _ => Freshness::Ended,
        }
    }

    /// The renewal under way, if there is one.
    fn running(&self) -> Option<watch::Receiver<Outcome>> {
        // One whose task is gone will never answer.
        self.renewal.clone().filter(|renewal| renewal.has_changed().is_ok())
    }

    /// Why a refresh token need not be tried again.
    fn refusal(&self, token: &SecretString) -> Option<CredentialError> {
        let dead = self.dead.as_ref().filter(|(dead, _)| dead.expose_secret() == token.expose_secret());
        dead.map(|(_, error)| error.clone())
    }

    /// Why no renewal may be started now.
    fn pause(&self) -> Option<&CredentialError> {
        let failure = self.failure.as_ref()?;
        failure.until.is_none_or(|until| rt::Instant::now() < until).then_some(&failure.error)
    }
}

impl Authorize for Session {
    fn authorize<'a>(
        &'a self,
        _: Outgoing<'a>,
        api: &'a AuthApi,
    ) -> BoxFuture<'a, Result<HeaderValue, CredentialError>> {
        Box::pin(async move {
            let mut renewal = match self.0.access(api)? {
                Access::Token(value) => return Ok(value),
                Access::Renewal(renewal) => renewal,
            };
            match renewal.wait_for(Option::is_some).await {
                Ok(outcome) => outcome.clone().unwrap_or(Err(CredentialError::Interrupted)),
                Err(_) => Err(CredentialError::Interrupted),
            }
        })
    }

    fn refused(&self, value: &HeaderValue) -> bool {
        let mut state = self.0.lock();
        match &state.current {
            Some((tokens, current)) if current == value => {
                // A token that was made a moment ago is refused for another reason; a new one would be refused too.
                let is_new = tokens.is_new();
                state.is_refused |= !is_new;
                !is_new
            }
            // Another one has taken its place in the meantime.
            _ => true,
        }
    }
}

/// What a call is authorized by.
enum Access {
    Token(HeaderValue),
    Renewal(watch::Receiver<Outcome>),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The current token, or the renewal to wait for, which is started if need be.
    fn access(self: &Arc<Self>, api: &AuthApi) -> Result<Access, CredentialError> {
        let mut state = self.lock();
        let here = api.home();
        let home = state.home.get_or_insert_with(|| here.clone());
        if *home != here {
            return Err(CredentialError::OtherGateway { signed_in: home.clone() });
        }
        let freshness = state.freshness(Timestamp::now());
        let value = state.current.as_ref().map(|(_, value)| value.clone());
        match (freshness, value) {
            (Freshness::Fresh, Some(value)) => Ok(Access::Token(value)),
            (Freshness::Ending, Some(value)) => {
                if state.running().is_none() && state.pause().is_none() {
                    self.start(&mut state, api);
                }
                Ok(Access::Token(value))
            }
            _ => {
                if let Some(renewal) = state.running() {
                    return Ok(Access::Renewal(renewal));
                }
                match state.pause() {
                    Some(error) => Err(error.clone()),
                    None => Ok(Access::Renewal(self.start(&mut state, api))),
                }
            }
        }
    }

    fn start(self: &Arc<Self>, state: &mut State, api: &AuthApi) -> watch::Receiver<Outcome> {
        let (tell, renewal) = watch::channel(None);
        state.renewal = Some(renewal.clone());
        let (shared, api) = (Arc::clone(self), api.clone());
        rt::spawn(async move {
            let result = shared.renew(&api).await;
            let outcome = shared.finish(result);
            // Everybody may have gone away.
            let _ = tell.send(Some(outcome));
        });
        renewal
    }

    fn finish(&self, result: Result<Tokens, CredentialError>) -> Result<HeaderValue, CredentialError> {
        let mut state = self.lock();
        state.renewal = None;
        match result.and_then(|tokens| Ok((tokens.header()?, tokens))) {
            Ok((value, tokens)) => {
                state.current = Some((tokens, value.clone()));
                state.is_refused = false;
                state.failure = None;
                Ok(value)
            }
            Err(error) => {
                let count = state.failure.as_ref().map_or(0, |failure| failure.count) + 1;
                let pause =
                    Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(count - 1)).min(LONGEST_PAUSE);
                // Into a store another process may put better ones.
                let has_no_other =
                    matches!(self.sign_in.grant, Grant::Refresh(_)) && self.sign_in.store.is_none();
                let is_final = has_no_other && error.ends_grant();
                let until = (!is_final).then(|| rt::Instant::now() + pause.mul_f64(0.5 + rt::random() / 2.0));
                state.failure = Some(Failure { error: error.clone(), until, count });
                Err(error)
            }
        }
    }

    async fn renew(&self, api: &AuthApi) -> Result<Tokens, CredentialError> {
        let Some(store) = self.sign_in.store.as_deref() else { return self.fetch(api).await };
        // Nobody else renews meanwhile, where the store can see to it. One whose lock fails fails to load or save as well, if it matters.
        let _lock = store.lock().await;
        let unsaved = self.lock().unsaved.clone();
        let tokens = match unsaved {
            Some(tokens) => tokens,
            None => match self.renewed_beside(store, api).await? {
                Found::Stored(tokens) => return Ok(tokens),
                Found::Fetched(tokens) => tokens.of_home(api.home()),
            },
        };
        self.lock().unsaved = Some(tokens.clone());
        store.save(&tokens).await.map_err(|error| CredentialError::store(error, Some(&tokens)))?;
        self.lock().unsaved = None;
        Ok(tokens)
    }

    /// What another process has left in the store, if it is good, or new tokens. A refresh token that is refused may have been used by
    /// another process a moment ago, whose tokens are then on their way to the store.
    async fn renewed_beside(&self, store: &dyn TokenStore, api: &AuthApi) -> Result<Found, CredentialError> {
        let unreadable = match self.stored(store, api).await {
            Ok(Some(tokens)) => return Ok(Found::Stored(tokens)),
            Ok(None) => None,
            // Somebody else's session is neither used nor overwritten.
            Err(error @ CredentialError::OtherGateway { .. }) => return Err(error),
            Err(error) => {
                #[cfg(feature = "tracing")]
                tracing::warn!(%error, "the store of the tokens cannot be read; it is overwritten once there are new tokens");
                Some(error)
            }
        };
        let refused = match self.fetch(api).await {
            Ok(tokens) => return Ok(Found::Fetched(tokens)),
            // The store is the reason, if what it holds would have been needed.
            Err(error) if unreadable.is_some() => return Err(unreadable.unwrap_or(error)),
            Err(error) if !error.ends_grant() => return Err(error),
            Err(error) => error,
        };
        for attempt in 0..=ATTEMPTS {
            rt::sleep(FIRST_WAIT * 2 * attempt).await;
            match self.stored(store, api).await {
                Ok(Some(tokens)) => return Ok(Found::Stored(tokens)),
                Ok(None) if self.has_another_refresh() => return self.fetch(api).await.map(Found::Fetched),
                _ => {}
            }
        }
        Err(refused)
    }

    /// What the store holds, if it is good and not what was refused or has ended here. Its refresh token is kept in any case.
    async fn stored(&self, store: &dyn TokenStore, api: &AuthApi) -> Result<Option<Tokens>, CredentialError> {
        let tokens = store.load().await.map_err(|error| CredentialError::store(error, None))?;
        let Some(tokens) = tokens.map(Tokens::of_store) else { return Ok(None) };
        if let Some(home) = tokens.home().filter(|home| *home != api.home()) {
            return Err(CredentialError::OtherGateway { signed_in: home.to_owned() });
        }
        let value = tokens.header()?;
        let mut state = self.lock();
        let is_known = state.current.as_ref().is_some_and(|(_, current)| *current == value);
        if is_known {
            return Ok(None);
        }
        let is_good = tokens.state(Timestamp::now()) != Freshness::Ended;
        state.current = Some((tokens.clone(), value));
        state.is_refused = false;
        Ok(is_good.then_some(tokens))
    }

    /// The refresh token to use: that of the tokens at hand, or the one that the session began with.
    fn refresh(&self) -> Option<SecretString> {
        let state = self.lock();
        let known =
            state.current.as_ref().and_then(|(tokens, _)| tokens.refresh_token().map(SecretString::from));
        match (known, &self.sign_in.grant) {
            (None, Grant::Refresh(first)) => Some(first.clone()),
            (known, _) => known,
        }
    }

    /// Whether there is a refresh token that the gateway has not refused for good.
    fn has_another_refresh(&self) -> bool {
        let refresh = self.refresh();
        let state = self.lock();
        refresh.is_some_and(|token| state.refusal(&token).is_none())
    }

    async fn fetch(&self, api: &AuthApi) -> Result<Tokens, CredentialError> {
        let mut attempt = 1;
        loop {
            let error = match self.fetch_once(api).await {
                Ok(tokens) => return Ok(tokens),
                Err(error) => error,
            };
            let comes_later =
                matches!(&error, CredentialError::Unavailable(_) | CredentialError::Refused { .. });
            if !comes_later || !error.is_retryable() || attempt == ATTEMPTS {
                return Err(error);
            }
            let wait = FIRST_WAIT.saturating_mul(4_u32.saturating_pow(attempt - 1));
            rt::sleep(wait.mul_f64(0.5 + rt::random() / 2.0)).await;
            attempt += 1;
        }
    }

    async fn fetch_once(&self, api: &AuthApi) -> Result<Tokens, CredentialError> {
        let api = &api.of_client(self.sign_in.client_id.as_deref());
        if let Some(token) = self.refresh() {
            match self.refreshed(api, token).await {
                Ok(tokens) => return Ok(tokens),
                // Whatever the reason, whoever can sign in starts another session.
                Err(error) if is_refusal(&error) && !matches!(self.sign_in.grant, Grant::Refresh(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.sign_in.tokens(api).await
    }

    async fn refreshed(&self, api: &AuthApi, token: SecretString) -> Result<Tokens, CredentialError> {
        if let Some(error) = self.lock().refusal(&token) {
            return Err(error);
        }
        let body = json!({
            "grant_type": "refresh_token", "refresh_token": token.expose_secret(),
            "client_id": api.client_id(),
        });
        let result = api.post("/auth/v1/token", &[], &without_nulls(body)).await;
        if let Err(error) = &result
            && error.ends_grant()
        {
            self.lock().dead = Some((token, error.clone()));
        }
        result.and_then(|answer| Tokens::from_answer(&answer))
    }
}

/// Where good tokens came from.
enum Found {
    Stored(Tokens),
    Fetched(Tokens),
}

/// Whether the server has said no.
fn is_refusal(error: &CredentialError) -> bool {
    matches!(error, CredentialError::Refused { .. }) && !error.is_retryable()
}
