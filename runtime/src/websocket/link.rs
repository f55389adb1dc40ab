//! Both ends of the task that keeps a connection, and how it is opened again.

use super::Message;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
use super::browser::talk;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use super::native::talk;
use super::opening;
use super::opening::SocketConnection;
use crate::call::fault::{Failure, Fault};
use crate::json::error::{DecodeError, EncodeError};
use crate::request::parts::Parts;
use crate::rt;
use crate::stream::events::Reconnect;
use crate::transport::error::TransportError;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Messages that wait on either side before the sender waits.
const WAITING: usize = 16;

/// The largest message; the same as for one event of a stream.
pub(super) const MAX_MESSAGE: usize = 16 << 20;

/// Why a socket has no next message.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SocketError {
    /// The connection broke.
    Transport(TransportError),
    /// The connection has ended.
    Closed,
    /// A message does not match the document.
    Decode {
        /// What does not match, and where.
        error: DecodeError,
        /// The message as it came.
        message: Message,
    },
    /// A value has no JSON form.
    Encode(EncodeError),
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => write!(f, "{error}"),
            Self::Closed => f.write_str("the WebSocket is closed"),
            Self::Decode { error, .. } => write!(f, "a message does not match the document: {error}"),
            Self::Encode(error) => write!(f, "the message cannot be sent: {error}"),
        }
    }
}

impl std::error::Error for SocketError {}

pub(super) enum Command {
    Send(Message),
    Close,
}

/// Both ends of the task.
pub(super) struct Link {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) messages: mpsc::Receiver<Result<Message, SocketError>>,
    reconnects: Arc<AtomicUsize>,
}

impl Link {
    /// Starts the task. `again` is how the connection is made once more.
    pub(super) fn start(
        connection: SocketConnection,
        again: Option<(Reconnect, Box<Parts>)>,
        ping: Duration,
    ) -> Self {
        let (commands, inbox) = mpsc::channel(WAITING);
        let (outbox, messages) = mpsc::channel(WAITING);
        let reconnects = Arc::new(AtomicUsize::new(0));
        rt::spawn(keep(connection, again, ping, inbox, outbox, Arc::clone(&reconnects)));
        Self { commands, messages, reconnects }
    }

    pub(super) fn reconnects(&self) -> usize {
        self.reconnects.load(Ordering::Relaxed)
    }
}

/// How a connection ended.
pub(super) enum End {
    /// By our wish, or because nobody listens any more.
    Ours,
    /// The other side closed it as it should.
    Theirs,
    Broken(TransportError),
}

async fn keep(
    mut connection: SocketConnection,
    mut again: Option<(Reconnect, Box<Parts>)>,
    ping: Duration,
    mut inbox: mpsc::Receiver<Command>,
    outbox: mpsc::Sender<Result<Message, SocketError>>,
    reconnects: Arc<AtomicUsize>,
) {
    loop {
        let error = match talk(connection, ping, &mut inbox, &outbox).await {
            End::Ours => return,
            End::Theirs => None,
            End::Broken(error) => Some(error),
        };
        let opened = match &mut again {
            Some((policy, parts)) => reopen(policy, parts, &outbox).await,
            None => None,
        };
        match opened {
            Some(next) => {
                reconnects.fetch_add(1, Ordering::Relaxed);
                connection = next;
            }
            None => {
                if let Some(error) = error {
                    // Nobody may listen any more.
                    let _ = outbox.send(Err(SocketError::Transport(error))).await;
                }
                return;
            }
        }
    }
}

async fn reopen(
    policy: &Reconnect,
    parts: &Parts,
    outbox: &mpsc::Sender<Result<Message, SocketError>>,
) -> Option<SocketConnection> {
    for attempt in 0..policy.attempts {
        let wait = policy.delay * 2_u32.saturating_pow(attempt.min(6));
        tokio::select! {
            () = rt::sleep(wait) => {}
            () = outbox.closed() => return None,
        }
        match opening::open(parts).await {
            Ok(socket) => return Some(socket.connection),
            // What the service or the gateway refuse, they refuse again.
            Err(Failure { fault: Fault::Service(_) | Fault::Unexpected(_) | Fault::Request(_), .. }) => {
                return None;
            }
            Err(_) => {}
        }
    }
    None
}
