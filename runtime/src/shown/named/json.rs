//! Secrets in JSON, by the names of properties: whole texts, parts of one, lines, events.

use super::{Found, folded, is_secret};

/// `"name": value` wherever it stands: JSON, a part of it, a line of it, an event of it.
pub(super) fn properties<'a>(text: &'a str, depth: u32, found: &mut Vec<Found<'a>>) {
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
pub(super) fn quoted(text: &str) -> (&str, &str) {
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
pub(super) fn unescaped(text: &str) -> String {
    serde_json::from_str(&format!("\"{text}\"")).unwrap_or_else(|_| text.to_owned())
}
