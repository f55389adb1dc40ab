//! What is a secret by its name: headers, parameters, properties, parts of forms. Bodies are not parsed but looked through, since
//! one that was cut, or is JSON only in parts, holds secrets all the same.

mod json;
mod multipart;
mod text;

use json::{properties, unescaped};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Names that hold secrets as a whole, in lower case, without what is no letter or digit.
const WHOLE: [&str; 8] = ["auth", "key", "pass", "pwd", "sid", "pin", "otp", "signature"];
/// … and parts of such names.
const PARTS: [&str; 18] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "apikey",
    "accesskey",
    "privatekey",
    "credential",
    "authorization",
    "cookie",
    "jwt",
    "session",
    "ticket",
    "verificationcode",
    "csrf",
    "cloudbasecontext",
];
/// How deep texts of JSON in texts of JSON are looked through.
const DEPTH: u32 = 3;

/// Whether a header, a parameter or a property holds a secret, by its name.
pub fn is_secret(name: &str) -> bool {
    let name = folded(name);
    name != "tokentype" && (WHOLE.contains(&name.as_str()) || PARTS.iter().any(|part| name.contains(part)))
}

/// The same of a name in a URL or a form, which may be percent-encoded.
fn is_encoded_secret(name: &str) -> bool {
    is_secret(name) || name.contains('%') && is_secret(&percent_decode_str(name).decode_utf8_lossy())
}

fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// A secret that has been found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// It stands in the text so.
    Here(&'a str),
    /// It stands in a text within the text.
    Within(String),
}

impl Found<'_> {
    /// The secret itself.
    pub(super) fn meant(&self) -> String {
        match self {
            Self::Here(text) => unescaped(text),
            Self::Within(text) => text.clone(),
        }
    }
}

/// The secrets in a body of this media type, by their names; without one, in any text.
pub(super) fn named<'a>(media_type: &str, body: &'a str) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/x-www-form-urlencoded" {
        for pair in body.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if is_encoded_secret(name) {
                found.push(Found::Here(value));
            }
        }
    } else {
        let lower = body.to_ascii_lowercase();
        if essence.starts_with("multipart/") || lower.contains("form-data") {
            multipart::parts(media_type, body, &lower, &mut found);
        }
        text::pairs(body, &mut found);
        text::lines(body, &mut found);
        text::elements(body, &mut found);
    }
    properties(body, DEPTH, &mut found);
    found
}

/// All texts of a JSON value, but for properties of these names.
pub(super) fn values(value: &Value, but: &[&str], each: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| values(item, but, each)),
        Value::Object(members) => {
            let shown = members.iter().filter(|(name, _)| !but.contains(&name.as_str()));
            shown.for_each(|(_, member)| values(member, but, each));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, is_secret, named};
    use crate::shown::growth::is_linear;

    #[test]
    fn names_tell_secrets() {
        for name in [
            "Authorization",
            "set-cookie",
            "x-api-key",
            "access_token",
            "refreshToken",
            "userPassword",
            "passwd",
            "jwt",
            "session",
            "session_id",
            "sid",
            "api_key",
            "client-secret",
            "ticket",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["token_type", "accept", "monkey", "x-request-id", "keyboard", "code", "passenger"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn looking_takes_time_in_proportion_to_the_text() {
        for text in [
            "name=",
            "name=token;",
            "name=\"token\"\n",
            "\"a\":",
            "a=",
            "{\"token\":[",
            "<token>",
            "token: \n",
            "token='x",
        ] {
            let look = |length: usize| {
                let body = format!("form-data {}", text.repeat(length / text.len()));
                named("multipart/form-data", &body);
            };
            assert!(is_linear(4 << 10, look), "{text}");
        }
    }

    #[test]
    fn bodies_are_looked_through_by_their_media_type() {
        let json = "application/json";
        for (media_type, body, expected) in [
            (json, r#"{"a":"b","passwd":"p\"1"}"#, &["p\"1"][..]),
            (json, r#"[{"jwt":"e.y"},{"x":{"session":"s1"}}]"#, &["e.y", "s1"]),
            (json, r#"{"user":{"password":"cut of"#, &["cut of"]),
            (json, r#"{"pin":123456,"name":"x"}"#, &["123456"]),
            (json, r#"{"max_tokens":123456,"tokens":["t1",{"a":"t2"}],"z":1}"#, &["t1", "t2"]),
            (json, r#"{"body":"{\"password\":\"p1\"}"}"#, &["p1"]),
            (json, r#"{"next":"/x?a=1&access_token=t1&b=2"}"#, &["t1"]),
            ("application/x-ndjson", "{\"secret\":\"s1\"}\n{\"secret\":\"s2\"}\n", &["s1", "s2"]),
            ("text/event-stream", "data: {\"api_key\": \"k1\"}\n\n", &["k1"]),
            ("application/x-www-form-urlencoded", "user=ada&password=a%20b'c&x=1", &["a%20b'c"]),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\np 1\r\n--b\r\nContent-Disposition: form-data; \
                 name=\"x\"\r\n\r\ny\r\n--b--",
                &["p 1"],
            ),
            (
                "multipart/form-data; Boundary=\"b\"",
                "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\np 1\r\n--no end\r\n--b--",
                &["p 1\r\n--no end"],
            ),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nCONTENT-DISPOSITION: FORM-DATA; NAME=\"password\"\r\n\r\np1\r\n--b--",
                &["p1"],
            ),
            (json, r#"{"token":"a\/b"}"#, &["a/b"]),
            ("application/x-www-form-urlencoded", "%70assword=p1&%78=y", &["p1"]),
            ("text/html", "<a href='/x?token=t1'>password</a>", &["t1"]),
            ("text/html", "/x?%70assword=p1&y=1", &["p1"]),
            ("text/plain", "password = p1, user = ada, token=\"t 1\", key='k 1'", &["p1", "t 1", "k 1"]),
            (
                "text/plain",
                "user: ada\r\n  password: p 1\r\nAuthorization: Bearer t1\n",
                &["p 1", "Bearer t1"],
            ),
            ("text/plain", "the token: it has ended; a session: none", &[]),
            ("application/xml", "<a><ns:password x=\"1\">p1</ns:password><user>ada</user></a>", &["p1"]),
            ("application/xml", "<credentials><a>c1</a></credentials><token/>x<jwt>cut", &["<a>c1", "cut"]),
            ("text/plain", "call it with <token> and a name", &[]),
            ("", "", &[]),
        ] {
            let found: Vec<String> = named(media_type, body).iter().map(Found::meant).collect();
            assert_eq!(found, expected, "{body}");
        }
    }
}
