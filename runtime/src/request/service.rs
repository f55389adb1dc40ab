use super::Request;
use super::path::literal;
use super::secrets::Secrets;
use crate::config::error::ConfigError;
use crate::config::name::ServiceName;
use crate::gateway::Gateway;
use crate::operation::Operation;
use crate::operation::scheme::SecurityScheme;
use std::sync::Arc;

/// One service of an environment: what a generated client holds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    gateway: Gateway,
    name: ServiceName,
    secrets: Secrets,
}

impl Service {
    /// The service of this name behind a gateway.
    pub fn new(gateway: &Gateway, name: ServiceName) -> Self {
        Self(Arc::new(Inner { gateway: gateway.clone(), name, secrets: Secrets::default() }))
    }

    /// The service's name.
    pub fn name(&self) -> &ServiceName {
        &self.0.name
    }

    /// The gateway that the service is called through.
    pub fn gateway(&self) -> &Gateway {
        &self.0.gateway
    }

    /// The same service with the secret of one of its own security schemes, beside the gateway's token.
    #[must_use]
    pub fn secret(mut self, scheme: &SecurityScheme, secret: &str) -> Self {
        Arc::make_mut(&mut self.0).secrets.set(*scheme, secret);
        self
    }

    /// The same service with the user name and password of one of its own security schemes.
    #[must_use]
    pub fn basic_secret(mut self, scheme: &SecurityScheme, user: &str, password: &str) -> Self {
        Arc::make_mut(&mut self.0).secrets.set_basic(*scheme, user, password);
        self
    }

    /// The same service, which reads what belongs into `Authorization` from another header.
    #[must_use]
    pub fn authorization_header(mut self, name: &str) -> Self {
        Arc::make_mut(&mut self.0).secrets.set_authorization_header(name);
        self
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    /// The request of an operation, without any parameter yet.
    pub fn request(&self, operation: &'static Operation) -> Request {
        Request::new(self.clone(), operation)
    }

    /// The URL of a path of this service: `{base}/v1/cloudrun/{name}{path}`, or `{base}{path}` for direct calls.
    pub(crate) fn url(&self, path: &str) -> String {
        let endpoint = &self.0.gateway.inner().endpoint;
        if endpoint.direct {
            format!("{}{path}", endpoint.base)
        } else {
            format!("{}/v1/cloudrun/{}{path}", endpoint.base, literal(self.0.name.as_str()))
        }
    }
}

impl Gateway {
    /// A service of this environment by its name, for calls without a document. Generated clients do this for you.
    ///
    /// # Errors
    ///
    /// The name is not one that CloudBase takes.
    pub fn service(&self, name: &str) -> Result<Service, ConfigError> {
        Ok(Service::new(self, ServiceName::new(name)?))
    }
}
