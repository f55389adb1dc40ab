use super::gateway_error::GatewayError;
use super::reply::Reply;
use crate::credential::error::CredentialError;
use crate::gateway::code::GatewayCode;
use crate::gateway::policy::PASSING;
use crate::json::error::DecodeError;
use crate::operation::call_info::CallInfo;
use crate::request::error::RequestError;
use crate::shown::line::{Line, QUOTE, write_line};
use crate::transport::error::TransportError;
use http::StatusCode;
use std::fmt;
use std::time::Duration;

/// Why a call did not end in a documented success. `E` is the enum of the operation's documented errors.
///
/// ```
/// use cloudrun_runtime::{Error, GatewayCode, Undocumented};
/// fn report(error: &Error<Undocumented>) -> String {
///     match error {
///         Error::Service { .. } => "the service said no".to_owned(),
///         Error::Gateway(refusal) if refusal.code() == Some(&GatewayCode::ServiceNotFound) => "no such service".to_owned(),
///         error if error.is_auth() => "sign in again".to_owned(),
///         error if error.is_retryable() => "try again later".to_owned(),
///         // One line: what failed, where, and what to do.
///         error => error.to_string(),
///     }
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub enum Error<E> {
    /// The service answered with an error.
    Service {
        /// What the document says of this status; its last variant keeps what the document does not list.
        error: E,
        /// The answer as it came, its body up to 1 MiB.
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
    /// The answer is longer than what may be read as a whole
    /// ([`max_response_size`](crate::GatewayBuilder::max_response_size)).
    TooLarge {
        /// How many bytes may be read.
        limit: usize,
        /// The answer without its body.
        reply: Reply,
    },
    /// The call took too long.
    Timeout {
        /// The time that was given.
        after: Duration,
        /// What was called.
        call: CallInfo,
    },
    /// The call never got an answer: no connection, a broken one, a refused certificate.
    Transport {
        /// What went wrong.
        error: TransportError,
        /// What was called.
        call: CallInfo,
    },
    /// There is no valid credential. The request was not sent.
    Credential {
        /// What went wrong.
        error: CredentialError,
        /// What was called.
        call: CallInfo,
    },
    /// The request could not be put together; nothing was sent.
    Request {
        /// What is wrong with it.
        error: RequestError,
        /// What was called.
        call: CallInfo,
    },
}

impl<E> Error<E> {
    /// The answer, if there was one.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Service { reply, .. }
            | Self::Decode { reply, .. }
            | Self::Unexpected { reply }
            | Self::TooLarge { reply, .. } => Some(reply),
            Self::Gateway(error) => Some(error.reply()),
            Self::Timeout { .. }
            | Self::Transport { .. }
            | Self::Credential { .. }
            | Self::Request { .. } => None,
        }
    }

    /// What was called, and how often.
    pub fn call(&self) -> &CallInfo {
        match self {
            Self::Service { reply, .. }
            | Self::Decode { reply, .. }
            | Self::Unexpected { reply }
            | Self::TooLarge { reply, .. } => reply.call(),
            Self::Gateway(error) => error.reply().call(),
            Self::Timeout { call, .. }
            | Self::Transport { call, .. }
            | Self::Credential { call, .. }
            | Self::Request { call, .. } => call,
        }
    }

    /// How many attempts were made; one that ended before anything was sent counts too.
    pub fn attempts(&self) -> u32 {
        self.call().attempts()
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.reply().map(Reply::status)
    }

    /// The id to quote when you ask for help.
    pub fn request_id(&self) -> Option<&str> {
        self.reply().and_then(Reply::request_id)
    }

    /// The gateway's code, if the gateway answered in the service's place and said one.
    pub fn code(&self) -> Option<&GatewayCode> {
        match self {
            Self::Gateway(error) => error.code(),
            _ => None,
        }
    }

    /// The documented error, if that is what the service answered.
    pub fn service_error(&self) -> Option<&E> {
        match self {
            Self::Service { error, .. } => Some(error),
            _ => None,
        }
    }

    /// The same error with another type in the place of the operation's documented errors: one that several operations share,
    /// for example.
    ///
    /// ```
    /// use cloudrun_runtime::{Error, Undocumented};
    /// #[derive(Debug)]
    /// struct OutOfStock;
    /// fn shared(error: Error<Undocumented>) -> Error<OutOfStock> {
    ///     error.map_service(|_| OutOfStock)
    /// }
    /// ```
    pub fn map_service<F>(self, to: impl FnOnce(E) -> F) -> Error<F> {
        match self {
            Self::Service { error, reply } => Error::Service { error: to(error), reply },
            Self::Gateway(error) => Error::Gateway(error),
            Self::Decode { error, reply } => Error::Decode { error, reply },
            Self::Unexpected { reply } => Error::Unexpected { reply },
            Self::TooLarge { limit, reply } => Error::TooLarge { limit, reply },
            Self::Timeout { after, call } => Error::Timeout { after, call },
            Self::Transport { error, call } => Error::Transport { error, call },
            Self::Credential { error, call } => Error::Credential { error, call },
            Self::Request { error, call } => Error::Request { error, call },
        }
    }

    /// Whether the gateway answered in the service's place.
    pub fn is_gateway(&self) -> bool {
        matches!(self, Self::Gateway(_))
    }

    /// Whether the call took too long, here or for the gateway.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Timeout { .. } => true,
            Self::Gateway(error) => {
                matches!(error.code(), Some(GatewayCode::ServiceTimeout | GatewayCode::ServerTimeout))
                    || error.reply().status() == StatusCode::GATEWAY_TIMEOUT
            }
            _ => false,
        }
    }

    /// Whether the caller's identity is the reason: no valid credential, or not enough rights at the gateway. What the
    /// service itself says of its callers is in its own errors.
    pub fn is_auth(&self) -> bool {
        match self {
            Self::Credential { error, .. } => {
                matches!(error, CredentialError::Refused { .. }) && !error.is_retryable()
            }
            Self::Gateway(error) => {
                matches!(error.reply().status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
            }
            _ => false,
        }
    }

    /// Whether the same call may succeed later: no connection, too slow, too many calls, a service that is down or starts.
    /// Whether it may be made twice is another question.
    pub fn is_retryable(&self) -> bool {
        let passes = |status: StatusCode| PASSING.contains(&status.as_u16());
        match self {
            Self::Timeout { .. } => true,
            Self::Transport { error, .. } => error.is_connection(),
            Self::Credential { error, .. } => error.is_retryable(),
            Self::Gateway(error) => {
                passes(error.reply().status())
                    || error.code().is_some_and(|code| {
                        use GatewayCode as Code;
                        matches!(
                            code,
                            Code::ServiceNotReady
                                | Code::ServiceEndpointNotFound
                                | Code::ExceedRatelimit
                                | Code::ExceedConcurrentRequestLimit
                                | Code::ServiceTimeout
                                | Code::ServerTimeout
                                | Code::ServiceLbStatusAbnormal
                                | Code::SysErr
                        )
                    })
            }
            // What the status says, whether or not the body is what the document says of it.
            Self::Service { reply, .. } | Self::Decode { reply, .. } => passes(reply.status()),
            Self::Unexpected { .. } | Self::TooLarge { .. } | Self::Request { .. } => false,
        }
    }

    /// What went wrong, in words that are ours or on one line and without secrets.
    fn describe(&self, words: impl Fn(&E, &Reply) -> Line) -> String {
        match self {
            Self::Service { error, reply } => {
                format!("the service answered {}: {}", reply.status(), words(error, reply))
            }
            Self::Gateway(error) => error.to_string(),
            Self::Decode { error, reply } => {
                // Whoever made it may not have known the answer's secrets.
                let error = error.clone().covered(reply.cover());
                format!("the answer ({}) does not match the document: {error}", reply.status())
            }
            Self::Unexpected { reply } => format!(
                "the service answered {}, which the document does not list: {}",
                reply.status(),
                reply.excerpt()
            ),
            Self::TooLarge { limit, reply } => format!(
                "the answer ({}) is longer than {limit} bytes; read it as a stream, or raise `max_response_size`",
                reply.status()
            ),
            Self::Timeout { after, .. } => {
                format!("no answer within {after:?}; the timeout can be raised per call")
            }
            Self::Transport { error, .. } => error.to_string(),
            Self::Credential { error, .. } => error.to_string(),
            Self::Request { error, .. } => format!("the request was not sent: {error}"),
        }
    }

    fn line(&self, words: impl Fn(&E, &Reply) -> Line) -> String {
        let what = Line::new(&self.describe(words), QUOTE + QUOTE / 2);
        format!("{}: {what}{}", self.call(), self.reference())
    }

    /// What to quote when asking for help.
    fn reference(&self) -> String {
        let id = self.reply().and_then(Reply::shown_request_id);
        match (id, self.attempts()) {
            (Some(id), 0 | 1) => format!(" (request id {id})"),
            (Some(id), attempts) => format!(" (request id {id}, {attempts} attempts)"),
            (None, 0 | 1) => String::new(),
            (None, attempts) => format!(" ({attempts} attempts)"),
        }
    }
}

/// One line: what failed, where, what to do about it, and the request id. A service's error is told in its own words: its
/// `code`, `title`, `message` or `detail`, else the start of its body.
impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, format_args!("{}", self.line(|_, reply| reply.words())))
    }
}

/// The same line with the service's error in its type.
impl<E: fmt::Debug> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Service { .. } => "Service",
            Self::Gateway(_) => "Gateway",
            Self::Decode { .. } => "Decode",
            Self::Unexpected { .. } => "Unexpected",
            Self::TooLarge { .. } => "TooLarge",
            Self::Timeout { .. } => "Timeout",
            Self::Transport { .. } => "Transport",
            Self::Credential { .. } => "Credential",
            Self::Request { .. } => "Request",
        };
        let typed = |error: &E, reply: &Reply| Line::covered(reply.cover(), &format!("{error:?}"), QUOTE);
        write!(f, "{name}({})", Line::message(&self.line(typed)))
    }
}

/// It is its own whole cause: what is below it is part of its line, and in its variants.
impl<E: fmt::Debug> std::error::Error for Error<E> {}
