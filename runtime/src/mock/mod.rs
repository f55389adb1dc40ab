//! A gateway without a network, for tests of code that calls services: in come answers, out comes what was called.
//!
//! May import from `config`, `operation`, `transport`, `gateway`.

mod answer;
mod told;

pub use self::answer::MockAnswer;

use self::answer::Kind;
use self::told::{Answer, Asked, Told};
use crate::config::error::ConfigError;
use crate::gateway::Gateway;
use crate::gateway::builder::GatewayBuilder;
use crate::operation::Operation;
use crate::transport::body::Body;
use crate::transport::error::TransportError;
use crate::transport::{BoxFuture, Transport};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A gateway that answers what a test told it to, and remembers what it was asked. Its time stands still: a call that is made
/// again after a while is made again at once.
///
/// ```
/// use cloudrun_runtime::{Gateway, Method, MockAnswer, Operation, serde_json::json};
/// # const LIST_PETS: Operation = Operation::new("listPets", Method::GET, "/pets");
/// # const GET_PET: Operation = Operation::new("getPet", Method::GET, "/pets/{id}");
///
/// let mock = Gateway::mock()?;
/// // In a test of a generated client: `mock.on(ListPets::OPERATION)`.
/// mock.on(LIST_PETS).json(200, json!([{"id": 7, "name": "Rex"}]));
/// // One answer after the other; the last one is given again and again.
/// mock.on(GET_PET).json(503, json!({}));
/// mock.on(GET_PET).answer_with(|call| match call.path.as_str() {
///     "/pets/7" => MockAnswer::json(200, json!({"id": 7, "name": "Rex"})),
///     _ => MockAnswer::json(404, json!({"title": "no such pet"})),
/// });
/// // let client = petstore::Client::new(mock.gateway());
/// // assert_eq!(client.list_pets().limit(10).send().await?.len(), 1);
/// // assert_eq!(mock.calls_of(ListPets::OPERATION)[0].query.as_deref(), Some("limit=10"));
/// // mock.assert_all_called();
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
        Self::mock_with(|builder| builder)
    }

    /// The same with a gateway's settings: retries, timeouts, limits, layers, a credential. Its transport is the mock's.
    ///
    /// ```
    /// use cloudrun_runtime::{Gateway, RetryPolicy};
    /// let mock = Gateway::mock_with(|builder| builder.retry(RetryPolicy::never()))?;
    /// # let _ = mock;
    /// # Ok::<(), cloudrun_runtime::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The settings are not usable.
    pub fn mock_with(set: impl FnOnce(GatewayBuilder) -> GatewayBuilder) -> Result<Mock, ConfigError> {
        let state = Arc::new(Mutex::new(State::default()));
        let builder = set(Self::at("http://localhost")).transport(MockTransport(Arc::clone(&state)));
        Ok(Mock { gateway: builder.without_waits().build()?, state })
    }
}

#[derive(Debug, Default)]
struct State {
    told: Vec<Told>,
    calls: Vec<(Option<&'static Operation>, Seen)>,
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

impl Mock {
    /// The gateway that clients under test are made with.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Says what an operation answers, by the constant of its request: `mock.on(ListPets::OPERATION)`. Answers are given in the
    /// order they were told in; the last one is given again and again.
    pub fn on(&self, operation: Operation) -> When<'_> {
        When { mock: self, asked: Asked::by(&operation), headers: Vec::new() }
    }

    /// Says what a method and a path at the service answer, for calls by hand: `mock.on_request("POST", "/abc")`.
    pub fn on_request(&self, method: &str, path: &str) -> When<'_> {
        let asked = Asked::Request { method: method.to_owned(), path: path.to_owned() };
        When { mock: self, asked, headers: Vec::new() }
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<Seen> {
        lock(&self.state).calls.iter().map(|(_, seen)| seen.clone()).collect()
    }

    /// The calls of one operation so far.
    pub fn calls_of(&self, operation: Operation) -> Vec<Seen> {
        let asked = Asked::by(&operation);
        let state = lock(&self.state);
        let calls = state.calls.iter().filter(|(called, seen)| asked.fits(*called, seen));
        calls.map(|(_, seen)| seen.clone()).collect()
    }

    /// Fails the test if an answer that was told was never given.
    ///
    /// # Panics
    ///
    /// Names what was not called, or not often enough.
    #[track_caller]
    pub fn assert_all_called(&self) {
        let state = lock(&self.state);
        let left: Vec<String> = state
            .told
            .iter()
            .filter(|told| told.left() > 0)
            .map(|told| format!("`{}` ({} more)", told.asked, told.left()))
            .collect();
        assert!(left.is_empty(), "not called as often as the mock was told: {}", left.join(", "));
    }

    fn expect(&self, asked: Asked, answer: Answer) {
        let mut state = lock(&self.state);
        match state.told.iter_mut().find(|told| told.asked == asked) {
            Some(told) => told.add(answer),
            None => state.told.push(Told::new(asked, answer)),
        }
    }
}

/// What an operation answers, while it is told.
#[derive(Debug)]
#[must_use = "nothing is expected until the answer is told"]
pub struct When<'a> {
    mock: &'a Mock,
    asked: Asked,
    headers: Vec<(String, String)>,
}

