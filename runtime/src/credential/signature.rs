//! Tencent Cloud's signature V3, as the official Node SDK sends it from inside a cloud function
//! (<https://cloud.tencent.com/document/api/598/38504>; npm `@cloudbase/signature-nodejs` signs the same).

use super::api::AuthApi;
use super::automatic::{SECRET_ID, SECRET_KEY};
use super::error::CredentialError;
use super::{Authorize, Credential, Outgoing, wiped};
use crate::config::error::ConfigError;
use crate::config::variables::Variables;
use crate::transport::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt;

const ALGORITHM: &str = "TC3-HMAC-SHA256";
const SERVICE: &str = "tcb";

/// A key pair of Tencent Cloud that signs each request; the key itself is never sent.
///
/// ```
/// use cloudrun_runtime::{Gateway, Signature};
/// let gateway = Gateway::builder("my-env-3gk8v2").credential(Signature::new("AKID…", "the secret key"));
/// assert!(!format!("{:?}", Signature::new("AKID…", "the secret key")).contains("the secret key"));
/// # let _ = gateway;
/// ```
#[derive(Clone)]
pub struct Signature(Keys);

#[derive(Clone)]
enum Keys {
    Fixed(KeyPair),
    /// Those of a cloud function are valid for a while, and others take their place.
    Changing(Variables),
}

#[derive(Clone)]
struct KeyPair {
    secret_id: String,
    secret_key: SecretString,
    session_token: Option<SecretString>,
}

impl KeyPair {
    fn of(variables: &Variables) -> Result<Self, ConfigError> {
        let need = |name: &'static str| variables.get(name).ok_or(ConfigError::MissingVariable(name));
        Ok(Self {
            secret_id: need(SECRET_ID)?,
            secret_key: SecretString::from(need(SECRET_KEY)?),
            session_token: variables.get("TENCENTCLOUD_SESSIONTOKEN").map(SecretString::from),
        })
    }
}

impl Signature {
    /// A key pair, for example of a sub-account.
    pub fn new(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        Self(Keys::Fixed(KeyPair {
            secret_id: secret_id.into(),
            secret_key: SecretString::from(secret_key.into()),
            session_token: None,
        }))
    }

    /// The token of a key pair that is valid for a while only. A pair of variables has its own.
    #[must_use]
    pub fn session_token(mut self, token: impl Into<String>) -> Self {
        if let Keys::Fixed(pair) = &mut self.0 {
            pair.session_token = Some(SecretString::from(token.into()));
        }
        self
    }

