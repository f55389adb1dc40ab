//! What all errors of this crate have in common: in comes any of them, out comes one type that has no parameter.
//!
//! May import from `config`, `json`, `operation`, `transport`, `credential`, `request`, `answer`, `stream`, `websocket`.

use crate::answer::error::Error;
use crate::answer::reply::Reply;
use crate::config::error::ConfigError;
use crate::credential::error::CredentialError;
use crate::json::error::{DecodeError, EncodeError};
use crate::operation::Operation;
use crate::operation::call_info::CallInfo;
use crate::request::error::RequestError;
use crate::stream::StreamError;
use crate::transport::error::TransportError;
#[cfg(feature = "websocket")]
use crate::websocket::SocketError;
use http::StatusCode;
use std::any::Any;
use std::fmt;

/// What every error of this crate can be asked, whatever was called: [`Error`] of each operation, that of streams and sockets, of
/// credentials and of the gateway's setting up, and [`AnyError`]. What an error knows nothing of is `None`, or `false`.
///
/// ```
/// use cloudrun_runtime::CallError;
/// fn log(error: &dyn CallError) {
///     let operation = error.operation().map_or("none", |operation| operation.id());
///     eprintln!("operation={operation} status={:?} again={} {error}", error.status(), error.is_retryable());
/// }
/// ```
pub trait CallError: std::error::Error + Any + Send + Sync + 'static {
    /// What was called, and how often.
    fn call(&self) -> Option<&CallInfo> {
        None
    }

    /// The answer, if there was one.
    fn reply(&self) -> Option<&Reply> {
        None
    }

    /// Whether the gateway answered in the service's place.
    fn is_gateway(&self) -> bool {
        false
    }

    /// Whether the call took too long, here or for the gateway.
    fn is_timeout(&self) -> bool {
        false
    }

    /// Whether the caller's identity is the reason.
    fn is_auth(&self) -> bool {
        false
    }

    /// Whether the same call may succeed later. Whether it may be made twice is another question.
    fn is_retryable(&self) -> bool {
        false
    }

    /// The operation that was called.
    fn operation(&self) -> Option<&'static Operation> {
        self.call().map(CallInfo::operation)
    }

    /// The HTTP status, if there was an answer.
    fn status(&self) -> Option<StatusCode> {
        self.reply().map(Reply::status)
    }

    /// The id to quote when you ask for help.
    fn request_id(&self) -> Option<&str> {
        self.reply().and_then(Reply::request_id)
    }
}

impl<E: fmt::Debug + Send + Sync + 'static> CallError for Error<E> {
    fn call(&self) -> Option<&CallInfo> {
        Some(self.call())
    }
    fn reply(&self) -> Option<&Reply> {
        self.reply()
    }
    fn is_gateway(&self) -> bool {
        self.is_gateway()
    }
    fn is_timeout(&self) -> bool {
        self.is_timeout()
    }
    fn is_auth(&self) -> bool {
        self.is_auth()
    }
    fn is_retryable(&self) -> bool {
        self.is_retryable()
    }
}

impl CallError for TransportError {
    fn is_retryable(&self) -> bool {
        self.is_connection()
    }
}

impl CallError for CredentialError {
    fn is_auth(&self) -> bool {
        matches!(self, Self::Refused { .. }) && !self.is_retryable()
    }
    fn is_retryable(&self) -> bool {
        self.is_retryable()
    }
}

impl CallError for StreamError {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_connection())
    }
}

#[cfg(feature = "websocket")]
impl CallError for SocketError {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_connection())
    }
}

impl CallError for ConfigError {}
impl CallError for DecodeError {}
impl CallError for EncodeError {}
impl CallError for RequestError {}

/// Any error of this crate, for functions that call several operations: each of their errors becomes one by `?`.
///
/// ```
/// use cloudrun_runtime::{AnyError, Gateway, http::StatusCode};
///
/// async fn greet(gateway: &Gateway) -> Result<String, AnyError> {
///     let service = gateway.service("helloworld")?;
///     let reply = service.get("/greeting").send().await?;
///     Ok(reply.text()?.to_owned())
/// }
///
/// fn is_gone(error: &AnyError) -> bool {
///     error.status() == Some(StatusCode::GONE)
/// }
/// ```
///
/// It tells what the error tells that it was made of, which [`downcast_ref`](Self::downcast_ref) gives back.
pub struct AnyError(Box<dyn CallError>);

impl AnyError {
    /// An error of this crate as one of any.
    pub fn new(error: impl CallError) -> Self {
        Self(Box::new(error))
    }

    /// The error that it was made of, if that is of this type: `error.downcast_ref::<Error<GetPetError>>()`.
    pub fn downcast_ref<T: CallError>(&self) -> Option<&T> {
        let error: &dyn Any = &*self.0;
        error.downcast_ref()
    }

    /// What was called, and how often. `None` if the error is not one of a call.
    pub fn call(&self) -> Option<&CallInfo> {
        self.0.call()
    }

    /// The operation that was called.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation()
    }

    /// The answer, if there was one.
    pub fn reply(&self) -> Option<&Reply> {
        self.0.reply()
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status()
    }

    /// The id to quote when you ask for help.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id()
    }

    /// Whether the gateway answered in the service's place.
    pub fn is_gateway(&self) -> bool {
        self.0.is_gateway()
    }

    /// Whether the call took too long, here or for the gateway.
    pub fn is_timeout(&self) -> bool {
        self.0.is_timeout()
    }

    /// Whether the caller's identity is the reason.
    pub fn is_auth(&self) -> bool {
        self.0.is_auth()
    }

    /// Whether the same call may succeed later. Whether it may be made twice is another question.
    pub fn is_retryable(&self) -> bool {
        self.0.is_retryable()
    }
}

impl fmt::Display for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::error::Error for AnyError {}

impl CallError for AnyError {
    fn call(&self) -> Option<&CallInfo> {
        self.call()
    }
    fn reply(&self) -> Option<&Reply> {
        self.reply()
    }
    fn is_gateway(&self) -> bool {
        self.is_gateway()
    }
    fn is_timeout(&self) -> bool {
        self.is_timeout()
    }
    fn is_auth(&self) -> bool {
        self.is_auth()
    }
    fn is_retryable(&self) -> bool {
        self.is_retryable()
    }
}

impl<E: fmt::Debug + Send + Sync + 'static> From<Error<E>> for AnyError {
    fn from(error: Error<E>) -> Self {
        Self::new(error)
    }
}

macro_rules! from {
    ($($error:ty),*) => {
        $(impl From<$error> for AnyError {
            fn from(error: $error) -> Self {
                Self::new(error)
            }
        })*
    };
}
from!(TransportError, CredentialError, StreamError, ConfigError, DecodeError, EncodeError, RequestError);
#[cfg(feature = "websocket")]
from!(SocketError);
