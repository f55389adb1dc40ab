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
        check_user(user_id)?;
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

/// Whether a ticket may name a user.
pub(super) fn check_user(id: &str) -> Result<(), ConfigError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-#@~=*(){}[]:.,<>+".contains(&byte);
    if (4..=32).contains(&id.len()) && id.bytes().all(is_plain) {
        Ok(())
    } else {
        Err(ConfigError::UserId(id.to_owned()))
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

#[cfg(test)]
mod tests {
    use super::TicketKey;
    use crate::config::error::ConfigError;
    use serde_json::json;

    /// Made for this test; 1024 bits, as keys of the console may have.
    const KEY: &str = "\
-----BEGIN RSA PRIVATE KEY-----
MIICXgIBAAKBgQDCtscjuB5Pow/+pFoxparzih5jtKYECCQZukj4Cge/wq9PxbmH
cxQ0RCLdy4Jw/B4gzwxjBb/I9OMN1SIwU1JwVACAbtTZS3FV3rKbsH6hMeKz/Ser
H7hpQft8aLuG1yL64dzCXA0iHuueMVfl05Lx+1Zq3HriNAFrJWqi8BSgBQIDAQAB
AoGBAMBd6XINlcyh0cyGvSDthm4jF5DzyUyUam4Mj8iVyEAYbDEIrBn4hI56fmPX
imBrhKxvQdKWvHoiDiv9VFCgEQF0vj+F+/X098F2KkwSJIelHdvEdKKkKV4P7MuC
EjlLpHbMiCU0oxmATwrJZZkCgXa2TuXwY4f9X8SR2KDE7aZBAkEA7gHiTOmI6uJt
MVTV2r5zpm/uzjwRBaPfrLt0dxgzdTlbvadTw/yg1ZMRaByoDRjCMR4NP1o+Irnl
rQ8U35M/VQJBANFvC15bGPTSJXnULIPF63QbU8wlx06baxDnRvgEQL+dqJRM9V2n
LIOqwQvcNXnLX8tmZDgzG5rKlHPrrqdj/fECQQDHCxxOZh/zD1lyIBiYzx2423ND
VkiGBv5QXpSP5NVj+4wVl5IeHXAELPIpt41zJnmAyjkZ+kZslDrX9/zk3SfhAkBN
zs+OcpHHAvvhUy5mlnVvYWe0hKSTU7JnSUVYh1v21H/4+M5/yMgE8r9dxKYpZaFl
U9kP+AzdaT3WA02T6tZBAkEAy9Ih3eMYjfvk9IsvjJzqgcN1EbnL1fuVUBFKZLK/
s5cdxJhC9muVSKsUYyPrnp9DHb1eeggJSX1zxTwaNu6dcA==
-----END RSA PRIVATE KEY-----";
    /// What `createTicket` of npm `@cloudbase/node-sdk` 3.18 makes of it at 1732450000000.
    const TICKET: &str = concat!(
        "key-1/@@/eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9",
        ".eyJhbGciOiJSUzI1NiIsImVudiI6IndpdG5lc3MtMWEyYjNjIiwiaWF0IjoxNzMyNDUwMDAwMDAwLCJleHAiOjE3MzI0NTA2MDAw",
        "MDAsInVpZCI6InVzZXItMDA0MiIsInJlZnJlc2giOjM2MDAwMDAsImV4cGlyZSI6MTczMzA1NDgwMDAwMH0",
        ".jT85YC8unr9yyvQfuFRv4oDP6T6kqe-vUhprxfDMgNFFpZ0qHjRyjRRI8cYe_Ww-jhFQxl31Bo0jDqfD9aLZXpySfaWvPaMuL-kf",
        "8_GjFoQiroWxxVv91EFe11YDtr6EvXQMoX4ZRURQgm1FvqJV0Xl2QDZbt_peVoaDr00nDEg",
    );

    fn key() -> Result<TicketKey, ConfigError> {
        let file = json!({"private_key_id": "key-1", "private_key": KEY, "env_id": "witness-1a2b3c"});
        TicketKey::from_json(&file.to_string())
    }

    #[test]
    fn the_official_sdk_makes_the_same_ticket() -> Result<(), ConfigError> {
        assert_eq!(key()?.ticket_at("user-0042", 1_732_450_000_000)?, TICKET);
        Ok(())
    }

    #[test]
    fn only_ids_of_the_official_sdks_pattern_are_signed() -> Result<(), ConfigError> {
        let key = key()?;
        for id in ["abcd", &"a".repeat(32), "_-#@~=*(){}[]:.,<>+", "user@example.com"] {
            assert!(key.ticket(id).is_ok(), "{id}");
        }
        for id in ["", "abc", &"a".repeat(33), "with space", "a/bc", "éééé", "abcd\n"] {
            assert_eq!(key.ticket(id), Err(ConfigError::UserId(id.to_owned())));
        }
        Ok(())
    }

    #[test]
    fn the_key_is_never_shown() -> Result<(), ConfigError> {
        let shown = format!("{:?}", key()?);
        assert_eq!(shown, "TicketKey { id: \"key-1\", environment: \"witness-1a2b3c\", .. }");
        let broken = KEY.replace("BEGIN RSA", "BEGIN");
        for (id, key, environment) in
            [("", KEY, "e"), ("k", &broken, "e"), ("k", "planted", "e"), ("k", KEY, "")]
        {
            let file = json!({"private_key_id": id, "private_key": key, "env_id": environment}).to_string();
            let error = TicketKey::from_json(&file).map_err(|error| error.to_string());
            let error = error.err().unwrap_or_default();
            assert!(
                error.contains("private key") && !error.contains("planted") && !error.contains("MII"),
                "{error}"
            );
        }
        Ok(())
    }
}
