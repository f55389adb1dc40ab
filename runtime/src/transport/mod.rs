//! The way to the network, behind a trait: in comes a request, out goes the head of its answer and its body as it arrives.
//! Tests, browsers and unusual proxies bring their own. Never follows a redirect to another host.
//!
//! May import from `shown`.

pub(crate) mod body;
pub(crate) mod error;
#[cfg(all(feature = "reqwest", target_family = "wasm", target_os = "unknown"))]
pub(crate) mod fetch;
#[cfg(feature = "files")]
mod file;
#[cfg(all(feature = "reqwest", not(all(target_family = "wasm", target_os = "unknown"))))]
pub(crate) mod reqwest;
#[cfg(feature = "websocket")]
pub(crate) mod upgrade;

pub use self::body::{Body, BoxError};
pub use self::error::TransportError;
#[cfg(all(feature = "reqwest", target_family = "wasm", target_os = "unknown"))]
pub use self::fetch::FetchTransport;
#[cfg(all(feature = "reqwest", not(all(target_family = "wasm", target_os = "unknown"))))]
pub use self::reqwest::{ReqwestBuilder, ReqwestTransport};
#[cfg(feature = "websocket")]
pub use self::upgrade::{Connection, Upgrade};

use std::future::Future;
use std::pin::Pin;

/// A boxed future that can be sent to another thread.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends one HTTP request and answers with the response's head, and its body as it arrives.
///
/// An implementation must not follow redirects to another host: the request carries the caller's token.
///
/// ```
/// use cloudrun_runtime::transport::{Body, BoxFuture, Transport, TransportError};
/// use cloudrun_runtime::http::{Request, Response};
///
/// /// Answers every call with an empty JSON list.
/// struct Empty;
/// impl Transport for Empty {
///     fn send(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
///         Box::pin(async { Ok(Response::new(Body::from("[]"))) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends the request. Ends when the response's head is there.
    ///
    /// # Errors
    ///
    /// No response came: the connection failed or broke.
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>>;

    /// Sends a request that asks for another protocol (RFC 9110, section 7.8) over a connection of HTTP/1.1. Ends when
    /// the response's head is there.
    ///
    /// # Errors
    ///
    /// No response came, or the transport cannot do this, as those that do not implement it.
    #[cfg(feature = "websocket")]
    fn upgrade(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<Upgrade, TransportError>> {
        drop(request);
        Box::pin(async { Err(TransportError::new("this transport cannot open WebSockets")) })
    }
}
