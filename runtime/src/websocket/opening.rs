//! The call that opens a WebSocket. It goes the way of all calls: within the gateway's limits, through its layers, with the token
//! once more if it was refused, led on within the service, and made again where the policy says so, as any GET. Only how the
//! request is sent is another: by the transport's upgrade, or by the browser.

use crate::answer::reply::Reply;
use crate::call::attempt::read;
use crate::call::call;
use crate::call::exchange::{Exchanged, Way, exchange};
use crate::call::fault::{Failure, Fault};
use crate::request::parts::Parts;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use crate::transport::Transport;
use crate::transport::body::Body;
use bytes::Bytes;
use http::{Request, response};

/// The connection of a WebSocket, and the head of the answer that opened it.
pub(super) struct Socket {
    pub(super) head: Reply,
    pub(super) connection: SocketConnection,
}

/// What messages go over.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(super) type SocketConnection = Box<dyn crate::transport::upgrade::Connection>;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(super) type SocketConnection = super::browser::Connection;

/// Opens a WebSocket.
pub(super) async fn open(parts: &Parts) -> Result<Socket, Failure> {
    call(parts, |attempt| open_once(parts, attempt), |socket| &socket.head).await
}

async fn open_once(parts: &Parts, attempt: u32) -> Result<Socket, Fault> {
    let gateway = parts.service.gateway().inner();
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    let way = ByTransport(&*gateway.transport);
    #[cfg(all(target_family = "wasm", target_os = "unknown"))]
    let way = ByBrowser;
    let Exchanged { head, rest, permit } = exchange(parts, attempt, &way).await?;
    match rest {
        // Its place is free again: an open connection is no request.
        Rest::Connection(connection) => Ok(Socket { head: head.with_body(Bytes::new()), connection }),
        Rest::Body(body) => {
            let reply = read(gateway, head, gateway.limits.guard(body, permit)).await?;
            Err(Fault::Unexpected(reply))
        }
    }
}

/// What comes after the head: the protocol was switched, or it was not.
enum Rest {
    Connection(SocketConnection),
    #[cfg_attr(
        all(target_family = "wasm", target_os = "unknown"),
        allow(dead_code, reason = "browsers tell no answer")
    )]
    Body(Body),
}

/// The browser tells nothing of why it could not; it may be that the token has ended.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
struct ByBrowser;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl Way for ByBrowser {
    type Rest = Rest;

    const HIDES_REFUSALS: bool = true;

    fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<(response::Parts, Rest), Fault>> + Send {
        // A page has one thread; its futures are never sent to another.
        send_wrapper::SendWrapper::new(async move {
            let connection = super::browser::open(request).await?;
            let mut head = http::Response::new(());
            *head.status_mut() = http::StatusCode::SWITCHING_PROTOCOLS;
            Ok((head.into_parts().0, Rest::Connection(connection)))
        })
    }
}

/// The handshake of RFC 6455, section 4.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
struct ByTransport<'a>(&'a dyn Transport);

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl Way for ByTransport<'_> {
    type Rest = Rest;

    async fn send(&self, mut request: Request<Body>) -> Result<(response::Parts, Rest), Fault> {
        use crate::transport::error::TransportError;
        use crate::transport::upgrade::Upgrade;
        use http::HeaderValue;
        use http::header::{
            CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
        };
        use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
        let key = generate_key();
        let headers = request.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        if let Ok(key) = HeaderValue::try_from(&key) {
            headers.insert(SEC_WEBSOCKET_KEY, key);
        }
        match self.0.upgrade(request).await.map_err(Fault::Transport)? {
            Upgrade::Switched(head, connection) => {
                let accepted = head.headers().get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
                if accepted == Some(derive_accept_key(key.as_bytes()).as_bytes()) {
                    return Ok((head.into_parts().0, Rest::Connection(connection)));
                }
                let message =
                    "the answer is not that of a WebSocket: its `Sec-WebSocket-Accept` does not fit the key";
                Err(Fault::Transport(TransportError::new(message)))
            }
            Upgrade::Refused(response) => {
                let (head, body) = response.into_parts();
                Ok((head, Rest::Body(body)))
            }
        }
    }
}
