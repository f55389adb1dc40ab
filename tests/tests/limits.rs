//! What a server can make a client do, and what it cannot: answers of any size, compressed or not, redirects, headers.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use cloudrun_emulator::{Emulator, RunningEmulator, axum};
use cloudrun_runtime::{
    Error, Gateway, GatewayBuilder, Method, Operation, RetryPolicy, SecurityScheme, Service,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

async fn serving(router: Router) -> Result<(Service, RunningEmulator), Failure> {
    with(router, |gateway| gateway.retry(RetryPolicy::never())).await
}

async fn with(
    router: Router,
    set: impl Fn(GatewayBuilder) -> GatewayBuilder,
) -> Result<(Service, RunningEmulator), Failure> {
    let emulator = Emulator::new().service("shop", router).service("other", leak()).start().await?;
    let gateway =
        Gateway::at(emulator.url()).credential(cloudrun_runtime::Credential::api_key(emulator.token()));
    Ok((set(gateway).build()?.service("shop")?, emulator))
}

/// A service that nobody should be led to.
fn leak() -> Router {
    Router::new().fallback(async || "another service was called")
}

/// A text, written a number of times.
fn gzip(text: &[u8], times: usize) -> Result<Bytes, Failure> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..times {
        encoder.write_all(text)?;
    }
    Ok(Bytes::from(encoder.finish()?))
}

#[tokio::test]
async fn an_answer_is_no_longer_than_allowed() -> Result<(), Failure> {
    let sized = async |Path(size): Path<usize>| vec![b'x'; size];
    let endless = async || {
        let piece = Bytes::from(vec![b'x'; 64 << 10]);
        Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone())))
    };
    let router = Router::new().route("/sized/{size}", get(sized)).route("/endless", get(endless));
    let (shop, _emulator) = with(router, |gateway| gateway.max_response_size(1 << 20)).await?;
    assert_eq!(shop.get("/sized/1048576").send().await?.body().len(), 1 << 20);
    for path in ["/sized/1048577", "/endless"] {
        let error = shop.get(path).send().await.err().ok_or("it was read")?;
        assert!(
            matches!(&error, Error::TooLarge { limit: 1_048_576, reply } if reply.body().is_empty()),
            "{error:?}"
        );
        assert!(error.to_string().contains("read it as a stream, or raise `max_response_size`"), "{error}");
    }
    // A stream has no end that matters.
    let mut pieces = shop.get("/endless").stream().await?;
    let mut read = 0;
    while read < 4 << 20 {
        read += pieces.next().await.ok_or("it ended")??.len();
    }
    Ok(())
}

#[tokio::test]
async fn what_only_tells_of_a_large_answer_is_not_large() -> Result<(), Failure> {
    let router = Router::new().fallback(async || [("content-length", (100 << 20).to_string())]);
    let (shop, _emulator) = serving(router).await?;
    let reply = shop.call(cloudrun_runtime::http::Method::HEAD, "/").send().await?;
    assert_eq!((&reply.headers()["content-length"], reply.body().len()), (&"104857600".parse()?, 0));
    Ok(())
}

#[tokio::test]
async fn an_error_is_kept_up_to_a_mebibyte() -> Result<(), Failure> {
    let router = Router::new().fallback(async || (StatusCode::CONFLICT, vec![b'x'; 8 << 20]));
    let (shop, _emulator) = serving(router).await?;
    assert_eq!(shop.get("/").send().await?.body().len(), 1 << 20);
    Ok(())
}

#[tokio::test]
async fn a_small_answer_cannot_become_a_large_one() -> Result<(), Failure> {
    // A gibibyte of zeros in some megabytes.
    let bomb = gzip(&[0; 1 << 20], 1 << 10)?;
    assert!(bomb.len() < 8 << 20);
    let small = gzip(b"read me", 1)?;
    let answer = move |bytes: Bytes| ([("content-encoding", "gzip")], bytes).into_response();
    let plain = answer;
    let router = Router::new()
        .route("/small", get(async move || plain(small.clone())))
        .route("/bomb", get(async move || answer(bomb.clone())));
    let (shop, _emulator) = serving(router).await?;
    assert_eq!(shop.get("/small").send().await?.text()?, "read me");
    let before = resident()?;
    let error = shop.get("/bomb").timeout(Duration::from_secs(60)).send().await.err().ok_or("it was read")?;
    assert!(matches!(error, Error::TooLarge { limit: 67_108_864, .. }), "{error:?}");
    let grown = resident()?.saturating_sub(before);
    assert!(grown < 300 << 10, "{grown} KiB more");
    Ok(())
}

/// The largest memory of this process so far, in KiB.
fn resident() -> Result<i64, Failure> {
    Ok(nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF)?.max_rss())
}

#[tokio::test]
async fn headers_have_an_end() -> Result<(), Failure> {
    let router = Router::new().fallback(async || [("x-large", "x".repeat(4 << 20))]);
    let (shop, _emulator) = serving(router).await?;
    assert!(matches!(shop.get("/").send().await, Err(Error::Transport { .. })));
    Ok(())
}

