//! WebSockets through the emulator, to a service of this process and to one that listens elsewhere.

cloudrun_runtime::include_client!("exchange");

use axum::Router;
use axum::extract::Path;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
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
