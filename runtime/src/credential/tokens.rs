use super::bearer;
use super::error::CredentialError;
use crate::rt;
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// What a sign-in answers where it does not say how long its token lives: two hours, as documented.
const LIFETIME: Duration = Duration::from_secs(7200);

/// The tokens of a session. Never shown by `Debug`, wiped from memory on drop.
///
/// ```
/// use cloudrun_runtime::Tokens;
/// use std::time::Duration;
/// let tokens = Tokens::new("an access token").expires_in(Duration::from_secs(7200)).with_refresh_token("a refresh token");
/// // What a store keeps, and reads.
/// let text = tokens.to_json();
/// assert_eq!(Tokens::from_json(&text)?.refresh_token(), Some("a refresh token"));
/// # Ok::<(), cloudrun_runtime::CredentialError>(())
/// ```
#[derive(Clone)]
pub struct Tokens {
    access: SecretString,
    refresh: Option<SecretString>,
    expires: Option<Timestamp>,
    obtained: Timestamp,
    /// The gateway and environment that they are of, where that is known.
    home: Option<String>,
    /// When this process got them from a sign-in, by a clock that nobody sets; `None` for those of a store, whose age in this
    /// process says nothing.
    made: Option<rt::Instant>,
    /// A part of the time that is left for renewal, so that not all processes renew at the same moment.
    jitter: f64,
}

impl Tokens {
    /// A token that is valid until the gateway refuses it.
    pub fn new(access_token: impl Into<String>) -> Self {
        Self {
            access: SecretString::from(access_token.into()),
            refresh: None,
            expires: None,
            home: None,
            obtained: Timestamp::now(),
            made: Some(rt::Instant::now()),
            jitter: rt::random(),
        }
    }

    /// The same tokens, the access token valid from now on for this long.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires =
            SignedDuration::try_from(lifetime).ok().and_then(|life| self.obtained.checked_add(life).ok());
        self
    }

    /// The same tokens with the one that renews them.
    #[must_use]
    pub fn with_refresh_token(mut self, token: impl Into<String>) -> Self {
        self.refresh = Some(SecretString::from(token.into()));
        self
    }

    /// The token that calls carry.
    pub fn access_token(&self) -> &str {
        self.access.expose_secret()
    }

    /// The token that the next renewal needs. It is valid once.
    pub fn refresh_token(&self) -> Option<&str> {
        self.refresh.as_ref().map(|token| token.expose_secret())
    }

    /// When the access token ends, as far as that is known.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.expires
    }

    /// The tokens as JSON text, for a store. It holds the secrets.
    pub fn to_json(&self) -> String {
        let expires = self.expires.map(|moment| moment.to_string());
        json!({
            "access_token": self.access_token(), "refresh_token": self.refresh_token(), "expires_at": expires,
            "obtained_at": self.obtained.to_string(), "signed_in_at": self.home,
        })
        .to_string()
    }

    /// The tokens that [`Tokens::to_json`] wrote.
    ///
    /// # Errors
    ///
    /// The text is something else.
    pub fn from_json(text: &str) -> Result<Self, CredentialError> {
        let wrong = || CredentialError::Answer("these are no stored tokens".to_owned());
        let value: Value = serde_json::from_str(text).map_err(|_| wrong())?;
        let mut tokens = Self::new(value["access_token"].as_str().ok_or_else(wrong)?);
        tokens.refresh = value["refresh_token"].as_str().map(SecretString::from);
        if let Some(moment) = value["expires_at"].as_str() {
            tokens.expires = Some(moment.parse().map_err(|_| wrong())?);
        }
        if let Some(moment) = value["obtained_at"].as_str() {
            tokens.obtained = moment.parse().map_err(|_| wrong())?;
        }
        tokens.home = value["signed_in_at"].as_str().map(str::to_owned);
        Ok(tokens.of_store())
    }

    /// The same tokens as those of a session at this gateway and environment.
    pub(super) fn of_home(mut self, home: String) -> Self {
        self.home = Some(home);
        self
    }

    pub(super) fn home(&self) -> Option<&str> {
        self.home.as_deref()
    }

    /// The same tokens as those of a store: another process may have got them, at any time.
    pub(super) fn of_store(mut self) -> Self {
        self.made = None;
        self
    }

    /// The tokens of a sign-in's answer.
    pub(super) fn from_answer(answer: &Value) -> Result<Self, CredentialError> {
        let token = answer["access_token"].as_str().filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| CredentialError::Answer("it has no `access_token`".to_owned()))?;
        // Seconds; a number of any form.
        let lifetime =
            answer["expires_in"].as_f64().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let mut tokens = Self::new(token).expires_in(lifetime.unwrap_or(LIFETIME));
        tokens.refresh =
            answer["refresh_token"].as_str().filter(|token| !token.is_empty()).map(SecretString::from);
        tokens.header()?;
        Ok(tokens)
    }

    pub(super) fn header(&self) -> Result<HeaderValue, CredentialError> {
        bearer(self.access_token()).ok_or(CredentialError::Unusable)
    }

    /// How much longer the token is good for, as a part of how it is used.
    pub(super) fn state(&self, now: Timestamp) -> Freshness {
        let Some(expires) = self.expires else { return Freshness::Fresh };
        let seconds = |duration: SignedDuration| duration.as_secs_f64();
        let life = seconds(expires.duration_since(self.obtained)).max(0.0);
        let left = seconds(expires.duration_since(now));
        // The last tenth of the life, five minutes at most, is time to renew in; the last moments, ten seconds at most, are
        // left to the request's way to the gateway.
        let margin = (life / 20.0).min(10.0);
        let window = (life / 10.0).min(300.0) * (1.0 + self.jitter);
        if left <= margin {
            Freshness::Ended
        } else if left <= window {
            Freshness::Ending
        } else {
            Freshness::Fresh
        }
    }

    /// Whether the token was made so shortly ago that a refusal has another reason than its age. One of a store never was.
    pub(super) fn is_new(&self) -> bool {
        let Some(made) = self.made else { return false };
        let life = self.expires.map_or(10.0, |expires| expires.duration_since(self.obtained).as_secs_f64());
        made.elapsed().as_secs_f64() < (life / 2.0).min(5.0)
    }
}

