//! How to sign in: what a session begins with, and the calls that make tokens of it. Never keeps a token.

use super::api::AuthApi;
use super::error::CredentialError;
use super::store::TokenStore;
#[cfg(feature = "custom-login")]
use super::ticket::{TicketKey, check_user};
use super::tokens::Tokens;
#[cfg(feature = "custom-login")]
use crate::config::error::ConfigError;
use crate::transport::BoxFuture;
use crate::transport::body::BoxError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
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
    Password {
        username: String,
        password: SecretString,
    },
    Anonymous {
        device_id: String,
    },
    Refresh(SecretString),
    Server {
        secret_id: String,
        secret_key: SecretString,
    },
    Ticket(SecretString),
    #[cfg(feature = "custom-login")]
    Custom {
        key: TicketKey,
        user: String,
    },
    Code {
        recipient: String,
        token: SecretString,
    },
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

    /// An administrator of the environment by a key pair of Tencent Cloud (`POST /auth/v1/token/clientCredential`): for services
    /// outside CloudBase. Its token lives for five days; it is kept until then, since the gateway limits how often it gives one.
    /// With a [`store`](Self::store) the next process goes on with it.
    ///
    /// ```
    /// use cloudrun_runtime::{Gateway, SignIn};
    /// let gateway = Gateway::builder("my-env-3gk8v2").credential(SignIn::server_token("AKID…", "the secret key"));
    /// # let _ = gateway;
    /// ```
    pub fn server_token(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        let secret_key = SecretString::from(secret_key.into());
        Self::new("ServerToken", Grant::Server { secret_id: secret_id.into(), secret_key })
    }

    /// A user of your own accounts, by a ticket that your server signed (`POST /auth/v1/signin/custom`), for example with
    /// `TicketKey` (feature `custom-login`). It is valid for ten minutes; the session goes on from there.
    ///
    /// ```
    /// use cloudrun_runtime::{Gateway, SignIn};
    /// # let ticket_of_your_server = String::new();
    /// let gateway = Gateway::builder("my-env-3gk8v2").credential(SignIn::ticket(ticket_of_your_server));
    /// # let _ = gateway;
    /// ```
    pub fn ticket(ticket: impl Into<String>) -> Self {
        Self::new("Ticket", Grant::Ticket(SecretString::from(ticket.into())))
    }

    /// A user of your own accounts, by tickets that are signed here whenever one is needed.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use cloudrun_runtime::{Gateway, SignIn, TicketKey};
    /// let key = TicketKey::from_json(&std::fs::read_to_string("tcb_custom_login.json")?)?;
    /// let gateway = Gateway::builder("my-env-3gk8v2").credential(SignIn::custom(key, "user-0042")?);
    /// # let _ = gateway;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError::UserId`]: no ticket may name this user.
    #[cfg(feature = "custom-login")]
    pub fn custom(key: TicketKey, user_id: impl Into<String>) -> Result<Self, ConfigError> {
        let user = user_id.into();
        check_user(&user)?;
        Ok(Self::new("Custom", Grant::Custom { key, user }))
    }

    /// Who has entered the code that was sent.
    pub(super) fn code(recipient: String, token: SecretString) -> Self {
        Self::new("Code", Grant::Code { recipient, token })
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
    pub(super) async fn tokens(&self, api: &AuthApi) -> Result<Tokens, CredentialError> {
        let client_id = api.client_id();
        let answer = match &self.grant {
            Grant::Password { username, password } => {
                let body = json!({
                    "username": username, "password": password.expose_secret(), "client_id": client_id,
                });
                api.post("/auth/v1/signin", &[], &without_nulls(body)).await
            }
            Grant::Anonymous { device_id } => {
                let body = without_nulls(json!({"client_id": client_id}));
                api.post("/auth/v1/signin/anonymously", &[("x-device-id", device_id)], &body).await
            }
            Grant::Server { secret_id, secret_key } => {
                let pair = SecretString::from(format!("{secret_id}:{}", secret_key.expose_secret()));
                let basic = SecretString::from(format!("Basic {}", STANDARD.encode(pair.expose_secret())));
                let headers = [("authorization", basic.expose_secret())];
                let body = json!({"grant_type": "client_credentials"});
                api.post("/auth/v1/token/clientCredential", &headers, &body).await
            }
            Grant::Ticket(ticket) => with_ticket(api, ticket).await,
            #[cfg(feature = "custom-login")]
            Grant::Custom { key, user } => {
                let ticket = key.ticket(user).map_err(CredentialError::own)?;
                with_ticket(api, &SecretString::from(ticket)).await
            }
            Grant::Code { recipient, token } => {
                let body = json!({"username": recipient, "verification_token": token.expose_secret()});
                api.post("/auth/v1/signin", &[], &body).await
            }
            Grant::Own(function) => {
                let tokens = function().await.map_err(CredentialError::own)?;
                tokens.header()?;
                return Ok(tokens);
            }
            // Without any token left there is nothing to renew by; the first one is used before.
            Grant::Refresh(_) => return Err(CredentialError::Interrupted),
        };
        Tokens::from_answer(&answer.map_err(|error| error.advised(self.advice()))?)
    }

    /// What to look at where a way to sign in is refused, beside the credential itself.
    fn advice(&self) -> Option<&'static str> {
        match &self.grant {
            Grant::Anonymous { .. } => {
                Some("switch anonymous sign-in on in the console: it is off by default in new environments")
            }
            Grant::Server { .. } => Some(
                "check the SecretId and the SecretKey, and that they are of the account that has this environment",
            ),
            Grant::Ticket(_) => Some(
                "have a new ticket signed: one is valid for ten minutes, with the latest private key of the console",
            ),
            #[cfg(feature = "custom-login")]
            Grant::Custom { .. } => {
                Some("check that custom login is on in the console, and that the private key is its latest")
            }
            Grant::Code { .. } => Some("have a new code sent: one is valid once and for some minutes"),
            Grant::Password { .. } | Grant::Refresh(_) | Grant::Own(_) => None,
        }
    }
}

async fn with_ticket(api: &AuthApi, ticket: &SecretString) -> Result<Value, CredentialError> {
    let body = json!({"provider_id": "custom", "ticket": ticket.expose_secret()});
    api.post("/auth/v1/signin/custom", &[], &body).await
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
