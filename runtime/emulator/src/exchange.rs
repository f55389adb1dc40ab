//! What the gateway has seen: a request and its answer, with the first part of each body.
//!
//! May import from `answer`, `route`.

use crate::answer::UPSTREAM_STATUS;
use crate::route;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method, Uri, request};
use cloudrun_runtime::shown::{Cover, line};
use std::fmt;
use std::time::{Duration, SystemTime};

/// A request to the gateway, and how it was answered.
#[derive(Clone)]
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
    /// Secrets that the gateway gave to the service.
    pub(crate) hidden: Vec<String>,
}

impl Exchange {
    /// A request that has come, before its answer.
    pub(crate) fn begun(number: u64, head: &request::Parts) -> Self {
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
            hidden: Vec::new(),
        }
    }

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

    /// The path and query as people may read them: on one line, without secrets.
    pub fn shown_target(&self) -> String {
        line(&self.cover().body("", self.target()))
    }

    /// The findings as people may read them: each on one line, without secrets.
    pub fn shown_findings(&self) -> Option<Vec<String>> {
        let cover = self.cover();
        Some(self.findings()?.iter().map(|finding| line(&cover.body("", finding))).collect())
    }

    fn cover(&self) -> Cover {
        let mut cover = Cover::new("…");
        self.hide(&mut cover);
        cover
    }

    /// Covers what is secret in it.
    pub(crate) fn hide(&self, cover: &mut Cover) {
        for secret in &self.hidden {
            cover.add(secret);
        }
        cover.add_text("", self.uri.query().unwrap_or_default());
        for message in [&self.request, &self.response] {
            cover.add_headers(&message.headers);
            cover.add_text(message.media_type(), &String::from_utf8_lossy(&message.body));
        }
    }

    /// The service and its own path, if the request is for one.
    pub fn service(&self) -> Option<(&str, &str)> {
        route::split(self.uri.path())
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

    /// Whether the service answered, and not the gateway in its place.
    pub(crate) fn is_from_service(&self) -> bool {
        self.response.headers.contains_key(UPSTREAM_STATUS)
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

/// Without what may be secret: the query, headers, bodies, and findings, which quote them.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.uri.path();
        write!(f, "Exchange({}: {} {path}, {})", self.number, self.method, self.status)
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

    pub(crate) fn media_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
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
