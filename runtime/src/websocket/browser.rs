//! A connection of a page, by the browser's `WebSocket`. In comes a request with its token, out go messages both ways.
//!
//! A page cannot set a header of a WebSocket, so the token goes as the query parameter `access_token` (RFC 6750, section 2.3).
//! CloudBase's documentation does not say how its gateway wants it; the emulator takes it so.

use super::Message;
use super::close::Close;
use super::link::{Command, End, MAX_MESSAGE, SocketError};
use crate::call::fault::Fault;
use crate::request::error::RequestError;
use crate::transport::body::Body;
use crate::transport::error::TransportError;
use http::header::{ACCEPT, AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use js_sys::{ArrayBuffer, Uint8Array};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use send_wrapper::SendWrapper;
use std::time::Duration;
use tokio::sync::mpsc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

/// How many messages wait for a page that does not read them. A browser has no way to slow the other side down.
const WAITING: usize = 4096;
/// The status of a socket that ended as it should (RFC 6455, section 7.4.1).
const NORMAL: u16 = 1000;
/// The status of a socket that brought too much.
const TOO_MUCH: u16 = 4009;

/// An open socket.
pub(crate) struct Connection(SendWrapper<Page>);

struct Page {
    socket: WebSocket,
    events: mpsc::Receiver<Incoming>,
    // They are called as long as the socket is open.
    _closures: (Closure<dyn FnMut(Event)>, Closure<dyn FnMut(MessageEvent)>, Closure<dyn FnMut(CloseEvent)>),
}

enum Incoming {
    Open,
    Message(Message),
    /// `None` where the connection broke.
    Closed(Option<Close>),
}

impl Drop for Page {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // One that is closed already stays so.
        let _ = self.socket.close_with_code(NORMAL);
    }
}

/// Opens the socket that a request asks for.
pub(crate) async fn open(request: http::Request<Body>) -> Result<Connection, Fault> {
    let (url, protocol) = address(&request)?;
    let refused = |reason: &str| {
        let message = format!(
            "the browser could not open the WebSocket{reason}: the token, the page's origin (a security domain?) or the service"
        );
        Fault::Transport(TransportError::new(message))
    };
    let socket = match &protocol {
        Some(protocol) => WebSocket::new_with_str(&url, protocol),
        None => WebSocket::new(&url),
    };
    let socket = socket.map_err(|_| refused(" at this URL"))?;
    socket.set_binary_type(BinaryType::Arraybuffer);
    let (sender, events) = mpsc::channel(WAITING);
    let closures = closures(&socket, sender);
    let mut page = Page { socket, events, _closures: closures };
    match page.events.recv().await {
        Some(Incoming::Open) => Ok(Connection(SendWrapper::new(page))),
        // Which of all these it was, browsers do not tell.
        _ => Err(refused("")),
    }
}

/// The URL with its token, and the subprotocol that is asked for.
fn address(request: &http::Request<Body>) -> Result<(String, Option<String>), Fault> {
    let uri = request.uri();
    let scheme = if uri.scheme_str() == Some("http") { "ws" } else { "wss" };
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let mut url = format!("{scheme}://{authority}{target}");
    let mut protocol = None;
    for (name, value) in request.headers() {
        let text = value.to_str().unwrap_or_default();
        if *name == AUTHORIZATION
            && let Some(token) = text.strip_prefix("Bearer ")
        {
            url.push(if target.contains('?') { '&' } else { '?' });
            url.push_str("access_token=");
            url.extend(utf8_percent_encode(token, NON_ALPHANUMERIC));
        } else if *name == SEC_WEBSOCKET_PROTOCOL {
            protocol = Some(text.to_owned());
        } else if *name != ACCEPT {
            let message = format!("a page cannot set the header `{name}` of a WebSocket");
            return Err(Fault::Request(RequestError::Http(message)));
        }
    }
    Ok((url, protocol))
}

type Closures = (Closure<dyn FnMut(Event)>, Closure<dyn FnMut(MessageEvent)>, Closure<dyn FnMut(CloseEvent)>);

fn closures(socket: &WebSocket, sender: mpsc::Sender<Incoming>) -> Closures {
    let opened = {
        let sender = sender.clone();
        Closure::<dyn FnMut(Event)>::new(move |_| {
            // Whoever no longer listens has closed the socket.
            let _ = sender.try_send(Incoming::Open);
        })
    };
    let arrived = {
        let (sender, socket) = (sender.clone(), socket.clone());
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let message = match event.data().dyn_into::<ArrayBuffer>() {
                Ok(buffer) => Message::Binary(Uint8Array::new(&buffer).to_vec().into()),
                Err(text) => Message::Text(text.as_string().unwrap_or_default()),
            };
            let length = match &message {
                Message::Text(text) => text.len(),
                Message::Binary(bytes) => bytes.len(),
            };
            if length > MAX_MESSAGE || sender.try_send(Incoming::Message(message)).is_err() {
                // More than this side takes; it is the page's own code, since browsers keep 1009 for themselves.
                let _ = socket.close_with_code(TOO_MUCH);
            }
        })
    };
    let closed = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
        let closed = Incoming::Closed(event.was_clean().then(|| Close::new(event.code(), event.reason())));
        let sender = sender.clone();
        // It comes after all messages that wait.
        crate::rt::spawn(async move { drop(sender.send(closed).await) });
    });
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(arrived.as_ref().unchecked_ref()));
    socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
    (opened, arrived, closed)
}

/// Passes messages both ways until the connection ends.
pub(super) async fn talk(
    connection: Connection,
    _ping: Duration,
    inbox: &mut mpsc::Receiver<Command>,
    outbox: &mpsc::Sender<Result<Message, SocketError>>,
) -> End {
    let mut page = connection.0.take();
    let mut is_ours = false;
    loop {
        tokio::select! {
            command = inbox.recv(), if !is_ours => {
                let sent = match command {
                    Some(Command::Send(Message::Text(text))) => page.socket.send_with_str(&text),
                    Some(Command::Send(Message::Binary(bytes))) => page.socket.send_with_u8_array(&bytes),
                    Some(Command::Close) => {
                        is_ours = true;
                        page.socket.close_with_code(NORMAL)
                    }
                    // Dropping the page closes the socket.
                    None => return End::Ours,
                };
                if sent.is_err() {
                    return End::Broken(TransportError::new("the WebSocket takes no more messages"));
                }
            }
            // A message is taken once there is room for it.
            (permit, event) = async {
                let permit = outbox.reserve().await;
                (permit, page.events.recv().await)
            } => {
                let Ok(permit) = permit else { return End::Ours };
                match event {
                    Some(Incoming::Closed(_)) | None if is_ours => return End::Ours,
                    Some(Incoming::Message(message)) => permit.send(Ok(message)),
                    Some(Incoming::Closed(Some(close))) => return End::Theirs(close),
                    Some(Incoming::Closed(None)) | None => {
                        return End::Broken(TransportError::new("the WebSocket broke off").connection_lost());
                    }
                    Some(Incoming::Open) => {}
                }
            }
        }
    }
}
