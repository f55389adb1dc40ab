//! A key pair of Tencent Cloud in exchange for a token (`POST /auth/v1/token/clientCredential`): in comes a request that proves the
//! pair, by itself or by a signature, out goes an administrator's token that nothing renews.

use super::signature::Claim;
use super::{Accounts, Refused, SERVER, Session, seconds};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

impl Accounts {
    pub(crate) fn client_credential(
        &self,
        head: &Parts,
        bytes: &[u8],
        body: &Value,
    ) -> Result<Value, Refused> {
        if body["grant_type"] != "client_credentials" {
            return Err((400, "unsupported_grant_type", "grant_type is client_credentials.".to_owned()));
        }
        let wrong = || (401, "invalid_client", "The SecretId or the SecretKey is wrong.".to_owned());
        let value = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let value = value.ok_or((401, "unauthenticated", "The key pair is missing.".to_owned()))?;
        let id = self.of_pair(value).or_else(|| self.of_signature(value, head, bytes)).ok_or_else(wrong)?;
        let session = Session { id, scope: SERVER.to_owned() };
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let token = self.access_token(&session, number, self.server_life);
        Ok(json!({"token_type": "Bearer", "access_token": token, "expires_in": seconds(self.server_life)}))
    }

    /// `Basic base64(SecretId:SecretKey)` (RFC 7617).
    fn of_pair(&self, value: &str) -> Option<String> {
        let pair = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
        let (id, key) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
        (self.key_pairs.get(id)? == key).then(|| id.to_owned())
    }

    fn of_signature(&self, value: &str, head: &Parts, bytes: &[u8]) -> Option<String> {
        let claim = Claim::read(value)?;
        let key = self.secret_key(claim.secret_id, claim.token)?;
        claim.is_of(key, head, bytes).then(|| claim.secret_id.to_owned())
    }
}
