use crate::transport::body::Body;
use std::sync::{Mutex, PoisonError};

/// The body of a request. Bytes can be sent any number of times, a stream once.
#[derive(Debug)]
pub(crate) struct Payload(Mutex<Body>);

impl Payload {
    pub(crate) fn new(body: Body) -> Self {
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
    pub(crate) fn again(&self) -> Self {
        Self::new(self.with(|body| body.try_clone()).unwrap_or_else(Body::empty))
    }
}
