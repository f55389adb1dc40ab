//! Server-Sent Events (HTML Standard, section 9.2): in come the pieces of an answer, out come events in their types. A stream that
//! breaks off is opened again where that is asked for; an answer of another media type is an error, never an end.

use super::backoff::{Backoff, judge};
use super::error::StreamError;
use super::next;
use super::opening::Source;
use super::parser::Parser;
use crate::answer::reply::Reply;
use crate::call::attempt::Opened;
use crate::call::fault::{Failure, Fault};
use crate::call::open;
use crate::json::decode::{Decode, from_slice};
use crate::json::error::DecodeError;
use crate::request::parts::Parts;
use crate::rt;
use crate::shown::hidden::Hidden;
use crate::transport::BoxFuture;
use crate::transport::body::Body;
use crate::transport::error::TransportError;
use ::bytes::Bytes;
use futures_core::Stream;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// An event of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The event's name; `None` stands for `message`.
    pub event: Option<String>,
    /// The id of the last event that had one. Events share it.
    pub id: Option<Arc<str>>,
    /// How long the service asks to wait before the stream is opened again.
    pub retry: Option<Duration>,
    /// What the event carries.
    pub data: T,
}

/// How a stream that breaks off, or ends, is opened again.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reconnect {
    /// How often in a row it may fail before the stream ends with the error. A connection that ends within ten seconds is a
    /// failure too, unless it is an event stream that brought an event.
    pub attempts: u32,
    /// How long to wait unless the service says otherwise. Doubled after every failure; a random part of it is waited.
    pub delay: Duration,
    /// The longest wait, also where the service asks for a longer one.
    pub longest: Duration,
}

impl Default for Reconnect {
    fn default() -> Self {
        Self { attempts: 5, delay: Duration::from_secs(1), longest: Duration::from_secs(60) }
    }
}

impl Reconnect {
    /// Waits this long before the stream is opened again, unless the service says otherwise.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Waits no longer than this, also where the service asks for it; a minute if not set.
    #[must_use]
    pub fn longest(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// Ends the stream after so many failures in a row.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }
}

/// Server-Sent Events as they arrive. `[DONE]`, which is no JSON, ends a stream of JSON events.
///
/// ```no_run
/// # async fn read(mut events: cloudrun_runtime::stream::EventStream<cloudrun_runtime::Value>) -> Result<(), Box<dyn std::error::Error>> {
/// while let Some(event) = events.next().await {
///     println!("{}", event?.data);
/// }
/// # Ok(())
/// # }
/// ```
pub struct EventStream<T> {
    state: State,
    parser: Parser,
    decode: fn(&[u8]) -> Result<T, DecodeError>,
    again: Option<Again>,
    /// The secrets of the request.
    hidden: Hidden,
    /// Whether `[DONE]` is an end, not an event.
    done_ends: bool,
}

enum State {
    Reading(Body),
    Opening(BoxFuture<'static, (Box<Parts>, Result<Opened, Failure>)>),
    Failed(StreamError),
    Ended,
}

impl State {
    /// The state after an opening.
    fn of(content_type: &str, body: Body, hidden: &Hidden) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        match essence.eq_ignore_ascii_case("text/event-stream") {
            true => Self::Reading(body),
            false => Self::Failed(StreamError::NoEvents {
                content_type: hidden.cover().text(content_type).into_owned(),
            }),
        }
    }
}

struct Again {
    backoff: Backoff,
    /// `None` while the call is under way.
    parts: Option<Box<Parts>>,
}

/// Reads an answer as events whose data is JSON.
pub fn events<T: Decode>(source: Source) -> EventStream<T> {
    EventStream::new(source, from_slice, true)
}

/// Reads an answer as events whose data is text.
pub fn text_events(source: Source) -> EventStream<String> {
    let decode = |data: &[u8]| Ok(String::from_utf8_lossy(data).into_owned());
    EventStream::new(source, decode, false)
}

impl<T> EventStream<T> {
    fn new(source: Source, decode: fn(&[u8]) -> Result<T, DecodeError>, done_ends: bool) -> Self {
        let again = source
            .again
            .map(|(policy, parts)| Again { backoff: Backoff::of_open(policy), parts: Some(parts) });
        let state = State::of(&source.content_type, source.body, &source.hidden);
        Self { state, parser: Parser::default(), decode, again, hidden: source.hidden, done_ends }
    }

