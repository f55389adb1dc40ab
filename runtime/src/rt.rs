//! Time and tasks: what calls need of the asynchronous runtime, in one place.

use std::future::Future;
use std::time::Duration;

pub(crate) use tokio::time::{Instant, Sleep, sleep};

/// Whether calls can be made here.
pub(crate) fn is_there() -> bool {
    tokio::runtime::Handle::try_current().is_ok()
}

/// Runs a future to its end, whoever waits for it. There must be a runtime.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    // Nobody waits by the handle.
    drop(tokio::spawn(task));
}

/// A future's output, unless it takes longer.
pub(crate) async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, future).await.ok()
}

/// A number from 0 up to 1, another one each time. Not for secrets.
pub(crate) fn random() -> f64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}