    /// The key pair that a cloud function has, in the environment variables `TENCENTCLOUD_SECRETID`, `TENCENTCLOUD_SECRETKEY` and
    /// `TENCENTCLOUD_SESSIONTOKEN` (optional). They are read anew for each request: such keys end, and the platform sets others.
    ///
    /// # Errors
    ///
    /// A variable is missing.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(Variables::of_process())
    }

    pub(super) fn from_variables(variables: Variables) -> Result<Self, ConfigError> {
        KeyPair::of(&variables).map(|_| Self(Keys::Changing(variables)))
    }

    fn pair(&self) -> Result<Cow<'_, KeyPair>, CredentialError> {
        match &self.0 {
            Keys::Fixed(pair) => Ok(Cow::Borrowed(pair)),
            Keys::Changing(variables) => KeyPair::of(variables).map(Cow::Owned).map_err(CredentialError::own),
        }
    }

    /// The header's value for a request at a moment.
    fn sign(&self, request: &mut Outgoing<'_>, now: Timestamp) -> Result<HeaderValue, CredentialError> {
        let pair = self.pair()?;
        // GET requests are signed without a body, as the official signer does.
        let is_get = request.method == http::Method::GET;
        let body = match request.body() {
            _ if is_get => bytes::Bytes::new(),
            Some(body) => body.clone(),
            None => return Err(CredentialError::Unsignable),
        };
        let host = request.uri.authority().map_or("", |authority| authority.as_str()).to_ascii_lowercase();
        // The official SDK sends this wherever there is no other.
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        let media_type = request.headers.entry(CONTENT_TYPE).or_insert(json);
        let media_type = media_type.to_str().map_err(|_| CredentialError::Unusable)?.to_owned();
        // The boundary of a form is no part of what is signed.
        let media_type =
            if media_type.starts_with("multipart/form-data") { "multipart/form-data" } else { &media_type };
        let (seconds, date) = (now.as_second(), now.strftime("%Y-%m-%d").to_string());
        let canonical = format!(
            "{}\n{}\n{}\n{CONTENT_TYPE}:{media_type}\n{HOST}:{host}\n\n{CONTENT_TYPE};{HOST}\n{}",
            request.method,
            request.uri.path(),
            request.uri.query().unwrap_or_default(),
            hex(&Sha256::digest(&body)),
        );
        let scope = format!("{date}/{SERVICE}/tc3_request");
        let text = format!("{ALGORITHM}\n{seconds}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let first = SecretString::from(format!("TC3{}", pair.secret_key.expose_secret()));
        let key = hmac(first.expose_secret().as_bytes(), &date)?;
        let key = hmac(&key, SERVICE)?;
        let key = hmac(&key, "tc3_request")?;
        let signature = hex(&hmac(&key, &text)?);
        let mut value = format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={CONTENT_TYPE};{HOST}, Signature={signature}, \
             Timestamp={seconds}",
            pair.secret_id
        );
        if let Some(token) = &pair.session_token {
            value.push_str(", Token=");
            value.push_str(token.expose_secret());
        }
        wiped(value).ok_or(CredentialError::Unusable)
    }
}

fn hmac(key: &[u8], text: &str) -> Result<Vec<u8>, CredentialError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(CredentialError::own)?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Authorize for Signature {
    fn authorize<'a>(
        &'a self,
        mut request: Outgoing<'a>,
        _: &'a AuthApi,
    ) -> BoxFuture<'a, Result<HeaderValue, CredentialError>> {
        Box::pin(async move { self.sign(&mut request, Timestamp::now()) })
    }
}

