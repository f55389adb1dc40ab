use super::link::Link;
use super::opening;
use super::opening::Socket;
use super::{Codec, PING_INTERVAL, WebSocket};
use crate::answer::body::Read;
use crate::answer::error::Error;
use crate::answer::reply::Reply;
use crate::answer::response::Response;
use crate::answer::responses::Responses;
use crate::call::fault::Failure;
use crate::request::Request;
use crate::request::parts::Parts;
use crate::stream::events::Reconnect;
use crate::transport::BoxFuture;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// A WebSocket on its way: a future of the open socket. Nothing is sent before it is first polled.
#[must_use = "a call does nothing unless awaited"]
pub struct Connecting<S, R, E> {
    parts: Option<Parts>,
    call: Option<BoxFuture<'static, Result<(Reply, Link), Failure>>>,
    reconnect: Option<Reconnect>,
    ping: Duration,
    codec: Codec<S, R>,
    read_error: Read<E>,
}

impl<S, R, E> Connecting<S, R, E> {
    pub(crate) fn new(parts: Parts, codec: Codec<S, R>, read_error: Read<E>) -> Self {
        Self { parts: Some(parts), call: None, reconnect: None, ping: PING_INTERVAL, codec, read_error }
    }

    /// Has a socket that breaks, or that the other side closes, be opened again. Messages in between are lost.
    pub fn reconnect(mut self, policy: Reconnect) -> Self {
        self.reconnect = Some(policy);
        self
    }

    /// How often the socket is pinged, so that nobody on the way takes it for idle; every 10 seconds if not set, as
    /// CloudBase advises. One that answers no ping is taken for broken. Browsers let no page send pings: there the service has
    /// to, or [`reconnect`](Self::reconnect) opens what was closed as idle.
    pub fn ping_every(mut self, interval: Duration) -> Self {
        // The timer takes no interval of nothing.
        self.ping = interval.max(Duration::from_millis(1));
        self
    }
}

impl<S, R, E> Unpin for Connecting<S, R, E> {}

impl<S, R, E> Future for Connecting<S, R, E> {
    type Output = Result<Response<WebSocket<S, R>>, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Some(parts) = this.parts.take() {
            this.call = Some(Box::pin(start(parts, this.reconnect.take(), this.ping)));
        }
        let Some(call) = &mut this.call else { return Poll::Pending };
        Poll::Ready(match ready!(call.as_mut().poll(context)) {
            Ok((reply, link)) => {
                let codec = Codec { write: this.codec.write, read: this.codec.read };
                Ok(Response { value: WebSocket { link, codec }, reply })
            }
            Err(fault) => Err(fault.into_typed(this.read_error)),
        })
    }
}

async fn start(parts: Parts, reconnect: Option<Reconnect>, ping: Duration) -> Result<(Reply, Link), Failure> {
    let Socket { head, connection } = opening::open(&parts).await?;
    let again = reconnect.map(|policy| (policy, Box::new(parts)));
    let hidden = head.hidden().clone();
    Ok((head, Link::start(connection, again, ping, hidden)))
}

impl<S, R, E> fmt::Debug for Connecting<S, R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connecting")
    }
}

impl Request {
    /// Opens a WebSocket; `codec` writes and reads its messages.
    pub fn connect<S, R, E: Responses>(self, codec: Codec<S, R>) -> Connecting<S, R, E> {
        Connecting::new(*self.0, codec, E::from_reply)
    }
}
