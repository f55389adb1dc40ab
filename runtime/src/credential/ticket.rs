//! Tickets of custom login: in comes the private key of the console and the id of a user, out goes a text by which that user signs in.
//! Never shows the key.

use crate::config::error::ConfigError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::signature::{SignatureEncoding, Signer};
use serde_json::{Value, json};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;

/// How long a ticket is valid, and what it says of the session, all in milliseconds: as the official Node SDK has it.
const VALID: i64 = 10 * 60 * 1000;
const REFRESH: i64 = 3600 * 1000;
const SESSION: i64 = 7 * 24 * 3600 * 1000;

/// The private key of an environment's custom login: your server signs a ticket with it for each of its own users, who sign in by that
/// ([`SignIn::ticket`](crate::SignIn::ticket); <https://docs.cloudbase.net/authentication-v2/method/custom-login>). Cheap to clone; never
/// shown by `Debug`, wiped from memory on drop.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use cloudrun_runtime::TicketKey;
/// // The file that the console gives.
/// let key = TicketKey::from_json(&std::fs::read_to_string("tcb_custom_login.json")?)?;
/// let ticket = key.ticket("user-0042")?;
/// # let _ = ticket;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TicketKey {
    id: String,
    environment: String,
    key: Arc<SigningKey<Sha256>>,
}

impl TicketKey {
    /// The key in the file of the console: JSON with `private_key_id`, `private_key` and `env_id`.
    ///
    /// # Errors
    ///
    /// [`ConfigError::PrivateKey`]: it is no such file.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let wrong = |reason| ConfigError::PrivateKey { reason };
        let json: Value = serde_json::from_str(text).map_err(|_| wrong("the file is no JSON"))?;
        let member = |name: &str| json[name].as_str().filter(|text| !text.is_empty());
        let id = member("private_key_id").ok_or_else(|| wrong("the file has no `private_key_id`"))?;
        let key = member("private_key").ok_or_else(|| wrong("the file has no `private_key`"))?;
        let environment =
            member("env_id").ok_or_else(|| wrong("the file has no `env_id`: download the latest one"))?;
        Self::new(id, key, environment)
    }

    /// A key by its parts: its id, itself as PEM (PKCS #1 or #8, 1024 bits or more), and the environment's id.
    ///
    /// # Errors
    ///
    /// [`ConfigError::PrivateKey`]: it is no RSA key as PEM.
    pub fn new(
        id: impl Into<String>,
        pem: &str,
        environment: impl Into<String>,
    ) -> Result<Self, ConfigError> {
        let pem = pem.trim();
        let key = PrivateKey::from_pkcs1_pem(pem).ok().or_else(|| PrivateKey::from_pkcs8_pem(pem).ok());
        let key = key.ok_or(ConfigError::PrivateKey { reason: "it is no RSA key as PEM" })?;
        Ok(Self { id: id.into(), environment: environment.into(), key: Arc::new(SigningKey::new(key)) })
    }

    /// A ticket by which a user of yours signs in within ten minutes. It is as good as a password until then.
    ///
    /// # Errors
    ///
    /// [`ConfigError::UserId`]: the id does not match `^[a-zA-Z0-9_\-#@~=*(){}[\]:.,<>+]{4,32}$`.
    pub fn ticket(&self, user_id: &str) -> Result<String, ConfigError> {
        self.ticket_at(user_id, Timestamp::now().as_millisecond())
    }

    fn ticket_at(&self, user_id: &str, now: i64) -> Result<String, ConfigError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-#@~=*(){}[]:.,<>+".contains(&byte);
        if !(4..=32).contains(&user_id.len()) || !user_id.bytes().all(is_plain) {
            return Err(ConfigError::UserId(user_id.to_owned()));
        }
        let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let head = part(json!({"alg": "RS256", "typ": "JWT"}));
        let claims = part(json!({
            "alg": "RS256", "env": self.environment, "iat": now, "exp": now.saturating_add(VALID),
            "uid": user_id, "refresh": REFRESH, "expire": now.saturating_add(SESSION),
        }));
        let text = format!("{head}.{claims}");
        let signature = self.key.try_sign(text.as_bytes());
        let signature = signature.map_err(|_| ConfigError::PrivateKey { reason: "it cannot sign" })?;
        Ok(format!("{}/@@/{text}.{}", self.id, URL_SAFE_NO_PAD.encode(signature.to_bytes())))
    }
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketKey")
            .field("id", &self.id)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}