/// What a token is good for at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    Fresh,
    /// It is valid, and time to get another one.
    Ending,
    Ended,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let refresh = if self.refresh.is_some() { "<redacted>" } else { "none" };
        write!(f, "Tokens {{ access: <redacted>, refresh: {refresh}, expires: {:?} }}", self.expires)
    }
}

#[cfg(test)]
mod tests {
    use super::{Freshness, Tokens};
    use jiff::{SignedDuration, Timestamp};
    use std::time::Duration;

    fn after(seconds: i64) -> Timestamp {
        Timestamp::now().saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_new_for_five_seconds_or_half_its_life() {
        let (long, short) = (Tokens::new("a"), Tokens::new("b").expires_in(Duration::from_secs(4)));
        tokio::time::advance(Duration::from_millis(1900)).await;
        assert!(long.is_new() && short.is_new());
        tokio::time::advance(Duration::from_millis(200)).await;
        assert!(long.is_new() && !short.is_new());
        tokio::time::advance(Duration::from_millis(3000)).await;
        assert!(!long.is_new());
    }

    #[tokio::test]
    async fn a_store_keeps_how_old_tokens_are() -> Result<(), crate::credential::error::CredentialError> {
        let tokens = Tokens::new("a").expires_in(Duration::from_secs(7200)).with_refresh_token("r");
        let stored = Tokens::from_json(&tokens.to_json())?;
        assert_eq!((stored.obtained, stored.expires), (tokens.obtained, tokens.expires));
        assert!(tokens.is_new() && !stored.is_new(), "a store's tokens may be of any age");
        // Stores that an earlier version wrote say nothing of it.
        let older = Tokens::from_json(r#"{"access_token":"a","expires_at":"2124-11-24T00:00:00Z"}"#)?;
        assert!(!older.is_new());
        Ok(())
    }

    #[tokio::test]
    async fn tokens_are_renewed_in_the_last_part_of_their_life() {
        let mut tokens = Tokens::new("a").expires_in(Duration::from_secs(7200));
        tokens.jitter = 0.0;
        let states = [0, 6890, 6910, 7180, 7195, 8000].map(|seconds| tokens.state(after(seconds)));
        use Freshness::{Ended, Ending, Fresh};
        assert_eq!(states, [Fresh, Fresh, Ending, Ending, Ended, Ended]);
        assert_eq!(Tokens::new("a").state(after(1 << 30)), Fresh, "nobody said when it ends");
    }
}
