//! The place of a stream among the requests under way: it is kept while something may come, and left at the end.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use cloudrun_emulator::{Emulator, RunningEmulator, axum};
use cloudrun_runtime::{Credential, Gateway, RetryPolicy, Service};
use futures_util::stream;
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

/// A service that is called by one request at a time.
async fn start() -> Result<(Service, RunningEmulator), Failure> {
    let endless = async || {
        let pieces = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(b"piece")));
        Body::from_stream(pieces)
    };
    let router = Router::new().route("/endless", get(endless)).route("/short", get(async || "hello"));
    let emulator = Emulator::new().service("shop", router).start().await?;
    let gateway = Gateway::at(emulator.url()).credential(Credential::api_key(emulator.token()));
    let gateway = gateway.max_concurrent_requests(1).retry(RetryPolicy::never()).build()?;
    Ok((gateway.service("shop")?, emulator))
}

#[tokio::test]
async fn a_stream_that_is_read_keeps_its_place() -> Result<(), Failure> {
    let (shop, _emulator) = start().await?;
    let mut pieces = shop.get("/endless").stream().await?;
    for _ in 0..3 {
        assert!(!pieces.next().await.ok_or("an end")??.is_empty());
    }
    let waits = shop.get("/short").timeout(Duration::from_millis(300)).send().await;
    assert!(waits.is_err_and(|error| error.is_timeout()), "there is one place");
    drop(pieces);
    assert_eq!(shop.get("/short").send().await?.text()?, "hello");
    Ok(())
}

#[tokio::test]
async fn a_stream_that_has_ended_leaves_its_place() -> Result<(), Failure> {
    let (shop, _emulator) = start().await?;
    let mut pieces = shop.get("/short").stream().await?;
    let mut read = Vec::new();
    while let Some(piece) = pieces.next().await {
        read.extend_from_slice(&piece?);
    }
    assert_eq!(read, b"hello");
    // It is held still, but nothing comes any more.
    let next = shop.get("/short").timeout(Duration::from_secs(5)).send().await?;
    assert_eq!(next.text()?, "hello");
    drop(pieces);
    Ok(())
}
