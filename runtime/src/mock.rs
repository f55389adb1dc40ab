//! A gateway without a network, for tests of code that calls services.
//!
//! May import from `config`, `operation`, `transport`, `gateway`.

use crate::config::error::ConfigError;
use crate::gateway::Gateway;
use crate::operation::Operation;
use crate::transport::body::Body;
use crate::transport::error::TransportError;
use crate::transport::{BoxFuture, Transport};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A gateway that answers what a test told it to, and remembers what it was asked.
///
/// ```
/// use cloudrun_runtime::{Gateway, serde_json::json};
///
/// let mock = Gateway::mock()?;
/// mock.on("listPets").json(200, json!([{"id": 7, "name": "Rex"}]));
/// mock.on("getPet").json(404, json!({"title": "no such pet"}));
/// // let client = petstore::Client::new(mock.gateway());
/// // assert_eq!(client.list_pets().send().await?.len(), 1);
/// // assert_eq!(mock.calls()[0].query.as_deref(), Some("limit=10"));
/// # Ok::<(), cloudrun_runtime::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Mock {
    gateway: Gateway,
    state: Arc<Mutex<State>>,
}

impl Gateway {
    /// A gateway without a network, for tests: it answers what it is told to and remembers what it was asked.
    ///
    /// # Errors
    ///
    /// None that a caller can cause.
    pub fn mock() -> Result<Mock, ConfigError> {
        Mock::new()
    }
}

#[derive(Debug, Default)]
struct State {
    expected: Vec<(String, VecDeque<Answer>)>,
    calls: Vec<Seen>,
}

/// A call that a mock has seen.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Seen {
    /// The operation's id, as the document has it; for calls by hand the method and the path.
    pub operation: String,
    /// The HTTP method.
    pub method: http::Method,
    /// The path at the service, encoded.
    pub path: String,
    /// The query, encoded, without its `?`.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Seen {
    /// The body as JSON; `None` if it is none.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

#[derive(Clone, Debug)]
enum Answer {
    Response(StatusCode, HeaderMap, Bytes),
    Failure(String),
}

impl Mock {
    pub(crate) fn new() -> Result<Self, ConfigError> {
        let state = Arc::new(Mutex::new(State::default()));
        let gateway = Gateway::at("http://localhost").transport(MockTransport(Arc::clone(&state))).build()?;
        Ok(Self { gateway, state })
    }

    /// The gateway that clients under test are made with.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Says what an operation answers, by its id in the document or by the constant of its request
    /// (`ListPets::OPERATION`). Answers are given in the order they were told in; the last one is
    /// given again and again.
    pub fn on(&self, operation: impl Into<String>) -> When<'_> {
        When { mock: self, operation: operation.into(), headers: HeaderMap::new() }
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Seen> {
        lock(&self.state).calls.clone()
    }

    /// The calls of one operation so far.
    pub fn calls_of(&self, operation: &str) -> Vec<Seen> {
        self.calls().into_iter().filter(|call| call.operation == operation).collect()
    }
}

/// What an operation answers, while it is told.
#[derive(Debug)]
#[must_use = "nothing is expected until the answer is told"]
pub struct When<'a> {
    mock: &'a Mock,
    operation: String,
    headers: HeaderMap,
}

impl When<'_> {
    /// Adds a header to the answer. One that HTTP cannot carry is left out.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The service answers with JSON.
    pub fn json(self, status: u16, body: Value) {
        self.header("content-type", "application/json").bytes(status, body.to_string());
    }

    /// The service answers with these bytes, or none.
    pub fn bytes(mut self, status: u16, body: impl Into<Bytes>) {
        if let Ok(value) = HeaderValue::try_from(status.to_string()) {
            self.headers.insert("x-cloudbase-upstream-status-code", value);
        }
        self.answer(status, body.into());
    }

    /// The gateway answers in the service's place, for example with 404 and `SERVICE_NOT_FOUND`.
    pub fn gateway_error(mut self, status: u16, code: &str, message: &str) {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = json!({"code": code, "message": message, "requestId": "mock"}).to_string();
        self.answer(status, body.into());
    }

    /// No answer comes.
    pub fn fail(self, message: impl Into<String>) {
        self.mock.expect(self.operation, Answer::Failure(message.into()));
    }

    fn answer(self, status: u16, body: Bytes) {
        let answer = match StatusCode::from_u16(status) {
            Ok(status) => Answer::Response(status, self.headers, body),
            Err(_) => Answer::Failure(format!("{status} is no HTTP status")),
        };
        self.mock.expect(self.operation, answer);
    }
}

impl Mock {
    fn expect(&self, operation: String, answer: Answer) {
        let mut state = lock(&self.state);
        match state.expected.iter_mut().find(|(known, _)| *known == operation) {
            Some((_, answers)) => answers.push_back(answer),
            None => state.expected.push((operation, VecDeque::from([answer]))),
        }
    }
}

/// A test that panicked while it held the lock has failed already.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

struct MockTransport(Arc<Mutex<State>>);

impl Transport for MockTransport {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await?;
            // `/v1/cloudrun/{name}` is the gateway's part.
            let path = head.uri.path().splitn(5, '/').nth(4).unwrap_or_default();
            let path = format!("/{path}");
            let operation = match head.extensions.get::<&'static Operation>() {
                Some(operation) => operation.id.to_owned(),
                None => format!("{} {path}", head.method),
            };
            let mut state = lock(&self.0);
            let answer =
                state.expected.iter_mut().find(|(known, _)| *known == operation).and_then(|(_, answers)| {
                    if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
                });
            let unexpected = || Answer::Failure(format!("the mock was not told what `{operation}` answers"));
            let answer = answer.unwrap_or_else(unexpected);
            let query = head.uri.query().map(str::to_owned);
            state.calls.push(Seen {
                operation,
                method: head.method,
                path,
                query,
                headers: head.headers,
                body,
            });
            match answer {
                Answer::Response(status, headers, body) => {
                    let mut response = http::Response::new(Body::from(body));
                    *response.status_mut() = status;
                    *response.headers_mut() = headers;
                    Ok(response)
                }
                Answer::Failure(message) => Err(TransportError::new(message)),
            }
        })
    }
}

impl fmt::Debug for MockTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockTransport")
    }
}
