//! A connection by Tokio: frames are written and read here (RFC 6455), pings sent, and a peer that is gone noticed. Reading,
//! writing and watching go on side by side, so that none of them waits for another.

use super::Message;
use super::close::Close;
use super::link::{CLOSING, Command, End, MAX_MESSAGE, SocketError};
use super::opening::SocketConnection;
use super::pulse::{Felt, Pulse};
use crate::rt;
use crate::transport::error::TransportError;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message as Frame};

/// How long a good-bye may take that nobody waits for.
const FAREWELL: Duration = Duration::from_secs(1);

type Socket = WebSocketStream<Felt<SocketConnection>>;
type Outbox = mpsc::Sender<Result<Message, SocketError>>;

/// Passes messages both ways until the connection ends.
pub(super) async fn talk(
    connection: SocketConnection,
    ping: Duration,
    inbox: &mut mpsc::Receiver<Command>,
    outbox: &Outbox,
) -> End {
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    let pulse = Arc::<Pulse>::default();
    let connection = Felt::new(connection, Arc::clone(&pulse));
    let socket = WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await;
    let (mut sink, mut frames) = socket.split();
    // Whether this side has said good-bye.
    let is_ours = AtomicBool::new(false);
    let mut ended = pin!(async {
        tokio::select! {
            end = read(&mut frames, outbox, &pulse) => end,
            end = write(&mut sink, inbox, &pulse, &is_ours) => end,
            () = pulse.watch(ping) => {
                End::Broken(TransportError::new("the other side no longer answers pings").connection_lost())
            }
        }
    });
    let end = tokio::select! {
        end = &mut ended => end,
        // Nobody listens any more. What was sent may still go out, if it goes at once.
        () = outbox.closed() => rt::within(FAREWELL, ended).await.unwrap_or(End::Ours),
    };
    if is_ours.load(Ordering::Relaxed) { End::Ours } else { end }
}

