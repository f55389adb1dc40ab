//! Secrets of an exchange, covered wherever they stand: in headers, in the query, in bodies, and where a service repeats them. What
//! is a secret the runtime knows; here it is said where an exchange has some.

use crate::account::Accounts;
use crate::exchange::{Exchange, Message};
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use cloudrun_runtime::shown::{Cover, is_secret};
use serde_json::Value;

/// What stands in the place of a secret.
pub(super) const COVER: &str = "••••••";
/// How much of a body that is no text is shown.
const BYTES_SHOWN: usize = 512;

/// An exchange as it may be seen.
pub(super) struct Masked {
    pub(super) target: String,
    pub(super) path: String,
    pub(super) findings: Option<Vec<String>>,
    pub(super) request: MaskedMessage,
    pub(super) response: MaskedMessage,
}

/// A message as it may be seen.
pub(super) struct MaskedMessage {
    pub(super) headers: Vec<[String; 2]>,
    /// The body as it came, if it is text and all of it is known.
    pub(super) sent: Option<String>,
    /// The body to be read: JSON is indented, what is no text is shown as numbers.
    pub(super) body: String,
}

/// The secrets of one exchange.
struct Mask(Cover);

impl Masked {
    pub(super) fn new(accounts: Option<&Accounts>, exchange: &Exchange) -> Self {
        let mask = Mask::new(accounts, exchange);
        let (_, path) = exchange.service().unwrap_or(("", exchange.uri.path()));
        let query = exchange.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        Self {
            target: mask.text(exchange.target()),
            path: mask.text(&format!("{path}{query}")),
            findings: exchange.findings().map(|all| all.iter().map(|finding| mask.text(finding)).collect()),
            request: mask.message(&exchange.request),
            response: mask.message(&exchange.response),
        }
    }
}

impl Mask {
    fn new(accounts: Option<&Accounts>, exchange: &Exchange) -> Self {
        let mut cover = Cover::new(COVER);
        for secret in accounts.map(Accounts::secrets).unwrap_or_default() {
            cover.add(&secret);
        }
        exchange.hide(&mut cover);
        Self(cover)
    }

    /// Any text: a secret by its name is covered in it too.
    fn text(&self, text: &str) -> String {
        self.0.body("", text)
    }

    fn message(&self, message: &Message) -> MaskedMessage {
        let media_type = message.media_type();
        let whole = text(message).filter(|_| message.is_whole());
        MaskedMessage {
            headers: self.headers(&message.headers),
            sent: whole.map(|text| self.0.body(media_type, text)),
            body: self.body(media_type, message),
        }
    }

    fn headers(&self, headers: &HeaderMap) -> Vec<[String; 2]> {
        let pairs = headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            [name.as_str().to_owned(), self.header(name.as_str(), &value)]
        });
        pairs.collect()
    }

    /// A header's value: that it is one of a cookie, and what kind of credential it is, may be seen.
    fn header(&self, name: &str, value: &str) -> String {
        if !is_secret(name) {
            return self.text(value);
        }
        let of_cookie = |pair: &str| match pair.split_once('=') {
            Some((name, _)) => format!("{name}={COVER}"),
            None => COVER.to_owned(),
        };
        if name == COOKIE.as_str() {
            return value.split(';').map(of_cookie).collect::<Vec<_>>().join(";");
        }
        if name == SET_COOKIE.as_str() {
            let (pair, attributes) = value.split_once(';').unwrap_or((value, ""));
            let attributes = self.text(attributes);
            return [of_cookie(pair), attributes]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(";");
        }
        match value.split_once(' ') {
            Some((scheme, _)) if self.text(scheme) == scheme => format!("{scheme} {COVER}"),
            _ => COVER.to_owned(),
        }
    }

    fn body(&self, media_type: &str, message: &Message) -> String {
        if let Ok(value) = serde_json::from_slice::<Value>(&message.body) {
            let indented = serde_json::to_string_pretty(&value).unwrap_or_default();
            return self.0.body("application/json", &indented);
        }
        match text(message) {
            Some(text) => self.0.body(media_type, text),
            None => {
                let bytes = self.0.bytes(&message.body);
                let bytes = bytes.iter().take(BYTES_SHOWN);
                bytes.map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

/// The body, if it is text; one that was cut may end within a character.
fn text(message: &Message) -> Option<&str> {
    let text = match std::str::from_utf8(&message.body) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(message.body.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!text.contains(is_control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::Masked;
    use crate::exchange::{Exchange, Message};
    use axum::body::Bytes;
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};

    /// What is seen of an exchange with this target, header and body.
    fn seen(target: &str, header: (&'static str, &'static str), body: &'static [u8]) -> Option<Masked> {
        let (head, ()) = Request::builder().uri(target).body(()).ok()?.into_parts();
        let mut exchange = Exchange::begun(1, &head);
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(header.0), HeaderValue::from_static(header.1));
        exchange.request = Message { headers, body: Bytes::from_static(body), length: body.len() as u64 };
        exchange.response.body = Bytes::from_static(b"you sent 0123456789abcdef");
        Some(Masked::new(None, &exchange))
    }

    #[test]
    fn secrets_are_covered_by_their_place_however_short() -> Result<(), &'static str> {
        let none = ("accept", "*/*");
        for (target, header, body) in [
            ("/x?token=abc&a=1", none, &b""[..]),
            ("/x", ("cookie", "sid=abc; b=2abc"), b""),
            ("/x", ("set-cookie", "sid=abc; Path=/"), b""),
            ("/x", ("x-api-key", "abc"), b""),
            ("/x", ("authorization", "Bearer abc"), b""),
            ("/x", ("location", "/y?code=1&access_token=abc"), b""),
            ("/x", ("content-type", "application/x-www-form-urlencoded"), b"user=ada&passwd=abc"),
            (
                "/x",
                ("content-type", "multipart/form-data; boundary=b"),
                b"--b\r\ncontent-disposition: form-data; name=\"jwt\"\r\n\r\nabc\r\n--b--",
            ),
            ("/x", ("content-type", "application/x-ndjson"), b"{\"a\":1}\n{\"session\":\"abc\"}\n"),
            ("/x", ("content-type", "application/json"), b"[{\"secret\":[\"abc\"]}]"),
            ("/x", ("content-type", "application/json"), b"{\"a\":1,\"password\":\"abc"),
        ] {
            let masked = seen(target, header, body).ok_or("no exchange")?;
            let headers: String = masked.request.headers.iter().flatten().map(String::as_str).collect();
            let sent = masked.request.sent.unwrap_or_default();
            let text = format!("{}{}{headers}{sent}{}", masked.target, masked.path, masked.request.body);
            assert!(!text.contains("abc") && text.contains("••••••"), "{text}");
        }
        Ok(())
    }

    #[test]
    fn what_is_repeated_is_covered_there_too() -> Result<(), &'static str> {
        let header = ("cookie", "a=b; sid=0123456789abcdef");
        let masked = seen("/x", header, b"").ok_or("no exchange")?;
        assert_eq!(masked.response.body, "you sent ••••••");
        assert_eq!(masked.request.headers, [["cookie", "a=••••••; sid=••••••"]]);
        let masked =
            seen("/x", ("accept", "*/*"), b"\0\xff password=0123456789abcdef").ok_or("no exchange")?;
        let hex: String = b"456789ab".iter().map(|byte| format!("{byte:02x} ")).collect();
        assert!(
            !masked.request.body.contains(&hex) && masked.request.body.contains("2a 2a"),
            "{}",
            masked.request.body
        );
        Ok(())
    }
}