impl When<'_> {
    /// Adds a header to the answer. One that HTTP cannot carry is left out.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The service answers with JSON.
    pub fn json(self, status: u16, body: Value) {
        self.answer(MockAnswer::json(status, body));
    }

    /// The service answers with these bytes, or none.
    pub fn bytes(self, status: u16, body: impl Into<Bytes>) {
        self.answer(MockAnswer::bytes(status, body));
    }

    /// The gateway answers in the service's place, for example with 404 and `SERVICE_NOT_FOUND`.
    pub fn gateway_error(self, status: u16, code: &str, message: &str) {
        self.answer(MockAnswer::gateway_error(status, code, message));
    }

    /// The connection fails.
    pub fn fail(self, message: impl Into<String>) {
        self.answer(MockAnswer::fail(message));
    }

    /// This is the answer.
    pub fn answer(self, answer: MockAnswer) {
        let answer = self.headers.iter().fold(answer, |answer, (name, value)| answer.header(name, value));
        self.mock.expect(self.asked, Answer::Always(answer));
    }

    /// The answer depends on the call.
    pub fn answer_with(self, answer: impl Fn(&Seen) -> MockAnswer + Send + Sync + 'static) {
        let headers = self.headers;
        let with_headers = move |seen: &Seen| {
            headers.iter().fold(answer(seen), |answer, (name, value)| answer.header(name, value))
        };
        self.mock.expect(self.asked, Answer::By(Arc::new(with_headers)));
    }
}

/// A test that panicked while it held the lock has failed already.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A path without the gateway's part, `/v1/cloudrun/{name}`.
fn at_the_service(path: &str) -> String {
    match path.strip_prefix("/v1/cloudrun/") {
        Some(rest) => format!("/{}", rest.split_once('/').map_or("", |(_, path)| path)),
        None => path.to_owned(),
    }
}

struct MockTransport(Arc<Mutex<State>>);

impl MockTransport {
    /// The answer to a call, which is remembered.
    fn answer(&self, operation: Option<&'static Operation>, seen: Seen) -> MockAnswer {
        let answer = {
            let mut state = lock(&self.0);
            state.calls.push((operation, seen.clone()));
            let told = state.told.iter_mut().find(|told| told.asked.fits(operation, &seen));
            told.and_then(Told::next)
        };
        match answer {
            Some(Answer::Always(answer)) => answer,
            // It may ask the mock what was called.
            Some(Answer::By(function)) => function(&seen),
            None => MockAnswer::fail(format!("the mock was not told what `{}` answers", seen.operation)),
        }
    }
}

impl Transport for MockTransport {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await?;
            let path = at_the_service(head.uri.path());
            let operation = head.extensions.get::<&'static Operation>().copied();
            let seen = Seen {
                operation: match operation {
                    Some(operation) => operation.id.to_owned(),
                    None => format!("{} {path}", head.method),
                },
                method: head.method,
                path,
                query: head.uri.query().map(str::to_owned),
                headers: head.headers,
                body,
            };
            match self.answer(operation, seen).0 {
                Kind::Response(status, headers, body) => {
                    let mut response = http::Response::new(Body::from(body));
                    *response.status_mut() = status;
                    *response.headers_mut() = headers;
                    Ok(response)
                }
                Kind::Failure(message) => Err(TransportError::new(message)),
                Kind::Nothing => std::future::pending().await,
            }
        })
    }
}

impl fmt::Debug for MockTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockTransport")
    }
}

#[cfg(test)]
mod tests {
    use super::{Mock, MockAnswer};
    use crate::answer::error::Error;
    use crate::answer::reply::Reply;
    use crate::answer::responses::Undocumented;
    use crate::config::name::ServiceName;
    use crate::gateway::Gateway;
    use crate::gateway::policy::RetryPolicy;
    use crate::operation::Operation;
    use crate::operation::method::Method;
    use crate::request::service::Service;
    use serde_json::{Value, json};
    use std::time::{Duration, Instant};

