use super::events::{Reconnect, content_type};
use crate::answer::body::Read;
use crate::answer::error::Error;
use crate::answer::reply::Reply;
use crate::answer::response::Response;
use crate::answer::responses::Responses;
use crate::call::attempt::Opened;
use crate::call::fault::Failure;
use crate::call::open;
use crate::request::Request;
use crate::request::parts::Parts;
use crate::shown::hidden::Hidden;
use crate::transport::BoxFuture;
use crate::transport::body::Body;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A call whose answer is read while it arrives: a future of the stream, ready once the head of a documented success is
/// there. Nothing is sent before it is first polled; the call's timeout ends with the head.
#[must_use = "a call does nothing unless awaited"]
pub struct Opening<S, E> {
    parts: Option<Parts>,
    call: Option<BoxFuture<'static, Result<(Reply, Source), Failure>>>,
    reconnect: Option<Reconnect>,
    read: fn(Source) -> S,
    read_error: Read<E>,
}

impl<S, E> Opening<S, E> {
    pub(crate) fn new(parts: Parts, read: fn(Source) -> S, read_error: Read<E>) -> Self {
        Self { parts: Some(parts), call: None, reconnect: None, read, read_error }
    }

    /// Has an event stream that breaks off or ends be opened again, from the last event's id on. Other streams end where
    /// they break off.
    pub fn reconnect(mut self, policy: Reconnect) -> Self {
        self.reconnect = Some(policy);
        self
    }
}

impl<S, E> Future for Opening<S, E> {
    type Output = Result<Response<S>, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Some(parts) = this.parts.take() {
            this.call = Some(Box::pin(start(parts, this.reconnect.take())));
        }
        let Some(call) = &mut this.call else { return Poll::Pending };
        Poll::Ready(match ready!(call.as_mut().poll(context)) {
            Ok((reply, source)) => Ok(Response { value: (this.read)(source), reply }),
            Err(fault) => Err(fault.into_typed(this.read_error)),
        })
    }
}

async fn start(parts: Parts, reconnect: Option<Reconnect>) -> Result<(Reply, Source), Failure> {
    let Opened { head, body } = open(&parts).await?;
    let length = head.headers().get(http::header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    let again = reconnect.map(|policy| (policy, Box::new(parts)));
    let content_type = content_type(&head).to_owned();
    let hidden = head.hidden().clone();
    Ok((head, Source { body, content_type, length, hidden, again }))
}

impl<S, E> fmt::Debug for Opening<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening")
    }
}

/// The body of a documented success, before anything has been read from it.
#[derive(Debug)]
pub struct Source {
    pub(super) body: Body,
    pub(super) content_type: String,
    pub(super) length: Option<u64>,
    /// The secrets of the request.
    pub(super) hidden: Hidden,
    /// How the call is made again, and what it is made of.
    pub(super) again: Option<(Reconnect, Box<Parts>)>,
}

impl Request {
    /// Sends the request; the body of a documented success is handed out as it arrives, by way of `open`.
    pub fn open<S, E: Responses>(self, open: fn(Source) -> S) -> Opening<S, E> {
        Opening::new(*self.0, open, E::from_reply)
    }
}