/// Hands out messages. One is read once there is room for it: a slow reader slows the sender down. Where nobody listens any more,
/// it is read and forgotten, up to the other side's good-bye.
async fn read(frames: &mut SplitStream<Socket>, outbox: &Outbox, pulse: &Pulse) -> End {
    loop {
        let permit = outbox.reserve().await.ok();
        pulse.listen(true);
        let message = loop {
            match frames.next().await {
                Some(Ok(Frame::Text(text))) => break Message::Text(text.to_string()),
                Some(Ok(Frame::Binary(bytes))) => break Message::Binary(bytes),
                Some(Ok(Frame::Close(frame))) => {
                    // The next read sends the answer (RFC 6455, section 5.5.1), then waits for the server to hang up.
                    let _ = rt::within(FAREWELL, frames.next()).await;
                    return End::Theirs(close(frame));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return broken(&error),
                None => return End::Theirs(close(None)),
            }
        };
        pulse.listen(false);
        if let Some(permit) = permit {
            permit.send(Ok(message));
        }
    }
}

/// Sends messages and pings, then the good-bye, whose answer the reader waits for.
async fn write(
    sink: &mut SplitSink<Socket, Frame>,
    inbox: &mut mpsc::Receiver<Command>,
    pulse: &Pulse,
    is_ours: &AtomicBool,
) -> End {
    loop {
        let frame = tokio::select! {
            command = inbox.recv() => match command {
                Some(Command::Send(Message::Text(text))) => Frame::text(text),
                Some(Command::Send(Message::Binary(bytes))) => Frame::binary(bytes),
                Some(Command::Close) | None => break,
            },
            () = pulse.ping.notified() => Frame::Ping(bytes::Bytes::new()),
        };
        if let Err(error) = sink.send(frame).await {
            // What the other side said before, the reader finds.
            rt::sleep(FAREWELL).await;
            return broken(&error);
        }
    }
    is_ours.store(true, Ordering::Relaxed);
    // Saying good-bye to one who is gone is no failure.
    let _ = sink.send(Frame::Close(None)).await;
    rt::sleep(CLOSING).await;
    End::Ours
}

fn close(frame: Option<CloseFrame>) -> Close {
    match frame {
        Some(frame) => Close::new(frame.code.into(), frame.reason.to_string()),
        None => Close::new(Close::NO_CODE, String::new()),
    }
}

fn broken(error: &tungstenite::Error) -> End {
    End::Broken(TransportError::new(format!("the WebSocket broke off: {error}")).connection_lost())
}

#[cfg(test)]
mod tests {
    use super::talk;
    use crate::websocket::Message;
    use crate::websocket::link::{Command, End, SocketError};
    use futures_util::{SinkExt, StreamExt};
    use std::time::Duration;
    use tokio::io::DuplexStream;
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, sleep, timeout};
    use tokio_tungstenite::WebSocketStream;
    use tokio_tungstenite::tungstenite::Message as Frame;
    use tokio_tungstenite::tungstenite::protocol::Role;

    type Peer = WebSocketStream<DuplexStream>;

    const PING: Duration = Duration::from_secs(10);
    /// Longer than any silence is borne.
    const LONG: Duration = Duration::from_secs(3600);

    /// A connection of small buffers: its task, both ends of the application's side, and the peer.
    struct Talk {
        task: JoinHandle<End>,
        commands: mpsc::Sender<Command>,
        messages: mpsc::Receiver<Result<Message, SocketError>>,
        peer: Peer,
    }

    async fn start() -> Talk {
        let (ours, theirs) = tokio::io::duplex(1024);
        let (commands, mut inbox) = mpsc::channel(16);
        let (outbox, messages) = mpsc::channel(16);
        let task = tokio::spawn(async move { talk(Box::new(ours), PING, &mut inbox, &outbox).await });
        let peer = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
        Talk { task, commands, messages, peer }
    }

    fn broke(end: Result<End, tokio::task::JoinError>) -> bool {
        matches!(end, Ok(End::Broken(error)) if error.to_string().contains("no longer answers pings"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_is_gone_is_noticed_after_three_pings() {
        let Talk { task, commands, messages, peer } = start().await;
        let began = Instant::now();
        assert!(broke(task.await));
        assert_eq!(began.elapsed().as_secs(), 40);
        drop((commands, messages, peer));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_answers_pings_lives() {
        let Talk { task, commands, messages, mut peer } = start().await;
        // Reading answers pings.
        let answering = timeout(LONG, peer.next()).await;
        assert!(!task.is_finished());
        drop((answering, commands, messages));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_no_dead_peer_and_loses_nothing() {
        let Talk { task, commands, mut messages, peer } = start().await;
        let (mut sink, mut frames) = peer.split();
        let sending = tokio::spawn(async move {
            for number in 0..50 {
                if sink.send(Frame::text(number.to_string())).await.is_err() {
                    return number;
                }
            }
            // The sink keeps the connection.
            sleep(LONG * 100).await;
            50
        });
        let answering = tokio::spawn(async move { while frames.next().await.is_some() {} });
        for number in 0..50 {
            sleep(Duration::from_secs(90)).await;
            let message = messages.recv().await;
            assert!(
                matches!(&message, Some(Ok(Message::Text(text))) if *text == number.to_string()),
                "{number}: {message:?}"
            );
        }
        assert!(!task.is_finished());
        sending.abort();
        answering.abort();
        drop(commands);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_stops_reading_is_noticed_while_a_send_waits() {
        let Talk { task, commands, messages, peer } = start().await;
        let big = Message::Binary(vec![7; 1 << 16].into());
        assert!(commands.send(Command::Send(big)).await.is_ok());
        let began = Instant::now();
        assert!(broke(task.await));
        assert_eq!(began.elapsed().as_secs(), 40);
        drop((commands, messages, peer));
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_that_goes_out_slowly_is_no_silence() {
        let Talk { task, commands, messages, peer } = start().await;
        let big = Message::Binary(vec![7; 1 << 16].into());
        assert!(commands.send(Command::Send(big)).await.is_ok());
        // The peer takes a kilobyte every nine seconds.
        let mut raw = peer.into_inner();
        for _ in 0..64 {
            let mut some = [0; 1024];
            assert!(tokio::io::AsyncReadExt::read_exact(&mut raw, &mut some).await.is_ok());
            sleep(Duration::from_secs(9)).await;
        }
        assert!(!task.is_finished());
        drop((commands, messages));
    }

    #[tokio::test(start_paused = true)]
    async fn dropping_ends_also_while_a_send_waits() {
        let Talk { task, commands, messages, peer } = start().await;
        let big = Message::Binary(vec![7; 1 << 16].into());
        assert!(commands.send(Command::Send(big)).await.is_ok());
        sleep(Duration::from_secs(1)).await;
        let dropped = Instant::now();
        drop((commands, messages));
        assert!(matches!(task.await, Ok(End::Ours)));
        assert!(dropped.elapsed() <= Duration::from_secs(1), "{:?}", dropped.elapsed());
        drop(peer);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_sent_before_the_drop_goes_out_and_then_the_good_bye() {
        let Talk { task, commands, messages, mut peer } = start().await;
        for number in 0..10 {
            assert!(commands.send(Command::Send(Message::from(number.to_string().as_str()))).await.is_ok());
        }
        drop((commands, messages));
        for number in 0..10 {
            let frame = peer.next().await;
            assert!(matches!(&frame, Some(Ok(Frame::Text(text))) if text.as_str() == number.to_string()));
        }
        assert!(matches!(peer.next().await, Some(Ok(Frame::Close(_)))));
        assert!(peer.next().await.is_none());
        assert!(matches!(task.await, Ok(End::Ours)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_good_bye_that_nobody_answers_is_waited_for_ten_seconds() {
        let Talk { task, commands, messages, peer } = start().await;
        let began = Instant::now();
        assert!(commands.send(Command::Close).await.is_ok());
        assert!(matches!(task.await, Ok(End::Ours)));
        assert_eq!(began.elapsed().as_secs(), 10);
        drop((commands, messages, peer));
    }
}
