//! A request while it is put together: in come an operation's parameters and body, out goes all that a call is made of, or what
//! is wrong with it. Nothing is sent here; `send`, `open`, `connect` and `pages` stand with what they make.
//!
//! May import from `shown`, `json`, `config`, `operation`, `transport`, `gateway`.

#[cfg(feature = "constraints")]
pub(crate) mod constraints;
pub(crate) mod error;
mod form;
pub mod multipart;
pub(crate) mod params;
pub(crate) mod parts;
pub(crate) mod path;
mod payload;
mod secrets;
pub(crate) mod service;

use crate::gateway::policy::RetryPolicy;
use crate::json::bridge::json_value;
use crate::json::encode::{Encode, to_vec};
use crate::operation::Operation;
#[cfg(feature = "constraints")]
use crate::request::constraints::Check;
use crate::request::error::RequestError;
use crate::request::multipart::Form;
use crate::request::params::Style;
use crate::request::parts::Parts;
use crate::request::payload::Payload;
use crate::request::service::Service;
use crate::shown::named::is_secret;
#[cfg(feature = "constraints")]
use crate::shown::{cover::Cover, hidden::REDACTED};
use crate::transport::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::time::Duration;

/// Headers by which HTTP says where a message goes and ends (RFC 9110, sections 7.2 and 7.6.1; RFC 9112, section 6): another
/// value than the transport's own would hang a connection, or make one request look like two.
const FRAMING: [&str; 7] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// A request of an operation while it is put together. Nothing is sent before [`Request::send`], and a value that
/// cannot be sent is kept as an error until then, so that setters chain.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request(pub(crate) Box<Parts>);

impl Request {
    pub(crate) fn new(service: Service, operation: &'static Operation) -> Self {
        let mut headers = HeaderMap::new();
        if !operation.accept.is_empty() {
            headers.insert(header::ACCEPT, HeaderValue::from_static(operation.accept));
        }
        Self(Box::new(Parts {
            service,
            operation,
            written: None,
            values: Vec::new(),
            query: Some(operation.query)
                .filter(|query| !query.is_empty())
                .map(str::to_owned)
                .into_iter()
                .collect(),
            cookies: Vec::new(),
            headers,
            body: Payload::new(Body::empty()),
            repeatable: false,
            timeout: None,
            retry: None,
            error: None,
        }))
    }

    /// Sets a path parameter.
    pub fn path(self, name: &'static str, value: &dyn Encode) -> Self {
        self.path_styled(name, Style::Simple, value)
    }

