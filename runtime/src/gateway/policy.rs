//! When calls are made again: what users set, and what all calls of a gateway may spend on it. The loop is the calls' own.

use super::code::GatewayCode;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The statuses that pass: too many calls, or a service that is not there for a while.
pub(crate) const PASSING: [u16; 4] = [429, 502, 503, 504];

/// When a call is made again, and after which wait. The defaults: three attempts; 0.2 s, then twice that, of which a random
/// part is waited; statuses 429, 502, 503 and 504. However calls are set to be made again, all of a gateway together are only
/// as often as a budget allows: a hundred times, and once more for every ten that were answered.
///
/// ```
/// use cloudrun_runtime::{Gateway, RetryPolicy};
/// let gateway = Gateway::builder("my-env-3gk8v2").retry(RetryPolicy::default().attempts(5));
/// let none = Gateway::builder("my-env-3gk8v2").retry(RetryPolicy::never());
/// # let _ = (gateway, none);
/// ```
#[derive(Clone)]
pub struct RetryPolicy {
    pub(crate) attempts: u32,
    pub(crate) first_wait: Duration,
    pub(crate) longest_wait: Duration,
    pub(crate) statuses: Vec<u16>,
    pub(crate) codes: Vec<GatewayCode>,
    pub(crate) attempt_timeout: Option<Duration>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(5),
            statuses: PASSING.to_vec(),
            codes: vec![GatewayCode::ServiceNotReady, GatewayCode::ServiceEndpointNotFound],
            attempt_timeout: None,
        }
    }
}

impl RetryPolicy {
    /// Makes no call twice.
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// How often a call is made at most, the first time included.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The longest wait before the second attempt; it doubles for every further one, up to `longest`. A random part of it
    /// is waited, unless the answer says how long to wait (`Retry-After`).
    #[must_use]
    pub fn waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first_wait = first;
        self.longest_wait = longest;
        self
    }

    /// The statuses after which a call that is safe to repeat is made again.
    #[must_use]
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = u16>) -> Self {
        self.statuses = statuses.into_iter().collect();
        self
    }

    /// The gateway's codes after which any call is made again: those that say that the request has not reached the service.
    #[must_use]
    pub fn codes(mut self, codes: impl IntoIterator<Item = GatewayCode>) -> Self {
        self.codes = codes.into_iter().collect();
        self
    }

    /// How long one attempt may take. An attempt that takes longer is given up, and made again if the call is safe to
    /// repeat and time is left.
    #[must_use]
    pub fn attempts_within(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("attempts", &self.attempts)
            .field("first_wait", &self.first_wait)
            .field("longest_wait", &self.longest_wait)
            .field("statuses", &self.statuses)
            .finish_non_exhaustive()
    }
}

/// What all calls of a gateway may spend on repeating: each repetition takes one, each answered call gives a tenth back.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<f64>);

const FULL_BUDGET: f64 = 100.0;

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(FULL_BUDGET))
    }
}

impl Budget {
    pub(crate) fn spend(&self) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = *left >= 1.0;
        if enough {
            *left -= 1.0;
        }
        enough
    }

    pub(crate) fn earn(&self) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + 0.1).min(FULL_BUDGET);
    }
}
