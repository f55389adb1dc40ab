//! What the gateway allows: the size of a body, how long a service may take, how many requests at once and in a second.
//!
//! May import from `answer`.

use crate::answer::Refusal;
use axum::body::Body;
use axum::http::StatusCode;
use futures_util::{StreamExt, TryStreamExt};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The gateway's limits (<https://docs.cloudbase.net/run/limitation>).
const REQUEST_SIZE: u64 = 20 << 20;
const REQUEST_TIME: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) request_size: u64,
    pub(crate) request_time: Duration,
    pub(crate) requests_at_once: usize,
    pub(crate) rate: Option<Rate>,
    running: AtomicUsize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_size: REQUEST_SIZE,
            request_time: REQUEST_TIME,
            requests_at_once: usize::MAX,
            rate: None,
            running: AtomicUsize::new(0),
        }
    }
}

impl Limits {
    /// Lets a request in, until what is returned is dropped.
    pub(crate) fn enter(&self) -> Result<Place<'_>, Refusal> {
        if self.rate.as_ref().is_some_and(|rate| !rate.take()) {
            let message = "Too many requests in a second.";
            return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "EXCEED_RATELIMIT", message));
        }
        let before = self.running.fetch_add(1, Ordering::AcqRel);
        let place = Place(&self.running);
        if before < self.requests_at_once {
            return Ok(place);
        }
        let message = "Too many requests at the same time.";
        Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "EXCEED_CONCURRENT_REQUEST_LIMIT", message))
    }
}

/// A request that is under way.
pub(crate) struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// So many requests in a second; a second's worth may come at once.
#[derive(Debug)]
pub(crate) struct Rate {
    in_a_second: f64,
    left: Mutex<(f64, Instant)>,
}

impl Rate {
    pub(crate) fn new(requests: u32) -> Self {
        let in_a_second = f64::from(requests);
        Self { in_a_second, left: Mutex::new((in_a_second, Instant::now())) }
    }

    fn take(&self) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (tokens, since) = *left;
        let now = Instant::now();
        let tokens = (tokens + (now - since).as_secs_f64() * self.in_a_second).min(self.in_a_second);
        let is_in = tokens >= 1.0;
        *left = (if is_in { tokens - 1.0 } else { tokens }, now);
        is_in
    }
}

/// The body, which breaks off where it becomes larger than allowed, and whether it has.
pub(crate) fn limited(body: Body, limit: u64) -> (Body, Arc<AtomicBool>) {
    let is_too_large = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_too_large);
    let mut left = limit;
    let pieces = body.into_data_stream().map_err(io::Error::other).map(move |piece| {
        let piece = piece?;
        match left.checked_sub(piece.len() as u64) {
            Some(rest) => {
                left = rest;
                Ok(piece)
            }
            None => {
                seen.store(true, Ordering::Relaxed);
                Err(io::Error::other("the body is larger than the gateway takes"))
            }
        }
    });
    (Body::from_stream(pieces), is_too_large)
}