    /// Sets a path parameter of another style than `simple`.
    pub fn path_styled(mut self, name: &'static str, style: Style, value: &dyn Encode) -> Self {
        match params::to_value(name, value) {
            Ok(value) => self.0.values.push((name, params::path(name, style, &value))),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Adds a query parameter.
    pub fn query(self, name: &'static str, value: &dyn Encode) -> Self {
        self.query_styled(name, Style::Form, value)
    }

    /// Adds a query parameter of another style than `form`, exploded.
    pub fn query_styled(mut self, name: &'static str, style: Style, value: &dyn Encode) -> Self {
        match params::to_value(name, value) {
            Ok(value) => self.0.query.extend(params::query(name, style, &value)),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Adds a query parameter whose value may hold reserved characters, such as `/` and `:`, as they are.
    pub fn query_reserved(mut self, name: &'static str, style: Style, value: &dyn Encode) -> Self {
        match params::to_value(name, value) {
            Ok(value) => self.0.query.extend(params::query_reserved(name, style, &value)),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Sets the whole query: a pair for every property of an object, or the text of a scalar as it stands.
    pub fn query_string(mut self, value: &dyn Encode) -> Self {
        match params::to_value("query", value) {
            Ok(serde_json::Value::String(text)) => self.0.query.push(path::literal(&text).to_string()),
            Ok(value @ serde_json::Value::Object(_)) => self = self.query_pairs(&value),
            Ok(value) => self.0.query.push(params::encode(&value.to_string())),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Sets a header parameter.
    pub fn header_param(self, name: &'static str, value: &dyn Encode) -> Self {
        self.header_param_styled(name, Style::Simple, value)
    }

    /// Sets a header parameter of another style than `simple`, joined.
    pub fn header_param_styled(mut self, name: &'static str, style: Style, value: &dyn Encode) -> Self {
        match params::to_value(name, value) {
            Ok(value) => self.header(name, &params::header(style, &value)),
            Err(error) => {
                self.fail(error);
                self
            }
        }
    }

    /// Adds a cookie parameter.
    pub fn cookie(mut self, name: &'static str, style: Style, value: &dyn Encode) -> Self {
        match params::to_value(name, value) {
            Ok(value) => self.0.cookies.extend(params::query(name, style, &value)),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Sets the body to the JSON text of a value.
    pub fn json(self, value: &dyn Encode) -> Self {
        self.json_as("application/json", value)
    }

    /// Sets the body to the JSON text of a value, under another media type, such as `application/merge-patch+json`.
    pub fn json_as(self, media_type: &'static str, value: &dyn Encode) -> Self {
        match to_vec(value) {
            Ok(json) => self.body(media_type, json),
            Err(error) => self.failed(RequestError::body(error.to_string())),
        }
    }

    /// Sets the body to a form (`application/x-www-form-urlencoded`): one pair for every property of the value, lists
    /// exploded and objects as JSON, as OpenAPI's default encoding has it.
    pub fn form(self, value: &dyn Encode) -> Self {
        self.form_styled(value, &[])
    }

    /// Sets the body to a form whose named properties are encoded in other styles (OpenAPI, "Encoding Object").
    pub fn form_styled(self, value: &dyn Encode, styles: &[(&str, Style)]) -> Self {
        match json_value(value) {
            Ok(value) => {
                let pairs = form::form(&value, styles);
                self.body("application/x-www-form-urlencoded", pairs)
            }
            Err(reason) => self.failed(RequestError::body(reason)),
        }
    }

    /// Sets the body to the parts of a form (`multipart/form-data`).
    pub fn multipart(self, form: impl Into<Form>) -> Self {
        self.multipart_as("form-data", form.into())
    }

    /// Sets the body to parts of another multipart type, such as `mixed` or `related`.
    pub fn multipart_as(mut self, subtype: &'static str, form: Form) -> Self {
        match form.into_body(subtype) {
            Ok((media_type, body)) => {
                self.0.headers.entry(header::CONTENT_TYPE).or_insert(media_type);
                self.0.body = Payload::new(body);
                self
            }
            Err(error) => self.failed(error),
        }
    }

    /// Sets the body to bytes, text or a stream of a media type.
    pub fn body(mut self, media_type: &'static str, body: impl Into<Body>) -> Self {
        self.0.headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(media_type));
        self.0.body = Payload::new(body.into());
        self
    }

    /// Asks for an answer of this media type instead of the documented ones.
    pub fn accept(mut self, media_type: &'static str) -> Self {
        self.0.headers.insert(header::ACCEPT, HeaderValue::from_static(media_type));
        self
    }

    /// Sets a header. A name or value that HTTP cannot carry, a line break for example, is an error when the request
    /// is sent; so is a header that says where the request goes and where it ends, such as `Content-Length`.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if FRAMING.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            self.fail(RequestError::Http(format!(
                "the header {name:?} is set by HTTP itself, not by callers"
            )));
            return self;
        }
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(key), Ok(mut value)) => {
                value.set_sensitive(is_secret(key.as_str()));
                self.0.headers.insert(key, value);
            }
            _ => self.fail(RequestError::Header(name.to_owned())),
        }
        self
    }

    /// Says that this call may be made twice, whatever its method: the service knows it by an idempotency key, or does the
    /// same the second time.
    pub fn idempotent(mut self) -> Self {
        self.0.repeatable = true;
        self
    }

    /// Says that this call may be made twice, since the service knows it again by this key: it is sent as the header
    /// `Idempotency-Key`, the same one every time.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key).idempotent()
    }

    /// Sets when this call is made again, instead of the gateway's policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.0.retry = Some(policy);
        self
    }

    /// Sets how long this call may take, instead of the gateway's timeout.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = Some(timeout);
        self
    }

    /// Checks a value against the document's bounds and patterns; one that breaks them is an error when the request is
    /// sent. `place` is `body`, or `parameter` and its name.
    #[cfg(feature = "constraints")]
    pub fn check(mut self, place: &'static str, value: &dyn Encode, checks: &'static [Check]) -> Self {
        // A value without a JSON form is told by whoever sends it.
        if let Ok(value) = json_value(value)
            && let Some(found) = constraints::check(&value, checks)
        {
            let mut cover = Cover::new(REDACTED);
            cover.add_text("application/json", &value.to_string());
            if is_secret(place) {
                cover.add_json(&value, &[]);
            }
            let (place, reason) = (place.to_owned(), cover.text(&found.reason).into_owned());
            self.fail(RequestError::Constraint { place, path: found.path, reason });
        }
        self
    }

    /// A request of a path that is no operation's.
    pub(crate) fn by_hand(mut self, path: String, query: Option<String>) -> Self {
        self.0.written = Some(path);
        self.0.query.extend(query);
        self
    }

    /// Adds a query parameter for every property of an object.
    pub(crate) fn query_pairs(mut self, value: &serde_json::Value) -> Self {
        self.0.query.extend(params::query("data", Style::Form, value));
        self
    }

    pub(crate) fn failed(mut self, error: RequestError) -> Self {
        self.fail(error);
        self
    }

    fn fail(&mut self, error: RequestError) {
        self.0.error.get_or_insert(error);
    }
}
