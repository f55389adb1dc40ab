//! The path of the server's URL, which stands before every operation's path.

use super::Context;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::resolve::Document;
use openapiv3::Server;

/// The base path: of the operation's servers, else the path item's, else the document's, unless configured.
pub(crate) fn base_path(
    document: &Document,
    context: &Context<'_>,
    configured: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> String {
    if let Some(base) = configured {
        return base.trim_end_matches('/').to_owned();
    }
    let servers = [
        (&context.source.servers, context.place.clone()),
        (&context.item.servers, document.path_place(context.path)),
        (&document.api.servers, document.root.clone()),
    ];
    let first = servers.into_iter().find_map(|(servers, owner)| Some((servers.first()?, owner)));
    let Some((server, owner)) = first else { return String::new() };
    let url = substituted(server);
    path_of(&url).unwrap_or_else(|| {
        let place = owner.key("servers").index(0);
        let message = format!("the server URL {url:?} has no usable path; none is put before the operations");
        diagnostics.push(Diagnostic::warning(Code::Server, place, message));
        String::new()
    })
}

/// The URL with the defaults of its variables.
fn substituted(server: &Server) -> String {
    let mut url = server.url.clone();
    for (name, variable) in server.variables.iter().flatten() {
        url = url.replace(&format!("{{{name}}}"), &variable.default);
    }
    url
}

/// The path of a URL, absolute or relative, without a slash at its end.
fn path_of(url: &str) -> Option<String> {
    let rest = match url.find("://") {
        Some(at) => {
            let authority = &url[at + 3..];
            authority.find('/').map_or("", |slash| &authority[slash..])
        }
        None if url.starts_with("//") => url[2..].find('/').map_or("", |slash| &url[2 + slash..]),
        None if url.starts_with('/') || url.is_empty() => url,
        None => return if url.starts_with('.') { Some(String::new()) } else { None },
    };
    let path = rest.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let is_clean = !path.contains(['{', '}', ' ', '"', '\\', '<', '>'])
        && !path.chars().any(char::is_control)
        && path.split('/').all(|segment| segment != "." && segment != "..");
    is_clean.then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn only_the_path_of_a_server_counts() {
        assert_eq!(path_of("https://petstore.example/v1/").as_deref(), Some("/v1"));
        assert_eq!(path_of("https://petstore.example").as_deref(), Some(""));
        assert_eq!(path_of("/api/v2").as_deref(), Some("/api/v2"));
        assert_eq!(path_of("//host/x").as_deref(), Some("/x"));
        assert_eq!(path_of("https://x/{stage}"), None);
        assert_eq!(path_of("https://x/a/../b"), None);
        assert_eq!(path_of("not a url"), None);
    }
}
