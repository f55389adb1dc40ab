//! Secrets in any other text, by the names that stand before them: queries, cookies, settings, headers, elements.

use super::json::quoted;
use super::{Found, is_encoded_secret, is_secret};

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']' | '%')
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// `name=value` wherever it stands, `name = value` and `name="a value"` too.
pub(super) fn pairs<'a>(text: &'a str, found: &mut Vec<Found<'a>>) {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '&' | ';' | ',' | '"' | '\'' | '<' | '>' | '}');
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('=') {
        let name = before.trim_end_matches(is_blank);
        let is_spaced = name.len() < before.len();
        let name = name.rsplit(|c| !is_name(c)).next().unwrap_or_default();
        rest = after;
        if name.is_empty() || !is_encoded_secret(name) {
            continue;
        }
        let value = if is_spaced { after.trim_start_matches(is_blank) } else { after };
        let (value, behind) = match value.strip_prefix('"') {
            Some(inner) => quoted(inner),
            None => match value.strip_prefix('\'') {
                Some(inner) => inner.split_once('\'').unwrap_or((inner, "")),
                // In a text within JSON, quotes are escaped.
                None => {
                    let inner = value.strip_prefix("\\\"").unwrap_or(value);
                    inner.split_at(inner.find(is_end).unwrap_or(inner.len()))
                }
            },
        };
        found.push(Found::Here(value));
        rest = behind;
    }
}

/// `name: value` as a line of its own: headers, YAML. Within a line a colon stands behind many a word that is no name.
pub(super) fn lines<'a>(text: &'a str, found: &mut Vec<Found<'a>>) {
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let name = name.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '>' | '<'));
        if !name.is_empty() && name.chars().all(is_name) && is_secret(name) {
            found.push(Found::Here(value.trim()));
        }
    }
}

/// `<name>value</name>`: XML, with all that stands in the element up to the first that ends.
pub(super) fn elements<'a>(text: &'a str, found: &mut Vec<Found<'a>>) {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        let tag = after.get(..after.find(['>', '<']).unwrap_or(after.len())).unwrap_or_default();
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let name = name.rsplit(':').next().unwrap_or_default();
        let Some(value) = after.get(tag.len()..).and_then(|behind| behind.strip_prefix('>')) else {
            continue;
        };
        if tag.ends_with('/') || !is_secret(name) {
            continue;
        }
        match value.split_once("</") {
            Some((value, behind)) => {
                found.push(Found::Here(value.trim()));
                rest = behind;
            }
            // What was cut off; `<token> ` is how help names an argument.
            None => {
                if !value.contains(char::is_whitespace) {
                    found.push(Found::Here(value));
                }
                return;
            }
        }
    }
}