    const GET: Operation = Operation::new("getPet", Method::GET, "/pets/{id}");
    const LIST: Operation = Operation::new("listPets", Method::GET, "/pets");

    async fn get(mock: &Mock, id: &'static str) -> Result<(u16, Value), Error<Undocumented>> {
        let service = Service::new(mock.gateway(), ServiceName::from_static("pets"));
        let call = service
            .request(&GET)
            .path("id", &id)
            .send(|reply: &Reply| Ok((reply.status().as_u16(), reply.json().unwrap_or_default())));
        call.await.map(|answer| answer.into_inner())
    }

    #[tokio::test]
    async fn answers_come_one_after_the_other_and_the_last_one_again()
    -> Result<(), Box<dyn std::error::Error>> {
        let mock = Gateway::mock()?;
        for id in [1, 2] {
            mock.on(GET).json(200, json!(id));
        }
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(get(&mock, "x").await?.1);
        }
        // What is told later comes later, however often the last one was given.
        mock.on(GET).json(200, json!(3));
        mock.on(GET).json(200, json!(4));
        ids.extend([get(&mock, "x").await?.1, get(&mock, "x").await?.1]);
        assert_eq!(json!(ids), json!([1, 2, 2, 3, 4]));
        mock.assert_all_called();
        Ok(())
    }

    #[tokio::test]
    async fn an_answer_may_depend_on_the_call() -> Result<(), Box<dyn std::error::Error>> {
        let mock = Gateway::mock()?;
        let inside = mock.clone();
        mock.on(GET).header("x-times", "1").answer_with(move |call| {
            // It may ask what was called so far.
            MockAnswer::json(200, json!([call.path, inside.calls_of(GET).len()]))
        });
        assert_eq!(get(&mock, "7").await?.1, json!(["/pets/7", 1]));
        assert_eq!(get(&mock, "8").await?.1, json!(["/pets/8", 2]));
        assert!(mock.calls_of(LIST).is_empty());
        Ok(())
    }

    #[tokio::test]
    async fn time_stands_still() -> Result<(), Box<dyn std::error::Error>> {
        let policy = RetryPolicy::default();
        let mock = Gateway::mock_with(|builder| builder.retry(policy).timeout(Duration::from_secs(120)))?;
        mock.on(GET).answer(MockAnswer::bytes(503, "").header("retry-after", "60"));
        mock.on(GET).json(200, json!(1));
        let began = Instant::now();
        assert_eq!(get(&mock, "7").await?, (200, json!(1)));
        assert!(began.elapsed() < Duration::from_secs(30), "it did not wait a minute");
        // A wait that ends after the call's time is not begun, here as anywhere.
        let mock = Gateway::mock()?;
        mock.on(GET).answer(MockAnswer::bytes(503, "").header("retry-after", "60"));
        mock.on(GET).json(200, json!(1));
        assert_eq!(
            get(&mock, "7").await.err().and_then(|error| error.status()).map(|s| s.as_u16()),
            Some(503)
        );
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_never_answered_takes_too_long() -> Result<(), Box<dyn std::error::Error>> {
        let mock = Gateway::mock()?;
        mock.on(GET).answer(MockAnswer::never());
        assert!(get(&mock, "7").await.is_err_and(|error| error.is_timeout()));
        Ok(())
    }

    #[tokio::test]
    async fn what_was_not_told_is_an_error_that_names_it() -> Result<(), Box<dyn std::error::Error>> {
        let mock = Gateway::mock()?;
        mock.on(LIST).json(200, json!([]));
        let error = get(&mock, "7").await.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("the mock was not told what `getPet` answers"), "{error}");
        // A path that is told is told whoever calls it.
        mock.on_request("GET", "/pets/7").json(200, json!(7));
        assert_eq!(get(&mock, "7").await?.1, json!(7));
        Ok(())
    }

    #[test]
    #[should_panic(
        expected = "not called as often as the mock was told: `listPets` (2 more), `GET /x` (1 more)"
    )]
    fn answers_that_nobody_had_fail_the_test() {
        let Ok(mock) = Gateway::mock() else { return };
        mock.on(LIST).json(200, json!([]));
        mock.on(LIST).json(200, json!([]));
        mock.on_request("GET", "/x").fail("gone");
        mock.assert_all_called();
    }
}
