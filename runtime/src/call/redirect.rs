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
pub(super) fn redirect(parts: &Parts, head: &Head) -> Option<String> {
    let status = head.status().as_u16();
    let method = parts.operation.method.as_str();
    if !matches!(status, 301 | 302 | 303 | 307 | 308)
        || !matches!(method, "GET" | "HEAD")
        || head.is_success()
    {
        return None;
    }
    let location = head.headers().get(LOCATION)?.to_str().ok()?;
    let prefix = parts.service.url("");
    let base = &parts.service.gateway().inner().endpoint.base;
    // The service knows its own paths, not the gateway's.
    let rest = match location.strip_prefix(prefix.as_str()) {
        Some(rest) => rest,
        None if location.starts_with('/') && !location.starts_with("//") => {
            let inside = prefix.strip_prefix(base.as_str()).unwrap_or_default();
            location.strip_prefix(inside).filter(|rest| rest.starts_with('/')).unwrap_or(location)
        }
        None => return None,
    };
    let rest = rest.split('#').next().filter(|rest| rest.starts_with('/'))?;
    let written = written(rest).ok()?;
    let query = written.query.map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{prefix}{}{query}", written.path))
}
