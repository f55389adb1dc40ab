//! A session that is over is over: however long ago the gateway said so, it is not asked again.

use axum::Router;
use cloudrun_emulator::{Emulator, axum};
use cloudrun_runtime::SignIn;
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

#[tokio::test]
async fn a_refresh_token_that_is_refused_for_good_is_not_tried_again_later() -> Result<(), Failure> {
    let emulator = Emulator::new().service("echo", Router::new().fallback(async || "hello")).start().await?;
    let gateway = emulator.gateway_with(SignIn::refresh_token("used long ago"))?;
    let service = gateway.service("echo")?;
    // A failure that may pass stands for a second at most.
    for _ in 0..2 {
        let error = service.get("/").send().await.err().ok_or("it is good")?;
        assert!(error.is_auth() && !error.is_retryable(), "{error}");
        assert!(error.to_string().contains("invalid_grant"), "{error}");
        tokio::time::sleep(Duration::from_millis(1200)).await;
    }
    assert_eq!(emulator.counts().refreshes(), 1);
    Ok(())
}
