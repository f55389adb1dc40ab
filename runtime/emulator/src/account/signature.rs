//! Checks Tencent Cloud's signature V3 of a request as it arrived
//! (<https://cloud.tencent.com/document/api/598/38504>; npm `@cloudbase/signature-nodejs` is the reference).

use axum::http::HeaderMap;
use axum::http::request::Parts;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const ALGORITHM: &str = "TC3-HMAC-SHA256";
/// How far the clocks may differ, as Tencent Cloud has it.
const TOLERANCE: Duration = Duration::from_secs(300);

/// The fields of `Authorization: TC3-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…, Timestamp=…[, Token=…]`.
pub(crate) struct Claim<'a> {
    pub(crate) secret_id: &'a str,
    scope: &'a str,
    headers: Vec<&'a str>,
    signature: &'a str,
    timestamp: u64,
}

impl<'a> Claim<'a> {
    pub(crate) fn read(value: &'a str) -> Option<Self> {
        let rest = value.strip_prefix(ALGORITHM)?;
        let field =
            |name: &str| rest.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        let (secret_id, scope) = field("Credential")?.split_once('/')?;
        Some(Self {
            secret_id,
            scope,
            headers: field("SignedHeaders")?.split(';').collect(),
            signature: field("Signature")?,
            timestamp: field("Timestamp")?.parse().ok()?,
        })
    }

    /// Whether the owner of a secret key has signed this request, a moment ago.
    pub(crate) fn is_of(&self, secret_key: &str, request: &Parts, body: &[u8]) -> bool {
        let signed_at = UNIX_EPOCH + Duration::from_secs(self.timestamp);
        let now = SystemTime::now();
        let distance =
            now.duration_since(signed_at).or_else(|_| signed_at.duration_since(now)).unwrap_or_default();
        distance <= TOLERANCE
            && ["content-type", "host"].iter().all(|needed| self.headers.contains(needed))
            && self.expected(secret_key, request, body).as_deref() == Some(self.signature)
    }

    fn expected(&self, secret_key: &str, request: &Parts, body: &[u8]) -> Option<String> {
        let mut headers = String::new();
        for name in &self.headers {
            let value = match (*name, request.uri.authority()) {
                // HTTP/2 has the host in the request's target.
                ("host", Some(authority)) => authority.as_str().to_lowercase(),
                _ => value_of(name, &request.headers)?,
            };
            headers.push_str(&format!("{name}:{value}\n"));
        }
        // The body of a GET is no part of what is signed.
        let body = if request.method == "GET" { &[] } else { body };
        let canonical = format!(
            "{}\n{}\n{}\n{headers}\n{}\n{}",
            request.method,
            request.uri.path(),
            request.uri.query().unwrap_or_default(),
            self.headers.join(";"),
            hex(&Sha256::digest(body)),
        );
        let (date, rest) = self.scope.split_once('/')?;
        let service = rest.strip_suffix("/tc3_request")?;
        let text =
            format!("{ALGORITHM}\n{}\n{}\n{}", self.timestamp, self.scope, hex(&Sha256::digest(canonical)));
        let key = hmac(format!("TC3{secret_key}").as_bytes(), date)?;
        let key = hmac(&key, service)?;
        let key = hmac(&key, "tc3_request")?;
        Some(hex(&hmac(&key, &text)?))
    }
}

/// A header's value as it is signed: in lower case, but for the media type.
fn value_of(name: &str, headers: &HeaderMap) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    Some(match name {
        "content-type" if value.starts_with("multipart/form-data") => "multipart/form-data".to_owned(),
        "content-type" => value.to_owned(),
        _ => value.to_lowercase(),
    })
}

fn hmac(key: &[u8], text: &str) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac.finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
