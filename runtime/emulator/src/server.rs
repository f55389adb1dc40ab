//! The accept loop: connections come in, requests go to the gateway. Ends when it is told to, after the requests that run.
//!
//! May import from `counts`, `media`, `wire`, `state`, `gateway`.

use crate::counts::Counts;
use crate::gateway::handle;
use crate::media::essence;
use crate::state::Shared;
use crate::wire::held::{Endless, Held};
use crate::wire::{Connection, Silence, Wire, stopped};
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Request};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

/// How long to wait after a connection that could not be taken.
const PAUSE: Duration = Duration::from_millis(100);

/// What the loop needs.
pub(crate) struct Server {
    pub(crate) listener: TcpListener,
    pub(crate) shared: Arc<Shared>,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) silence: Silence,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Server {
    pub(crate) async fn run(mut self) {
        let mut connections = JoinSet::new();
        loop {
            let stream = tokio::select! {
                stream = accepted(|| async { self.listener.accept().await.map(|(stream, _)| stream) }) => stream,
                // A sender that is gone says the same.
                _ = self.stop.wait_for(|stop| *stop) => break,
                Some(_) = connections.join_next() => continue,
            };
            connections.spawn(self.serve(stream));
        }
        drop(self.listener);
        while connections.join_next().await.is_some() {}
    }

    fn serve(&self, stream: TcpStream) -> impl Future<Output = ()> + Send + 'static {
        let (shared, tls, silence) = (Arc::clone(&self.shared), self.tls.clone(), self.silence);
        let stop = self.stop.clone();
        async move {
            shared.counts.connections.fetch_add(1, Ordering::Relaxed);
            if shared.faults.of_connection() {
                // Whoever called sees a reset.
                let _ = stream.set_zero_linger();
                return;
            }
            // Answers are small and should not wait for each other.
            let _ = stream.set_nodelay(true);
            let _open = Open::new(&shared.counts);
            let connection = Arc::new(Connection::default());
            let wire = Wire::new(stream, Arc::clone(&connection), silence, stopped(stop.clone()));
            match tls {
                None => talk(wire, connection, Arc::clone(&shared), stop).await,
                Some(tls) => {
                    // A handshake that fails is the caller's to tell.
                    if let Ok(wire) = tls.accept(wire).await {
                        talk(wire, connection, Arc::clone(&shared), stop).await;
                    }
                }
            }
        }
    }
}

/// The next connection. Where there is none, because no file descriptor is left, for example, the next attempt may do better, in
/// a while.
async fn accepted<T, F: Future<Output = io::Result<T>>>(accept: impl Fn() -> F) -> T {
    loop {
        match accept().await {
            Ok(connection) => return connection,
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// A connection that counts as open until this is dropped, whatever becomes of its task.
struct Open(Arc<Counts>);

impl Open {
    fn new(counts: &Arc<Counts>) -> Self {
        counts.open_connections.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(counts))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open_connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether an answer is a stream that nobody expects to end.
fn is_endless(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    essence(content_type) == "text/event-stream"
}

async fn talk(
    wire: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    connection: Arc<Connection>,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let state = Arc::clone(&connection);
    let stopping = stop.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (shared, connection) = (Arc::clone(&shared), Arc::clone(&connection));
        let stopping = stopping.clone();
        async move {
            let busy = connection.busy();
            let response = handle(&shared, &connection, request.map(Body::new)).await;
            let (head, mut body) = response.into_parts();
            if is_endless(&head.headers) {
                body = Body::new(Endless::new(body, stopped(stopping)));
            }
            // The connection is busy until the answer has been sent.
            Ok::<_, Infallible>(axum::http::Response::from_parts(head, Held::new(body, busy)))
        }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let mut serving = pin!(builder.serve_connection_with_upgrades(TokioIo::new(wire), service));
    let mut is_leaving = false;
    loop {
        tokio::select! {
            // Errors of a connection are its caller's.
            _ = &mut serving => return,
            _ = stop.wait_for(|stop| *stop), if !is_leaving => {}
            () = state.leaving.notified(), if !is_leaving => {}
        }
        is_leaving = true;
        serving.as_mut().graceful_shutdown();
    }
}

#[cfg(test)]
mod tests {
    use super::accepted;
    use std::io;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::time::{Duration, Instant};

    #[tokio::test(start_paused = true)]
    async fn a_machine_without_file_descriptors_is_asked_ten_times_a_second() {
        let (asked, began) = (AtomicU32::new(0), Instant::now());
        let connection = accepted(|| async {
            match asked.fetch_add(1, Ordering::Relaxed) {
                0..50 => Err(io::Error::other("too many open files")),
                number => Ok(number),
            }
        });
        assert_eq!(connection.await, 50);
        assert_eq!(began.elapsed(), Duration::from_secs(5));
    }
}
