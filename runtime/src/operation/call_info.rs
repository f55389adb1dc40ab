use super::Operation;
use crate::shown::line::{EXCERPT, Line};
use std::fmt;

/// What was called, and how often: part of every error.
#[derive(Clone)]
pub struct CallInfo(Box<Inner>);

#[derive(Clone)]
struct Inner {
    operation: &'static Operation,
    path: String,
    attempts: u32,
}

impl CallInfo {
    pub(crate) fn new(operation: &'static Operation, path: String, attempts: u32) -> Self {
        Self(Box::new(Inner { operation, path, attempts }))
    }

    /// The operation that was called.
    pub fn operation(&self) -> &'static Operation {
        self.0.operation
    }

    /// The path that was called, that of the gateway included: `/v1/cloudrun/shop/products/7`. Without the query.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// How many attempts were made; one that ended before anything was sent counts too.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }
}

/// `getProduct`, or `POST /v1/cloudrun/shop/abc` for calls by hand.
impl fmt::Display for CallInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.operation.id {
            "" => write!(f, "{} {}", self.0.operation.method, Line::new(&self.0.path, EXCERPT)),
            id => f.write_str(id),
        }
    }
}

impl fmt::Debug for CallInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallInfo({self}, {} attempts)", self.0.attempts)
    }
}
