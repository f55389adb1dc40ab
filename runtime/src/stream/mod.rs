//! Answers that are read while they arrive: bytes, lines of JSON, Server-Sent Events. In comes the body of a documented
//! success, out come its pieces in their types; nothing is buffered beyond one piece, whose size is bounded, and dropping
//! a stream closes its connection.
//!
//! May import from `shown`, `rt`, `json`, `transport`, `gateway`, `request`, `answer`, `call`.

pub(crate) mod backoff;
pub(crate) mod bytes;
mod error;
pub(crate) mod events;
pub(crate) mod opening;
mod parser;
mod records;

pub use self::bytes::{ByteStream, bytes};
pub use self::error::StreamError;
pub use self::events::{Event, EventStream, Reconnect, events, text_events};
pub use self::opening::{Opening, Source};
pub use self::records::{Records, json_lines, json_sequence};
pub use crate::shown::raw::Raw;

/// The most bytes that one event or line may have.
const MAX_PIECE: usize = 16 << 20;

/// `next()` for a stream, so that callers need no other crate to read it.
macro_rules! next {
    ($name:ident<$item:ty $(, $generic:ident)?>) => {
        impl$(<$generic>)? $name$(<$generic>)? {
            /// The next piece, or `None` at the end.
            ///
            /// # Errors
            ///
            /// The answer broke off, or a piece is not what the document promises.
            pub async fn next(&mut self) -> Option<Result<$item, StreamError>> {
                std::future::poll_fn(|context| futures_core::Stream::poll_next(std::pin::Pin::new(&mut *self), context)).await
            }
        }
    };
}
use next;
