//! Checks Tencent Cloud's signature V3 of a request as it arrived
//! (<https://cloud.tencent.com/document/api/598/38504>; npm `@cloudbase/signature-nodejs` is the reference).

use axum::http::HeaderMap;
use axum::http::request::Parts;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::time::{SystemTime, UNIX_EPOCH};

const ALGORITHM: &str = "TC3-HMAC-SHA256";
/// How many seconds the clocks may differ, as Tencent Cloud has it.
const TOLERANCE: u64 = 300;

/// The fields of `Authorization: TC3-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…, Timestamp=…[, Token=…]`.
pub(crate) struct Claim<'a> {
    pub(crate) secret_id: &'a str,
    pub(crate) token: Option<&'a str>,
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
            token: field("Token"),
            scope,
            headers: field("SignedHeaders")?.split(';').collect(),
            signature: field("Signature")?,
            timestamp: field("Timestamp")?.parse().ok()?,
        })
    }

    /// Whether the owner of a secret key has signed this request, a moment ago.
    pub(crate) fn is_of(&self, secret_key: &str, request: &Parts, body: &[u8]) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        // A caller may write any number.
        now.abs_diff(self.timestamp) <= TOLERANCE
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

#[cfg(test)]
mod tests {
    use super::{ALGORITHM, Claim, TOLERANCE};
    use axum::http::Request;
    use std::time::{SystemTime, UNIX_EPOCH};

    type Failure = Box<dyn std::error::Error>;

    const KEY: &str = "a secret key";

    /// Whether a signature is taken that is right in all but perhaps its moment and these headers.
    fn is_taken(timestamp: u64, headers: &str) -> Result<bool, Failure> {
        let request = Request::post("/v1/cloudrun/shop/x")
            .header("host", "localhost")
            .header("content-type", "text/plain");
        let (head, ()) = request.body(())?.into_parts();
        let value = format!(
            "{ALGORITHM} Credential=AKID/2024-11-24/tcb/tc3_request, SignedHeaders={headers}, Signature=none, Timestamp={timestamp}"
        );
        let mut claim = Claim::read(&value).ok_or("no claim")?;
        let signature = claim.expected(KEY, &head, b"body").ok_or("nothing to sign")?;
        assert!(!claim.is_of(KEY, &head, b"body"), "nobody signed this");
        claim.signature = &signature;
        assert!(!claim.is_of("another key", &head, b"body") && !claim.is_of(KEY, &head, b"another body"));
        Ok(claim.is_of(KEY, &head, b"body"))
    }

    #[test]
    fn a_signature_is_valid_for_five_minutes_around_its_moment() -> Result<(), Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        // A minute of margin for slow machines.
        for (timestamp, expected) in [
            (now, true),
            (now - TOLERANCE + 60, true),
            (now + TOLERANCE - 60, true),
            (now - TOLERANCE - 60, false),
            (now + TOLERANCE + 60, false),
            (0, false),
            (u64::MAX, false),
        ] {
            assert_eq!(is_taken(timestamp, "content-type;host")?, expected, "{timestamp}");
        }
        Ok(())
    }

    #[test]
    fn host_and_media_type_are_always_signed() -> Result<(), Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        assert!(!is_taken(now, "host")? && !is_taken(now, "content-type")?);
        Ok(())
    }
}
