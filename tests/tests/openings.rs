//! The opening of a WebSocket is a call like any other: tokens are renewed, limits hold, layers see it, redirects within the
//! service are followed, and what passes is tried again.

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use cloudrun_emulator::{Emulator, Fault, RunningEmulator, axum};
use cloudrun_runtime::http::HeaderValue;
use cloudrun_runtime::transport::{Body, BoxFuture, Transport, TransportError};
use cloudrun_runtime::{
    AuthApi, Authorize, Credential, CredentialError, Error, Gateway, GatewayBuilder, Layer, Outgoing, SignIn,
    websocket,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

type Failure = Box<dyn std::error::Error>;
type Request = cloudrun_runtime::http::Request<Body>;
type Answer = Result<cloudrun_runtime::http::Response<Body>, TransportError>;

/// Says who called, by the header that a layer may set, then ends.
async fn tell(mut socket: WebSocket, caller: String) {
    // One who is gone needs no answer.
    let _ = socket.send(Message::text(caller)).await;
    while let Some(Ok(_)) = socket.recv().await {}
}

async fn open(headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    let caller = headers.get("x-caller").and_then(|value| value.to_str().ok()).unwrap_or("nobody").to_owned();
    upgrade.on_upgrade(async move |socket| tell(socket, caller).await)
}

fn service() -> Router {
    Router::new().route("/socket", get(open))
}

async fn start(
    service: Router,
    set: impl FnOnce(GatewayBuilder) -> GatewayBuilder,
) -> Result<(Gateway, RunningEmulator), Failure> {
    let emulator = Emulator::new().user("ada", "correct horse").access_token_life(Duration::from_secs(2));
    let emulator = emulator.service("chat", service);
    let emulator = emulator.service("other", Router::new().fallback(get(open))).start().await?;
    let gateway = Gateway::at(emulator.url()).credential(Credential::api_key(emulator.token()));
    Ok((set(gateway).build()?, emulator))
}

async fn first_word(gateway: &Gateway, path: &str) -> Result<String, Failure> {
    let mut socket = gateway.service("chat")?.get(path).connect().await?;
    match socket.next().await.ok_or("closed")?? {
        websocket::Message::Text(text) => Ok(text),
        websocket::Message::Binary(_) => Err("bytes".into()),
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_socket_opens() -> Result<(), Failure> {
    let user = SignIn::password("ada", "correct horse");
    let (gateway, emulator) = start(service(), |gateway| gateway.credential(user)).await?;
    first_word(&gateway, "/socket").await?;
    emulator.set_access_token_life(Duration::from_secs(7200));
    tokio::time::sleep(Duration::from_millis(1100)).await;
    // Here it seems to be valid still; only the gateway knows better.
    emulator.revoke_access_tokens();
    first_word(&gateway, "/socket").await?;
    assert_eq!(emulator.counts().refreshes(), 1);
    Ok(())
}

/// Tokens that are counted; one that is refused gives way to the next.
struct Numbered(Arc<AtomicUsize>);

impl Authorize for Numbered {
    fn authorize<'a>(
        &'a self,
        _: Outgoing<'a>,
        _: &'a AuthApi,
    ) -> BoxFuture<'a, Result<HeaderValue, CredentialError>> {
        let token = format!("Bearer token-{}", self.0.load(Ordering::SeqCst));
        Box::pin(async { HeaderValue::try_from(token).map_err(CredentialError::own) })
    }

    fn refused(&self, _: &HeaderValue) -> bool {
        self.0.fetch_add(1, Ordering::SeqCst);
        true
    }
}

#[tokio::test]
async fn a_token_that_the_service_itself_refuses_is_renewed_for_direct_sockets() -> Result<(), Failure> {
    let guarded = get(async |headers: HeaderMap, upgrade: WebSocketUpgrade| {
        match headers.get("authorization").is_some_and(|value| value == "Bearer token-2") {
            true => open(headers, upgrade).await,
            false => StatusCode::UNAUTHORIZED.into_response(),
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/socket", guarded)).await });
    let number = Arc::new(AtomicUsize::new(1));
    let gateway =
        Gateway::direct(&url).credential(Credential::custom(Numbered(Arc::clone(&number)))).build()?;
    assert_eq!(first_word(&gateway, "/socket").await?, "nobody");
    assert_eq!(number.load(Ordering::SeqCst), 2, "one token was refused, the next one was taken");
    Ok(())
}

#[tokio::test]
async fn a_socket_waits_for_its_place_and_leaves_it_once_it_is_open() -> Result<(), Failure> {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (begun, go_on) = (Arc::clone(&begun), Arc::clone(&go_on));
        get(async move || {
            begun.notify_one();
            go_on.notified().await;
        })
    };
    let service = service().route("/slow", slow).route("/quick", get(async || "quick"));
    let (gateway, emulator) = start(service, |gateway| gateway.max_concurrent_requests(1)).await?;
    let chat = gateway.service("chat")?;
    let call = tokio::spawn(chat.get("/slow").send());
    begun.notified().await;
    let opening = tokio::spawn(chat.get("/socket").connect());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(emulator.counts().requests(), 1, "the opening waits while a call is under way");
    go_on.notify_one();
    call.await??;
    let socket = opening.await??;
    assert_eq!(chat.get("/quick").send().await?.text()?, "quick", "an open socket takes no place");
    drop(socket);
    Ok(())
}

/// Says who calls, and remembers what was answered.
struct Caller(Arc<Mutex<Vec<(String, u16)>>>);

impl Layer for Caller {
    fn send<'a>(&'a self, mut request: Request, next: &'a dyn Transport) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            request.headers_mut().insert("x-caller", HeaderValue::from_static("billing"));
            let path = request.uri().path().to_owned();
            let response = next.send(request).await?;
            if let Ok(mut seen) = self.0.lock() {
                seen.push((path, response.status().as_u16()));
            }
            Ok(response)
        })
    }
}

