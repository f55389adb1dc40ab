//! Calls that are made again: in comes an attempt and how it ended, out goes how long to wait before the next one, or that
//! there is none. Only what is safe to repeat is repeated, never past the call's time limit, and never more than a budget
//! that all calls of a gateway share allows, so that an outage is not multiplied.

use super::fault::Fault;
use crate::answer::reply::Reply;
use crate::gateway::policy::{Budget, RetryPolicy};
use crate::rt;
use http::StatusCode;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The wait after a failed attempt; `None` if it was the last.
fn wait(policy: &RetryPolicy, attempt: u32, fault: &Fault, is_safe: bool, random: f64) -> Option<Duration> {
    if attempt >= policy.attempts || !is_worth_it(policy, fault, is_safe) {
        return None;
    }
    let doubled = policy.first_wait.saturating_mul(2_u32.saturating_pow(attempt - 1));
    let wait = doubled.min(policy.longest_wait).mul_f64(random.clamp(0.0, 1.0));
    Some(fault.reply().and_then(retry_after).unwrap_or(wait))
}

/// Whether the same call may succeed, and may be made, a second time.
fn is_worth_it(policy: &RetryPolicy, fault: &Fault, is_safe: bool) -> bool {
    match fault {
        // Nothing was sent, so nothing can happen twice.
        Fault::Transport(error) if error.is_before_sending() => true,
        Fault::Transport(error) => is_safe && error.is_connection(),
        Fault::Gateway(error) => {
            let has_not_arrived = error.code().is_some_and(|code| policy.codes.contains(code));
            let is_refused = error.reply().status() == StatusCode::TOO_MANY_REQUESTS;
            has_not_arrived
                || (policy.statuses.contains(&error.reply().status().as_u16()) && (is_safe || is_refused))
        }
        Fault::Service(reply) => is_safe && policy.statuses.contains(&reply.status().as_u16()),
        // The attempt's time; when the call's is over, there is no other attempt.
        Fault::Timeout(_) => is_safe,
        // The credential has made its own attempts.
        Fault::Unexpected(_) | Fault::TooLarge(..) | Fault::Credential(_) | Fault::Request(_) => false,
    }
}

/// The wait that an answer asks for: seconds, or a date (RFC 9110, section 10.2.3).
fn retry_after(reply: &Reply) -> Option<Duration> {
    let text = reply.headers().get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = date(text)?.duration_since(jiff::Timestamp::now());
    Some(Duration::try_from(wait).unwrap_or_default())
}

/// A date in any of HTTP's three forms (RFC 9110, section 5.6.7).
fn date(text: &str) -> Option<jiff::Timestamp> {
    let obsolete = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let parsed = |format| jiff::fmt::strtime::parse(format, text).ok()?.to_datetime().ok();
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()
        .or_else(|| jiff::tz::Offset::UTC.to_timestamp(obsolete.into_iter().find_map(parsed)?).ok())
}

/// What the loop needs of the world; tests bring their own.
pub(crate) trait World {
    /// The time since the call began.
    fn elapsed(&self) -> Duration;
    /// A number from 0 to 1.
    fn random(&self) -> f64;
    /// Waits.
    fn sleep(&self, wait: Duration) -> impl Future<Output = ()> + Send;
}

/// The world as it is, or that of a mock, where a wait is over at once.
pub(crate) struct Real {
    began: rt::Instant,
    waits: bool,
    /// How many milliseconds were waited for in no time.
    skipped: AtomicU64,
}

impl Real {
    pub(crate) fn now(waits: bool) -> Self {
        Self { began: rt::Instant::now(), waits, skipped: AtomicU64::new(0) }
    }
}

impl World for Real {
    fn elapsed(&self) -> Duration {
        self.began.elapsed() + Duration::from_millis(self.skipped.load(Ordering::Relaxed))
    }

    fn random(&self) -> f64 {
        rt::random()
    }

