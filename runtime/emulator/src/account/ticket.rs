//! Custom login (`POST /auth/v1/signin/custom`): in comes a ticket that a user's own server signed, out goes a session of the user whom it
//! names (<https://docs.cloudbase.net/authentication-v2/method/custom-login>). Never sees a private key.

use super::{Accounts, Refused, Session, milliseconds};
use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::time::SystemTime;

/// How long a ticket is valid at most, and how much clocks may differ, in milliseconds.
const VALID: u64 = 10 * 60 * 1000;
const TOLERANCE: u64 = 60 * 1000;

impl Accounts {
    pub(crate) fn sign_in_by_ticket(&self, body: &Value) -> Result<Value, Refused> {
        let invalid = |reason: &str| (400, "invalid_argument", reason.to_owned());
        if body["provider_id"] != "custom" {
            return Err(invalid("provider_id is custom."));
        }
        let ticket = body["ticket"].as_str().ok_or_else(|| invalid("The ticket is missing."))?;
        let user = self.user_of(ticket).map_err(invalid)?;
        Ok(self.open(Session { id: user, scope: String::new() }))
    }

    /// The user whom a valid ticket names.
    fn user_of(&self, ticket: &str) -> Result<String, &'static str> {
        let (id, token) = ticket.split_once("/@@/").ok_or("The ticket has no id of a key.")?;
        let key = self.ticket_keys.get(id).ok_or("The ticket is signed by a key that is not registered.")?;
        let (text, signature) = token.rsplit_once('.').ok_or("The ticket is no JWT.")?;
        let (head, claims) = text.split_once('.').ok_or("The ticket is no JWT.")?;
        let read = |part: &str| -> Option<Value> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
        };
        let (head, claims) = read(head).zip(read(claims)).ok_or("The ticket is no JWT.")?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "The ticket is no JWT.")?;
        // The console's keys may have 1024 bits.
        let key = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, key);
        if head["alg"] != "RS256" || key.verify(text.as_bytes(), &signature).is_err() {
            return Err("The ticket's signature is wrong.");
        }
        if claims["env"] != self.environment.as_str() {
            return Err("The ticket is for another environment.");
        }
        let moment = |name: &str| claims[name].as_u64().unwrap_or_default();
        let (made, ends, now) = (moment("iat"), moment("exp"), milliseconds(SystemTime::now()));
        // Times are in milliseconds here, unlike in other JWTs.
        if made > now + TOLERANCE || ends <= now || ends.saturating_sub(made) > VALID {
            return Err("The ticket has ended, or is valid for longer than ten minutes.");
        }
        claims["uid"]
            .as_str()
            .filter(|user| is_user(user))
            .map(str::to_owned)
            .ok_or("The ticket names no user whose id is allowed.")
    }
}

fn is_user(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-#@~=*(){}[]:.,<>+".contains(&byte);
    (4..=32).contains(&id.len()) && id.bytes().all(is_plain)
}

/// A key as DER, from PEM (RFC 7468).
pub(crate) fn public_key(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("PUBLIC KEY-----")?;
    let (body, _) = rest.split_once("-----END")?;
    let body: String = body.chars().filter(|character| !character.is_whitespace()).collect();
    STANDARD.decode(body).ok().filter(|der| !der.is_empty())
}
