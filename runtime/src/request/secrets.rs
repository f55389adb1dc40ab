//! The service's own security schemes. The gateway's token takes the header `Authorization`; what the service wants
//! there beside it has to come in another header, or without the gateway.

use super::error::RequestError;
use super::params::encode;
use crate::operation::scheme::{Place, SecurityScheme};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// The secrets that a client was given.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    known: Vec<(SecurityScheme, SecretString)>,
    /// The header that stands in for `Authorization`.
    authorization: Option<String>,
}

impl Secrets {
    pub(crate) fn set(&mut self, scheme: SecurityScheme, secret: &str) {
        self.known.retain(|(known, _)| *known != scheme);
        self.known.push((scheme, SecretString::from(secret)));
    }

    pub(crate) fn set_basic(&mut self, scheme: SecurityScheme, user: &str, password: &str) {
        let pair = SecretString::from(STANDARD.encode(format!("{user}:{password}")));
        self.known.retain(|(known, _)| *known != scheme);
        self.known.push((scheme, pair));
    }

    pub(crate) fn set_authorization_header(&mut self, name: &str) {
        self.authorization = Some(name.to_owned());
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = SecretString> {
        self.known.iter().map(|(_, secret)| secret.clone())
    }

    /// Puts the secrets of these schemes into a request.
    pub(crate) fn apply(
        &self,
        schemes: &[&SecurityScheme],
        direct: bool,
        headers: &mut HeaderMap,
        query: &mut Vec<String>,
        cookies: &mut Vec<String>,
    ) -> Result<(), RequestError> {
        for (scheme, secret) in &self.known {
            if !schemes.contains(&scheme) {
                continue;
            }
            let secret = secret.expose_secret();
            let pair = |name: &str| format!("{}={}", encode(name), encode(secret));
            let (header, text) = match scheme.place {
                Place::Query(name) => {
                    let start = format!("{}=", encode(name));
                    // A parameter of that name that the caller has set is the secret.
                    if !query.iter().any(|known| known.starts_with(&start)) {
                        query.push(pair(name));
                    }
                    continue;
                }
                Place::Cookie(name) => {
                    cookies.push(pair(name));
                    continue;
                }
                Place::Header(name) => (name, secret.to_owned()),
                Place::Basic => ("authorization", format!("Basic {secret}")),
                Place::Bearer => ("authorization", format!("Bearer {secret}")),
            };
            let header = match (header, &self.authorization) {
                ("authorization", _) if direct => header,
                ("authorization", Some(other)) => other,
                ("authorization", None) => return Err(RequestError::AuthorizationTaken(scheme.name)),
                (header, _) => header,
            };
            let wrong = || RequestError::Header(header.to_owned());
            let name = HeaderName::try_from(header).map_err(|_| wrong())?;
            if name == AUTHORIZATION && !direct {
                return Err(RequestError::AuthorizationTaken(scheme.name));
            }
            let mut value = HeaderValue::try_from(text).map_err(|_| wrong())?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.known.iter().map(|(scheme, _)| scheme.name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use crate::operation::scheme::SecurityScheme;
    use crate::request::error::RequestError;
    use http::HeaderMap;

    const KEY: SecurityScheme = SecurityScheme::header("key", "x-key");
    const LOGIN: SecurityScheme = SecurityScheme::basic("login");

    fn applied(secrets: &Secrets, direct: bool) -> Result<HeaderMap, RequestError> {
        let mut headers = HeaderMap::new();
        let (mut query, mut cookies) = (Vec::new(), Vec::new());
        secrets.apply(&[&KEY, &LOGIN], direct, &mut headers, &mut query, &mut cookies)?;
        Ok(headers)
    }

    #[test]
    fn the_gateways_token_is_never_replaced() {
        let mut secrets = Secrets::default();
        secrets.set(KEY, "planted-secret");
        // RFC 7617, section 2.
        secrets.set_basic(LOGIN, "Aladdin", "open sesame");
        assert_eq!(applied(&secrets, false), Err(RequestError::AuthorizationTaken("login")));
        let direct = applied(&secrets, true).unwrap_or_default();
        assert_eq!(direct["authorization"], "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        secrets.set_authorization_header("Authorization");
        assert!(applied(&secrets, false).is_err());
        secrets.set_authorization_header("x-service-authorization");
        let other = applied(&secrets, false).unwrap_or_default();
        assert_eq!(other["x-service-authorization"], "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(!format!("{secrets:?} {other:?}").contains("planted-secret"));
    }
}
