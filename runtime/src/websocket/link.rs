//! Both ends of the task that keeps a connection, and how it is opened again.

use super::Message;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
use super::browser::talk;
use super::close::Close;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use super::native::talk;
use super::opening;
use super::opening::SocketConnection;
use crate::json::error::{DecodeError, EncodeError};
use crate::request::parts::Parts;
use crate::rt;
use crate::shown::hidden::Hidden;
use crate::stream::backoff::{Backoff, judge};
use crate::stream::events::Reconnect;
use crate::transport::error::TransportError;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::mpsc;

/// Messages that wait on either side before the sender waits.
const WAITING: usize = 16;

/// The largest message; the same as for one event of a stream.
pub(super) const MAX_MESSAGE: usize = 16 << 20;

/// How long the other side has to answer a good-bye that is waited for.
pub(super) const CLOSING: Duration = Duration::from_secs(10);

/// Why a socket has no next message.
#[derive(Clone)]
#[non_exhaustive]
pub enum SocketError {
    /// The connection broke.
    Transport(TransportError),
    /// The connection has ended.
    Closed,
    /// The other side closed it, with a code that is no normal end.
    ClosedWith(Close),
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
            Self::ClosedWith(close) => write!(f, "the other side closed the WebSocket with {close}"),
            Self::Decode { error, .. } => write!(f, "a message does not match the document: {error}"),
            Self::Encode(error) => write!(f, "the message cannot be sent: {error}"),
        }
    }
}

/// A message that does not match is not shown: it can be had from the error.
impl fmt::Debug for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SocketError({self})")
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
    known: Arc<Known>,
    hidden: Hidden,
}

/// What is known of the connections so far.
#[derive(Default)]
struct Known {
    reconnects: AtomicUsize,
    closed: OnceLock<Close>,
}

impl Link {
    /// Starts the task. `again` is how the connection is made once more.
    pub(super) fn start(
        connection: SocketConnection,
        again: Option<(Reconnect, Box<Parts>)>,
        ping: Duration,
        hidden: Hidden,
    ) -> Self {
        let (commands, inbox) = mpsc::channel(WAITING);
        let (outbox, messages) = mpsc::channel(WAITING);
        let known = Arc::<Known>::default();
        let again = again.map(|(policy, parts)| (Backoff::of_open(policy), parts));
        let task = Task { again, ping, inbox, outbox, known: Arc::clone(&known), hidden: hidden.clone() };
        rt::spawn(task.keep(connection));
        Self { commands, messages, known, hidden }
    }

    /// An error of a message, without secrets of the request or the message.
    pub(super) fn unreadable(&self, error: DecodeError, message: Message) -> SocketError {
        let mut cover = self.hidden.cover();
        match &message {
            Message::Text(text) => cover.add_text("", text),
            Message::Binary(bytes) => cover.add_text("", &String::from_utf8_lossy(bytes)),
        }
        SocketError::Decode { error: error.covered(&cover), message }
    }

    pub(super) fn reconnects(&self) -> usize {
        self.known.reconnects.load(Ordering::Relaxed)
    }

    pub(super) fn closed(&self) -> Option<&Close> {
        self.known.closed.get()
    }
}

/// How a connection ended.
pub(super) enum End {
    /// By our wish, or because nobody listens any more.
    Ours,
    /// The other side closed it.
    Theirs(Close),
    Broken(TransportError),
}

/// Keeps a socket, over one connection after another.
struct Task {
    again: Option<(Backoff, Box<Parts>)>,
    ping: Duration,
    inbox: mpsc::Receiver<Command>,
    outbox: mpsc::Sender<Result<Message, SocketError>>,
    known: Arc<Known>,
    /// The secrets of the latest request.
    hidden: Hidden,
}

