use crate::path::literal;
use crate::{Gateway, Operation, Request, ServiceName};
use std::sync::Arc;

/// One service of an environment: what a generated client holds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    gateway: Gateway,
    name: ServiceName,
}

impl Service {
    pub(crate) fn new(gateway: Gateway, name: ServiceName) -> Self {
        Self(Arc::new(Inner { gateway, name }))
    }

    /// The service's name.
    pub fn name(&self) -> &ServiceName {
        &self.0.name
    }

    /// The gateway that the service is called through.
    pub fn gateway(&self) -> &Gateway {
        &self.0.gateway
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
