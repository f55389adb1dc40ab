//! The way to the network, behind a trait: tests, browsers and unusual proxies bring their own.

mod body;
#[cfg(all(feature = "reqwest", target_family = "wasm", target_os = "unknown"))]
mod fetch;
#[cfg(feature = "files")]
pub(crate) mod file;
#[cfg(all(feature = "reqwest", not(all(target_family = "wasm", target_os = "unknown"))))]
mod reqwest;

pub use self::body::{Body, BoxError};
#[cfg(all(feature = "reqwest", target_family = "wasm", target_os = "unknown"))]
pub use self::fetch::FetchTransport;
#[cfg(all(feature = "reqwest", not(all(target_family = "wasm", target_os = "unknown"))))]
pub use self::reqwest::{ReqwestBuilder, ReqwestTransport};

use crate::ConfigError;
use crate::endpoint::Endpoint;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

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

/// The answer to a request for another protocol.
#[cfg(feature = "websocket")]
pub enum Upgrade {
    /// The protocol was switched: the head of the answer, and the connection.
    Switched(http::Response<()>, Box<dyn Connection>),
    /// It was not.
    Refused(http::Response<Body>),
}

/// A connection of bytes both ways.
#[cfg(feature = "websocket")]
pub trait Connection: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin {}

#[cfg(feature = "websocket")]
impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin> Connection for T {}

#[cfg(feature = "websocket")]
impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switched(head, _) => write!(f, "Switched({})", head.status()),
            Self::Refused(response) => write!(f, "Refused({})", response.status()),
        }
    }
}

/// Why no answer came, or not all of it.
#[derive(Clone)]
pub struct TransportError(Arc<Inner>);

struct Inner {
    message: String,
    source: Option<BoxError>,
    kind: Kind,
}

/// How far a call came before it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No connection: nothing was sent.
    Connect,
    /// The connection broke.
    Broken,
    Other,
}

impl TransportError {
    /// An error with a message of one line.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Arc::new(Inner { message: message.into(), source: None, kind: Kind::Other }))
    }

    /// An error of the library below. Its message must not hold secrets.
    pub fn from_source(message: impl Into<String>, source: impl Into<BoxError>) -> Self {
        Self(Arc::new(Inner { message: message.into(), source: Some(source.into()), kind: Kind::Other }))
    }

    /// The same error of a call of which nothing was sent; such a call may be made again.
    #[must_use]
    pub fn before_sending(self) -> Self {
        self.with_kind(Kind::Connect)
    }

    /// The same error of a connection that broke after the request had begun; a call that is safe to repeat may be made
    /// again.
    #[must_use]
    pub fn connection_lost(self) -> Self {
        self.with_kind(Kind::Broken)
    }

    fn with_kind(self, kind: Kind) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Self(Arc::new(Inner { kind, ..inner })),
            Err(shared) => Self(shared),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    #[cfg(test)]
    pub(crate) fn connect(message: &str) -> Self {
        Self::new(message).before_sending()
    }

    #[cfg(test)]
    pub(crate) fn broken(message: &str) -> Self {
        Self::new(message).connection_lost()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransportError({self})")
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|error| error as _)
    }
}

/// The transport of gateways that were given none. This machine is not reached by way of a proxy.
#[allow(unused_variables, reason = "not every transport has something to configure")]
pub(crate) fn default(endpoint: &Endpoint) -> Result<Arc<dyn Transport>, ConfigError> {
    #[cfg(all(feature = "reqwest", target_family = "wasm", target_os = "unknown"))]
    {
        Ok(Arc::new(FetchTransport::default()))
    }
    #[cfg(all(feature = "reqwest", not(all(target_family = "wasm", target_os = "unknown"))))]
    {
        if !cfg!(feature = "rustls") && endpoint.base.starts_with("https:") {
            let reason = "https needs the feature `rustls` of cloudrun-runtime, or a transport of your own";
            return Err(ConfigError::Transport(reason.to_owned()));
        }
        let builder = ReqwestTransport::builder();
        let transport = if endpoint.loopback { builder.no_proxy().build() } else { builder.build() };
        transport
            .map(|transport| Arc::new(transport) as Arc<dyn Transport>)
            .map_err(|error| ConfigError::Transport(error.to_string()))
    }
    #[cfg(not(feature = "reqwest"))]
    {
        Err(ConfigError::Transport("the feature `reqwest` is off and no transport was given".to_owned()))
    }
}
