use super::error::StreamError;
use super::next;
use super::opening::Source;
use crate::transport::body::Body;
use ::bytes::Bytes;
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An answer's bytes as they arrive. Reading slowly slows the sender down.
///
/// ```no_run
/// # async fn download(mut body: cloudrun_runtime::stream::ByteStream) -> Result<(), Box<dyn std::error::Error>> {
/// use std::io::Write;
/// let mut file = std::fs::File::create("backup.tar")?;
/// while let Some(piece) = body.next().await {
///     file.write_all(&piece?)?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ByteStream {
    body: Body,
    length: Option<u64>,
}

impl ByteStream {
    /// How many bytes there will be, if the service said so.
    pub fn length(&self) -> Option<u64> {
        self.length
    }
}

next!(ByteStream<Bytes>);

impl Stream for ByteStream {
    type Item = Result<Bytes, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = std::task::ready!(Pin::new(&mut self.body).poll_next(context));
        Poll::Ready(next.map(|piece| piece.map_err(StreamError::Transport)))
    }
}

/// Reads an answer as bytes.
pub fn bytes(source: Source) -> ByteStream {
    ByteStream { body: source.body, length: source.length }
}
