//! Signs of life: in come the bytes of a connection as they pass, out goes whether the other side is still there. Silence counts
//! only while a read waits: what an application does not read, it cannot hear. Never looks into the bytes.

use crate::rt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

/// How many pings may stay without an answer.
const UNANSWERED: u32 = 3;

/// What both halves of a connection know of it.
#[derive(Default)]
pub(super) struct Pulse {
    /// Whether something came, or was taken after a wait, since this was asked last.
    is_heard: AtomicBool,
    /// Whether somebody waits for what comes.
    listens: AtomicBool,
    /// Whether the connection takes no more bytes for now.
    is_blocked: AtomicBool,
    /// Told when it is time for a ping.
    pub(super) ping: Notify,
}

impl Pulse {
    /// Says whether what comes is waited for.
    pub(super) fn listen(&self, listens: bool) {
        self.listens.store(listens, Ordering::Relaxed);
    }

    /// Asks for pings. Ends when nobody has answered some of them.
    pub(super) async fn watch(&self, ping: Duration) {
        let mut silent = 0;
        loop {
            rt::sleep(ping).await;
            let is_heard = self.is_heard.swap(false, Ordering::Relaxed);
            silent = if is_heard || !self.listens.load(Ordering::Relaxed) { 0 } else { silent + 1 };
            if silent > UNANSWERED {
                return;
            }
            self.ping.notify_one();
        }
    }
}

/// A connection whose bytes are felt.
pub(super) struct Felt<C> {
    connection: C,
    pulse: Arc<Pulse>,
}

impl<C> Felt<C> {
    pub(super) fn new(connection: C, pulse: Arc<Pulse>) -> Self {
        Self { connection, pulse }
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for Felt<C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.connection).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.pulse.is_heard.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Felt<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.connection).poll_write(context, bytes);
        let was_blocked = self.pulse.is_blocked.swap(result.is_pending(), Ordering::Relaxed);
        // Room after a wait was made by the other side; the first bytes only fill the buffers of this machine.
        if was_blocked && matches!(result, Poll::Ready(Ok(1..))) {
            self.pulse.is_heard.store(true, Ordering::Relaxed);
        }
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::Felt;
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, BufWriter, duplex};

    #[tokio::test]
    async fn what_a_connection_holds_back_goes_out_when_it_is_flushed_and_at_its_end() -> std::io::Result<()>
    {
        let (ours, mut theirs) = duplex(64);
        // As TLS does, this one keeps bytes until it is flushed.
        let mut felt = Felt::new(BufWriter::new(ours), Arc::default());
        felt.write_all(b"hi").await?;
        felt.flush().await?;
        let mut word = [0; 2];
        let arrives = tokio::time::timeout(std::time::Duration::from_secs(5), theirs.read_exact(&mut word));
        assert!(arrives.await.is_ok_and(|read| read.is_ok()), "nothing came");
        felt.write_all(b"!").await?;
        felt.shutdown().await?;
        let mut rest = Vec::new();
        let end = tokio::time::timeout(std::time::Duration::from_secs(5), theirs.read_to_end(&mut rest));
        assert!(end.await.is_ok_and(|read| read.is_ok()), "it has no end");
        assert_eq!((&word, &rest[..]), (b"hi", &b"!"[..]));
        Ok(())
    }
}