impl From<Signature> for Credential {
    fn from(signature: Signature) -> Self {
        Self::source("Signature", signature)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Keys::Fixed(pair) => write!(f, "Signature({}, <redacted>)", pair.secret_id),
            Keys::Changing(_) => write!(f, "Signature(of {SECRET_ID}, <redacted>)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SECRET_ID, Signature, Variables};
    use crate::credential::Outgoing;
    use http::{HeaderMap, HeaderValue, Method, Uri};
    use jiff::Timestamp;
    use std::sync::{Arc, Mutex};

    /// Method, URL, body, media type, and the value that npm `@cloudbase/signature-nodejs` 2.2 makes of them with the key
    /// pair below at 1732450000, called as `@cloudbase/node-sdk` 3.18 does.
    const VECTORS: [(&str, &str, &str, &str, &str); 5] = [
        (
            "POST",
            "https://shop-1.api.tcloudbasegateway.com/v1/cloudrun/orders/items",
            r#"{"a":1,"b":"x"}"#,
            "application/json; charset=utf-8",
            "152c49913654a0e4a675fd6707655583ff27907c0bf6b3caa4ea3ef28221a811",
        ),
        (
            "GET",
            "https://shop-1.api.tcloudbasegateway.com/v1/cloudrun/orders/items?limit=10&tag=a%20b",
            "",
            "application/json; charset=utf-8",
            "f9205deb1c828a10b4dc43c3dca15c2819d6ac84fc2f860ee62dacead3bd1e1a",
        ),
        (
            "PUT",
            "https://shop-1.api.intl.tcloudbasegateway.com/v1/cloudrun/orders/items/%E4%BA%91",
            r#"{"name":"云"}"#,
            "application/vnd.Shop+json",
            "e51b0b4f030a3a3d4849cf8d7f3acd046b73346f359d71f51acfdc08601cfea2",
        ),
        (
            "DELETE",
            "http://127.0.0.1:9000/v1/cloudrun/orders/items/7",
            "",
            "application/json; charset=utf-8",
            "3a5a42e609b382d7c07127b384096d13a9409b1da1871cd4fef05bc7d044a6c7",
        ),
        (
            "POST",
            "https://shop-1.api.tcloudbasegateway.com/v1/cloudrun/orders/items",
            "",
            "multipart/form-data; boundary=xyz",
            "834f9f259a415b19443fec1443234752a22305f641766e610b4d5786a29aaee0",
        ),
    ];

    #[test]
    fn the_official_signer_signs_the_same() -> Result<(), Box<dyn std::error::Error>> {
        let signature = Signature::new("AKIDexample", "example-secret-key");
        let now = Timestamp::from_second(1_732_450_000)?;
        for (method, url, body, media_type, expected) in VECTORS {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", HeaderValue::from_static(media_type));
            let (method, uri): (Method, Uri) = (method.parse()?, url.parse()?);
            let body = Some(body.into());
            let mut request = Outgoing { method: &method, uri: &uri, headers: &mut headers, body };
            let value = signature.sign(&mut request, now)?;
            assert!(value.is_sensitive());
            assert_eq!(
                value.to_str()?,
                format!(
                    "TC3-HMAC-SHA256 Credential=AKIDexample/2024-11-24/tcb/tc3_request, \
                     SignedHeaders=content-type;host, Signature={expected}, Timestamp=1732450000"
                )
            );
        }
        Ok(())
    }

    /// As a cloud function that lives longer than its keys.
    #[test]
    fn keys_of_variables_are_read_anew_for_each_request() -> Result<(), Box<dyn std::error::Error>> {
        let keys = Arc::new(Mutex::new(Some("AKIDfirst")));
        let asked = Arc::clone(&keys);
        let variables = Variables::new(move |name| {
            let id = (*asked.lock().ok()?)?;
            Some(if name == SECRET_ID { id.to_owned() } else { format!("{name} of {id}") })
        });
        let signature = Signature::from_variables(variables)?;
        let sign = || -> Result<String, Box<dyn std::error::Error>> {
            let (uri, mut headers) = ("https://example.com/".parse()?, HeaderMap::new());
            let mut request = Outgoing { method: &Method::GET, uri: &uri, headers: &mut headers, body: None };
            Ok(signature.sign(&mut request, Timestamp::from_second(1_732_450_000)?)?.to_str()?.to_owned())
        };
        for id in ["AKIDfirst", "AKIDsecond"] {
            *keys.lock().map_err(|_| "poisoned")? = Some(id);
            let value = sign()?;
            assert!(value.contains(&format!("Credential={id}/")), "{value}");
            assert!(value.ends_with(&format!("Token=TENCENTCLOUD_SESSIONTOKEN of {id}")), "{value}");
        }
        *keys.lock().map_err(|_| "poisoned")? = None;
        assert!(sign().is_err_and(|error| error.to_string().contains("TENCENTCLOUD_SECRETID is not set")));
        assert!(!format!("{signature:?}").contains("AKID"));
        Ok(())
    }

    #[test]
    fn what_has_no_media_type_gets_that_of_the_official_sdk() -> Result<(), Box<dyn std::error::Error>> {
        let (_, url, _, media_type, expected) = VECTORS[3];
        let (uri, mut headers) = (url.parse()?, HeaderMap::new());
        let body = Some(bytes::Bytes::new());
        let mut request = Outgoing { method: &Method::DELETE, uri: &uri, headers: &mut headers, body };
        let signature = Signature::new("AKIDexample", "example-secret-key").session_token("session-token");
        let value = signature.sign(&mut request, Timestamp::from_second(1_732_450_000)?)?;
        assert_eq!(headers["content-type"], media_type);
        assert!(value.to_str()?.contains(expected));
        assert!(value.to_str()?.ends_with(", Timestamp=1732450000, Token=session-token"));
        Ok(())
    }
}
