//! Who may call: keys, users, and the sessions that sign-ins make. Access tokens are signed JWTs, refresh tokens are valid
//! once (<https://docs.cloudbase.net/http-api/auth/>).
//!
//! May import from `counts`, `answer`.

mod client;
pub(crate) mod code;
pub(crate) mod context;
pub(crate) mod sign_in;
pub(crate) mod signature;
pub(crate) mod ticket;

use crate::account::code::Codes;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The key id of the tokens that an emulator signs.
const KEY_ID: &str = "emulator-1";

/// The scope of the tokens of key pairs; no user has it.
const SERVER: &str = "server";

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caller {
    /// The holder of the API key: administrator's rights.
    ApiKey,
    /// The holder of the publishable key: the rights of an anonymous user.
    PublishableKey,
    /// A user who signed in.
    User {
        /// The user's id.
        id: String,
        /// `anonymous` for anonymous users, else empty.
        scope: String,
    },
    /// The owner of a key pair of Tencent Cloud: administrator's rights.
    Signature {
        /// The key pair's public half.
        secret_id: String,
    },
    /// The same by a token that the key pair was exchanged for.
    ServerToken {
        /// The key pair's public half.
        secret_id: String,
    },
}

impl Caller {
    /// Whether the caller has administrator's rights.
    pub(crate) fn is_administrator(&self) -> bool {
        match self {
            Self::ApiKey | Self::Signature { .. } | Self::ServerToken { .. } => true,
            Self::PublishableKey | Self::User { .. } => false,
        }
    }
}

/// Why a token is refused: a code of the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadToken {
    Missing,
    Credentials,
    Invalid,
    Expired,
    KeyId,
}

