//! Where calls go: in comes an environment id, a region or a URL; out goes the checked prefix of every request's
//! URL. Never lets an id or a URL change the host that the token is sent to.

use super::error::ConfigError;
use super::region::is_international;
use crate::shown::hidden as shown;
use http::Uri;

/// What stands between the gateway's URL and a service's name.
const SERVICES: &str = "/v1/cloudrun";

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
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        if id.is_empty() || id.len() > 40 || !id.bytes().all(is_plain) {
            return Err(ConfigError::Environment(id.to_owned()));
        }
        let international = region.map(is_international).transpose()?.unwrap_or_default();
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
        if let Some(gateway) = before_service(url, uri.path()).filter(|_| !direct) {
            return Err(ConfigError::ServiceUrl { url: url.to_owned(), gateway: gateway.to_owned() });
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

/// The gateway's own URL, if this is one of a service behind it.
fn before_service<'a>(url: &'a str, path: &str) -> Option<&'a str> {
    let (before, rest) = path.split_once(SERVICES)?;
    let is_whole = rest.is_empty() || rest.starts_with('/');
    let root = url.len().checked_sub(path.len()).filter(|_| is_whole)?;
    url.get(..root + before.len())
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::Endpoint;
    use crate::config::error::ConfigError;

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
        for id in ["", "evil.com/", "a.b", "a@b", "a:1", "a b", "é", "Shop-1", &"a".repeat(41)] {
            assert!(Endpoint::environment(id, None).is_err(), "{id}");
        }
        for id in ["a", "shop_1", "my-env-3gk8v2", &"a".repeat(40)] {
            assert!(Endpoint::environment(id, None).is_ok(), "{id}");
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
    fn a_services_url_is_no_gateways_and_the_gateways_is_told() {
        let gateway = "https://shop-1.api.tcloudbasegateway.com";
        for rest in ["/v1/cloudrun", "/v1/cloudrun/", "/v1/cloudrun/orders", "/v1/cloudrun/orders/items/7"] {
            let url = format!("{gateway}{rest}");
            let told = ConfigError::ServiceUrl { url: url.clone(), gateway: gateway.to_owned() };
            assert_eq!(Endpoint::url(&url, false), Err(told));
            assert!(Endpoint::url(&url, true).is_ok(), "a direct call may go anywhere");
        }
        let proxied = Endpoint::url("http://localhost:9000/proxy/v1/cloudrun/orders", false);
        assert!(proxied.is_err_and(|error| error.to_string().contains("\"http://localhost:9000/proxy\"")));
        assert!(Endpoint::url("https://example.com/v1/cloudrunner", false).is_ok());
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
