use super::fault::Failure;
use super::fault::Fault;
use super::send;
use crate::answer::body::Read;
use crate::answer::error::Error;
use crate::answer::reply::Reply;
use crate::answer::response::Response;
use crate::answer::responses::Responses;
use crate::request::Request;
use crate::request::parts::Parts;
use crate::transport::BoxFuture;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A call on its way: a future of the typed answer. Nothing is sent before it is first polled, it borrows nothing,
/// so it can be spawned, and dropping it cancels the call.
#[must_use = "a call does nothing unless awaited"]
pub struct Pending<T, E> {
    call: BoxFuture<'static, Result<Reply, Failure>>,
    read: Read<T>,
    read_error: Read<E>,
}

impl<T: 'static, E> Pending<T, E> {
    pub(crate) fn new(parts: Parts, read: Read<T>, read_error: Read<E>) -> Self {
        Self { call: Box::pin(send(parts, move |reply| read(reply).is_ok())), read, read_error }
    }
}

impl<T, E> Future for Pending<T, E> {
    type Output = Result<Response<T>, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let reply = match ready!(self.call.as_mut().poll(context)) {
            Ok(reply) => reply,
            Err(fault) => return Poll::Ready(Err(fault.into_typed(self.read_error))),
        };
        Poll::Ready(match reply.read(self.read) {
            Ok(value) => Ok(Response { value, reply }),
            Err(error) => Err(Error::Decode { error, reply }),
        })
    }
}

impl<T, E> fmt::Debug for Pending<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}

/// The whole answer of any status, for callers that read it themselves.
#[must_use = "a call does nothing unless awaited"]
pub struct PendingRaw(BoxFuture<'static, Result<Reply, Failure>>);

impl PendingRaw {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Box::pin(send(parts, |_| true)))
    }
}

impl Future for PendingRaw {
    type Output = Result<Reply, Error<std::convert::Infallible>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(self.0.as_mut().poll(context)) {
            Ok(reply) | Err(Failure { fault: Fault::Service(reply) | Fault::Unexpected(reply), .. }) => {
                Ok(reply)
            }
            Err(fault) => Err(fault.into_error()),
        })
    }
}

impl fmt::Debug for PendingRaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingRaw")
    }
}

impl Request {
    /// Sends the request; `decode` reads the answer of a documented success, `E` knows the documented errors.
    pub fn send<T: 'static, E: Responses>(self, decode: Read<T>) -> Pending<T, E> {
        Pending::new(*self.0, decode, E::from_reply)
    }

    /// Sends the request; whatever the service answers is handed out as it came.
    pub fn send_raw(self) -> PendingRaw {
        PendingRaw::new(*self.0)
    }
}
