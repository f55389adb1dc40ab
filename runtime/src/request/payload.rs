use super::error::RequestError;
use crate::transport::body::Body;
use bytes::Bytes;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The body of a request. Which of both it is stands from the start, so that a stream that was sent is never taken for a body
/// that can be sent again, and never for none.
pub(crate) enum Payload {
    /// Bytes, as often as they are needed.
    Bytes(Bytes),
    /// A stream, once.
    Stream(Mutex<Option<Body>>),
}

impl Payload {
    pub(crate) fn new(body: Body) -> Self {
        match body.to_bytes() {
            Some(bytes) => Self::Bytes(bytes),
            None => Self::Stream(Mutex::new(Some(body))),
        }
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        matches!(self, Self::Bytes(_))
    }

    /// The body for the next attempt.
    ///
    /// # Errors
    ///
    /// It is a stream that was taken before.
    pub(crate) fn next(&self) -> Result<Body, RequestError> {
        match self {
            Self::Bytes(bytes) => Ok(Body::from(bytes.clone())),
            Self::Stream(body) => {
                body.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or(RequestError::BodyTaken)
            }
        }
    }

    /// The same bytes; of a stream that there was one.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Self::Stream(_) => Self::Stream(Mutex::new(None)),
        }
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Stream(_) => f.write_str("a stream"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Payload;
    use crate::request::error::RequestError;
    use crate::transport::body::Body;
    use bytes::Bytes;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// A stream of one piece.
    struct Piece(Option<&'static str>);

    impl futures_core::Stream for Piece {
        type Item = Result<Bytes, std::io::Error>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            Poll::Ready(self.0.take().map(|piece| Ok(Bytes::from(piece))))
        }
    }

    fn stream() -> Body {
        Body::stream(Piece(Some("piece")))
    }

    #[test]
    fn a_stream_that_was_sent_is_no_empty_body() {
        let payload = Payload::new(stream());
        assert!(!payload.is_repeatable() && payload.next().is_ok());
        assert!(!payload.is_repeatable());
        assert_eq!(payload.next().err(), Some(RequestError::BodyTaken));
        assert_eq!(payload.again().next().err(), Some(RequestError::BodyTaken));
    }

    #[tokio::test]
    async fn bytes_are_sent_as_often_as_needed_and_read_once() {
        let payload = Payload::new(Body::from("text"));
        for _ in 0..2 {
            assert_eq!(payload.next().ok().and_then(|body| body.to_bytes()).as_deref(), Some(&b"text"[..]));
        }
        for mut body in [Body::from("text"), stream()] {
            while body.next().await.is_some() {}
            assert_eq!(body.as_bytes(), None, "{body:?}");
            assert!(!Payload::new(body).is_repeatable());
        }
    }
}
