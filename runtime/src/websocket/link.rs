//! The task that keeps a connection.

use super::Message;
use crate::json::{DecodeError, EncodeError};
use crate::request::Parts;
use crate::send::{self, Failure, Fault};
use crate::stream::Reconnect;
use crate::transport::{Connection, TransportError};
use futures_util::{SinkExt, StreamExt};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message as Frame};

/// Messages that wait on either side before the sender waits.
const WAITING: usize = 16;

/// The largest message; the same as for one event of a stream.
const MAX_MESSAGE: usize = 16 << 20;

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
        connection: Box<dyn Connection>,
        again: Option<(Reconnect, Box<Parts>)>,
        ping: Duration,
    ) -> Self {
        let (commands, inbox) = mpsc::channel(WAITING);
        let (outbox, messages) = mpsc::channel(WAITING);
        let reconnects = Arc::new(AtomicUsize::new(0));
        tokio::spawn(keep(connection, again, ping, inbox, outbox, Arc::clone(&reconnects)));
        Self { commands, messages, reconnects }
    }

    pub(super) fn reconnects(&self) -> usize {
        self.reconnects.load(Ordering::Relaxed)
    }
}

/// How a connection ended.
enum End {
    /// By our wish, or because nobody listens any more.
    Ours,
    /// The other side closed it as it should.
    Theirs,
    Broken(TransportError),
}

async fn keep(
    mut connection: Box<dyn Connection>,
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
) -> Option<Box<dyn Connection>> {
    for attempt in 0..policy.attempts {
        let wait = policy.delay * 2_u32.saturating_pow(attempt.min(6));
        tokio::select! {
            () = sleep(wait) => {}
            () = outbox.closed() => return None,
        }
        match send::upgrade(parts).await {
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

async fn talk(
    connection: Box<dyn Connection>,
    ping: Duration,
    inbox: &mut mpsc::Receiver<Command>,
    outbox: &mpsc::Sender<Result<Message, SocketError>>,
) -> End {
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    let mut socket = WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await;
    let mut pings = interval_at(Instant::now() + ping, ping);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut silent = 0_u32;
    loop {
        let sent = tokio::select! {
            command = inbox.recv() => match command {
                Some(Command::Send(Message::Text(text))) => socket.send(Frame::text(text)).await,
                Some(Command::Send(Message::Binary(bytes))) => socket.send(Frame::binary(bytes)).await,
                Some(Command::Close) | None => {
                    // Saying good-bye to one who is gone is no failure.
                    let _ = socket.close(None).await;
                    return End::Ours;
                }
            },
            _ = pings.tick() => {
                silent += 1;
                if silent > 3 {
                    return End::Broken(TransportError::new("the other side no longer answers pings"));
                }
                socket.send(Frame::Ping(bytes::Bytes::new())).await
            }
            // A message is read once there is room for it: a slow reader slows the sender down.
            (permit, frame) = async {
                let permit = outbox.reserve().await;
                (permit, socket.next().await)
            } => {
                silent = 0;
                let Ok(permit) = permit else { return End::Ours };
                match frame {
                    Some(Ok(Frame::Text(text))) => permit.send(Ok(Message::Text(text.to_string()))),
                    Some(Ok(Frame::Binary(bytes))) => permit.send(Ok(Message::Binary(bytes))),
                    Some(Ok(Frame::Close(_))) | None => return End::Theirs,
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return broken(&error),
                }
                Ok(())
            }
        };
        if let Err(error) = sent {
            return broken(&error);
        }
    }
}

fn broken(error: &tungstenite::Error) -> End {
    match error {
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => End::Theirs,
        error => End::Broken(TransportError::new(format!("the WebSocket broke off: {error}"))),
    }
}
