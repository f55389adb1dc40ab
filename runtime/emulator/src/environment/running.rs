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
pub(crate) struct Environments(pub(crate) Vec<Running>);

impl Environments {
    /// The environment that a request is for; `None` if its host names one that is not here.
    pub(crate) fn of(&self, uri: &Uri, headers: &HeaderMap) -> Option<&Running> {
        let id = host(uri, headers).and_then(|host| ZONES.iter().find_map(|zone| host.strip_suffix(zone)));
        match id {
            Some(id) => self.by_id(id),
            None => self.0.first(),
        }
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Running> {
        self.0.iter().find(|environment| environment.id() == id)
    }
}

/// The name of the host that a request is for, without its port.
pub(crate) fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let named = || headers.get(axum::http::header::HOST)?.to_str().ok();
    let host = uri.authority().map(|authority| authority.as_str()).or_else(named)?;
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(name),
        _ => Some(host),
    }
}
