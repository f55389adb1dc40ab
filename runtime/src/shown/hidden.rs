//! The secrets of one request, kept beside its answer, which may repeat them.

use super::cover::Cover;
use super::named::is_secret;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::sync::Arc;

/// What stands where a secret was.
pub(crate) const REDACTED: &str = "<redacted>";
/// Larger bodies are not kept for this. One that is repeated as a whole is shown in its first part only.
const KEPT: usize = 256 << 10;

/// What nobody may read of a request. Cheap to make and to clone; secrets are looked for when something is shown.
#[derive(Clone, Default)]
pub(crate) struct Hidden(Option<Arc<Known>>);

#[derive(Default)]
struct Known {
    headers: Vec<(HeaderName, HeaderValue)>,
    uri: Uri,
    media_type: Option<HeaderValue>,
    body: Bytes,
    more: Vec<SecretString>,
}

impl Hidden {
    /// The secrets of a request as it is sent, and more that are known to be some.
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri, body: Option<Bytes>, more: Vec<SecretString>) -> Self {
        let is_hidden =
            |(name, value): &(&HeaderName, &HeaderValue)| value.is_sensitive() || is_secret(name.as_str());
        let known = Known {
            headers: headers
                .iter()
                .filter(is_hidden)
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            uri: uri.clone(),
            media_type: headers.get(CONTENT_TYPE).cloned(),
            body: body.filter(|body| body.len() <= KEPT).unwrap_or_default(),
            more,
        };
        Self(Some(Arc::new(known)))
    }

    /// What covers them in a text.
    pub(crate) fn cover(&self) -> Cover {
        let mut cover = Cover::new(REDACTED);
        let Some(known) = &self.0 else { return cover };
        // Those that are known to be secrets come before those that are by their names: there is room for so many.
        for secret in &known.more {
            cover.add_encoded(secret.expose_secret());
        }
        for (name, value) in &known.headers {
            cover.add_header(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        }
        cover.add_text("", known.uri.query().unwrap_or_default());
        let media_type = known.media_type.as_ref().and_then(|value| value.to_str().ok());
        cover.add_text(media_type.unwrap_or_default(), &String::from_utf8_lossy(&known.body));
        cover
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// A URL as people may read it: without the user's part, which may hold a password, and without what follows the path. It need not
/// be one: a password with characters of its own is the reason why some are none.
pub(crate) fn url(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let (user, rest) = match rest.rsplit_once('@') {
        // Nobody knows whether a password or a query goes on here.
        Some((before, _)) if before.contains(['/', '?', '#']) => return format!("{scheme}…"),
        Some((_, rest)) => ("…@", rest),
        None => ("", rest),
    };
    match rest.split_once(['?', '#']) {
        Some((path, _)) => format!("{scheme}{user}{path}?…"),
        None => format!("{scheme}{user}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn a_url_is_shown_without_its_user_and_query() {
        for (given, shown) in [
            ("https://me:hunter2@example.com/a", "https://…@example.com/a"),
            ("https://u:p@ss@h", "https://…@h"),
            ("https://u:p/s?s#@h", "https://…"),
            ("https://h/a?token=x@y", "https://…"),
            ("u:p@h", "…@h"),
            ("https://h/a?token=x", "https://h/a?…"),
            ("https://h/a", "https://h/a"),
        ] {
            assert_eq!(url(given), shown);
        }
    }
}
