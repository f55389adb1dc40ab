use super::error::TransportError;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A caller's stream with its errors in the transport's type.
struct Pieces<E>(Pin<Box<dyn Stream<Item = Result<Bytes, E>> + Send>>);

impl<E: Into<BoxError>> Stream for Pieces<E> {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = std::task::ready!(self.0.as_mut().poll_next(context));
        Poll::Ready(next.map(|piece| {
            piece.map_err(|error| {
                let error: BoxError = error.into();
                match error.downcast::<TransportError>() {
                    Ok(error) => *error,
                    Err(error) => TransportError::from_source("the body broke off", error),
                }
            })
        }))
    }
}

/// Any error that can be sent to another thread.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// The body of a request or a response: bytes, or a stream of them that is read once.
///
/// Whatever takes a body takes `Vec<u8>`, `String`, `&'static str` and [`Bytes`](crate::Bytes) as well.
pub struct Body {
    inner: Inner,
    length: Option<u64>,
}

enum Inner {
    Full(Bytes),
    Stream(Arriving),
    /// It has been read. That is not an empty body: nothing is left that could be sent.
    Read,
}

/// A stream while it arrives.
struct Arriving {
    stream: ByteStream,
    arrived: u64,
    /// The piece with which all is there. It waits for the end: whoever reads so many bytes reads no further, and would not see
    /// that there are more.
    last: Option<Bytes>,
    is_over: bool,
}

impl Arriving {
    fn new(stream: ByteStream) -> Self {
        Self { stream, arrived: 0, last: None, is_over: false }
    }

    /// The next piece of a body that was said to have this length.
    fn poll(
        &mut self,
        length: Option<u64>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, TransportError>>> {
        let wrong = |arrived: u64, length: u64| {
            let text =
                format!("the body has not the {length} bytes that it was said to have: {arrived} arrived");
            Poll::Ready(Some(Err(TransportError::new(text))))
        };
        while !self.is_over {
            let piece = match std::task::ready!(self.stream.as_mut().poll_next(context)) {
                Some(Ok(piece)) => piece,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    self.is_over = true;
                    break;
                }
            };
            self.arrived += piece.len() as u64;
            match length {
                Some(length) if self.arrived > length => return wrong(self.arrived, length),
                Some(length) if self.arrived == length && piece.is_empty() => {}
                Some(length) if self.arrived == length => self.last = Some(piece),
                _ => return Poll::Ready(Some(Ok(piece))),
            }
        }
        match length {
            Some(length) if self.arrived < length => wrong(self.arrived, length),
            _ => Poll::Ready(self.last.take().map(Ok)),
        }
    }
}

impl Body {
    /// No body.
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }

    /// A body that arrives piece by piece. A request with such a body is never sent twice.
    pub fn stream<E: Into<BoxError> + 'static>(
        stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Self {
        Self { inner: Inner::Stream(Arriving::new(Box::pin(Pieces(Box::pin(stream))))), length: None }
    }

    /// The contents of a file, read piece by piece while the request is sent.
    ///
    /// # Errors
    ///
    /// The file cannot be opened.
    #[cfg(feature = "files")]
    pub fn file(path: impl AsRef<std::path::Path>) -> std::io::Result<Self> {
        super::file::FileChunks::open(path.as_ref())
            .map(|(chunks, length)| Self::stream(chunks).with_length(length))
    }

    /// The same stream, known to have this many bytes; they become the request's `Content-Length`. One that has more or fewer is
    /// an error when it is sent. Bytes have the length that they have.
    #[must_use]
    pub fn with_length(mut self, length: u64) -> Self {
        if matches!(self.inner, Inner::Stream(..)) {
            self.length = Some(length);
        }
        self
    }

    /// How many bytes the body has, if that is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The bytes, if the body is not a stream and has not been read.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.inner {
            Inner::Full(bytes) => Some(bytes),
            Inner::Stream(..) | Inner::Read => None,
        }
    }

    /// The bytes, if the body is not a stream and has not been read.
    pub(crate) fn to_bytes(&self) -> Option<Bytes> {
        match &self.inner {
            Inner::Full(bytes) => Some(bytes.clone()),
            Inner::Stream(..) | Inner::Read => None,
        }
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    ///
    /// The stream breaks.
    pub async fn next(&mut self) -> Option<Result<Bytes, TransportError>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Reads the body to its end.
    ///
    /// # Errors
    ///
    /// The stream breaks.
    pub async fn collect(self) -> Result<Bytes, TransportError> {
        self.collect_up_to(usize::MAX).await.map(|collected| collected.bytes)
    }

    /// Reads the body, but no more than a number of bytes.
    pub(crate) async fn collect_up_to(mut self, limit: usize) -> Result<Collected, TransportError> {
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        let mut is_whole = true;
        while let Some(chunk) = self.next().await {
            let mut chunk = chunk?;
            let room = limit - if rest.is_empty() { first.len() } else { rest.len() };
            if chunk.len() > room {
                chunk.truncate(room);
                is_whole = false;
            }
            if first.is_empty() {
                first = chunk;
            } else {
                if rest.is_empty() {
                    rest.extend_from_slice(&first);
                }
                rest.extend_from_slice(&chunk);
            }
            if !is_whole {
                break;
            }
        }
        Ok(Collected { bytes: if rest.is_empty() { first } else { rest.freeze() }, is_whole })
    }
}

/// What has been read of a body.
pub(crate) struct Collected {
    pub(crate) bytes: Bytes,
    /// Whether that is all of it.
    pub(crate) is_whole: bool,
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        Self { length: Some(bytes.len() as u64), inner: Inner::Full(bytes) }
    }
}

impl Stream for Body {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Inner::Stream(arriving) = &mut this.inner {
            let piece = std::task::ready!(arriving.poll(this.length, context));
            if !matches!(piece, Some(Ok(_))) {
                this.inner = Inner::Read;
            }
            return Poll::Ready(piece);
        }
        Poll::Ready(match std::mem::replace(&mut this.inner, Inner::Read) {
            Inner::Full(bytes) if !bytes.is_empty() => Some(Ok(bytes)),
            _ => None,
        })
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner {
            Inner::Full(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Inner::Stream(..) => f.write_str("Body(stream)"),
            Inner::Read => f.write_str("Body(read)"),
        }
    }
}
