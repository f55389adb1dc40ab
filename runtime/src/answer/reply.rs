use super::body::Read;
use super::charset;
use crate::gateway::limits::ERROR_SIZE;
use crate::json::decode::unmarked;
use crate::json::error::DecodeError;
use crate::operation::Operation;
use crate::operation::call_info::CallInfo;
use crate::shown::cover::Cover;
use crate::shown::hidden::Hidden;
use crate::shown::line::{EXCERPT, Line};
use crate::shown::raw::excerpt;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// An answer as it came: status, headers and the whole body. Cheap to clone; errors keep one.
#[derive(Clone)]
pub struct Reply(Arc<Inner>);

struct Inner {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// The body in UTF-8, where it is a text in another charset and was asked for.
    converted: OnceLock<Option<Result<String, DecodeError>>>,
    call: CallInfo,
    hidden: Hidden,
    /// Made when something is shown first.
    cover: OnceLock<Cover>,
}

impl Reply {
    pub(crate) fn new(head: http::response::Parts, body: Bytes, call: CallInfo, hidden: Hidden) -> Self {
        Self(Arc::new(Inner {
            status: head.status,
            headers: head.headers,
            body,
            converted: OnceLock::new(),
            call,
            hidden,
            cover: OnceLock::new(),
        }))
    }

    /// What covers the secrets of the request, which an answer may repeat, and the answer's own.
    pub(crate) fn cover(&self) -> &Cover {
        self.0.cover.get_or_init(|| {
            let mut cover = self.0.hidden.cover();
            cover.add_headers(&self.0.headers);
            let body = self.readable();
            let body = body.get(..body.len().min(ERROR_SIZE)).unwrap_or_default();
            cover.add_text(self.media_type(), &String::from_utf8_lossy(body));
            cover
        })
    }

    /// The media type with its parameters; nothing if the answer names none.
    pub(super) fn media_type(&self) -> &str {
        let value = self.0.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// The secrets of the request.
    pub(crate) fn hidden(&self) -> &Hidden {
        &self.0.hidden
    }

    /// The start of the body for people.
    pub(crate) fn excerpt(&self) -> Line {
        excerpt(self.media_type(), self.readable(), self.cover())
    }

    /// The answer in its type.
    pub(crate) fn read<T>(&self, read: Read<T>) -> Result<T, DecodeError> {
        read(self).map_err(|error| error.covered(self.cover()))
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The headers. The gateway adds `Content-Disposition: attachment` to most answers; it means nothing.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// The body as JSON of a type.
    ///
    /// # Errors
    ///
    /// The body is not JSON, or not of this type.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, DecodeError> {
        serde_json::from_slice(unmarked(self.json_text()?))
            .map_err(|error| DecodeError::new(error.to_string()).covered(self.cover()))
    }

    /// The body as text, without a byte order mark before it. The charset is the one that `Content-Type` names, which takes the
    /// feature `charset` if it is not UTF-8; without a name it is UTF-8.
    ///
    /// # Errors
    ///
    /// The body is no text in its charset.
    pub fn text(&self) -> Result<&str, DecodeError> {
        if let Some(text) = self.converted()? {
            return Ok(text);
        }
        std::str::from_utf8(unmarked(self.body()))
            .map_err(|error| DecodeError::new(format!("the text is not UTF-8: {error}")))
    }

    /// The body as JSON in UTF-8, from the charset that its media type names if it is not UTF-8 as it should be.
    pub(crate) fn json_text(&self) -> Result<&[u8], DecodeError> {
        match charset::foreign(self.headers()) {
            Some(charset) if !charset::is_utf8_json(charset, self.body()) => {
                Ok(self.converted()?.map_or(self.body(), str::as_bytes))
            }
            _ => Ok(self.body()),
        }
    }

    /// The body for people to read: in UTF-8 where it can be.
    pub(crate) fn readable(&self) -> &[u8] {
        self.converted().ok().flatten().map_or(self.body(), str::as_bytes)
    }

    /// The text of a body in another charset than UTF-8.
    fn converted(&self) -> Result<Option<&str>, DecodeError> {
        let convert = || charset::foreign(self.headers()).map(|name| charset::decode(name, self.body()));
        match self.0.converted.get_or_init(convert) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(error)) => Err(error.clone()),
        }
    }

    /// The operation that was called.
    pub fn operation(&self) -> &'static Operation {
        self.0.call.operation()
    }

    /// The path that was called, that of the gateway included: `/v1/cloudrun/shop/products/7`. Without the query.
    pub fn path(&self) -> &str {
        self.0.call.path()
    }

    /// What was called, and how often.
    pub fn call(&self) -> &CallInfo {
        &self.0.call
    }

    /// The id to quote when you ask for help: header `x-request-id`, else `x-cloudbase-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        let header = |name| self.0.headers.get(name).and_then(|value| value.to_str().ok());
        header("x-request-id").or_else(|| header("x-cloudbase-request-id"))
    }

    /// The same id as people may read it.
    pub(crate) fn shown_request_id(&self) -> Option<Line> {
        let id = self.request_id()?;
        Some(Line::covered(self.cover(), id, EXCERPT))
    }

    /// The pattern that fits the status best: the exact status, then its range (`"4XX"`), then `"default"`.
    pub fn pattern(&self, patterns: &[&'static str]) -> Option<&'static str> {
        pattern(self.0.status, patterns)
    }

    /// The error of a status that the document does not list.
    pub fn undocumented(&self) -> DecodeError {
        DecodeError::new(format!("the document lists no answer with status {}", self.status()))
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("call", &self.0.call)
            .field("status", &self.0.status)
            .field("request_id", &self.shown_request_id())
            .field("body", &self.excerpt())
            .finish_non_exhaustive()
    }
}

/// The pattern that fits a status best: the exact status, then its range (`"4XX"`), then `"default"`.
pub(crate) fn pattern(status: StatusCode, patterns: &[&'static str]) -> Option<&'static str> {
    let range = |pattern: &str| {
        let bytes = pattern.as_bytes();
        bytes.len() == 3
            && bytes[0] == status.as_str().as_bytes()[0]
            && bytes[1..].eq_ignore_ascii_case(b"xx")
    };
    let find = |fits: &dyn Fn(&str) -> bool| patterns.iter().copied().find(|pattern| fits(pattern));
    find(&|pattern| pattern == status.as_str())
        .or_else(|| find(&range))
        .or_else(|| find(&|pattern| pattern == "default"))
}
