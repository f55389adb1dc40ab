//! What is a secret by its name: headers, parameters, properties, parts of forms. Bodies are not parsed but looked through, since
//! one that was cut, or is JSON only in parts, holds secrets all the same.

use super::line::floor;
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
            if is_secret(name) {
                found.push(Found::Here(value));
            }
        }
    } else {
        if essence.starts_with("multipart/") || body.contains("form-data") {
            parts(media_type, body, &mut found);
        }
        pairs(body, &mut found);
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

/// `name=value` wherever it stands: queries, cookies, words of a log.
fn pairs<'a>(text: &'a str, found: &mut Vec<Found<'a>>) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']' | '%');
    let is_end = |c: char| c.is_whitespace() || matches!(c, '&' | ';' | ',' | '"' | '\'' | '<' | '>' | '}');
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('=') {
        let name = before.rsplit(|c| !is_name(c)).next().unwrap_or_default();
        rest = after;
        if !name.is_empty() && is_secret(name) {
            let (value, behind) = after.split_at(after.find(is_end).unwrap_or(after.len()));
            found.push(Found::Here(value));
            rest = behind;
        }
    }
}

/// How long the name of a part is, and its head from there on. What is longer is no part that anybody wrote.
const NAME: usize = 64;
const HEAD: usize = 1 << 10;

/// The parts of a multipart body whose names say so (RFC 7578). Without its boundary, a part ends before a line that could be one.
fn parts<'a>(media_type: &str, body: &'a str, found: &mut Vec<Found<'a>>) {
    let boundary = media_type.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    let boundary = boundary.filter(|(name, _)| name.eq_ignore_ascii_case("boundary")).map(|(_, value)| value);
    let end = format!("\n--{}", boundary.last().unwrap_or_default().trim_matches('"'));
    let mut rest = body;
    while let Some((_, after)) = rest.split_once("name=") {
        rest = after;
        let name = after.get(..floor(after, NAME)).unwrap_or_default().trim_start_matches('"');
        if !is_secret(name.split(['"', ';', '\r', '\n']).next().unwrap_or_default()) {
            continue;
        }
        let head = after.get(..floor(after, HEAD)).unwrap_or_default();
        let blank = ["\r\n\r\n", "\n\n"].iter().find_map(|blank| Some(head.find(blank)? + blank.len()));
        if let Some(value) = blank.and_then(|at| after.get(at..)) {
            let (value, behind) = value.split_at(value.find(&end).unwrap_or(value.len()));
            found.push(Found::Here(value.trim_end_matches('\r')));
            rest = behind;
        }
    }
}

/// `"name": value` wherever it stands: JSON, a part of it, a line of it, an event of it.
fn properties<'a>(text: &'a str, depth: u32, found: &mut Vec<Found<'a>>) {
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        let (name, after) = quoted(rest.get(quote + 1..).unwrap_or_default());
        rest = after;
        let Some(value) = after.trim_start().strip_prefix(':') else {
            // A text that is JSON of its own.
            if depth > 0 && name.contains("\\\"") {
                let mut within = Vec::new();
                let text = unescaped(name);
                properties(&text, depth - 1, &mut within);
                found.extend(within.into_iter().map(|one| Found::Within(one.meant())));
            }
            continue;
        };
        rest = value;
        if is_secret(&unescaped(name)) {
            rest = below(value.trim_start(), !folded(name).ends_with("tokens"), found);
        }
    }
}

/// Takes the texts of a value, its number too if that may be one of a secret's; what is left behind it.
fn below<'a>(value: &'a str, numbers: bool, found: &mut Vec<Found<'a>>) -> &'a str {
    let mut depth = 0_usize;
    let mut rest = value;
    loop {
        let Some(first) = rest.chars().next() else { return rest };
        match first {
            '"' => {
                let (text, after) = quoted(rest.get(1..).unwrap_or_default());
                // Below a property there may be others, whose names are no secrets.
                if !after.trim_start().starts_with(':') {
                    found.push(Found::Here(text));
                }
                rest = after;
            }
            '{' | '[' => {
                depth += 1;
                rest = rest.get(1..).unwrap_or_default();
            }
            '}' | ']' if depth == 0 => return rest,
            '}' | ']' => {
                depth -= 1;
                rest = rest.get(1..).unwrap_or_default();
            }
            c if c.is_whitespace() || matches!(c, ',' | ':') => {
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || ",]}\"[{".contains(c));
                let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
                if numbers {
                    found.push(Found::Here(word));
                }
                rest = after;
            }
        }
        if depth == 0 {
            return rest;
        }
    }
}

/// The text up to the next quote, which may be missing, and what is behind it.
fn quoted(text: &str) -> (&str, &str) {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !is_escaped => return (text.split_at(at).0, text.get(at + 1..).unwrap_or_default()),
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    (text, "")
}

/// A text of JSON as it is meant; what was cut within an escape stays as it is.
fn unescaped(text: &str) -> String {
    serde_json::from_str(&format!("\"{text}\"")).unwrap_or_else(|_| text.to_owned())
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
        for text in ["name=", "name=token;", "name=\"token\"\n", "\"a\":", "a=", "{\"token\":["] {
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
            ("text/html", "<a href='/x?token=t1'>password</a>", &["t1"]),
            ("", "", &[]),
        ] {
            let found: Vec<String> = named(media_type, body).iter().map(Found::meant).collect();
            assert_eq!(found, expected, "{body}");
        }
    }
}
