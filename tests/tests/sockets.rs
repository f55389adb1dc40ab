//! WebSockets through the emulator, to a service of this process and to one that listens elsewhere.

cloudrun_runtime::include_client!("exchange");

use axum::Router;
use axum::extract::Path;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cloudrun_emulator::{Emulator, RunningEmulator, axum};
use cloudrun_runtime::stream::Reconnect;
use cloudrun_runtime::websocket::{self, SocketError};
use cloudrun_runtime::{Credential, Error, Gateway, GatewayCode};
use exchange::Client;
use exchange::operations::JoinRoomError;
use exchange::types::Meta;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

/// Rooms that answer each message with its name; `cut` breaks off after one message, `text` speaks no JSON.
fn rooms(opened: Arc<AtomicUsize>) -> Router {
    let join = async move |Path(room): Path<String>, upgrade: WebSocketUpgrade| -> Response {
        if room == "none" {
            return axum::http::StatusCode::NOT_FOUND.into_response();
        }
        let number = opened.fetch_add(1, Ordering::SeqCst);
        upgrade.on_upgrade(async move |socket| talk(socket, &room, number).await)
    };
    Router::new().route("/rooms/{room}", get(join))
}

async fn talk(mut socket: WebSocket, room: &str, number: usize) {
    while let Some(Ok(message)) = socket.recv().await {
        let Message::Text(text) = message else { continue };
        let meta: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let answer = match room {
            "text" => "no JSON".to_owned(),
            _ => serde_json::json!({"text": format!("{number}:{}", meta["name"].as_str().unwrap_or(&text))})
                .to_string(),
        };
        if socket.send(Message::text(answer)).await.is_err() || room == "cut" {
            return;
        }
    }
}

async fn start() -> Result<(Client, RunningEmulator), Failure> {
    let service = rooms(Arc::new(AtomicUsize::new(0)));
    let emulator = Emulator::new().service("exchange", service).start().await?;
    Ok((Client::new(&emulator.gateway()?), emulator))
}

fn named(name: &str) -> Meta {
    Meta { name: Some(name.to_owned()), size: None }
}

#[tokio::test]
async fn messages_go_both_ways_in_their_types() -> Result<(), Failure> {
    let (client, _emulator) = start().await?;
    let mut socket = client.join_room("a").connect().await?;
    assert_eq!(socket.status(), 101);
    for name in ["one", "two"] {
        socket.send(&named(name)).await?;
        let word = socket.next().await.ok_or("closed")??;
        assert_eq!(word.text, format!("0:{name}"));
    }
    socket.into_inner().close().await;
    Ok(())
}

