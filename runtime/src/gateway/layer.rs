//! A caller's own behaviour around every request.

use crate::transport::body::Body;
use crate::transport::error::TransportError;
#[cfg(feature = "websocket")]
use crate::transport::upgrade::{Connection, Upgrade};
use crate::transport::{BoxFuture, Transport};
#[cfg(feature = "websocket")]
use http::StatusCode;
use http::{Request, Response};
use std::sync::Arc;
#[cfg(feature = "websocket")]
use std::sync::{Mutex, PoisonError};

/// Behaviour around every request that is sent: each attempt passes through it, with its `Authorization` header, on its
/// way to the transport. Requests that sign in do not. The operation is one of the request's extensions
/// (`request.extensions().get::<&'static Operation>()`), unless the call is made by hand.
///
/// The opening of a WebSocket passes through too: a GET with `Upgrade: websocket`, whose answer is 101 and has no body. In a
/// page the browser opens it, and no code of the page sees how.
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
    fn upgrade(&self, request: Request<Body>) -> BoxFuture<'_, Result<Upgrade, TransportError>> {
        Box::pin(async move {
            let opening = Opening { next: Arc::clone(&self.next), opened: Mutex::default() };
            let response = self.layer.send(request, &opening).await?;
            Ok(match opening.opened.into_inner().unwrap_or_else(PoisonError::into_inner) {
                Some(connection) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                    Upgrade::Switched(response.map(drop), connection)
                }
                _ => Upgrade::Refused(response),
            })
        })
    }
}

/// What a layer sends the request for another protocol by. The layer sees the answer's head; the connection waits here.
#[cfg(feature = "websocket")]
struct Opening {
    next: Arc<dyn Transport>,
    opened: Mutex<Option<Box<dyn Connection>>>,
}

#[cfg(feature = "websocket")]
impl Transport for Opening {
    fn send(&self, request: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let (response, connection) = match self.next.upgrade(request).await? {
                Upgrade::Switched(head, connection) => (head.map(|()| Body::empty()), Some(connection)),
                Upgrade::Refused(response) => (response, None),
            };
            // A layer may send more than once; the last answer counts.
            *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = connection;
            Ok(response)
        })
    }
}
