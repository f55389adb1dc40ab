//! What comes of a call: in comes the service's or the gateway's answer, out goes a typed value, or an [`Error`](crate::Error)
//! that keeps all of it. Never sends anything.
//!
//! May import from `shown`, `json`, `operation`, `transport`, `credential`, `gateway`, `request`.

pub mod body;
mod charset;
pub(crate) mod error;
pub(crate) mod gateway_error;
pub(crate) mod headers;
pub(crate) mod reply;
pub(crate) mod response;
pub(crate) mod responses;
mod words;
