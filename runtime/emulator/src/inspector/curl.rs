//! A request as a command for a shell. Secrets are left to the shell's variables, or left out: in comes only what may be seen.

use super::mask::Masked;

/// What curl sets itself.
const OWN: [&str; 6] =
    ["host", "content-length", "connection", "accept-encoding", "user-agent", "x-request-id"];

/// The command for a request by this method to this address: `https://127.0.0.1:8000`.
pub(super) fn command(method: &str, address: &str, masked: &Masked, has_body: bool) -> String {
    let mut command = format!("curl -X {method} {}", quoted(&format!("{address}{}", masked.target)));
    for [name, value] in &masked.request.headers {
        if OWN.contains(&name.as_str()) {
            continue;
        }
        command.push_str(" \\\n  -H ");
        if name == "authorization" && value.starts_with("Bearer ") {
            command.push_str("\"authorization: Bearer $CLOUDBASE_APIKEY\"");
        } else {
            command.push_str(&quoted(&format!("{name}: {value}")));
        }
    }
    if has_body {
        command.push_str(" \\\n  ");
        match &masked.request.sent {
            Some(body) => command.push_str(&format!("--data-raw {}", quoted(body))),
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
