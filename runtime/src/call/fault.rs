use crate::answer::body::Read;
use crate::answer::error::Error;
use crate::answer::gateway_error::GatewayError;
use crate::answer::reply::Reply;
use crate::credential::error::CredentialError;
use crate::operation::call_info::CallInfo;
use crate::request::error::RequestError;
use crate::transport::error::TransportError;
use std::time::Duration;

/// Why an attempt has no documented success, before the operation's own error type comes in.
#[derive(Debug)]
pub(crate) enum Fault {
    Service(Reply),
    Unexpected(Reply),
    TooLarge(usize, Reply),
    Gateway(GatewayError),
    Timeout(Duration),
    Transport(TransportError),
    Credential(CredentialError),
    Request(RequestError),
}

impl Fault {
    /// The answer, if there was one.
    pub(crate) fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Service(reply) | Self::Unexpected(reply) | Self::TooLarge(_, reply) => Some(reply),
            Self::Gateway(error) => Some(error.reply()),
            Self::Timeout(_) | Self::Transport(_) | Self::Credential(_) | Self::Request(_) => None,
        }
    }

    /// The kind of the error in one word.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Service(_) => "service",
            Self::Unexpected(_) => "unexpected",
            Self::TooLarge(..) => "too_large",
            Self::Gateway(_) => "gateway",
            Self::Timeout(_) => "timeout",
            Self::Transport(_) => "transport",
            Self::Credential(_) => "credential",
            Self::Request(_) => "request",
        }
    }
}

/// A call that has failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) fault: Fault,
    pub(crate) call: CallInfo,
}

impl Failure {
    /// The public error, the service's answer read as one of the documented errors.
    pub(crate) fn into_typed<E>(self, read_error: Read<E>) -> Error<E> {
        match self.fault {
            Fault::Service(reply) => match reply.read(read_error) {
                Ok(error) => Error::Service { error, reply },
                Err(error) => Error::Decode { error, reply },
            },
            _ => self.into_error(),
        }
    }

    /// The public error. [`Fault::Service`] becomes [`Error::Unexpected`]: who reads error bodies takes it out before.
    pub(crate) fn into_error<E>(self) -> Error<E> {
        let call = self.call;
        match self.fault {
            Fault::Service(reply) | Fault::Unexpected(reply) => Error::Unexpected { reply },
            Fault::TooLarge(limit, reply) => Error::TooLarge { limit, reply },
            Fault::Gateway(error) => Error::Gateway(error),
            Fault::Timeout(after) => Error::Timeout { after, call },
            Fault::Transport(error) => Error::Transport { error, call },
            Fault::Credential(error) => Error::Credential { error, call },
            Fault::Request(error) => Error::Request { error, call },
        }
    }
}
