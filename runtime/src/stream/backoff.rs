//! How long to wait before a connection is opened again: in come openings, signs of progress and what the service asks, out goes
//! the next wait, or that there is none. Event streams and WebSockets share it.

use super::events::Reconnect;
use crate::answer::error::Error;
use crate::call::fault::{Failure, Fault};
use crate::gateway::policy::PASSING;
use crate::rt;
use std::convert::Infallible;
use std::time::Duration;

/// A connection that lived as long as this was no failure. One that is accepted and closed at once is, as often as it happens.
const STEADY: Duration = Duration::from_secs(10);
/// Longer than anybody waits, and short enough to reckon with.
const EVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// The waits of one stream or socket.
pub(crate) struct Backoff {
    policy: Reconnect,
    failures: u32,
    opened: Option<rt::Instant>,
}

impl Backoff {
    /// The waits of a connection that is open.
    pub(crate) fn of_open(policy: Reconnect) -> Self {
        Self { policy, failures: 0, opened: Some(rt::Instant::now()) }
    }

    /// The connection is open again.
    pub(crate) fn opened(&mut self) {
        self.opened = Some(rt::Instant::now());
    }

    /// The connection has brought what it was opened for.
    pub(crate) fn progress(&mut self) {
        self.failures = 0;
    }

    /// The wait before the connection is opened again; `None` if that has failed too often. `asked` is how long the service
    /// wants it to be, `random` a number from 0 up to 1.
    pub(crate) fn wait(&mut self, asked: Option<Duration>, random: f64) -> Option<Duration> {
        if self.opened.take().is_some_and(|opened| opened.elapsed() >= STEADY) {
            self.failures = 0;
        }
        if self.failures >= self.policy.attempts {
            return None;
        }
        let longest = self.policy.longest.min(EVER);
        let doubled = |wait: Duration| wait.saturating_mul(2_u32.saturating_pow(self.failures)).min(longest);
        let random = random.clamp(0.0, 1.0);
        // Never sooner than the service asks. A part of each wait is random, so that not everybody comes back at once.
        let wait = match asked {
            Some(asked) => doubled(asked).mul_f64(1.0 + random / 4.0),
            None => doubled(self.policy.delay).mul_f64(0.5 + random / 2.0),
        };
        self.failures += 1;
        Some(wait.min(longest))
    }
}

/// Whether another opening may succeed where this one failed, and what its error says.
pub(crate) fn judge(failure: Failure) -> (bool, String) {
    let by_kind = match &failure.fault {
        Fault::Service(reply) | Fault::Unexpected(reply) => Some(PASSING.contains(&reply.status().as_u16())),
        Fault::Timeout(_) | Fault::Transport(_) => Some(true),
        _ => None,
    };
    let error: Error<Infallible> = failure.into_error();
    (by_kind.unwrap_or_else(|| error.is_retryable()), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Backoff, STEADY};
    use crate::stream::events::Reconnect;
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn connections_that_end_at_once_wait_longer_each_time_and_then_no_more() {
        let mut backoff = Backoff::of_open(Reconnect::default().attempts(4));
        let mut waits = Vec::new();
        while let Some(wait) = backoff.wait(None, 1.0) {
            waits.push(wait);
            backoff.opened();
        }
        assert_eq!(waits, [1, 2, 4, 8].map(|times| SECOND * times));
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_lived_or_brought_something_starts_anew() {
        let mut backoff = Backoff::of_open(Reconnect::default().attempts(1));
        for _ in 0..3 {
            assert_eq!(backoff.wait(None, 1.0), Some(SECOND));
            backoff.opened();
            tokio::time::advance(STEADY).await;
        }
        assert_eq!(backoff.wait(None, 1.0), Some(SECOND));
        backoff.opened();
        backoff.progress();
        assert_eq!(backoff.wait(None, 1.0), Some(SECOND));
        assert_eq!(backoff.wait(None, 1.0), None, "it was never open in between");
    }

    #[tokio::test]
    async fn a_part_of_each_wait_is_random_but_not_less_than_asked() {
        let wait = |asked, random| Backoff::of_open(Reconnect::default()).wait(asked, random);
        assert_eq!([wait(None, 0.0), wait(None, 1.0)], [Some(SECOND / 2), Some(SECOND)]);
        let asked = Some(SECOND * 8);
        assert_eq!([wait(asked, 0.0), wait(asked, 1.0)], [Some(SECOND * 8), Some(SECOND * 10)]);
    }

    #[tokio::test]
    async fn nobody_has_a_stream_wait_for_ever() {
        let longest = Duration::from_secs(60);
        let wait = Backoff::of_open(Reconnect::default()).wait(Some(Duration::from_millis(u64::MAX)), 0.0);
        assert_eq!(wait, Some(longest));
        let policy = Reconnect::default().delay(Duration::MAX);
        assert_eq!(Backoff::of_open(policy).wait(None, 1.0), Some(longest));
        let policy = Reconnect::default().longest(Duration::MAX).delay(Duration::MAX);
        assert_eq!(Backoff::of_open(policy).wait(None, 1.0), Some(SECOND * 60 * 60 * 24 * 365), "a year");
        let policy = Reconnect::default().longest(SECOND).attempts(u32::MAX);
        let mut backoff = Backoff::of_open(policy);
        let waits: Vec<_> = (0..100).filter_map(|_| backoff.wait(None, 1.0)).collect();
        assert_eq!(waits, [SECOND; 100]);
    }
}
