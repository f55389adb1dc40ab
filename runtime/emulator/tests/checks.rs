//! Who is let in: pages of known origins, tokens until they end, signatures that fit.

use axum::Router;
use cloudrun_emulator::{Emulator, RunningEmulator};
use reqwest::{Method, RequestBuilder, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

type Failure = Box<dyn std::error::Error>;

/// An emulator whose pages are those of localhost:3000, and how often its service was called.
async fn start() -> Result<(RunningEmulator, Arc<AtomicU32>), Failure> {
    let calls = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&calls);
    let service = Router::new().fallback(async move || {
        count.fetch_add(1, Ordering::SeqCst);
        ([("x-note", "seen"), ("content-type", "text/plain")], "hello")
    });
    let emulator = Emulator::new().service("shop", service).token("secret");
    Ok((emulator.security_domain("localhost:3000").start().await?, calls))
}

fn asks(emulator: &RunningEmulator, method: Method, token: &str) -> Result<RequestBuilder, Failure> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    Ok(client.request(method, format!("{}/v1/cloudrun/shop/x", emulator.url())).bearer_auth(token))
}

fn header(response: &Response, name: &str) -> String {
    let values = response.headers().get_all(name).iter();
    values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(", ")
}

async fn code(response: Response) -> Result<(u16, String), Failure> {
    let status = response.status().as_u16();
    let body: serde_json::Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
    Ok((status, body["code"].as_str().unwrap_or_default().to_owned()))
}

#[tokio::test]
async fn only_pages_of_security_domains_call_and_read() -> Result<(), Failure> {
    let (emulator, calls) = start().await?;
    for origin in [
        "http://evil.example",
        "http://localhost:3000.evil.example",
        "http://localhost:3001",
        "http://localhost",
        "localhost:3000",
        "null",
        "",
    ] {
        let response = asks(&emulator, Method::GET, "secret")?.header("origin", origin).send().await?;
        assert_eq!(header(&response, "access-control-allow-origin"), "", "{origin}");
        assert_eq!(code(response).await?, (403, "INVALID_REQUEST_SOURCE".to_owned()), "{origin}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    let response =
        asks(&emulator, Method::GET, "secret")?.header("origin", "http://localhost:3000").send().await?;
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "access-control-allow-origin"), "http://localhost:3000");
    assert_eq!(header(&response, "access-control-allow-credentials"), "true");
    assert!(header(&response, "vary").contains("Origin"));
    let exposed = header(&response, "access-control-expose-headers");
    assert!(exposed.contains("x-note") && exposed.contains("x-request-id"), "{exposed}");
    // Whoever is no page is asked for no origin.
    let response = asks(&emulator, Method::GET, "secret")?.send().await?;
    assert_eq!(
        (response.status().as_u16(), header(&response, "access-control-allow-origin").as_str()),
        (200, "")
    );
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    Ok(())
}

#[tokio::test]
async fn a_page_that_asks_first_is_told_what_it_may() -> Result<(), Failure> {
    let (emulator, calls) = start().await?;
    let preflight = |origin| -> Result<RequestBuilder, Failure> {
        let request = asks(&emulator, Method::OPTIONS, "none")?.header("origin", origin);
        Ok(request
            .header("access-control-request-method", "PUT")
            .header("access-control-request-headers", "x-a"))
    };
    let response = preflight("http://localhost:3000")?.send().await?;
    assert_eq!(response.status(), 204);
    assert_eq!(header(&response, "access-control-allow-methods"), "PUT");
    assert_eq!(header(&response, "access-control-allow-headers"), "x-a");
    assert_eq!(header(&response, "access-control-allow-origin"), "http://localhost:3000");
    let response = preflight("http://evil.example")?.send().await?;
    assert_eq!(code(response).await?, (403, "INVALID_REQUEST_SOURCE".to_owned()));
    // A method is asked for by OPTIONS only, and an OPTIONS without it is the service's.
    let page = |method, token| -> Result<RequestBuilder, Failure> {
        Ok(asks(&emulator, method, token)?.header("origin", "http://localhost:3000"))
    };
    let response = page(Method::GET, "none")?.header("access-control-request-method", "PUT").send().await?;
    assert_eq!(response.status(), 401);
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    assert_eq!(page(Method::OPTIONS, "secret")?.send().await?.status(), 200);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    Ok(())
}

#[tokio::test]
async fn a_token_is_good_until_it_ends_and_as_it_was_signed() -> Result<(), Failure> {
    let (emulator, _calls) = start().await?;
    let token = emulator.issue_token("ada", Duration::from_secs(2));
    assert_eq!(asks(&emulator, Method::GET, &token)?.send().await?.status(), 200);
    let [head, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        return Err("no JWT".into());
    };
    let other = emulator.issue_token("eve", Duration::from_secs(60));
    let others = other.split('.').nth(1).unwrap_or_default();
    for (forged, expected) in [
        (format!("{head}.{others}.{signature}"), "ACCESS_TOKEN_INVALID"),
        (format!("{head}.{claims}."), "ACCESS_TOKEN_INVALID"),
        (format!("{head}.{claims}.{signature}.x"), "INVALID_CREDENTIALS"),
        // {"alg":"none"}
        (format!("eyJhbGciOiJub25lIn0.{claims}."), "ACCESS_TOKEN_KID_INVALID"),
        (format!("{head}.{claims}"), "INVALID_CREDENTIALS"),
        ("a.b.c".to_owned(), "INVALID_CREDENTIALS"),
    ] {
        let response = asks(&emulator, Method::GET, &forged)?.send().await?;
        assert_eq!(code(response).await?, (401, expected.to_owned()), "{forged}");
    }
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let response = asks(&emulator, Method::GET, &token)?.send().await?;
    assert_eq!(code(response).await?, (401, "ACCESS_TOKEN_EXPIRED".to_owned()));
    emulator.revoke_access_tokens();
    let response = asks(&emulator, Method::GET, &other)?.send().await?;
    assert_eq!(code(response).await?, (401, "ACCESS_TOKEN_INVALID".to_owned()));
    Ok(())
}
