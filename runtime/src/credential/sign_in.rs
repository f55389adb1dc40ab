//! How to sign in: what a session begins with, and the calls that make tokens of it. Never keeps a token.

use super::api::AuthApi;
use super::error::CredentialError;
use super::store::TokenStore;
use super::tokens::Tokens;
use crate::transport::BoxFuture;
use crate::transport::body::BoxError;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::future::Future;
use std::sync::Arc;

type OwnFunction = dyn Fn() -> BoxFuture<'static, Result<Tokens, BoxError>> + Send + Sync;

/// A session at the gateway that renews itself: its access token is replaced before it ends, and once when the gateway
/// refuses it. A thousand calls at the same moment make one renewal.
///
/// ```
/// use cloudrun_runtime::{Credential, Gateway, SignIn};
/// let gateway = Gateway::builder("my-env-3gk8v2").credential(SignIn::password("ada", "her password"));
/// // The id is the user: keep it, another one is another anonymous user.
/// let visitor = Gateway::builder("my-env-3gk8v2").credential(SignIn::anonymous("3f0c…"));
/// # let _ = (gateway, visitor);
/// ```
#[must_use = "a sign-in does nothing until a gateway uses it"]
pub struct SignIn {
    pub(super) name: &'static str,
    pub(super) grant: Grant,
    pub(super) client_id: Option<String>,
    pub(super) store: Option<Arc<dyn TokenStore>>,
}

pub(super) enum Grant {
    Password { username: String, password: SecretString },
    Anonymous { device_id: String },
    Refresh(SecretString),
    Own(Box<OwnFunction>),
}

impl SignIn {
    /// A user of the environment (`POST /auth/v1/signin`).
    pub fn password(username: impl Into<String>, password: impl Into<String>) -> Self {
        let (username, password) = (username.into(), SecretString::from(password.into()));
        Self::new("Password", Grant::Password { username, password })
    }

    /// An anonymous user (`POST /auth/v1/signin/anonymously`). The device id is random, made and kept by the caller:
    /// another id is another user.
    pub fn anonymous(device_id: impl Into<String>) -> Self {
        Self::new("Anonymous", Grant::Anonymous { device_id: device_id.into() })
    }

    /// The session that a refresh token stands for (`POST /auth/v1/token`). It is valid once; give this a
    /// [`store`](Self::store), or the session ends with the process.
    pub fn refresh_token(token: impl Into<String>) -> Self {
        Self::new("RefreshToken", Grant::Refresh(SecretString::from(token.into())))
    }

    pub(super) fn function<E, F>(function: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        E: Into<BoxError>,
        F: Future<Output = Result<Tokens, E>> + Send + 'static,
    {
        let boxed = move || -> BoxFuture<'static, Result<Tokens, BoxError>> {
            let tokens = function();
            Box::pin(async move { tokens.await.map_err(Into::into) })
        };
        Self::new("Function", Grant::Own(Box::new(boxed)))
    }

    fn new(name: &'static str, grant: Grant) -> Self {
        Self { name, grant, client_id: None, store: None }
    }

    /// Where the tokens outlive the process.
    pub fn store(mut self, store: impl TokenStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// The client id of the calls that sign in; the environment's id if not set.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// New tokens, without any of before.
    pub(super) async fn tokens(
        &self,
        api: &AuthApi,
        client_id: Option<&str>,
    ) -> Result<Tokens, CredentialError> {
        let answer = match &self.grant {
            Grant::Password { username, password } => {
                let body = json!({
                    "username": username, "password": password.expose_secret(), "client_id": client_id,
                });
                api.post("/auth/v1/signin", &[], &without_nulls(body)).await?
            }
            Grant::Anonymous { device_id } => {
                let body = without_nulls(json!({"client_id": client_id}));
                api.post("/auth/v1/signin/anonymously", &[("x-device-id", device_id)], &body).await?
            }
            Grant::Own(function) => {
                let tokens = function().await.map_err(|error| CredentialError::Own(Arc::from(error)))?;
                tokens.header()?;
                return Ok(tokens);
            }
            // Without any token left there is nothing to renew by; the first one is used before.
            Grant::Refresh(_) => return Err(CredentialError::Interrupted),
        };
        Tokens::from_answer(&answer)
    }
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignIn::{}(<redacted>)", self.name)
    }
}

pub(super) fn without_nulls(mut body: serde_json::Value) -> serde_json::Value {
    if let Some(object) = body.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    body
}
