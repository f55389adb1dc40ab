//! What is said over a WebSocket: why it ends, and messages that are none.

use crate::views::Thing;
use crate::{Failure, is_a_line, leak, runs, secrets};
use cloudrun_emulator::axum::Router;
use cloudrun_emulator::axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use cloudrun_emulator::axum::routing::any;
use cloudrun_runtime::websocket::{self, SocketError};
use cloudrun_runtime::{Gateway, Method, Operation, RetryPolicy, Service, ServiceName, Undocumented};
use serde_json::json;

const JOIN: Operation = Operation::new("join", Method::GET, "/").success(&["101"]);

/// Says something that is no thing and closes, with the secret in each; it begins with a message of the other side.
async fn talk(mut socket: WebSocket, secret: String) {
    let Some(Ok(Message::Text(given))) = socket.recv().await else { return };
    for text in [
        json!({"password": secret}).to_string(),
        json!({"id": secret}).to_string(),
        json!({"id": "3b241101-e2bb-4255-8caf-4136c566a962", "labels": {secret.as_str(): "x"}}).to_string(),
        format!("token={secret}"),
        given.to_string(),
    ] {
        if socket.send(Message::text(text)).await.is_err() {
            return;
        }
    }
    // A reason has 123 bytes at most.
    let reason: String = format!("no {secret}").chars().take(100).collect();
    // The other side may be gone.
    let _ = socket.send(Message::Close(Some(CloseFrame { code: 1008, reason: reason.into() }))).await;
}

#[tokio::test]
async fn nobody_sees_a_secret_that_was_said_over_a_socket() -> Result<(), Failure> {
    for secret in secrets() {
        let said = secret.clone();
        let upgrade = async move |upgrade: WebSocketUpgrade| {
            upgrade.on_upgrade(async move |socket| talk(socket, said).await)
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(any(upgrade));
        let task = tokio::spawn(async move {
            // It ends with the test.
            let _ = cloudrun_emulator::axum::serve(listener, router).await;
        });
        let gateway = Gateway::direct(&url).retry(RetryPolicy::never()).build()?;
        let service = Service::new(&gateway, ServiceName::from_static("rooms"));
        let request = service.request(&JOIN).header("authorization", &format!("Bearer {secret}"));
        let codec = websocket::json::<serde_json::Value, Thing>();
        let mut socket = request.connect::<_, _, Undocumented>(codec).await?;
        socket.send(&json!({"secret": secret})).await?;
        let mut shown = vec![format!("{socket:?}")];
        let mut closed = false;
        while let Some(message) = socket.next().await {
            let Err(error) = message else { return Err("a thing was read".into()) };
            assert!(is_a_line(&error.to_string()), "{error}");
            closed |= matches!(error, SocketError::ClosedWith(_));
            shown.push(format!("{error} {error:?} {error:#?}"));
        }
        let close = socket.closed().ok_or("it did not close")?;
        shown.push(format!("{close} {close:?} {}", close.reason));
        for text in &shown {
            assert_eq!(leak(&runs(&secret), text), None, "{text}");
        }
        assert!(closed && shown.len() == 8, "{shown:?}");
        task.abort();
    }
    Ok(())
}
