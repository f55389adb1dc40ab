//! A proxy that leads whatever is asked for to one address: `CONNECT`, as clients use it for TLS. So unmodified programs
//! reach the emulator by the real gateway's names.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// Starts the proxy. It ends with the runtime.
///
/// # Errors
///
/// There is no free port.
pub async fn start(target: SocketAddr) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((caller, _)) = listener.accept().await {
            // A tunnel that breaks is its caller's to notice.
            tokio::spawn(async move { drop(tunnel(caller, target).await) });
        }
    });
    Ok(address)
}

async fn tunnel(caller: TcpStream, target: SocketAddr) -> io::Result<()> {
    let mut caller = BufReader::new(caller);
    let mut head = String::new();
    loop {
        let before = head.len();
        caller.read_line(&mut head).await?;
        if head.len() == before || head.ends_with("\r\n\r\n") {
            break;
        }
    }
    let is_ours = head.strip_prefix("CONNECT ").is_some_and(|rest| {
        rest.split([':', ' ']).next().is_some_and(|host| host.ends_with(".tcloudbasegateway.com"))
    });
    if !is_ours {
        return caller.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await;
    }
    let mut target = TcpStream::connect(target).await?;
    caller.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    copy_bidirectional(&mut caller, &mut target).await?;
    Ok(())
}