#[tokio::test]
async fn layers_see_the_opening_and_its_answer() -> Result<(), Failure> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let layer = Caller(Arc::clone(&seen));
    let (gateway, _emulator) = start(service(), |gateway| gateway.layer(layer)).await?;
    assert_eq!(first_word(&gateway, "/socket").await?, "billing");
    let refused = gateway.service("chat")?.get("/none").connect().await.err().ok_or("it opened")?;
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(404));
    let seen = seen.lock().map_err(|_| "poisoned")?.clone();
    let expected = [("/v1/cloudrun/chat/socket".to_owned(), 101), ("/v1/cloudrun/chat/none".to_owned(), 404)];
    assert_eq!(seen, expected);
    Ok(())
}

/// Answers in the service's place.
struct Stub(u16);

impl Layer for Stub {
    fn send<'a>(&'a self, _: Request, _: &'a dyn Transport) -> BoxFuture<'a, Answer> {
        let answer =
            cloudrun_runtime::http::Response::builder().status(self.0).body(Body::from("closed today"));
        Box::pin(async { answer.map_err(|error| TransportError::new(error.to_string())) })
    }
}

/// Opens the socket, and answers something else.
struct Regret;

impl Layer for Regret {
    fn send<'a>(&'a self, request: Request, next: &'a dyn Transport) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            next.send(request).await?;
            Stub(403).send(Request::new(Body::empty()), next).await
        })
    }
}

#[tokio::test]
async fn a_layer_may_refuse_the_opening_but_not_make_a_connection_up() -> Result<(), Failure> {
    let (gateway, emulator) = start(service(), |gateway| gateway.layer(Stub(403))).await?;
    let refused = gateway.service("chat")?.get("/socket").connect().await.err().ok_or("it opened")?;
    assert!(matches!(&refused, Error::Gateway(error) if error.reply().status() == 403), "{refused:?}");
    let (gateway, _other) = start(service(), |gateway| gateway.layer(Stub(101))).await?;
    let made_up = gateway.service("chat")?.get("/socket").connect().await.err().ok_or("it opened")?;
    assert_eq!(made_up.status().map(|status| status.as_u16()), Some(101), "{made_up:?}");
    assert_eq!(emulator.counts().requests(), 0);
    let (gateway, _another) = start(service(), |gateway| gateway.layer(Regret)).await?;
    let refused = gateway.service("chat")?.get("/socket").connect().await.err().ok_or("it opened")?;
    assert!(matches!(&refused, Error::Gateway(error) if error.reply().status() == 403), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn an_opening_follows_its_service_and_nobody_else() -> Result<(), Failure> {
    let service = service()
        .route("/moved", get(async || Redirect::temporary("/v1/cloudrun/chat/socket")))
        .route("/away", get(async || Redirect::temporary("/v1/cloudrun/other/socket")))
        .route("/round", get(async || Redirect::temporary("/round")));
    let (gateway, emulator) = start(service, |gateway| gateway).await?;
    assert_eq!(first_word(&gateway, "/moved").await?, "nobody");
    for (path, requests) in [("/away", 2), ("/round", 6)] {
        let before = emulator.counts().requests();
        let error = gateway.service("chat")?.get(path).connect().await.err().ok_or("it opened")?;
        assert!(error.status().is_some_and(|status| !status.is_success()), "{path}: {error:?}");
        assert_eq!(emulator.counts().requests() - before, requests, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn an_opening_that_finds_no_service_yet_is_made_again() -> Result<(), Failure> {
    let (gateway, emulator) = start(service(), |gateway| gateway).await?;
    emulator.faults().next(Fault::Code { status: 503, code: "SERVICE_NOT_READY".to_owned() });
    let socket = gateway.service("chat")?.get("/socket").connect().await?;
    assert_eq!((socket.status().as_u16(), socket.reply().call().attempts()), (101, 2));
    Ok(())
}