impl Task {
    async fn keep(mut self, mut connection: SocketConnection) {
        loop {
            let mut closed = None;
            let (error, may_pass) = match talk(connection, self.ping, &mut self.inbox, &self.outbox).await {
                End::Ours => return,
                End::Theirs(close) => {
                    let may_pass = close.may_pass();
                    let close = close.covered(&self.hidden.cover());
                    let error = (!close.is_normal()).then(|| SocketError::ClosedWith(close.clone()));
                    closed = Some(close);
                    (error, may_pass)
                }
                End::Broken(error) => {
                    (Some(SocketError::Transport(error.covered(&self.hidden.cover()))), true)
                }
            };
            let opened = if may_pass { self.reopen(error).await } else { Err(error) };
            match opened {
                Ok(next) => connection = next,
                Err(error) => {
                    if let Some(closed) = closed {
                        // Only the last connection gets here.
                        let _ = self.known.closed.set(closed);
                    }
                    if let Some(error) = error {
                        // Nobody may listen any more.
                        let _ = self.outbox.send(Err(error)).await;
                    }
                    return;
                }
            }
            self.known.reconnects.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Opens the connection again, or says why there is none: the reason is that of the last failure.
    async fn reopen(
        &mut self,
        mut error: Option<SocketError>,
    ) -> Result<SocketConnection, Option<SocketError>> {
        let Some((backoff, parts)) = &mut self.again else { return Err(error) };
        while let Some(wait) = backoff.wait(None, rt::random()) {
            let attempt = async {
                rt::sleep(wait).await;
                opening::open(parts).await
            };
            let result = tokio::select! {
                result = attempt => result,
                () = self.outbox.closed() => return Err(None),
            };
            let failure = match result {
                Ok(socket) => {
                    backoff.opened();
                    self.hidden = socket.head.hidden().clone();
                    return Ok(socket.connection);
                }
                Err(failure) => failure,
            };
            let (may_pass, text) = judge(failure);
            let text = format!("the WebSocket cannot be opened again: {text}");
            error = Some(SocketError::Transport(TransportError::new(text)));
            if !may_pass {
                break;
            }
        }
        Err(error)
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Link, SocketError};
    use crate::gateway::Gateway;
    use crate::operation::Operation;
    use crate::operation::method::Method;
    use crate::request::parts::Parts;
    use crate::shown::hidden::Hidden;
    use crate::stream::events::Reconnect;
    use crate::transport::body::Body;
    use crate::transport::error::TransportError;
    use crate::transport::upgrade::Upgrade;
    use crate::transport::{BoxFuture, Transport};
    use crate::websocket::Message;
    use http::{Request, Response};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;
    use tokio::time::Instant;

    const GET: Operation = Operation::new("get", Method::GET, "/");
    const SECOND: Duration = Duration::from_secs(1);

    /// A service that is away, and was called at these moments.
    #[derive(Clone, Default)]
    struct Away(Arc<Mutex<Vec<Instant>>>);

    impl Transport for Away {
        fn send(&self, _: Request<Body>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
            Box::pin(async { Err(TransportError::new("nobody calls")) })
        }

        fn upgrade(&self, _: Request<Body>) -> BoxFuture<'_, Result<Upgrade, TransportError>> {
            if let Ok(mut moments) = self.0.lock() {
                moments.push(Instant::now());
            }
            Box::pin(async { Err(TransportError::new("nobody is there")) })
        }
    }

    fn parts(away: &Away) -> Option<Box<Parts>> {
        let gateway = Gateway::direct("http://localhost").transport(away.clone()).build().ok()?;
        Some(gateway.service("chat").ok()?.request(&GET).0)
    }

    #[tokio::test(start_paused = true)]
    async fn each_wait_before_a_socket_is_opened_again_is_longer_and_partly_random() {
        let away = Away::default();
        let (ours, theirs) = tokio::io::duplex(1024);
        drop(theirs);
        let begun = Instant::now();
        let again = parts(&away).map(|parts| (Reconnect::default().attempts(5), parts));
        let mut link = Link::start(Box::new(ours), again, SECOND * 10, Hidden::default());
        let end = link.messages.recv().await;
        assert!(
            matches!(&end, Some(Err(SocketError::Transport(error))) if error.to_string().ends_with("nobody is there")),
            "{end:?}"
        );
        assert!(link.messages.recv().await.is_none() && link.reconnects() == 0 && link.closed().is_none());
        let moments = away.0.lock().map(|moments| moments.clone()).unwrap_or_default();
        assert_eq!(moments.len(), 5);
        let befores = std::iter::once(&begun).chain(&moments);
        let parts: Vec<f64> = befores
            .zip(&moments)
            .enumerate()
            .map(|(index, (before, moment))| (*moment - *before).as_secs_f64() / f64::from(1 << index))
            .collect();
        // Between half the wait and all of it, by the timer's grain.
        assert!(parts.iter().all(|part| (0.5..1.01).contains(part)), "{parts:?}");
        assert!(parts.windows(2).any(|pair| (pair[0] - pair[1]).abs() > 0.005), "{parts:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_opens_a_socket_again_for_a_caller_who_is_gone() {
        let away = Away::default();
        let (ours, theirs) = tokio::io::duplex(1024);
        let again = parts(&away).map(|parts| (Reconnect::default(), parts));
        let link = Link::start(Box::new(ours), again, SECOND * 10, Hidden::default());
        assert!(link.commands.send(Command::Send(Message::from("x"))).await.is_ok());
        drop(theirs);
        // It waits to be opened again now.
        tokio::time::sleep(SECOND / 4).await;
        drop(link);
        tokio::time::sleep(SECOND * 100).await;
        assert_eq!(away.0.lock().map(|moments| moments.len()).ok(), Some(0));
    }

    #[test]
    fn each_error_says_what_happened() {
        let texts = [
            (SocketError::Closed, "the WebSocket is closed"),
            (SocketError::Transport(TransportError::new("broken")), "broken"),
            (
                SocketError::ClosedWith(super::Close::new(1011, "oops".to_owned())),
                "the other side closed the WebSocket with 1011 (internal error): oops",
            ),
        ];
        for (error, text) in texts {
            assert_eq!(error.to_string(), text);
        }
    }
}
