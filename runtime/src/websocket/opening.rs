//! WebSockets: the call that opens one, by the transport's upgrade or by the browser.

use super::{Failure, Fault, authorized, build, call};
use crate::Reply;
use crate::request::Parts;
use http::StatusCode;

/// The connection of a WebSocket, and the head of the answer that opened it.
pub(crate) struct Socket {
    pub(crate) head: Reply,
    pub(crate) connection: SocketConnection,
}

/// What messages go over.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) type SocketConnection = Box<dyn crate::transport::Connection>;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) type SocketConnection = crate::websocket::browser::Connection;

/// Opens a WebSocket.
pub(crate) async fn upgrade(parts: &Parts) -> Result<Socket, Failure> {
    call(parts, || upgrade_once(parts), |socket| &mut socket.head).await
}

/// A page opens it by the browser, which tells nothing of why it could not.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
async fn upgrade_once(parts: &Parts) -> Result<Socket, Fault> {
    let gateway = parts.service.gateway().inner();
    let request = build(parts, None).map_err(Fault::Request)?;
    let path = request.uri().path().to_owned();
    let (request, used) = authorized(gateway, request).await?;
    let result = send_wrapper::SendWrapper::new(crate::websocket::browser::open(request)).await;
    match result {
        Ok(connection) => {
            let mut head = http::Response::new(());
            *head.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            let call = parts.call_info_at(path, 1);
            let head = Reply::new(head.into_parts().0, bytes::Bytes::new(), call, Vec::new());
            Ok(Socket { head, connection })
        }
        Err(fault) => {
            // It may be that the token has ended: the next attempt gets another one.
            if let (Some(authority), Some(used)) = (&gateway.authority, &used) {
                authority.refused(used);
            }
            Err(fault)
        }
    }
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
async fn upgrade_once(parts: &Parts) -> Result<Socket, Fault> {
    use super::{is_from_service, judge};
    use crate::limits::ERROR_SIZE;
    use crate::transport::{TransportError, Upgrade};
    use http::HeaderValue;
    use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
    use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
    let gateway = parts.service.gateway().inner();
    let mut is_second = false;
    loop {
        let key = generate_key();
        let mut request = build(parts, None).map_err(Fault::Request)?;
        let path = request.uri().path().to_owned();
        let headers = request.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        if let Ok(key) = HeaderValue::try_from(&key) {
            headers.insert(SEC_WEBSOCKET_KEY, key);
        }
        let (request, used) = authorized(gateway, request).await?;
        let secrets = request.headers().values().filter(|value| value.is_sensitive()).cloned().collect();
        let call = parts.call_info_at(path, 1);
        match gateway.transport.upgrade(request).await.map_err(Fault::Transport)? {
            Upgrade::Switched(head, connection) => {
                let head = Reply::new(head.into_parts().0, bytes::Bytes::new(), call, secrets);
                let accepted = head.headers().get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
                if accepted == Some(derive_accept_key(key.as_bytes()).as_bytes()) {
                    return Ok(Socket { head, connection });
                }
                let message =
                    "the answer is not that of a WebSocket: its `Sec-WebSocket-Accept` does not fit the key";
                return Err(Fault::Transport(TransportError::new(message)));
            }
            Upgrade::Refused(response) => {
                let (head, body) = response.into_parts();
                let body = body.collect_up_to(ERROR_SIZE).await.map_err(Fault::Transport)?.bytes;
                let reply = Reply::new(head, body, call, secrets);
                let is_expired = reply.status() == StatusCode::UNAUTHORIZED && !is_from_service(&reply);
                if is_expired
                    && !is_second
                    && let (Some(authority), Some(used)) = (&gateway.authority, &used)
                    && authority.refused(used)
                {
                    is_second = true;
                    continue;
                }
                return Err(match judge(reply, gateway.endpoint.direct) {
                    Ok(reply) => Fault::Unexpected(reply),
                    Err(fault) => fault,
                });
            }
        }
    }
}
