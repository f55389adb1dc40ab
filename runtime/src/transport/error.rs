use super::body::BoxError;
use crate::shown::cover::Cover;
use crate::shown::line::write_line;
use crate::shown::reasons::Reasons;
use std::fmt;
use std::sync::Arc;

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
enum Kind {
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

    /// The same error without secrets. Where it repeats one, what is below it is no longer told apart.
    pub(crate) fn covered(self, cover: &Cover) -> Self {
        match self.reasons().covered(cover) {
            None => self,
            Some(text) => Self::new(text).with_kind(self.0.kind),
        }
    }

    fn reasons(&self) -> Reasons<'_> {
        Reasons(&self.0.message, self.0.source.as_deref().map(|error| error as _))
    }

    fn with_kind(self, kind: Kind) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Self(Arc::new(Inner { kind, ..inner })),
            Err(shared) => Self(shared),
        }
    }

    /// The error of the library below, an [`std::io::Error`] for example. It may repeat secrets of the request that this
    /// error's own text leaves out; where it is known to, there is none.
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// Whether nothing of the request had been sent: no connection, a refused certificate.
    pub fn is_before_sending(&self) -> bool {
        self.0.kind == Kind::Connect
    }

    /// Whether the connection is the reason: there was none, or it broke.
    pub(crate) fn is_connection(&self) -> bool {
        self.0.kind != Kind::Other
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
        write_line(f, format_args!("{}", self.reasons()))
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransportError({self})")
    }
}

/// It is its own whole cause: its line tells what is below it, which is [`cause`](TransportError::cause).
impl std::error::Error for TransportError {}
