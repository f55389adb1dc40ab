//! A connection by Tokio: frames are written and read here (RFC 6455), pings sent, and a peer that is gone noticed.

use super::Message;
use super::link::{Command, End, MAX_MESSAGE, SocketError};
use super::opening::SocketConnection;
use crate::transport::error::TransportError;
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message as Frame};

/// Passes messages both ways until the connection ends.
pub(super) async fn talk(
    connection: SocketConnection,
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
