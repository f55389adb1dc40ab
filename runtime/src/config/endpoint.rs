//! Where calls go: in comes an environment id, a region or a URL; out goes the checked prefix of every request's
//! URL. Never lets an id or a URL change the host that the token is sent to.

use super::error::ConfigError;
use crate::shown::hidden as shown;
use http::Uri;

/// Regions served by the domestic host; every other region is served by the international one. This is the
/// table of the official `@cloudbase/node-sdk`, which defaults to `ap-shanghai`.
const DOMESTIC: [&str; 9] = [
    "ap-shanghai",
    "ap-guangzhou",
    "ap-shenzhen-fsi",
    "ap-shanghai-fsi",
    "ap-nanjing",
    "ap-beijing",
    "ap-chengdu",
    "ap-chongqing",
    "ap-hongkong",
];

/// The prefix of every URL, and whether the gateway stands between us and the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Scheme, host, port and path prefix, without a slash at the end.
    pub(crate) base: String,
    pub(crate) direct: bool,
    /// Whether the host is this machine.
    pub(crate) loopback: bool,
}

impl Endpoint {
    pub(crate) fn environment(id: &str, region: Option<&str>) -> Result<Self, ConfigError> {
        if id.is_empty() || id.len() > 63 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(ConfigError::Environment(id.to_owned()));
        }
        let international = region.is_some_and(|region| !DOMESTIC.contains(&region));
        let zone = if international { "api.intl" } else { "api" };
        Ok(Self {
            base: format!("https://{id}.{zone}.tcloudbasegateway.com"),
            direct: false,
            loopback: false,
        })
    }

    pub(crate) fn url(url: &str, direct: bool) -> Result<Self, ConfigError> {
        let wrong = |reason| ConfigError::Url { url: shown::url(url), reason };
        // Anywhere: a password with a `/` of its own makes a host of the user's name.
        if url.contains('@') {
            return Err(wrong("user names and passwords do not belong into it, nor does an `@`"));
        }
        let uri: Uri = url.parse().map_err(|_| wrong("it is not a URL"))?;
        let host = uri.host().ok_or_else(|| wrong("it names no host"))?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if uri.query().is_some() || url.contains('#') {
            return Err(wrong("it must end before any `?` or `#`"));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if direct || is_loopback(host) => {}
            Some("http") => return Err(wrong("only loopback addresses may be called without TLS")),
            _ => return Err(wrong("it must start with https://")),
        }
        // Clients leave out the port that a scheme has anyway, and a signature is that of the URL as it is sent.
        let port = if uri.scheme_str() == Some("https") { ":443" } else { ":80" };
        let base = match authority.strip_suffix(port) {
            Some(host) => url.replacen(authority, host, 1),
            None => url.to_owned(),
        };
        Ok(Self { base: base.trim_end_matches('/').to_owned(), direct, loopback: is_loopback(host) })
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn regions_choose_the_host_of_the_official_sdk() {
        let base = |region| Endpoint::environment("env-1", region).map(|endpoint| endpoint.base).ok();
        let domestic = Some("https://env-1.api.tcloudbasegateway.com".to_owned());
        assert_eq!(base(None), domestic);
        assert_eq!(base(Some("ap-hongkong")), domestic);
        assert_eq!(
            base(Some("ap-singapore")),
            Some("https://env-1.api.intl.tcloudbasegateway.com".to_owned())
        );
    }

    #[test]
    fn an_environment_id_cannot_change_the_host() {
        for id in ["", "evil.com/", "a.b", "a@b", "a:1", "a b", "é"] {
            assert!(Endpoint::environment(id, None).is_err(), "{id}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_and_direct_calls() {
        assert!(Endpoint::url("http://127.0.0.1:9000/", false).is_ok());
        assert!(Endpoint::url("http://[::1]:9000", false).is_ok());
        assert!(Endpoint::url("http://localhost:9000", false).is_ok());
        assert!(Endpoint::url("http://10.0.0.7", true).is_ok());
        for url in ["http://10.0.0.7", "http://127.0.0.1.evil.com", "ftp://127.0.0.1", "localhost", "/x"] {
            assert!(Endpoint::url(url, false).is_err(), "{url}");
        }
    }

    #[test]
    fn a_port_that_goes_without_saying_is_left_out() {
        for (url, base) in [
            ("https://example.com:443/a", "https://example.com/a"),
            ("https://example.com:80", "https://example.com:80"),
            ("http://localhost:80/", "http://localhost"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(Endpoint::url(url, false).map(|endpoint| endpoint.base).as_deref(), Ok(base));
        }
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_not_repeated() {
        for url in [
            "https://me:hunter2@example.com",
            "https://me:p@hunter2@h",
            "https://me:p/hunter2@h",
            "me:hunter2@h",
        ] {
            let error = Endpoint::url(url, false).map_err(|error| format!("{error} {error:?}"));
            assert!(error.is_err_and(|text| !text.contains("hunter2") && text.contains('…')), "{url}");
        }
    }
}
