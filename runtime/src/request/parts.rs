use super::error::RequestError;
use super::path::expand;
use super::payload::Payload;
use super::service::Service;
use crate::gateway::policy::RetryPolicy;
use crate::operation::Operation;
use crate::operation::call_info::CallInfo;
use crate::shown::named::is_secret;
use http::HeaderMap;
use secrecy::SecretString;
use std::fmt;
use std::time::Duration;

/// All that a request is made of.
pub(crate) struct Parts {
    pub(crate) service: Service,
    pub(crate) operation: &'static Operation,
    /// The path of a call by hand, in the place of the operation's.
    pub(crate) written: Option<String>,
    pub(crate) values: Vec<(&'static str, String)>,
    pub(crate) query: Vec<String>,
    pub(crate) cookies: Vec<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload,
    /// Whether the caller says that the call may be made twice.
    pub(crate) repeatable: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) error: Option<RequestError>,
}

impl Parts {
    /// Whether the call may be made twice: by its method, or because the caller says so.
    pub(crate) fn is_safe(&self) -> bool {
        self.repeatable || self.operation.method.is_safe()
    }

    /// What is known to be secret: what the service's schemes were given, and parameters of the path by their names.
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        let named = self.values.iter().filter(|(name, _)| is_secret(name));
        let named = named.map(|(_, value)| SecretString::from(value.as_str()));
        self.service.secrets().all().chain(named).collect()
    }

    /// The path at the service, encoded.
    pub(crate) fn path(&self) -> Result<String, RequestError> {
        match &self.written {
            Some(path) => Ok(path.clone()),
            None => expand(self.operation.path, &self.values),
        }
    }

    /// What is called, for errors: the template of a path that cannot be built.
    pub(crate) fn call_info(&self, attempts: u32) -> CallInfo {
        let path = self.path().unwrap_or_else(|_| self.operation.path.to_owned());
        let url = self.service.url(&path);
        let path = url.parse().map(|url: http::Uri| url.path().to_owned()).unwrap_or(path);
        self.call_info_at(path, attempts)
    }

    pub(crate) fn call_info_at(&self, path: String, attempts: u32) -> CallInfo {
        CallInfo::new(self.operation, path, attempts)
    }

    /// The same request once more; a body that is a stream is not there a second time.
    pub(crate) fn try_clone(&self) -> Box<Self> {
        Box::new(Self {
            service: self.service.clone(),
            operation: self.operation,
            written: self.written.clone(),
            values: self.values.clone(),
            query: self.query.clone(),
            cookies: self.cookies.clone(),
            headers: self.headers.clone(),
            body: self.body.again(),
            repeatable: self.repeatable,
            timeout: self.timeout,
            retry: self.retry.clone(),
            error: self.error.clone(),
        })
    }
}

/// Values are the caller's, and some are secrets; what is called tells enough.
impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.keys().map(http::HeaderName::as_str).collect();
        f.debug_struct("Parts")
            .field("service", &self.service)
            .field("call", &self.call_info(0))
            .field("query", &names(&self.query))
            .field("cookies", &names(&self.cookies))
            .field("headers", &headers)
            .field("body", &self.body)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// The names of pairs.
fn names(pairs: &[String]) -> Vec<&str> {
    pairs.iter().map(|pair| pair.split('=').next().unwrap_or_default()).collect()
}
