//! Secrets of an exchange, covered wherever they stand: in headers, in the query, in bodies, and where a service repeats them.

use crate::account::Accounts;
use crate::exchange::Exchange;
use serde_json::Value;

/// What stands in the place of a secret.
pub(super) const COVER: &str = "••••••";
/// Shorter values are no secrets worth the name, and stand in every text.
const SHORTEST: usize = 6;

/// The secrets of one exchange.
pub(super) struct Mask(Vec<String>);

impl Mask {
    pub(super) fn new(accounts: Option<&Accounts>, exchange: &Exchange) -> Self {
        let mut secrets: Vec<String> = accounts.map(Accounts::secrets).unwrap_or_default();
        for (name, value) in exchange.request.headers.iter().chain(&exchange.response.headers) {
            if is_secret(name.as_str())
                && let Ok(value) = value.to_str()
            {
                secrets.push(value.to_owned());
                secrets.extend(value.split_once(' ').map(|(_, rest)| rest.to_owned()));
            }
        }
        secrets.extend_from_slice(&exchange.hidden);
        for body in [&exchange.request.body, &exchange.response.body] {
            if let Ok(value) = serde_json::from_slice(body) {
                collect(&value, &mut secrets);
            }
        }
        for pair in exchange.uri.query().unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if is_secret(name) {
                secrets.push(value.to_owned());
            }
        }
        secrets.retain(|secret| secret.len() >= SHORTEST);
        // The longest first, so that none leaves a part of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self(secrets)
    }

    /// A text without secrets.
    pub(super) fn cover(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), COVER))
    }

    /// A header's value without secrets.
    pub(super) fn header(&self, name: &str, value: &str) -> String {
        if !is_secret(name) {
            return self.cover(value);
        }
        // What kind of credential it is may be seen.
        match value.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} {COVER}"),
            None => COVER.to_owned(),
        }
    }
}

/// Whether a header, a parameter or a property holds a secret, by its name.
pub(super) fn is_secret(name: &str) -> bool {
    const WHOLE: [&str; 6] =
        ["authorization", "proxyauthorization", "cookie", "setcookie", "key", "verificationcode"];
    const PARTS: [&str; 9] = [
        "token",
        "secret",
        "password",
        "apikey",
        "accesskey",
        "credential",
        "ticket",
        "cloudbasecontext",
        "cloudbaseauthorization",
    ];
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    WHOLE.contains(&name.as_str()) || (name != "tokentype" && PARTS.iter().any(|part| name.contains(part)))
}

fn collect(value: &Value, secrets: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if is_secret(name) => secrets.push(text.clone()),
                    other => collect(other, secrets),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, secrets)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_tell_secrets() {
        for name in [
            "Authorization",
            "set-cookie",
            "x-api-key",
            "access_token",
            "refreshToken",
            "userPassword",
            "x-cloudbase-context",
            "x-cloudbase-authorization",
            "ticket",
            "verification_code",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["token_type", "accept", "monkey", "x-request-id", "keyboard"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
