//! Server-Sent Events (HTML Standard, section 9.2): in come bytes in pieces of any size, out come events.

use super::error::StreamError;
use super::opening::Source;
use super::{MAX_PIECE, next};
use crate::call::attempt::Opened;
use crate::call::fault::{Failure, Fault};
use crate::call::open;
use crate::json::decode::{Decode, from_slice};
use crate::json::error::DecodeError;
use crate::request::parts::Parts;
use crate::rt;
use crate::transport::BoxFuture;
use crate::transport::body::Body;
use crate::transport::error::TransportError;
use ::bytes::Bytes;
use futures_core::Stream;
use http::{HeaderName, HeaderValue, StatusCode};
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// An event of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The event's name; `None` stands for `message`.
    pub event: Option<String>,
    /// The id of the last event that had one.
    pub id: Option<String>,
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
    /// Whether `[DONE]` is an end, not an event.
    done_ends: bool,
}

enum State {
    Reading(Body),
    Opening(BoxFuture<'static, (Box<Parts>, Result<Opened, Failure>)>),
    Ended,
}

struct Again {
    policy: Reconnect,
    /// `None` while the call is under way.
    parts: Option<Box<Parts>>,
    failures: u32,
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
        let again = source.again.map(|(policy, parts)| Again { policy, parts: Some(parts), failures: 0 });
        Self { state: State::Reading(source.body), parser: Parser::default(), decode, again, done_ends }
    }

    /// The id of the last event that had one: what a later call sends as `Last-Event-ID` to go on from there.
    pub fn last_event_id(&self) -> Option<&str> {
        self.parser.last_id.as_deref()
    }

    /// Opens the stream again, or ends it: with the error, if there is one.
    fn restart(&mut self, error: Option<StreamError>) -> Option<Result<Event<T>, StreamError>> {
        self.state = State::Ended;
        let end = |error: Option<StreamError>| error.map(Err);
        let Some(again) = &mut self.again else { return end(error) };
        if again.failures >= again.policy.attempts {
            return end(error);
        }
        let Some(mut parts) = again.parts.take() else { return end(error) };
        let wait =
            self.parser.retry.unwrap_or(again.policy.delay) * 2_u32.saturating_pow(again.failures.min(6));
        again.failures += 1;
        if let Some(id) = self.parser.last_id.as_deref().and_then(|id| HeaderValue::try_from(id).ok()) {
            parts.headers.insert(HeaderName::from_static("last-event-id"), id);
        }
        self.parser.restart();
        self.state = State::Opening(Box::pin(async move {
            rt::sleep(wait).await;
            let result = open(&parts).await;
            (parts, result)
        }));
        None
    }
}

next!(EventStream<Event<T>, T>);

impl<T> Stream for EventStream<T> {
    type Item = Result<Event<T>, StreamError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(raw) = this.parser.ready.pop_front() {
                if this.done_ends && raw.data == b"[DONE]" {
                    this.state = State::Ended;
                    this.parser.ready.clear();
                    return Poll::Ready(None);
                }
                if let Some(again) = &mut this.again {
                    again.failures = 0;
                }
                return Poll::Ready(Some(match (this.decode)(&raw.data) {
                    Ok(data) => Ok(Event { event: raw.event, id: raw.id, retry: raw.retry, data }),
                    Err(error) => Err(StreamError::Decode { error, data: Bytes::from(raw.data) }),
                }));
            }
            match &mut this.state {
                State::Ended => return Poll::Ready(None),
                State::Reading(body) => {
                    let error = match ready!(Pin::new(body).poll_next(context)) {
                        Some(Ok(piece)) => match this.parser.read(&piece) {
                            Ok(()) => continue,
                            Err(error) => {
                                this.state = State::Ended;
                                return Poll::Ready(Some(Err(error)));
                            }
                        },
                        Some(Err(error)) => Some(StreamError::Transport(error)),
                        None => None,
                    };
                    if let Some(end) = this.restart(error) {
                        return Poll::Ready(Some(end));
                    }
                }
                State::Opening(call) => {
                    let (parts, result) = ready!(call.as_mut().poll(context));
                    if let Some(again) = &mut this.again {
                        again.parts = Some(parts);
                    }
                    match result {
                        Ok(opened) => this.state = State::Reading(opened.body),
                        // The service says that there is nothing more to come (HTML Standard, section 9.2.3).
                        Err(Failure { fault: Fault::Unexpected(reply), .. })
                            if reply.status() == StatusCode::NO_CONTENT =>
                        {
                            this.state = State::Ended;
                        }
                        Err(fault) => {
                            let text = fault.into_error::<std::convert::Infallible>().to_string();
                            let error =
                                TransportError::new(format!("the stream cannot be opened again: {text}"));
                            if let Some(end) = this.restart(Some(StreamError::Transport(error))) {
                                return Poll::Ready(Some(end));
                            }
                        }
                    }
                }
            }
        }
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("last_event_id", &self.parser.last_id).finish_non_exhaustive()
    }
}

