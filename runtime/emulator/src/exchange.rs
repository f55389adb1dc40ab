//! What the gateway has seen: a request and its answer, with the first part of each body. Bodies pass through as they come;
//! what is kept of them is a copy.

use crate::gateway::Shared;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Uri, request, response};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

/// How much is kept of a body.
const KEPT: usize = 64 << 10;

/// A request to the gateway, and how it was answered.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub(crate) number: u64,
    pub(crate) environment: String,
    pub(crate) started: SystemTime,
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) request: Message,
    pub(crate) status: u16,
    pub(crate) response: Message,
    pub(crate) head_after: Duration,
    pub(crate) elapsed: Duration,
    pub(crate) fault: Option<String>,
    pub(crate) is_complete: bool,
    pub(crate) operation: Option<String>,
    pub(crate) is_checked: bool,
    pub(crate) findings: Vec<String>,
}

impl Exchange {
    /// The number of the request since the emulator started, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The id of the environment that was asked.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// When the request came.
    pub fn started(&self) -> SystemTime {
        self.started
    }

    /// The method.
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The path and query as they came.
    pub fn target(&self) -> &str {
        self.uri.path_and_query().map_or("/", |target| target.as_str())
    }

    /// The service and its own path, if the request is for one.
    pub fn service(&self) -> Option<(&str, &str)> {
        let rest = self.uri.path().strip_prefix(crate::gateway::PREFIX)?;
        Some(rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash)))
    }

    /// The request's headers and body.
    pub fn request(&self) -> &Message {
        &self.request
    }

    /// The answer's status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The answer's headers and body.
    pub fn response(&self) -> &Message {
        &self.response
    }

    /// The time from the request to the head of the answer.
    pub fn head_after(&self) -> Duration {
        self.head_after
    }

    /// The time from the request to the end of the answer.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The fault that was asked for, as it is written.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Whether the answer was sent to its end. An event stream that the caller leaves is not.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The id of the operation, where the service's document is known.
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// What does not fit the document; `None` if none is known.
    pub fn findings(&self) -> Option<&[String]> {
        self.is_checked.then_some(&self.findings)
    }
}

/// Headers and the first part of a body: 64 KiB.
#[derive(Clone, Default)]
pub struct Message {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) length: u64,
}

impl Message {
    /// The headers. Those of a request hold its secrets.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first part of the body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// How many bytes the body had.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether [`Message::body`] is all of it.
    pub fn is_whole(&self) -> bool {
        self.length == self.body.len() as u64
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} headers, {} bytes)", self.headers.len(), self.length)
    }
}

/// Who is told of exchanges.
pub(crate) type Observer = dyn Fn(Arc<Exchange>) + Send + Sync;

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
        let (head, body): (response::Parts, Body) = response.into_parts();
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

impl Exchange {
    fn begun(number: u64, head: &request::Parts) -> Self {
        Self {
            number,
            environment: String::new(),
            started: SystemTime::now(),
            method: head.method.clone(),
            uri: head.uri.clone(),
            request: Message { headers: head.headers.clone(), ..Message::default() },
            status: 0,
            response: Message::default(),
            head_after: Duration::ZERO,
            elapsed: Duration::ZERO,
            fault: None,
            is_complete: false,
            operation: None,
            is_checked: false,
            findings: Vec::new(),
        }
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