#[tokio::test]
async fn only_so_many_requests_are_under_way() -> Result<(), Failure> {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (running, peak) = (Arc::clone(&now), Arc::clone(&most));
    let router = Router::new().fallback(async move || {
        peak.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(10)).await;
        running.fetch_sub(1, Ordering::SeqCst);
        "done"
    });
    let (shop, _emulator) = with(router, |gateway| gateway.max_concurrent_requests(4)).await?;
    let tasks: tokio::task::JoinSet<_> = (0..60).map(|_| shop.get("/").send()).collect();
    assert!(tasks.join_all().await.iter().all(Result::is_ok));
    assert_eq!(most.load(Ordering::SeqCst), 4);
    // A stream keeps its place until it is dropped.
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(shop.get("/").stream().await?);
    }
    let waiting = shop.get("/").timeout(Duration::from_millis(100)).send().await;
    assert!(waiting.is_err_and(|error| error.is_timeout()));
    streams.pop();
    shop.get("/").send().await?;
    Ok(())
}

/// Redirects to where `to` says, by the status of the path.
fn redirecting() -> Router {
    let redirect = async |Path(status): Path<u16>, headers: HeaderMap| -> Response {
        let to = headers["x-to"].to_str().unwrap_or_default().to_owned();
        let mut response = Redirect::to(&to).into_response();
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        response
    };
    let show = async |request: Request| format!("{} {}", request.method(), request.uri());
    Router::new().route("/redirect/{status}", any(redirect)).fallback(show)
}

#[tokio::test]
async fn a_service_that_has_moved_is_followed_within_itself() -> Result<(), Failure> {
    let (shop, emulator) = serving(redirecting()).await?;
    let inside = format!("{}/v1/cloudrun/shop/new?a=1", emulator.url());
    for to in ["/new?a=1", "/v1/cloudrun/shop/new?a=1", &inside] {
        for status in [301, 302, 303, 307, 308] {
            let reply = shop.get(&format!("/redirect/{status}")).header("x-to", to).send().await?;
            assert_eq!(reply.text()?, "GET /new?a=1", "{status} to {to}");
        }
    }
    // References beside the path that was asked for (RFC 3986, section 5.2).
    for (to, path) in [("../new", "/new"), (".././new/?a=1", "/new/?a=1"), ("next/", "/redirect/next/")] {
        let reply = shop.get("/redirect/302?a=0").header("x-to", to).send().await?;
        assert_eq!(reply.text()?, format!("GET {path}"), "{to}");
    }
    // A circle has an end.
    for to in ["/redirect/302", "302", "?a=1"] {
        let reply = shop.get("/redirect/302").header("x-to", to).send().await?;
        assert_eq!(reply.status(), 302);
    }
    Ok(())
}

#[tokio::test]
async fn a_request_that_is_led_on_has_the_secrets_that_it_had() -> Result<(), Failure> {
    const KEY: SecurityScheme = SecurityScheme::query("key", "api key");
    const SESSION: SecurityScheme = SecurityScheme::cookie("session", "sid");
    const OPERATION: Operation =
        Operation::new("list", Method::GET, "/redirect/302").security(&[&KEY, &SESSION]);
    let show = async |headers: HeaderMap, request: Request| {
        format!("{} {}", request.uri(), headers["cookie"].to_str().unwrap_or_default())
    };
    let router = redirecting().fallback(show);
    let (shop, _emulator) = serving(router).await?;
    let shop = shop.secret(&KEY, "k&1").secret(&SESSION, "s");
    for (to, asked) in [
        ("/new", "/new?api%20key=k%261"),
        ("/new?a=1", "/new?a=1&api%20key=k%261"),
        // The service has it in its answer already.
        ("/new?api%20key=k%261&a=1", "/new?api%20key=k%261&a=1"),
    ] {
        let request = shop.request(&OPERATION).query("limit", &3).header("x-to", to);
        assert_eq!(request.send_raw().await?.text()?, format!("{asked} sid=s"));
    }
    Ok(())
}

#[tokio::test]
async fn nobody_leads_a_token_elsewhere() -> Result<(), Failure> {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let elsewhere = Emulator::new().service(
        "shop",
        Router::new().fallback(async move || {
            count.fetch_add(1, Ordering::SeqCst);
        }),
    );
    let elsewhere = elsewhere.start().await?;
    let (shop, emulator) = serving(redirecting()).await?;
    let other = format!("{}/v1/cloudrun/other/", emulator.url());
    let host = format!("{}/v1/cloudrun/shop/", elsewhere.url());
    let port = emulator.url().replace("http:", "");
    let prefix = format!("{}.evil.example/v1/cloudrun/shop/", emulator.url());
    for to in [
        host.as_str(),
        &other,
        &prefix,
        &port,
        "//evil.example/",
        "/../other/",
        "/v1/cloudrun/shop/../other/",
        "/x/%2e%2e/%2E%2e/other/",
        "/..%2f..%2fother/",
        "/..\\..\\other/",
        "../../other/",
        "x/../../../other/",
        "x/%2e%2e/%2e%2e/%2e%2e/other/",
        "",
        "#x",
        "javascript:alert(1)",
    ] {
        let reply = shop.get("/redirect/302").header("x-to", to).send().await?;
        assert!(reply.status() == 302, "led to {to:?}: {:?}", reply.text());
    }
    // What changes something is not made again elsewhere.
    let reply = shop.post("/redirect/307").header("x-to", "/new").send().await?;
    assert_eq!((reply.status().as_u16(), seen.load(Ordering::SeqCst)), (307, 0));
    Ok(())
}
