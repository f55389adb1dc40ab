//! This side of each socket and stream: it does its part, and says where it did not see what the service did.

use super::fate::{Fate, count, word};
use super::service::{BREAKS, LAST};
use cloudrun_runtime::Service;
use cloudrun_runtime::stream::{EventStream, Reconnect};
use cloudrun_runtime::websocket::{Message, SocketError, WebSocket};
use std::fmt::Debug;
use std::time::Duration;

/// What was seen that should not have been.
type Lie = String;
type Socket = WebSocket<Message, Message>;

/// How often a socket whose peer is dead is pinged.
const PING: Duration = Duration::from_millis(200);

/// The calls of two gateways: one that waits for bytes as long as it takes, and one that does not.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) patient: Service,
    pub(super) hasty: Service,
}

/// Says what was seen in the place of what should have been.
fn lie<T>(seen: impl Debug) -> Result<T, Lie> {
    Err(format!("{seen:?}").chars().take(300).collect())
}

fn demand(is_so: bool, what: &str) -> Result<(), Lie> {
    if is_so { Ok(()) } else { Err(what.to_owned()) }
}

impl Caller {
    pub(super) async fn socket(&self, number: usize, fate: Fate) -> Result<(), Lie> {
        let mut call = self.patient.get(&format!("/socket/{number}")).connect();
        if matches!(fate, Fate::Dead | Fate::DeadToSenders) {
            call = call.ping_every(PING);
        }
        if fate == Fate::Reopened {
            call = call.reconnect(Reconnect::default().delay(Duration::from_millis(5)));
        }
        let mut socket = match call.await {
            Ok(socket) => socket.into_inner(),
            Err(error) => return lie(error),
        };
        match fate {
            Fate::Echo => return answered(socket, number).await,
            Fate::Dropped => return all_of(&mut socket, number, 2, Duration::ZERO).await,
            Fate::SlowReader => all_of(&mut socket, number, count(number), Duration::from_millis(3)).await?,
            _ => all_of(&mut socket, number, count(number), Duration::ZERO).await?,
        }
        match fate {
            Fate::Close(code) => closed(&mut socket, number, code).await,
            Fate::SlowReader => closed(&mut socket, number, 1000).await,
            Fate::DeadToSenders => {
                let big = Message::Binary(vec![7; 256 << 10].into());
                while socket.send(&big).await.is_ok() {}
                broken(&mut socket).await
            }
            Fate::Reopened => {
                for _ in 0..BREAKS {
                    all_of(&mut socket, number, count(number), Duration::ZERO).await?;
                }
                demand(socket.reconnects() == usize::from(BREAKS), "not as many reconnects as breaks")?;
                closed(&mut socket, number, LAST).await
            }
            _ => broken(&mut socket).await,
        }
    }

    pub(super) async fn stream(&self, number: usize, fate: Fate) -> Result<(), Lie> {
        let path = format!("/stream/{number}");
        match fate {
            Fate::Bytes | Fate::BytesBroken => bytes(&self.patient, number, fate).await,
            Fate::Silent => silent(&self.hasty, number).await,
            _ => {
                let mut call = self.patient.get(&path).events();
                if fate == Fate::EventsReopened {
                    call = call.reconnect(Reconnect::default().delay(Duration::from_millis(5)).attempts(1));
                }
                match call.await {
                    Ok(events) => seen(events.into_inner(), number, fate).await,
                    Err(error) => lie(error),
                }
            }
        }
    }
}

/// The service's messages, one after the other.
async fn all_of(socket: &mut Socket, number: usize, count: usize, pause: Duration) -> Result<(), Lie> {
    for index in 0..count {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        match socket.next().await {
            Some(Ok(Message::Text(text))) if text == word(number, index) => {}
            other => return lie((index, other)),
        }
    }
    Ok(())
}

/// The end by a code.
async fn closed(socket: &mut Socket, number: usize, code: u16) -> Result<(), Lie> {
    let reason = if code == 1005 { String::new() } else { number.to_string() };
    match socket.next().await {
        None if matches!(code, 1000 | 1001 | 1005) => {}
        Some(Err(SocketError::ClosedWith(close))) if close.code == code && close.reason == reason => {}
        other => return lie((code, other)),
    }
    let told = socket.closed().is_some_and(|close| close.code == code && close.reason == reason);
    demand(told, "the code and the reason are not told")?;
    demand(socket.next().await.is_none(), "something comes after the end")
}

/// The end by an error.
async fn broken(socket: &mut Socket) -> Result<(), Lie> {
    match socket.next().await {
        Some(Err(SocketError::Transport(_))) => {}
        other => return lie(other),
    }
    demand(socket.closed().is_none(), "nobody has closed it")?;
    demand(socket.next().await.is_none(), "something comes after the end")?;
    demand(socket.send(&Message::from("x")).await.is_err(), "something was sent after the end")
}

async fn answered(mut socket: Socket, number: usize) -> Result<(), Lie> {
    for index in 0..count(number) {
        if let Err(error) = socket.send(&Message::Text(word(number, index))).await {
            return lie(error);
        }
    }
    all_of(&mut socket, number, count(number), Duration::ZERO).await?;
    socket.close().await;
    Ok(())
}

async fn seen(mut events: EventStream<String>, number: usize, fate: Fate) -> Result<(), Lie> {
    let mut index = 0;
    loop {
        if fate == Fate::SlowEvents {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        match events.next().await {
            Some(Ok(event)) if event.data == word(number, index) => index += 1,
            // What had not left the service when it broke off may be missing, and that is told.
            Some(Err(_)) if fate == Fate::EventsBroken => break,
            None if fate != Fate::EventsBroken && index == count(number) => break,
            other => return lie((index, other)),
        }
        if fate == Fate::EventsDropped && index == 3 {
            return Ok(());
        }
    }
    demand(events.next().await.is_none(), "something comes after the end")
}

async fn bytes(service: &Service, number: usize, fate: Fate) -> Result<(), Lie> {
    let mut stream = match service.get(&format!("/stream/{number}")).stream().await {
        Ok(stream) => stream.into_inner(),
        Err(error) => return lie(error),
    };
    let expected: String = (0..count(number)).map(|index| word(number, index)).collect();
    let mut read = Vec::new();
    let is_whole = loop {
        match stream.next().await {
            Some(Ok(piece)) => read.extend_from_slice(&piece),
            Some(Err(_)) => break false,
            None => break true,
        }
    };
    demand(is_whole == (fate == Fate::Bytes), "an end that is none, or none that is one")?;
    demand(!is_whole || read == expected.as_bytes(), "other bytes")?;
    demand(expected.as_bytes().starts_with(&read), "bytes of something else")
}

async fn silent(service: &Service, number: usize) -> Result<(), Lie> {
    let mut stream = match service.get(&format!("/stream/{number}")).stream().await {
        Ok(stream) => stream.into_inner(),
        Err(error) => return lie(error),
    };
    loop {
        match stream.next().await {
            Some(Ok(_)) => {}
            Some(Err(_)) => return demand(stream.next().await.is_none(), "something comes after the end"),
            None => return Err("silence is no end".to_owned()),
        }
    }
}