#[tokio::test]
async fn a_refused_socket_is_a_documented_error() -> Result<(), Failure> {
    let (client, emulator) = start().await?;
    let error = client.join_room("none").connect().await.err();
    assert!(matches!(error, Some(Error::Service { error: JoinRoomError::NotFound, .. })), "{error:?}");
    let wrong = emulator.gateway_with(Credential::api_key("wrong"))?;
    let error = Client::new(&wrong).join_room("a").connect().await.err();
    assert!(
        matches!(&error, Some(Error::Gateway(error)) if error.code() == Some(&GatewayCode::InvalidCredentials)),
        "{error:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_message_that_breaks_its_promise_is_told() -> Result<(), Failure> {
    let (client, _emulator) = start().await?;
    let mut socket = client.join_room("text").connect().await?;
    socket.send(&named("x")).await?;
    let error = socket.next().await.ok_or("closed")?.err();
    assert!(
        matches!(&error, Some(SocketError::Decode { message, .. }) if *message == "no JSON".into()),
        "{error:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_socket_that_breaks_is_opened_again_when_asked_to() -> Result<(), Failure> {
    let (client, _emulator) = start().await?;
    let mut socket = client.join_room("cut").connect().await?;
    socket.send(&named("x")).await?;
    socket.next().await.ok_or("closed")??;
    assert!(socket.next().await.is_none_or(|end| end.is_err()), "without that it ends");
    let policy = Reconnect::default().delay(Duration::from_millis(1));
    let mut socket = client.join_room("cut").connect().reconnect(policy).await?;
    let mut sent = 0;
    for _ in 0..3 {
        // What is sent while the connection breaks is lost, so it is sent until it is answered.
        let word = loop {
            socket.send(&named("again")).await?;
            sent += 1;
            if let Ok(Some(word)) = tokio::time::timeout(Duration::from_millis(200), socket.next()).await {
                break word?;
            }
        };
        assert!(word.text.ends_with(":again"));
    }
    // The service cuts a connection after one message, and nothing else does.
    assert!((2..=sent).contains(&socket.reconnects()), "{} after {sent}", socket.reconnects());
    Ok(())
}

#[tokio::test]
async fn any_path_opens_a_socket_by_hand_also_behind_a_url() -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let service = rooms(Arc::new(AtomicUsize::new(0)));
    tokio::spawn(async move { axum::serve(listener, service).await });
    let emulator = Emulator::new().service_at("exchange", &url).start().await?;
    for gateway in [emulator.gateway()?, Gateway::direct(&url).build()?] {
        let mut socket = gateway.service("exchange")?.get("rooms/b").connect().await?;
        socket.send(&websocket::Message::from("hello")).await?;
        let answer = socket.next().await.ok_or("closed")??;
        assert!(matches!(&answer, websocket::Message::Text(text) if text.contains(":hello")), "{answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn pings_keep_an_idle_socket_open() -> Result<(), Failure> {
    let service = rooms(Arc::new(AtomicUsize::new(0)));
    let emulator = Emulator::new().socket_idle_time(Duration::from_millis(400)).service("exchange", service);
    let emulator = emulator.start().await?;
    let client = Client::new(&emulator.gateway()?);
    let mut silent = client.join_room("a").connect().await?;
    let mut pinged = client.join_room("a").connect().ping_every(Duration::from_millis(50)).await?;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert!(silent.next().await.is_none_or(|end| end.is_err()), "the gateway closes what is idle");
    pinged.send(&named("x")).await?;
    assert_eq!(pinged.next().await.ok_or("closed")??.text, "1:x");
    Ok(())
}

/// A service whose every socket a test holds.
async fn served<F: Future<Output = ()> + Send + 'static>(
    talk: impl Fn(WebSocket) -> F + Clone + Send + Sync + 'static,
) -> Result<(Client, RunningEmulator), Failure> {
    let join = async move |upgrade: WebSocketUpgrade| upgrade.on_upgrade(talk);
    let service = Router::new().route("/rooms/{room}", get(join));
    let emulator = Emulator::new().service("exchange", service).start().await?;
    Ok((Client::new(&emulator.gateway()?), emulator))
}

fn says_good_bye(code: u16) -> Message {
    Message::Close(Some(CloseFrame { code, reason: "because".into() }))
}

#[tokio::test]
async fn how_the_other_side_ended_is_told_and_answered() -> Result<(), Failure> {
    for code in [1000, 1001, 1008, 1011, 4001] {
        let (answered, mut answers) = tokio::sync::mpsc::unbounded_channel();
        let (client, _emulator) = served(move |mut socket: WebSocket| {
            let answered = answered.clone();
            async move {
                // The test ends where this does not arrive.
                let _ = socket.send(says_good_bye(code)).await;
                let _ = answered.send(matches!(socket.recv().await, Some(Ok(Message::Close(_)))));
            }
        })
        .await?;
        let mut socket = client.join_room("a").connect().await?;
        let end = socket.next().await;
        if code < 1008 {
            assert!(end.is_none(), "{code}: {end:?}");
        } else {
            let Some(Err(SocketError::ClosedWith(close))) = end else {
                return Err(format!("{end:?}").into());
            };
            assert_eq!((close.code, close.reason.as_str()), (code, "because"));
        }
        assert_eq!(socket.closed().map(|close| close.code), Some(code));
        assert!(socket.next().await.is_none());
        let answered = tokio::time::timeout(Duration::from_secs(10), answers.recv()).await?;
        assert_eq!(answered, Some(true), "the good-bye was answered (RFC 6455, section 5.5.1)");
    }
    Ok(())
}

#[tokio::test]
async fn closing_waits_for_the_other_sides_good_bye() -> Result<(), Failure> {
    let is_done = Arc::new(AtomicUsize::new(0));
    let done = Arc::clone(&is_done);
    let (client, _emulator) = served(move |mut socket: WebSocket| {
        let done = Arc::clone(&done);
        async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            done.fetch_add(1, Ordering::SeqCst);
            while let Some(Ok(_)) = socket.recv().await {}
        }
    })
    .await?;
    let socket = client.join_room("a").connect().await?.into_inner();
    socket.send(&named("the last word")).await?;
    socket.close().await;
    assert_eq!(is_done.load(Ordering::SeqCst), 1, "the other side has not read the good-bye yet");
    Ok(())
}

#[tokio::test]
async fn a_server_that_accepts_and_closes_is_not_stormed() -> Result<(), Failure> {
    for code in [1001, 1011, 1008] {
        let opened = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&opened);
        let (client, _emulator) = served(move |mut socket: WebSocket| {
            count.fetch_add(1, Ordering::SeqCst);
            async move {
                // A greeting is no long life.
                let _ = socket.send(Message::text("{\"text\":\"hi\"}")).await;
                let _ = socket.send(says_good_bye(code)).await;
                while let Some(Ok(_)) = socket.recv().await {}
            }
        })
        .await?;
        let policy = Reconnect::default().delay(Duration::from_millis(1)).attempts(4);
        let mut socket = client.join_room("a").connect().reconnect(policy).await?;
        let mut errors = 0;
        while let Some(word) = socket.next().await {
            errors += usize::from(word.is_err());
        }
        // What this side did wrong it would do again.
        let expected = if code == 1008 { 1 } else { 5 };
        assert_eq!(opened.load(Ordering::SeqCst), expected, "{code}");
        assert_eq!(errors, usize::from(code != 1001), "{code}");
        assert_eq!(socket.closed().map(|close| close.code), Some(code));
    }
    Ok(())
}

#[tokio::test]
async fn dropping_a_socket_frees_its_connection_also_where_the_peer_reads_no_more() -> Result<(), Failure> {
    let gone = Arc::new(tokio::sync::Notify::new());
    let notify = Arc::clone(&gone);
    let (client, _emulator) = served(move |mut socket: WebSocket| {
        let notify = Arc::clone(&notify);
        async move {
            // It reads nothing, and says something as long as somebody is there.
            while socket.send(Message::Ping(axum::body::Bytes::new())).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            notify.notify_one();
        }
    })
    .await?;
    let socket = client.join_room("a").connect().await?.into_inner();
    let name = "x".repeat(1 << 20);
    let full = async { while socket.send(&named(&name)).await.is_ok() {} };
    assert!(tokio::time::timeout(Duration::from_secs(2), full).await.is_err(), "the peer takes no more");
    drop(socket);
    tokio::time::timeout(Duration::from_secs(20), gone.notified()).await?;
    Ok(())
}