    /// The id of the last event that had one: what a later call sends as `Last-Event-ID` to go on from there.
    pub fn last_event_id(&self) -> Option<&str> {
        self.parser.last_id()
    }

    /// Opens the stream again, or ends it: with the error, if there is one.
    fn restart(&mut self, error: Option<StreamError>) {
        self.state = error.map_or(State::Ended, State::Failed);
        let Some(again) = &mut self.again else { return };
        let Some(wait) = again.backoff.wait(self.parser.retry(), rt::random()) else { return };
        let Some(mut parts) = again.parts.take() else { return };
        if let Some(id) = self.parser.last_id().and_then(|id| HeaderValue::try_from(id).ok()) {
            parts.headers.insert(HeaderName::from_static("last-event-id"), id);
        }
        self.parser.restart();
        self.state = State::Opening(Box::pin(async move {
            rt::sleep(wait).await;
            let result = open(&parts).await;
            (parts, result)
        }));
    }

    /// Reads on in what was opened, or ends where nobody expects another opening to do better.
    fn opened(&mut self, parts: Box<Parts>, result: Result<Opened, Failure>) {
        if let Some(again) = &mut self.again {
            again.parts = Some(parts);
        }
        let failure = match result {
            Ok(Opened { head, body }) => {
                if let Some(again) = &mut self.again {
                    again.backoff.opened();
                }
                self.hidden = head.hidden().clone();
                self.state = State::of(content_type(&head), body, &self.hidden);
                return;
            }
            // The service says that there is nothing more to come (HTML Standard, section 9.2.3).
            Err(Failure { fault: Fault::Unexpected(reply), .. })
                if reply.status() == StatusCode::NO_CONTENT =>
            {
                self.state = State::Ended;
                return;
            }
            Err(failure) => failure,
        };
        let (may_pass, text) = judge(failure);
        let error = TransportError::new(format!("the stream cannot be opened again: {text}"));
        let error = StreamError::Transport(error);
        match may_pass {
            true => self.restart(Some(error)),
            false => self.state = State::Failed(error),
        }
    }
}

/// The media type of an answer as it stands there.
pub(super) fn content_type(head: &Reply) -> &str {
    head.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

next!(EventStream<Event<T>, T>);

impl<T> Stream for EventStream<T> {
    type Item = Result<Event<T>, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            match &mut this.state {
                State::Ended => return Poll::Ready(None),
                State::Failed(_) => {
                    let State::Failed(error) = std::mem::replace(&mut this.state, State::Ended) else {
                        continue;
                    };
                    return Poll::Ready(Some(Err(error)));
                }
                State::Reading(body) => {
                    match this.parser.next() {
                        Ok(Some(raw)) => {
                            if this.done_ends && raw.data == b"[DONE]" {
                                this.state = State::Ended;
                                continue;
                            }
                            if let Some(again) = &mut this.again {
                                again.backoff.progress();
                            }
                            return Poll::Ready(Some(match (this.decode)(&raw.data) {
                                Ok(data) => {
                                    Ok(Event { event: raw.event, id: raw.id, retry: raw.retry, data })
                                }
                                Err(error) => {
                                    Err(StreamError::decode(error, Bytes::from(raw.data), &this.hidden))
                                }
                            }));
                        }
                        Ok(None) => {}
                        Err(error) => {
                            this.state = State::Failed(error);
                            continue;
                        }
                    }
                    match ready!(Pin::new(body).poll_next(context)) {
                        Some(Ok(piece)) => this.parser.feed(piece),
                        Some(Err(error)) => this.restart(Some(StreamError::Transport(error))),
                        None => this.restart(None),
                    }
                }
                State::Opening(call) => {
                    let (parts, result) = ready!(call.as_mut().poll(context));
                    this.opened(parts, result);
                }
            }
        }
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("last_event_id", &self.last_event_id()).finish_non_exhaustive()
    }
}
