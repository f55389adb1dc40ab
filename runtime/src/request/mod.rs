use crate::json::{Encode, to_vec};
use crate::multipart::Form;
use crate::paging::{Items, Pages, Paging};
use crate::params::{self, Style};
use crate::stream::Opening;
use crate::transport::Body;
use crate::{CallInfo, Operation, Pending, PendingRaw, RequestError, Responses, RetryPolicy, Service};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::sync::{Mutex, PoisonError};
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
pub struct Request(Box<Parts>);

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) service: Service,
    pub(crate) operation: &'static Operation,
    /// The path of a call by hand, in the place of the operation's.
    pub(crate) written: Option<String>,
    pub(crate) values: Vec<(&'static str, String)>,
    pub(crate) query: Vec<String>,
    pub(crate) cookies: Vec<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload,
    /// Whether the caller says that the call may be made twice.
    pub(crate) repeatable: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) error: Option<RequestError>,
}

/// The body of a request. Bytes can be sent any number of times, a stream once.
#[derive(Debug)]
pub(crate) struct Payload(Mutex<Body>);

impl Payload {
    fn new(body: Body) -> Self {
        Self(Mutex::new(body))
    }

    fn with<T>(&self, read: impl FnOnce(&mut Body) -> T) -> T {
        read(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        self.with(|body| body.as_bytes().is_some())
    }

    /// The body for the next attempt; a stream leaves nothing behind.
    pub(crate) fn next(&self) -> Body {
        self.with(|body| body.try_clone().unwrap_or_else(|| std::mem::replace(body, Body::empty())))
    }

    /// The same bytes; of a stream nothing.
    fn again(&self) -> Self {
        Self::new(self.with(|body| body.try_clone()).unwrap_or_else(Body::empty))
    }
}

impl Parts {
    /// Whether the call may be made twice: by its method, or because the caller says so.
    pub(crate) fn is_safe(&self) -> bool {
        let method = http::Method::from_bytes(self.operation.method.as_str().as_bytes());
        self.repeatable || method.is_ok_and(|method| crate::retry::is_safe(&method))
    }

    /// The path at the service, encoded.
    pub(crate) fn path(&self) -> Result<String, RequestError> {
        match &self.written {
            Some(path) => Ok(path.clone()),
            None => crate::path::expand(self.operation.path, &self.values),
        }
    }

    /// What is called, for errors: the template of a path that cannot be built.
    pub(crate) fn call_info(&self, attempts: u32) -> CallInfo {
        let path = self.path().unwrap_or_else(|_| self.operation.path.to_owned());
        let url = self.service.url(&path);
        let path = url.parse().map(|url: http::Uri| url.path().to_owned()).unwrap_or(path);
        self.call_info_at(path, attempts)
    }

    pub(crate) fn call_info_at(&self, path: String, attempts: u32) -> CallInfo {
        CallInfo::new(self.operation, path, attempts)
    }

    /// The same request once more; a body that is a stream is not there a second time.
    pub(crate) fn try_clone(&self) -> Box<Self> {
        Box::new(Self {
            service: self.service.clone(),
            operation: self.operation,
            written: self.written.clone(),
            values: self.values.clone(),
            query: self.query.clone(),
            cookies: self.cookies.clone(),
            headers: self.headers.clone(),
            body: self.body.again(),
            repeatable: self.repeatable,
            timeout: self.timeout,
            retry: self.retry.clone(),
            error: self.error.clone(),
        })
    }
}

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
            query: Vec::new(),
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
            Ok(serde_json::Value::String(text)) => self.0.query.push(crate::path::literal(&text).to_string()),
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
        match crate::json::json_value(value) {
            Ok(value) => {
                let pairs = crate::body::form(&value, styles);
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
            (Ok(key), Ok(value)) => {
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
    pub fn check(mut self, place: &'static str, value: &dyn Encode, checks: &'static [crate::Check]) -> Self {
        // A value without a JSON form is told by whoever sends it.
        if let Ok(value) = crate::json::json_value(value)
            && let Some(found) = crate::constraints::check(&value, checks)
        {
            let place = place.to_owned();
            self.fail(RequestError::Constraint { place, path: found.path, reason: found.reason });
        }
        self
    }

    /// Sends the request; `decode` reads the answer of a documented success, `E` knows the documented errors.
    pub fn send<T, E: Responses>(self, decode: crate::body::Read<T>) -> Pending<T, E> {
        Pending::new(*self.0, decode, E::from_reply)
    }

    /// Sends the request; whatever the service answers is handed out as it came.
    pub fn send_raw(self) -> PendingRaw {
        PendingRaw::new(*self.0)
    }

    /// Sends the request; the body of a documented success is handed out as it arrives, by way of `open`.
    pub fn open<S, E: Responses>(self, open: fn(crate::stream::Source) -> S) -> Opening<S, E> {
        Opening::new(*self.0, open, E::from_reply)
    }

    /// Opens a WebSocket; `codec` writes and reads its messages.
    #[cfg(feature = "websocket")]
    pub fn connect<S, R, E: Responses>(
        self,
        codec: crate::websocket::Codec<S, R>,
    ) -> crate::websocket::Connecting<S, R, E> {
        crate::websocket::Connecting::new(*self.0, codec, E::from_reply)
    }

    /// Asks for one page after the other.
    pub fn pages<T, E: Responses>(self, read: crate::body::Read<T>, paging: Paging<T>) -> Pages<T, E> {
        Pages::new(*self.0, paging, read, E::from_reply)
    }

    /// Asks for the items of one page after the other.
    pub fn items<T, I, E: Responses>(
        self,
        read: crate::body::Read<T>,
        paging: Paging<T>,
        items: fn(T) -> Vec<I>,
    ) -> Items<T, I, E> {
        Items::new(self.pages(read, paging), items)
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