impl BadToken {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Missing => "MISSING_CREDENTIALS",
            Self::Credentials => "INVALID_CREDENTIALS",
            Self::Invalid => "ACCESS_TOKEN_INVALID",
            Self::Expired => "ACCESS_TOKEN_EXPIRED",
            Self::KeyId => "ACCESS_TOKEN_KID_INVALID",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Accounts {
    pub(crate) environment: String,
    pub(crate) api_key: String,
    pub(crate) publishable_key: Option<String>,
    pub(crate) users: BTreeMap<String, String>,
    pub(crate) key_pairs: BTreeMap<String, String>,
    pub(crate) access_life: Mutex<Duration>,
    pub(crate) refresh_life: Duration,
    pub(crate) server_life: Duration,
    pub(crate) ticket_keys: BTreeMap<String, Vec<u8>>,
    pub(crate) codes: Codes,
    /// What services of this environment sign by, if they are told.
    service_pair: KeyPair,
    secret: [u8; 32],
    number: AtomicU64,
    sessions: Mutex<Sessions>,
}

#[derive(Debug, Default)]
struct Sessions {
    /// Refresh tokens that have not been used, and whose they are.
    refresh: HashMap<String, (Session, SystemTime)>,
    /// Access tokens of lower numbers are no longer valid.
    first_valid: u64,
}

#[derive(Clone, Debug)]
struct Session {
    id: String,
    scope: String,
}

/// Why a sign-in is refused: status, error, description.
pub(crate) type Refused = (u16, &'static str, String);

impl Accounts {
    pub(crate) fn new(environment: String, api_key: String) -> Self {
        Self {
            environment,
            api_key,
            publishable_key: None,
            users: BTreeMap::new(),
            key_pairs: BTreeMap::new(),
            access_life: Mutex::new(Duration::from_secs(7200)),
            refresh_life: Duration::from_secs(31 * 24 * 3600),
            server_life: Duration::from_secs(432_000),
            ticket_keys: BTreeMap::new(),
            codes: Codes::default(),
            service_pair: KeyPair::random(),
            secret: random(),
            number: AtomicU64::new(0),
            sessions: Mutex::default(),
        }
    }

    /// Who holds a token of `Authorization: Bearer`.
    pub(crate) fn holder(&self, token: &str) -> Result<Caller, BadToken> {
        if token == self.api_key {
            return Ok(Caller::ApiKey);
        }
        if self.publishable_key.as_deref() == Some(token) {
            return Ok(Caller::PublishableKey);
        }
        let mut parts = token.split('.');
        let (Some(head), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(BadToken::Credentials);
        };
        let read = |part: &str| -> Option<Value> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
        };
        let (Some(header), Some(payload)) = (read(head), read(claims)) else {
            return Err(BadToken::Credentials);
        };
        if header["kid"] != KEY_ID {
            return Err(BadToken::KeyId);
        }
        if self.sign(&format!("{head}.{claims}")).as_deref() != Some(signature) {
            return Err(BadToken::Invalid);
        }
        if payload["exp_ms"].as_u64().unwrap_or_default() <= milliseconds(SystemTime::now()) {
            return Err(BadToken::Expired);
        }
        if payload["jti"].as_u64().is_none_or(|number| number < self.lock().first_valid) {
            return Err(BadToken::Invalid);
        }
        let text = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
        let (id, scope) = (text("sub"), text("scope"));
        Ok(if scope == SERVER { Caller::ServerToken { secret_id: id } } else { Caller::User { id, scope } })
    }

    /// The key that a signature has to be made with, by what it says of itself.
    pub(crate) fn secret_key(&self, secret_id: &str, token: Option<&str>) -> Option<&str> {
        let of_service = Some(&self.service_pair)
            .filter(|pair| pair.secret_id == secret_id && token == Some(&pair.token))
            .map(|pair| &pair.secret_key);
        of_service.or_else(|| self.key_pairs.get(secret_id)).map(String::as_str)
    }

    pub(crate) fn sign_in(&self, body: &Value) -> Result<Value, Refused> {
        let text = |name: &str| body[name].as_str().unwrap_or_default();
        if body["verification_token"].is_string() {
            let recipient = self.codes.redeem(text("verification_token"), body["username"].as_str())?;
            return Ok(self.open(Session { id: recipient, scope: String::new() }));
        }
        let known = self.users.get(text("username"));
        if known.is_none_or(|password| password != text("password")) {
            return Err((
                400,
                "invalid_username_or_password",
                "The user name or the password is wrong.".to_owned(),
            ));
        }
        Ok(self.open(Session { id: text("username").to_owned(), scope: String::new() }))
    }

    pub(crate) fn sign_in_anonymously(&self, device: Option<&str>) -> Result<Value, Refused> {
        let device = device.filter(|device| !device.is_empty()).ok_or((
            400,
            "invalid_argument",
            "The header x-device-id is missing.".to_owned(),
        ))?;
        Ok(self.open(Session { id: format!("anonymous-{device}"), scope: "anonymous".to_owned() }))
    }

    pub(crate) fn token(&self, body: &Value) -> Result<Value, Refused> {
        match body["grant_type"].as_str() {
            Some("password") => self.sign_in(body),
            Some("refresh_token") => {
                let token = body["refresh_token"].as_str().unwrap_or_default();
                // It dies at once, whatever comes of it.
                let found = self.lock().refresh.remove(token);
                match found {
                    Some((session, until)) if until > SystemTime::now() => Ok(self.open(session)),
                    _ => Err((400, "invalid_grant", "The refresh token is used or expired.".to_owned())),
                }
            }
            _ => Err((400, "unsupported_grant_type", "grant_type is password or refresh_token.".to_owned())),
        }
    }

    pub(crate) fn set_access_life(&self, life: Duration) {
        *self.access_life.lock().unwrap_or_else(PoisonError::into_inner) = life;
    }

    /// No access token made so far is valid any more; refresh tokens are.
    pub(crate) fn revoke(&self) {
        self.lock().first_valid = self.number.load(Ordering::Relaxed);
    }

    /// What nobody who looks on is to see.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let known = [&self.api_key].into_iter().chain(self.users.values()).chain(self.key_pairs.values());
        let of_service = [&self.service_pair.secret_key, &self.service_pair.token];
        known.chain(of_service).cloned().collect()
    }

    /// An access token without a session that could renew it.
    pub(crate) fn issue(&self, user: &str, life: Duration) -> String {
        let session = Session { id: user.to_owned(), scope: String::new() };
        self.access_token(&session, self.number.fetch_add(1, Ordering::Relaxed), life)
    }

