//! Time and tasks: what calls need of the asynchronous runtime, in one place. It is Tokio, or the browser's event loop.
//!
//! May import from no other room.

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod browser;
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod native;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) use browser::{Instant, Timer, is_there, random, spawn};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) use native::{Instant, Timer, is_there, random, spawn};

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// Waits.
pub(crate) fn sleep(time: Duration) -> Timer {
    Timer::new(time)
}

/// A future's output, unless it takes longer.
pub(crate) async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    let (mut timer, mut future) = (pin!(sleep(limit)), pin!(future));
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}
