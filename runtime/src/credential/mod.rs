//! Who calls. In comes a request, out goes the value of its `Authorization` header: a fixed token, one of a session that
//! renews itself, a signature, or what a caller's own code answers.
//!
//! May import from `shown`, `rt`, `config`, `transport`.

pub(crate) mod api;
mod automatic;
pub(crate) mod context;
pub(crate) mod error;
#[cfg(feature = "files")]
pub(crate) mod file_store;
pub(crate) mod session;
pub(crate) mod sign_in;
#[cfg(feature = "signature")]
pub(crate) mod signature;
pub(crate) mod store;
#[cfg(feature = "custom-login")]
pub(crate) mod ticket;
pub(crate) mod tokens;
mod unique;
pub(crate) mod verification;

use crate::credential::api::AuthApi;
use crate::credential::error::CredentialError;
use crate::credential::sign_in::SignIn;
use crate::credential::tokens::Tokens;
use crate::shown::line::{EXCERPT, Line};
use crate::transport::BoxFuture;
use crate::transport::body::BoxError;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::future::Future;
use std::sync::Arc;

/// What a caller proves its identity with. The gateway takes keys and tokens as `Authorization: Bearer …`
/// (<https://docs.cloudbase.net/http-api/basic/access-token>). Never shown by `Debug`, wiped from memory on drop.
///
/// ```
/// use cloudrun_runtime::{Credential, SignIn, Tokens};
/// assert_eq!(format!("{:?}", Credential::api_key("top secret")), "Credential::ApiKey(<redacted>)");
///
/// // Sessions renew themselves before they end.
/// let user = Credential::from(SignIn::password("ada", "her password"));
/// // The token comes from your own code, which is asked again when it ends.
/// let own = Credential::from_fn(|| async {
///     Ok::<_, std::io::Error>(Tokens::new("from a vault").expires_in(std::time::Duration::from_secs(600)))
/// });
/// # let _ = (user, own);
/// ```
#[derive(Clone)]
pub struct Credential {
    name: &'static str,
    kind: Kind,
    taken_from: Option<&'static str>,
}

#[derive(Clone)]
enum Kind {
    Fixed(SecretString),
    Source(Arc<dyn Authorize>),
}

impl Credential {
    /// An API key of the environment: server side only, administrator's rights, long-lived.
    pub fn api_key(key: impl Into<String>) -> Self {
        Self::fixed("ApiKey", key.into())
    }

    /// A publishable key: the rights of an anonymous user, may be public.
    pub fn publishable_key(key: impl Into<String>) -> Self {
        Self::fixed("PublishableKey", key.into())
    }

    /// An access token as a sign-in returned it, valid for two hours. [`SignIn::refresh_token`] goes on from there.
    pub fn access_token(token: impl Into<String>) -> Self {
        Self::fixed("AccessToken", token.into())
    }

    /// An administrator's token for a service outside CloudBase, by a key pair of Tencent Cloud: [`SignIn::server_token`].
    pub fn server_token(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        SignIn::server_token(secret_id, secret_key).into()
    }

    /// A caller's own function. It is asked when there is no token, before the one it gave ends, and when the gateway refuses
    /// that one; calls made in the meantime wait for one answer.
    pub fn from_fn<E, F>(function: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        E: Into<BoxError>,
        F: Future<Output = Result<Tokens, E>> + Send + 'static,
    {
        SignIn::function(function).into()
    }

    /// A caller's own way to authorize each request.
    pub fn custom(source: impl Authorize) -> Self {
        Self::source("Custom", source)
    }

    fn fixed(name: &'static str, secret: String) -> Self {
        Self { name, kind: Kind::Fixed(SecretString::from(secret)), taken_from: None }
    }

    fn source(name: &'static str, source: impl Authorize) -> Self {
        Self { name, kind: Kind::Source(Arc::new(source)), taken_from: None }
    }

    /// What a gateway asks for every request; `None` if no header can carry the secret, or there is none.
    pub(crate) fn into_authority(self) -> Option<Authority> {
        match self.kind {
            Kind::Fixed(secret) => Some(secret.expose_secret())
                .filter(|secret| !secret.trim().is_empty())
                .and_then(bearer)
                .map(Authority::Fixed),
            Kind::Source(source) => Some(Authority::Source(source)),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential::{}(<redacted>)", self.name)
    }
}

/// A request as it is about to be sent, for whoever authorizes it.
pub struct Outgoing<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a mut HeaderMap,
    pub(crate) body: Option<Bytes>,
}

impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({} {})", self.method, Line::new(self.uri.path(), EXCERPT))
    }
}