    fn open(&self, session: Session) -> Value {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let life = *self.access_life.lock().unwrap_or_else(PoisonError::into_inner);
        let access = self.access_token(&session, number, life);
        let refresh = format!("refresh-{number}-{}", URL_SAFE_NO_PAD.encode(random()));
        let answer = json!({
            "token_type": "Bearer", "access_token": access, "refresh_token": refresh,
            "expires_in": seconds(life), "scope": session.scope, "sub": session.id, "groups": [],
        });
        self.lock().refresh.insert(refresh, (session, after(self.refresh_life)));
        answer
    }

    fn access_token(&self, session: &Session, number: u64, life: Duration) -> String {
        let (now, ends) = (SystemTime::now(), after(life));
        let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = encode(json!({"alg": "HS256", "typ": "JWT", "kid": KEY_ID}));
        let claims = encode(json!({
            "iss": "https://emulator.invalid", "sub": session.id, "aud": self.environment, "scope": session.scope,
            "jti": number, "iat": milliseconds(now) / 1000, "exp": milliseconds(ends).div_ceil(1000),
            "exp_ms": milliseconds(ends),
        }));
        let text = format!("{head}.{claims}");
        format!("{text}.{}", self.sign(&text).unwrap_or_default())
    }

    fn sign(&self, text: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).ok()?;
        mac.update(text.as_bytes());
        Some(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A key pair of the emulator's own, as a service has one for a while.
struct KeyPair {
    secret_id: String,
    secret_key: String,
    token: String,
}

impl KeyPair {
    fn random() -> Self {
        let [secret_id, secret_key, token] =
            ["AKIDservice", "key", "token"].map(|name| format!("{name}{}", URL_SAFE_NO_PAD.encode(random())));
        // A header of a signature separates its parts by these.
        Self { secret_id: secret_id.replace(['-', '_'], "x"), secret_key, token }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({}, <redacted>)", self.secret_id)
    }
}

/// The moment after a time; a life without an end ends in a thousand years.
fn after(life: Duration) -> SystemTime {
    const LONGEST: Duration = Duration::from_secs(1000 * 365 * 24 * 3600);
    SystemTime::now() + life.min(LONGEST)
}

fn milliseconds(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    u64::try_from(since).unwrap_or(u64::MAX)
}

/// Whole seconds as documented; a fraction only for lives that have one.
fn seconds(life: Duration) -> Value {
    if life.subsec_nanos() == 0 { json!(life.as_secs()) } else { json!(life.as_secs_f64()) }
}

/// Bytes that nobody guesses, good enough for an emulator.
fn random() -> [u8; 32] {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let mut bytes = [0; 32];
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&RandomState::new().build_hasher().finish().to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Accounts, BadToken, Caller};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use std::time::Duration;

    const HOUR: Duration = Duration::from_secs(3600);

    fn accounts() -> Accounts {
        Accounts::new("env".to_owned(), "key".to_owned())
    }

    #[test]
    fn a_token_is_its_users_until_it_ends() {
        let accounts = accounts();
        let ada = Caller::User { id: "ada".to_owned(), scope: String::new() };
        assert_eq!(accounts.holder(&accounts.issue("ada", HOUR)), Ok(ada.clone()));
        assert_eq!(accounts.holder(&accounts.issue("ada", Duration::MAX)), Ok(ada));
        assert_eq!(accounts.holder(&accounts.issue("ada", Duration::ZERO)), Err(BadToken::Expired));
    }

    #[test]
    fn nobody_but_the_emulator_signs_tokens() -> Result<(), Box<dyn std::error::Error>> {
        let accounts = accounts();
        let token = accounts.issue("ada", HOUR);
        let [head, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
            return Err("no JWT".into());
        };
        let other = String::from_utf8(URL_SAFE_NO_PAD.decode(claims)?)?.replace("ada", "eve");
        let forged = URL_SAFE_NO_PAD.encode(other);
        assert_eq!(accounts.holder(&format!("{head}.{forged}.{signature}")), Err(BadToken::Invalid));
        assert_eq!(accounts.holder(&format!("{head}.{claims}.")), Err(BadToken::Invalid));
        // Another emulator is not this one.
        assert_eq!(self::accounts().holder(&token), Err(BadToken::Invalid));
        Ok(())
    }
}
