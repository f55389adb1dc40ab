use crate::json::DecodeError;
use crate::reply::excerpt;
use crate::{Reply, TransportError};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// Why a call did not end in a documented success. `E` is the enum of the operation's documented errors.
///
/// ```
/// use cloudrun_runtime::{Error, Undocumented};
/// fn report(error: &Error<Undocumented>) -> &'static str {
///     match error {
///         Error::Service { .. } => "the service said no",
///         Error::Gateway(_) => "the gateway said no: token, service name, quota",
///         Error::Timeout { .. } => "too slow",
///         _ => "something else",
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error<E> {
    /// The service answered with an error.
    Service {
        /// What the document says of this status; its last variant keeps what the document does not list.
        error: E,
        /// The answer as it came.
        reply: Reply,
    },
    /// The gateway answered in the service's place.
    Gateway(GatewayError),
    /// The answer does not match the document. Nothing of it is lost.
    Decode {
        /// What does not match, and where.
        error: DecodeError,
        /// The answer as it came.
        reply: Reply,
    },
    /// The service answered with a success that the document does not list.
    Unexpected {
        /// The answer as it came.
        reply: Reply,
    },
    /// The call took too long.
    Timeout {
        /// The time that was given.
        after: Duration,
    },
    /// The call never got an answer: no connection, a broken one, a refused certificate.
    Transport(TransportError),
    /// The request could not be put together; nothing was sent.
    Request(RequestError),
}

impl<E> Error<E> {
    /// The answer, if there was one.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Service { reply, .. } | Self::Decode { reply, .. } | Self::Unexpected { reply } => {
                Some(reply)
            }
            Self::Gateway(error) => Some(error.reply()),
            Self::Timeout { .. } | Self::Transport(_) | Self::Request(_) => None,
        }
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<http::StatusCode> {
        self.reply().map(Reply::status)
    }

    /// The id to quote when you ask for help.
    pub fn request_id(&self) -> Option<&str> {
        self.reply().and_then(Reply::request_id)
    }

    /// The documented error, if that is what the service answered.
    pub fn service_error(&self) -> Option<&E> {
        match self {
            Self::Service { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Whether the gateway answered in the service's place.
    pub fn is_gateway(&self) -> bool {
        matches!(self, Self::Gateway(_))
    }

    /// Whether the call took too long.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout { .. })
    }
}

impl<E: fmt::Debug> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reply() {
            Some(reply) if reply.operation().id.is_empty() => {
                write!(f, "{} {}: ", reply.operation().method, reply.path())?;
            }
            Some(reply) => write!(f, "{}: ", reply.operation().id)?,
            None => {}
        }
        match self {
            Self::Service { error, reply } => {
                write!(f, "the service answered {}: {error:?}", reply.status())?;
            }
            Self::Gateway(error) => write!(f, "{error}")?,
            Self::Decode { error, reply } => {
                write!(f, "the answer ({}) does not match the document: {error}", reply.status())?;
            }
            Self::Unexpected { reply } => write!(
                f,
                "the service answered {}, which the document does not list: {}",
                reply.status(),
                excerpt(reply.body())
            )?,
            Self::Timeout { after } => {
                write!(f, "no answer within {after:?}; the timeout can be raised per call")?
            }
            Self::Transport(error) => write!(f, "{error}")?,
            Self::Request(error) => write!(f, "the request was not sent: {error}")?,
        }
        match self.request_id() {
            Some(id) => write!(f, " (request id {id})"),
            None => Ok(()),
        }
    }
}

impl<E: fmt::Debug> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Decode { error, .. } => Some(error),
            Self::Transport(error) => Some(error),
            Self::Request(error) => Some(error),
            _ => None,
        }
    }
}

/// An answer of the gateway itself: `{"code", "message", "requestId"}` where it has a body
/// (<https://docs.cloudbase.net/error-code/>).
#[derive(Clone, Debug)]
pub struct GatewayError {
    code: Option<String>,
    message: Option<String>,
    reply: Reply,
}

impl GatewayError {
    pub(crate) fn new(reply: Reply) -> Self {
        let body: Option<Value> = serde_json::from_slice(reply.body()).ok();
        let text = |name| body.as_ref().and_then(|body| body.get(name)?.as_str().map(str::to_owned));
        Self { code: text("code"), message: text("message"), reply }
    }

    /// The error code, for example `SERVICE_NOT_FOUND`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The gateway's words.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The answer as it came.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }
}

impl fmt::Display for GatewayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the gateway answered {}", self.reply.status())?;
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => write!(f, ": {code}: {message}"),
            (Some(text), None) | (None, Some(text)) => write!(f, ": {text}"),
            (None, None) => write!(f, ": {}", excerpt(self.reply.body())),
        }
    }
}

/// Why a request could not be put together. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A path parameter would change the path's shape: it is empty, `.` or `..` where a segment belongs.
    PathShape {
        /// The template's segment.
        segment: String,
        /// What it would have become.
        value: String,
    },
    /// The path's template names a parameter that the document does not declare.
    MissingParameter(String),
    /// A header's name or value holds characters that HTTP cannot carry.
    Header(String),
    /// A value has no JSON form.
    Encode {
        /// The body, or the parameter by name.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A value breaks a bound or a pattern of the document. Only clients that were generated to check this do.
    Constraint {
        /// The body, or the parameter by name.
        place: String,
        /// Where in it: `$.owner.name`.
        path: String,
        /// What was found, and what is asked for.
        reason: String,
    },
    /// The method or the URL is not valid HTTP.
    Http(String),
    /// This security scheme of the service needs the header `Authorization`, which holds the gateway's token.
    AuthorizationTaken(&'static str),
}

impl RequestError {
    pub(crate) fn body(reason: String) -> Self {
        Self::Encode { place: "body".to_owned(), reason }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PathShape { segment, value } => {
                write!(
                    f,
                    "the path segment `{segment}` would become {value:?}, which would call another path"
                )
            }
            Self::MissingParameter(name) => write!(f, "the path parameter `{name}` has no value"),
            Self::Header(name) => write!(f, "the header {name:?} holds characters that HTTP cannot carry"),
            Self::Encode { place, reason } => write!(f, "the {place} cannot be encoded: {reason}"),
            Self::Constraint { place, path, reason } => {
                write!(f, "the {place} breaks a rule of the document at {path}: {reason}")
            }
            Self::Http(reason) => f.write_str(reason),
            Self::AuthorizationTaken(scheme) => write!(
                f,
                "the security scheme `{scheme}` needs the header `Authorization`, which holds the gateway's token; call the \
                 service directly, or set the header that it reads instead by `authorization_header`"
            ),
        }
    }
}

impl std::error::Error for RequestError {}
