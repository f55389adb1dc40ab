//! Requests for another protocol (RFC 9110, section 7.8).

use super::body::Body;
use std::fmt;

/// The answer to a request for another protocol.
pub enum Upgrade {
    /// The protocol was switched: the head of the answer, and the connection.
    Switched(http::Response<()>, Box<dyn Connection>),
    /// It was not.
    Refused(http::Response<Body>),
}

/// A connection of bytes both ways.
pub trait Connection: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin {}

impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin> Connection for T {}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switched(head, _) => write!(f, "Switched({})", head.status()),
            Self::Refused(response) => write!(f, "Refused({})", response.status()),
        }
    }
}
