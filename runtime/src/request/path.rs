//! Path templates: in comes a template with its parameters' encoded values, out goes a path that has exactly the
//! template's segments. A value that would change that shape is an error before anything is sent, since URL parsers
//! fold `.` and `..` away, percent-encoded or not (WHATWG URL, "double-dot URL path segment").

use super::error::RequestError;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write;

/// Everything but RFC 3986's unreserved characters.
pub(crate) const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a template's own text may not hold unencoded. `%` stays: the text may be encoded already.
const LITERAL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

pub(crate) fn literal(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, LITERAL)
}

/// Fills a template. `values` holds each parameter's encoded text.
pub(crate) fn expand(template: &str, values: &[(&'static str, String)]) -> Result<String, RequestError> {
    let mut path = String::with_capacity(template.len() + 32);
    for (index, segment) in template.split('/').enumerate() {
        if index > 0 {
            path.push('/');
        }
        let start = path.len();
        fill(&mut path, segment, values)?;
        let filled = &path[start..];
        let stays = |segment: &str| {
            let dots = segment.to_ascii_lowercase().replace("%2e", ".");
            dots != "." && dots != ".."
        };
        if !filled.split('/').all(stays) || climbs(filled) || (filled.is_empty() && !segment.is_empty()) {
            return Err(RequestError::PathShape { segment: segment.to_owned(), value: filled.to_owned() });
        }
    }
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    Ok(path)
}

/// A path that a caller wrote, and its query.
pub(crate) struct Written {
    pub(crate) path: String,
    pub(crate) query: Option<String>,
}

/// Checks a path that a caller wrote: it is encoded where it must be, starts with a slash, and stays what it is.
pub(crate) fn written(text: &str) -> Result<Written, RequestError> {
    let (text, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    let mut path = literal(text).to_string();
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    let is_dots = |segment: &str| {
        let dots = segment.to_ascii_lowercase().replace("%2e", ".");
        dots == "." || dots == ".."
    };
    let found =
        path.split('/').find(|segment| is_dots(segment)).or(Some(path.as_str()).filter(|path| climbs(path)));
    match found {
        Some(segment) => Err(RequestError::PathShape { segment: text.to_owned(), value: segment.to_owned() }),
        None => Ok(Written {
            path,
            query: query.filter(|query| !query.is_empty()).map(|query| literal(query).to_string()),
        }),
    }
}

/// Whether a server that decodes more than it should would find a way up: `..` between slashes of either kind, encoded any
/// number of times. What is encoded more often than makes sense counts as one.
fn climbs(text: &str) -> bool {
    /// Nobody encodes so often who means well.
    const ROUNDS: usize = 8;
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        if text.split(['/', '\\']).any(|segment| segment == "..") {
            return true;
        }
        let decoded = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
        // Each round is shorter, or the last.
        if decoded.len() >= text.len() {
            return false;
        }
        text = decoded;
    }
    true
}

fn fill(path: &mut String, segment: &str, values: &[(&'static str, String)]) -> Result<(), RequestError> {
    let mut rest = segment;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
        // Writing to a String cannot fail.
        let _ = write!(path, "{}", literal(&rest[..open]));
        let name = &rest[open + 1..close];
        let value = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
        match (value(name), name.strip_prefix('+')) {
            (Some(value), _) => path.push_str(value),
            // RFC 6570, section 3.2.3: what takes several segments keeps the slashes between them.
            (None, Some(name)) => match value(name) {
                Some(value) => path.push_str(&value.replace("%2F", "/")),
                None => return Err(RequestError::MissingParameter(name.to_owned())),
            },
            (None, None) => return Err(RequestError::MissingParameter(name.to_owned())),
        }
        rest = &rest[close + 1..];
    }
    let _ = write!(path, "{}", literal(rest));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::expand;
    use crate::shown::growth::is_linear;

    fn filled(template: &str, id: &str) -> Option<String> {
        expand(template, &[("id", id.to_owned())]).ok()
    }

    #[test]
    fn values_stand_in_their_segment() {
        assert_eq!(filled("/pets/{id}/detail", "7").as_deref(), Some("/pets/7/detail"));
        assert_eq!(filled("/pets/{id}.json", "7").as_deref(), Some("/pets/7.json"));
        assert_eq!(filled("/宠物/a b/{id}", "7").as_deref(), Some("/%E5%AE%A0%E7%89%A9/a%20b/7"));
    }

    #[test]
    fn values_that_climb_or_vanish_are_refused() {
        for id in [".", "..", "%2e", "%2E%2e", ".%2E", ""] {
            assert_eq!(filled("/pets/{id}/detail", id), None, "{id}");
        }
        for id in ["a/../b", "..\\..", "a%2F..", "%2e%2e%2fx", "%252e%252e%252f", "..%5C"] {
            // Given as a value and as one that is encoded already.
            let encoded = super::literal(id).to_string();
            assert_eq!(filled("/pets/{id}", id), None, "{id}");
            assert_eq!(filled("/pets/{id}", &encoded), None, "{id}");
        }
        assert_eq!(filled("/pets/{id}", "a..b%2F...").as_deref(), Some("/pets/a..b%2F..."));
        assert_eq!(filled("/pets/.{id}", "."), None);
        assert_eq!(filled("/pets/x{id}", "").as_deref(), Some("/pets/x"));
    }

    #[test]
    fn a_parameter_of_several_segments_keeps_its_slashes_and_stays_below() {
        let filled = |value: &str| {
            let encoded = crate::request::params::encode(value);
            expand("/files/{+path}/raw", &[("path", encoded)]).ok()
        };
        assert_eq!(filled("a/b c/d?e").as_deref(), Some("/files/a/b%20c/d%3Fe/raw"));
        assert_eq!(filled("%2F").as_deref(), Some("/files/%252F/raw"));
        for value in ["..", "a/..", "a/../b", "./a", "a/.", "%2e%2e/a", "a/%2e%2e", "..\\a", ""] {
            assert_eq!(filled(value), None, "{value}");
        }
    }

    #[test]
    fn what_is_encoded_without_end_is_refused_at_once() {
        let refused = |times: usize| {
            assert_eq!(filled("/pets/{id}", &format!("%{}2e", "25".repeat(times))), None);
        };
        assert!(is_linear(1_000, refused));
        assert_eq!(filled("/pets/{id}", "100%25252525").as_deref(), Some("/pets/100%25252525"));
    }

    #[test]
    fn a_parameter_without_a_value_is_refused() {
        assert!(expand("/pets/{id}", &[]).is_err());
    }
}
