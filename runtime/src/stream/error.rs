use crate::gateway::limits::ERROR_SIZE;
use crate::json::error::DecodeError;
use crate::shown::hidden::Hidden;
use crate::shown::line::{EXCERPT, Line, write_line};
use crate::shown::raw::Raw;
use crate::transport::error::TransportError;
use ::bytes::Bytes;
use std::fmt;

/// Why a stream has no next piece.
#[derive(Clone)]
#[non_exhaustive]
pub enum StreamError {
    /// The answer broke off. The stream has ended.
    Transport(TransportError),
    /// A piece does not match the document. The stream goes on with the next one.
    Decode {
        /// What does not match, and where.
        error: DecodeError,
        /// The piece as it came.
        data: Raw,
    },
    /// The answer is something else than Server-Sent Events: a page of a proxy, for example. The stream has ended.
    NoEvents {
        /// Its media type, which may be empty.
        content_type: String,
    },
    /// A piece is longer than a stream may buffer. The stream has ended.
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
}

impl StreamError {
    /// A piece that cannot be read, in an answer to a request with these secrets.
    pub(super) fn decode(error: DecodeError, data: Bytes, hidden: &Hidden) -> Self {
        let mut cover = hidden.cover();
        let head = data.get(..data.len().min(ERROR_SIZE)).unwrap_or_default();
        cover.add_text("", &String::from_utf8_lossy(head));
        Self::Decode { error: error.covered(&cover), data: Raw::new(data, &cover) }
    }
}

impl fmt::Debug for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamError({self})")
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => write!(f, "{error}"),
            Self::Decode { error, data } => write_line(
                f,
                format_args!("a piece of the stream does not match the document: {error}: {data}"),
            ),
            Self::NoEvents { content_type } if content_type.is_empty() => {
                f.write_str("the answer is no event stream: it has no media type")
            }
            Self::NoEvents { content_type } => {
                write!(
                    f,
                    "the answer is no event stream, but of the media type {}",
                    Line::new(content_type, EXCERPT)
                )
            }
            Self::TooLong { limit } => write!(f, "a piece of the stream is longer than {limit} bytes"),
        }
    }
}

/// It is its own whole cause: what is below it is part of its line, and in its variants.
impl std::error::Error for StreamError {}

#[cfg(test)]
mod tests {
    use super::StreamError;
    use crate::json::decode::from_slice;
    use crate::shown::hidden::Hidden;
    use crate::transport::error::TransportError;
    use std::error::Error;

    #[test]
    fn each_error_says_what_happened_and_why() -> Result<(), &'static str> {
        let none = |content_type: &str| StreamError::NoEvents { content_type: content_type.to_owned() };
        assert_eq!(none("").to_string(), "the answer is no event stream: it has no media type");
        assert_eq!(
            none("text/html").to_string(),
            "the answer is no event stream, but of the media type text/html"
        );
        let long = StreamError::TooLong { limit: 7 };
        assert_eq!(long.to_string(), "a piece of the stream is longer than 7 bytes");
        let broken = StreamError::Transport(TransportError::new("it broke off"));
        assert_eq!(broken.to_string(), "it broke off");
        let error = from_slice::<i64>(b"oops").err().ok_or("a number")?;
        let wrong = StreamError::decode(error.clone(), "oops".into(), &Hidden::default());
        assert!(wrong.to_string().starts_with("a piece of the stream does not match the document: "));
        assert!(wrong.to_string().contains(&error.to_string()));
        for error in [long, broken, wrong] {
            assert!(error.source().is_none(), "{error}: no cause is told twice");
        }
        Ok(())
    }
}
