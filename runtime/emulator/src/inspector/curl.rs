//! A request as a command for a shell. Secrets are left to the shell's variables.

use super::mask::{Mask, is_secret};
use super::view::text;
use crate::exchange::Exchange;

/// What curl sets itself.
const OWN: [&str; 6] =
    ["host", "content-length", "connection", "accept-encoding", "user-agent", "x-request-id"];

pub(super) fn command(mask: &Mask, scheme: &str, exchange: &Exchange) -> String {
    let headers = &exchange.request.headers;
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    let host = exchange.uri.authority().map(|authority| authority.as_str()).or(host).unwrap_or("127.0.0.1");
    let target = mask.cover(exchange.target());
    let mut command =
        format!("curl -X {} {}", exchange.method(), quoted(&format!("{scheme}://{host}{target}")));
    for (name, value) in headers {
        let (name, value) = (name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        if OWN.contains(&name) {
            continue;
        }
        command.push_str(" \\\n  -H ");
        if name == "authorization" && value.starts_with("Bearer ") {
            command.push_str("\"authorization: Bearer $CLOUDBASE_APIKEY\"");
        } else if is_secret(name) {
            command.push_str(&quoted(&format!("{name}: {}", mask.header(name, &value))));
        } else {
            command.push_str(&quoted(&format!("{name}: {}", mask.cover(&value))));
        }
    }
    if exchange.request.length > 0 {
        command.push_str(" \\\n  ");
        match text(&exchange.request).filter(|_| exchange.request.is_whole()) {
            Some(body) => command.push_str(&format!("--data-raw {}", quoted(&mask.cover(body)))),
            None => command.push_str("--data-binary @body"),
        }
    }
    command
}

/// A word of a POSIX shell that stands for itself.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_words_as_they_are() {
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }
}
