use gloo_timers::future::TimeoutFuture;
use send_wrapper::SendWrapper;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

pub(crate) use web_time::Instant;

/// The longest time that a browser's timer takes; longer ones would end at once.
const LONGEST: u128 = i32::MAX as u128;

/// Whether calls can be made here: a page always has its event loop.
pub(crate) fn is_there() -> bool {
    true
}

/// Runs a future to its end, whoever waits for it.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(task);
}

/// A number from 0 up to 1, another one each time. Not for secrets.
pub(crate) fn random() -> f64 {
    js_sys::Math::random()
}

/// A future of a moment that can be put off.
pub(crate) struct Timer(SendWrapper<TimeoutFuture>);

impl Timer {
    pub(crate) fn new(time: Duration) -> Self {
        let milliseconds = u32::try_from(time.as_millis().min(LONGEST)).unwrap_or(u32::MAX);
        Self(SendWrapper::new(TimeoutFuture::new(milliseconds)))
    }

    pub(crate) fn reset(&mut self, time: Duration) {
        *self = Self::new(time);
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut *self.0).poll(context)
    }
}
