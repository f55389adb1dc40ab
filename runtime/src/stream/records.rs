use super::error::StreamError;
use super::opening::Source;
use super::{MAX_PIECE, next};
use crate::json::decode::{Decode, from_slice};
use crate::json::error::DecodeError;
use crate::shown::hidden::Hidden;
use crate::transport::body::Body;
use ::bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// JSON values as they arrive, one by one: a line each (`application/x-ndjson`), or between record separators
/// (`application/json-seq`, RFC 7464).
pub struct Records<T> {
    body: Body,
    buffer: BytesMut,
    /// How much of the buffer holds no separator.
    searched: usize,
    separator: u8,
    ended: bool,
    /// The secrets of the request.
    hidden: Hidden,
    decode: fn(&[u8]) -> Result<T, DecodeError>,
}

/// Reads an answer of one JSON value a line.
pub fn json_lines<T: Decode>(source: Source) -> Records<T> {
    Records::new(source, b'\n')
}

/// Reads an answer of JSON values between record separators.
pub fn json_sequence<T: Decode>(source: Source) -> Records<T> {
    Records::new(source, 0x1e)
}

impl<T: Decode> Records<T> {
    fn new(source: Source, separator: u8) -> Self {
        let (body, hidden) = (source.body, source.hidden);
        let decode = from_slice as fn(&[u8]) -> Result<T, DecodeError>;
        Self { body, buffer: BytesMut::new(), searched: 0, separator, ended: false, hidden, decode }
    }
}

next!(Records<T, T>);

impl<T> Records<T> {
    /// The next record in the buffer, without the white space around it; empty ones are none.
    fn buffered(&mut self) -> Option<Bytes> {
        loop {
            let found = self.buffer[self.searched..].iter().position(|byte| *byte == self.separator);
            let record = match found {
                Some(at) => {
                    let record = self.buffer.split_to(self.searched + at);
                    self.buffer.advance(1);
                    self.searched = 0;
                    record
                }
                None if self.ended && !self.buffer.is_empty() => {
                    self.searched = 0;
                    self.buffer.split()
                }
                None => {
                    self.searched = self.buffer.len();
                    return None;
                }
            };
            let record = record.freeze();
            let trimmed = record.trim_ascii();
            if !trimmed.is_empty() {
                return Some(record.slice_ref(trimmed));
            }
        }
    }
}

impl<T> Stream for Records<T> {
    type Item = Result<T, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(record) = this.buffered() {
                let decoded = (this.decode)(&record);
                return Poll::Ready(Some(
                    decoded.map_err(|error| StreamError::decode(error, record, &this.hidden)),
                ));
            }
            if this.ended {
                return Poll::Ready(None);
            }
            if this.buffer.len() > MAX_PIECE {
                this.ended = true;
                this.buffer.clear();
                this.searched = 0;
                return Poll::Ready(Some(Err(StreamError::TooLong { limit: MAX_PIECE })));
            }
            match ready!(Pin::new(&mut this.body).poll_next(context)) {
                Some(Ok(piece)) => this.buffer.extend_from_slice(&piece),
                Some(Err(error)) => {
                    this.ended = true;
                    this.buffer.clear();
                    this.searched = 0;
                    return Poll::Ready(Some(Err(StreamError::Transport(error))));
                }
                None => this.ended = true,
            }
        }
    }
}

impl<T> fmt::Debug for Records<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("buffered", &self.buffer.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Records, json_lines, json_sequence};
    use crate::shown::hidden::Hidden;
    use crate::stream::MAX_PIECE;
    use crate::stream::error::StreamError;
    use crate::stream::opening::Source;
    use crate::transport::body::Body;

    fn source(text: &'static str) -> Source {
        Source {
            body: Body::from(text),
            content_type: String::new(),
            length: None,
            hidden: Hidden::default(),
            again: None,
        }
    }

    async fn all(mut records: Records<i64>) -> Vec<Option<i64>> {
        let mut found = Vec::new();
        while let Some(record) = records.next().await {
            found.push(record.ok());
        }
        found
    }

    #[tokio::test]
    async fn lines_and_records_are_told_apart() {
        assert_eq!(all(json_lines(source("1\r\n\n 2 \n3"))).await, [Some(1), Some(2), Some(3)]);
        assert_eq!(all(json_sequence(source("\u{1e}1\n\u{1e}2\n"))).await, [Some(1), Some(2)]);
    }

    #[tokio::test]
    async fn a_bad_record_does_not_end_the_stream() {
        assert_eq!(all(json_lines(source("1\nx\n3\n"))).await, [Some(1), None, Some(3)]);
        let error = json_lines::<i64>(source("x")).next().await;
        assert!(matches!(error, Some(Err(StreamError::Decode { data, .. })) if &data[..] == b"x"));
    }

    #[tokio::test]
    async fn a_record_may_have_all_the_bytes_of_the_limit_and_no_more() {
        let first = async |length: usize| {
            let body = Body::from(vec![b'x'; length]);
            let source = Source {
                body,
                content_type: String::new(),
                length: None,
                again: None,
                hidden: Hidden::default(),
            };
            json_lines::<i64>(source).next().await
        };
        assert!(matches!(first(MAX_PIECE).await, Some(Err(StreamError::Decode { .. }))));
        assert!(matches!(first(MAX_PIECE + 1).await, Some(Err(StreamError::TooLong { limit: MAX_PIECE }))));
    }
}
