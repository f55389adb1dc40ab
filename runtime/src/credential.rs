use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// What a caller proves its identity with. The gateway takes all kinds as `Authorization: Bearer …`
/// (<https://docs.cloudbase.net/http-api/basic/access-token>). Never shown by `Debug`, wiped from memory on drop.
///
/// ```
/// use cloudrun_runtime::Credential;
/// assert_eq!(format!("{:?}", Credential::api_key("top secret")), "Credential::ApiKey(<redacted>)");
/// ```
#[derive(Clone)]
pub struct Credential {
    kind: &'static str,
    secret: SecretString,
}

impl Credential {
    /// An API key of the environment: server side only, administrator's rights, long-lived.
    pub fn api_key(key: impl Into<String>) -> Self {
        Self { kind: "ApiKey", secret: SecretString::from(key.into()) }
    }

    /// A publishable key: the rights of an anonymous user, may be public.
    pub fn publishable_key(key: impl Into<String>) -> Self {
        Self { kind: "PublishableKey", secret: SecretString::from(key.into()) }
    }

    /// An access token as a sign-in returned it, valid for two hours.
    pub fn access_token(token: impl Into<String>) -> Self {
        Self { kind: "AccessToken", secret: SecretString::from(token.into()) }
    }

    /// The value of the `Authorization` header, marked sensitive; `None` if no header can carry the secret.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.secret.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential::{}(<redacted>)", self.kind)
    }
}
