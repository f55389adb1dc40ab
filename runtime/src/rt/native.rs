use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Sleep;

pub(crate) use tokio::time::Instant;

/// Whether calls can be made here: by a runtime that has time, too.
pub(crate) fn is_there() -> bool {
    // Tokio tells of missing time by a panic only.
    let has_time = || std::panic::catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))).is_ok();
    tokio::runtime::Handle::try_current().is_ok() && has_time()
}

/// Runs a future to its end, whoever waits for it. There must be a runtime.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    // Nobody waits by the handle.
    drop(tokio::spawn(task));
}

/// A number from 0 up to 1, another one each time. Not for secrets.
pub(crate) fn random() -> f64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

/// A future of a moment that can be put off.
pub(crate) struct Timer(Pin<Box<Sleep>>);

impl Timer {
    pub(crate) fn new(time: Duration) -> Self {
        Self(Box::pin(tokio::time::sleep(time)))
    }

    pub(crate) fn reset(&mut self, time: Duration) {
        // A moment that no clock reaches is never.
        let far = || Instant::now() + Duration::from_secs(60 * 60 * 24 * 365);
        self.0.as_mut().reset(Instant::now().checked_add(time).unwrap_or_else(far));
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(context)
    }
}
