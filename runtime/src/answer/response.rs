use super::headers::Headers;
use super::reply::Reply;
use crate::json::error::DecodeError;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A documented success: the typed value, with the answer it came in. Derefs to the value.
#[derive(Clone)]
pub struct Response<T> {
    pub(crate) value: T,
    pub(crate) reply: Reply,
}

impl<T> Response<T> {
    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The answer as it came.
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.reply.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.reply.headers()
    }

    /// The documented headers in their types: `response.typed_headers::<operations::ListPetsHeaders>()?`.
    ///
    /// # Errors
    ///
    /// A header is not what the document promises.
    pub fn typed_headers<H: Headers>(&self) -> Result<H, DecodeError> {
        self.reply.read(H::from_headers)
    }

    /// The id to quote when you ask for help.
    pub fn request_id(&self) -> Option<&str> {
        self.reply.request_id()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.reply.status())
            .field("request_id", &self.reply.shown_request_id())
            .field("value", &self.value)
            .finish()
    }
}
