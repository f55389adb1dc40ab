use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// What a mock answers: the service's answer, the gateway's in its place, or none.
///
/// ```
/// use cloudrun_runtime::{MockAnswer, serde_json::json};
/// let created = MockAnswer::json(201, json!({"id": 7})).header("location", "/pets/7");
/// let refused = MockAnswer::gateway_error(404, "SERVICE_NOT_FOUND", "Service not found.");
/// let broken = MockAnswer::fail("the connection was reset");
/// # let _ = (created, refused, broken);
/// ```
#[derive(Clone, Debug)]
pub struct MockAnswer(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Response(StatusCode, HeaderMap, Bytes),
    Failure(String),
    Nothing,
}

impl MockAnswer {
    /// The service answers with JSON.
    pub fn json(status: u16, body: Value) -> Self {
        Self::bytes(status, body.to_string()).header("content-type", "application/json")
    }

    /// The service answers with these bytes, or none.
    pub fn bytes(status: u16, body: impl Into<Bytes>) -> Self {
        let answer = Self::response(status, body.into());
        answer.header("x-cloudbase-upstream-status-code", &status.to_string())
    }

    /// The gateway answers in the service's place, for example with 404 and `SERVICE_NOT_FOUND`.
    pub fn gateway_error(status: u16, code: &str, message: &str) -> Self {
        let body = json!({"code": code, "message": message, "requestId": "mock"}).to_string();
        Self::response(status, body.into()).header(header::CONTENT_TYPE.as_str(), "application/json")
    }

    /// The connection fails.
    pub fn fail(message: impl Into<String>) -> Self {
        Self(Kind::Failure(message.into()))
    }

    /// No answer comes, so that the call's time runs out. It passes at once where Tokio's clock is paused
    /// (`#[tokio::test(start_paused = true)]`).
    pub fn never() -> Self {
        Self(Kind::Nothing)
    }

    /// Adds a header to the answer. One that HTTP cannot carry is left out, and so is that of no answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Kind::Response(_, headers, _) = &mut self.0
            && let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
        {
            // A body has one media type.
            match name {
                header::CONTENT_TYPE => drop(headers.insert(name, value)),
                name => drop(headers.append(name, value)),
            }
        }
        self
    }

    fn response(status: u16, body: Bytes) -> Self {
        match StatusCode::from_u16(status) {
            Ok(status) => Self(Kind::Response(status, HeaderMap::new(), body)),
            Err(_) => Self::fail(format!("{status} is no HTTP status")),
        }
    }
}
