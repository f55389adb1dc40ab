//! Watches exchanges: in come a request and its answer, out go both, unchanged, and once the answer has ended, an exchange for
//! whoever is told of them. Bodies pass through as they come; what is kept of them is a copy.
//!
//! May import from `account`, `exchange`, `state`.

use crate::account::context::Hidden;
use crate::exchange::{Exchange, Message};
use crate::state::Shared;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::response;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;

/// How much is kept of a body.
const KEPT: usize = 64 << 10;

/// Watches one exchange, and tells of it once it has ended.
pub(crate) struct Watch {
    shared: Arc<Shared>,
    began: Instant,
    exchange: Exchange,
    request: Arc<Mutex<Copied>>,
}

impl Watch {
    /// Begins with a request, whose body is copied while it is read. A short one is read at once: services need not read it.
    pub(crate) async fn begin(shared: &Arc<Shared>, number: u64, request: Request) -> (Self, Request) {
        let (head, body) = request.into_parts();
        let copied = Arc::<Mutex<Copied>>::default();
        let exchange = Exchange::begun(number, &head);
        let is_short = body.size_hint().exact().is_some_and(|length| length <= KEPT as u64);
        let body = if is_short { read(body, &copied).await } else { body };
        let body = match is_short {
            true => body,
            false => Body::new(Copying { body, copied: Arc::clone(&copied), end: None }),
        };
        let watch = Self { shared: Arc::clone(shared), began: Instant::now(), exchange, request: copied };
        (watch, Request::from_parts(head, body))
    }

    pub(crate) fn in_environment(&mut self, id: &str) {
        id.clone_into(&mut self.exchange.environment);
    }

    pub(crate) fn with_fault(&mut self, fault: String) {
        self.exchange.fault = Some(fault);
    }

    /// The answer, whose end is the exchange's.
    pub(crate) fn answered(mut self, response: Response) -> Response {
        self.exchange.head_after = self.began.elapsed();
        let (mut head, body): (response::Parts, Body) = response.into_parts();
        self.exchange.hidden = head.extensions.remove::<Hidden>().unwrap_or_default().0;
        self.exchange.status = head.status.as_u16();
        self.exchange.response.headers.clone_from(&head.headers);
        let is_complete = body.is_end_stream();
        let copied = Arc::new(Mutex::new(Copied { is_complete, ..Copied::default() }));
        let end = End { watch: Some(self), copied: Arc::clone(&copied) };
        Response::from_parts(head, Body::new(Copying { body, copied, end: Some(end) }))
    }
}

/// A body that has been read and copied; one that breaks off does so for the service too.
async fn read(body: Body, copied: &Mutex<Copied>) -> Body {
    match axum::body::to_bytes(body, KEPT).await {
        Ok(bytes) => {
            lock(copied).take(&bytes);
            Body::from(bytes)
        }
        Err(error) => Body::from_stream(futures_util::stream::once(async { Err::<Bytes, _>(error) })),
    }
}

/// What has been copied of a body.
#[derive(Default)]
struct Copied {
    bytes: Vec<u8>,
    length: u64,
    is_complete: bool,
}

impl Copied {
    fn take(&mut self, data: &[u8]) {
        self.length += data.len() as u64;
        let room = KEPT.saturating_sub(self.bytes.len()).min(data.len());
        self.bytes.extend_from_slice(data.get(..room).unwrap_or_default());
    }
}

fn lock(copied: &Mutex<Copied>) -> MutexGuard<'_, Copied> {
    copied.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A body that is copied while it is read.
struct Copying {
    body: Body,
    copied: Arc<Mutex<Copied>>,
    end: Option<End>,
}

impl HttpBody for Copying {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        let is_end = match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    lock(&self.copied).take(data);
                }
                self.body.is_end_stream()
            }
            Some(Err(_)) => false,
            None => true,
        };
        if is_end {
            lock(&self.copied).is_complete = true;
            self.end = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Tells of the exchange when the answer's body has been read, or is dropped.
struct End {
    watch: Option<Watch>,
    copied: Arc<Mutex<Copied>>,
}

impl Drop for End {
    fn drop(&mut self) {
        let Some(Watch { shared, began, mut exchange, request }) = self.watch.take() else { return };
        let message = |message: &mut Message, copied: &Mutex<Copied>| {
            let mut copied = lock(copied);
            message.body = std::mem::take(&mut copied.bytes).into();
            message.length = copied.length;
            copied.is_complete
        };
        message(&mut exchange.request, &request);
        exchange.is_complete = message(&mut exchange.response, &self.copied);
        exchange.elapsed = began.elapsed();
        if let Some(environment) = shared.environments.by_id(&exchange.environment) {
            environment.look_at(&mut exchange);
        }
        let exchange = Arc::new(exchange);
        shared.observers.iter().for_each(|observer| observer(Arc::clone(&exchange)));
    }
}
