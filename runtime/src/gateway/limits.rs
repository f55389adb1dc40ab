//! What a gateway's calls may take at most: requests at the same time, bytes of an answer, time without a byte.

use crate::rt;
use crate::transport::body::Body;
use crate::transport::error::TransportError;
use bytes::Bytes;
use futures_core::Stream;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The longest answer that is read as a whole unless told otherwise: 64 MiB, three times what the gateway takes as a request.
pub(crate) const RESPONSE_SIZE: usize = 64 << 20;
/// What is kept of an answer that is an error.
pub(crate) const ERROR_SIZE: usize = 1 << 20;

#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) response_size: usize,
    pub(crate) read_timeout: Option<Duration>,
    pub(crate) requests: Option<Arc<Semaphore>>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { response_size: RESPONSE_SIZE, read_timeout: None, requests: None }
    }
}

impl Limits {
    /// Waits until another request may be under way.
    pub(crate) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(self.requests.as_ref()?).acquire_owned().await.ok()
    }

    /// A body that holds its place until it has been read, and breaks off where nothing comes for too long.
    pub(crate) fn guard(&self, body: Body, permit: Option<OwnedSemaphorePermit>) -> Body {
        if permit.is_none() && self.read_timeout.is_none() {
            return body;
        }
        let silence = self.read_timeout.map(|limit| Silence { limit, timer: rt::sleep(limit) });
        Body::stream(Guarded { body, permit, silence })
    }
}

struct Guarded {
    body: Body,
    permit: Option<OwnedSemaphorePermit>,
    silence: Option<Silence>,
}

struct Silence {
    limit: Duration,
    timer: rt::Timer,
}

impl Stream for Guarded {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_next(context) {
            Poll::Ready(piece) => {
                if let Some(silence) = &mut this.silence {
                    silence.timer.reset(silence.limit);
                }
                if !matches!(piece, Some(Ok(_))) {
                    this.permit = None;
                }
                Poll::Ready(piece)
            }
            Poll::Pending => {
                let Some(silence) = &mut this.silence else { return Poll::Pending };
                if Pin::new(&mut silence.timer).poll(context).is_pending() {
                    return Poll::Pending;
                }
                let message = format!("the answer broke off: no byte within {:?}", silence.limit);
                this.silence = None;
                this.permit = None;
                this.body = Body::empty();
                Poll::Ready(Some(Err(TransportError::new(message).connection_lost())))
            }
        }
    }
}
