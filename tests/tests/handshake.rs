//! The answer that opens a WebSocket (RFC 6455, section 4.1): it proves that the other side has read this request, and is no cache
//! and no proxy that says 101 to whatever comes.

use cloudrun_runtime::{Error, Gateway};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error>;

/// A server that switches protocols with this line in its answer, whatever was asked.
async fn switching(line: &'static str) -> Result<(Gateway, Arc<AtomicUsize>), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let gateway = Gateway::direct(format!("http://{}", listener.local_addr()?)).build()?;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n")
                && connection.read_buf(&mut request).await.is_ok_and(|read| read > 0)
            {}
            let answer = format!(
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n{line}\r\n"
            );
            // A word at once, as a frame, for whoever takes this for a WebSocket.
            let _ = connection.write_all(answer.as_bytes()).await;
            let _ = connection.write_all(b"\x81\x02hi").await;
            let _ = connection.read_to_end(&mut request).await;
        }
    });
    Ok((gateway, asked))
}

#[tokio::test]
async fn an_answer_to_another_key_opens_no_socket() -> Result<(), Failure> {
    for line in [
        "",
        "sec-websocket-accept:\r\n",
        // The answer to the key of RFC 6455's example.
        "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
    ] {
        let (gateway, asked) = switching(line).await?;
        let error = gateway.service("chat")?.get("/").connect().await.err().ok_or("it opened")?;
        let Error::Transport { error, .. } = &error else { return Err(error.into()) };
        assert!(error.to_string().contains("`Sec-WebSocket-Accept` does not fit the key"), "{line}: {error}");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{line}: it would say so again");
    }
    Ok(())
}
