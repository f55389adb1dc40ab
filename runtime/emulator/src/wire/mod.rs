//! A connection whose bytes can be made to go wrong, and that is closed where it stays silent for too long, or waits for nothing
//! while the emulator stops.
//!
//! May import from no other room.

pub(crate) mod held;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, Sleep, sleep};

const FINE: u8 = 0;
const RESET: u8 = 1;
const GARBAGE: u8 = 2;

/// What is not HTTP, in no version.
const NO_HTTP: &[u8] = b"\x16\x03garbage, as a broken proxy might send it\r\n\r\n";

/// How a connection stands, shared with the requests that came over it.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    plan: AtomicU8,
    requests: AtomicUsize,
    is_upgraded: AtomicBool,
    /// Told when the connection is to take no more requests.
    pub(crate) leaving: Notify,
}

impl Connection {
    /// Resets the connection with the next byte that would be sent.
    pub(crate) fn reset(&self) {
        self.plan.store(RESET, Ordering::Release);
    }

    /// Sends something that is not HTTP instead of the next byte, then resets the connection.
    pub(crate) fn garble(&self) {
        self.plan.store(GARBAGE, Ordering::Release);
    }

    /// The connection speaks another protocol from now on.
    pub(crate) fn upgraded(&self) {
        self.is_upgraded.store(true, Ordering::Release);
    }

    /// A request that is under way until this is dropped.
    pub(crate) fn busy(self: &Arc<Self>) -> Busy {
        self.requests.fetch_add(1, Ordering::AcqRel);
        Busy(Arc::clone(self))
    }
}

#[derive(Debug)]
pub(crate) struct Busy(Arc<Connection>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::AcqRel);
    }
}

/// How long connections may be silent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    /// Between two requests.
    pub(crate) http: Duration,
    /// Of a WebSocket.
    pub(crate) socket: Duration,
}

/// Ready once the emulator stops.
pub(crate) type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Whether the emulator has been told to stop. A sender that is gone says the same.
pub(crate) fn stopped(mut stop: watch::Receiver<bool>) -> Stopped {
    Box::pin(async move {
        let _ = stop.wait_for(|stop| *stop).await;
    })
}

pub(crate) struct Wire {
    stream: TcpStream,
    connection: Arc<Connection>,
    silence: Silence,
    timer: Pin<Box<Sleep>>,
    last: Instant,
    /// `None` once it was ready.
    stopped: Option<Stopped>,
}

impl Wire {
    pub(crate) fn new(
        stream: TcpStream,
        connection: Arc<Connection>,
        silence: Silence,
        stopped: Stopped,
    ) -> Self {
        let timer = Box::pin(sleep(silence.http.min(silence.socket)));
        Self { stream, connection, silence, timer, last: Instant::now(), stopped: Some(stopped) }
    }

    /// Whether the connection has nothing to wait for any more: the emulator stops, and no request is under way. A WebSocket is none.
    fn is_left(&mut self, context: &mut Context<'_>) -> bool {
        if self.stopped.as_mut().is_some_and(|stopped| stopped.as_mut().poll(context).is_ready()) {
            self.stopped = None;
        }
        self.stopped.is_none() && !self.is_busy()
    }

    fn is_busy(&self) -> bool {
        !self.connection.is_upgraded.load(Ordering::Acquire)
            && self.connection.requests.load(Ordering::Acquire) > 0
    }

    fn broken(&self) -> io::Error {
        // Whoever holds the other end sees a reset, not an orderly end.
        let _ = self.stream.set_zero_linger();
        io::Error::from(io::ErrorKind::ConnectionReset)
    }

    /// Whether the connection has been silent for too long. Sets the timer to the moment when it will have been.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        loop {
            if self.timer.as_mut().poll(context).is_pending() {
                return false;
            }
            let upgraded = self.connection.is_upgraded.load(Ordering::Acquire);
            let limit = if upgraded { self.silence.socket } else { self.silence.http };
            let is_busy = self.is_busy();
            let silent = self.last.elapsed();
            if silent >= limit && !is_busy {
                return true;
            }
            let wait = if is_busy { limit } else { limit - silent };
            // Not reset to a moment, which might be one that no clock reaches.
            self.timer.set(sleep(wait));
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        match Pin::new(&mut this.stream).poll_read(context, buffer) {
            Poll::Ready(result) => {
                this.last = Instant::now();
                Poll::Ready(result)
            }
            // The end, as if the other side had closed.
            Poll::Pending if this.is_left(context) || this.is_over(context) => Poll::Ready(Ok(())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        this.last = Instant::now();
        match this.connection.plan.load(Ordering::Acquire) {
            FINE => Pin::new(&mut this.stream).poll_write(context, bytes),
            GARBAGE => {
                // As much as fits; nobody can read it anyway.
                let _ = this.stream.try_write(NO_HTTP);
                this.connection.reset();
                Poll::Ready(Err(io::Error::from(io::ErrorKind::BrokenPipe)))
            }
            _ => Poll::Ready(Err(this.broken())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
