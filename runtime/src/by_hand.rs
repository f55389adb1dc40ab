//! Calls without a document: `callContainer` of the official SDKs, with the same policies and errors as generated clients.
//!
//! May import from `json`, `operation`, `transport`, `gateway`, `request`, `answer`, `call`, `stream`, `websocket`.

use crate::answer::responses::Undocumented;
use crate::call::pending::PendingRaw;
use crate::gateway::policy::RetryPolicy;
use crate::json::encode::{Encode, Encoder};
use crate::operation::Operation;
use crate::operation::method::Method;
use crate::request::Request;
use crate::request::error::RequestError;
use crate::request::multipart::Form;
use crate::request::path::{Written, written};
use crate::request::service::Service;
use crate::stream::bytes::{ByteStream, bytes};
use crate::stream::events::{EventStream, text_events};
use crate::stream::opening::Opening;
use crate::transport::body::Body;
#[cfg(feature = "websocket")]
use crate::websocket::connecting::Connecting;
#[cfg(feature = "websocket")]
use crate::websocket::{Message, raw};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// Any JSON that a serde type writes.
struct Json(Value);

impl Encode for Json {
    fn encode(&self, encoder: &mut Encoder) {
        self.0.encode(encoder);
    }
}

macro_rules! operations {
    ($($name:ident)*) => {
        /// The operation of calls by hand with a method. They have no id.
        fn operation(method: &http::Method) -> Option<&'static Operation> {
            $(
                if method.as_str() == stringify!($name) {
                    const OPERATION: &Operation = &Operation::new("", Method::$name, "").success(&["2XX"]).accept("");
                    return Some(OPERATION);
                }
            )*
            None
        }
    };
}
operations!(GET HEAD POST PUT PATCH DELETE OPTIONS TRACE QUERY);

impl Service {
    /// A request of a path of the service, without a document. The path may carry a query and may lack its first slash.
    ///
    /// ```no_run
    /// # async fn call(gateway: cloudrun_runtime::Gateway) -> Result<(), Box<dyn std::error::Error>> {
    /// use cloudrun_runtime::serde_json::json;
    /// let reply = gateway.service("helloworld")?.post("/abc").json(&json!({"key1": "test value 1"})).send().await?;
    /// println!("{} {:?} {}", reply.status(), reply.request_id(), reply.text()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn call(&self, method: http::Method, path: &str) -> Call {
        let Some(operation) = operation(&method) else {
            let reason = format!("calls by hand have no method {method}");
            return Call(
                self.request(const { &Operation::new("", Method::GET, "") })
                    .failed(RequestError::Http(reason)),
            );
        };
        let request = self.request(operation);
        Call(match written(path) {
            Ok(Written { path, query }) => request.by_hand(path, query),
            Err(error) => request.failed(error),
        })
    }

    /// A GET request by hand.
    pub fn get(&self, path: &str) -> Call {
        self.call(http::Method::GET, path)
    }

    /// A POST request by hand, what the SDKs' `callContainer` sends unless told otherwise.
    pub fn post(&self, path: &str) -> Call {
        self.call(http::Method::POST, path)
    }

    /// A PUT request by hand.
    pub fn put(&self, path: &str) -> Call {
        self.call(http::Method::PUT, path)
    }

    /// A PATCH request by hand.
    pub fn patch(&self, path: &str) -> Call {
        self.call(http::Method::PATCH, path)
    }

    /// A DELETE request by hand.
    pub fn delete(&self, path: &str) -> Call {
        self.call(http::Method::DELETE, path)
    }
}

/// A request by hand while it is put together.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Call(Request);

impl Call {
    /// Adds query parameters: the properties of an object, lists repeated. What the JS SDK does with the `data` of a GET.
    pub fn query(self, parameters: &impl Serialize) -> Self {
        match serde_json::to_value(parameters) {
            Ok(value) => Self(self.0.query_pairs(&value)),
            Err(error) => Self(self.0.failed(RequestError::body(error.to_string()))),
        }
    }

    /// Sets the body to the JSON text of a value.
    pub fn json(self, value: &impl Serialize) -> Self {
        // The media type that the official SDKs send.
        const JSON: &str = "application/json; charset=utf-8";
        match serde_json::to_value(value) {
            Ok(value) => Self(self.0.json_as(JSON, &Json(value))),
            Err(error) => Self(self.0.failed(RequestError::body(error.to_string()))),
        }
    }

    /// Sets the body to a form (`application/x-www-form-urlencoded`).
    pub fn form(self, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => Self(self.0.form(&Json(value))),
            Err(error) => Self(self.0.failed(RequestError::body(error.to_string()))),
        }
    }

    /// Sets the body to the parts of a form (`multipart/form-data`).
    pub fn multipart(self, form: Form) -> Self {
        Self(self.0.multipart(form))
    }

    /// Sets the body to bytes, text or a stream of a media type.
    pub fn body(self, media_type: &'static str, body: impl Into<Body>) -> Self {
        Self(self.0.body(media_type, body))
    }

    /// Sets a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// Says that this call may be made twice, since the service knows it again by this key, which is sent as the header
    /// `Idempotency-Key`.
    pub fn idempotency_key(self, key: &str) -> Self {
        Self(self.0.idempotency_key(key))
    }

    /// Sets when this call is made again, instead of the gateway's policy.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        Self(self.0.retry(policy))
    }

    /// Sets how long this call may take.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self(self.0.timeout(timeout))
    }

    /// Sends the request. Whatever the service answers is the answer, errors included; what the gateway answers in its
    /// place is an error.
    pub fn send(self) -> PendingRaw {
        self.0.send_raw()
    }

    /// Sends the request and reads the answer's bytes as they arrive.
    pub fn stream(self) -> Opening<ByteStream, Undocumented> {
        self.0.open(bytes)
    }

    /// Sends the request and reads the answer's Server-Sent Events as they arrive.
    pub fn events(self) -> Opening<EventStream<String>, Undocumented> {
        self.0.accept("text/event-stream").open(text_events)
    }

    /// Opens a WebSocket of messages as they are.
    #[cfg(feature = "websocket")]
    pub fn connect(self) -> Connecting<Message, Message, Undocumented> {
        self.0.connect(raw())
    }
}
