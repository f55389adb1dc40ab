//! WebSockets through the gateway (RFC 6455): in comes a request, out come messages both ways. A task of its own keeps the
//! connection: it answers pings, sends its own so that the gateway does not close an idle socket, and notices a peer that
//! is gone. In a browser the socket is the page's own: the browser answers pings, and cannot be told to send some.
//!
//! May import from `shown`, `rt`, `json`, `transport`, `gateway`, `request`, `answer`, `call`, `stream`.

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod browser;
mod close;
pub(crate) mod connecting;
mod link;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod native;
mod opening;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod pulse;

pub use self::close::Close;
pub use self::connecting::Connecting;
pub use self::link::SocketError;

use crate::json::decode::{Decode, from_slice};
use crate::json::encode::{Encode, to_vec};
use crate::json::error::{DecodeError, EncodeError};
use crate::rt;
use crate::websocket::link::{CLOSING, Command, Link};
use bytes::Bytes;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// How often the client says that it is there. The gateway closes idle sockets; CloudBase advises 10 seconds.
pub const PING_INTERVAL: Duration = Duration::from_secs(10);

/// A message as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Value> for Message {
    fn from(value: Value) -> Self {
        Self::Text(value.to_string())
    }
}

/// How messages of a type are written and read.
#[derive(Clone, Copy)]
pub struct Codec<S: ?Sized, R> {
    pub(crate) write: fn(&S) -> Result<Message, EncodeError>,
    pub(crate) read: fn(Message) -> Result<R, DecodeError>,
}

impl<S: ?Sized, R> fmt::Debug for Codec<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codec")
    }
}

/// Messages of JSON, each in a text.
pub fn json<S: Encode, R: Decode>() -> Codec<S, R> {
    Codec {
        write: |value| to_vec(value).map(|json| Message::Text(String::from_utf8_lossy(&json).into_owned())),
        read: read_json,
    }
}

fn read_json<R: Decode>(message: Message) -> Result<R, DecodeError> {
    match message {
        Message::Text(text) => from_slice(text.as_bytes()),
        Message::Binary(bytes) => from_slice(&bytes),
    }
}

/// Messages as they are.
pub fn raw() -> Codec<Message, Message> {
    Codec { write: |message| Ok(message.clone()), read: Ok }
}

/// An open WebSocket that sends `S` and receives `R`. Dropping it closes the connection within a second, after what was sent if
/// the other side takes it.
///
/// ```no_run
/// # async fn chat(gateway: cloudrun_runtime::Gateway) -> Result<(), Box<dyn std::error::Error>> {
/// use cloudrun_runtime::websocket::Message;
/// let mut socket = gateway.service("chat")?.get("/rooms/1").connect().await?;
/// socket.send(&Message::from("hello")).await?;
/// while let Some(message) = socket.next().await {
///     println!("{:?}", message?);
/// }
/// # Ok(())
/// # }
/// ```
pub struct WebSocket<S, R> {
    link: Link,
    codec: Codec<S, R>,
}

impl<S, R> WebSocket<S, R> {
    /// Sends a message. Waits while the connection takes no more.
    ///
    /// # Errors
    ///
    /// The value has no JSON form, or the connection has ended.
    pub async fn send(&self, value: &S) -> Result<(), SocketError> {
        let message = (self.codec.write)(value).map_err(SocketError::Encode)?;
        self.link.commands.send(Command::Send(message)).await.map_err(|_| SocketError::Closed)
    }

    /// The next message; `None` once the other side has closed the socket as it should.
    ///
    /// # Errors
    ///
    /// The connection broke, the other side closed it for a reason that is no normal end ([`SocketError::ClosedWith`]), or a message
    /// is not what the document promises; the next one may be.
    pub async fn next(&mut self) -> Option<Result<R, SocketError>> {
        let message = match self.link.messages.recv().await? {
            Ok(message) => message,
            Err(error) => return Some(Err(error)),
        };
        let kept = message.clone();
        Some((self.codec.read)(message).map_err(|error| self.link.unreadable(error, kept)))
    }

    /// How often the connection broke and was opened again, where that was asked for. What the service knew of the old
    /// one, it does not know of the new one.
    pub fn reconnects(&self) -> usize {
        self.link.reconnects()
    }

    /// What the other side said when it closed the socket for good; `None` while it is open, and where the connection broke.
    pub fn closed(&self) -> Option<&Close> {
        self.link.closed()
    }

    /// Says good-bye and waits until the other side has said so too, ten seconds at most. What was sent before goes out before;
    /// what still comes is forgotten.
    pub async fn close(mut self) {
        let closing = async {
            // A connection that has ended already is closed.
            let _ = self.link.commands.send(Command::Close).await;
            while self.link.messages.recv().await.is_some() {}
        };
        // Dropping what does not close ends it too.
        let _ = rt::within(CLOSING, closing).await;
    }
}

impl<S, R> fmt::Debug for WebSocket<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket").field("reconnects", &self.reconnects()).finish_non_exhaustive()
    }
}