    async fn sleep(&self, wait: Duration) {
        if self.waits {
            return rt::sleep(wait).await;
        }
        let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        self.skipped.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

/// Makes attempts until one succeeds or none is left. `limit` is the time for all of them.
pub(crate) async fn repeat<T, F: Future<Output = Result<T, Fault>>>(
    policy: &RetryPolicy,
    budget: &Budget,
    world: &impl World,
    limit: Duration,
    is_safe: bool,
    mut attempt: impl FnMut() -> F,
) -> Result<T, Fault> {
    let mut made = 0;
    loop {
        made += 1;
        let fault = match attempt().await {
            Ok(value) => {
                budget.earn();
                return Ok(value);
            }
            Err(fault) => fault,
        };
        let Some(wait) = wait(policy, made, &fault, is_safe, world.random()) else { return Err(fault) };
        // A wait that ends after the limit ends in a timeout; the error at hand says more.
        if world.elapsed().saturating_add(wait) >= limit || !budget.spend() {
            return Err(fault);
        }
        world.sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{World, date, repeat, retry_after};
    use crate::answer::gateway_error::GatewayError;
    use crate::answer::reply::Reply;
    use crate::call::fault::Fault;
    use crate::gateway::policy::{Budget, RetryPolicy};
    use crate::operation::Operation;
    use crate::operation::call_info::CallInfo;
    use crate::operation::method::Method;
    use crate::shown::hidden::Hidden;
    use crate::transport::error::TransportError;
    use std::cell::RefCell;
    use std::sync::Mutex;
    use std::time::Duration;

    const GET: Operation = Operation::new("get", Method::GET, "/");

    fn reply(status: u16, headers: &[(&str, &str)], body: &'static str) -> Reply {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let head = response.body(()).map(http::Response::into_parts);
        head.map(|(head, ())| {
            Reply::new(head, body.into(), CallInfo::new(&GET, String::new(), 1), Hidden::default())
        })
        .unwrap_or_else(|_| reply(500, &[], ""))
    }

    /// A world whose time passes by sleeping only, and whose dice always show the highest number.
    #[derive(Default)]
    struct Still(Mutex<Vec<Duration>>);

    impl Still {
        fn sleeps(&self) -> Vec<Duration> {
            self.0.lock().map(|sleeps| sleeps.clone()).unwrap_or_default()
        }
    }

    impl World for Still {
        fn elapsed(&self) -> Duration {
            self.sleeps().iter().sum()
        }
        fn random(&self) -> f64 {
            1.0
        }
        async fn sleep(&self, wait: Duration) {
            if let Ok(mut sleeps) = self.0.lock() {
                sleeps.push(wait);
            }
        }
    }

    /// Runs a call whose attempts end in these faults and then in success: attempts made, waits, whether it succeeded.
    async fn run(policy: &RetryPolicy, safe: bool, faults: Vec<Fault>) -> (usize, Vec<Duration>, bool) {
        run_within(policy, &Budget::default(), safe, faults).await
    }

    async fn run_within(
        policy: &RetryPolicy,
        budget: &Budget,
        safe: bool,
        faults: Vec<Fault>,
    ) -> (usize, Vec<Duration>, bool) {
        let world = Still::default();
        let made = RefCell::new(0);
        let faults = RefCell::new(faults.into_iter());
        let limit = Duration::from_secs(15);
        let result = repeat(policy, budget, &world, limit, safe, || {
            *made.borrow_mut() += 1;
            let next = faults.borrow_mut().next();
            async move { next.map_or(Ok(()), Err) }
        });
        let is_ok = result.await.is_ok();
        (made.into_inner(), world.sleeps(), is_ok)
    }

    fn unavailable() -> Fault {
        Fault::Service(reply(503, &[], ""))
    }

    #[tokio::test]
    async fn waits_double_and_end() {
        let policy = RetryPolicy::default().attempts(4);
        let (made, waits, ok) = run(&policy, true, vec![unavailable(), unavailable()]).await;
        assert_eq!((made, ok), (3, true));
        assert_eq!(waits, [Duration::from_millis(200), Duration::from_millis(400)]);
        let (made, _, ok) = run(&policy, true, (0..9).map(|_| unavailable()).collect()).await;
        assert_eq!((made, ok), (4, false));
    }

    #[tokio::test]
    async fn only_what_is_safe_is_repeated() {
        let policy = RetryPolicy::default();
        let made = async |safe, fault| run(&policy, safe, vec![fault]).await.0;
        let gateway = |status, body| Fault::Gateway(GatewayError::new(reply(status, &[], body)));
        assert_eq!(made(false, unavailable()).await, 1);
        assert_eq!(made(false, Fault::Transport(TransportError::connect("refused"))).await, 2);
        assert_eq!(made(false, Fault::Transport(TransportError::broken("reset"))).await, 1);
        assert_eq!(made(true, Fault::Transport(TransportError::broken("reset"))).await, 2);
        assert_eq!(made(false, gateway(503, r#"{"code":"SERVICE_NOT_READY"}"#)).await, 2);
        assert_eq!(made(false, gateway(404, r#"{"code":"SERVICE_ENDPOINT_NOT_FOUND"}"#)).await, 2);
        assert_eq!(made(false, gateway(429, r#"{"code":"EXCEED_RATELIMIT"}"#)).await, 2);
        assert_eq!(made(true, gateway(401, r#"{"code":"ACCESS_TOKEN_EXPIRED"}"#)).await, 1);
        assert_eq!(made(true, Fault::Service(reply(500, &[], ""))).await, 1);
        assert_eq!(made(true, Fault::Timeout(Duration::ZERO)).await, 2);
        assert_eq!(made(false, Fault::Timeout(Duration::ZERO)).await, 1);
    }

    #[tokio::test]
    async fn an_answer_may_say_how_long_to_wait_but_not_past_the_limit() {
        let policy = RetryPolicy::default();
        let after = |seconds| Fault::Service(reply(429, &[("retry-after", seconds)], ""));
        assert_eq!(run(&policy, true, vec![after("3")]).await, (2, vec![Duration::from_secs(3)], true));
        assert_eq!(run(&policy, true, vec![after("3600")]).await, (1, vec![], false));
        // RFC 9110's own example of a date, which is past.
        let past = reply(503, &[("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")], "");
        assert_eq!(retry_after(&past), Some(Duration::ZERO));
        assert_eq!(retry_after(&reply(503, &[("retry-after", "soon")], "")), None);
    }

    #[test]
    fn a_date_is_read_in_each_of_its_forms() {
        // RFC 9110, section 5.6.7, and a day of one digit.
        let dates =
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
        for text in dates {
            assert_eq!(date(text).map(|moment| moment.as_second()), Some(784_111_777), "{text}");
        }
        assert_eq!(date("Sunday, 06-Nov-94"), None);
    }

    #[tokio::test]
    async fn an_outage_is_not_multiplied() {
        let budget = Budget::default();
        let mut made = 0;
        for _ in 0..1000 {
            let policy = RetryPolicy::default();
            made += run_within(&policy, &budget, true, (0..9).map(|_| unavailable()).collect()).await.0;
        }
        assert_eq!(made, 1000 + 100, "a hundred repetitions for all calls together");
    }
}
