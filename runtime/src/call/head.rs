//! The head of an answer: whose it is, and what it means.

use super::fault::Fault;
use crate::answer::gateway_error::GatewayError;
use crate::answer::reply::{Reply, pattern};
use crate::operation::call_info::CallInfo;
use crate::operation::method::Method;
use crate::shown::hidden::Hidden;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, StatusCode, response};

/// The header by which the gateway says that the service answered.
const UPSTREAM_STATUS: &str = "x-cloudbase-upstream-status-code";

/// All of a [`Reply`] but its body.
pub(crate) struct Head {
    parts: response::Parts,
    call: CallInfo,
    hidden: Hidden,
}

impl Head {
    pub(super) fn new(parts: response::Parts, call: CallInfo, hidden: Hidden) -> Self {
        Self { parts, call, hidden }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.parts.status
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// How many bytes follow, if that is told. The length in an answer to HEAD is that of another answer.
    pub(super) fn body_length(&self) -> Option<usize> {
        if self.call.operation().method == Method::HEAD {
            return Some(0);
        }
        self.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// Whether the service answered, and not the gateway in its place.
    pub(super) fn is_from_service(&self) -> bool {
        let upstream = self.headers().get(UPSTREAM_STATUS).map(HeaderValue::as_bytes);
        upstream == Some(self.status().as_str().as_bytes())
    }

    /// Whether the answer is a documented success.
    pub(super) fn is_success(&self) -> bool {
        let found = pattern(self.status(), self.call.operation().success);
        found.is_some_and(|found| found != "default" || self.status().is_success())
    }

    /// The answer with its body; an empty one where the body is read as it arrives.
    pub(crate) fn with_body(self, body: Bytes) -> Reply {
        Reply::new(self.parts, body, self.call, self.hidden)
    }

    /// The whole answer: tells success from error, and the gateway's answers from the service's.
    pub(super) fn judge(self, body: Bytes, direct: bool) -> Result<Reply, Fault> {
        let (is_success, is_from_service) = (self.is_success(), direct || self.is_from_service());
        let reply = self.with_body(body);
        if is_success {
            Ok(reply)
        } else if reply.status().is_success() {
            Err(Fault::Unexpected(reply))
        } else if is_from_service {
            Err(Fault::Service(reply))
        } else {
            Err(Fault::Gateway(GatewayError::new(reply)))
        }
    }
}
