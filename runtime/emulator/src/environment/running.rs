//! Environments in use: in comes a request, out goes the environment that its host names.

use super::origin::Origins;
use super::upstream::Upstream;
use crate::account::{Accounts, Caller};
#[cfg(feature = "documents")]
use crate::document::Document;
use crate::exchange::Exchange;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// What follows an environment's id in the names of the gateway's hosts, and on this machine in browsers.
const ZONES: [&str; 3] = [".api.tcloudbasegateway.com", ".api.intl.tcloudbasegateway.com", ".localhost"];

pub(crate) type Rule = dyn Fn(&Caller) -> bool + Send + Sync;
pub(crate) type Identity = dyn Fn(&Caller) -> Vec<(HeaderName, HeaderValue)> + Send + Sync;

/// A service behind the gateway, and who may call it.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) upstream: Upstream,
    pub(crate) rule: Option<Arc<Rule>>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Service({:?})", self.upstream)
    }
}

/// An environment in use.
pub(crate) struct Running {
    pub(crate) services: HashMap<String, Service>,
    pub(crate) accounts: Accounts,
    pub(crate) origins: Origins,
    pub(crate) identity: Option<Arc<Identity>>,
    /// Whether services are told who calls as CloudBase does.
    pub(crate) has_context: bool,
    #[cfg(feature = "documents")]
    pub(crate) documents: HashMap<String, Document>,
}

impl Running {
    /// What an exchange was for, by the document of its service.
    #[cfg(feature = "documents")]
    pub(crate) fn look_at(&self, exchange: &mut Exchange) {
        let known = exchange.service().and_then(|(service, _)| self.documents.get(service));
        if let Some((operation, findings)) = known.and_then(|document| document.look_at(exchange)) {
            exchange.operation = Some(operation).filter(|operation| !operation.is_empty());
            exchange.findings = findings;
            exchange.is_checked = true;
        }
    }

    /// Without documents nothing is known.
    #[cfg(not(feature = "documents"))]
    pub(crate) fn look_at(&self, _: &mut Exchange) {}

    pub(crate) fn id(&self) -> &str {
        &self.accounts.environment
    }
}

/// The environments of an emulator; the first one is asked by whoever names none.
pub(crate) struct Environments {
    pub(crate) all: Vec<Running>,
    /// Names of the emulator beside those of this machine.
    pub(crate) hosts: Vec<String>,
}

impl Environments {
    /// The environment that a request is for; `None` if its host names none that is here. A host that is nobody's name is none
    /// either: any page could have a name of its own lead to this machine, and would reach the services by it.
    pub(crate) fn of(&self, uri: &Uri, headers: &HeaderMap) -> Option<&Running> {
        // Whoever speaks HTTP/1.0 may leave it out; pages in browsers never do.
        let Some(host) = host(uri, headers) else { return self.all.first() };
        if is_this_machine(&host) || self.hosts.contains(&host) {
            return self.all.first();
        }
        ZONES.iter().find_map(|zone| host.strip_suffix(zone)).and_then(|id| self.by_id(id))
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Running> {
        self.all.iter().find(|environment| environment.id() == id)
    }
}

/// The name of the host that a request is for, without its port, in lower case.
pub(crate) fn host(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let named = || headers.get(axum::http::header::HOST).map(|host| String::from_utf8_lossy(host.as_bytes()));
    let host = uri.authority().map(|authority| authority.as_str().into()).or_else(named)?;
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => &host,
    };
    Some(name.trim_end_matches('.').to_ascii_lowercase())
}

/// Whether a host's name is one of this machine's own.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}