impl Outgoing<'_> {
    /// The method.
    pub fn method(&self) -> &Method {
        self.method
    }

    /// The whole URL.
    pub fn uri(&self) -> &Uri {
        self.uri
    }

    /// The headers so far. More may be added.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers
    }

    /// The body, unless it is a stream.
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }
}

/// Authorizes requests.
///
/// ```
/// use cloudrun_runtime::http::HeaderValue;
/// use cloudrun_runtime::transport::BoxFuture;
/// use cloudrun_runtime::{AuthApi, Authorize, Credential, CredentialError, Outgoing};
///
/// /// A token that another process keeps fresh in a file.
/// struct FromFile(std::path::PathBuf);
/// impl Authorize for FromFile {
///     fn authorize<'a>(
///         &'a self,
///         _: Outgoing<'a>,
///         _: &'a AuthApi,
///     ) -> BoxFuture<'a, Result<HeaderValue, CredentialError>> {
///         Box::pin(async {
///             let token = std::fs::read_to_string(&self.0).map_err(CredentialError::own)?;
///             let mut value = HeaderValue::try_from(format!("Bearer {}", token.trim())).map_err(CredentialError::own)?;
///             value.set_sensitive(true);
///             Ok(value)
///         })
///     }
/// }
/// let credential = Credential::custom(FromFile("/run/secrets/token".into()));
/// ```
pub trait Authorize: Send + Sync + 'static {
    /// The value of the header `Authorization`, marked sensitive. `api` signs in at the gateway.
    ///
    /// # Errors
    ///
    /// There is no such value. The call fails with this error; nothing was sent.
    fn authorize<'a>(
        &'a self,
        request: Outgoing<'a>,
        api: &'a AuthApi,
    ) -> BoxFuture<'a, Result<HeaderValue, CredentialError>>;

    /// The gateway refused a value that [`Authorize::authorize`] gave. Whether it is worthwhile to ask for another one.
    fn refused(&self, value: &HeaderValue) -> bool {
        let _ = value;
        false
    }
}

/// A credential in use.
#[derive(Clone)]
pub(crate) enum Authority {
    Fixed(HeaderValue),
    Source(Arc<dyn Authorize>),
}

impl Authority {
    pub(crate) async fn authorize(
        &self,
        request: Outgoing<'_>,
        api: &AuthApi,
    ) -> Result<HeaderValue, CredentialError> {
        match self {
            Self::Fixed(value) => Ok(value.clone()),
            Self::Source(source) => source.authorize(request, api).await,
        }
    }

    pub(crate) fn refused(&self, value: &HeaderValue) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::Source(source) => source.refused(value),
        }
    }
}

/// `Bearer` and the token, marked sensitive, its memory wiped when the last copy is dropped.
pub(crate) fn bearer(token: &str) -> Option<HeaderValue> {
    wiped(format!("Bearer {token}"))
}

/// A header's value whose memory is wiped when the last copy is dropped.
pub(crate) fn wiped(text: String) -> Option<HeaderValue> {
    struct Wiped(SecretString);
    impl AsRef<[u8]> for Wiped {
        fn as_ref(&self) -> &[u8] {
            self.0.expose_secret().as_bytes()
        }
    }
    let bytes = Bytes::from_owner(Wiped(SecretString::from(text)));
    let mut value = HeaderValue::from_maybe_shared(bytes).ok()?;
    value.set_sensitive(true);
    Some(value)
}
