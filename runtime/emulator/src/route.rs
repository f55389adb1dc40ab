//! Where the gateway's requests go: in comes a path, out goes the name of a service and its own path.
//!
//! May import from `answer`.

use crate::answer::Refusal;
use axum::http::Uri;
use cloudrun_runtime::ServiceName;

/// Where the services are.
const PREFIX: &str = "/v1/cloudrun/";

/// The service's name and its own path, as they are written.
pub(crate) fn split(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(PREFIX)?;
    Some(rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash)))
}

/// The service's name and its own path and query, untouched.
pub(crate) fn route(uri: &Uri) -> Result<(String, Uri), Refusal> {
    let (name, path) = split(uri.path()).ok_or_else(Refusal::no_route)?;
    if !ServiceName::is_valid(name) {
        return Err(Refusal::bad_name(name));
    }
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    target.parse().map(|path| (name.to_owned(), path)).map_err(|_| Refusal::no_route())
}
