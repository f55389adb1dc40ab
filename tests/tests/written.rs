//! Paths that a caller writes by hand: each reaches the service as it was written, or is an error before anything is sent.

use axum::Router;
use axum::http::Uri;
use cloudrun_emulator::{Emulator, axum};
use cloudrun_runtime::Error;

type Failure = Box<dyn std::error::Error>;

#[tokio::test]
async fn a_path_is_sent_as_it_was_written_or_not_at_all() -> Result<(), Failure> {
    let echo = Router::new().fallback(async |uri: Uri| uri.to_string());
    let emulator = Emulator::new().service("shop", echo).start().await?;
    let shop = emulator.gateway()?.service("shop")?;
    for (path, expected) in [
        ("/x", "/x"),
        ("x", "/x"),
        ("/x?", "/x"),
        ("x?a=1&b=", "/x?a=1&b="),
        ("/x/", "/x/"),
        ("/a b/\u{e9}", "/a%20b/%C3%A9"),
        ("/.hidden/..b/c..", "/.hidden/..b/c.."),
    ] {
        assert_eq!(shop.get(path).send().await?.text()?, expected, "{path}");
    }
    let before = emulator.counts().requests();
    for path in ["/.", "/..", "/a/./b", "/a/../b", "../b", "/%2e/b", "/a/%2E%2e/b", "/a/.%2e", "/a%2f..%2fb"]
    {
        let error = shop.get(path).send().await.err().ok_or(path)?;
        assert!(matches!(error, Error::Request { .. }), "{path}: {error}");
    }
    assert_eq!(emulator.counts().requests(), before);
    Ok(())
}
