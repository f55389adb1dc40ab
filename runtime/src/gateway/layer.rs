//! A caller's own behaviour around every request, and around every call.

use crate::transport::{Body, BoxFuture, Transport, TransportError};
use crate::{CallInfo, Operation};
use http::{Request, Response, StatusCode};
use std::sync::Arc;
use std::time::Duration;

/// Behaviour around every request that is sent: each attempt passes through it, with its `Authorization` header, on its
/// way to the transport. Requests that sign in do not. The operation is one of the request's extensions
/// (`request.extensions().get::<&'static Operation>()`), unless the call is made by hand.
///
/// ```
/// use cloudrun_runtime::http::{HeaderValue, Request, Response};
/// use cloudrun_runtime::transport::{Body, BoxFuture, Transport, TransportError};
/// use cloudrun_runtime::{Gateway, Layer};
///
/// /// Tells the service who calls.
/// struct Caller(&'static str);
/// impl Layer for Caller {
///     fn send<'a>(
///         &'a self,
///         mut request: Request<Body>,
///         next: &'a dyn Transport,
///     ) -> BoxFuture<'a, Result<Response<Body>, TransportError>> {
///         request.headers_mut().insert("x-caller", HeaderValue::from_static(self.0));
///         next.send(request)
///     }
/// }
/// let gateway = Gateway::builder("my-env-3gk8v2").layer(Caller("billing"));
/// # let _ = gateway;
/// ```
pub trait Layer: Send + Sync + 'static {
    /// Sends the request by way of `next`, or answers itself.
    ///
    /// # Errors
    ///
    /// No response came.
    fn send<'a>(
        &'a self,
        request: Request<Body>,
        next: &'a dyn Transport,
    ) -> BoxFuture<'a, Result<Response<Body>, TransportError>>;
}

/// A transport behind a layer.
pub(crate) struct Layered {
    pub(crate) layer: Arc<dyn Layer>,
    pub(crate) next: Arc<dyn Transport>,
}

impl Transport for Layered {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        self.layer.send(request, &*self.next)
    }

    #[cfg(feature = "websocket")]
    fn upgrade(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<crate::transport::Upgrade, TransportError>> {
        self.next.upgrade(request)
    }
}

/// A call that has ended, for metrics: [`GatewayBuilder::on_call`](crate::GatewayBuilder::on_call).
#[derive(Clone, Debug)]
pub struct CallReport<'a> {
    pub(crate) service: &'a str,
    pub(crate) call: &'a CallInfo,
    pub(crate) status: Option<StatusCode>,
    pub(crate) error: Option<&'static str>,
    pub(crate) elapsed: Duration,
}

impl CallReport<'_> {
    /// The service's name.
    pub fn service(&self) -> &str {
        self.service
    }

    /// What was called.
    pub fn operation(&self) -> &'static Operation {
        self.call.operation()
    }

    /// The path that was called, how often, and for whom.
    pub fn call(&self) -> &CallInfo {
        self.call
    }

    /// The status of the last answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// The kind of the error, if the call failed: `service`, `gateway`, `timeout`, `transport`, `credential`, `request`,
    /// `too_large` or `unexpected`. An answer that cannot be decoded is no failure here.
    pub fn error(&self) -> Option<&'static str> {
        self.error
    }

    /// The time from the call's start to its end, all attempts and waits included. A stream's call ends with its head.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
