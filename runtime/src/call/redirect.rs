//! Redirects within the service.

use super::head::Head;
use crate::request::parts::Parts;
use crate::request::path::written;
use http::header::LOCATION;

/// How many redirects one request follows.
pub(super) const REDIRECTS: u32 = 5;

/// Where the service has moved to, if the same request may be made there: of the same service, by a method that changes
/// nothing, and not if the document says what such an answer means. The token goes nowhere else. The opening of a WebSocket is
/// led on like any other GET (RFC 6455, section 4.1, leaves it to the client).
/// `url` is what was asked for.
pub(super) fn redirect(parts: &Parts, url: &str, head: &Head) -> Option<String> {
    let status = head.status().as_u16();
    let method = parts.operation.method.as_str();
    if !matches!(status, 301 | 302 | 303 | 307 | 308)
        || !matches!(method, "GET" | "HEAD")
        || head.is_success()
    {
        return None;
    }
    let location = head.headers().get(LOCATION)?.to_str().ok()?;
    let location = location.split('#').next().filter(|location| !location.is_empty())?;
    let prefix = parts.service.url("");
    let base = &parts.service.gateway().inner().endpoint.base;
    // The service knows its own paths, not the gateway's.
    let rest = match location.strip_prefix(prefix.as_str()) {
        Some(rest) => rest.to_owned(),
        None if location.starts_with("//") || has_scheme(location) => return None,
        None if location.starts_with('/') => {
            let inside = prefix.strip_prefix(base.as_str()).unwrap_or_default();
            let rest = location.strip_prefix(inside).filter(|rest| rest.starts_with('/'));
            rest.unwrap_or(location).to_owned()
        }
        None => relative(url.strip_prefix(prefix.as_str())?, location)?,
    };
    let rest = Some(rest).filter(|rest| rest.starts_with('/'))?;
    let written = written(&rest).ok()?;
    let query = written.query.map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{prefix}{}{query}", written.path))
}

/// Whether a reference begins with a scheme (RFC 3986, section 3.1).
fn has_scheme(reference: &str) -> bool {
    let end = reference.find([':', '/', '?']);
    end.is_some_and(|end| reference[end..].starts_with(':'))
}

/// A reference beside a path (RFC 3986, section 5.2). Nothing leads up from the service's root.
fn relative(path: &str, reference: &str) -> Option<String> {
    let path = path.split('?').next().unwrap_or_default();
    if reference.starts_with('?') {
        return Some(format!("{path}{reference}"));
    }
    let (way, query) = match reference.split_once('?') {
        Some((way, query)) => (way, format!("?{query}")),
        None => (reference, String::new()),
    };
    let mut folders: Vec<&str> = path.split('/').skip(1).collect();
    folders.pop();
    let mut steps = way.split('/').peekable();
    while let Some(step) = steps.next() {
        let is_last = steps.peek().is_none();
        match step {
            "." => {}
            ".." => {
                folders.pop()?;
            }
            step => folders.push(step),
        }
        if is_last && matches!(step, "." | "..") {
            folders.push("");
        }
    }
    Some(format!("/{}{query}", folders.join("/")))
}

#[cfg(test)]
mod tests {
    use super::{has_scheme, relative};

    #[test]
    fn references_lead_on_as_the_standard_has_it() {
        // RFC 3986, section 5.4, as far as they stay inside.
        for (reference, path) in [
            ("g", "/b/c/g"),
            ("./g", "/b/c/g"),
            ("g/", "/b/c/g/"),
            ("?y", "/b/c/d;p?y"),
            ("g?y", "/b/c/g?y"),
            (";x", "/b/c/;x"),
            (".", "/b/c/"),
            ("./", "/b/c/"),
            ("..", "/b/"),
            ("../g", "/b/g"),
            ("../..", "/"),
            ("../../g", "/g"),
            ("g?y/../x", "/b/c/g?y/../x"),
        ] {
            assert_eq!(relative("/b/c/d;p?q", reference).as_deref(), Some(path), "{reference}");
        }
        assert_eq!(relative("/b/c/d;p?q", "../../../g"), None);
        assert!(
            has_scheme("javascript:x")
                && has_scheme("http://a")
                && !has_scheme("a/b:c")
                && !has_scheme("a?b:c")
        );
    }
}