/// An event whose data has not been decoded.
#[derive(Debug, Default, PartialEq, Eq)]
struct Raw {
    event: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    data: Vec<u8>,
}

#[derive(Debug, Default)]
struct Parser {
    ready: VecDeque<Raw>,
    line: Vec<u8>,
    /// Whether the last byte was a carriage return, whose line feed is no line of its own.
    after_return: bool,
    started: bool,
    next: Raw,
    has_data: bool,
    /// The id that the event at hand will have, and that of the last one that was complete.
    next_id: Option<String>,
    last_id: Option<String>,
    retry: Option<Duration>,
}

impl Parser {
    /// Forgets what was begun, for a stream that starts anew.
    fn restart(&mut self) {
        let (last_id, retry) = (self.last_id.take(), self.retry);
        *self = Self { next_id: last_id.clone(), last_id, retry, ..Self::default() };
    }

    fn read(&mut self, piece: &[u8]) -> Result<(), StreamError> {
        let mut rest = piece;
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let is_pair = std::mem::take(&mut self.after_return) && at == 0 && rest[0] == b'\n';
            if !is_pair {
                self.line.extend_from_slice(&rest[..at]);
                self.after_return = rest[at] == b'\r';
                self.end_line();
            }
            rest = &rest[at + 1..];
        }
        if !rest.is_empty() {
            self.after_return = false;
        }
        self.line.extend_from_slice(rest);
        let pending: usize = self.ready.iter().map(|raw| raw.data.len()).sum();
        if self.line.len() + self.next.data.len() > MAX_PIECE || pending > MAX_PIECE + piece.len() {
            return Err(StreamError::TooLong { limit: MAX_PIECE });
        }
        Ok(())
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.started, true) && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(0) => return,
            Some(at) => (&line[..at], line[at + 1..].strip_prefix(b" ").unwrap_or(&line[at + 1..])),
            None => (&line[..], &[][..]),
        };
        let text = || String::from_utf8_lossy(value).into_owned();
        match field {
            b"data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.next.data.push(b'\n');
                }
                self.next.data.extend_from_slice(value);
            }
            b"event" => self.next.event = Some(text()).filter(|name| !name.is_empty()),
            b"id" if !value.contains(&0) => self.next_id = Some(text()),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                let wait = text().parse().ok().map(Duration::from_millis);
                self.next.retry = wait;
                self.retry = wait.or(self.retry);
            }
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let event = std::mem::take(&mut self.next);
        self.last_id.clone_from(&self.next_id);
        if std::mem::take(&mut self.has_data) {
            self.ready.push_back(Raw { id: self.last_id.clone().filter(|id| !id.is_empty()), ..event });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Parser, Raw};

    /// The events of a text, read in pieces of each size.
    fn parsed(text: &str) -> Vec<(Option<String>, Option<String>, String)> {
        let mut results = Vec::new();
        for size in [1, 2, 3, 7, text.len().max(1)] {
            let mut parser = Parser::default();
            for piece in text.as_bytes().chunks(size) {
                assert!(parser.read(piece).is_ok());
            }
            let row = |raw: &Raw| {
                (raw.event.clone(), raw.id.clone(), String::from_utf8_lossy(&raw.data).into_owned())
            };
            results.push(parser.ready.iter().map(row).collect::<Vec<_>>());
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{results:?}");
        results.pop().unwrap_or_default()
    }

    fn data(text: &str) -> Vec<String> {
        parsed(text).into_iter().map(|(.., data)| data).collect()
    }

    #[test]
    fn the_examples_of_the_standard_read_as_it_says() {
        // HTML Standard, section 9.2.6, the examples in their order.
        assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
        let ids = parsed(
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        );
        let ids: Vec<_> = ids.into_iter().map(|(_, id, data)| (id, data)).collect();
        let expected = [(Some("1"), "first event"), (None, "second event"), (None, " third event")];
        assert_eq!(ids, expected.map(|(id, data)| (id.map(str::to_owned), data.to_owned())));
        assert_eq!(data("data\n\ndata\ndata\n\ndata:"), ["", "\n"]);
        assert_eq!(data("data:test\n\ndata: test\n\n"), ["test", "test"]);
    }

    #[test]
    fn all_line_ends_and_a_mark_at_the_start_are_understood() {
        assert_eq!(data("\u{feff}data: a\r\n\r\ndata: b\r\rdata: c\n\n"), ["a", "b", "c"]);
    }

    #[test]
    fn names_are_kept_and_strange_fields_passed_over() {
        let found = parsed("event: add\ndata: 1\nother: x\nretry: soon\nid: a\0b\n\n");
        assert_eq!(found, [(Some("add".to_owned()), None, "1".to_owned())]);
    }

    #[test]
    fn an_event_without_an_end_is_bounded() {
        let mut parser = Parser::default();
        let piece = vec![b'x'; 1 << 20];
        let failed = (0..64).any(|_| parser.read(&piece).is_err());
        assert!(failed);
    }
}
